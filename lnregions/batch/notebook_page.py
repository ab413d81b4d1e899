"""An executed notebook as one HTML page that asks nothing from outside, and its texts in one language.

Text cells are English in the notebook; Chinese comes from the catalogue, and the place is named by its name.
"""

import base64
import contextlib
import logging
import re
import threading
from functools import cache, lru_cache
from pathlib import Path

from lnregions.errors import LANGUAGES, DataError, check_language, shown_path
from lnregions.paths import notebooks_dir
from lnregions.words.catalogue import chinese_messages, tr
from lnregions.words.texts import Text, with_article

_WORDS = {
    "code": "Code", "output": "Result", "parameters": "Parameters",
    "widget": "Interactive: open the notebook to use it.",
}  # fmt: skip
_STATIC = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"
_LIVE = "; script-src 'unsafe-inline' 'unsafe-eval' data:; frame-src data:; connect-src data:"
MOST = 1_450_000
"""Characters that a page may have before its pictures are made smaller."""
_QUIET = ("figures",)
"""Parameters that tell a reader nothing."""
_LEFT_OUT = "An interactive output ({kind}) is not shown here. Open the notebook to see it."
LEFT_OUT = re.compile('<p class="note" data-left-out="([^"]*)">')
"""Note in the place of an output that a page cannot show; its group is the kind of the output."""
_SHOWN = ("text/html", "text/markdown", "text/latex", "application/vnd.jupyter.widget-view+json")
_PART_OF_BOKEH = re.compile("data-root-id=|Loading BokehJS")
_NEEDS_SCRIPTS = re.compile(rf"<script\b|&lt;script\b|<iframe\b|{_PART_OF_BOKEH.pattern}")
_FROM_OUTSIDE = re.compile(
    r"""<iframe(?:[^>"']|"[^"]*"|'[^']*')*?\ssrc=["']?(?!data:)|&lt;script[^&]*src=&quot;http|js_urls = \["http"""
)
_KIND = re.compile(r"application/(?:vnd\.)?([a-z]+?)(?:js)?(?:[^a-z]|$)")
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


def notebook_html(notebook, *, language: str = "en", title: str = "") -> str:
    """Page of an executed notebook, for readers: code folded away, parameters as a small table.

    Texts are in the page's language (`localised`); cells tagged ``interactive`` are not on it.

    The page carries a rule that forbids scripts and requests, so that nothing in the data can do either. A
    notebook that needs scripts of its own in the page says so in its metadata:
    ``{"lnregions": {"scripts": true}}``; requests stay forbidden then as well. A plan folder or file that a parameter
    names goes by its name, also in warnings of unusual input. An output that cannot be shown so,
    such as a figure of plotly or bokeh, is shown by its picture if it has one; else a note stands in its place.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The executed notebook; it is not changed.
    language : {"en", "zh"}
        Language of the page's own words.
    title : str
        Title if the notebook has no first heading.

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
        one: Path(one).name for one in parameters.values() if isinstance(one, str) and Path(one).is_absolute()
    }
    for cell in notebook.cells:
        if cell.get("outputs"):
            cell.outputs = [from_dict(one) for one in _shown(cell.outputs, language, live=live)]
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                output["text"] = _WARNING.sub(lambda hit: _named(hit[1], names), output.text)
    resources = {
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
    """All of an output, or its picture, or a note that it is left out; empty for a part of another output."""
    from bs4 import BeautifulSoup

    pictures = {kind: content for kind, content in data.items() if kind.startswith("image/")}
    html, script = (str(data.get(kind, "")) for kind in ("text/html", "application/javascript"))
    kinds = [kind for kind in data if kind.startswith("application/") and kind not in _SHOWN]
    if script or _NEEDS_SCRIPTS.search(html):
        shown = live and not _FROM_OUTSIDE.search(html + script)
    else:
        shown = pictures or not kinds or any(kind in data for kind in _SHOWN)
    if shown or pictures:
        return data if shown else pictures
    soup = BeautifulSoup(html, "html.parser")
    if not live and (_PART_OF_BOKEH.search(html) or "bokehjs_load" in "".join(kinds)):
        return {}
    if not soup.iframe and (soup.get_text(strip=True) or soup.find(["img", "svg", "table"])):
        return {"text/html": html}
    kind = next((kind for kind in kinds if "vnd." in kind), kinds[0] if kinds else "application/html")
    kind = found[1] if (found := _KIND.match(kind)) else "?"
    return {"text/html": f'<p class="note" data-left-out="{kind}">{tr(_LEFT_OUT, language, kind=kind)}</p>'}


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
