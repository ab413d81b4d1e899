"""First pass over a boundary file: which area each row is, by its code, and whether the names beside agree."""

import re
from collections.abc import Mapping

import pandas as pd

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


def find_codes(layer: Layer, *, known: set[str], wanted: set[str]) -> None:
    """Find the column that holds the codes, and take it out of the others.

    A column is taken by its values, when more than half are wanted areas or all wanted areas are among them, or
    else by its name.
    """
    found = []
    for n, (label, texts) in enumerate(layer.columns.items()):
        codes, folded = texts.map(plain_code), label.casefold().strip()
        stated = codes[codes != ""]
        rank = CODE_COLUMNS.index(folded) if folded in CODE_COLUMNS else len(CODE_COLUMNS)
        hits, hits_known = len(wanted.intersection(stated)), len(known.intersection(stated))
        whole = hits == len(wanted) > 0 and stated.is_unique
        if len(stated) and (folded in CODE_COLUMNS or whole or 2 * max(hits, hits_known) > len(stated)):
            found.append((hits, hits_known, -rank, -n, codes))
    if not found:
        listed = ", ".join(layer.columns)[:200] or "none"
        what = f"no column holds the codes of the areas (columns: {listed})"
        layer.refuse(f"{what}. Add a column adcode with six digits.")
    layer.codes = max(found, key=lambda one: one[:-1])[-1]
    layer.columns = layer.columns.drop(columns=layer.codes.name)


def check_codes(layer: Layer, level: str, wanted: Mapping[str, set[str]]) -> None:
    """Report codes that are empty, twice, unknown or missing among those wanted for the level.

    With nothing wanted the codes are one's own, and only the first two are reported.
    """
    for row in layer.codes.index[layer.codes == ""]:
        layer.fault(f"row {row} has no code in column {layer.codes.name}. Write its six-digit code.")
    rows = layer.codes[layer.codes != ""]
    for code, places in rows.groupby(rows, sort=False).groups.items():
        if len(places) > 1:
            listed = ", ".join(map(str, places[:10]))
            layer.fault(f"{code!r} stands in rows {listed}. Dissolve its parts into one multipolygon.")
    if not wanted:
        return
    other = next((each for each in wanted if len(rows) and each != level and set(rows) <= wanted[each]), None)
    if other:
        layer.fault(f"the codes are those of the level {other!r}. Load it with level={other!r}.")
        return
    choices, place = sorted(wanted[level]), {"path": layer.name, "column": rows.name}
    layer.faults += [
        unknown_fault("area", code, choices, **place) for code in rows[~rows.isin(choices)].unique()
    ]
    missing = [code for code in choices if code not in set(rows)]
    if missing:
        listed = ", ".join(missing[:20]) + (", ..." if len(missing) > 20 else "")
        count = f"{len(missing)} of {len(choices)}"
        layer.fault(f"{count} areas are missing: {listed}. Add them, or name by areas= those of the file.")


def check_cut_codes(layer: Layer, known: set[str]) -> None:
    """Report codes that are those of known areas without their last digits, as in 2101 for 210100."""
    whole = {code[:length]: code for code in sorted(known, reverse=True) for length in (4, 5)}
    cut = layer.codes[layer.codes.isin(list(whole))]
    if 2 * len(cut) > (layer.codes != "").sum():
        first = f"{cut.iloc[0]!r} for {whole[cut.iloc[0]]}"
        layer.refuse(f"the codes are cut ({first}). Write six digits, such as 210100.")


def name_columns(layer: Layer) -> list[pd.Series]:
    """Columns that likely hold names, the likeliest first."""
    folded = {label.casefold().strip(): label for label in layer.columns}
    return [layer.columns[folded[name]] for name in NAME_COLUMNS if name in folded]


def check_names(layer: Layer, shipped: pd.DataFrame) -> None:
    """Report garbled names, control characters, and names that belong to another shipped area than the code."""
    named = name_columns(layer)
    for texts in named:
        stated, beyond = texts[texts != ""], texts[~texts.map(str.isascii)]
        marks, lost = stated[stated.str.fullmatch(r"\?[\s?]*")], beyond[beyond.str.contains("\ufffd")]
        garbled = beyond[beyond.map(_is_garbled).astype(bool)]
        unknown = len(marks) > 1 and 2 * len(marks) > len(stated)
        if len(lost) or unknown or 2 * len(garbled) > len(beyond):
            shown = next(", ".join(each.str[:30][:3]) for each in (lost, garbled, marks) if len(each))
            what = f"the names are garbled ({shown})"
            layer.fault(f"{what}: the file was made with a wrong encoding. Make it again.")
            return
    for texts in [layer.codes, *named]:
        odd = [one for text in texts if (one := text_fault(text, texts.name, path=layer.name, line=None))]
        layer.faults += odd[:1]
    names = shipped.reset_index().melt("area", ["name_zh", "name_en", "short_zh", "short_en"])
    owners = names.groupby(names["value"].map(_folded))["area"].agg(set).to_dict()
    best = max(named, key=lambda texts: texts.map(_folded).isin(list(owners)).sum(), default=layer.codes)
    for row, code, text in zip(best.index, layer.codes, best, strict=True):
        if code in shipped.index and code not in owners.get(_folded(text), {code}):
            what = f"row {row} has the code {code} but the name {text!r}"
            layer.fault(f"{what}. Rows are mixed up; make it again.")


def _folded(text: str) -> str:
    return narrow(text).casefold()


def _is_garbled(text: str) -> bool:
    """Whether a text is UTF-8 that was read as GB18030 or Latin-1, or GB18030 read as Latin-1.

    Examples
    --------
    >>> [_is_garbled(text) for text in ("沈阳市", "娌堥槼甯?", "æ²ˆé˜³å¸‚", "ÉòÑôÊÐ")]
    [False, True, True, True]
    """
    if re.search(r"[\x7f-\x9f]", text):
        return True
    latin = [(wrong, right) for right in ("utf-8", "gb18030") for wrong in ("cp1252", "latin-1")]
    for wrong, right in [("gb18030", "utf-8"), *latin]:
        try:
            again = text.rstrip("?").encode(wrong).decode(right, "replace" if right == "utf-8" else "strict")
        except UnicodeError:
            continue
        chinese = len(re.findall("[\u4e00-\u9fff]", again))
        whole = chinese and chinese >= len(again.rstrip("\ufffd")) - again.count(" ")
        if whole and (wrong != "gb18030" or len(again) < len(text)):
            return True
    return False
