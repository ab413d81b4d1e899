"""A page with every kind of figure, in both languages, at every width: for a critical look.

``python -m lnregions.figures.gallery FOLDER`` writes ``FOLDER/index.html`` and the pictures it shows.
"""

import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

from lnregions.figures import city_pictures as city
from lnregions.figures import map_pictures as maps
from lnregions.figures.figure_kinds import PLAN_KINDS, REGION_KINDS
from lnregions.figures.figures import picture as encode
from lnregions.figures.pictures import Picture, Pictures
from lnregions.files import write_whole
from lnregions.style import SIZES
from lnregions.tables import load_plan
from lnregions.words import LANGUAGES

CITY = "210900"
CITY_KINDS = {
    "city-location": lambda plan, **own: maps.draw_city_location(plan, CITY, **own),
    "city-series": lambda plan, **own: city.draw_series(CITY, "population", plan=plan, **own),
    "city-growth": lambda plan, **own: city.draw_city_growth(CITY, plan=plan, **own),
    "city-ranks": lambda plan, **own: city.draw_ranks(CITY, plan=plan, **own),
    "city-dots": lambda plan, **own: city.draw_dots(CITY, "gdp_growth_real", plan=plan, **own),
}
"""Kinds that show one city; Fuxin stands for all, as it is in two regions."""


def write_gallery(
    folder: Path | str, *, region: str = "west", widths: tuple[str, ...] = tuple(SIZES)
) -> Path:
    """Write the page and its pictures; its path.

    Parameters
    ----------
    folder : path
        Where to write.
    region : str
        The region whose figures are shown.
    widths : tuple of str
        Presets of `lnregions.style.style.SIZES`.
    """
    folder, plan, parts = Path(folder), load_plan(), []
    folder.mkdir(parents=True, exist_ok=True)
    for kind in [*PLAN_KINDS, *REGION_KINDS, *CITY_KINDS]:
        parts.append(f"<h2>{escape(kind)}</h2>")
        for width in widths:
            for language in LANGUAGES:
                for shown in _draw(plan, kind, region, language=language, width=width):
                    name = f"{shown.name}-{width}-{language}.png"
                    write_whole(folder / name, encode(shown.figure, "png"))
                    parts.append(_shown(shown, name, f"{width}, {language}"))
    page = folder / "index.html"
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title><h1>Gallery</h1>'
    write_whole(page, head + "\n".join(parts) + "</html>")
    return page


def _shown(shown: Picture, name: str, how: str) -> str:
    """A picture on the page at its printed width."""
    millimetres = shown.figure.get_figwidth() * 25.4
    image = f'<img src="{name}" alt="{escape(shown.alt[shown.language])}" style="width:{millimetres:.0f}mm">'
    return f"<figure>{image}<figcaption>{escape(shown.name)}, {how}</figcaption></figure>"


def _draw(plan, kind, region, **own) -> Iterator[Picture]:
    own["as_of"] = ""
    if kind in REGION_KINDS:
        drawn = REGION_KINDS[kind](plan, region, **own)
    else:
        drawn = (PLAN_KINDS | CITY_KINDS)[kind](plan, **own)
    yield from (drawn if isinstance(drawn, Pictures) else [drawn])


if __name__ == "__main__":
    sys.stdout.write(f"{write_gallery(sys.argv[1] if len(sys.argv) > 1 else 'gallery')}\n")
