"""What the script of an interactive map is given: areas with shapes, membership, figures and words, as plain data."""

from dataclasses import asdict

import shapely

from lnregions.assess import Tables, members_of
from lnregions.boundaries import boundary_words, stands_on_shipped
from lnregions.errors import unknown
from lnregions.explorer.web_layers import map_layer, offered_layers
from lnregions.explorer.web_shapes import bounds, ground, pack, shapes_of
from lnregions.figures import level_of
from lnregions.words import text
from lnregions.words.catalogue import tr

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
