"""Text cells of notebooks: English in the notebook, Chinese from the catalogue, and the place by its name."""

import re
from pathlib import Path

from lnregions.errors import LANGUAGES, DataError, check_language, shown_path
from lnregions.paths import notebooks_dir
from lnregions.words.catalogue import chinese_messages, tr
from lnregions.words.texts import Text, with_article

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
