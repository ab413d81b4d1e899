"""What the notebooks show as tables: plan, region, city, verdicts, calculations, sources and caveats.

Each function brings together what it needs, takes the language, and returns a `Table` or several.
"""

from dataclasses import dataclass

import pandas as pd

from lnregions._asked import checked
from lnregions._words import format_value, text
from lnregions.codebook import load_areas, load_caveats, load_indicators, load_sources
from lnregions.html_tables import Table, text_table
from lnregions.judgement import compare_methods, judge_all, judge_readings, load_tables, members_of
from lnregions.observations import load_observations
from lnregions.sensitivity import revision_trail, sensitivity, sensitivity_words, status_on_the_way

HEADS = {
    "target": ("Target", "目标"), "region": ("Region", "区域"), "status": ("Status", "状态"),
    "required": ("Required", "目标值"), "actual": ("Actual", "实际值"), "year": ("Year", "年份"),
    "gap": ("Gap", "差距"), "reached": ("Reached in", "达到年份"), "grade": ("Grade", "等级"),
    "reason": ("Why", "理由"), "reading": ("Read as", "理解"), "coverage": ("Coverage", "覆盖"),
    "fact": ("Fact", "事项"), "value": ("Value", "内容"), "indicator": ("Indicator", "指标"),
    "member": ("Member", "成员"), "membership": ("Membership", "成员关系"), "source": ("Source", "来源"),
    "title": ("Title", "标题"), "date": ("Published", "发布日期"), "figures": ("Figures", "数据个数"),
    "quantity": ("Quantity", "数量"), "caveat": ("Caveat", "说明"), "role": ("Part", "部分"),
    "path": ("Path", "应达值"), "way": ("Way done", "完成程度"), "time": ("Time gone", "时间进度"),
    "needed": ("Needed a year", "此后年均需增"), "change": ("With", "改变"), "before": ("Before", "此前"),
    "after": ("After", "此后"), "text": ("In the plan's terms", "规划表述"), "where": ("Where", "网址"),
}  # fmt: skip
GRADES = {
    "en": "Grades: A primary page or two agreeing sources, B one decent source, C weak.",
    "zh": "等级：A为原始页面或两个一致来源，B为一个可靠来源，C为较弱来源。",
}


@dataclass(frozen=True)
class Tables:
    """Several tables one after the other, shown together in a notebook."""

    tables: tuple[Table, ...]

    def __iter__(self):
        return iter(self.tables)

    def __str__(self) -> str:
        return "\n\n".join(f"{one.title}\n{one}" for one in self.tables)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return "".join(one.to_html() for one in self.tables)


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
    return Table(_headed(pd.DataFrame(rows, columns=["fact", "value"]), language), language=language)


@checked
def show_region(plan, region: str, *, language: str = "en") -> Tables:
    """What a region is to become, its tasks, and its members with how well each is attested."""
    own = plan.positioning[plan.positioning["region"] == region]
    roles = {"positioning": ("positioning", "定位"), "task": ("task", "任务")}
    aims = pd.DataFrame({
        "role": [roles[kind][language == "zh"] for kind in own["kind"]],
        "text": own["text_zh"] if language == "zh" else own["text_en"] + " (" + own["text_zh"] + ")",
    })  # fmt: skip
    members = plan.membership[plan.membership["region"] == region].merge(load_areas(), on="area", how="left")
    note = members["note_zh"] if language == "zh" else members["note"]
    rows = pd.DataFrame({
        "member": members[f"name_{language}"].fillna(members["area"]),
        "membership": [_membership(row, language) for _, row in members.iterrows()],
        "reason": note.fillna(""),
    })  # fmt: skip
    name = plan.regions.set_index("region").loc[region, f"name_{language}"]
    return Tables(
        (
            Table(_headed(aims, language), name, language=language),
            Table(_headed(rows, language), language=language),
        )
    )


@checked
def show_verdicts(verdicts: pd.DataFrame, *, region: str = "", language: str = "en") -> Table:
    """Verdicts as a table for readers: target, status, required, actual, gap, grade and why."""
    rows = verdicts[verdicts["region"] == region] if region else verdicts
    return _verdict_rows(rows, language, reading=False)


@checked
def show_readings(plan, *, as_of: str = "", language: str = "en") -> Table:
    """Verdicts of the targets that can be read in more than one way, a row each reading."""
    rows = judge_readings(plan, as_of=as_of or None)
    rows = rows[rows["target"].map(rows["target"].value_counts()) > 1]
    return _verdict_rows(rows, language, reading=True)


@checked
def show_methods(plan, *, as_of: str = "", language: str = "en") -> Table:
    """Status of every target that has figures, by each published method, and whether they agree."""
    rows = compare_methods(plan, as_of=as_of or None)
    labels = _target_labels(language)
    words = {
        c: [text(s, language) if s else "" for s in rows[c]] for c in ("plan", "open_sdg", "unsd", "escap")
    }
    names = {
        "plan": ("closing", "期末判断")[language == "zh"],
        "open_sdg": "Open SDG",
        "unsd": "UNSD",
        "escap": "ESCAP",
    }
    frame = pd.DataFrame({HEADS["target"][language == "zh"]: [labels.get(t, t) for t in rows["target"]]}
                         | {names[c]: words[c] for c in words})  # fmt: skip
    return Table(frame, statuses=tuple(names.values()), language=language)


@checked
def show_calculations(plan, region: str, *, as_of: str = "", language: str = "en") -> Tables:
    """Every number that each verdict of a region used, with the sources it rests on."""
    labels, titles = _target_labels(language, plan), _titles(load_tables(plan, as_of=as_of).sources)
    out = []
    for verdict in judge_all(plan, as_of=as_of or None):
        if verdict.region != region or not verdict.numbers:
            continue
        numbers = verdict.calculation(language=language)
        rows = [
            (name, _number(value)) for name, value in zip(numbers.iloc[:, 0], numbers.iloc[:, 1], strict=True)
        ]
        frame = _headed(pd.DataFrame(rows, columns=["quantity", "value"]), language)
        used = "; ".join(titles.get(s, s) for s in verdict.sources.split())
        reading = verdict.reading_zh if language == "zh" else verdict.reading
        head = f"{labels.get(verdict.target, verdict.target)} ({reading}): {verdict.status_words(language)}"
        note = f"{'来源' if language == 'zh' else 'Sources'}: {used}" if used else ""
        out.append(Table(frame, head, note, numbers=(HEADS["value"][language == "zh"],), language=language))
    return Tables(tuple(out))


@checked
def show_on_the_way(plan, region: str, *, as_of: str = "", language: str = "en") -> Tables:
    """Where each of a region's targets with a value stood in every year of the plan, against its path."""
    labels, out = _target_labels(language, plan), []
    for target in _measured(plan, region):
        rows = status_on_the_way(plan, target, as_of=as_of or None)
        if rows["actual"].notna().any():
            unit = rows["unit"].iloc[0]
            frame = pd.DataFrame({
                "year": rows["year"].astype(str), "status": [text(s, language) for s in rows["status"]],
                "actual": [_value(v, unit, language) for v in rows["actual"]],
                "path": [_value(v, unit, language) for v in rows["required"]],
                "way": [_share(v, language) for v in rows["share_of_way"]],
                "time": [_share(v, language) for v in rows["share_of_time"]],
                "needed": [_value(v, "%", language) for v in rows["growth_needed"]],
            })  # fmt: skip
            heads = [HEADS[n][language == "zh"] for n in ("actual", "path", "way", "time", "needed")]
            chips = (HEADS["status"][language == "zh"],)
            out.append(
                Table(_headed(frame, language), labels.get(target, target), "", tuple(heads), chips, language)
            )
    return Tables(tuple(out))


@checked
def show_firmness(plan, region: str, *, as_of: str = "", language: str = "en") -> Tables:
    """What each verdict would be with another base year, figure, rounding or method."""
    labels, out = _target_labels(language, plan), []
    for target in _measured(plan, region):
        table = sensitivity(plan, target, as_of=as_of or None)
        if len(table) < 2:
            continue
        frame = pd.DataFrame({
            "change": table[f"change_{language}"],
            "value": [_value(v, u, language) for v, u in zip(table["value"], table["unit"], strict=True)],
            "status": [text(s, language) for s in table["status"]],
        })  # fmt: skip
        heads = (HEADS["value"][language == "zh"],)
        chips = (HEADS["status"][language == "zh"],)
        note = sensitivity_words(table, language=language)
        out.append(Table(_headed(frame, language), labels.get(target, target), note, heads, chips, language))
    return Tables(tuple(out))


@checked
def show_trail(plan, *, language: str = "en") -> Table:
    """Verdicts that flipped as later figures were published, with the figure that did it."""
    rows, labels = revision_trail(plan), _target_labels(language, plan)
    frame = pd.DataFrame({
        "date": [str(d)[:10] for d in rows["date"]], "target": [labels.get(t, t) for t in rows["target"]],
        "before": [text(s, language) for s in rows["from_status"]],
        "after": [text(s, language) for s in rows["to_status"]],
        "reason": rows[f"why_{language}"],
    })  # fmt: skip
    chips = tuple(HEADS[n][language == "zh"] for n in ("before", "after"))
    return Table(_headed(frame, language), "", "", (), chips, language)


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


@checked
def show_sources(plan, region: str = "", *, as_of: str = "", language: str = "en") -> Tables:
    """Sources and caveats of everything a plan's or a region's figures rest on."""
    regions = [region] if region else list(plan.regions["region"])
    areas = {a for r in regions for a in members_of(plan, r)} | set(regions)
    wanted = plan.targets[plan.targets["region"].isin(regions)]
    areas |= {str(b) for b in wanted["benchmark"].fillna("") if b}
    tables = load_tables(plan, as_of=as_of)
    return _sources(areas, observations=tables.observations, sources=tables.sources, language=language)


@checked
def show_city_sources(adcode: str, *, as_of: str = "", language: str = "en") -> Tables:
    """Sources and caveats of a city's figures."""
    observations = load_observations(as_of=as_of or None)
    return _sources({adcode}, observations=observations, sources=load_sources(), language=language)


def verdict_text(verdicts: pd.DataFrame, *, language: str = "en", width: int | None = None) -> str:
    """Verdicts as plain text for a terminal of so many columns; on long lines without a width."""
    table = _verdict_rows(verdicts, language, reading=False)
    return text_table(table.frame, numbers=table.numbers, width=width)


# -- parts --------------------------------------------------------------------------------------------------


def _verdict_rows(rows, language, *, reading):
    labels = _target_labels(language)
    frame = pd.DataFrame({
        "target": [labels.get(t, t) for t in rows["target"]],
        "reading": rows["reading_zh" if language == "zh" else "reading"],
        "status": [text(s, language) for s in rows["status"]],
        "required": [_value(v, u, language) for v, u in zip(rows["required"], rows["unit"], strict=True)],
        "actual": [_value(v, u, language) for v, u in zip(rows["actual"], rows["unit"], strict=True)],
        "year": ["" if pd.isna(y) else str(y) for y in rows["actual_year"]],
        "gap": [_gap(v, u, language) for v, u in zip(rows["gap"], rows["unit"], strict=True)],
        "grade": rows["grade"],
        "reason": rows[f"reason_{language}"],
    })  # fmt: skip
    frame = frame if reading else frame.drop(columns="reading")
    heads = {name: HEADS[name][language == "zh"] for name in HEADS}
    numbers = tuple(heads[n] for n in ("required", "actual", "gap"))
    return Table(_headed(frame, language), "", GRADES[language], numbers, (heads["status"],), language)


def _latest(tables, members, language):
    """Latest figure of each indicator and member as a table."""
    titles, found = _titles(tables.sources), tables.latest(members)
    rows = []
    for _, indicator in tables.indicators.iterrows():
        name, unit = indicator[f"name_{language}"], indicator["unit"]
        for last in found[found["indicator"] == indicator["indicator"]].itertuples():
            rows.append({
                "member": tables.name(last.area, language), "indicator": name, "year": str(int(last.year)),
                "value": format_value(last.value, unit, language), "grade": last.grade,
                "source": titles.get(last.source.split()[0], last.source),
            })  # fmt: skip
    columns = ["member", "indicator", "year", "value", "grade", "source"]
    frame = _headed(pd.DataFrame(rows, columns=columns), language)
    return Table(frame, "", GRADES[language], (HEADS["value"][language == "zh"],), (), language)


def _sources(areas, *, observations, sources, language):
    own = observations[observations["area"].isin(areas) & observations["default"]]
    named = own["source"].str.split()
    counts = named.explode().value_counts()
    titles, places = _titles(sources), dict(zip(sources["source"], sources["url"], strict=True))
    dates = own.groupby(named.str[0])["vintage"].max()
    rows = [
        {
            "source": s,
            "title": titles.get(s, s),
            "date": dates.get(s, "") or "",
            "figures": str(n),
            "where": places.get(s, "") or "",
        }
        for s, n in counts.sort_index().items()
    ]
    frame = _headed(pd.DataFrame(rows, columns=["source", "title", "date", "figures", "where"]), language)
    caveats = _caveats(set(own["indicator"]), areas, language)
    plain = {
        "en": "Figures carry no copyright; each source keeps its own terms.",
        "zh": "数据本身不受版权保护；各来源保留其条款。",
    }
    counted = (HEADS["figures"][language == "zh"],)
    return Tables((
        Table(frame, "资料来源" if language == "zh" else "Sources", plain[language], counted, (), language),
        Table(caveats, "说明" if language == "zh" else "Caveats", "", (), (), language),
    ))  # fmt: skip


def _caveats(indicators, areas, language):
    caveats = load_caveats()
    scope = caveats["area"].isin(areas | {"*", "cities", "nation", "province"})
    own = caveats[caveats["indicator"].isin(indicators | {"*"}) & scope]
    names = load_indicators().set_index("indicator")[f"name_{language}"]
    frame = pd.DataFrame(
        {"indicator": [names.get(i, i) for i in own["indicator"]], "caveat": own[f"text_{language}"]}
    )
    return _headed(frame.drop_duplicates(), language)


def _headed(frame, language):
    """The same frame under readers' headings, empty cells for what is missing."""
    zh = language == "zh"
    return frame.rename(columns={name: HEADS[name][zh] for name in frame.columns if name in HEADS}).fillna("")


def _measured(plan, region):
    """Targets of a region that ask for a number."""
    own = plan.targets[(plan.targets["region"] == region) & (plan.targets["kind"] != "qualitative")]
    return list(own["target"])


def _share(value, language):
    return "" if pd.isna(value) else format_value(value * 100, "%", language, decimals=0)


def _membership(row, language):
    if row["level_x"] == "zone":
        return "城市内的区片" if language == "zh" else "zone inside a member"
    word = text(row["status"], language)
    return word + (
        (" (city stands in for its counties)", "（以市代县）")[language == "zh"] if row["proxy"] else ""
    )


def _target_labels(language, plan=None):
    """Labels of the targets of all shipped plans, and of `plan`."""
    from lnregions.plans import list_plans, load_plan

    labels = {}
    for name in list_plans():
        targets = load_plan(name).targets
        labels |= dict(zip(targets["target"], targets[f"label_{language}"], strict=True))
    if plan is not None:
        labels |= dict(zip(plan.targets["target"], plan.targets[f"label_{language}"], strict=True))
    return labels


def _titles(sources):
    return dict(zip(sources["source"], sources["title"], strict=True))


def _value(value, unit, language):
    return "" if pd.isna(value) else format_value(value, unit, language)


def _gap(value, unit, language):
    return "" if pd.isna(value) else format_value(value, "pp" if unit == "%" else unit, language, sign=True)


def _number(value):
    return f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
