import ast
import importlib
import pickle
import re
from pathlib import Path

import pytest

from lnregions.errors import (
    MESSAGES,
    DataError,
    Fault,
    add_messages,
    narrow,
    parse_number,
    parse_year,
    refuse,
    refuse_any,
    shown_path,
    unknown,
    unknown_fault,
)
from lnregions.paths import data_dir

SOURCES = sorted(
    path
    for path in (Path(__file__).parents[1] / "lnregions").rglob("*.py")
    if path.stem not in ("__main__", "__init__")
)


def plain(text, line=None):
    return Fault("plain", "towns.csv", line, extra={"text": text})


def test_a_fault_reads_as_place_what_is_wrong_and_remedy():
    fault = Fault("year", "data/observations.csv", 12, "year", "2O24")
    import lnregions.tables.tables  # noqa: F401  (its messages)

    assert fault.message() == (
        "data/observations.csv line 12: year '2O24' is not a whole number. "
        "Give a four-digit year such as 2024."
    )
    assert fault.message("zh").startswith("data/observations.csv 第 12 行：year 的值 '2O24' 不是年份。")


def test_a_fault_of_a_whole_file_names_the_file_alone():
    assert plain("It is empty.").message() == "towns.csv: It is empty."
    assert plain("It is empty.").message("zh") == "towns.csv：It is empty."


def test_ten_faults_are_spelt_out_and_the_rest_counted():
    error = DataError([plain(f"Row {n}.", n) for n in range(13)])
    assert str(error).splitlines()[-1] == "And 3 more faults."
    assert len(str(error).splitlines()) == 11
    assert error.report("zh").splitlines()[-1] == "另有 3 处问题。"
    assert len(error.faults) == 13
    assert str(DataError([plain("x", n) for n in range(11)])).endswith("And 1 more fault.")


def test_an_error_of_one_text_has_it_in_both_languages():
    error = DataError("Year 1 is too early. Give 1949 or later.", zh="年份过早。")
    assert str(error) == "Year 1 is too early. Give 1949 or later."
    assert error.report("zh") == "年份过早。"
    assert DataError("Only English.").report("zh") == "Only English."


def test_an_error_survives_the_way_between_processes():
    error = pickle.loads(pickle.dumps(DataError([plain("Row.", 3)])))
    assert str(error) == "towns.csv line 3: Row."


def test_an_error_is_a_value_error_and_raised_by_refuse():
    with pytest.raises(ValueError, match=r"towns\.csv line 2"):
        refuse([plain("Row.", 2)])
    refuse_any([])
    with pytest.raises(DataError, match="Row"):
        refuse_any(iter([plain("Row.")]))


def test_an_unknown_name_is_told_the_choices_and_the_likeliest():
    error = unknown("region", "cirkle", ["belt", "circle", "east", "west"])
    assert (
        str(error)
        == "Unknown region 'cirkle'. Choose one of belt, circle, east, west (did you mean circle?)."
    )
    assert (
        error.report("zh") == "未知的区域 'cirkle'。请从 belt, circle, east, west 中选择（是否指 circle？）。"
    )


def test_an_unlike_name_gets_no_guess_and_no_choices_say_so():
    assert "did you mean" not in str(unknown("region", "qqqq", ["belt"]))
    assert str(unknown("plan", "x", [])) == "Unknown plan 'x'. There is none to choose from."


def test_a_long_list_of_choices_is_cut_and_counted():
    assert str(unknown("area", "zzz", [f"{n:06}" for n in range(40)])).endswith("000014, ... (40).")


def test_a_long_or_odd_value_cannot_break_the_report():
    text = str(DataError([unknown_fault("area", "x\n<b>\x1b[31m" * 40, ["210100"], path="a.csv", line=1)]))
    assert "\n" not in text
    assert "\x1b" not in text
    assert len(text) < 200


def test_a_value_with_braces_is_not_filled_in_again():
    assert "'{choices}'" in str(unknown("region", "{choices}", ["belt"]))


def test_an_unknown_language_is_refused():
    with pytest.raises(DataError, match=r"Unknown language 'fr'\. Choose en or zh"):
        DataError("x").report("fr")


def test_messages_stand_in_both_languages_and_once_only():
    for code, texts in MESSAGES.items():
        assert set(texts) == {"en", "zh"}, code
    add_messages({"plain": MESSAGES["plain"]})
    with pytest.raises(AssertionError, match="twice"):
        add_messages({"plain": {"en": ("other", ""), "zh": ("", "")}})
    with pytest.raises(AssertionError, match="both languages"):
        add_messages({"only English": {"en": ("other", "")}})
    del MESSAGES["only English"]


def words_in(text):
    return {word.removesuffix("_zh") for word in re.findall(r"{(\w+)}", text)}


def test_every_message_says_the_same_in_both_languages():
    for path in SOURCES:
        importlib.import_module(f"lnregions.{path.stem}")
    assert len(MESSAGES) > 90
    for code, texts in MESSAGES.items():
        english, chinese = (" ".join(texts[language]) for language in ("en", "zh"))
        assert words_in(chinese) <= words_in(english) | {"column"}, code
        if code not in ("plain", "notebook"):  # whose words come with the fault
            assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese), code
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in english), code


def test_every_fault_names_its_file_in_both_languages():
    for code in MESSAGES:
        fault = Fault(code, "some/towns.shp", 7, "area", "x", {"text": "Row.", "among": ("a", "b")})
        assert fault.message("en").startswith("some/towns.shp line 7: "), code
        assert fault.message("zh").startswith("some/towns.shp 第 7 行："), code


@pytest.mark.parametrize("path", SOURCES, ids=[path.stem for path in SOURCES])
def test_every_error_of_one_text_is_said_in_chinese_too(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("DataError") and node.args:
            said = isinstance(node.args[0], (ast.Constant, ast.JoinedStr, ast.BinOp))
            assert not said or any(word.arg == "zh" for word in node.keywords), f"line {node.lineno}"


def test_a_path_is_shown_below_the_project_or_as_given(tmp_path):
    assert shown_path(data_dir() / "areas.csv") == "data/areas.csv"
    assert shown_path(tmp_path / "a.csv") == (tmp_path / "a.csv").as_posix()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("9516.9", 9516.9),
        ("-2.5", -2.5),
        ("−2.5", -2.5),
        ("+3", 3),
        ("1,234,567.8", 1234567.8),
        ("９５１６．９", 9516.9),
        (" 12 ", 12),
        ("1e3", 1000),
    ],
)
def test_a_number_is_read_as_people_write_it(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nan",
        "inf",
        "-inf",
        "1_000",
        "١٢",
        "12,5",
        "1,23,456",
        "1234,567",
        "0x10",
        "1e999",
        "5%",
        "1 000",
        ".5",
        "5.",
    ],
)
def test_what_only_looks_like_a_number_is_refused(text):
    with pytest.raises(ValueError, match="not"):
        parse_number(text)


@pytest.mark.parametrize("text", ["2021", "2021年", "２０２１", " 2021 ", "2021.0"])
def test_a_year_is_read_as_people_write_it(text):
    assert parse_year(text) == 2021


@pytest.mark.parametrize("text", ["2O21", "21", "2021.5", "20211", "٢٠٢١", "", "2021-01"])
def test_what_is_no_year_is_refused(text):
    with pytest.raises(ValueError, match="not a year"):
        parse_year(text)


def test_full_width_signs_become_ordinary():
    assert narrow("　ＡＢ－１２％　") == "AB-12%"
