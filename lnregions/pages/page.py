"""One page in the making: what its template calls to get words, links, tables and figures in its language."""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from lnregions.assess import STATUS_WORDS, Verdict
from lnregions.explorer import script_json
from lnregions.pages.inventory import DOWNLOADS, FigureFiles
from lnregions.pages.site import Site, relative
from lnregions.show import Table, calculation_words, grades, head, web_address
from lnregions.words import format_value, text, unit_label
from lnregions.words.catalogue import tr

TEMPLATES = Path(__file__).parents[1] / "templates" / "site"
HTML_LANGUAGE = {"en": "en", "zh": "zh-CN"}
LONG = 12
"""Rows from which a table is folded in a page's flow."""
STATUS_MEANINGS = {
    "met": "The figure fulfils the clause.",
    "on track": "The horizon lies ahead and growth so far is enough to reach the target.",
    "acceleration needed": "The horizon lies ahead and growth so far is in the right direction, "
    "but short of what is needed.",
    "limited": "The horizon lies ahead and there has been little movement towards the target.",
    "deterioration": "The figure has moved away from the target.",
    "missed": "The horizon is past and the figure falls short.",
    "not assessable": "There are figures, but not those that the clause needs: a member, a year or the benchmark "
    "is missing.",
    "no data": "No figure is known for the years of the plan.",
    "not quantified": "The clause names no number that could be measured.",
}
_CJK = r"\u2e80-\u2fdf\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_FOREIGN = {
    "en": (re.compile(rf"[{_CJK}]+(?:[0-9 ·—“”‘’…]*[{_CJK}]+)*"), "zh-CN"),
    "zh": (re.compile(r"[A-Za-z][A-Za-z'’,;:()&/.\-]*(?: +[A-Za-z0-9(][A-Za-z0-9'’,;:()&/.\-]*){2,}"), "en"),
}


@cache
def environment() -> Environment:
    """Templates of the site, with everything escaped and nothing missing let through."""
    loader = FileSystemLoader(TEMPLATES)
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def mixed(text: object, language: str) -> Markup:
    """Return text escaped, with words of the other language marked as such for screen readers.

    Examples
    --------
    >>> print(mixed("Growth <of> 沈阳市", "en"))
    Growth &lt;of&gt; <span lang="zh-CN">沈阳市</span>
    """
    text = str(text)
    pattern, code = _FOREIGN[language]
    out, end = Markup(), 0
    for hit in pattern.finditer(text):
        out += escape(text[end : hit.start()]) + Markup('<span lang="{}">{}</span>').format(code, hit[0])
        end = hit.end()
    return out + escape(text[end:])


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
        self.zh = language == "zh"
        self.other, self.other_language = ("en", "English") if self.zh else ("zh", "中文")

    # -- words -------------------------------------------------------------------------------------------

    def word(self, message: str, **values: object) -> str:
        """Return a message of the catalogue as plain text, for attributes."""
        return tr(message, self.language, **values)

    def t(self, message: str, **values: object) -> Markup:
        """Return a message of the catalogue, words of the other language marked."""
        return self.say(self.word(message, **values))

    def say(self, value: object) -> Markup:
        """Return any text, words of the other language marked."""
        return mixed("" if value is None else value, self.language)

    def language_name(self, language: str) -> str:
        """Return the message that names a language."""
        return {"en": "English", "zh": "Chinese"}[language]

    def script_words(self) -> Markup:
        """Return the words that the script needs."""
        kinds = {kind: self.word(kind) for kind in ("region", "city", "county", "indicator", "target")}
        words = {
            "hits": self.word("results"),
            "none": self.word("Nothing found"),
            "shown": tr("{shown} of {total} targets shown", self.language),
            "no_figure": self.word("no data"),
        }
        return script_json({"kinds": kinds, **words})

    def short_title(self) -> str:
        """Return the short name of the plan."""
        facts = self.site.plan.facts
        title = facts.get(f"short_{self.language}") or facts.get(f"title_{self.language}")
        return str(title or self.site.plan.id)

    def head(self, name: str) -> str:
        """Return the heading of a table's column."""
        return head(name, self.language)

    def grades(self) -> str:
        """Return what the grades mean."""
        return grades(self.language)

    def unit(self, unit: str) -> str:
        """Return the name of a unit."""
        return unit_label(unit, self.language)

    def command(self, name: str = "render", *, as_of: str | None = None, **options: str) -> str:
        """Return the command that makes what lacks, for this plan and its date or another one."""
        plan = self.site.plan.id
        options["plan"] = "" if plan == "ln-2022" else plan
        options["as-of"] = self.site.asked if as_of is None else as_of
        return f"lnregions {name}" + "".join(f" --{key} {value}" for key, value in options.items() if value)

    def other_dates(self) -> str:
        """Return the dates that figures were drawn for which are not this page's."""
        latest = self.word("the latest date")
        return self.word(", ").join(date or latest for date in self.site.inventory.other_dates)

    def said(self, facts: dict) -> str:
        """Return what a map says of an area: value and year."""
        return self.word("{value} ({year})", **facts)

    def sentence(self, words: str) -> str:
        """Return words with a full stop."""
        stop = tr(".", self.language, context="end of a sentence")
        return words if not words or words[-1] in ".。!?！？" else words + stop

    def status(self, status: str) -> str:
        """Return a status in words."""
        return text(status, self.language) if status in STATUS_WORDS else status

    def meaning(self, status: str) -> str:
        """Return what a status means."""
        return self.word(STATUS_MEANINGS[status])

    def counted(self, verdicts: list[Verdict]) -> str:
        """Return counts of statuses in words, such as ``2 missed, 8 no data``."""
        counts = self.site.counts(verdicts)
        parts = [self.word("{count} {status}", count=n, status=self.status(status)) for status, n in counts]
        return self.word(", ").join(parts)

    def headline(self, verdicts: list[Verdict]) -> str:
        """Return the verdicts of a region in one sentence."""
        if not verdicts:
            return self.word("The plan sets no target for this region.")
        if len(verdicts) == 1:
            return self.word("One target: {counts}.", counts=self.counted(verdicts))
        return self.word("{total} targets: {counts}.", total=len(verdicts), counts=self.counted(verdicts))

    def lead(self) -> list[str]:
        """Return the plan in two sentences: what it set, and where that stands."""
        facts, site = self.site.plan.facts, self.site
        issuer, issued = facts.get(f"issuer_{self.language}"), facts.get("issued")
        known = {
            "title": facts.get(f"title_{self.language}") or site.plan.id,
            "targets": len(site.main),
            "regions": len(site.regions),
            "horizon": facts["horizon"],
        }
        if issuer and issued:
            what = self.word(
                "The {title}, issued by the {issuer} on {issued}, sets {targets} targets for {regions} regions, "
                "to be reached by {horizon}.",
                issuer=issuer, issued=issued, **known,
            )  # fmt: skip
        else:
            what = self.word(
                "The {title} sets {targets} targets for {regions} regions, to be reached by {horizon}.",
                **known,
            )
        counts = self.counted(site.main)
        return [what, self.word("As known on {date}: {counts}.", date=site.tables.as_of, counts=counts)]

    def name(self, area: str) -> str:
        """Return the short name of an area or region."""
        return self.site.tables.name(area, self.language)

    def full_name(self, area: str, language: str = "") -> str:
        """Return the full name of an area or region, in this page's language where none is given."""
        column = f"name_{language or self.language}"
        row = self.site.regions.get(area)
        if row is None:
            row = self.site.areas.get(area, {column: area})
        return str(row[column])

    def label(self, target: str) -> str:
        """Return the short name of a target."""
        return str(self.site.targets[target][f"label_{self.language}"])

    def interpretation(self, verdict: Verdict) -> str:
        """Return how the wording was interpreted for a verdict."""
        return verdict.reading_zh if self.zh else verdict.reading

    def coverage(self, verdict: Verdict) -> str:
        """Return the members that a verdict's total rests on."""
        return verdict.coverage_zh if self.zh and verdict.coverage_zh else verdict.coverage

    def value(self, value: float | None, unit: str, *, gap: bool = False) -> str:
        """Return a number with its unit; empty where there is none."""
        if value is None or value != value:
            return ""
        return format_value(value, "pp" if gap and unit == "%" else unit, self.language, sign=gap)

    def run_for(self, run) -> str:
        """Return what a run was for."""
        if not run.value:
            return self.word("the whole plan")
        return self.name(run.value) if run.over in ("region", "adcode") else run.value

    def last_line(self, run) -> str:
        """Return the last line of a failed run's error, with its name."""
        lines = [line.strip() for line in run.error.get("text", "").splitlines() if line.strip()]
        line, name = (lines[-1] if lines else ""), run.error.get("name", "")
        if not name or line.startswith(name):
            return line
        return f"{name}: {line}" if line else name or run.status

    # -- links -------------------------------------------------------------------------------------------

    def link(self, path: str) -> str:
        """Return the link from this page to a place below the output."""
        return relative(path, self.path)

    def to(self, name: str, anchor: str = "") -> str:
        """Return the link to a page of this language by its name."""
        return self.link(self.site.page(self.language, name) + (f"#{anchor}" if anchor else ""))

    def to_region(self, region: str) -> str:
        """Return the link to a region's page."""
        return self.link(self.site.region_page(self.language, region))

    def to_city(self, city: str) -> str:
        """Return the link to a city's page, or nothing where it has none."""
        return self.link(self.site.city_page(self.language, city)) if city in self.site.cities else ""

    def to_target(self, target: str) -> str:
        """Return the link to a target's section."""
        return self.link(self.site.target_page(self.language, target))

    def cite(self, sources: str) -> list[tuple[str, str, str]]:
        """Return id, title, and link on the page of sources, of each source by id."""
        known = self.site.sources
        return [
            (one, str(known[one]["title"]), self.to("sources", self.site.anchor(one)))
            for one in sources.split()
            if one in known
        ]

    # -- tables and figures ------------------------------------------------------------------------------

    def numbers(self, verdict: Verdict) -> list[tuple[str, str]]:
        """Return every number that a verdict used, with its unit."""
        return calculation_words(verdict, self.language)

    def cells(self, table: Table) -> dict:
        """Return a table for its macro: heads, and rows of cells with their looks."""
        statuses = {text(status, self.language): status for status in STATUS_WORDS}
        address = self.head("where")

        def cell(name, value):
            number, status = name in table.numbers, name in table.statuses
            return {
                "text": str(value),
                "kind": "number" if number else "status" if status else "",
                "head": str(name),
                "url": web_address(value) if name == address else "",
                "status": statuses.get(str(value), "") if status else "",
            }

        rows = [[cell(name, value) for name, value in row.items()] for row in table.frame.to_dict("records")]
        heads = [(str(name), name in table.numbers) for name in table.frame]
        return {
            "heads": heads,
            "rows": rows,
            "title": table.title,
            "note": table.note,
            "long": len(rows) > LONG,
        }

    def pictures(self, figures: list[FigureFiles]) -> list[dict]:
        """Return the figures that can be shown, as their macro takes them."""
        return [shown for figure in figures if (shown := self.picture(figure))]

    def picture(self, figure: FigureFiles) -> dict | None:
        """Return a figure for its macro: small version, words, files; None where it cannot be shown."""
        small = self.site.previews.get(figure.path("png"))
        if small is None:
            return None
        caption = figure.caption.get(self.language) or next(iter(figure.caption.values()), figure.name)
        return {
            "indicator": figure.parameters.get("indicator", "") if figure.name.startswith("map-") else "",
            "id": "figure-" + self.site.anchor(figure.name),
            "src": small,
            "caption": caption,
            "alt": figure.alt.get(self.language) or caption,
            "sources": self.cite(" ".join(figure.sources)),
            "files": [(end, self.link(figure.path(end))) for end in DOWNLOADS if end in figure.files],
        }
