"""An executed notebook as one HTML page that asks nothing from outside, and its texts in one language.

Text cells are English in the notebook; Chinese comes from the catalogue, and the place is named by its name.
"""

import base64
import contextlib
import logging
import re
import threading
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from urllib.parse import quote

from lnregions.errors import LANGUAGES, DataError, check_language, shown_path
from lnregions.paths import notebooks_dir
from lnregions.words.catalogue import chinese_messages, tr
from lnregions.words.texts import Text, with_article

_WORDS = {"code": "Code", "output": "Result", "parameters": "Parameters"}
_STATIC = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; media-src data:"
_LIVE = "; script-src 'unsafe-inline' 'unsafe-eval' data:; frame-src data:; connect-src data:"
MOST = 1_450_000
"""Characters that a page may have before its pictures are made smaller."""
_QUIET = ("figures",)
"""Parameters that tell a reader nothing."""
_LEFT_OUT = (
    "What stands here in the notebook ({kind}) cannot be shown in a page. Open the notebook to see it."
)
LEFT_OUT = re.compile('<p class="note" data-left-out="([^"]*)">')
"""Note in the place of what a page cannot show; its group is the kind of it."""
_SHOWN = ("text/markdown", "text/latex", "image/svg+xml", "image/png", "image/jpeg")
_PICTURES = ("image/gif", "image/webp")
"""Kinds of pictures that browsers show and nbconvert does not."""
_PART_OF_BOKEH = re.compile("data-root-id=|Loading BokehJS")
_NEEDS_SCRIPTS = re.compile(rf"<script\b|&lt;script\b|<iframe\b|{_PART_OF_BOKEH.pattern}", re.I)
_FROM_OUTSIDE = re.compile(
    r"""<iframe(?:[^>"']|"[^"]*"|'[^']*')*?\ssrc=["']?(?!data:)|&lt;script[^&]*src=&quot;http|js_urls = \["http"""
)
_WAITING = re.compile(r"^\s*Loading\b.*(\.\.\.|…)|failed to load|Make this Notebook Trusted")
"""What stands in the place of a figure until a script has drawn it."""
_EMBEDDED = re.compile(
    r"<(style|textarea)\b.*?</\1>|<!--.*?-->|<(script|iframe|video|audio|object|canvas)\b[^>]*>.*?</\2>"
    r"|<(embed|image|img)\b[^>]*>",
    re.DOTALL,
)
"""What a page may have to load; nothing of it where it is part of a text."""
_HERE = {
    "img": re.compile(r'\ssrc="data:image'), "image": re.compile(r'href="(data:|#)'),
    "video": re.compile(r'\ssrc="data:'), "audio": re.compile(r'\ssrc="data:'),
}  # fmt: skip
"""How those begin that lie in the page itself."""
_KINDS = {"img": "picture", "image": "picture", "script": "html", "iframe": "html"}
_KIND = re.compile(r"[^/]*/(?:vnd\.|x-|jupyter\.)*([a-z0-9]+?)(?:js)?(?:[^a-z0-9]|$)")
_WARNING = re.compile(r"^.*\.py:\d+: InputWarning: ((?:(?!.*Warning: ).*\n)+?)  .*\n", re.MULTILINE)
"""Warning of unusual input as Python prints it, with the line of code that it came from."""
_TEMPLATES = Path(__file__).parents[1] / "templates"
_PICTURE = re.compile(r"(data:image/png;base64,)([A-Za-z0-9+/=]+)")
_LOCK = threading.Lock()
PLACED = {
    "What did the plan promise, and where does it stand?": "{plan}: what was promised, and where does it stand?",
    "Where is the region, and what does it look like?": "Where is {place}, and what does it look like?",
    "What the region is to become": "What {place} is to become",
    "Did the region follow the path its targets required?": "Did {place} follow the path its targets required?",
    "The member cities": "The member cities of {place}",
    "How has the city fared?": "How has {place} fared?",
    "The city at a glance": "{place} at a glance",
}
"""What stands in place of a text of a notebook once plan and place are known."""
CONTEXT = "notebook"
"""Context of the notebooks' texts in the catalogue."""
_MARK = re.compile(r"(#+ )?(.*)", re.DOTALL)


def notebook_html(notebook, *, language: str = "en", title: str = "", folder: Path | str = "") -> str:
    """Page of an executed notebook, for readers: code folded away, parameters as a small table.

    Texts are in the page's language (`localised`); cells tagged ``interactive`` are not on it.

    The page carries a rule that forbids scripts and requests, so that nothing in the data can do either. A
    notebook that needs scripts of its own in the page says so in its metadata:
    ``{"lnregions": {"scripts": true}}``; requests stay forbidden then as well. A plan folder or file that a parameter
    names goes by its name, also in warnings of unusual input. What cannot be shown so, such as a figure of plotly,
    a picture from outside or a widget, is shown by its picture if it has one; else a note stands in its place.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The executed notebook; it is not changed.
    language : {"en", "zh"}
        Language of the page's own words.
    title : str
        Title if the notebook has no first heading.
    folder : path
        Where files of pictures lie that texts show.

    Returns
    -------
    str
        The whole page.
    """
    from nbformat import from_dict

    check_language(language)
    notebook = localised(notebook, language=language)
    notebook.cells = [one for one in notebook.cells if "interactive" not in one.metadata.get("tags", [])]
    live = (notebook.metadata.get("lnregions") or {}).get("scripts") is True
    parameters = (notebook.metadata.get("papermill") or {}).get("parameters") or {}
    names = {
        str(Path(one)): Path(one).name
        for one in parameters.values()
        if isinstance(one, str) and Path(one).is_absolute()
    }
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell["source"] = _with_attachments(cell)
        if cell.get("outputs"):
            cell.outputs = [from_dict(one) for one in _shown(cell.outputs, language, live=live)]
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                output["text"] = _WARNING.sub(lambda hit: _named(hit[1], names), output.text)
    resources = {
        "metadata": {"path": str(folder)},
        "page_words": {name: tr(words, language) for name, words in _WORDS.items()},
        "page_title": _heading(notebook) or title,
        "page_live": live,
        "page_policy": _STATIC + (_LIVE if live else ""),
        "page_parameters": [
            (name, _named(str(value), names)) for name, value in parameters.items() if name not in _QUIET
        ],
        "page_style": (_TEMPLATES / "page" / "page.css").read_text("utf-8"),
        "page_language": {"zh": "zh-CN"}.get(language, language),
    }
    with _LOCK:
        page, _ = _exporter().from_notebook_node(notebook, resources=resources)
    page = _EMBEDDED.sub(lambda hit: _loaded(hit, language, live=live), page)
    return page if len(page) <= MOST else _PICTURE.sub(_lighter, page)


def _named(text: str, names: dict[str, str]) -> str:
    """Text in which folders of the user's go by their names."""
    for path, name in names.items():
        text = text.replace(path, name)
    return text


def _shown(outputs: list, language: str, *, live: bool) -> list:
    """Outputs as a page shows them; those that are nothing by themselves are left out, and a note stands once."""
    found, notes = [], set()
    for output in outputs:
        data = _shown_data(output.data, language, live=live) if "data" in output else None
        note = LEFT_OUT.match((data or {}).get("text/html", ""))
        if data != {} and not (note and note[0] in notes):
            found.append(output if data is None else {**output, "data": data})
            notes |= {note[0]} if note else set()
    return found


def _shown_data(data: dict, language: str, *, live: bool) -> dict:
    """All of an output that can be shown, or a note that it cannot; empty for a part of another output."""
    static = {kind: content for kind, content in data.items() if kind in _SHOWN}
    html, script = (str(data.get(kind, "")) for kind in ("text/html", "application/javascript"))
    kinds = [kind for kind in data if kind not in (*_SHOWN, *_PICTURES, "text/html", "text/plain")]
    found = [(kind, escape(str(data[kind]))) for kind in _PICTURES if kind in data]
    html = html or "".join(f'<img src="data:{kind};base64,{content}">' for kind, content in found)
    if needs := script or _NEEDS_SCRIPTS.search(html):
        if live and not _FROM_OUTSIDE.search(html + script):
            return data
        part = _PART_OF_BOKEH.search(html) if html else "_load." in "".join(kinds)
        if part and not (live or static or re.search("<script|<iframe", html, re.I)):
            return {}
        html = "" if static else _without_scripts(html, language)
    if html or static or not (kinds or needs):
        shown = {kind: content for kind, content in data.items() if kind not in (*kinds, "text/html")}
        return shown | ({"text/html": html} if html or ("text/html" in data and not needs) else {})
    kind = next((kind for kind in kinds if "vnd." in kind), kinds[0] if kinds else "text/html")
    return {"text/html": _note(found[1] if (found := _KIND.match(kind)) else "?", language)}


def _note(kind: str, language: str) -> str:
    return f'<p class="note" data-left-out="{kind}">{tr(_LEFT_OUT, language, kind=kind)}</p>'


def _without_scripts(html: str, language: str) -> str:
    """HTML with a note where a script would draw; empty if nothing else can be seen of it."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    for one in soup(["script", "noscript"]):
        one.decompose()
    places = soup(["div", "span", "svg", "table"], id=True)
    drawn = [one for one in places if not (one.get_text(strip=True) or one(True))]
    drawn += [one.parent for one in soup(string=_WAITING)] + soup("iframe")
    place = BeautifulSoup(_note("html", language), "html.parser") if drawn else None
    for number, one in enumerate(drawn):
        one.replace_with(place) if not number else one.decompose()
    return str(soup) if drawn or soup.get_text(strip=True) or soup.find(["img", "svg", "table"]) else ""


def _loaded(found: re.Match, language: str, *, live: bool) -> str:
    """What a page has to load, or a note where it would come from outside or a script would draw it."""
    tag = found[2] or found[3]
    here = tag is None or (_HERE[tag].search(found[0]) if tag in _HERE else live)
    return found[0] if here else _note(_KINDS.get(tag, tag), language)


def _with_attachments(cell) -> str:
    """Text of a cell with its attachments in it; one that it lacks has an address that nothing is found at."""
    source, attached = cell.source, cell.get("attachments", {})
    for name in sorted(filter(attached.get, attached), key=len, reverse=True):
        kind = next((kind for kind in _SHOWN if kind in attached[name]), next(iter(attached[name])))
        data = f"data:{kind};base64,{''.join(''.join(attached[name][kind]).split())}"
        for spelt in (name, quote(name)):
            source = re.sub(rf"(?<=[(<'\"])attachment:{re.escape(spelt)}", data, source)
    return re.sub("(?<=[(<'\"])attachment:", "missing:", source)


def _lighter(picture: re.Match) -> str:
    """A picture of half the width and few colours, which keeps the size that it is shown at."""
    from lnregions.formats import small_picture  # which loads matplotlib

    with contextlib.suppress(OSError, ValueError, SyntaxError):  # no picture
        return picture[1] + base64.b64encode(small_picture(base64.b64decode(picture[2]))[0]).decode("ascii")
    return picture[0]


@cache
def warm_up() -> None:
    """Build the exporter and use it once, so that the first page is as quick as the others."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    notebook_html(new_notebook(cells=[new_markdown_cell("# a"), new_code_cell("1")]))


@cache
def _exporter():
    from nbconvert.exporters import HTMLExporter
    from nbconvert.filters import clean_html

    exporter = HTMLExporter(template_name="page", extra_template_basedirs=[str(_TEMPLATES)])
    exporter.embed_images = True
    exporter.log.setLevel(logging.ERROR)
    exporter.register_filter("clean_html", lru_cache(256)(clean_html))  # the same code on page after page
    return exporter


def _heading(notebook) -> str:
    """First heading of the notebook without its marks."""
    for cell in notebook.cells:
        outputs = [one.get("data", {}).get("text/markdown", "") for one in cell.get("outputs", [])]
        text = cell.source if cell.cell_type == "markdown" else "\n".join(outputs)
        if found := re.search(r"^#\s+(.+)$", text, re.MULTILINE):
            return re.sub(r"[*_`]", "", found[1]).strip()
    return ""


def localised(notebook, *, language: str):
    """Notebook with its text cells in one language, plan and place of its parameters named; a copy.

    Each paragraph is looked up by itself; one that the catalogue does not know, as in a notebook of one's own, stays
    as it is. Of cells tagged ``en`` or ``zh`` only those of the language are kept.
    """
    from nbformat import from_dict

    parameters = (notebook.metadata.get("papermill") or {}).get("parameters") or {}
    names = _names(parameters, language)
    cells = []
    for cell in notebook.cells:
        own = set(cell.metadata.get("tags", [])) & set(LANGUAGES)
        if own and language not in own:
            continue
        if cell.cell_type == "markdown" and not own:
            paragraphs = cell.source.split("\n\n")
            cell = {**cell, "source": "\n\n".join(_translated(one, language, names) for one in paragraphs)}
        cells.append(cell)
    return from_dict({**notebook, "cells": cells})


def _translated(paragraph: str, language: str, names: dict[str, str]) -> str:
    mark, text = _MARK.fullmatch(paragraph).groups(default="")
    placed = PLACED.get(text, "")
    if placed and set(re.findall(r"{(\w+)}", placed)) <= set(names):
        text = tr(placed, language, context=CONTEXT, **names)
        return mark + text[:1].upper() + text[1:]
    known = chinese_messages() if language == "zh" else {}
    return mark + known.get(f"{CONTEXT}\x04{text}", text)


def _names(parameters, language: str) -> dict[str, str]:
    """Names of the plan and of the region or city that a notebook was run for; without those that are unknown."""
    from lnregions.tables import load_plan, place_code

    place = parameters.get("adcode") or parameters.get("city") or parameters.get("region")
    try:
        plan = load_plan(parameters.get("plan") or "ln-2022")
        names = {"plan": str(plan.facts.get(f"short_{language}") or "")}
        code = place_code(plan, place)
        for frame, column in ((plan.regions, "region"), (plan.areas, "area")):
            for row in frame[frame[column] == code].to_dict("records") if code else ():
                named = with_article(Text(str(row["short_en"]), str(row["short_zh"])))
                names.setdefault("place", getattr(named, language))
    except DataError:
        names = {}
    return {name: text for name, text in names.items() if text}


def write_notebooks(folder: Path | str, *, language: str) -> list[Path]:
    """Write copies of the project's notebooks to work in, their texts and their parameter ``language`` in one language.

    Raises
    ------
    DataError
        If the language is unknown, or a file of one of the names is in the folder; nothing is written then.
    """
    import nbformat

    check_language(language)
    sources = sorted(Path(notebooks_dir()).glob("*.ipynb"))
    targets = [Path(folder) / source.name for source in sources]
    if taken := [target for target in targets if target.exists()]:
        raise DataError(f"{shown_path(taken[0])} is there already. Name another folder, or remove the file.")
    Path(folder).mkdir(parents=True, exist_ok=True)
    for source, target in zip(sources, targets, strict=True):
        notebook = localised(nbformat.read(source, as_version=4), language=language)
        for cell in notebook.cells:
            if "parameters" in cell.metadata.get("tags", []):
                cell.source = re.sub(r'(?m)^(language: str = )"\w+"', rf'\1"{language}"', cell.source)
        nbformat.write(notebook, target)
    return targets
