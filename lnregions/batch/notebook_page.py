"""An executed notebook as one HTML page that asks nothing from outside: pictures inside, no scripts."""

import base64
import logging
import re
import secrets
import threading
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from lnregions.errors import DataError, check_language, shown_path

_WORDS = {
    "en": {
        "code": "Code",
        "output": "Result",
        "parameters": "Parameters",
        "widget": "Interactive: open the notebook to use it.",
    },
    "zh": {
        "code": "代码",
        "output": "结果",
        "parameters": "参数",
        "widget": "交互内容：请打开笔记本使用。",
    },
}
_HTML_LANGUAGE = {"en": "en", "zh": "zh-CN"}
_STATIC = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"
_LIVE = "; script-src 'unsafe-inline' 'unsafe-eval' data:; frame-src data:; connect-src data:"
MOST = 1_450_000
"""Characters that a page may have before its pictures are made smaller."""
_QUIET = ("figures",)
"""Parameters that tell a reader nothing."""
_TEMPLATES = Path(__file__).parents[1] / "templates"
_BASE64 = re.compile(r"[A-Za-z0-9+/=\n]+")
_PICTURE = re.compile(r"(data:image/png;base64,)([A-Za-z0-9+/=]+)")
_LOCK = threading.Lock()


def notebook_html(notebook, *, language: str = "en", title: str = "") -> str:
    """Page of an executed notebook, for readers: code folded away, parameters as a small table.

    Of cells tagged ``en`` or ``zh`` only those of the page's language are on it, and none tagged ``interactive``.

    The page carries a rule that forbids scripts and requests, so that nothing in the data can do either. A
    notebook that needs scripts of its own in the page says so in its metadata:
    ``{"lnregions": {"scripts": true}}``; requests stay forbidden then as well.

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
    check_language(language)
    notebook, pictures = _without_pictures(_in_language(notebook, language))
    live = (notebook.metadata.get("lnregions") or {}).get("scripts") is True
    parameters = (notebook.metadata.get("papermill") or {}).get("parameters") or {}
    resources = {
        "page_words": _WORDS[language],
        "page_title": _heading(notebook) or title,
        "page_policy": _STATIC + (_LIVE if live else ""),
        "page_parameters": [(name, value) for name, value in parameters.items() if name not in _QUIET],
        "page_style": _style(),
        "page_language": _HTML_LANGUAGE[language],
    }
    with _LOCK:
        page, _ = _exporter().from_notebook_node(notebook, resources=resources)
    return _with_pictures(page, pictures)


def export_notebook(path: Path | str, output: Path | str | None = None, *, language: str = "en") -> Path:
    """Write the page of an executed notebook file; beside it if no place is given.

    Raises
    ------
    DataError
        The file is not there or is no notebook.
    """
    import nbformat

    from lnregions.files import write_whole

    path = Path(path)
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:
        raise DataError(
            f"{shown_path(path)}: it cannot be read as a notebook ({type(error).__name__}). "
            "Give a .ipynb file of format 4.",
        ) from None
    output = Path(output) if output is not None else path.with_suffix(".html")
    write_whole(output, notebook_html(notebook, language=language, title=path.stem))
    return output


def _without_pictures(notebook) -> tuple[object, dict[str, str]]:
    """The notebook with a mark for each PNG picture, and the pictures by their marks.

    They are most of a page. What makes the page copies and parses it several times over.
    """
    pictures: dict[str, str] = {}
    run = secrets.token_hex(8)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            picture = data.get("image/png", "")
            if isinstance(picture, str) and _BASE64.fullmatch(picture):
                mark = f".picture-{run}-{len(pictures)}."
                pictures[mark], data["image/png"] = picture.replace("\n", ""), mark
    return notebook, pictures


def _with_pictures(page: str, pictures: Mapping[str, str]) -> str:
    """The page with its pictures for their marks, made smaller if the page would be too large with them."""
    marks = re.compile("|".join(map(re.escape, pictures)) or r"(?!)")
    more = sum(len(pictures[mark]) - len(mark) for mark in marks.findall(page))
    if len(page) + more > MOST:
        page = _PICTURE.sub(lambda hit: hit[1] + _lighter(hit[2]), page)
        pictures = {mark: _lighter(picture) for mark, picture in pictures.items() if mark in page}
    return marks.sub(lambda hit: pictures[hit[0]], page)


def _lighter(picture: str) -> str:
    """A picture of half the width and few colours, which keeps the size that it is shown at."""
    from lnregions.figures import small_picture  # which loads matplotlib

    try:
        return base64.b64encode(small_picture(base64.b64decode(picture))[0]).decode("ascii")
    except (OSError, ValueError, SyntaxError):
        return picture


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


@cache
def _style() -> str:
    return (_TEMPLATES / "page" / "page.css").read_text("utf-8")


def _in_language(notebook, language: str):
    """The notebook without the cells that are tagged for another language only, or as interactive."""
    from nbformat import from_dict

    def told(cell) -> bool:
        tags = set(cell.metadata.get("tags", []))
        spoken = tags & set(_WORDS)
        return "interactive" not in tags and (not spoken or language in spoken)

    return from_dict({**notebook, "cells": [cell for cell in notebook.cells if told(cell)]})


def _heading(notebook) -> str:
    """First heading of the notebook without its marks."""
    for cell in notebook.cells:
        outputs = [o.get("data", {}).get("text/markdown", "") for o in cell.get("outputs", [])]
        for text in [cell.source] if cell.cell_type == "markdown" else outputs:
            found = re.search(r"^#\s+(.+)$", text, re.MULTILINE)
            if found:
                return re.sub(r"[*_`]", "", found[1]).strip()
    return ""
