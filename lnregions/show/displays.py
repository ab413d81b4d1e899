"""What the notebooks show of a plan, its regions and their members as tables."""

import re

import pandas as pd

from lnregions.assess import load_tables, members_of
from lnregions.show.asked import checked
from lnregions.show.html_tables import Table, Tables
from lnregions.show.printed_figures import figure_words
from lnregions.show.words import GRADES, HEADS, headed, source_titles
from lnregions.words import text


@checked
def show_plan(plan, *, language: str = "en") -> Table:
    """Facts of a plan: who issued it, when, for which years, and where it was read."""
    facts, zh = plan.facts, language == "zh"
    rows = [
        ("标题" if zh else "Title", facts.get(f"title_{language}", "")),
        ("文号" if zh else "Number", facts.get("number", "")),
        ("发布机关" if zh else "Issued by", facts.get(f"issuer_{language}", "")),
        ("印发日期" if zh else "Issued on", facts.get("issued", "")),
        ("期间" if zh else "Years", f"{facts['first_year']}-{facts['horizon']}"),
        ("目标数" if zh else "Targets", str(len(plan.targets))),
        ("区域" if zh else "Regions", ("、" if zh else ", ").join(plan.regions[f"short_{language}"])),
    ]
    rows += [("出处" if zh else "Read in", f"{s['title']} ({s['publisher']}, {s['published']})")
             for _, s in plan.sources.iterrows()]  # fmt: skip
    return Table(headed(pd.DataFrame(rows, columns=["fact", "content"]), language), language=language)


@checked
def show_region(plan, region: str, *, language: str = "en") -> Tables:
    """What a region is to become, its tasks, and its members with how well each is attested."""
    own = plan.positioning[plan.positioning["region"] == region]
    roles = {"positioning": ("positioning", "定位"), "task": ("task", "任务")}
    aims = pd.DataFrame({
        "role": [roles[kind][language == "zh"] for kind in own["kind"]],
        "text": own["text_zh"] if language == "zh" else own["text_en"] + " (" + own["text_zh"] + ")",
    })  # fmt: skip
    own = plan.membership[plan.membership["region"] == region].merge(plan.areas, on="area", how="left")
    members = own.to_dict("records")
    names = dict(zip(plan.areas["area"], plan.areas[f"short_{language}"], strict=True))
    named = [_named_member(row, names, language) for row in members]
    rows = pd.DataFrame({
        "member": [name for name, _ in named],
        "membership": [_membership(row, language) for row in members],
        "reason": [note for _, note in named],
    })  # fmt: skip
    name = plan.regions.set_index("region").loc[region, f"name_{language}"]
    return Tables(
        (
            Table(headed(aims, language), name, language=language),
            Table(headed(rows, language), language=language),
        )
    )


@checked
def show_members(plan, region: str, *, as_of: str = "", language: str = "en") -> Table:
    """Latest figure of each indicator and member, with year, grade and source."""
    tables = load_tables(plan, as_of=as_of)
    return _latest(tables, list(members_of(plan, region)), language)


@checked
def show_city(plan, adcode: str, *, as_of: str = "", language: str = "en") -> Table:
    """A city's regions and the latest figure of each indicator."""
    tables = load_tables(plan, as_of=as_of)
    regions = [r for r in plan.regions["region"] if adcode in members_of(plan, r)]
    names = plan.regions.set_index("region")[f"short_{language}"]
    inside = ("、" if language == "zh" else ", ").join(names[r] for r in regions)
    title = f"{tables.name(adcode, language)} ({inside})"
    table = _latest(tables, [adcode], language)
    return Table(
        table.frame.drop(columns=HEADS["member"][language == "zh"]),
        title,
        table.note,
        table.numbers,
        (),
        language,
    )


# -- parts --------------------------------------------------------------------------------------------------


def _latest(tables, members, language):
    """Latest figure of each indicator and member as a table."""
    titles = source_titles(tables.sources)
    found: dict[str, list] = {}
    for last in tables.latest(members).itertuples(index=False):
        found.setdefault(last.indicator, []).append(last)
    rows = []
    for code, name in zip(tables.indicators["indicator"], tables.indicators[f"name_{language}"], strict=True):
        for last in found.get(code, ()):
            rows.append({
                "member": tables.name(last.area, language), "indicator": name, "year": str(int(last.year)),
                "value": figure_words(last.value, code, language), "grade": last.grade,
                "source": titles.get(last.source.split()[0], last.source),
            })  # fmt: skip
    columns = ["member", "indicator", "year", "value", "grade", "source"]
    frame = headed(pd.DataFrame(rows, columns=columns), language)
    return Table(frame, "", GRADES[language], (HEADS["value"][language == "zh"],), (), language)


def _named_member(row, names, language):
    """Name of a member and the note on it, where areas are named and not coded; the note on a zone begins with its."""
    zh = language == "zh"
    note = row["note_zh" if zh else "note"]
    note = re.sub(r"\b\d{6}\b", lambda code: names.get(code[0], code[0]), "" if pd.isna(note) else note)
    name = row[f"name_{language}"]
    if pd.notna(name):
        return name, note
    head, comma, rest = note.partition("，" if zh else ", ")
    return (head, rest) if comma and row["level_x"] == "zone" else (row["area"], note)


def _membership(row, language):
    if row["level_x"] == "zone":
        return "城市内的区片" if language == "zh" else "zone inside a member"
    word = text(row["status"], language)
    return word + (
        (" (city stands in for its counties)", "（以市代县）")[language == "zh"] if row["proxy"] else ""
    )
