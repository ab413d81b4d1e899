"""A drawn map as HTML in which every area can be pointed at: its figure appears, a click chooses it.

The areas are transparent shapes over the picture, where it has drawn them. Their figures appear by style alone,
for a mouse and for the keyboard; nothing is loaded, and nothing is needed but the picture where that fails.
"""

import base64
import itertools
from html import escape

import shapely

from lnregions.boundaries import simplify_coverage
from lnregions.explorer.contents import drawn_areas, shown_figures
from lnregions.figures import Picture, screen_png
from lnregions.style import BORDER, INK, ROLES
from lnregions.words import format_value
from lnregions.words.catalogue import tr

SCREEN_DPI = 144
"""Dots per inch on the screen: a picture of 120 mm becomes 680 pixels wide."""
PICK = "ln-pick-{area}"
"""Class of the button that a click on an area presses."""
_STEPS = 500
"""Steps of the finest detail of a shape across a map: about a pixel on the screen."""
_CLICK = "this.closest('.ln-explore').querySelector('.{pick}').click()"
_STYLE = f"""
.ln-hover {{position:relative;line-height:1.4}}
.ln-hover img {{display:block;width:100%;height:auto}}
.ln-hover svg {{position:absolute;left:0;top:0;width:100%;height:100%}}
.ln-hover path {{fill:transparent;stroke:none;cursor:pointer;outline:none}}
.ln-hover path:hover, .ln-hover path:focus {{fill:{INK};fill-opacity:.12}}
.ln-hover path.ln-chosen {{stroke:{ROLES["target"].colour};stroke-width:2.5}}
.ln-card {{position:absolute;visibility:hidden;transform:translate(-50%,-115%);background:#fff;color:{INK};
border:1px solid {BORDER};border-radius:4px;padding:4px 8px;font-size:13px;white-space:nowrap;pointer-events:none;
box-shadow:0 1px 4px rgba(0,0,0,.25);z-index:2}}
"""


def image_html(picture: Picture) -> str:
    """Picture as an image in HTML, with its alternative text, as wide as its place."""
    data = base64.b64encode(screen_png(picture.figure, dpi=SCREEN_DPI)).decode("ascii")
    alt = escape(picture.alt[picture.language])
    wide, high = (round(side * SCREEN_DPI) for side in picture.figure.get_size_inches())
    looks = f"width='{wide}' height='{high}' style='width:100%;height:auto'"
    return f"<img src='data:image/png;base64,{data}' alt='{alt}' {looks}>"


def hover_layer(view, picture: Picture) -> tuple[str, list[tuple[str, str, tuple[float, float]]]]:
    """Shapes of the areas as path data on the picture, in hundredths of an inch."""
    axes = picture.figure.axes[0]
    axes.apply_aspect()
    high = picture.figure.get_figheight() * picture.figure.dpi
    frame = drawn_areas(view)
    west, south, east, north = frame.total_bounds
    frame = simplify_coverage(frame, max(east - west, north - south) / _STEPS)
    out = []
    for area, shape in zip(frame["area"], frame.geometry, strict=True):
        place = axes.transData.transform(shapely.get_coordinates(shape.representative_point()))[0]
        out.append((area, _path(shape, axes.transData, high), (float(place[0]), float(high - place[1]))))
    return out


def map_html(view, layer, image: str, *, size: tuple[float, float]) -> str:
    """Image of a map under its areas: `layer` from `hover_layer`, `size` the picture's in the same measure."""
    cards = area_cards(view)
    wide, high = size
    shapes, boxes, rules = [], [], []
    for area, path, (x, y) in layer:
        words = cards[area]
        chosen = " ln-chosen" if area == view.city else ""
        click = f' onclick="{_CLICK.format(pick=PICK.format(area=area))}"'
        label = escape(": ".join(words))
        shapes.append(
            f"<path class='ln-a-{area}{chosen}' d='{path}' tabindex='0' role='button' aria-label='{label}'{click}/>"
        )
        shown = "<br>".join((f"<b>{escape(words[0])}</b>", *map(escape, words[1:])))
        left = min(max(x / wide * 100, 16), 84)  # a card keeps within the picture
        boxes.append(
            f"<div class='ln-card ln-k-{area}' style='left:{left:.1f}%;top:{y / high * 100:.1f}%'>{shown}</div>"
        )
        rules.append(f".ln-hover:has(.ln-a-{area}:is(:hover,:focus)) .ln-k-{area}")
    style = f"<style>{_STYLE}{','.join(rules)} {{visibility:visible}}</style>"
    svg = f"<svg viewBox='0 0 {wide:.0f} {high:.0f}' preserveAspectRatio='none'>{''.join(shapes)}</svg>"
    return f"{style}<div class='ln-hover'>{image}{svg}{''.join(boxes)}</div>"


def area_cards(view) -> dict[str, list[str]]:
    """What appears where an area is pointed at: its name, its figure, year and grade."""
    language, unit = view.language, view.tables.indicator(view.indicator)["unit"]
    cards = {}
    for row in shown_figures(view).itertuples():
        name = view.tables.name(row.area, language)
        if row.year != row.year:
            cards[row.area] = [name, tr("no data", language)]
            continue
        when = tr("{year}, grade {grade}", language, year=int(row.year), grade=row.grade)
        cards[row.area] = [name, format_value(row.value, unit, language), when]
    return cards


def _path(shape, transform, high: float) -> str:
    """Outline as path data in whole units, each ring closed."""
    out = []
    for part in getattr(shape, "geoms", [shape]):
        for ring in (part.exterior, *part.interiors):
            points = transform.transform(shapely.get_coordinates(ring))
            steps = [f"{x:.0f} {high - y:.0f}" for x, y in points]
            kept = [step for step, _ in itertools.groupby(steps)]
            if len(kept) > 3:
                out.append(f"M{'L'.join(kept[:-1])}z")
    return "".join(out)
