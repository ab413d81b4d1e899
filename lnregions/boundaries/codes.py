"""Which area each row of a boundary file is: the column of codes, its reading, and the names beside it."""

import re
from collections.abc import Mapping, Sequence

from lnregions.errors import Fault, add_messages, narrow, unknown_fault
from lnregions.tables import text_fault
from lnregions.words import parse_code

_LIKELY = (
    "area", "adcode", "ad_code", "adcode99", "code", "gb", "区划代码", "行政区划代码", "行政代码", "行政区代码",
    "地区代码", "代码", "adm_code", "admcode", "pac", "xzqdm", "xzqhdm", "county_code",
    "city_code", "cityadcode", "city_adcode",
    "district_adcode", "市代码", "地级码", "市级码", "县代码", "区县代码", "县级码",
    "countycode", "citycode", "id", "zone_code", "dm", "编码",
)  # fmt: skip
_NAME_COLUMNS = (
    "name_zh",
    "name",
    "名称",
    "地名",
    "city",
    "county",
    "市",
    "县",
    "ct_name",
    "mc",
    "xzqmc",
    "adname",
    "name_en",
)
_MARKS = re.compile(r"\s*\?[\s?]*")
"""Question marks alone, as programs write for signs that an encoding does not have."""
_CODE = re.compile(r"(?:156)?(\d{6})(?:0{6})?", re.ASCII)

add_messages(
    {
        "code column": (
            "no column holds the codes of the areas (columns: {value})",
            "Add a column adcode with six digits such as 210100",
        ),
        "code twice": (
            "{value} stands in rows {rows}",
            "Give one row for each area, its parts dissolved into one multipolygon",
        ),
        "codes cut": (
            "the codes are cut ({value} for {stated})",
            "Write six digits, such as 210100",
        ),
        "code empty": (
            "row {value} has a shape but no code in column {column}",
            "Write the area's six-digit code",
        ),
        "areas missing": (
            "{value} of {stated} areas are missing: {listed}",
            "Add them, or say by areas= which the file holds",
        ),
        "other level": ("the codes are those of the level {value}", "Load it with level={value}"),
        "name garbled": (
            "the names are garbled ({value})",
            "They were read in the wrong encoding when this file was made; make it again",
        ),
        "name of another": (
            "row {row} has the code {code} but the name {value}",
            "Rows and codes are mixed up; make the file again",
        ),
    }
)


def plain_code(text: str) -> str:
    """Six-digit code a text states, or the text itself.

    Examples
    --------
    >>> [plain_code(text) for text in ("210100.0", "156210100", "２１０１００", "210100000000", "zone-1")]
    ['210100', '210100', '210100', '210100', 'zone-1']
    """
    text = parse_code(text)
    hit = _CODE.fullmatch(text)
    return hit[1] if hit else text


def find_codes(
    columns: Mapping[str, Sequence[str]], *, known: set[str], wanted: set[str]
) -> tuple[str, list[str]] | None:
    """Column that holds the codes, and the codes in it; None if there is none.

    A column is taken by its values, when more than half are wanted areas or all wanted areas are among them, or
    else by its name.
    """
    best: tuple[tuple, str, list[str]] | None = None
    for n, (label, texts) in enumerate(columns.items()):
        codes = [plain_code(text) for text in texts]
        stated = [code for code in codes if code]
        hits, hits_known = (len(set(stated) & among) for among in (wanted, known))
        folded = label.casefold().strip()
        rank = _LIKELY.index(folded) if folded in _LIKELY else len(_LIKELY)
        likely = rank < len(_LIKELY)
        whole = bool(wanted) and hits == len(wanted) and len(stated) == len(set(stated))
        if stated and (likely or whole or 2 * hits > len(stated) or 2 * hits_known > len(stated)):
            score = (hits, hits_known, -rank, -n)
            if best is None or score > best[0]:
                best = (score, label, codes)
    return None if best is None else best[1:]


def without_other_provinces(codes: Sequence[str], *, known: set[str]) -> tuple[list[str], list[int]]:
    """Codes with those of other provinces emptied, as in a file of the whole country, and the rows they stood in.

    Only where some of the codes are of Liaoning; else they are areas of the user's own.
    """
    if not known & set(codes):
        return list(codes), []
    home = {code[:2] for code in known}
    others = [
        n
        for n, code in enumerate(codes)
        if re.fullmatch(r"[1-8]\d{5}", code, re.ASCII) and code[:2] not in home
    ]
    return ["" if n in set(others) else code for n, code in enumerate(codes)], others


def cut_faults(codes: Sequence[str], *, name: str, column: str, known: set[str]) -> list[Fault]:
    """Fault of codes that are those of known areas without their last digits, as in 2101 for 210100."""
    whole = {code[:length]: code for code in sorted(known, reverse=True) for length in (4, 5)}
    stated = [code for code in codes if code]
    cut = [code for code in stated if code in whole]
    if not cut or 2 * len(cut) <= len(stated):
        return []
    return [Fault("codes cut", name, column=column, value=cut[0], extra={"stated": whole[cut[0]]})]


def code_faults(
    codes: Sequence[str],
    filled: Sequence[bool],
    *,
    name: str,
    column: str,
    wanted: Mapping[str, set[str]] | None,
    level: str,
) -> list[Fault]:
    """Faults of the codes of all rows that have a shape: empty, twice, unknown, missing.

    Parameters
    ----------
    codes : sequence of str
        One for each row.
    filled : sequence of bool
        Whether the row has a shape.
    wanted : mapping, optional
        Level -> the codes of its areas; the file must hold those of `level`, all of them and no others.
    """
    rows: dict[str, list[int]] = {}
    faults = []
    for n, (code, has_shape) in enumerate(zip(codes, filled, strict=True), 1):
        if has_shape and not code:
            faults.append(Fault("code empty", name, column=column, value=n))
        elif has_shape:
            rows.setdefault(code, []).append(n)
    for code, places in rows.items():
        if len(places) > 1:
            listed = ", ".join(map(str, places[:10]))
            faults.append(Fault("code twice", name, column=column, value=code, extra={"rows": listed}))
    if wanted is None:
        return faults
    others = [other for other in wanted if other != level and rows.keys() <= wanted[other]]
    if others and rows:
        return [*faults, Fault("other level", name, column=column, value=others[0])]
    choices = sorted(wanted[level])
    strangers = [code for code in rows if code not in wanted[level]]
    faults += [unknown_fault("area", code, choices, path=name, column=column) for code in strangers]
    missing = [code for code in choices if code not in rows]
    if missing:
        listed = ", ".join(missing[:20]) + (", ..." if len(missing) > 20 else "")
        faults.append(
            Fault("areas missing", name, value=len(missing), extra={"stated": len(choices), "listed": listed})
        )
    return faults


def names_beside(columns: Mapping[str, Sequence[str]], column: str) -> dict[str, Sequence[str]]:
    """Columns that likely hold names, the likeliest first."""
    folded = {label.casefold().strip(): label for label in columns if label != column}
    return {folded[name]: columns[folded[name]] for name in _NAME_COLUMNS if name in folded}


def name_faults(
    columns: Mapping[str, Sequence[str]],
    codes: Sequence[str],
    *,
    name: str,
    known: Mapping[str, Sequence[str]],
) -> list[Fault]:
    """Faults of the texts: garbled ones anywhere, and names that belong to another known area.

    Parameters
    ----------
    known : mapping
        Code -> the names of the area.
    """
    for values in columns.values():
        texts = [text for text in values if not text.isascii()]
        garbled = [text for text in texts if _garbled(text)]
        marks = [text for text in values if _MARKS.fullmatch(text)]
        if len(marks) > 1 and 2 * len(marks) > len([text for text in values if text]):
            return [Fault("name garbled", name, extra={"value": ", ".join(text[:30] for text in marks[:3])})]
        if 2 * len(garbled) > len(texts) or any("\ufffd" in text for text in texts):
            shown = (garbled or [text for text in texts if "\ufffd" in text])[:3]
            return [Fault("name garbled", name, extra={"value": ", ".join(text[:30] for text in shown)})]
    for label, values in {"": codes, **columns}.items():
        odd = [fault for text in values if (fault := text_fault(text, label or "code", path=name, line=None))]
        if odd:
            return odd[:1]
    owners: dict[str, set[str]] = {}
    for code, own in known.items():
        for text in own:
            owners.setdefault(_folded(text), set()).add(code)
    named = max(
        columns.values(), key=lambda texts: sum(_folded(text) in owners for text in texts), default=[]
    )
    return [
        Fault("name of another", name, value=text, extra={"row": row, "code": code})
        for row, (code, text) in enumerate(zip(codes, named, strict=False), 1)
        if code in known and code not in owners.get(_folded(text), {code})
    ]


def _folded(text: str) -> str:
    return narrow(text).casefold()


def _garbled(text: str) -> bool:
    """Whether a text is UTF-8 that was read as GB18030 or Latin-1, or GB18030 read as Latin-1.

    Examples
    --------
    >>> [_garbled(text) for text in ("沈阳市", "娌堥槼甯?", "æ²ˆé˜³å¸‚", "ÉòÑôÊÐ")]
    [False, True, True, True]
    """
    if any("\x7f" <= c <= "\x9f" for c in text):
        return True
    for wrong, right in (
        ("gb18030", "utf-8"),
        ("cp1252", "utf-8"),
        ("latin-1", "utf-8"),
        ("latin-1", "gb18030"),
        ("cp1252", "gb18030"),
    ):
        try:
            again = text.rstrip("?").encode(wrong).decode(right, "strict" if right != "utf-8" else "replace")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        chinese = sum("\u4e00" <= c <= "\u9fff" for c in again)
        if (
            chinese
            and chinese >= len(again.rstrip("\ufffd")) - again.count(" ")
            and (wrong != "gb18030" or len(again) < len(text))
        ):
            return True
    return False
