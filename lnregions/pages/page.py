"""One page in the making: what its template calls to get words, links, tables and figures in its language."""

from markupsafe import Markup

from lnregions.assess import STATUS_WORDS, Verdict
from lnregions.explorer import script_json
from lnregions.pages.inventory import DOWNLOADS, FigureFiles
from lnregions.pages.site import Site, outside, relative
from lnregions.pages.words import STATUS_MEANINGS, WORDS, mixed, word
from lnregions.show import GRADES, HEADS, Table, calculation_words
from lnregions.words import format_value, text, unit_label

HTML_LANGUAGE = {"en": "en", "zh": "zh-CN"}
LONG = 12
"""Rows from which a table is folded in a page's flow."""


class Page:
    """One page in the making: what templates call to get words, links, tables and figures in its language.

    Parameters
    ----------
    site : Site
    language : {"en", "zh"}
    path : str
        Where the page will lie, relative to the output.
    twin : str
        Path of the same page in the other language.
    """

    def __init__(self, site: Site, language: str, *, path: str, twin: str):
        self.site, self.language, self.path, self.twin = site, language, path, twin
        self.html_language = HTML_LANGUAGE[language]
        self.other = "en" if language == "zh" else "zh"
        self.zh = language == "zh"

    # -- words -------------------------------------------------------------------------------------------

    def t(self, key: str, **values) -> Markup:
        """Word of the pages."""
        return mixed(word(key, self.language, **values), self.language)

    def word(self, key: str, **values) -> str:
        """Word of the pages without marks, for attributes."""
        return word(key, self.language, **values)

    def script_words(self) -> Markup:
        """Words that the script needs."""
        kinds = {k: self.word(w) for k, w in (("region", "one_region"), ("city", "one_city"), ("county", "county"),
                                              ("indicator", "one_indicator"), ("target", "one_target"))}  # fmt: skip
        return script_json({"kinds": kinds, "hits": self.word("hits"), "none": self.word("no_hits"),
                            "shown": self.word("shown_of"), "no_figure": self.word("no_figure")})  # fmt: skip

    def short_title(self) -> str:
        """Short name of the plan."""
        facts = self.site.plan.facts
        return str(
            facts.get(f"short_{self.language}") or facts.get(f"title_{self.language}") or self.site.plan.id
        )

    def head(self, key: str) -> str:
        """Heading of a table's column."""
        return HEADS[key][self.zh]

    def command(self, name: str = "render", *, as_of: str | None = None, **options: str) -> str:
        """Command that makes what lacks, for this plan and its date or another one."""
        plan = self.site.plan.id
        options |= {
            "plan": "" if plan == "ln-2022" else plan,
            "as-of": self.site.asked if as_of is None else as_of,
        }
        return f"lnregions {name}" + "".join(f" --{key} {value}" for key, value in options.items() if value)

    def other_dates(self) -> str:
        """Dates that figures were drawn for which are not this page's."""
        latest = self.word("latest_date")
        return (", ", "、")[self.zh].join(date or latest for date in self.site.inventory.other_dates)

    def grades(self) -> str:
        """What the grades mean."""
        return GRADES[self.language]

    def unit(self, unit: str) -> str:
        """Name of a unit."""
        return unit_label(unit, self.language)

    def said(self, facts: dict) -> str:
        """What a map says of an area: value and year."""
        return "{value}（{year}年）".format(**facts) if self.zh else "{value} ({year})".format(**facts)

    def sentence(self, words: str) -> str:
        """Words with a full stop."""
        return words if not words or words[-1] in ".。!?！？" else words + ("。" if self.zh else ".")

    def headline(self, verdicts: list[Verdict]) -> str:
        """Verdicts of a region in one sentence."""
        if not verdicts:
            return self.word("headline_none")
        key = "headline_one" if len(verdicts) == 1 else "headline"
        values = {"total": len(verdicts), "counts": self.counted(verdicts)}
        return WORDS[key][self.zh].format(**values)

    def coverage(self, verdict: Verdict) -> str:
        """Members that a verdict's total rests on."""
        return verdict.coverage_zh if self.zh and verdict.coverage_zh else verdict.coverage

    def chinese_name(self, area: str) -> str:
        """Full Chinese name of an area."""
        hit = self.site.plan.areas.loc[self.site.plan.areas["area"] == area, "name_zh"]
        return "" if hit.empty else str(hit.iloc[0])

    def run_for(self, run) -> str:
        """What a run was for."""
        if not run.value:
            return self.word("whole_plan")
        return self.name(run.value) if run.over in ("region", "adcode") else run.value

    def last_line(self, run) -> str:
        """Last line of a failed run's error, with its name."""
        lines = [line.strip() for line in run.error.get("text", "").splitlines() if line.strip()]
        line, name = (lines[-1] if lines else ""), run.error.get("name", "")
        return (
            line if not name or line.startswith(name) else f"{name}: {line}" if line else name or run.status
        )

    def say(self, value: object) -> Markup:
        """Any text, words of the other language marked."""
        return mixed("" if value is None else value, self.language)

    def name(self, area: str) -> str:
        """Short name of an area or region."""
        return self.site.tables.name(area, self.language)

    def full_name(self, area: str) -> str:
        """Full name of an area or region."""
        row = self.site.regions.get(area)
        if row is None:
            hit = self.site.plan.areas.loc[self.site.plan.areas["area"] == area, f"name_{self.language}"]
            return area if hit.empty else str(hit.iloc[0])
        return str(row[f"name_{self.language}"])

    def status(self, status: str) -> str:
        """Status in words."""
        return text(status, self.language) if status in STATUS_WORDS else status

    def meaning(self, status: str) -> str:
        """What a status means."""
        return STATUS_MEANINGS[status][self.zh]

    def label(self, target: str) -> str:
        """Short name of a target."""
        return str(self.site.targets[target][f"label_{self.language}"])

    def value(self, value, unit: str, *, gap: bool = False) -> str:
        """Number with its unit; empty where there is none."""
        if value is None or value != value:
            return ""
        return format_value(value, "pp" if gap and unit == "%" else unit, self.language, sign=gap)

    def counted(self, verdicts: list[Verdict]) -> str:
        """Counts of statuses in words, such as ``2 missed, 8 no data``."""
        counts = self.site.counts(verdicts)
        if self.zh:
            return "、".join(f"{self.status(status)}{count}个" for status, count in counts)
        return ", ".join(f"{count} {self.status(status)}" for status, count in counts)

    def lead(self) -> list[str]:
        """The plan in two sentences: what it set, and where that stands."""
        facts, site = self.site.plan.facts, self.site
        given = {
            "title": facts.get(f"title_{self.language}") or site.plan.id,
            "issuer": facts.get(f"issuer_{self.language}"),
            "issued": facts.get("issued"), "targets": len(site.main), "regions": len(site.regions),
            "horizon": facts["horizon"], "counts": self.counted(site.main), "as_of": site.tables.as_of,
        }  # fmt: skip
        if self.zh:
            by = "{issuer}{issued}印发的".format(**given) if given["issuer"] and given["issued"] else ""
            return [
                "{by}《{title}》为{regions}个区域设定了{targets}个目标，期限为{horizon}年。".format(
                    by=by, **given
                ),
                "截至{as_of}：{counts}。".format(**given),
            ]
        by = ", issued by the {issuer} on {issued}," if given["issuer"] and given["issued"] else ""
        return [
            f"The {{title}}{by} sets {{targets}} targets for {{regions}} regions, to be reached by {{horizon}}.".format(
                **given
            ),
            "As known on {as_of}: {counts}.".format(**given),
        ]  # fmt: skip

    # -- links -------------------------------------------------------------------------------------------

    def link(self, path: str) -> str:
        """Link from this page to a place below the output."""
        return relative(path, self.path)

    def to(self, name: str, anchor: str = "") -> str:
        """Link to a page of this language by its name."""
        return self.link(self.site.page(self.language, name) + (f"#{anchor}" if anchor else ""))

    def to_region(self, region: str) -> str:
        """Link to a region's page."""
        return self.link(self.site.region_page(self.language, region))

    def to_city(self, city: str) -> str:
        """Link to a city's page, or nothing where it has none."""
        return self.link(self.site.city_page(self.language, city)) if city in self.site.cities else ""

    def to_target(self, target: str) -> str:
        """Link to a target's section."""
        return self.link(self.site.target_page(self.language, target))

    def cite(self, sources: str) -> list[tuple[str, str, str]]:
        """Sources by id: id, title and link to it on the page of sources."""
        known = self.site.sources
        return [
            (one, str(known[one]["title"]), self.to("sources", self.site.anchor(one)))
            for one in sources.split()
            if one in known
        ]

    # -- tables and figures ------------------------------------------------------------------------------

    def numbers(self, verdict: Verdict) -> list[tuple[str, str]]:
        """Every number a verdict used, with its unit."""
        return calculation_words(verdict, self.language)

    def cells(self, table: Table) -> dict:
        """A table for the macro: heads, rows of cells with their looks."""
        where = HEADS["where"][self.zh]
        columns = list(table.frame.columns)
        rows = [
            [self._cell(table, name, value, url=name == where) for name, value in row.items()]
            for row in table.frame.to_dict("records")
        ]
        return {"heads": [(str(c), c in table.numbers) for c in columns], "rows": rows, "title": table.title,
                "note": table.note, "long": len(rows) > LONG}  # fmt: skip

    def _cell(self, table, name, value, *, url):
        kind = "number" if name in table.numbers else "status" if name in table.statuses else ""
        return {
            "text": str(value), "kind": kind, "head": str(name), "url": outside(value) if url else "",
            "status": self.status_of(str(value)) if kind == "status" else "",
        }  # fmt: skip

    def status_of(self, said: str) -> str:
        """Status that a word in this language stands for; empty for other words."""
        return next((s for s in STATUS_WORDS if said in (s, text(s, self.language))), "")

    def picture(self, figure: FigureFiles) -> dict | None:
        """A figure for the macro: small version, words, files to download; None where it cannot be shown."""
        small = self.site.preview(figure)
        if small is None:
            return None
        caption = figure.caption.get(self.language) or next(iter(figure.caption.values()), figure.name)
        return {
            "indicator": figure.parameters.get("indicator", "") if figure.name.startswith("map-") else "",
            "id": "figure-" + self.site.anchor(figure.name), "src": small, "caption": caption,
            "alt": figure.alt.get(self.language) or caption, "sources": self.cite(" ".join(figure.sources)),
            "files": [(end, self.link(figure.path(end))) for end in DOWNLOADS if end in figure.files],
        }  # fmt: skip

    def pictures(self, figures: list[FigureFiles]) -> list[dict]:
        """Figures that can be shown."""
        return [shown for figure in figures if (shown := self.picture(figure))]
