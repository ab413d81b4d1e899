"""One page in the making: what its template calls to get words, links and figures in its language."""

import base64
import hashlib
import re
import shlex
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from lnregions import __version__
from lnregions.assess import STATUS_WORDS, Verdict
from lnregions.explorer import map_script, map_style, script_json
from lnregions.pages.site import FigureFiles, RunFiles, Site, anchor, relative
from lnregions.paths import PLAN
from lnregions.show import (
    asked_words,
    figure_words,
    grades,
    head,
    outcome_words,
    source_title,
    verdict_words,
    web_address,
    with_outcome,
)  # fmt: skip
from lnregions.style import STATUSES
from lnregions.words import text, unit_label, year_span
from lnregions.words.catalogue import tr, trn

MOST_SEARCHED = 1000
"""Areas of a plan up to which each page can be searched from."""
TEMPLATES = Path(__file__).parents[1] / "templates" / "site"
_STATUS_STYLE = "".join(
    f".s-{one.replace(' ', '-')}{{--c:{looks.colour}}}\n" for one, looks in STATUSES.items()
)
_CJK = r"\u2e80-\u2fdf\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_FOREIGN = {
    "en": (re.compile(rf"[{_CJK}]+(?:[0-9 ·—“”‘’…]*[{_CJK}]+)*"), "zh-CN"),
    "zh": (re.compile(r"[A-Za-z][A-Za-z'’,;:()&/.\-]*(?: +[A-Za-z0-9(][A-Za-z0-9'’,;:()&/.\-]*){2,}"), "en"),
}


@cache
def environment() -> Environment:
    """Templates of the site, with everything escaped and nothing missing let through."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters.update(anchor=anchor, json=script_json, unit_label=unit_label, web_address=web_address)
    return made


def mixed(text: object, language: str) -> Markup:
    """Return text escaped, with words of the other language marked as such for screen readers.

    Examples
    --------
    >>> print(mixed("Growth <of> 沈阳市", "en"))
    Growth &lt;of&gt; <span lang="zh-CN">沈阳市</span>
    """
    text, (pattern, code) = str(text), _FOREIGN[language]
    out, end = Markup(), 0
    for hit in pattern.finditer(text):
        out += escape(text[end : hit.start()]) + Markup('<span lang="{}">{}</span>').format(code, hit[0])
        end = hit.end()
    return out + escape(text[end:])


class Page:
    """One page in the making: what templates call to get words, links and figures; kind and code as for `Site.path`."""

    def __init__(self, site: Site, language: str, kind: str, code: str = ""):
        self.site, self.language, self.kind = site, language, kind
        self.zh = language == "zh"
        self.other = "en" if self.zh else "zh"
        self.path, self.twin = site.path(language, kind, code), site.path(self.other, kind, code)
        self.title = site.plan.name(language)
        levels = site.plan.areas.set_index("area")["level"]
        cities = (levels[site.cities] == "city").all()
        self.profiles = self.word("Cities") if cities else self.word("Areas", context="heading")
        self.statuses = {text(status, language): status for status in STATUS_WORDS}

    # -- words -------------------------------------------------------------------------------------------

    def word(self, message: str, **values: object) -> str:
        """Return a message of the catalogue as plain text, for attributes."""
        return tr(message, self.language, **values)

    def number(self, one: str, many: str, number: int) -> str:
        """Return a count in words, such as ``4 regions``."""
        return trn(one, many, number, self.language)

    def t(self, message: str, **values: object) -> Markup:
        """Return a message of the catalogue, words of the other language marked."""
        return self.say(self.word(message, **values))

    def say(self, value: object) -> Markup:
        """Return any text, words of the other language marked."""
        return mixed("" if value is None else value, self.language)

    def sentence(self, words: str) -> Markup:
        """Return words with a full stop, those of the other language marked."""
        stop = tr(".", self.language, context="end of a sentence")
        return self.say(words if not words or words[-1] in ".。!?！？" else words + stop)

    def status(self, status: str) -> str:
        """Return a status in words."""
        return text(status, self.language) if status in STATUS_WORDS else status

    def counted(self, verdicts: list[Verdict]) -> str:
        """Return counts of statuses in words, such as ``2 missed, 8 no data``."""
        counts = self.site.counts(verdicts)
        parts = [self.word("{count} {status}", count=n, status=self.status(status)) for status, n in counts]
        return self.word(", ").join(parts)

    def name(self, area: str) -> str:
        """Return the short name of an area or region."""
        return self.site.tables.name(area, self.language)

    def label(self, target: str) -> str:
        """Return the short name of a target."""
        return str(self.site.targets[target][f"label_{self.language}"])

    def required(self, verdict: Verdict) -> str:
        """Return what a clause asks for, such as ``more than 85%``; empty for a clause of words."""
        row = self.site.plan.targets.set_index("target").loc[verdict.target]
        return asked_words(verdict, row, self.language)

    def interpretation(self, verdict: Verdict) -> str:
        """Return how the wording was interpreted for a verdict."""
        return verdict.interpretation_zh if self.zh else verdict.interpretation

    def reason(self, verdict: Verdict) -> str:
        """Return why, for a clause of words with what was said of its outcome."""
        said = self.outcome(verdict) if verdict.status == "not quantified" else []
        return with_outcome(verdict.reason(self.language), said, self.language)

    def outcome(self, verdict: Verdict) -> list[str]:
        """Return what was said of the outcome of a target."""
        given = {"as_of": self.site.as_of, "language": self.language}
        return outcome_words(self.site.plan, verdict.target, **given)

    def last_line(self, run: RunFiles) -> str:
        """Return the last line of a failed run's error, with its name."""
        line, name = run.error["text"].strip().rpartition("\n")[2].strip(), run.error["name"]
        if not name or line.startswith(name):
            return line
        return f"{name}: {line}" if line else name

    def command(self, name: str = "render", *, as_of: str | None = None, **options: str) -> str:
        """Return the command that makes what lacks, for this plan and its date or another one."""
        plan = self.site.plan
        given = plan.id if plan.shipped else plan.folder.name
        options["plan"] = "" if given == PLAN else shlex.quote(given)
        options["as-of"] = self.site.as_of if as_of is None else as_of
        return f"lnregions {name}" + "".join(f" --{key} {value}" for key, value in options.items() if value)

    # -- links and figures -------------------------------------------------------------------------------

    def link(self, path: str) -> str:
        """Return the link from this page to a place below the output."""
        return relative(path, self.path)

    def to(self, kind: str, code: str = "", *, at: object = "") -> str:
        """Return the link to a page of this language, and the anchor in it for the name `at`."""
        return self.link(self.site.path(self.language, kind, code) + (f"#{anchor(at)}" if at else ""))

    def cite(self, sources: str) -> list[tuple[str, str, str]]:
        """Return id, title without where a copy was read, and link on the page of sources, of each source by id."""
        known = {one: self.site.sources[one] for one in sources.split() if one in self.site.sources}
        return [
            (one, source_title(row, self.language), self.to("sources", at=one)) for one, row in known.items()
        ]

    def pictures(self, figures: list[FigureFiles]) -> list[dict]:
        """Return the figures that can be shown, as their macro takes them: small version, words, files."""
        shown = []
        for figure in figures:
            caption = figure.caption.get(self.language) or next(iter(figure.caption.values()), figure.name)
            if small := self.site.previews.get(figure.path("png")):
                shown.append({
                    "name": figure.name,
                    "indicator": figure.name.startswith("map-") and figure.parameters.get("indicator", ""),
                    "id": "figure-" + anchor(figure.name),
                    "src": small,
                    "caption": caption,
                    "alt": figure.alt.get(self.language) or caption,
                    "sources": self.cite(" ".join(figure.sources)),
                    "files": [(ending, self.link(figure.path(ending))) for ending in figure.endings],
                })  # fmt: skip
        return shown

    # -- the whole page ----------------------------------------------------------------------------------

    def render(self, *, live: dict | None = None, **values: object) -> str:
        """Return the page as text; one with a live map carries the map's script, style and data along."""
        styles, scripts = [_asset("site.css") + _STATUS_STYLE], [_asset("site.js")]
        if live is not None:
            styles, scripts = [*styles, map_style()], [map_script(), *scripts]
        policy = (
            f"default-src 'none'; img-src 'self' file: data:; style-src {_hashes(styles)}; "
            f"script-src {_hashes(scripts)}; base-uri 'none'; form-action 'none'"
        )
        kinds = {kind: self.word(kind) for kind in ("region", "city", "county", "indicator", "target")}
        words = {"hit": "result", "hits": "results", "none": "Nothing found", "no_figure": "no data"}
        words = {name: self.word(one) for name, one in words.items()} | {"kinds": kinds}
        words["shown"] = tr("{shown} of {total} targets shown", self.language)
        language = self.language
        return environment().get_template(f"{self.kind}.html.j2").render(
            page=self, site=self.site, t=self.t, say=self.say, word=self.word, live=live, policy=policy,
            styles=map(Markup, styles), scripts=map(Markup, scripts), script_words=words, version=__version__,
            search=self._search_entries(), grades=grades(language), head=partial(head, language=language),
            figure_value=partial(figure_words, language=language),
            verdict_numbers=partial(verdict_words, language=language), year_span=year_span, **values,
        )  # fmt: skip

    def _search_entries(self) -> list[dict]:
        """What can be found: name, name in the other language, kind, code and page of everything with a page.

        Nothing on the pages of regions and cities of a plan of very many areas, which would carry all of them along.
        """
        site = self.site
        if self.path != self.site.path(self.language, self.kind) and len(site.areas) > MOST_SEARCHED:
            return []
        found = [("region", code, row, "name", self.to("region", code)) for code, row in site.regions.items()]
        for area, row in site.areas.items():
            city = {"city": area, "county": row["parent"]}.get(row["level"], "")
            if city in site.cities:
                found.append((row["level"], area, row, "name", self.to("city", city)))
        for code, row in site.codebook.items():
            found.append(("indicator", code, row, "name", self.to("indicators", at=code)))
        for code, row in site.targets.items():
            found.append(("target", code, row, "label", self.to("target", code)))
        return [
            {"n": str(row[f"{column}_{self.language}"]), "o": str(row[f"{column}_{self.other}"]), "k": kind,
             "c": str(code), "h": link}
            for kind, code, row, column, link in found
        ]  # fmt: skip


@cache
def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


def _hashes(contents: list[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in contents)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
