"""The tables as pandera schemas: what each column holds, which values it takes, what identifies a row.

They are the source: ``data/seal.py`` writes them into ``data/datapackage.json``, and a user's files are
validated by them. Text columns hold ``""`` where nothing is given. Importing this module imports pandera
(half a second), so it is imported only where a table is validated.
"""

import pandera.pandas as pa

_CODE = r"[a-z0-9][a-z0-9-]{0,39}"
_SLUG = "lower-case letters, digits and hyphens, such as"
_INDICATOR = r"[a-z][a-z0-9_]{0,39}"
_DATE = r"([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)"


def _text(
    description: str, *, required: bool = True, choices: str = "", pattern: str = "", **facts: object
) -> pa.Column:
    """Column of text: one of the choices (``"A|B|C"``), or written as the pattern.

    Of `facts`, ``rule`` is the pattern in words, ``kind`` is "code" or "date" where a spreadsheet may have changed
    how the text is written, and ``optional`` tells that a table may lack the column.
    """
    checks = [pa.Check.str_length(min_value=1)] if required else []
    checks += [pa.Check.str_matches(rf"^(?:|{pattern})\Z")] if pattern else []
    checks += [pa.Check.isin(["", *choices.split("|")])] if choices else []
    listed = choices.split("|") if choices else []
    facts = {"kind": "text", "required": required, "pattern": pattern, "choices": listed} | facts
    return pa.Column(str, checks, description=description, metadata=facts)


def _number(description: str, *, required: bool = True, kind: str = "number", **limits: float) -> pa.Column:
    """Column of numbers within limits ``ge`` and ``le``; kind ``number``, ``integer`` or ``year``."""
    facts = {"kind": kind, "required": required}
    checks = [getattr(pa.Check, name)(limit) for name, limit in limits.items()]
    dtype = float if kind == "number" else None  # whole numbers are int64, or Int64 where one is missing
    return pa.Column(dtype, checks, nullable=not required, description=description, metadata=facts)


def _year(description: str, *, required: bool = True) -> pa.Column:
    return _number(description, required=required, kind="year", ge=1949, le=2100)


def _yes_no(description: str) -> pa.Column:
    return pa.Column(bool, description=description, metadata={"kind": "boolean", "required": False})


def _area(description: str, *, required: bool = True) -> pa.Column:
    rule = "a six-digit adcode such as 210100, or a region code"
    pattern = r"[0-9]{6}|[a-z][a-z0-9-]{0,39}"
    return _text(description, required=required, pattern=pattern, rule=rule, kind="code")


def _indicator(*, required: bool = True) -> pa.Column:
    rule = "a code of indicators.csv such as gdp"
    return _text("code of the indicator", required=required, pattern=_INDICATOR, rule=rule)


def _region() -> pa.Column:
    description = "code of the region; also the name of its folder in the output"
    return _text(description, pattern=_CODE, rule=f"{_SLUG} circle")


def _sources(description: str = "source ids, apart by blanks", *, required: bool = False) -> pa.Column:
    rule = "source ids apart by blanks, such as s001 s002"
    return _text(description, required=required, pattern="[a-z0-9-]+( [a-z0-9-]+)*", rule=rule)


def _date(description: str) -> pa.Column:
    return _text(description, required=False, pattern=_DATE, rule="2024, 2024-01 or 2024-01-19", kind="date")


def _schema(title: str, key: str, /, **columns: pa.Column) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, unique=key.split(), title=title)


_FIGURES = dict(
    area=_area("what the figure describes: GB/T 2260 adcode or region code"),
    indicator=_indicator(),
    year=_year("year the figure describes"),
    value=_number("in the unit given"),
    unit=_text("unit of the indicator"),
    vintage=_date("publication date of the release; empty where unknown"),
    status=_text("stage of the figure", choices="preliminary|revised|final|unknown"),
    grade=_text(
        "how well it is attested: A primary page or two agreeing source families, B one decent source, C weak",
        choices="A|B|C",
    ),
    source=_sources(required=True),
)

SCHEMAS: dict[str, pa.DataFrameSchema] = {
    "areas": _schema(
        "Nation, province, cities and counties of Liaoning",
        "area",
        area=_area("GB/T 2260 adcode"),
        level=_text("rank", choices="nation|province|city|county"),
        parent=_area("area it lies in", required=False),
        name_zh=_text("official Chinese name"),
        name_en=_text("official English name"),
        short_zh=_text("Chinese name for labels"),
        short_en=_text("English name for labels"),
    ),
    "units": _schema(
        "Units and how English text shows them",
        "unit",
        unit=_text("unit as the tables write it"),
        label_zh=_text("in Chinese text"),
        label_en=_text("in English text"),
        factor_en=_number("value times this is in label_en", ge=0),
    ),
    "indicators": _schema(
        "Codebook of indicators",
        "indicator",
        indicator=_indicator(),
        name_zh=_text("Chinese name"),
        name_en=_text("English name"),
        unit=_text("unit; empty for a quality without a number", required=False),
        definition_zh=_text("what it measures"),
        definition_en=_text("what it measures"),
        direction=_text("which way is better", choices="up|down|none"),
        measure=_text(
            "what kind of number; none is a quality without one", choices="level|growth|share|none"
        ),
        aggregation=_text("how areas combine to a region", choices="sum|weighted|none"),
        weight=_text(
            "indicator that weights; for a growth its value of the year before",
            required=False,
            pattern=_INDICATOR,
            rule="a code of indicators.csv",
        ),
        decimals=_number("digits after the point when shown", kind="integer", ge=0, le=6),
        minimum=_number("least possible value", required=False),
        maximum=_number("greatest possible value", required=False),
    ),
    "sources": _schema(
        "Where the figures were read",
        "source",
        source=_text("id", pattern="[a-z0-9-]+", rule="s001"),
        title=_text("title, with where it was read"),
        publisher=_text("issuer or paper, where the title names it", required=False),
        url=_text("address, where it is a stable one", required=False),
        kind=_text(
            "official; official, republished (the issuer is named but a copy was read); compilation; "
            "press or other page"
        ),
        published=_date("date the source itself states; empty where it states none"),
        licence=_text("licence, where stated", required=False),
    ),
    "observations": _schema(
        "Figures, several readings side by side",
        "area indicator year vintage source",
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
        "Years across which levels are not compared",
        "indicator area last_year first_year",
        indicator=_indicator(),
        area=_text(
            "adcode, region code, * for all, or nation, province, cities",
            kind="code",
            pattern="[0-9]{6}|[a-z][a-z0-9-]{0,39}|[*]",
            rule="an adcode, a region code, *, nation, province or cities",
        ),
        last_year=_year("last year of the older series"),
        first_year=_year("first year of the newer series"),
        kind=_text(
            'why; "rates not divisible" does not break the line: levels may be drawn through, growth is taken from '
            "the published rates",
            choices="census|correction|coverage|survey|rates not divisible",
        ),
        reason_zh=_text("reason"),
        reason_en=_text("reason"),
        source=_sources(),
    ),
    "caveats": _schema(
        "What to know before using a figure",
        "indicator area years text_en",
        indicator=_text(
            "code, or * for all", pattern=rf"{_INDICATOR}|[*]", rule="a code of indicators.csv, or *"
        ),
        area=_text("adcodes apart by blanks, * for all, or nation, province, cities"),
        years=_text("years it concerns; empty for all", required=False),
        kind=_text(
            "what kind of remark", choices="sum|quality|rounding|vintage|doubtful|currency|meaning|hole|drift"
        ),
        text_zh=_text("remark"),
        text_en=_text("remark"),
        source=_sources(),
    ),
    "exceptions": _schema(
        "Differences between figures that are known, each by name with its reason",
        "check area indicator year reading",
        check=_text(
            "relation that the difference breaks",
            choices="release-industries|default-industries|cities-sum|part-of-whole|province-rate|shares-in-order|"
            "gdp-a-head|level-growth|rate-of-levels|jump|readings",
        ),
        area=_area("area of the figure compared"),
        indicator=_indicator(),
        year=_year("year the figure describes"),
        reading=_text("source of the figure compared, after its vintage where that matters"),
        difference=_number("what was found minus what it should be"),
        unit=_text("unit of the difference"),
        explained=_text("whether the sources explain the difference", choices="yes|no"),
        reason_zh=_text("why, in Chinese"),
        reason_en=_text("why, in English"),
        source=_sources(required=True),
    ),
    "regions": _schema(
        "Regions of the plan",
        "region",
        region=_region(),
        name_zh=_text("Chinese name"),
        name_en=_text("English name"),
        short_zh=_text("Chinese name for labels"),
        short_en=_text("English name for labels"),
        nickname=_text("word of the plan it stands for", required=False),
        nickname_zh=_text("the same in Chinese", required=False, optional=True),
        lead_city=_area("adcode of the leading city", required=False),
    ),
    "positioning": _schema(
        "What each region is to become, and key tasks",
        "region kind order",
        region=_text(
            "code of the region, or * for the whole plan", pattern=rf"{_CODE}|[*]", rule="a region code, or *"
        ),
        kind=_text("what the region is to become, or a key task", choices="positioning|task"),
        order=_number("place in the list", kind="integer", ge=1),
        text_zh=_text("key terms of the plan; tasks in our words"),
        text_en=_text("our translation"),
    ),
    "membership": _schema(
        "Areas that make each region",
        "region area",
        region=_region(),
        area=_area("what the figure describes: GB/T 2260 adcode or region code"),
        level=_text(
            "rank of the area; a zone lies inside member areas and is not counted",
            choices="province|city|county|zone",
        ),
        status=_text(
            "confirmed: list seen; likely: evidence, list not seen; unverified: often quoted, no evidence seen",
            choices="confirmed|likely|unverified",
        ),
        proxy=_yes_no("stands in for areas whose figures are rarely published"),
        valid_from=_year("first year of membership", required=False),
        note=_text("remark in English", required=False),
        note_zh=_text("remark in Chinese", required=False, optional=True),
        sources=_sources("ids of the plan sources, apart by blanks"),
    ),
    "targets": _schema(
        "Clauses of the plan",
        "target",
        target=_text("id", pattern=r"[a-z0-9][a-z0-9-]{0,59}", rule=f"{_SLUG} belt-trade"),
        region=_region(),
        area=_area("area or region that is judged"),
        other_area=_area("area of the other reading, where the clause leaves it open", required=False),
        kind=_text(
            "kind of clause",
            choices="level|share|growth|average_growth|cumulative_growth|relative_growth|relative_level|doubling|"
            "count|direction|qualitative",
        ),
        indicator=_indicator(required=False),
        comparator=_text("how the value is meant", choices=">=|>|<=|<|up|down", required=False),
        value=_number("target value", required=False),
        unit=_text("unit of the value; % for growth", required=False),
        strength=_text(
            "strive (力争) or commit (达到、超过、突破、高于)", choices="strive|commit", required=False
        ),
        benchmark=_area("area to compare with", required=False),
        baseline_year=_year("year the target starts from", required=False),
        base_stated=_yes_no("whether the plan states the base year"),
        first_year=_year("first year of the target"),
        horizon=_year("last year of the target"),
        label_zh=_text("short name for charts"),
        label_en=_text("short name for charts"),
        wording_zh=_text("words of the clause, where seen", required=False),
        clause_en=_text("our own paraphrase", required=False),
        grade=_text(
            "A Chinese wording seen on an official or mainstream press page, B seen in English rendering only, "
            "C inferred or figure quoted only",
            choices="A|B|C",
        ),
        sources=_sources("ids of the plan sources, apart by blanks"),
        note_zh=_text("what the clause leaves open", required=False),
        note_en=_text("what the clause leaves open", required=False),
    ),
}
"""Schema of each table by the table's name; the four of a plan folder come last."""
