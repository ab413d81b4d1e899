"""Areas taken together: a plan's regions by city, groups of areas without a plan folder, and what areas lie in."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from numbers import Real

import pandas as pd

from lnregions.errors import DataError, quote, unknown
from lnregions.tables.schemas import table_schema

_DRAWN = ("city", "county", "zone")
"""Levels of members that maps and charts show as they are."""
_NAMES = ("name_zh", "name_en", "short_zh", "short_en")


class Group(str):
    """Code of a group of areas, such as ``210100+210400``, with the ``name`` that pictures call it by."""

    name: str = ""


def group(areas: Iterable[str], *, name: str = "") -> Group:
    """Take some areas together as a region, without a plan folder.

    Parameters
    ----------
    areas : iterable of str or int
        Codes or names of cities, counties or areas of your own; none may lie in another one.
    name : str, optional
        What it is called; without one the names of its areas.

    Returns
    -------
    str
        A code that every function takes as a region; ``lnregions render --region 210100+210400`` takes it, too.

    Raises
    ------
    DataError
        If no area is named.

    Examples
    --------
    >>> group(["210100", "210400"], name="Shenyang and Fushun")
    '210100+210400'
    """
    codes = [areas] if isinstance(areas, str | int) else list(areas or ())
    if not codes or not all(isinstance(code, str | int) and code for code in codes):
        what = f"The areas {quote(areas)} are no codes of areas"
        raise DataError(f"{what}. Give a list such as ['210100', '210400'].")
    made = Group("+".join(map(str, codes)))
    made.name = name
    return made


def with_region(plan, region: str):
    """Return the plan with an area or a group of areas as one of its regions; as it is where it has the region.

    Targets set for a single area become those of its region; a group as such has none. An area is ``210100``, a
    group ``210100+210400``; a DataError if it is none of these, or an area of a group lies in another one.

    Examples
    --------
    >>> from lnregions.tables import load_plan
    >>> with_region(load_plan("ln-2022"), "210100+210400").members("210100+210400")
    ['210100', '210400']
    """
    regions, areas = plan.regions["region"].tolist(), plan.areas.set_index("area", drop=False)
    if region in regions:
        return plan
    codes = list(dict.fromkeys(region.split("+"))) if isinstance(region, str) else [str(region)]
    if strange := [code for code in codes if code not in areas.index]:
        names = [*_names_in(plan.regions), *_names_in(areas)]
        alone = unknown("region", str(region), regions, names=names)
        raise alone if len(codes) == 1 else unknown("area", strange[0], areas.index, names=names)
    parents = parents_of(plan)
    for code in codes:
        if within := set(codes) & set(lineage(parents, code)[1:]):
            what = f"The area {code} of the group {region} lies in {within.pop()}"
            raise DataError(f"{what}. Name the one or the other.")
    members = areas.loc[codes].assign(region=str(region))
    named = getattr(region, "name", "")
    texts = {name: named or ("、" if "zh" in name else " + ").join(members[name]) for name in _NAMES}
    frames = add_regions(plan.regions, plan.membership, [{"region": str(region), **texts}], members)
    targets = plan.targets.assign(region=plan.targets["region"].mask(plan.targets["area"] == region, region))
    return replace(plan, regions=frames[0], membership=frames[1], targets=targets)


def place_code(plan, given: object, *, kind: str = "place") -> str:
    """Code of a region, an area or an indicator by its code, as text or number, or its name in either language.

    `kind` is ``area``, ``indicator``, ``place`` (a region, an area or a group of areas: a list, or joined by +) or
    ``region`` (a place taken as a region) and tells which are looked at; an empty place stays empty. Capitals do not
    matter. A DataError if the plan has none of that code or name, with the name that comes close.

    Examples
    --------
    >>> from lnregions.tables import load_plan
    >>> plan = load_plan("ln-2022")
    >>> [place_code(plan, one) for one in (210200, "Dalian", "大连市", "West", "Western Liaoning", "大连+Anshan")]
    ['210200', '210200', '210200', 'west', 'west', '210200+210300']
    """
    frames = {"region": plan.regions, "area": plan.areas, "indicator": plan.indicators}
    joined = kind in ("place", "region")
    frames = {one: frames[one] for one in (("region", "area") if joined else (kind,))}
    if joined and isinstance(given, list | tuple):
        given = group(given)
    if isinstance(given, Real) and given == given // 1:  # also a number of pandas, such as 210200.0
        given = int(given)
    wanted = str(given if given is not None else "").strip()
    codes = [code for column, frame in frames.items() for code in frame[column]]
    if not wanted or wanted in codes:
        return wanted
    if joined and "+" in wanted:
        made = Group("+".join(dict.fromkeys(place_code(plan, one, kind="area") for one in wanted.split("+"))))
        made.name = getattr(given, "name", "")
        return made
    for column, frame in frames.items():
        names = frame[[column, *_names(frame)]].astype(str)
        hits = frame.loc[names.apply(lambda one: one.str.casefold() == wanted.casefold()).any(axis=1), column]
        if len(hits):
            return hits.iloc[0]
    codes = codes if kind == "place" else frames[kind][kind]
    raise unknown(kind, given, codes, names=[name for one in frames.values() for name in _names_in(one)])


def _names(frame: pd.DataFrame) -> list[str]:
    return [name for name in _NAMES if name in frame]


def _names_in(frame: pd.DataFrame) -> list[str]:
    return frame[_names(frame)[-2:]].to_numpy().ravel().tolist()


def regions_of_areas(
    regions: pd.DataFrame, membership: pd.DataFrame, targets: pd.DataFrame, areas: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return regions, membership and targets where each area that has targets of no region is a region by itself."""
    targets = targets.assign(region=targets["region"].where(targets["region"] != "", targets["area"]))
    alone = areas.set_index("area", drop=False).reindex(targets["region"].unique()).dropna(subset="area")
    alone = alone[~alone["area"].isin(regions["region"])].assign(region=lambda rows: rows["area"])
    return *add_regions(regions, membership, alone.to_dict("records"), alone), targets


def add_regions(
    regions: pd.DataFrame, membership: pd.DataFrame, added: list[Mapping], members: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of regions and membership with further regions, whose members are certain."""
    if not added:
        return regions, membership
    columns = [one["name"] for one in table_schema("regions")["fields"]]
    rows = members[["region", "area", "level"]].assign(
        status="confirmed", proxy=False, valid_from=pd.NA, note="", note_zh="", sources=""
    )
    rows = rows[list(membership)].astype(membership.dtypes.to_dict())
    added = pd.DataFrame(added).reindex(columns=columns, fill_value="")
    return pd.concat([regions, added], ignore_index=True), pd.concat([membership, rows], ignore_index=True)


def with_cities(plan):
    """Return the plan as maps and charts of members show it: the cities of the member provinces stand for these.

    Where a member province has no cities, all are shown by themselves, as a member of any other rank without cities is.

    Examples
    --------
    >>> from lnregions.tables import load_plan
    >>> len(with_cities(load_plan("ln-2025")).members("liaoning"))
    14
    """
    rows, areas = plan.membership, plan.areas
    whole = ~rows["level"].isin(_DRAWN)
    if not whole.any():
        return plan
    cities = areas.loc[areas["level"] == "city", ["parent", "area"]].set_axis(["area", "city"], axis=1)
    if not set(rows.loc[rows["level"] == "province", "area"]) <= set(cities["area"]):
        cities = cities[:0]
    wide = rows[whole].merge(cities, on="area", how="left")
    wide["level"] = wide["level"].mask(wide["city"].notna(), "city")
    wide = wide.assign(area=wide["city"].fillna(wide["area"])).drop(columns="city")
    rows = pd.concat([rows[~whole], wide]).drop_duplicates(["region", "area"], ignore_index=True)
    return replace(plan, membership=rows)


def parents_of(plan) -> dict[str, str]:
    """Return the area that each area of a plan lies in, empty for the largest."""
    return dict(zip(plan.areas["area"], plan.areas["parent"].fillna(""), strict=True))


def lineage(parents: Mapping[str, str], area: str) -> list[str]:
    """Return an area and those that it lies in, the largest last.

    Examples
    --------
    >>> lineage({"210102": "210100", "210100": "210000", "210000": ""}, "210102")
    ['210102', '210100', '210000']
    """
    line = [area]
    while (parent := parents.get(line[-1])) and parent not in line:
        line.append(parent)
    return line


def areas_around(plan, region: str) -> list[str]:
    """Return the areas in which all members of a region lie, or an area does: the smallest first.

    Examples
    --------
    >>> from lnregions.tables import load_plan
    >>> areas_around(load_plan("ln-2022"), "belt"), areas_around(load_plan("ln-2022"), "210100")
    (['210000', '100000'], ['210000', '100000'])
    """
    parents, inside = parents_of(plan), region in set(plan.regions["region"])
    members = with_cities(plan).members(region) if inside else [region]
    lines = [lineage(parents, member)[1:] for member in members] or [[]]
    return [one for one in lines[0] if all(one in line for line in lines)]


def areas_of(plan, named: Iterable[str] = ()) -> list[str]:
    """Return all areas that a plan is about: those of the provinces that its members and targets lie in."""
    parents, levels = parents_of(plan), dict(zip(plan.areas["area"], plan.areas["level"], strict=True))

    def province(area: str) -> str:
        line = lineage(parents, area)
        return next((one for one in line if levels[one] not in ("city", "county")), line[-1])

    named = set(named) or {*plan.membership["area"], *plan.targets["area"], *plan.targets["other_area"]}
    tops = {province(area) for area in named & set(parents)}
    return [area for area in parents if province(area) in tops]


def cities_of(plan, region: str) -> list[str]:
    """Cities that make a region, that hold its counties or that lie in its provinces.

    Examples
    --------
    >>> from lnregions.tables import load_plan
    >>> cities_of(load_plan("ln-2022"), "west"), len(cities_of(load_plan("ln-2025"), "liaoning"))
    (['210900', '211300', '211400'], 14)
    """
    members, areas = set(plan.members(region)), plan.areas
    around = set(areas.loc[areas["area"].isin(members), "parent"])
    cities = areas[areas["level"] == "city"]
    inside = cities["area"].isin(members | around) | cities["parent"].isin(members)
    return cities.loc[inside, "area"].tolist()


def own_first(codes: Iterable[str], shipped: Iterable[str]) -> list[str]:
    """Codes of a plan's own, which a message names first, and the shipped ones."""
    shipped = dict.fromkeys(shipped)
    return [*(code for code in dict.fromkeys(codes) if code not in shipped), *shipped]
