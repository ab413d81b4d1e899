"""Tables and plans as spreadsheets and people write them: read and said when untidy, refused when misleading."""

import shutil

import odd_files as odd
import pytest

import lnregions
from lnregions.errors import DataError
from lnregions.paths import data_dir
from lnregions.tables.observations import load_observations
from lnregions.tables.plans import check_plan, load_plan

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
GOOD = odd.HEAD + odd.ROWS
COLUMNS = odd.HEAD.strip().split(",")


def cell(column, value, *, row=1):
    """The good table with one value replaced; quoted where it must be."""
    lines = [line.split(",") for line in GOOD.splitlines()]
    lines[row][COLUMNS.index(column)] = f'"{value}"' if set(value) & set(',";\t') else value
    return "\n".join(",".join(line) for line in lines) + "\n"


def columns(*names, more=()):
    """The good table with its columns in another order, and others behind them."""
    rows = [line.split(",") for line in GOOD.splitlines()]
    places = [COLUMNS.index(name) for name in names]
    lines = [
        [row[n] for n in places] + [(more or [""])[0] if not k else "x"] * len(more)
        for k, row in enumerate(rows)
    ]
    return "\n".join(",".join(line) for line in lines) + "\n"


UNTIDY = {
    # what: (text or bytes, what must be said of it, "" for nothing)
    "as it should be": (GOOD, ""),
    "byte order mark": ("\ufeff" + GOOD, "byte order mark"),
    "CRLF": (GOOD.replace("\n", "\r\n"), "line ends of another system"),
    "lone CR": (GOOD.replace("\n", "\r"), "line ends of another system"),
    "CSV by a Chinese Excel": (GOOD.replace("\n", "\r\n").encode("gbk"), "read as GB18030"),
    "CSV UTF-8 by Excel": (GOOD.replace("\n", "\r\n").encode("utf-8-sig"), "byte order mark"),
    "Unicode text by Excel": (GOOD.replace(",", "\t").replace("\n", "\r\n").encode("utf-16"), "read as UTF-16"),
    "big-endian": (b"\xfe\xff" + GOOD.encode("utf-16-be"), "read as UTF-16"),
    "tabs": (GOOD.replace(",", "\t"), "parted by tabs"),
    "semicolons": (GOOD.replace(",", ";"), "parted by semicolons"),
    "blank lines at the end": (GOOD + "\n\n\n", "3 empty rows"),
    "rows of commas at the end": (GOOD + "," * 9 + "\n", "1 empty rows"),
    "empty columns at the end": (GOOD.replace("\n", ",,\n"), "empty columns at the end"),
    "no line end": (GOOD.rstrip("\n"), "if rows are missing, the file was cut"),
    "columns in another order": (columns(*COLUMNS[::-1]), ""),
    "a further column": (columns(*COLUMNS, more=("remark",)), "columns that are not used were left out: 'remark'"),
    "a further column in Chinese": (columns(*COLUMNS, more=("备注",)), "left out: '备注'"),
    "the index of a frame": (
        "".join(f"{n or ''},{line}\n".replace("0,", ",", n == 0) for n, line in enumerate(GOOD.splitlines())),
        "left out: ''",
    ),
    "column names in another case": (GOOD.replace(odd.HEAD, odd.HEAD.upper()), "column names in another case"),
    "column names full-width": (GOOD.replace("area,", "ａｒｅａ,", 1), ""),
    "blanks round names and values": (GOOD.replace(",", " , "), "were tidied"),
    "no-break blanks": (cell("value", "\xa09516.9\xa0"), "values of value were tidied: 1"),
    "zero-width blanks": (cell("area", "\u200b210200\ufeff"), "values of area were tidied: 1"),
    "thousands separators": (cell("value", "9,516.9"), "values of value were tidied: 1"),
    "thousands separators full-width": (cell("value", "９，５１６．９"), "values of value were tidied: 1"),
    "full-width digits": (cell("value", "９５１６．９"), "values of value were tidied: 1"),
    "scientific notation": (cell("value", "9.5169E+03"), "values of value were tidied: 1"),
    "a plus sign": (cell("value", "+9516.9"), "values of value were tidied: 1"),
    "a year in Chinese": (cell("year", "2024年"), "values of year were tidied: 1"),
    "a year in Chinese with a blank": (cell("year", "2024 年"), "values of year were tidied: 1"),
    "a year full-width": (cell("year", "２０２４"), "values of year were tidied: 1"),
    "a year as a decimal": (cell("year", "2024.0"), "values of year were tidied: 1"),
    "a code as a decimal": (cell("area", "210200.0"), "values of area were tidied: 1"),
    "a code as decimals": (cell("area", "210200.00"), "values of area were tidied: 1"),
    "a code with a separator": (cell("area", "210,200"), "values of area were tidied: 1"),
    "a code full-width": (cell("area", "２１０２００"), "values of area were tidied: 1"),
    "a code in scientific notation": (cell("area", "2.10200E+05"), "values of area were tidied: 1"),
    "a date with slashes": (cell("vintage", "2025/1/20"), "values of vintage were tidied: 1"),
    "a date in Chinese": (cell("vintage", "2025年1月20日"), "values of vintage were tidied: 1"),
    "a date with its time": (cell("vintage", "2025-01-20 00:00:00"), "values of vintage were tidied: 1"),
    "a date without noughts": (cell("vintage", "2025-1-20"), "values of vintage were tidied: 1"),
    "remarks": ("# figures of Dalian\n" + GOOD.replace("\n", "\n# a remark\n", 1), ""),
    "quotes round all": ("\n".join(",".join(f'"{v}"' for v in r.split(",")) for r in GOOD.splitlines()) + "\n", ""),
    "a row twice": (GOOD + odd.ROWS.splitlines()[0] + "\n", "rows that stand twice were left out: 1"),
    "a formula in a note": (cell("note", "=1+1"), ""),
    "mathematics in a note": (cell("note", "$x^2$"), ""),
    "much at once": (
        cell("value", "９，５１６．９").replace(",", "\t").replace('"', "").replace("\n", "\r\n").encode("utf-16"),
        "read as UTF-16",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", UNTIDY)
def test_an_untidy_table_gives_the_right_figures_and_says_what_was_untidy(tmp_path, what):
    text, said = UNTIDY[what]
    frame = load_observations(path=odd.write_table(tmp_path, text))
    assert frame["value"].tolist() == odd.VALUES
    assert frame["area"].tolist() == ["210200", "210100", "210100"]
    assert frame["year"].tolist() == [2024, 2023, 2023]
    assert frame["vintage"].tolist() == ["2025-01-20", "2024-04-11", ""]
    sentences = frame.attrs["tidied"]
    assert any(said in sentence for sentence in sentences) if said else sentences == []
    assert len(frame.attrs["tidied_zh"]) == len(sentences)
    assert all("observations.csv" in one for one in (*sentences, *frame.attrs["tidied_zh"]))


REFUSED = {
    "the unit of another size": (cell("unit", "万元"), r"line 2: .* is 亿元, not '万元' .1 亿元 is 10,000 万元"),
    "a unit that does not fit": (cell("unit", "%"), "the unit of gdp is 亿元"),
    "a value of another size": (cell("value", "95169000"), "above the greatest possible"),
    "a percentage beyond 100": (cell("value", "855", row=3), "above the greatest possible"),
    "a value below nought": (cell("value", "-1"), "below the least possible"),
    "nan": (cell("value", "nan"), "value 'nan' is not a number"),
    "inf": (cell("value", "inf"), "value 'inf' is not a number"),
    "beyond a float": (cell("value", "1e999"), "value '1e999' is not a number"),
    "an underscore": (cell("value", "1_000"), "value '1_000' is not a number"),
    "Arabic digits": (cell("value", "١٢٣٤"), "is not a number"),
    "a decimal comma": (cell("value", "9516,9"), "value '9516,9' is not a number"),
    "a decimal comma among semicolons": (GOOD.replace(",", ";").replace("9516.9", "9.516,9"), "could be a decimal"),
    "a comma among semicolons": (GOOD.replace(",", ";").replace("9516.9", "9,516"), "could be a decimal comma"),
    "hexadecimal": (cell("value", "0x10"), "is not a number"),
    "a footnote mark": (cell("value", "9516.9①"), "value '9516.9①' is not a number"),
    "a formula": (cell("value", "=1+1"), "value '=1\\+1' is not a number"),
    "an error of a spreadsheet": (cell("value", "#REF!"), "is not a number"),
    "a number too wide to show": (cell("value", "########"), "is not a number"),
    "a per cent sign": (cell("value", "85.5%", row=3), "value '85.5%' carries its unit"),
    "a full-width per cent sign": (cell("value", "85.5％", row=3), "carries its unit"),
    "a dash for nothing": (cell("value", "-"), "value '-' marks a figure that is missing. Leave the row out"),
    "an ellipsis for nothing": (cell("value", "…"), "marks a figure that is missing"),
    "NA for nothing": (cell("value", "NA"), "marks a figure that is missing"),
    "a stroke for nothing": (cell("value", "/"), "marks a figure that is missing"),
    "nothing": (cell("value", ""), "value is empty"),
    "a year of letters": (cell("year", "2O24"), "year '2O24' is not a whole number"),
    "a year in Arabic digits": (cell("year", "٢٠٢٤"), "is not a whole number"),
    "a year of two digits": (cell("year", "24"), "is not a whole number"),
    "a fiscal year": (cell("year", "2023/24"), "is not a whole number"),
    "a year as a day's number": (cell("year", "45292"), "is not a whole number"),
    "a year of the past": (cell("year", "1900"), "year 1900 is too small"),
    "no year": (cell("year", ""), "year is empty"),
    "a code rounded by a spreadsheet": (cell("area", "2.1E+05"), "area '2.1E\\+05' is not written"),
    "a code cut short": (cell("area", "21020"), "area '21020' is not written"),
    "an unknown area": (cell("area", "219900"), "unknown area '219900'"),
    "an unknown source": (cell("source", "s999"), "unknown source 's999'"),
    "an unknown indicator": (cell("indicator", "gdpp"), "unknown indicator 'gdpp'.*did you mean gdp"),
    "a date the other way round": (cell("vintage", "20/01/2025"), "vintage '20/01/2025' is not written"),
    "a month in English": (cell("vintage", "Dec-24"), "vintage 'Dec-24' is not written"),
    "a month with a point": (cell("vintage", "2024.1"), "vintage '2024.1' is not written"),
    "a date in Arabic digits": (cell("vintage", "٢٠٢٤"), "is not written"),
    "a day that is none": (cell("vintage", "2025-02-30"), "is no day of the calendar"),
    "a key twice": (GOOD + odd.ROWS.splitlines()[0].replace("9516.9", "9517") + "\n", "stands already in line 2"),
    "a key twice by its form": (
        GOOD + odd.ROWS.splitlines()[0].replace("9516.9", "9517").replace("2024,", "2024年,", 1) + "\n",
        "stands already in line 2",
    ),
    "a column missing": (columns(*[c for c in COLUMNS if c != "unit"]), "column unit is missing"),
    "a column misspelt": (GOOD.replace("vintage", "vintge", 1), "(?s)unknown column 'vintge'.*did you mean vintage"),
    "a column twice": (GOOD.replace(",note", ",note,value", 1).replace("\n2", "x,1\n2"), "stands twice|values where"),
    "an open quote": (GOOD.replace("9516.9", '"9516.9'), "line 2: a quotation mark"),
    "a value torn apart": (GOOD.replace("9516.9", "9,516.9"), "line 2: the row has 11 values"),
    "a NUL byte": (GOOD.encode() + b"\0", "a NUL byte"),
    "a damaged character": (GOOD.encode().replace("元".encode(), b"\xe5\x85", 1), "are not valid UTF-8"),
    "UTF-16 cut": (GOOD.encode("utf-16")[:-1], "are not valid UTF-16"),
    "another thing altogether": (b"PK\x03\x04" + bytes(range(256)) * 4, "NUL byte"),
    "a page of the web": ("<html><body><table>" + GOOD, "unknown column|column area is missing"),
    "nothing at all": ("", "has no header line"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_table_that_could_mislead_is_refused_by_name_in_both_languages(tmp_path, what):
    text, words = REFUSED[what]
    path = odd.write_table(tmp_path, text)
    with pytest.raises(DataError, match=words) as caught:
        load_observations(path=path)
    for language in ("en", "zh"):
        assert all("observations.csv" in line for line in caught.value.report(language).splitlines()[:10])
    assert any("\u4e00" <= sign <= "\u9fff" for sign in caught.value.report("zh").replace("亿元", ""))


def test_faults_of_form_and_of_sense_come_in_one_report_with_their_lines(tmp_path):
    rows = [cell("value", "nan"), cell("year", "2O24"), cell("area", "219900"), cell("source", "s999", row=2)]
    text = odd.HEAD + "".join(rows[n].splitlines()[1 if n < 3 else 2] + "\n" for n in range(4))
    text += (
        text.splitlines()[-1].replace("2023", "2024年").replace("s999", "s047").replace("亿元", "万元") + "\n"
    )
    with pytest.raises(DataError) as caught:
        load_observations(path=odd.write_table(tmp_path, text))
    found = [(fault.line, fault.column) for fault in caught.value.faults]
    assert found == [(2, "value"), (3, "year"), (4, "area"), (5, "source"), (6, "unit")]


def test_a_cell_with_a_fault_of_form_has_no_other(tmp_path):
    with pytest.raises(DataError) as caught:
        load_observations(path=odd.write_table(tmp_path, cell("area", "2102")))
    assert len(caught.value.faults) == 1


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(data_dir() / "plans" / "ln-2022", tmp_path / "mine")


def rewrite(path, change):
    path.write_bytes(change(path.read_bytes()))


PLAN_UNTIDY = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "GB18030": lambda data: data.decode().encode("gb18030"),
    "UTF-16": lambda data: data.decode().encode("utf-16"),
}


@pytest.mark.parametrize("what", PLAN_UNTIDY)
def test_a_plan_folder_of_another_system_is_read_and_said(folder, what):
    for path in folder.iterdir():
        rewrite(path, PLAN_UNTIDY[what])
    plan, good = load_plan(path=folder), load_plan("ln-2022")
    assert plan.facts == good.facts
    for name in ("regions", "positioning", "membership", "targets", "sources"):
        assert getattr(plan, name).equals(getattr(good, name)), name
    named = {sentence.split(":")[0].rsplit("/")[-1] for sentence in plan.tidied}
    assert named >= {"regions.csv", "targets.csv", *(["plan.yaml"] if what != "CRLF" else [])}
    assert len(plan.tidied_zh) == len(plan.tidied)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("first_year: 2022", "first_year: 2022年", "first_year was written '2022年' and read as 2022"),
        ("first_year: 2022", "first_year: ２０２２", "first_year was written '２０２２' and read as 2022"),
        (
            'signed: "2022-01-31"',
            "signed: 2022/1/31",
            "signed was written '2022/1/31' and read as 2022-01-31",
        ),
        ('signed: "2022-01-31"', "signed: 2022年1月31日", "signed was written"),
        ('signed: "2022-01-31"', "signed: 2022-01-31", ""),
    ],
)
def test_untidy_facts_are_read_and_said(folder, old, new, said):
    rewrite(folder / "plan.yaml", lambda data: data.replace(old.encode(), new.encode(), 1))
    plan = load_plan(path=folder)
    assert (plan.facts["first_year"], plan.facts["signed"]) == (2022, "2022-01-31")
    assert (said in plan.tidied[0]) if said else plan.tidied == ()


def test_what_was_untidy_about_a_plan_is_warned_of(folder):
    rewrite(folder / "regions.csv", PLAN_UNTIDY["CRLF"])
    with pytest.warns(lnregions.InputWarning, match=r"regions\.csv: line ends of another system"):
        load_plan(path=folder)
    assert check_plan(folder) == []


@pytest.mark.parametrize(
    ("language", "words"), [("en", "line ends of another system"), ("zh", "已转换其他系统的换行符")]
)
def test_the_command_says_what_was_untidy_in_the_language_asked_for(folder, capsys, language, words):
    from lnregions.__main__ import main

    rewrite(folder / "regions.csv", PLAN_UNTIDY["CRLF"])
    assert main(["check", str(folder), "--messages", language]) == 0
    assert f"regions.csv{': ' if language == 'en' else '：'}{words}" in capsys.readouterr().err


def test_a_shipped_table_that_is_not_the_sealed_one_is_read_and_said(tmp_path, monkeypatch):
    from lnregions.tables import observations
    from lnregions.tables import tables as _tables

    copy = shutil.copytree(data_dir(), tmp_path / "data")
    for module in (_tables, observations):
        monkeypatch.setattr(module, "data_dir", lambda: copy)
    monkeypatch.setattr(observations, "_LOADED", {})
    assert load_observations().attrs["tidied"] == []
    rewrite(copy / "observations.csv", lambda data: data.replace(b"9516.9", b"9616.9", 1))
    with pytest.warns(lnregions.InputWarning, match="is not the one that was sealed"):
        assert "sealed" in load_observations().attrs["tidied"][0]


def test_faults_of_form_and_of_sense_of_a_plan_come_in_one_report(folder):
    rewrite(folder / "targets.csv", lambda data: data.replace(b",>=,30,", b",>=,thirty,", 1))
    rewrite(folder / "targets.csv", lambda data: data.replace(b"fai_growth", b"fay_growth", 1))
    rewrite(folder / "membership.csv", lambda data: data.replace(b"circle,210300", b"cirkle,210300", 1))
    text = "\n".join(fault.message() for fault in check_plan(folder))
    for words in (
        "value 'thirty' is not a number",
        "unknown indicator 'fay_growth'",
        "unknown region 'cirkle'",
    ):
        assert words in text
