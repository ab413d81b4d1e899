import random
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnregions.errors import DataError
from lnregions.paths import data_dir
from lnregions.tables import rows as _rows
from lnregions.tables import tables as _tables
from lnregions.tables.column_checks import RULES_ZH
from lnregions.tables.tables import check_references, read_lines, read_table

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
HEAD = "unit,label_zh,label_en,factor_en\n"
GOOD = HEAD + "亿元,亿元,billion yuan,0.1\n万人,万人,million people,0.01\n"


def table(tmp_path, content):
    path = tmp_path / "units.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD, ""),
        ("\ufeff" + GOOD, "a byte order mark was left out"),
        (GOOD.replace("\n", "\r\n"), "line ends of another system were read"),
        (GOOD.replace("\n", "\r"), "line ends of another system were read"),
        (GOOD.encode("gb18030"), "the text was read as GB18030"),
        (GOOD.rstrip("\n"), "the last line has no line end; if rows are missing, the file was cut"),
        (GOOD + "\n,,,\n", "2 empty rows were left out"),
        (GOOD.replace("\n", ",,\n"), "empty columns at the end were left out"),
        (GOOD.replace("0.1", "０．１"), "values of factor_en were tidied: 1 (the first in line 2: '０．１')"),
        (
            GOOD.replace("billion yuan", " billion yuan "),
            "values of label_en were tidied: 1 (the first in line 2: ' billion yuan ')",
        ),
        (GOOD.replace("unit,", "ｕｎｉｔ ,"), ""),
        (GOOD.encode("utf-16"), "the text was read as UTF-16"),
        (GOOD.replace(",", ";"), "columns parted by semicolons were read"),
        (GOOD.replace(",", "\t"), "columns parted by tabs were read"),
        (GOOD.replace("unit,", "Unit,"), "column names in another case were read"),
        (
            GOOD.replace("factor_en\n", "factor_en,remark\n").replace("1\n", "1,x\n"),
            "columns that are not used were left out: 'remark'",
        ),
        (
            "," + GOOD.replace("\n亿", "\n0,亿").replace("\n万", "\n1,万"),
            "columns that are not used were left out: ''",
        ),
        (
            GOOD.replace("billion", "\u200bbillion"),
            "values of label_en were tidied: 1 (the first in line 2: '\\u200bbillion yuan')",
        ),
        ("# a remark\n" + GOOD, ""),
        ("\n\n" + GOOD, ""),
        (GOOD.replace("billion yuan", '"billion yuan"'), ""),
    ],
)
def test_what_is_merely_untidy_is_read_and_said(tmp_path, content, said):
    frame = read_table(table(tmp_path, content), "units")
    assert frame["factor_en"].tolist() == [0.1, 0.01]
    assert frame["unit"].tolist() == ["亿元", "万人"]
    assert frame["label_en"].tolist() == ["billion yuan", "million people"]
    assert [sentence.split("units.csv: ")[1] for sentence in frame.attrs["tidied"]] == (
        [said] if said else []
    )
    assert len(frame.attrs["tidied_zh"]) == len(frame.attrs["tidied"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no header line"),
        (GOOD.encode("utf-16")[:-1], "are not valid UTF-16"),
        ((GOOD + "\0").encode("utf-16"), "line 4: a NUL byte"),
        (GOOD.encode() + b"\x00", r"line 4: a NUL byte"),
        (GOOD.encode().replace(b"\xe4\xba\xbf", b"\xe4\xba", 1), r"line 2: the bytes 'e4 ba' are not valid UTF-8"),
        (b"\xef\xbb\xbf" + GOOD.encode("gb18030"), "are not valid UTF-8"),
        (HEAD + '亿元,亿元,"billion yuan,0.1\n万人,万人,million people,0.01\n', "line 2: a quotation mark"),
        (HEAD + '亿元,亿元,"billion" yuan,0.1\n', "a quotation mark is not closed or stands inside"),
        (HEAD + '亿元,亿元,"billion\nyuan",0.1\n', "line 2: column label_en holds a line break"),
        (HEAD + "亿元,亿元,billion yuan\n", "line 2: the row has 3 values where the header has 4"),
        (HEAD + "亿元,亿元,billion, yuan,0.1\n", "line 2: the row has 5 values where the header has 4"),
        (GOOD.replace("unit,", "unit,unit,").replace("亿元,亿", "亿元,亿元,亿").replace("万人,万", "a,万人,万"),
         "line 1: column unit stands twice"),
        (GOOD.replace("factor_en", "factor"), r"unknown column 'factor'.*did you mean factor_en\?"),
        (GOOD.replace("factor_en", "factor"), "column factor_en is missing. The table needs unit, label_zh"),
        (GOOD.replace(",", "|"), r"line 1: unknown column 'unit\|label_zh\|label_en\|factor_en'"),
        (GOOD.replace(",", ";").replace("0.1", "0,1"), "factor_en '0,1' has a comma in a table parted by semicolons"),
        (GOOD.replace("billion", "bil\x07lion"), r"line 2: label_en 'bil\\x07lion yuan' holds a control character"),
        (GOOD.replace("billion", "b" * 5000), "label_en has a value of 5005 characters"),
        (GOOD.replace("0.1\n", "\n"), "line 2: factor_en is empty"),
        (GOOD.replace("billion yuan", ""), "line 2: label_en is empty"),
        (GOOD + "亿元,亿,x,0.1\n", "line 4: unit 亿元 stands already in line 2, with other content|'亿元' stands"),
        ("unit\n" + "x" * 200_000 + "\n", "quotation|characters|missing"),
    ],
)  # fmt: skip
def test_what_could_move_or_cut_a_value_is_refused(tmp_path, content, message):
    with pytest.raises(DataError, match=message):
        read_table(table(tmp_path, content), "units")


def test_a_declared_encoding_is_used_and_a_wrong_one_refused(tmp_path):
    path = table(tmp_path, GOOD.encode("gbk"))
    assert read_table(path, "units", encoding="gb18030")["unit"].tolist() == ["亿元", "万人"]
    with pytest.raises(DataError, match="are not valid utf-8"):
        read_table(path, "units", encoding="utf-8")
    with pytest.raises(DataError, match="are not valid klingon"):
        read_table(path, "units", encoding="klingon")


def test_bytes_that_are_neither_utf_8_nor_gb18030_are_refused(tmp_path):
    with pytest.raises(DataError, match="are not valid UTF-8"):
        read_table(table(tmp_path, HEAD.encode() + b"\xff\xff,\xff,x,1\n"), "units")


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(DataError, match="the file does not exist"):
        read_table(tmp_path / "none.csv", "units")
    with pytest.raises(DataError, match=r"not a readable file \(folder or device\)"):
        read_table(tmp_path, "units")
    with pytest.raises(DataError, match="does not exist"):
        read_table(Path("a\0b.csv"), "units")
    with pytest.raises(DataError, match=r"not a readable file|does not exist"):
        read_table(tmp_path / ("x" * 300), "units")


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(_rows, "LARGEST", 10)
    with pytest.raises(DataError, match=r"the file has .* bytes\. Give one of at most 10"):
        read_table(table(tmp_path, GOOD), "units")


@pytest.mark.parametrize(
    ("cell", "value"),
    [("yes", True), ("No", False), ("是", True), ("TRUE", True), ("否", False), ("", False)],
)
def test_yes_and_no_are_read_in_either_language(tmp_path, cell, value):
    head = "region,area,level,status,proxy,valid_from,note,sources\n"
    path = table(tmp_path, f"{head}north,210100,city,likely,{cell},,,\n")
    frame = read_table(path, "membership")
    assert frame["proxy"].tolist() == [value]
    assert pd.isna(frame["valid_from"][0])
    assert frame["note_zh"].tolist() == [""]


@pytest.mark.parametrize(("column", "cell"), [("proxy", "maybe"), ("valid_from", "soon")])
def test_a_cell_that_cannot_be_read_is_reported_once(tmp_path, column, cell):
    head = "region,area,level,status,proxy,valid_from,note,sources\n"
    row = {"proxy": "no", "valid_from": ""} | {column: cell}
    path = table(tmp_path, f"{head}north,210100,city,likely,{row['proxy']},{row['valid_from']},,\n")
    with pytest.raises(DataError, match=f"line 2: {column} '{cell}'") as caught:
        read_table(path, "membership")
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize("cell", ["1.5", "x", "1e200"])
def test_a_count_that_is_not_whole_is_refused(tmp_path, cell):
    head = "region,kind,order,text_zh,text_en\n"
    with pytest.raises(DataError, match=f"order '{cell}' is not a whole number|order .* too"):
        read_table(table(tmp_path, f"{head}north,task,{cell},a,b\n"), "positioning")


def test_rows_keep_the_line_on_which_they_stand(tmp_path):
    text = "# remark\n" + GOOD.replace("\n万人", "\n\n万人")
    assert read_lines(table(tmp_path, text), "units")[1] == [3, 5]


def test_a_reference_to_nothing_is_found_in_every_row():
    frame = pd.DataFrame({"source": ["a", "b", "a b", ""]})
    faults = check_references(frame, {"source": ["a"]}, path="x.csv", lines=[2, 3, 4, 5])
    assert [fault.line for fault in faults] == [3, 4]


TABLES = sorted(path for path in data_dir().rglob("*.csv") if path.name not in ("left_out.csv",))


def damaged(data, rng):
    """A good file with one byte changed, some cut off, or some put in."""
    place = rng.randrange(len(data))
    kind = rng.choice(["flip", "cut", "insert", "drop"])
    if kind == "flip":
        return data[:place] + bytes([data[place] ^ (1 << rng.randrange(8))]) + data[place + 1 :]
    if kind == "cut":
        return data[:place]
    if kind == "insert":
        return data[:place] + bytes(rng.randrange(256) for _ in range(rng.randrange(1, 4))) + data[place:]
    return data[:place] + data[place + rng.randrange(1, 20) :]


def refusal(path, resource):
    """The error a reader raises, or None; any other exception passes through and fails the test."""
    try:
        read_table(path, resource)
    except DataError as error:
        return error
    return None


@pytest.mark.parametrize("name", [path.relative_to(data_dir()).as_posix() for path in TABLES])
def test_a_damaged_table_is_read_or_refused_by_name_and_nothing_else(tmp_path, name):
    path, rng = data_dir() / name, random.Random(name)
    resource = path.stem
    lines = path.read_bytes().splitlines(keepends=True)
    data = b"".join(lines[:40])
    copy = tmp_path / path.name
    for _ in range(60):
        copy.write_bytes(damaged(data, rng))
        error = refusal(copy, resource)
        assert error is None or (path.name in str(error) and error.report("zh"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(HEAD.encode() + data)
    error = refusal(path, "units")
    assert error is None or "any.csv" in str(error)


def test_every_rule_of_writing_is_said_in_chinese_too():
    fields = [field for entry in _tables._descriptor()["resources"] for field in entry["schema"]["fields"]]
    rules = {field["example"] for field in fields if "pattern" in field.get("constraints", {})}
    assert {rule for rule in rules if rule.isascii() and " " in rule} <= RULES_ZH.keys()


def test_a_quoted_sign_of_a_comment_hides_no_row_with_values():
    rows = _rows.parse_rows('a,b\n#1,2\n"# said, at length",\n"#",3\n4,5\n', path="own.csv")
    assert rows.records == [["#", "3"], ["4", "5"]]
