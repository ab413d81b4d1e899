"""Tables as spreadsheets and people write them: read with a warning when unusual, refused when misleading."""

import io
import shutil

import pandas as pd
import pytest

from lnregions import DataError, InputWarning, load_observations
from lnregions.paths import data_dir
from lnregions.tables import codebook, read_table, rows, tables

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
HEAD = "area,indicator,year,value,unit,vintage,status,grade,source,note\n"
ROWS = (
    "210200,gdp,2024,9516.9,亿元,2025-01-20,preliminary,A,s047,\n"
    "210100,gdp,2023,8122.1,亿元,2024-04-11,preliminary,A,s047,as published\n"
    "210100,urbanisation_rate,2023,85.5,%,,unknown,B,s047,\n"
)
GOOD = HEAD + ROWS
COLUMNS = HEAD.strip().split(",")
MEMBERSHIP = (
    "region,area,level,status,proxy,valid_from,note,sources\nnorth,210100,city,likely,{proxy},{year},,\n"
)
UNITS = "unit,label_zh,label_en,factor_en\n"


def write(folder, text, name="observations.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


FRAME = pd.read_csv(io.StringIO(GOOD), dtype=str, keep_default_na=False)


def text_of(frame):
    return frame.to_csv(index=False, lineterminator="\n")


def cell(column, value, *, row=1):
    """The good table with one value replaced; quoted where it must be."""
    return text_of(FRAME.assign(**{column: FRAME[column].mask(FRAME.index == row - 1, value)}))


def dotted(*values):
    """The good table with these values."""
    return text_of(FRAME.assign(value=values))


UNUSUAL = {
    # what: (text or bytes, a part of its warning, "" for none)
    "as it should be": (GOOD, ""),
    "CRLF": (GOOD.replace("\n", "\r\n"), "line ends of another system"),
    "lone CR": (GOOD.replace("\n", "\r"), "line ends of another system"),
    "CSV by a Chinese Excel": (GOOD.replace("\n", "\r\n").encode("gbk"), "read as GB18030 (such as '亿元')"),
    "CSV UTF-8 by Excel": (GOOD.replace("\n", "\r\n").encode("utf-8-sig"), "byte order mark"),
    "Unicode text by Excel": (GOOD.replace(",", "\t").replace("\n", "\r\n").encode("utf-16"), "read as UTF-16"),
    "tabs": (GOOD.replace(",", "\t"), "parted by tabs"),
    "semicolons": (GOOD.replace(",", ";"), "parted by semicolons"),
    "blank lines at the end": (GOOD + "\n\n\n", "3 empty rows"),
    "rows of commas at the end": (GOOD + "," * 9 + "\n", "1 empty rows"),
    "empty columns at the end": (GOOD.replace("\n", ",,\n"), "empty columns were left out"),
    "no line end": (GOOD.rstrip("\n"), "if rows are missing, the file was cut"),
    "columns in another order": (text_of(FRAME[COLUMNS[::-1]]), ""),
    "a further column": (text_of(FRAME.assign(remark="x")), "columns that are not used were left out: 'remark'"),
    "the index of a frame": (
        "".join(f"{n or ''},{line}\n".replace("0,", ",", n == 0) for n, line in enumerate(GOOD.splitlines())),
        "left out: ''",
    ),
    "column names in another case": (GOOD.replace(HEAD, HEAD.upper()), "column names in another case"),
    "column names full-width": (GOOD.replace("area,", "ａｒｅａ,", 1), ""),
    "blanks round names and values": (GOOD.replace(",", " , "), "were written unusually"),
    "remarks": ("# figures of Dalian\n" + GOOD.replace("\n", "\n# a remark\n", 1), ""),
    "quotes round all": ("\n".join(",".join(f'"{v}"' for v in r.split(",")) for r in GOOD.splitlines()) + "\n", ""),
    "a row twice": (GOOD + ROWS.splitlines()[0] + "\n", "rows that stand twice were left out: 1"),
    "a formula in a note": (cell("note", "=1+1"), ""),
    "a quoted sign of a comment": (GOOD + '"# a remark, at length",,,,,,,,,\n', ""),
    **{f"Excel's line sep={sign}": (f"{quote}sep={sign}{quote}\n" + GOOD.replace(",", sign), "the line 'sep=' in front")
       for sign, quote in ((",", ""), (";", ""), ("\t", ""), (";", '"'))},
    "Excel's line with a blank": ("sep=, \n" + GOOD, "the line 'sep=' in front"),
    "Excel's line in capitals": ("SEP=,\n" + GOOD, "the line 'sep=' in front"),
}  # fmt: skip


@pytest.mark.parametrize("what", UNUSUAL)
def test_an_unusual_table_gives_the_right_figures_and_a_warning(tmp_path, what):
    text, words = UNUSUAL[what]
    frame = load_observations(path=write(tmp_path, text))
    assert frame["value"].tolist() == [9516.9, 8122.1, 85.5]
    assert frame["area"].tolist() == ["210200", "210100", "210100"]
    assert frame["year"].tolist() == [2024, 2023, 2023]
    assert frame["vintage"].tolist() == ["2025-01-20", "2024-04-11", ""]
    sentences = frame.attrs["warnings"]
    assert any(words in sentence for sentence in sentences) if words else sentences == []
    assert all("observations.csv: " in sentence for sentence in sentences)


WRITTEN = {
    "value": ["\xa09516.9\xa0", "9,516.9", "９，５１６．９", "９５１６．９", "9.5169E+03", "+9516.9"],
    "year": ["2024年", "2024 年", "２０２４", "2024.0"],
    "area": ["\u200b210200\ufeff", "210200.0", "210200.00", "210,200", "２１０２００", "2.10200E+05"],
    "vintage": ["2025/1/20", "2025年1月20日", "2025-01-20 00:00:00", "2025-1-20"],
}


@pytest.mark.parametrize(("column", "value"), [(name, one) for name in WRITTEN for one in WRITTEN[name]])
def test_a_cell_as_people_write_it_gives_the_right_figure_and_a_warning(tmp_path, column, value):
    frame = load_observations(path=write(tmp_path, cell(column, value)))
    first = frame.iloc[0][["area", "year", "value", "vintage"]].tolist()
    assert first == ["210200", 2024, 9516.9, "2025-01-20"]
    (sentence,) = frame.attrs["warnings"]
    assert f"observations.csv: values of {column} were written unusually: 1" in sentence


CELLS = [
    # column, what is said of the values, values
    ("value", "value {!r} is not a number", ["nan", "inf", "1e999", "1e-400", "1_000", "١٢٣٤", "0x10", "9516.9①"]),
    ("value", "value {!r} is not a number", ["9516,9", "1,23,456", "1234,567", "1 000", ".5"]),
    ("value", "value {!r} is not a number", ["=1+1", "#REF!", "########"]),
    ("value", "value {!r} marks a figure that is missing. Leave the row out", ["-", "…", "NA", "/"]),
    ("value", "value {!r} carries its unit", ["85.5%", "85.5％"]),
    ("value", "value is empty", [""]),
    ("value", "above the greatest possible", ["95169000"]),
    ("value", "below the least possible", ["-1", "−1"]),
    ("unit", "the unit of gdp is 亿元, not {!r} (1 亿元 is 10,000 万元)", ["万元"]),
    ("unit", "the unit of gdp is 亿元, not {!r}. Give", ["%"]),
    ("year", "year {!r} is not a whole number", ["2O24", "٢٠٢٤", "24", "2023/24", "45292", "2021.5", "2021-01"]),
    ("year", "year {} is too", ["1900", "1948", "2101"]),
    ("year", "year is empty", [""]),
    ("area", "area {!r} is not written as it must be", ["2.1E+05", "21020"]),
    ("area", "unknown area {!r}", ["219900"]),
    ("source", "unknown source {!r}", ["s999"]),
    ("indicator", "unknown indicator {!r}. Choose", ["gdpp"]),
    ("vintage", "vintage {!r} is not written", ["20/01/2025", "24.1.2024", "Dec-24", "2024.1", "٢٠٢٤"]),
    ("vintage", "vintage {!r} is no day of the calendar", ["2025-02-30", "9999-12-31", "2101-01"]),
    ("note", "note has a value of 5000 characters. Keep it within 4000", ["x" * 5000]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "words", "value"), [(column, words, one) for column, words, values in CELLS for one in values]
)
def test_a_cell_that_could_mislead_is_refused_once_with_its_value(tmp_path, column, words, value):
    with pytest.raises(DataError) as caught:
        load_observations(path=write(tmp_path, cell(column, value)))
    assert [(fault.line, fault.column) for fault in caught.value.faults] == [(2, column)]
    assert words.format(value) in str(caught.value)


REFUSED = {
    "a decimal comma among semicolons": (GOOD.replace(",", ";").replace("9516.9", "9.516,9"), "could be a decimal"),
    **{f"a comma among tabs: {values}": (dotted(*(f'"{one}"' for one in values)).replace(",", "\t").replace("~", ","),
                                        "could be a decimal comma")
       for values in (("9~516", "8~122", "85"), ("9~516", "8122", "85"), ("951~690", "812~210", "85"),
                      ("1~100", "2", "3"), ("９~516", "2", "3"), ("-1~100", "2", "3"))},
    "a comma among semicolons": (GOOD.replace(",", ";").replace("9516.9", "9,516"), "could be a decimal comma"),
    **{f"dots for thousands: {values}": (
        dotted(*values).replace(",", sign), f"value '{values[0]}' has three digits behind its point")
       for sign, values in ((";", ("1.100", "3.047", "471")), (";", ("1.100", "3.047", "85.5")),
                            (";", ("12.345", "1.000", "100.000")),
                            ("\t", ("9.516", "8.122", "85")), (";", ("1.100", "", "85")))},
    **{f"a title: {title!r}": (title + "\n" + GOOD, "line [12]: .* is a title, not the names of the columns")
       for title in ("2023年统计表", "Figures of Liaoning,,,,,,,,,", '"GDP, 2019 to 2024"', "\n单位：亿元;;;",
                     "各市数字\n\n", "各市数字\n单位：亿元")},
    "a workbook": (b"PK\x03\x04\x14\0\6\0" + bytes(200), "this is a workbook, .* or another packed file, not text"),
    "a key twice": (GOOD + ROWS.splitlines()[0].replace("9516.9", "9517") + "\n", "stands already in line 2"),
    "a year after its figure": (cell("vintage", "2023"), r"begins after the figure was published \(2023\)"),
    "a column missing": (text_of(FRAME.drop(columns="unit")), "column unit is missing"),
    "a column misspelt": (GOOD.replace("vintage", "vintge", 1), "(?s)unknown column 'vintge'.*did you mean vintage"),
    "a column twice": (GOOD.replace(",note", ",note,value", 1).replace("\n2", "x,1\n2"), "stands twice|values where"),
    "an open quote": (GOOD.replace("9516.9", '"9516.9'), "line 2: a quotation mark"),
    "a value torn apart": (GOOD.replace("9516.9", "9,516.9"), "line 2: the row has 11 values"),
    "a NUL byte": (GOOD.encode() + b"\0", "a NUL byte"),
    "a damaged character": (GOOD.encode().replace("元".encode(), b"\xe5\x85", 1), "are not valid UTF-8"),
    "UTF-16 cut": (GOOD.encode("utf-16")[:-1], "are not valid UTF-16"),
    "nothing at all": ("", "has no header line"),
    "a table cut behind its header": (HEAD, "holds no figure"),
    "GB18030 behind the mark of UTF-8": (b"\xef\xbb\xbf" + GOOD.encode("gb18030"), "are not valid UTF-8"),
    "a line break in a value": (GOOD.replace("as published", '"as\npublished"'), "column note holds a line break"),
    "a row too short": (GOOD.replace("as published", "").replace("s047,\n", "s047\n"), "has 9 values where the header"),
    "a control character": (cell("note", "as\x07published", row=2), r"note 'as\\x07published' holds a control char"),
    **{f"no table: {text!r}": (text, "the text is JSON, XML or a web page, not a table. Save the table as CSV")
       for text in ('[{"area": "210100", "value": 1}]', '{"area,value": 1}', "<?xml version='1.0'?>\n<a>1,2</a>",
                    "\n <!DOCTYPE html>\n", "\ufeff[1,2]", "<table><tr><td>area</td></tr></table>")},
    **{f"one column: {sign!r}": (GOOD.replace(",", sign), "no comma, semicolon or tab parts the names")
       for sign in (" ", " | ", ":", "\u3001", "\uff0c", "^")},
    "a line sep=| ": ("sep=|\n" + GOOD.replace(",", "|"), "no comma, .* the names of the columns 'sep=|'"),
    "a remark in the last line": (GOOD + "注：初步数\n", "line 5: the row has 1 value .*put # in front of a remark"),
    **{f"text in {name}": (GOOD.replace("as published", text).replace("亿元", "").encode(name), "are not valid UTF-8")
       for name, text in (("latin-1", "veröffentlicht"), ("cp1252", "São Paulo"), ("shift-jis", "速報値"),
                          ("cp932", "カナ"), ("cp850", "für Köln"), ("mac-roman", "Orléans"))},
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_table_that_could_mislead_is_refused_by_name(tmp_path, what):
    text, words = REFUSED[what]
    with pytest.raises(DataError, match=words) as caught:
        load_observations(path=write(tmp_path, text))
    assert all("observations.csv" in line for line in str(caught.value).splitlines()[:10])


@pytest.mark.parametrize(
    ("values", "sign"),
    [(["951.690", "812.2", "85.500"], ";"), (["0.951", "8.122", "85"], ";"), (["1.1000", "8.122", "85.5"], "\t"),
     (["9.516", "8.122", "85.123"], ",")],
)  # fmt: skip
def test_decimals_are_not_taken_for_thousands(tmp_path, values, sign):
    frame = load_observations(path=write(tmp_path, dotted(*values).replace(",", sign)))
    assert frame["value"].tolist() == [float(value) for value in values]
    assert ("three digits behind" in " ".join(frame.attrs["warnings"])) == (sign == ",")


def test_a_warning_counts_the_values_and_quotes_the_first(tmp_path):
    text = UNITS + "亿元,亿元,billion yuan,０．１\n万人,万人,million,０．０１\n"
    frame = read_table(write(tmp_path, text), "units").checked()
    assert (
        "values of factor_en were written unusually: 2 (the first in line 2: '０．１')"
        in frame.attrs["warnings"][0]
    )
    assert frame["factor_en"].tolist() == [0.1, 0.01]


def test_faults_of_cells_and_of_sense_come_in_one_report_in_the_order_of_lines(tmp_path):
    changed = [cell("value", "nan"), cell("year", "2O24"), cell("area", "219900"), cell("source", "s999")]
    text = HEAD + "".join(table.splitlines()[1] + "\n" for table in changed)
    text += ROWS.splitlines()[1].replace("亿元", "万元") + "\n"
    with pytest.raises(DataError) as caught:
        load_observations(path=write(tmp_path, text))
    found = [(fault.line, fault.column) for fault in caught.value.faults]
    assert found == [(2, "value"), (3, "year"), (4, "area"), (5, "source"), (6, "unit")]


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", True), ("No", False), ("是", True), ("TRUE", True), ("否", False), ("", False)],
)
def test_yes_and_no_are_read_in_either_language(tmp_path, text, value):
    frame = read_table(write(tmp_path, MEMBERSHIP.format(proxy=text, year="")), "membership").checked()
    assert frame["proxy"].tolist() == [value]
    assert pd.isna(frame["valid_from"][0])
    assert frame["note_zh"].tolist() == [""]  # a column that may lack


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("membership", MEMBERSHIP.format(proxy="maybe", year=""), "line 2: proxy 'maybe' is neither yes nor no"),
        ("membership", MEMBERSHIP.format(proxy="", year="soon"), "line 2: valid_from 'soon' is not a whole number"),
        ("positioning", "region,kind,order,text_zh,text_en\nnorth,task,1.5,a,b\n", "order '1.5' is not a whole number"),
        ("positioning", "region,kind,order,text_zh,text_en\nnorth,task,1e200,a,b\n", "'1e200' is not a whole number"),
        ("positioning", "region,kind,order,text_zh,text_en\nnorth,task,0,a,b\n", "order 0 is too small. Give 1"),
        ("units", UNITS + "亩,亩,,1\n", "line 2: label_en is empty. Give a value"),
        ("units", "unit\n" + "x" * 200_000 + "\n", "quotation|characters|missing"),
    ],
)  # fmt: skip
def test_a_value_beyond_its_rule_is_refused_with_the_rule(tmp_path, name, text, words):
    with pytest.raises(DataError, match=words) as caught:
        read_table(write(tmp_path, text, f"{name}.csv"), name).checked()
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [("none.csv", "does not exist"), ("", "folder or device"), ("a\0b.csv", "not exist"), ("x" * 300, "not")],
)
def test_what_is_no_file_is_refused(tmp_path, name, words):
    with pytest.raises(DataError, match=words):
        read_table(tmp_path / name, "units")


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "LARGEST", 10)
    with pytest.raises(DataError, match=r"the file has .* bytes\. Give one of at most 10"):
        read_table(write(tmp_path, GOOD), "observations")


def test_rows_keep_the_line_on_which_they_stand(tmp_path):
    text = "# remark\n" + GOOD.replace("\n2101", "\n\n2101", 1)
    assert read_table(write(tmp_path, text), "observations").lines == [3, 5, 6]


def test_a_quoted_sign_of_a_comment_hides_no_row_with_values():
    parsed = rows.parse_rows('a,b\n#1,2\n"# remark, at length",\n"#",3\n4,5\n', path="own.csv")
    assert parsed.cells.to_numpy().tolist() == [["#", "3"], ["4", "5"]]


# -- sealed tables ----


@pytest.mark.parametrize("path", sorted(data_dir().rglob("*.csv")), ids=lambda path: path.stem)
def test_a_sealed_table_is_the_same_read_with_and_without_trust(path):
    trusted, checked = read_table(path, path.stem), read_table(path, path.stem, trust=False)
    pd.testing.assert_frame_equal(trusted.frame, checked.checked(), check_exact=True)
    assert trusted.lines == checked.lines
    assert trusted.frame.attrs["warnings"] == checked.frame.attrs["warnings"] == []


def test_a_shipped_table_that_is_not_the_sealed_one_is_read_with_a_warning(tmp_path, monkeypatch):
    copy = shutil.copytree(data_dir(), tmp_path / "data")
    for module in (tables, codebook):
        monkeypatch.setattr(module, "data_dir", lambda: copy)
    assert load_observations().attrs["warnings"] == []
    write(copy, (copy / "observations.csv").read_bytes().replace(b"9516.9", b"9616.9", 1))
    with pytest.warns(InputWarning, match="is not the one that was sealed"):
        assert "sealed" in load_observations().attrs["warnings"][0]


def test_the_seal_does_not_mind_line_ends_but_the_reader_warns(tmp_path):
    data = (data_dir() / "units.csv").read_bytes()
    assert tables.fingerprint(data.replace(b"\n", b"\r\n")) == tables.fingerprint(data)
    table = read_table(write(tmp_path, data.replace(b"\n", b"\r\n"), "units.csv"), "units")
    assert "line ends of another system" in table.checked().attrs["warnings"][0]
