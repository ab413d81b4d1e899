"""First pass over a boundary file: which area each row is, by its code, and whether the names beside agree."""

import re
from collections.abc import Mapping, Sequence

from lnregions.boundaries.files import Layer
from lnregions.errors import narrow, unknown_fault
from lnregions.tables import text_fault
from lnregions.words import parse_code

CODE_COLUMNS = (
    "area", "adcode", "ad_code", "adcode99", "code", "gb", "区划代码", "行政区划代码", "行政代码", "行政区代码",
    "地区代码", "代码", "adm_code", "admcode", "pac", "xzqdm", "xzqhdm", "county_code", "city_code", "cityadcode",
    "city_adcode", "district_adcode", "市代码", "地级码", "市级码", "县代码", "区县代码", "县级码", "countycode",
    "citycode", "id", "zone_code", "dm", "编码",
)  # fmt: skip
NAME_COLUMNS = ("name_zh", "name", "名称", "地名", "city", "county", "市", "县", "ct_name", "mc", "xzqmc", "adname",
                "name_en")  # fmt: skip


def plain_code(text: str) -> str:
    """Six-digit code a text states, or the text itself.

    Examples
    --------
    >>> [plain_code(text) for text in ("210100.0", "156210100", "２１０１００", "210100000000", "zone-1")]
    ['210100', '210100', '210100', '210100', 'zone-1']
    """
    text = parse_code(text)
    hit = re.fullmatch(r"(?:156)?(\d{6})(?:0{6})?", text, re.ASCII)
    return hit[1] if hit else text


def find_codes(
    columns: Mapping[str, Sequence[str]], *, known: set[str], wanted: set[str]
) -> tuple[str, list[str]]:
    """Column that holds the codes, and the codes in it; empty if there is none.

    A column is taken by its values, when more than half are wanted areas or all wanted areas are among them, or
    else by its name.
    """
    found = []
    for n, (label, texts) in enumerate(columns.items()):
        codes = [plain_code(text) for text in texts]
        stated = [code for code in codes if code]
        hits, hits_known = len(wanted.intersection(stated)), len(known.intersection(stated))
        folded = label.casefold().strip()
        rank = CODE_COLUMNS.index(folded) if folded in CODE_COLUMNS else len(CODE_COLUMNS)
        whole = bool(wanted) and hits == len(wanted) and len(stated) == len(set(stated))
        if stated and (folded in CODE_COLUMNS or whole or 2 * max(hits, hits_known) > len(stated)):
            found.append((hits, hits_known, -rank, -n, label, codes))
    return max(found)[-2:] if found else ("", [])


def check_codes(
    layer: Layer, codes: Sequence[str], filled: Sequence[bool], *, column: str, level: str,
    wanted: Mapping[str, set[str]] | None,
) -> None:  # fmt: skip
    """Report codes of rows with a shape that are empty, twice, unknown or missing among those wanted for the level."""
    rows: dict[str, list[int]] = {}
    for n, (code, has_shape) in enumerate(zip(codes, filled, strict=True), 1):
        if has_shape and not code:
            layer.fault(f"row {n} has a shape but no code in column {column}. Write its six-digit code.")
        elif has_shape:
            rows.setdefault(code, []).append(n)
    for code, places in rows.items():
        if len(places) > 1:
            listed = ", ".join(map(str, places[:10]))
            layer.fault(f"{code!r} stands in rows {listed}. Dissolve its parts into one multipolygon.")
    if wanted is None:
        return
    other = next((each for each in wanted if rows and each != level and rows.keys() <= wanted[each]), None)
    if other:
        layer.fault(f"the codes are those of the level {other!r}. Load it with level={other!r}.")
        return
    choices = sorted(wanted[level])
    strangers = [code for code in rows if code not in wanted[level]]
    layer.faults += [
        unknown_fault("area", code, choices, path=layer.name, column=column) for code in strangers
    ]
    missing = [code for code in choices if code not in rows]
    if missing:
        listed = ", ".join(missing[:20]) + (", ..." if len(missing) > 20 else "")
        count = f"{len(missing)} of {len(choices)}"
        layer.fault(f"{count} areas are missing: {listed}. Add them, or name by areas= those of the file.")


def check_cut_codes(layer: Layer, codes: Sequence[str], *, known: set[str]) -> None:
    """Report codes that are those of known areas without their last digits, as in 2101 for 210100."""
    whole = {code[:length]: code for code in sorted(known, reverse=True) for length in (4, 5)}
    cut = [code for code in codes if code in whole]
    if 2 * len(cut) > sum(map(bool, codes)):
        layer.fault(f"the codes are cut ({cut[0]!r} for {whole[cut[0]]}). Write six digits, such as 210100.")


def name_columns(columns: Mapping[str, Sequence[str]], column: str) -> dict[str, Sequence[str]]:
    """Columns that likely hold names, the likeliest first."""
    folded = {label.casefold().strip(): label for label in columns if label != column}
    return {folded[name]: columns[folded[name]] for name in NAME_COLUMNS if name in folded}


def check_names(
    layer: Layer, columns: Mapping, codes: Sequence[str], *, known: Mapping[str, Sequence[str]]
) -> None:
    """Report garbled names, control characters, and names that belong to another known area than the code."""
    for texts in columns.values():
        marks = [text for text in texts if re.fullmatch(r"\s*\?[\s?]*", text)]
        beyond = [text for text in texts if not text.isascii()]
        garbled = [text for text in beyond if _garbled(text)]
        lost = [text for text in beyond if "\ufffd" in text]
        unknown = len(marks) > 1 and 2 * len(marks) > sum(map(bool, texts))
        if lost or unknown or 2 * len(garbled) > len(beyond):
            shown = ", ".join(text[:30] for text in (lost or garbled or marks)[:3])
            layer.fault(
                f"the names are garbled ({shown}): the file was made with a wrong encoding. Make it again."
            )
            return
    for label, texts in {"code": codes, **columns}.items():
        odd = [one for text in texts if (one := text_fault(text, label, path=layer.name, line=None))]
        layer.faults += odd[:1]
    owners: dict[str, set[str]] = {}
    for code, own in known.items():
        for text in own:
            owners.setdefault(_folded(text), set()).add(code)
    named = max(
        columns.values(), key=lambda texts: sum(_folded(text) in owners for text in texts), default=[]
    )
    for row, (code, text) in enumerate(zip(codes, named, strict=False), 1):
        if code in known and code not in owners.get(_folded(text), {code}):
            layer.fault(
                f"row {row} has the code {code} but the name {text!r}. Rows are mixed up; make it again."
            )


def _folded(text: str) -> str:
    return narrow(text).casefold()


def _garbled(text: str) -> bool:
    """Whether a text is UTF-8 that was read as GB18030 or Latin-1, or GB18030 read as Latin-1.

    Examples
    --------
    >>> [_garbled(text) for text in ("沈阳市", "娌堥槼甯?", "æ²ˆé˜³å¸‚", "ÉòÑôÊÐ")]
    [False, True, True, True]
    """
    if re.search(r"[\x7f-\x9f]", text):
        return True
    pairs = [(wrong, right) for right in ("utf-8", "gb18030") for wrong in ("gb18030", "cp1252", "latin-1")]
    for wrong, right in pairs[:3] + pairs[4:]:
        try:
            again = text.rstrip("?").encode(wrong).decode(right, "replace" if right == "utf-8" else "strict")
        except UnicodeError:
            continue
        chinese = len(re.findall("[\u4e00-\u9fff]", again))
        whole = chinese and chinese >= len(again.rstrip("\ufffd")) - again.count(" ")
        if whole and (wrong != "gb18030" or len(again) < len(text)):
            return True
    return False
