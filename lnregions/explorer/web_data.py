"""What the script of an interactive map is given: areas with shapes, membership, figures and words, as plain data."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lnregions.assess import Tables, members_of
from lnregions.boundaries import (
    EQUAL_AREA,
    boundaries_of,
    boundary_words,
    label_points,
    load_context,
    project,
    simplify_coverage,
    stands_on_shipped,
)
from lnregions.errors import unknown
from lnregions.explorer.web_layers import map_layer, offered_layers
from lnregions.figures import level_of
from lnregions.words import text
from lnregions.words.catalogue import tr

if TYPE_CHECKING:
    import geopandas as gpd

STATUSES = {
    "confirmed": "region, membership confirmed",
    "likely": "membership likely",
    "unverified": "membership unverified",
}
SCRIPT_WORDS = {
    "colon": ": ", "year": " ({year})", "year_word": "Year", "grade": "Grade", "source": "Source",
    "membership": "Membership", "no_data": "no data", "no_data_count": "no data ({count})",
    "not_member": "not a member", "zoom_in": "Zoom in", "zoom_out": "Zoom out", "close": "Close", "legend": "Legend",
    "indicator": "Indicator", "to_page": "All figures of this city",
}  # fmt: skip
"""Words of the map's script; ``{year}`` and ``{count}`` are filled in there."""
UNITS = 10_000
"""Steps a degree that places are rounded to: 11 m from south to north."""
_MOST_POINTS = 4500
_GROUND_M = 1500
_FINEST_M, _COARSEST_M = 250.0, 8000.0
_MOST_SHAPES = 8


def map_data(
    plan, tables: Tables, region: str = "", *, indicator: str = "", year: int | None = None,
    language: str = "en", links: dict[str, str] | None = None, picks: str = "",
) -> dict:  # fmt: skip
    """Return all that one interactive map needs: the areas of the province, a region's members, its layers.

    Parameters
    ----------
    plan, tables
        The plan, and its figures as known on a date.
    region : str
        A region of the plan; empty for the whole province, all areas members.
    indicator : str
        The only layer, which has no areas where there is no figure; empty for a choice among those with figures.
    year, language
        Year of the figures (empty: the latest that half of the areas have); "en" or "zh".
    links : dict
        Page of an area by its code.
    picks : str
        Class of the widgets that are set to the area clicked.

    Raises
    ------
    DataError
        When the region or indicator is unknown.
    """
    if region and region not in set(plan.regions["region"]):
        raise unknown("region", region, plan.regions["region"].tolist())
    level = level_of(plan, region, indicator, tables)[0] if region and indicator else "city"
    shapes = shapes_of(plan, level)
    frame = shapes.frame
    members = _members(plan, region, level, frame)
    given = {"areas": frame["area"].tolist(), "members": members, "year": year, "language": language}
    layers = [map_layer(tables, indicator, **given)] if indicator else offered_layers(tables, **given)
    rows = plan.membership[plan.membership["region"] == region].set_index("area")
    outlines = _outlines(plan, region, frame, rows["status"].to_dict())
    shown = [*frame[frame["area"].isin(members)].geometry, *outlines.values()] or [*frame.geometry]
    proxies = rows.loc[rows.index.isin(members), "proxy"]
    note = "Figures are those of whole cities, which stand in for the counties outlined."
    return {
        "language": language,
        "label": _label(tables, plan, region, layers, language),
        "words": {name: tr(words, language) for name, words in SCRIPT_WORDS.items()},
        "bounds": shapes.bounds,
        "view": bounds(shown),
        "ground": ground() if stands_on_shipped(plan) else None,
        "areas": _areas(shapes, tables, set(members), rows, language, links or {}),
        "outlines": [
            {
                "status": status,
                "word": tr(STATUSES[status], language) if region else "",
                "shape": pack([shape])[0],
            }
            for status, shape in outlines.items()
        ],
        "layers": [asdict(layer) for layer in layers],
        "notes": [tr(note, language)] if len(proxies) and proxies.all() else [],
        "credit": boundary_words(plan, language),
        "picks": picks,
    }


def _members(plan, region: str, level: str, frame) -> list[str]:
    """Areas of the map that are a region's members, or lie in a member such as the province."""
    if not region:
        return frame["area"].tolist()
    named = plan.members(region, level="county") if level == "county" else members_of(plan, region)
    return frame.loc[frame["area"].isin(named) | frame["parent"].isin(named), "area"].tolist()


def _areas(shapes, tables, members: set[str], rows, language: str, links: dict[str, str]) -> list[dict]:
    notes = rows["note_zh" if language == "zh" else "note"].fillna("").to_dict()
    statuses = rows["status"].to_dict()
    found = []
    for row, shape, middle in zip(shapes.frame.itertuples(), shapes.packed, shapes.middles, strict=True):
        known = tables.name(row.area, language)
        status = statuses.get(row.area, "")
        found.append({
            "id": row.area, "name": known if known != row.area else str(getattr(row, f"short_{language}")),
            "member": row.area in members, "shape": shape, "middle": middle, "status": status,
            "status_word": text(status, language) if status else "", "note": notes.get(row.area, ""),
            "href": links.get(row.area, ""),
        })  # fmt: skip
    return found


def _outlines(plan, region: str, frame, statuses: dict[str, str]) -> dict[str, shapely.Geometry]:
    """Outline of a region's members of each status, so that what is not attested can be seen."""
    if not region:
        return {"confirmed": shapely.union_all(frame.geometry.to_numpy())}
    areas = plan.members(region, level="county") or plan.members(region)
    if not set(areas) & {*frame["area"], *frame["parent"]}:
        frame = shapes_of(plan, "county").frame
    found = {}
    for status in STATUSES:
        own = [area for area in areas if statuses.get(area) == status]
        inside = frame.loc[frame["area"].isin(own) | frame["parent"].isin(own)]
        if len(inside):
            found[status] = shapely.union_all(inside.geometry.to_numpy())
    return found


def _label(tables, plan, region: str, layers, language: str) -> str:
    area = tables.name(region, language) if region else str(plan.facts.get(f"short_{language}") or plan.id)
    if len(layers) == 1:
        return tr("Interactive map: {area}, {indicator}", language, area=area, indicator=layers[0].title)
    return tr("Interactive map: {area}", language, area=area)


# -- shapes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shapes:
    """Simplified areas of one level, with all that is computed from them once a process."""

    frame: "gpd.GeoDataFrame"
    packed: list
    middles: list
    bounds: list


_SHAPES: dict[tuple, Shapes] = {}


def shapes_of(plan, level: str = "city") -> Shapes:
    """Return the shapes of all areas of a level that a plan's maps show."""
    mark = (level, *boundaries_mark(plan))
    if mark not in _SHAPES:
        if len(_SHAPES) >= _MOST_SHAPES:
            _SHAPES.clear()
        frame = thin(boundaries_of(plan, level))
        middles = [[round(float(p.y), 4), round(float(p.x), 4)] for p in _degrees(label_points(frame))]
        _SHAPES[mark] = Shapes(frame, pack(frame.geometry), middles, bounds(frame.geometry))
    return _SHAPES[mark]


def boundaries_mark(plan) -> tuple:
    """Return what changes when the areas on a plan's maps may be others: its own file, areas and members."""
    if plan.boundaries is None:
        return ()
    found = plan.boundaries.stat()
    own = (str(plan.boundaries), found.st_mtime_ns, found.st_size)
    return (*own, tuple(plan.membership["area"]), plan.areas.to_csv())


def thin(frame: "gpd.GeoDataFrame") -> "gpd.GeoDataFrame":
    """Return areas on the equal-area grid with at most a few thousand points in all, shared borders kept."""
    flat, tolerance = project(frame), _FINEST_M
    found = simplify_coverage(flat, tolerance)
    while tolerance < _COARSEST_M and found.count_coordinates().sum() > _MOST_POINTS:
        tolerance *= 1.5
        found = simplify_coverage(flat, tolerance)
    return found


def bounds(shapes) -> list[list[float]]:
    """Return south-west and north-east corner in degrees (latitude first) of shapes on the equal-area grid."""
    west, south, east, north = (round(float(side), 4) for side in _degrees(shapes).total_bounds)
    return [[south, west], [north, east]]


def pack(shapes) -> list[list]:
    """Return shapes on the equal-area grid as polygons of rings of whole numbers in degrees: a start, then steps.

    Examples
    --------
    >>> import geopandas as gpd
    >>> frame = gpd.GeoDataFrame(geometry=[shapely.box(122, 41, 123, 42)], crs=4490)
    >>> pack(project(frame).geometry)
    [[[[1230000, 410000, 0, 10000, -10000, 0, 0, -10000]]]]
    """

    def steps(ring):
        corners = np.rint(shapely.get_coordinates(ring)[:-1] * UNITS).astype(int)
        return np.concatenate([corners[:1], np.diff(corners, axis=0)]).ravel().tolist()

    return [
        [[steps(ring) for ring in (part.exterior, *part.interiors)] for part in shapely.get_parts(shape)]
        for shape in _degrees(shapes)
    ]


def _degrees(shapes) -> "gpd.GeoSeries":
    import geopandas as gpd

    return gpd.GeoSeries(np.asarray(shapes), crs=EQUAL_AREA).to_crs(4490)


@lru_cache(maxsize=1)
def ground() -> list[list]:
    """Return the land around the province, packed; coarse, as it only parts land from sea."""
    parts = shapely.get_parts(simplify_coverage(project(load_context()), _GROUND_M).geometry.to_numpy())
    return pack([shapely.union_all(parts[shapely.area(parts) > 1e8])])[0]
