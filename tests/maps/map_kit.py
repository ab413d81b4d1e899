"""What the tests of maps share: areas with values, and what is found on drawn axes."""

from itertools import combinations

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import shapely
from matplotlib.colors import to_hex

from lnregions import maps
from lnregions.boundaries import load_context

LANGUAGES = ["en", "zh"]
WIDTHS = ["single", "onehalf", "double", "slide", "a4"]


def cities_with_values():
    from lnregions import load_boundaries

    frame = load_boundaries("city")
    frame["rate"] = np.linspace(41.3, 88.9, len(frame)).round(1)
    frame["amount"] = np.geomspace(8000, 500, len(frame)).round(1)
    frame["change"] = np.linspace(-6, 7, len(frame)).round(1)
    return frame


def squares(count=3, **columns):
    """Squares in a row, one degree wide."""
    names = [f"A{k}" for k in range(count)]
    columns = {"area": [f"21010{k}" for k in range(count)], "short_en": names, "short_zh": names, **columns}
    return gpd.GeoDataFrame(
        columns, geometry=[shapely.box(122 + k, 41, 123 + k, 42) for k in range(count)], crs=4490
    )


def some_members():
    rows = [("circle", a, "city", "confirmed") for a in ("210100", "210900", "210400")]
    rows += [("belt", a, "city", "confirmed") for a in ("210200", "211400", "210600")]
    rows += [("west", a, "city", "likely") for a in ("211300", "210900", "211400")]
    rows += [("east", a, "county", "unverified") for a in ("210624", "210423")]
    rows += [("east", "210421", "county", "likely"), ("circle", "zone", "zone", "confirmed")]
    frame = pd.DataFrame(rows, columns=["region", "area", "level", "status"]).assign(proxy=False)
    proxy = pd.DataFrame([("east", "210500", "city", "likely", True)], columns=frame.columns)
    return pd.concat([frame, proxy], ignore_index=True)


REGIONS = pd.DataFrame({
    "region": ["circle", "belt", "west", "east"],
    "short_en": ["Circle", "Belt", "West", "East"],
    "short_zh": ["圈", "海岸", "辽西", "辽东"],
})  # fmt: skip


def collections(ax, gid):
    return [c for c in ax.collections if c.get_gid() == gid]


def fills(ax, gid="areas"):
    return [to_hex(c) for part in collections(ax, gid) for c in part.get_facecolor()]


def by_gid(ax, gid):
    return ax.get_figure(root=True).findobj(lambda a: a.get_gid() == gid)


def labels(ax):
    return [t for t in ax.texts if t.get_gid() == "label"]


def notes(ax):
    return "\n".join(t.get_text() for t in by_gid(ax, "note")).replace("\u00a0", " ")


def legend_words(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


def shapes_of(frame):
    return list(maps.prepare(frame).geometry)


def boxes_in_units(ax):
    """Boxes of the drawn labels, in the units of the axes, as the picture at 300 dpi has them."""
    fig = ax.get_figure(root=True)
    fig.dpi = 300
    with mpl.rc_context({"text.hinting": "none"}):
        extents = [t.get_window_extent(fig.canvas.get_renderer()) for t in labels(ax)]
    return [shapely.box(*extent.transformed(ax.transData.inverted()).extents) for extent in extents]


def overlapping(boxes):
    """Whether any two of some shapes, or extents on the sheet, have ground in common."""
    boxes = [box if isinstance(box, shapely.Geometry) else shapely.box(*box.extents) for box in boxes]
    return any(a.intersects(b) for a, b in combinations(boxes, 2))


def finished(frame, width="double", language="en", **how):
    """A finished map of rates."""
    ax = maps.map_axes(width, language=language)
    maps.plot_choropleth(frame, "rate", unit="%", ax=ax, language=language)
    source = {"en": "Source: yearbook.", "zh": "资料来源：统计年鉴。"}[language]
    return maps.finish_map(ax, title="辽宁 Liaoning 2023", source=source, language=language, **how)


CITIES = cities_with_values()
CONTEXT = load_context()
