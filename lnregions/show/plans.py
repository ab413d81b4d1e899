"""Tables of a plan, its regions and members, and of the sources and caveats of their figures."""

import re
from collections import Counter

import pandas as pd

from lnregions.assess import load_tables, members_of
from lnregions.show.table import Table, Tables
from lnregions.show.words import chosen_plan, figure_words, grades, head, headed, source_titles
from lnregions.tables import load_caveats, load_indicators
from lnregions.words import text
from lnregions.words.catalogue import tr

UNFOLDED = 12
"""Sources up to which their table is shown open."""


def show_plan(plan, *, language: str = "en") -> Table:
    """Facts of a plan: who issued it, when, for which years, and where it was read."""
    plan = chosen_plan(plan, language=language)
    facts = plan.facts
    separator = tr(", ", language)
    rows = [
        (tr("Title", language), facts.get(f"title_{language}", "")),
        (tr("Number", language), facts.get("number", "")),
        (tr("Issued by", language), facts.get(f"issuer_{language}", "")),
        (tr("Issued on", language), facts.get("issued", "")),
        (tr("Years", language), f"{facts['first_year']}-{facts['horizon']}"),
        (tr("Targets", language, context="number of"), str(len(plan.targets))),
        (tr("Regions", language), separator.join(plan.regions[f"short_{language}"])),
    ]
    for row in plan.sources.itertuples():
        rows.append((tr("Read in", language), f"{row.title} ({row.publisher}, {row.published})"))
    return Table(headed(pd.DataFrame(rows, columns=["fact", "content"]), language), language=language)


def show_region(plan, region: str, *, language: str = "en") -> Tables:
    """What a region is to become, its tasks, and its members with how well each is attested."""
    plan = chosen_plan(plan, region=region, language=language)
    own = plan.positioning[plan.positioning["region"] == region]
    roles = {"positioning": tr("positioning", language), "task": tr("task", language)}
    chinese = own["text_zh"]
    aims = pd.DataFrame(
        {
            "role": own["kind"].map(roles),
            "text": chinese if language == "zh" else own["text_en"] + " (" + chinese + ")",
        }
    )
    names = dict(zip(plan.areas["area"], plan.areas[f"short_{language}"], strict=True))
    members = plan.membership[plan.membership["region"] == region].merge(plan.areas, on="area", how="left")
    rows = pd.DataFrame(
        [_member(row, names, language) for row in members.to_dict("records")],
        columns=["member", "membership", "reason"],
    )
    title = plan.regions.set_index("region").loc[region, f"name_{language}"]
    return Tables(
        (
            Table(headed(aims, language), title, language=language),
            Table(headed(rows, language), language=language),
        )
    )


def _member(row: dict, names: dict[str, str], language: str) -> tuple[str, str, str]:
    """Name, kind of membership and note of a member; areas are named, not coded, in the note."""
    note = row["note_zh" if language == "zh" else "note"]
    note = re.sub(r"\b\d{6}\b", lambda code: names.get(code[0], code[0]), "" if pd.isna(note) else note)
    zone = row["level_x"] == "zone"
    if zone:
        membership = tr("zone inside a member", language)
    else:
        proxy = tr(" (city stands in for its counties)", language) if row["proxy"] else ""
        membership = text(row["status"], language) + proxy
    name = row[f"name_{language}"]
    if pd.notna(name):
        return name, membership, note
    first, comma, rest = note.partition(
        "，" if language == "zh" else ", "
    )  # a zone's note begins with its name
    return (first, membership, rest) if comma and zone else (row["area"], membership, note)


def show_members(plan, region: str, *, as_of: str = "", language: str = "en") -> Table:
    """Latest figure of each indicator and member, with year, grade and source."""
    plan = chosen_plan(plan, region=region, language=language)
    return _latest(load_tables(plan, as_of=as_of), list(members_of(plan, region)), language)


def show_city(plan, adcode: str, *, as_of: str = "", language: str = "en") -> Table:
    """A city's regions and the latest figure of each indicator."""
    plan = chosen_plan(plan, language=language)
    tables = load_tables(plan, as_of=as_of)
    names = plan.regions.set_index("region")[f"short_{language}"]
    inside = [names[region] for region in plan.regions["region"] if adcode in members_of(plan, region)]
    table = _latest(tables, [adcode], language)
    frame = table.frame.drop(columns=head("member", language))
    title = f"{tables.name(adcode, language)} ({tr(', ', language).join(inside)})"
    return Table(frame, title, table.note, table.numbers, language=language)


def _latest(tables, members: list[str], language: str) -> Table:
    titles = source_titles(tables.sources)
    order = {code: place for place, code in enumerate(tables.indicators["indicator"])}
    names = dict(zip(tables.indicators["indicator"], tables.indicators[f"name_{language}"], strict=True))
    rows = [
        (tables.name(one.area, language), names[one.indicator], str(int(one.year)),
         figure_words(one.value, one.indicator, language), one.grade,
         titles.get(one.source.split()[0], one.source))
        for one in sorted(tables.latest(members).itertuples(), key=lambda one: order[one.indicator])
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["member", "indicator", "year", "value", "grade", "source"])
    numbers = (head("value", language),)
    return Table(headed(frame, language), note=grades(language), numbers=numbers, language=language)


def show_sources(plan, region: str = "", *, as_of: str = "", language: str = "en") -> Tables:
    """Sources and caveats of everything a plan's or a region's figures rest on."""
    plan = chosen_plan(plan, region=region, language=language)
    regions = [region] if region else list(plan.regions["region"])
    areas = {area for one in regions for area in members_of(plan, one)} | set(regions)
    benchmarks = plan.targets.loc[plan.targets["region"].isin(regions), "benchmark"].fillna("")
    return _sources(areas | set(benchmarks) - {""}, load_tables(plan, as_of=as_of), language)


def show_city_sources(adcode: str, *, plan="ln-2022", as_of: str = "", language: str = "en") -> Tables:
    """Sources and caveats of a city's figures."""
    return _sources({adcode}, load_tables(chosen_plan(plan, language=language), as_of=as_of), language)


def _sources(areas: set[str], tables, language: str) -> Tables:
    own = [row for row in tables.observed if row.default and row.area in areas]
    counts = Counter(source for row in own for source in row.source.split())
    dates: dict[str, str] = {}
    for row in own:
        first = row.source.split()[0]
        dates[first] = max(row.vintage, dates.get(first, ""))
    sources = tables.sources.set_index("source")
    rows = [
        (one, sources["title"].get(one, one), dates.get(one, ""), str(count), sources["url"].get(one) or "")
        for one, count in sorted(counts.items())
    ]
    frame = headed(pd.DataFrame(rows, columns=["source", "title", "date", "figures", "where"]), language)
    return Tables(
        (
            Table(
                frame,
                tr("Sources", language),
                tr("Figures carry no copyright; each source keeps its own terms.", language),
                numbers=(head("figures", language),),
                language=language,
                links=(head("where", language),),
                folded=len(frame) > UNFOLDED,
            ),
            Table(
                _caveats({row.indicator for row in own}, areas, language),
                tr("Caveats", language),
                language=language,
            ),
        )
    )


def _caveats(indicators: set[str], areas: set[str], language: str) -> pd.DataFrame:
    caveats, codebook = load_caveats(), load_indicators()
    names = dict(zip(codebook["indicator"], codebook[f"name_{language}"], strict=True))
    names["*"] = tr("all indicators", language)
    own = caveats[
        caveats["indicator"].isin(indicators | {"*"})
        & caveats["area"].isin(areas | {"*", "cities", "nation", "province"})
    ]
    frame = pd.DataFrame({"indicator": own["indicator"].map(names), "caveat": own[f"text_{language}"]})
    return headed(frame.drop_duplicates(ignore_index=True), language)
