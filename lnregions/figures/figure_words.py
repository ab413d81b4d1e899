"""Captions and source lists of figures, in both languages, from what was drawn and nothing else."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from lnregions import __version__
from lnregions import errors as _checks
from lnregions.words import LANGUAGES

_KEPT = ("source", "title", "publisher", "url", "kind", "published", "licence")
_MARKS = {"grade": "grades", "vintage": "vintages"}
_SEPARATOR = {"en": "; ", "zh": "；"}
_HEADS = {
    "en": {
        "figure": "Figure.",
        "sources": "Sources: ",
        "grades": "Grades of evidence: ",
        "made": "Made with",
    },
    "zh": {"figure": "图：", "sources": "资料来源：", "grades": "数据等级：", "made": "制图："},
}


def speaking(words: Mapping[str, str] | None, what: str) -> dict[str, str]:
    """Texts by language, checked; empty for None."""
    if not isinstance(words, Mapping | None) or not all(
        isinstance(one, str) for one in (words or {}).values()
    ):
        raise _checks.DataError(
            f"The {what} {_checks.quote(words)} is not text by language. "
            'Give it by language, such as {"en": "GDP of two cities.", "zh": "两市生产总值。"}.',
        )
    words = dict(words or {})
    for language in words:
        if language not in LANGUAGES:
            raise _checks.unknown(f"language of the {what}", language, LANGUAGES)
    return {language: words[language] for language in LANGUAGES if language in words}


def _cited(data: pd.DataFrame | None) -> dict[str, list[int]] | None:
    """Places of the rows that cite each source; None when the data name no sources."""
    column = next((c for c in ("source", "sources") if data is not None and c in data), None)
    if column is None:
        return None
    cited: dict[str, list[int]] = {}
    for row, names in enumerate(data[column].fillna("")):
        for name in str(names).split():
            cited.setdefault(name, []).append(row)
    return dict(sorted(cited.items()))


def source_records(
    sources: pd.DataFrame | Sequence[Mapping] | None, data: pd.DataFrame | None = None
) -> list[dict]:
    """Sources of a figure as records: those its data cite, with the grades and vintages of the rows.

    Raises
    ------
    DataError
        When the data cite a source that is not among those given.
    """
    if sources is None:
        return []
    rows = sources.to_dict("records") if isinstance(sources, pd.DataFrame) else [dict(s) for s in sources]
    records = [{k: str(row[k]) for k in _KEPT if k in row and not _empty(row[k])} for row in rows]
    cited = _cited(data)
    if cited is None:
        return records
    known = {record.get("source"): record for record in records}
    marks = {name: list(data[column]) for column, name in _MARKS.items() if column in data}
    found = []
    for name, places in cited.items():
        if name not in known:
            raise _checks.unknown("source", name, [str(k) for k in known])
        found.append({**known[name], **_attested(marks, places)})
    return found


def _empty(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, float) and value != value)


def _attested(marks: Mapping[str, list], places: list[int]) -> dict[str, list[str]]:
    """Grades and vintages of some rows, each once."""
    found = {
        name: sorted({str(values[place])[:10] for place in places if not _empty(values[place])})
        for name, values in marks.items()
    }
    return {name: values for name, values in found.items() if values}


def caption_text(caption: Mapping[str, str], records: Sequence[Mapping], data: pd.DataFrame | None) -> str:
    """Caption in each language given, ready to paste: what is shown, sources, grades.

    Examples
    --------
    >>> print(caption_text({"en": "GDP of two cities."}, [{"title": "Bulletin"}], None).split(" Made")[0])
    **Figure.** GDP of two cities. Sources: Bulletin.
    """
    grades = [] if data is None or "grade" not in data else sorted(Counter(data["grade"].dropna()).items())
    said = [_paragraph(language, words, records, grades) for language, words in caption.items()]
    return "\n\n".join(said) + "\n"


def plain_markdown(text: str) -> str:
    r"""Text with what would be a link, an image or a tag in Markdown made ordinary signs.

    Examples
    --------
    >>> print(plain_markdown("[x](javascript:alert(1)) <b>"))
    \[x](javascript:alert(1)) \<b>
    """
    return re.sub(r"[\\\[<]", r"\\\g<0>", " ".join(text.split("\n")))


def _paragraph(language: str, words: str, records, grades) -> str:
    heads, stop = _HEADS[language], "." if language == "en" else "。"
    glue = " " if language == "en" else ""
    parts = [f"**{heads['figure']}**{glue}{plain_markdown(words.strip())}"]
    if records:
        named = [plain_markdown(_named(record, language)) for record in records]
        parts.append(heads["sources"] + _SEPARATOR[language].join(named) + stop)
    if grades:
        counted = (f"{grade} ({n})" if language == "en" else f"{grade}级{n}条" for grade, n in grades)
        parts.append(heads["grades"] + (", " if language == "en" else "，").join(counted) + stop)
    parts.append(f"{heads['made']}{glue}lnregions {__version__}{stop}")
    return glue.join(parts)


def _named(record: Mapping, language: str) -> str:
    title = record.get("title", record.get("source", ""))
    date = record.get("published", "")
    if not date:
        return title
    return f"{title} ({date})" if language == "en" else f"{title}（{date}）"
