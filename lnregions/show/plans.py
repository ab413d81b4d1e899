"""Tables of a plan, its regions and members, and of the sources and caveats of their figures."""

import re
from collections.abc import Iterable

import pandas as pd

from lnregions import series
from lnregions.assess import load_tables, members_of
from lnregions.paths import PLAN
from lnregions.show.table import Table, Tables
from lnregions.show.words import chosen_plan, figure_words, grades, head, reader_table, source_titles
from lnregions.tables import Plan, place_code
from lnregions.words import text
from lnregions.words.catalogue import indicator_of, tr

UNFOLDED = 12
"""Sources up to which their table is shown open."""


def show_plan(plan, *, language: str = "en") -> Table:
    """Facts of a plan: who issued it, when, for which years, and where it was read."""
    plan = chosen_plan(plan, language=language)
    facts = plan.facts
    separator = tr(", ", language)
    rows = [
        (tr("Title", language), plan.name(language, "title")),
        (tr("Number", language), facts.get("number", "")),
        (tr("Issued by", language), plan.name(language, "issuer")),
        (tr("Issued on", language), facts.get("issued", "")),
        (tr("Years", language), f"{facts['first_year']}-{facts['horizon']}"),
        (tr("Targets", language, context="number of"), str(len(plan.targets))),
        (tr("Regions", language), separator.join(plan.regions[f"short_{language}"])),
    ]
    for row in plan.sources[~plan.sources["source"].isin(plan.statements["source"])].itertuples():
        known = ("，" if language == "zh" else ", ").join(filter(None, (row.publisher, row.published)))
        title = tr("{title} ({date})", language, title=row.title, date=known) if known else row.title
        rows.append((tr("Read in", language), title))
    rows = [row for row in rows if row[1]]
    return reader_table(pd.DataFrame(rows, columns=["fact", "content"]), language)


def show_region(plan, region: str, *, language: str = "en") -> Tables:
    """What a region is to become, its tasks, and its members with how well each is attested."""
    plan = chosen_plan(plan, region=region, language=language)
    own = plan.positioning[plan.positioning["region"] == region]
    words = own["text_zh"] if language == "zh" else own["text_en"] + " (" + own["text_zh"] + ")"
    roles = {"positioning": tr("positioning", language), "task": tr("task", language)}
    aims = pd.DataFrame({"role": own["kind"].map(roles), "text": words})
    names = dict(zip(plan.areas["area"], plan.areas[f"short_{language}"], strict=True))
    members = plan.membership[plan.membership["region"] == region].merge(plan.areas, on="area", how="left")
    rows = pd.DataFrame(
        [_member(row, names, language) for row in members.to_dict("records")],
        columns=["member", "membership", "reason"],
    )
    title = plan.regions.set_index("region").loc[region, f"name_{language}"]
    return Tables((reader_table(aims, language, title=title), reader_table(rows, language)))


def _member(row: dict, names: dict[str, str], language: str) -> tuple[str, str, str]:
    """Name, kind of membership and note of a member; areas are named, not coded, in the note."""
    note = row["note_zh" if language == "zh" else "note"]
    note = re.sub(r"\b\d{6}\b", lambda code: names.get(code[0], code[0]), "" if pd.isna(note) else note)
    zone, name = row["level_x"] == "zone", row[f"name_{language}"]
    membership = tr("zone inside a member", language) if zone else text(row["status"], language)
    if row["proxy"] and not zone:
        membership += tr(" (city stands in for its counties)", language)
    if pd.notna(name):
        return name, membership, note
    # a zone's note begins with its name
    first, comma, rest = note.partition("，" if language == "zh" else ", ")
    return (first, membership, rest) if comma and zone else (row["area"], membership, note)


def show_members(plan, region: str, *, as_of: str = "", language: str = "en") -> Table:
    """Latest figure of each indicator and member, with year, grade and source."""
    plan = chosen_plan(plan, region=region, language=language)
    return _latest_table(load_tables(plan, as_of=as_of), list(members_of(plan, region)), language)


def show_city(plan, adcode: str, *, as_of: str = "", language: str = "en") -> Table:
    """A city's regions and the latest figure of each indicator."""
    plan = chosen_plan(plan, language=language)
    adcode, tables = place_code(plan, adcode, kind="area"), load_tables(plan, as_of=as_of)
    names = plan.regions.set_index("region")[f"short_{language}"]
    inside = [name for one, name in names.items() if one != adcode and adcode in members_of(plan, one)]
    table = _latest_table(tables, [adcode], language)
    frame = table.frame.drop(columns=head("member", language))
    title = tables.name(adcode, language)
    if inside:
        title = tr("{area} ({regions})", language, area=title, regions=tr(", ", language).join(inside))
    return Table(frame, title, table.note, table.numbers, language=language)


def _latest_table(tables, members: list[str], language: str) -> Table:
    titles = source_titles(tables.sources, language)
    names = tables.indicators.set_index("indicator")[f"name_{language}"]
    rows = [
        (area := tables.name(one.area, language), indicator_of(area, names[one.indicator]), str(int(one.year)),
         figure_words(one.value, one.indicator, language), one.grade,
         titles.get(one.source.split()[0], one.source))
        for one in latest_figures(tables, members).itertuples()
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["member", "indicator", "year", "value", "grade", "source"])
    return reader_table(frame, language, note=grades(language))


def show_sources(plan, region: str = "", *, as_of: str = "", language: str = "en") -> Tables:
    """Sources and caveats of everything a plan's or a region's figures rest on."""
    plan = chosen_plan(plan, region=region, language=language)
    areas = areas_behind(plan, [region] if region else list(plan.regions["region"]))
    return _basis_tables(load_tables(plan, as_of=as_of), areas, language)


def show_city_sources(adcode: str, *, plan=PLAN, as_of: str = "", language: str = "en") -> Tables:
    """Sources and caveats of a city's figures."""
    plan = chosen_plan(plan, language=language)
    adcode = place_code(plan, adcode, kind="area")
    return _basis_tables(load_tables(plan, as_of=as_of), {adcode}, language)


def _basis_tables(tables, areas: set[str], language: str) -> Tables:
    used = sources_used(tables, areas).astype({"figures": str})
    used = used.rename(columns={"vintage": "date", "url": "where"})
    used = used[["source", "title", "date", "figures", "where"]]
    names = tables.indicators.set_index("indicator")[f"name_{language}"].to_dict()
    names["*"] = tr("all indicators", language)
    caveats = caveats_on(tables, areas).rename(columns={f"text_{language}": "caveat"})
    caveats["indicator"] = caveats["indicator"].map(names)
    note = tr("Figures carry no copyright; each source keeps its own terms.", language)
    folded = len(used) > UNFOLDED
    return Tables(
        (
            reader_table(used, language, title=tr("Sources", language), note=note, folded=folded),
            reader_table(caveats[["indicator", "caveat"]], language, title=tr("Caveats", language)),
        )
    )


# -- frames that the tables and the report's pages share ----------------------------------------------------


def areas_behind(plan: Plan, regions: Iterable[str]) -> set[str]:
    """Return the areas that the verdicts of some regions rest on: members, the regions themselves, benchmarks."""
    benchmarks = plan.targets.loc[plan.targets["region"].isin(regions), "benchmark"].fillna("")
    members = {area for region in regions for area in members_of(plan, region)}
    return (members | set(regions) | set(benchmarks)) - {""}


def latest_figures(tables: series.Tables, areas: list[str]) -> pd.DataFrame:
    """Return the latest figure used of each indicator and area, in the order of the codebook and of `areas`.

    Returns
    -------
    pandas.DataFrame
        Columns of `load_observations`.
    """
    orders = {"indicator": tables.indicators["indicator"], "area": areas}
    rows = _used(tables, areas).sort_values("year").drop_duplicates(["area", "indicator"], keep="last")
    places = {name: rows[name].map(list(order).index) for name, order in orders.items()}
    return rows.loc[pd.DataFrame(places).sort_values(["indicator", "area"]).index]


def sources_used(tables: series.Tables, areas: Iterable[str]) -> pd.DataFrame:
    """Return the sources that the figures of some areas rest on, by id.

    Returns
    -------
    pandas.DataFrame
        Columns of `load_sources`, with ``figures``, the number of figures that name the source, and ``vintage``,
        the last date of those that name it first.
    """
    own = _used(tables, areas)
    named = own["source"].str.split()
    used = named.explode().value_counts().sort_index().rename("figures").to_frame()
    used["vintage"] = own.groupby(named.str[0])["vintage"].max()
    used = used.rename_axis("source").join(tables.sources.set_index("source")).reset_index()
    return used.assign(title=used["title"].fillna(used["source"])).fillna("")


def caveats_on(tables: series.Tables, areas: Iterable[str]) -> pd.DataFrame:
    """Return what to know before using the figures of some areas.

    Returns
    -------
    pandas.DataFrame
        Columns of `load_caveats`, a row for each text; the indicator ``*`` stands for all.
    """
    caveats = tables.caveats
    scopes = {"*", "cities", "nation", "province", *areas}
    concerned = caveats["area"].str.split().map(lambda named: not scopes.isdisjoint(named))
    held = {"*", *_used(tables, areas)["indicator"]}
    own = caveats[concerned & caveats["indicator"].isin(held)]
    return own.drop_duplicates(["indicator", "text_en", "text_zh"], ignore_index=True)


def _used(tables: series.Tables, areas: Iterable[str]) -> pd.DataFrame:
    return tables.observations[tables.observations["default"] & tables.observations["area"].isin(areas)]
