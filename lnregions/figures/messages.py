"""Words of pictures in both languages: what the drawn rows say, the line of their sources, the caption to paste."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from lnregions import __version__
from lnregions.assess import names_text
from lnregions.errors import unknown
from lnregions.figures.drawn_rows import UNDATED, figures_only
from lnregions.formats import plain_markdown
from lnregions.series import Tables
from lnregions.show import source_name, source_title
from lnregions.style import SIMPLIFIED, missing_glyphs
from lnregions.tables import KIND_ORDER, Plan, printed_decimals
from lnregions.words import year_span
from lnregions.words.catalogue import tr
from lnregions.words.texts import NO_TEXT, Text, joined, printed, say, with_article

_LISTED_SOURCES = 2
_LONGEST_SOURCE = 52
"""Letters of a source's name in a source line."""
_FIRST_CHINESE = "\u2e80"
_RECORDED = ("source", "title", "publisher", "url", "kind", "published", "licence")


def message_of(rows: pd.DataFrame, area: str, *, plan: Plan, tables: Tables) -> Text:
    """What the rows of a picture say; empty where they hold neither figures, changes nor members.

    Of one area how it moved from the first to the latest figure without a break; of a city among others its rank; of
    several areas the highest and the lowest, in the latest year that half of them have; of two indicators that of each,
    of more in how many each area has the highest figure; of a membership how much of it is confirmed.

    Examples
    --------
    >>> from lnregions.assess import load_tables
    >>> from lnregions.tables import load_plan
    >>> plan = load_plan("ln-2022")
    >>> rows = pd.DataFrame({"area": ["210100", "210200"], "indicator": "gdp", "year": 2024, "unit": "亿元",
    ...                      "value": [9027.1, 9516.9]})
    >>> message_of(rows, "", plan=plan, tables=load_tables(plan)).en
    'Highest in Dalian with 951.69 billion yuan, lowest in Shenyang with 902.71 billion yuan (2024).'
    """
    found = NO_TEXT
    if {"region", "area", "proxy"} <= set(rows):
        message = "the plan's list confirms {confirmed} of {number} members"
        found = say(message, number=len(rows), confirmed=int((rows["status"] == "confirmed").sum()))
    elif "indicator" in rows and len(set(rows["indicator"].dropna())) > 1:
        found = _several(rows, tables) if {"value", "year"} <= set(rows) and "role" not in rows else NO_TEXT
    elif {"change", "last_year"} <= set(rows):
        of = {"value": "change", "unit": "change_unit", "year": "last_year"}
        found = _spread(rows.assign(**{name: rows[column] for name, column in of.items()}), tables)
    elif "value" in rows:
        rows = rows.assign(year=rows["year" if "year" in rows else "last_year"])
        roles = set(rows.get("role", ()))
        own = "member" if roles and roles <= {"member", "target"} else "actual"
        known = rows[rows["role"] == own] if roles else rows
        known = known.dropna(subset=["value", "year"])
        if len(set(known["area"])) == 1:
            found = _course(known.sort_values("year"), tables)
        elif area in set(known["area"]) and area in set(plan.areas["area"]):
            found = _rank(known, area, plan=plan, tables=tables)
        elif len(known):
            members = plan.membership.loc[plan.membership["region"] == area, "area"]
            inside = known["area"].isin(members)
            found = _spread(known[inside] if inside.any() else known, tables)
    return Text(f"{found.sentence().en}.", f"{found.zh}。") if found.en else NO_TEXT


def _printed(row) -> Text:
    unit = "" if row["unit"] == "index" else row["unit"]
    places = printed_decimals(row["indicator"], row["unit"]) if row.get("indicator") else 1
    return printed(float(row["value"]), unit, decimals=places)


def _course(rows, tables):
    if "segment" in rows:
        rows = rows[rows["segment"] == rows["segment"].iloc[-1]]
    first, last = rows.iloc[0], rows.iloc[-1]
    name = with_article(tables.name_text(first["area"]))
    if len(rows) == 1:
        return say("{area} had {value} in {year}", area=name, value=_printed(last), year=int(last["year"]))
    message = "{area} went from {before} in {first} to {after} in {last}"
    years = {"first": int(first["year"]), "last": int(last["year"])}
    return say(message, area=name, before=_printed(first), after=_printed(last), **years)


def _rank(rows, area, *, plan, tables):
    levels = plan.areas.set_index("area")["level"]
    year = rows.loc[rows["area"] == area, "year"].max()
    same = rows[(rows["year"] == year) & (rows["area"].map(levels) == levels[area])].drop_duplicates("area")
    if len(same) == 1:
        return _course(rows[rows["area"] == area].sort_values("year"), tables)
    own = same[same["area"] == area].iloc[0]
    rank = 1 + int((same["value"] > own["value"]).sum())
    message = "{area} ranks {rank} of {number} in {year} with {value}"
    name = with_article(names_text(tables, [area]))
    return say(message, area=name, rank=rank, number=len(same), year=int(year), value=_printed(own))


def _spread(rows, tables):
    counts = rows.groupby("year")["area"].nunique()
    several = rows["area"].duplicated().any()
    if several:
        recent, full = (counts.index[counts >= part * counts.max()].max() for part in (0.5, 1))
        rows = rows[rows["year"] == (full if full >= recent - 1 else recent)]
    top, bottom = (rows.loc[getattr(rows["value"], end)()] for end in ("idxmax", "idxmin"))
    if len(rows) < 2 or top["value"] == bottom["value"]:
        return NO_TEXT
    first, last = rows.get("first_year", rows["year"]).fillna(rows["year"]).min(), rows["year"].max()
    values = {"high": _printed(top), "low": _printed(bottom)}
    top, bottom = (with_article(tables.name_text(row["area"])) for row in (top, bottom))
    values |= {"top": top, "bottom": bottom, "years": year_span(first if first < last else None, last)}
    found = say("highest in {top} with {high}, lowest in {bottom} with {low} ({years})", **values)
    known, most = rows["area"].nunique(), counts.max()
    if not several or known == most:
        return found
    return say("{text}; {number} of {all} have a figure", text=found, number=known, all=most)


def _several(rows, tables):
    latest = rows.sort_values("year", kind="stable").drop_duplicates(["indicator", "area"], keep="last")
    parts = {code: own for code, own in latest.groupby("indicator", sort=False) if len(own) > 1}
    if len(parts) < 3:
        said = ((tables.indicator(code), _spread(own, tables)) for code, own in parts.items())
        named = (
            (Text(in_sentence(row["name_en"]), row["name_zh"]), words) for row, words in said if words.en
        )
        return joined(say("{name}: {text}", name=name, text=words) for name, words in named)
    counts = Counter(own.loc[own["value"].idxmax(), "area"] for own in parts.values())
    (first, most), *others = counts.most_common()
    message = "{area} has the highest figure in {number} of {all} indicators"
    said = [say(message, area=with_article(tables.name_text(first)), number=most, all=len(parts))]
    said += [say("{area} in {number}", area=tables.name_text(area), number=number) for area, number in others]
    return joined(said, english=", ", chinese="，")


def coverage_text(rows: pd.DataFrame, first: int, last: int) -> Text:
    """How many targets (`area`) have a figure, with a `grade`, for every year of a plan, and how many for none."""
    counts = rows["grade"].ne("").where(rows["year"].between(first, last)).groupby(rows["area"]).sum()
    message = "Figures for every year of {first}-{last}: {number} of {all} targets; for none of them: {none}."
    number, none = (int((counts == years).sum()) for years in (last - first + 1, 0))
    return say(message, first=first, last=last, number=number, all=len(counts), none=none)


def in_sentence(name: str) -> str:
    """An English name as it stands within a sentence: lower case, unless it begins with an abbreviation.

    Examples
    --------
    >>> in_sentence("Real growth"), in_sentence("GDP")
    ('real growth', 'GDP')
    """
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def cited_sources(data: pd.DataFrame) -> Counter:
    """How often each source is cited in the column ``source``."""
    cells = data["source"].fillna("") if "source" in data else ()
    return Counter(source for cell in cells for source in str(cell).split())


def source_words(data: pd.DataFrame, tables: Tables, *, language: str = "en") -> str:
    """Sources of some data in a few words: the best ones by their kind, most used first, grades, as-of date."""
    counts, records = cited_sources(data), tables.sources.set_index("source", drop=False)
    ranks = records["kind"].map(lambda kind: KIND_ORDER.index(kind) if kind in KIND_ORDER else 0).to_dict()
    order = sorted(counts, key=lambda source: (ranks.get(source, 0), -counts[source], source))
    named = []
    for source in order[:_LISTED_SOURCES]:
        if source in records.index:
            issuer = source_name(records.loc[source], language)
            if len(issuer) > _LONGEST_SOURCE:
                issuer = issuer[: _LONGEST_SOURCE - 1] + "…"
            issuer = issuer.translate(SIMPLIFIED)
            named.append(f"[{source}]" if missing_glyphs(issuer) else f"{issuer} [{source}]".strip())
    words = ("; " if language == "en" else "；").join(named)
    if len(order) > len(named):
        words += tr("; and {number} more", language, number=len(order) - len(named))
    words = words or tr("tables of this project", language)
    if counts and "grade" in data:
        grades = sorted(set(data.loc[data["source"].fillna("") != "", "grade"].dropna()) - {""})
        if grades:
            listed = (", " if language == "en" else "、").join(grades)
            words += tr(" (grade {grades})", language, grades=listed)
    return tr("{words}, as known on {date}.", language, words=words, date=tables.as_of)


# -- captions -----------------------------------------------------------------------------------------------


def source_records(
    sources: pd.DataFrame | Sequence[Mapping] | None, data: pd.DataFrame | None = None
) -> list[dict]:
    """Sources of a figure as records: those its data cite, with the grades and vintages of the rows.

    Raises
    ------
    DataError
        If the data cite a source that is not among those given.
    """
    if sources is None:
        return []
    rows = sources.to_dict("records") if isinstance(sources, pd.DataFrame) else sources
    records = [
        {k: str(row[k]) for k in _RECORDED if k in row and row[k] != "" and pd.notna(row[k])} for row in rows
    ]
    column = next((c for c in ("source", "sources") if data is not None and c in data), None)
    if column is None:
        return records
    known = {record.get("source"): record for record in records}
    marks = [key for key in ("grade", "vintage") if key in data]
    frame, cited = pd.DataFrame(data)[[column, *marks]], {}
    for row in frame.astype(object).fillna("").astype(str).to_dict("records"):
        for name in row[column].split():
            own = cited.setdefault(name, {key: set() for key in marks})
            for key in marks:
                own[key].add(row[key][:10])
    found = []
    for name in sorted(cited):
        if name not in known:
            raise unknown("source", name, [str(k) for k in known])
        seen = {f"{key}s": sorted(values - {"", UNDATED}) for key, values in cited[name].items()}
        found.append(known[name] | {key: values for key, values in seen.items() if values})
    return found


def caption_text(caption: Mapping[str, str], records: Sequence[Mapping], data: pd.DataFrame | None) -> str:
    """Caption in each language given, ready to paste: what is shown, sources, grades.

    Examples
    --------
    >>> print(caption_text({"en": "GDP of two cities."}, [{"title": "Bulletin"}], None).split(" Made")[0])
    **Figure.** GDP of two cities. Sources: Bulletin.
    """
    found = () if data is None or "grade" not in data else figures_only(data)["grade"].dropna()
    grades = Counter(grade for grade in found if str(grade).strip())
    return "\n\n".join(_paragraph(words, records, grades, lang) for lang, words in caption.items()) + "\n"


def _paragraph(words: str, records: Sequence[Mapping], grades: Mapping[str, int], language: str) -> str:
    """Caption in one language with its sources and grades."""
    space, semicolon, comma = (" ", "; ", ", ") if language == "en" else ("", "；", "，")
    parts = [f"**{tr('Figure.', language)}**{space}{plain_markdown(words.strip())}"]
    named = []
    for record in records:
        title, date = source_title(record, language), record.get("published", "")
        dated = date and date not in title
        named.append(tr("{title} ({date})", language, title=title, date=date) if dated else title)
    if named:
        named = semicolon.join(map(plain_markdown, dict.fromkeys(named)))
        message = "Sources: {sources}."
        if max(named, default="") >= _FIRST_CHINESE:
            message = "Sources (titles as published, in Chinese): {sources}."
        parts.append(tr(message, language, sources=named))
    if grades:
        counted = [tr("{grade} ({number})", language, grade=g, number=n) for g, n in sorted(grades.items())]
        parts.append(tr("Grades of evidence: {grades}.", language, grades=comma.join(counted)))
    parts.append(tr("Made with lnregions {version}.", language, version=__version__))
    return space.join(parts)
