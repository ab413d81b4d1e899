"""What a source is called: who issued it, or which data set it is and who compiled that."""

import re

from lnregions.words import check_language


def source_name(source, language: str = "en") -> str:
    """Name of a source for a line under a picture: its publisher; of a compiled data set its title and compiler.

    Parameters
    ----------
    source
        Row of the table of sources, or a mapping with its ``title publisher kind``.
    language
        "en" or "zh".

    Examples
    --------
    >>> one = {"title": "城市GDP.xlsx, Sheet1 (repo someone/x)", "publisher": "someone/x", "kind": "compilation"}
    >>> source_name(one), source_name(one, "zh"), source_name(one | {"title": "panel_v2.csv (repo someone/x)"})
    ('城市GDP, compiled by someone', '城市GDP（someone整理）', 'data set compiled by someone')
    >>> source_name({"title": "Bulletin", "publisher": "Bureau", "kind": "official"})
    'Bureau'
    """
    zh = check_language(language) == "zh"
    title, publisher = str(source["title"]), str(source["publisher"] or "")
    if not _compiled(source, title, publisher):
        return publisher or title.split(" (")[0]
    compiler, name = publisher.split("/")[0], _data_set(title)
    if not name:
        return f"{compiler}整理的数据集" if zh else f"data set compiled by {compiler}"
    return f"{name}（{compiler}整理）" if zh else f"{name}, compiled by {compiler}"


def _compiled(source, title, publisher):
    """Whether a source is somebody's data set whose publisher is but the repository it lies in."""
    named = bool(re.search(rf"(repo|GitHub) {re.escape(publisher)}", title))
    return source["kind"] == "compilation" and bool(publisher) and ("/" in publisher or named)


def _data_set(title):
    """Title of a data set without its file's ending, sheet and repository; empty where it is a file's name."""
    title = re.sub(r"^GitHub \S+", "", title)
    title = re.split(r"[(（]", title)[0].split(", ")[0]
    title = re.sub(r"\s*\.(xlsx?|csv|json|py|js|dta)\b.*", "", title).strip()
    return (
        "" if re.fullmatch(r"[\x00-\x7f]*", title) and not re.search(r"[A-Za-z] [A-Za-z]", title) else title
    )
