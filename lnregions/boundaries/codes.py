"""First pass over a boundary file: which area each row is, by its code, and whether the names beside agree."""

import contextlib
import re
from collections.abc import Mapping
from itertools import product

import pandas as pd

from lnregions.boundaries.files import Layer
from lnregions.errors import unknown_fault
from lnregions.tables import text_fault
from lnregions.words import narrow, parse_code

CODE_COLUMNS = {
    "adcode", "ad_code", "code", "gb", "pac", "dm", "xzqdm", "xzqhdm", "zone_code", "adm_code", "admcode",
    "county_code", "countycode", "city_code", "citycode", "cityadcode", "city_adcode", "district_adcode",
    "编码", "代码", "区划代码", "行政区划代码", "行政代码", "行政区代码", "地区代码",
    "市代码", "地级码", "市级码", "县代码", "区县代码", "县级码",
}  # fmt: skip
"""Usual names of a column of codes, without figures at their end."""
DOUBTFUL_COLUMNS = {"area", "id"}
"""Names that a surface or a counter has as well: taken where all are codes of GB/T 2260 or have a letter."""
NAME_COLUMNS = ("name_zh", "name", "名称", "地名", "city", "county", "市", "县", "ct_name", "mc", "xzqmc", "adname",
                "name_en", "short_zh", "short_en")  # fmt: skip
_CODE = r"(?!\d[\d.]*[eE]\+)(?:[^\s.,]{1,40}|(?=.*[^\W\d_])[^\s,]{1,40})"
"""What a code may be: neither words nor a decimal number, nor one with a power of ten, which has lost digits."""
CHINESE_CODE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{4}"
"""Code of GB/T 2260: its first two digits, those of a province, numbers of other things rarely all have."""
_RANK = r"(?<=..)(自治州|自治县|地区|[市县区州盟旗])$|\s(city|county|district|prefecture|shi|xian|qu)$"
"""Rank at the end of a name, which one source writes and another leaves out."""


def plain_codes(texts: pd.Series) -> pd.Series:
    """Codes that texts state: of six digits where all are codes of GB/T 2260 with a country in front or zeros behind.

    Examples
    --------
    >>> plain_codes(pd.Series(["210100.0", "156210100", "２１０１００", "210100000000"])).tolist()
    ['210100', '210100', '210100', '210100']
    >>> plain_codes(pd.Series(["zone-1", "012801000", "156601000"])).tolist()
    ['zone-1', '012801000', '156601000']
    """
    codes = texts.map(parse_code)
    six = codes.str.extract(rf"^(?:156)?({CHINESE_CODE})(?:000|000000)?$", flags=re.ASCII)[0].fillna("")
    return codes if ((six == "") & (codes != "")).any() else six.rename(codes.name)


def _plain_label(label: str) -> str:
    return re.sub(r"(?<=.)[\d_]+$", "", label.casefold().strip())


def find_codes(layer: Layer, *, known: set[str], wanted: set[str]) -> None:
    """Take the column of codes out of the others, or refuse where it is not certain which one it is.

    Values make a column certain: all that is wanted is among them, or more than half are areas wanted or known. In
    a file of one's own areas it is the only column of a usual name whose values can be codes.
    """
    found, usual, possible = {}, [], []
    known = known | {code[:length] for code in known for length in (4, 5)}  # which `check_lengths` reports
    for label, texts in layer.columns.items():
        codes, name = plain_codes(texts), _plain_label(label)
        stated = codes[codes != ""]
        hits = len(wanted.intersection(stated)), len(known.intersection(stated))
        whole = hits[0] == len(wanted) > 0 and stated.is_unique
        if len(stated) and (whole or 2 * max(hits) > len(stated)):
            found.setdefault(hits, []).append(codes)
        if not len(stated) or not stated.str.fullmatch(_CODE).all():
            continue
        if name in CODE_COLUMNS:
            usual.append(codes)
        elif codes.is_unique and "" not in set(codes) and name not in NAME_COLUMNS:
            possible.append(codes)
    usual = [one for one in usual if one.is_unique] or usual
    named = [one for one in usual if one.name.casefold().strip() == "adcode"]
    if named:
        usual = named
    elif not found and possible and all(map(_counts, usual)):
        doubtful = [one for one in possible if _plain_label(one.name) in DOUBTFUL_COLUMNS]
        doubtful = [one for one in doubtful if _plain_label(one.name) == "area" or not _counts(one)]
        form = rf"{CHINESE_CODE}(?:\d{{3}}|\d{{6}})?|.*[^\W\d_].*"
        possible += usual
        usual = [one for one in doubtful if one.str.fullmatch(form, flags=re.ASCII).all()]
    best = found[max(found)] if found else usual
    if not best and not possible:
        if labels := [label for label in layer.columns if _plain_label(label) in CODE_COLUMNS]:
            what = f"column {labels[0]} holds no codes of areas (the first is {layer.columns[labels[0]].iloc[0]!r})"
            layer.refuse(f"{what}. Write the code of each area, such as 210100, without blanks or commas.")
        what = f"no column holds the codes of the areas (columns: {', '.join(layer.columns)[:200] or 'none'})"
        layer.refuse(f"{what}. Add a column adcode with the code of each area, such as 210100.")
    if not best or any(list(one) != list(best[0]) for one in best):
        listed = ", ".join(one.name for one in best or possible)[:200]
        what = f"which column holds the codes of the areas is not certain (it may be {listed})"
        layer.refuse(f"{what}. Name the right column adcode, and no other; if none has them, add one.")
    layer.codes = best[0]
    layer.columns = layer.columns.drop(columns=layer.codes.name)


def _counts(codes: pd.Series) -> bool:
    """Whether codes are the numbers of a count, as those of rows are."""
    if len(codes) < 3 or not codes.str.fullmatch(r"\d{1,9}", flags=re.ASCII).all():
        return False
    numbers = codes.astype(int).sort_values()
    return numbers.diff().iloc[1:].eq(1).all()


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
    unknown = rows[~rows.isin(choices)].unique()
    layer.faults += [unknown_fault("area", code, choices, **place) for code in unknown]
    missing = [code for code in choices if code not in set(rows)]
    if missing:
        listed = ", ".join(missing[:10]) + (", ..." if len(missing) > 10 else "")
        count = f"{len(missing)} of {len(choices)}"
        layer.fault(f"{count} areas are missing: {listed}. Add them, or name by areas= those of the file.")


def check_lengths(layer: Layer, known: set[str]) -> None:
    """Refuse codes of known areas without their last digits (2101 for 210100), and those of townships in them."""
    codes = layer.codes[layer.codes != ""]
    whole = {code[:length]: code for code in sorted(known, reverse=True) for length in (4, 5)}
    cut, inner = codes[codes.isin(list(whole))], codes[codes.str.fullmatch(r"\d{9}|\d{12}", flags=re.ASCII)]
    inner = inner[inner.str[:6].isin(known)]
    if 2 * len(cut) > len(codes):
        first = f"{cut.iloc[0]!r} for {whole[cut.iloc[0]]}"
        layer.refuse(f"the codes are cut ({first}). Write six digits, such as 210100.")
    if 2 * len(inner) > len(codes):
        what = f"the codes are of townships or villages ({inner.iloc[0]!r} lies in {inner.iloc[0][:6]})"
        layer.refuse(f"{what}. Dissolve them by their first six digits.")


def name_columns(layer: Layer) -> list[pd.Series]:
    """Columns that likely hold names, the likeliest first."""
    labels = [label for name in NAME_COLUMNS for label in layer.columns if _plain_label(label) == name]
    return [layer.columns[label] for label in labels]


def check_names(layer: Layer, areas: pd.DataFrame) -> None:
    """Report garbled names, control characters, and names that belong to another known area than the code.

    `areas` has a row for each known area, its code as index.
    """
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
    names = areas.rename_axis("code").reset_index()
    names = names.melt("code", ["name_zh", "name_en", "short_zh", "short_en"])
    owners = names.groupby(names["value"].map(_folded))["code"].agg(set).to_dict()
    found = {label: len(owners.keys() & set(texts.map(_folded))) for label, texts in layer.columns.items()}
    named += [layer.columns[label] for label, count in found.items() if count > max(2, len(layer.codes) / 2)]
    best = max(named, key=lambda texts: found[texts.name], default=layer.codes)
    own = best.map(lambda text: owners.get(_folded(text), set()))
    for row, code, text in zip(best.index, layer.codes, best, strict=True):
        if code in areas.index and code not in (own[row] or {code}):
            what = f"row {row} has the code {code} but the name {text!r}"
            layer.fault(f"{what}. Rows are mixed up; make it again.")
    strange = own.astype(bool) & layer.codes.str.fullmatch(r"\d{6}") & ~layer.codes.isin(areas.index)
    if 2 * strange.sum() > len(own):
        (row, *_), code = own.index[strange], min(own[strange].iloc[0])
        what = f"row {row} has the name {best[row]!r} of {code}, but the code {layer.codes[row]}"
        layer.fault(f"{what}, and so for {strange.sum()} rows. Write codes of areas, no postal ones.")


def _folded(text: str) -> str:
    return re.sub(_RANK, "", narrow(text).casefold())


def _is_garbled(text: str) -> bool:
    """Whether a text is UTF-8 that was read as another encoding, or GB18030 read as Latin-1.

    Examples
    --------
    >>> [_is_garbled(text) for text in ("沈阳市", "娌堥槼甯?", "æ²ˆé˜³å¸‚", "ÉòÑôÊÐ", "MÃ¼nchen", "München")]
    [False, True, True, True, True, False]
    """
    if re.search(r"[\x7f-\x9f]", text):
        return True
    for wrong in ("cp1252", "cp1251", "cp932"):
        with contextlib.suppress(UnicodeError):
            if text.encode(wrong).decode("utf-8") != text:
                return True
    for wrong, right in [("gb18030", "utf-8"), *product(("cp1252", "latin-1"), ("utf-8", "gb18030"))]:
        try:
            again = text.rstrip("?").encode(wrong).decode(right, "replace" if right == "utf-8" else "strict")
        except UnicodeError:
            continue
        chinese = len(re.findall("[\u4e00-\u9fff]", again))
        whole = chinese and chinese >= len(again.rstrip("\ufffd")) - again.count(" ")
        if whole and (wrong != "gb18030" or len(again) < len(text)):
            return True
    return False
