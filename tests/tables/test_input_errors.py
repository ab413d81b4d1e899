"""Errors name place, value and remedy; single values are read as people write them, or refused."""

import pickle
import warnings

import pytest

from lnregions import DataError, InputWarning
from lnregions.errors import Fault, forget_warnings, refuse_any, unknown, unknown_fault, warn_input
from lnregions.paths import data_dir, shown_path


@pytest.mark.parametrize(
    ("count", "last"), [(10, "r.csv line 9: Row 9."), (11, "And 1 more fault."), (13, "And 3 more faults.")]
)
def test_ten_faults_are_spelt_out_and_the_rest_counted(count, last):
    error = DataError([Fault(f"Row {n}.", "r.csv", n) for n in range(count)])
    assert str(error).splitlines()[-1] == last
    assert len(error.faults) == count


def test_the_same_words_on_several_lines_are_one_message_with_the_lines():
    faults = [Fault("unknown area 'x'.", "a.csv", n) for n in range(2, 20)] + [Fault("Other.", "a.csv", 3)]
    first, second = str(DataError(faults)).splitlines()
    assert first == "a.csv line 2: unknown area 'x'. The same in 17 more lines (3, 4, 5, 6, 7 ...)."
    assert second == "a.csv line 3: Other."


def test_an_error_is_a_value_error_that_can_be_pickled():
    with pytest.raises(ValueError, match=r"towns\.csv line 2: Row\."):
        refuse_any([Fault("Row.", "towns.csv", 2)])
    refuse_any([])
    with pytest.raises(DataError) as caught:
        refuse_any(iter([Fault("Row.")]))
    assert str(pickle.loads(pickle.dumps(caught.value))) == "Row."


@pytest.mark.parametrize(
    ("given", "choices", "message"),
    [("cirkle", ["belt", "circle"], "'cirkle'. Choose one of belt, circle (did you mean circle?)."),
     ("qqqq", ["belt"], "'qqqq'. Choose one of belt."),
     ("210122", ["210115"],
      "'210122'. Choose one of 210115 (210122 is now 210115; its figures may be of other bounds)."),
     ("x", [], "'x'. There is none to choose from. Regions stand in the plan's regions.csv."),
     ("{choices}", ["belt"], "'{choices}'. Choose one of belt.")],
)  # fmt: skip
def test_an_unknown_name_gets_the_choices_and_the_likeliest(given, choices, message):
    assert str(unknown("region", given, choices)) == f"Unknown region {message}"


def test_a_long_list_of_choices_is_cut_and_counted():
    assert "000014, ... (40)." in str(unknown("area", "zzz", [f"{n:06}" for n in range(40)]))


def test_a_long_or_odd_value_cannot_break_the_report():
    text = str(DataError([unknown_fault("area", "x\n<b>\x1b[31m" * 40, ["210100"], path="a.csv", line=1)]))
    assert "\n" not in text
    assert "\x1b" not in text
    assert len(text) < 200


def test_the_same_warning_is_given_once_until_forgotten():
    forget_warnings()
    with pytest.warns(InputWarning, match=r"^one\ntwo$"):
        warn_input(["one", "two", "one"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_input(["one", "two"])
        warn_input([])
    forget_warnings()
    with pytest.warns(InputWarning):
        warn_input(["one", "two"])


def test_a_path_is_shown_below_the_project_or_as_given(tmp_path):
    assert shown_path(data_dir() / "areas.csv") == "data/areas.csv"
    assert shown_path(tmp_path / "a.csv") == (tmp_path / "a.csv").as_posix()
