"""The tables as pandera schemas: what each column holds, which values it takes, what identifies a row.

They are the source: ``data/seal.py`` writes them into ``data/datapackage.json``, and a user's files are
validated by them. Text columns hold ``""`` where nothing is given. Importing this module imports pandera
(half a second), so it is imported only where a table is validated.
"""

import pandera.pandas as pa

_CODE = r"[a-z0-9][a-z0-9-]{0,39}"
_SLUG = "lower-case letters, digits and hyphens, such as"
_AREA = r"[0-9]{6}|[a-z][a-z0-9-]{0,39}"
_INDICATOR = r"[a-z][a-z0-9_]{0,39}"
_DATE = r"([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)"
_WRITTEN = {
    "area": (_AREA, "a six-digit adcode such as 210100, or a region code"),
    "areas": (rf"{_AREA}|[*]", "an adcode, a region code, *, nation, province or cities"),
    "date": (_DATE, "2024, 2024-01 or 2024-01-19"),
    "indicator": (_INDICATOR, "a code of indicators.csv such as gdp"),
    "indicators": (rf"{_INDICATOR}|[*]", "a code of indicators.csv, or *"),
    "region": (_CODE, f"{_SLUG} circle"),
    "regions": (rf"{_CODE}|[*]", "a region code, or *"),
    "source": ("[a-z0-9-]+", "s001"),
    "sources": ("[a-z0-9-]+( [a-z0-9-]+)*", "source ids apart by blanks, such as s001 s002"),
    "target": (r"[a-z0-9][a-z0-9-]{0,59}", f"{_SLUG} belt-trade"),
    "weight": (_INDICATOR, "a code of indicators.csv"),
}
"""How a code or date is written: its pattern, and the pattern in words."""
_REPAIRED = {"area": "code", "areas": "code", "date": "date"}
"""Kinds of text whose form a spreadsheet may have changed, and that are put right."""
_YEAR = {"kind": "year", "ge": 1949, "le": 2100}


def _text(
    description: str, written: str = "", *, choices: str = "", required: bool = True, **facts
) -> pa.Column:
    """Column of text: one of the choices (``"A|B|C"``), or `written` as a pattern; `optional`: a table may lack it."""
    facts = {"kind": _REPAIRED.get(written, "text"), "required": required} | facts
    facts["choices"] = choices.split("|") if choices else []
    checks = [pa.Check.str_length(min_value=1)] if required else []
    if written:
        facts["pattern"], facts["rule"] = _WRITTEN[written]
        checks.append(pa.Check.str_matches(rf"^(?:|{facts['pattern']})\Z"))
    if choices:
        checks.append(pa.Check.isin(["", *facts["choices"]]))
    return pa.Column(str, checks, description=description, metadata=facts)


def _number(description: str, *, required: bool = True, kind: str = "number", **limits: float) -> pa.Column:
    """Column of numbers within limits ``ge`` and ``le``; kind ``number``, ``integer`` or ``year``."""
    checks = [getattr(pa.Check, name)(limit) for name, limit in limits.items()]
    dtype = float if kind == "number" else None  # whole numbers are int64, or Int64 where one is missing
    facts = {"kind": kind, "required": required}
    return pa.Column(dtype, checks, nullable=not required, description=description, metadata=facts)


def _yes_no(description: str) -> pa.Column:
    return pa.Column(bool, description=description, metadata={"kind": "boolean", "required": False})


def _schema(title: str, key: str, /, **columns: pa.Column) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, unique=key.split(), title=title)


_DESCRIBED = "what the figure describes: GB/T 2260 adcode or region code"
_REGION = _text("code of the region; also the name of its folder in the output", "region")
_PLAN_SOURCES = _text("ids of the plan sources, apart by blanks", "sources", required=False)
_CITED = "source ids, apart by blanks"
_FIGURES = dict(
    area=_text(_DESCRIBED, "area"),
    indicator=_text("code of the indicator", "indicator"),
    year=_number("year the figure describes", **_YEAR),
    value=_number("in the unit given"),
    unit=_text("unit of the indicator"),
    vintage=_text("publication date of the release; empty where unknown", "date", required=False),
    status=_text("stage of the figure", choices="preliminary|revised|final|unknown"),
    grade=_text(
        "how well it is attested: A primary page or two agreeing source families, B one decent source, C weak",
        choices="A|B|C",
    ),
    source=_text(_CITED, "sources"),
)

SCHEMAS: dict[str, pa.DataFrameSchema] = {
    "areas": _schema(
        "Nation, province, cities and counties of Liaoning", "area",
        area=_text("GB/T 2260 adcode", "area"),
        level=_text("rank", choices="nation|province|city|county"),
        parent=_text("area it lies in", "area", required=False),
        name_zh=_text("official Chinese name"),
        name_en=_text("official English name"),
        short_zh=_text("Chinese name for labels"),
        short_en=_text("English name for labels"),
    ),
    "units": _schema(
        "Units and how English text shows them", "unit",
        unit=_text("unit as the tables write it"),
        label_zh=_text("in Chinese text"),
        label_en=_text("in English text"),
        factor_en=_number("value times this is in label_en", ge=0),
    ),
    "indicators": _schema(
        "Codebook of indicators", "indicator",
        indicator=_text("code of the indicator", "indicator"),
        name_zh=_text("Chinese name"),
        name_en=_text("English name"),
        unit=_text("unit; empty for a quality without a number", required=False),
        definition_zh=_text("what it measures"),
        definition_en=_text("what it measures"),
        direction=_text("which way is better", choices="up|down|none"),
        measure=_text("what kind of number; none is a quality without one", choices="level|growth|share|none"),
        aggregation=_text("how areas combine to a region", choices="sum|weighted|none"),
        weight=_text("indicator that weights; for a growth its value of the year before", "weight", required=False),
        decimals=_number("digits after the point when shown", kind="integer", ge=0, le=6),
        minimum=_number("least possible value", required=False),
        maximum=_number("greatest possible value", required=False),
    ),
    "sources": _schema(
        "Where the figures were read", "source",
        source=_text("id", "source"),
        title=_text("title, with where it was read"),
        publisher=_text("issuer or paper, where the title names it", required=False),
        url=_text("address, where it is a stable one", required=False),
        kind=_text("official; official, republished (the issuer is named but a copy was read); compilation; "
                   "press or other page"),
        published=_text("date the source itself states; empty where it states none", "date", required=False),
        licence=_text("licence, where stated", required=False),
    ),
    "observations": _schema(
        "Figures, several readings side by side", "area indicator year vintage source",
        **_FIGURES,
        note=_text("remark", required=False),
    ),
    "left_out": _schema(
        "Figures of the evidence that observations.csv does not hold, with the reason",
        "area indicator year vintage source",
        **_FIGURES,
        reason=_text("why the figure is not in observations.csv"),
    ),
    "breaks": _schema(
        "Years across which levels are not compared", "indicator area last_year first_year",
        indicator=_text("code of the indicator", "indicator"),
        area=_text("adcode, region code, * for all, or nation, province, cities", "areas"),
        last_year=_number("last year of the older series", **_YEAR),
        first_year=_number("first year of the newer series", **_YEAR),
        kind=_text('why; "rates not divisible" does not break the line: levels may be drawn through, growth is taken '
                   "from the published rates", choices="census|correction|coverage|survey|rates not divisible"),
        reason_zh=_text("reason"),
        reason_en=_text("reason"),
        source=_text(_CITED, "sources", required=False),
    ),
    "caveats": _schema(
        "What to know before using a figure", "indicator area years text_en",
        indicator=_text("code, or * for all", "indicators"),
        area=_text("adcodes apart by blanks, * for all, or nation, province, cities"),
        years=_text("years it concerns; empty for all", required=False),
        kind=_text("what kind of remark",
                   choices="sum|quality|rounding|vintage|doubtful|currency|meaning|hole|drift"),
        text_zh=_text("remark"),
        text_en=_text("remark"),
        source=_text(_CITED, "sources", required=False),
    ),
    "exceptions": _schema(
        "Differences between figures that are known, each by name with its reason",
        "check area indicator year reading",
        check=_text("relation that the difference breaks",
                    choices="release-industries|default-industries|cities-sum|part-of-whole|province-rate|"
                    "shares-in-order|gdp-a-head|level-growth|rate-of-levels|jump|readings"),
        area=_text("area of the figure compared", "area"),
        indicator=_text("code of the indicator", "indicator"),
        year=_number("year the figure describes", **_YEAR),
        reading=_text("source of the figure compared, after its vintage where that matters"),
        difference=_number("what was found minus what it should be"),
        unit=_text("unit of the difference"),
        explained=_text("whether the sources explain the difference", choices="yes|no"),
        reason_zh=_text("why, in Chinese"),
        reason_en=_text("why, in English"),
        source=_text(_CITED, "sources"),
    ),
    "regions": _schema(
        "Regions of the plan", "region",
        region=_REGION,
        name_zh=_text("Chinese name"),
        name_en=_text("English name"),
        short_zh=_text("Chinese name for labels"),
        short_en=_text("English name for labels"),
        nickname=_text("word of the plan it stands for", required=False),
        nickname_zh=_text("the same in Chinese", required=False, optional=True),
        lead_city=_text("adcode of the leading city", "area", required=False),
    ),
    "positioning": _schema(
        "What each region is to become, and key tasks", "region kind order",
        region=_text("code of the region, or * for the whole plan", "regions"),
        kind=_text("what the region is to become, or a key task", choices="positioning|task"),
        order=_number("place in the list", kind="integer", ge=1),
        text_zh=_text("key terms of the plan; tasks in our words"),
        text_en=_text("our translation"),
    ),
    "membership": _schema(
        "Areas that make each region", "region area",
        region=_REGION,
        area=_text(_DESCRIBED, "area"),
        level=_text("rank of the area; a zone lies inside member areas and is not counted",
                    choices="province|city|county|zone"),
        status=_text("confirmed: list seen; likely: evidence, list not seen; unverified: often quoted, no evidence "
                     "seen", choices="confirmed|likely|unverified"),
        proxy=_yes_no("stands in for areas whose figures are rarely published"),
        valid_from=_number("first year of membership", required=False, **_YEAR),
        note=_text("remark in English", required=False),
        note_zh=_text("remark in Chinese", required=False, optional=True),
        sources=_PLAN_SOURCES,
    ),
    "targets": _schema(
        "Clauses of the plan", "target",
        target=_text("id", "target"),
        region=_REGION,
        area=_text("area or region that is judged", "area"),
        other_area=_text("area of the other reading, where the clause leaves it open", "area", required=False),
        kind=_text("kind of clause",
                   choices="level|share|growth|average_growth|cumulative_growth|relative_growth|relative_level|"
                   "doubling|count|direction|qualitative"),
        indicator=_text("code of the indicator", "indicator", required=False),
        comparator=_text("how the value is meant", choices=">=|>|<=|<|up|down", required=False),
        value=_number("target value", required=False),
        unit=_text("unit of the value; % for growth", required=False),
        strength=_text("strive (力争) or commit (达到、超过、突破、高于)", choices="strive|commit", required=False),
        benchmark=_text("area to compare with", "area", required=False),
        baseline_year=_number("year the target starts from", required=False, **_YEAR),
        base_stated=_yes_no("whether the plan states the base year"),
        first_year=_number("first year of the target", **_YEAR),
        horizon=_number("last year of the target", **_YEAR),
        label_zh=_text("short name for charts"),
        label_en=_text("short name for charts"),
        wording_zh=_text("words of the clause, where seen", required=False),
        clause_en=_text("our own paraphrase", required=False),
        grade=_text("A Chinese wording seen on an official or mainstream press page, B seen in English rendering "
                    "only, C inferred or figure quoted only", choices="A|B|C"),
        sources=_PLAN_SOURCES,
        note_zh=_text("what the clause leaves open", required=False),
        note_en=_text("what the clause leaves open", required=False),
    ),
}  # fmt: skip
"""Schema of each table by the table's name; the four of a plan folder come last."""
