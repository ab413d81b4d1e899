"""The figures agree with one another, differences are named, and a changed number is found."""

import random

import pandas as pd
import pytest
from checks import consistency
from checks import sums as check_sums
from checks.consistency import RELATIONS, check_consistency, compare_figures, load_exceptions
from checks.result import Check, report_checks, report_json
from checks.sums import Comparison, half_unit

from lnregions.errors import DataError
from lnregions.tables.codebook import load_areas, load_breaks
from lnregions.tables.observations import load_observations

FEWEST = {
    "release-industries": 140, "default-industries": 140, "cities-sum": 30, "part-of-whole": 500, "province-rate": 10,
    "shares-in-order": 6, "gdp-a-head": 120, "level-growth": 100, "rate-of-levels": 18, "jump": 650, "readings": 190,
}  # fmt: skip


@pytest.fixture(scope="module")
def figures():
    return load_observations()


@pytest.fixture(scope="module")
def exceptions():
    return load_exceptions()


def figure_rows(*rows):
    """Observations of (area, indicator, year, value) or with further columns."""
    frame = pd.DataFrame(
        [dict(zip(("area", "indicator", "year", "value"), row, strict=False)) for row in rows]
    )
    frame["value"] = frame["value"].astype(float)
    units = frame["indicator"].map(check_sums.ADDED).fillna("%")
    return frame.assign(unit=units, vintage="", status="final", grade="A", source="s1", default=True)


# -- the shipped figures ------------------------------------------------------------------------------------


def test_the_shipped_figures_agree_but_for_what_is_named(figures, exceptions):
    checks = check_consistency(figures, exceptions=exceptions)
    assert [fault.message() for check in checks for fault in check.faults] == []
    assert sum(check.excepted for check in checks) == len(exceptions)


@pytest.mark.parametrize("code", list(RELATIONS))
def test_each_relation_makes_as_many_comparisons_as_the_figures_allow(figures, code):
    assert len(compare_figures(figures, code)) >= FEWEST[code]


def test_every_exception_has_a_reason_in_both_languages(exceptions):
    assert set(exceptions["check"]) <= set(RELATIONS)
    for row in exceptions.itertuples():
        assert len(row.reason_en) > 20, row
        assert any("\u4e00" <= sign <= "\u9fff" for sign in row.reason_zh), row
        assert "the reason" not in row.reason_en, row


def test_what_cannot_be_checked_says_why(figures, exceptions):
    none = [check for check in check_consistency(figures, exceptions=exceptions) if not check.compared]
    assert len(none) == len(consistency.NOT_POSSIBLE) > 0
    assert all(check.ok and check.why_none[0] and check.why_none[1] for check in none)


# -- relations on small tables ------------------------------------------------------------------------------

SECTORS = [("210100", "va_primary", 2022, 10.0), ("210100", "va_secondary", 2022, 30.0),
           ("210100", "va_tertiary", 2022, 60.0)]  # fmt: skip
CITIES = list(load_areas().query("level == 'city'")["area"])
BROKEN = {
    "sectors short of GDP": ("release-industries", [*SECTORS, ("210100", "gdp", 2022, 110.0)]),
    "default sectors short of GDP": ("default-industries", [*SECTORS, ("210100", "gdp", 2022, 110.0)]),
    "cities short of the province": (
        "cities-sum",
        [*((city, "gdp", 2022, 10.0) for city in CITIES), ("210000", "gdp", 2022, 141.0)],
    ),
    "a city with more people than the province": (
        "part-of-whole",
        [("210100", "population", 2022, 9000.0), ("210000", "population", 2022, 4000.0)],
    ),
    "cities that are more urban than the province": (
        "province-rate",
        [
            *((city, "urbanisation_rate", 2022, 70.0) for city in CITIES),
            *((city, "population", 2022, 300.0) for city in CITIES),
            ("210000", "urbanisation_rate", 2022, 69.0),
        ],
    ),
    "more manufacturing than industry": (
        "shares-in-order",
        [("100000", "manufacturing_share", 2022, 30.0), ("100000", "industry_share", 2022, 29.0)],
    ),
    "more industry than secondary sector": (
        "shares-in-order",
        [*SECTORS, ("210100", "gdp", 2022, 100.0), ("210100", "industry_share", 2022, 31.0)],
    ),
    "GDP a head in another unit": (
        "gdp-a-head",
        [
            ("210100", "gdp", 2022, 0.77), ("210100", "population", 2022, 900.0),
            ("210000", "gdp", 2022, 28975.0), ("210000", "population", 2022, 4197.0),
        ],
    ),
    "levels that outrun real growth": (
        "level-growth",
        [("210100", "gdp", 2021, 100.0), ("210100", "gdp", 2022, 115.0), ("210100", "gdp_growth_real", 2022, 3.0)],
    ),
    "a rate that is not its levels'": (
        "rate-of-levels",
        [("210100", "fdi_usd", 2021, 10.0), ("210100", "fdi_usd", 2022, 12.0), ("210100", "fdi_growth_usd", 2022, 5.0)],
    ),
    "a population that jumps": ("jump", [("210100", "population", 2021, 900.0), ("210100", "population", 2022, 990.0)]),
    "a rate that jumps": (
        "jump", [("210100", "urbanisation_rate", 2021, 80.0), ("210100", "urbanisation_rate", 2023, 86.0)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "rows"), BROKEN.values(), ids=BROKEN)
def test_a_broken_relation_is_a_fault_with_both_numbers(code, rows):
    checks = check_consistency(figure_rows(*rows))
    (fault,) = [fault for check in checks for fault in check.faults if fault.column == code]
    assert f"Not so that {RELATIONS[code].name[0]}: " in fault.message()
    assert RELATIONS[code].name[1] in fault.message("zh")
    assert "data/exceptions.csv" in fault.message()


def test_a_listed_break_parts_what_would_be_a_jump():
    rows = [("210100", "population", 2019, 800.0), ("210100", "population", 2020, 900.0)]
    assert compare_figures(figure_rows(*rows), "jump") == []
    assert len(compare_figures(figure_rows(*rows), "jump", breaks=load_breaks().iloc[:0])) == 1


@pytest.mark.parametrize("value", [0.0, -3.0])
def test_nothing_is_divided_by_what_is_not_above_zero(value):
    rows = [("210100", "gdp", 2021, value), ("210100", "gdp", 2022, 5.0), ("210100", "gdp_growth_real", 2022, 3.0),
            ("210100", "fdi_usd", 2021, value), ("210100", "fdi_growth_usd", 2022, 3.0),
            ("210100", "fdi_usd", 2022, 3.0), ("210100", "population", 2021, value)]  # fmt: skip
    for code in ("level-growth", "rate-of-levels", "gdp-a-head", "jump"):
        assert compare_figures(figure_rows(*rows), code) == [], code


def test_a_reading_of_other_standing_may_differ_by_a_revision_and_no_more():
    rows = figure_rows(
        ("210100", "gdp", 2022, 100.0), ("210100", "gdp", 2022, 102.0), ("210100", "gdp", 2022, 106.0)
    )
    rows = rows.assign(default=[True, False, False], status=["final", "preliminary", "preliminary"])
    assert [one.holds for one in compare_figures(rows, "readings")] == [True, False]
    same = rows.assign(status="final")
    assert [one.holds for one in compare_figures(same, "readings")] == [False, False]


def test_the_same_release_read_twice_is_compared_once():
    rows = figure_rows(*SECTORS, ("210100", "gdp", 2022, 100.0)).assign(source="s1 s2")
    assert len(compare_figures(rows, "release-industries")) == 1


@pytest.mark.parametrize(
    ("value", "half"), [(7695.8, 0.05), (53.0, 0.5), (4259.1407, 0.00005), (-2.5, 0.05), (1e-7, 0.5)]
)
def test_rounding_is_told_from_the_digits(value, half):
    assert half_unit(value) == pytest.approx(half)


def test_no_figures_make_no_comparison_and_that_is_a_failure(figures):
    checks = [check for check in check_consistency(figures.iloc[:0]) if not check.why_none[0]]
    assert len(checks) == len(RELATIONS)
    assert not any(check.ok for check in checks)
    assert "nothing was compared" in report_checks(checks)
    assert "没有可比较的内容" in report_checks(checks, language="zh")


# -- exceptions ---------------------------------------------------------------------------------------------


def test_an_exception_covers_its_own_difference_only(figures, exceptions):
    changed = figures.copy()
    hit = (
        (changed["area"] == "210200")
        & (changed["indicator"] == "gdp")
        & (changed["year"] == 2015)
        & changed["default"]
    )
    changed.loc[hit, "value"] *= 1.01
    faults = [f for check in check_consistency(changed, exceptions=exceptions) for f in check.faults]
    assert any(
        "default-industries 210200" in fault.message() for fault in faults if fault.code == "exception gone"
    )
    assert any(fault.code == "inconsistent" for fault in faults)


def test_an_exception_that_no_longer_occurs_is_a_fault(figures, exceptions):
    row = exceptions.iloc[[0]].assign(area="210900", reading="s033")
    stale = pd.concat([exceptions, row, row.assign(year=1999)], ignore_index=True)
    faults = [f for check in check_consistency(figures, exceptions=stale) for f in check.faults]
    assert [fault.code for fault in faults] == ["exception gone"] * 2
    assert "nothing of that name is compared" in faults[0].message()
    assert "没有这一比较" in faults[1].message("zh")


def test_an_unknown_check_is_refused_with_the_choices(figures, exceptions):
    with pytest.raises(
        DataError, match=r"'tea-leaves', which there is not\. Choose one of release-industries"
    ):
        check_consistency(figures, exceptions=exceptions.assign(check="tea-leaves"))


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("area", "999999", "unknown area"), ("source", "s9999", "unknown source"), ("explained", "maybe", "explained"),
     ("indicator", "tea", "unknown indicator"), ("check", "tea", "check")],
)  # fmt: skip
def test_a_table_of_exceptions_with_a_fault_is_refused(exceptions, tmp_path, column, value, said):
    exceptions.assign(**{column: value}).head(2).to_csv(tmp_path / "exceptions.csv", index=False)
    with pytest.raises(DataError, match=said):
        load_exceptions(path=tmp_path / "exceptions.csv")


# -- a changed number is found ------------------------------------------------------------------------------

MUTATIONS = 80


@pytest.fixture(scope="module")
def found_by_consistency(figures, exceptions):
    """Share of single figures found when each is changed by 10 %, by whether they are used by default."""
    chosen = random.Random(7).sample(range(len(figures)), MUTATIONS)
    found = {}
    for place in chosen:
        changed = figures.copy(deep=False)
        values = figures["value"].to_numpy().copy()
        values[place] *= 1.1
        changed["value"] = values
        checks = check_consistency(changed, exceptions=exceptions)
        found[place] = any(check.faults for check in checks)
    return found


def test_consistency_alone_finds_most_figures_changed_by_a_tenth(found_by_consistency, capsys):
    share = sum(found_by_consistency.values()) / MUTATIONS
    with capsys.disabled():
        print(f"\nfound by consistency alone: {share:.0%} of {MUTATIONS} figures changed by 10 %")
    assert share >= 0.65


@pytest.mark.parametrize("factor", [10.0, 0.1, 10000.0, 0.0001])
def test_a_default_level_in_another_unit_is_found(figures, exceptions, factor):
    levels = figures[figures["default"] & figures["indicator"].isin(["gdp", "population"])]
    for place in random.Random(11).sample(list(levels.index), 5):
        changed = figures.copy()
        changed.loc[place, "value"] *= factor
        assert any(check.faults for check in check_consistency(changed, exceptions=exceptions)), levels.loc[
            place
        ]


# -- the report ---------------------------------------------------------------------------------------------


def test_the_report_counts_and_shows_ten_faults_of_a_check(figures):
    checks = check_consistency(figures)
    text = report_checks(checks)
    assert "       and 25 more" in text.splitlines()
    assert text.splitlines()[0] == "Consistency of the figures"
    assert text.splitlines()[-1].endswith("faults.")
    assert "另有" in report_checks(checks, language="zh")


def test_the_report_as_records_has_every_check(figures, exceptions):
    checks = check_consistency(figures, exceptions=exceptions)
    records = report_json(checks)
    assert len(records) == len(checks)
    assert {record["ok"] for record in records} == {True}
    assert sum(record["excepted"] for record in records) == len(exceptions)


def test_a_check_is_said_in_one_line():
    assert Check("tables", ("all is well", "一切正常"), 1200, excepted=1).line() == (
        "ok   1,200  all is well (1 named exception)"
    )
    why = Check("tables", ("all is well", "一切正常"), 0, why_none=("there is none", "没有"))
    assert why.line("zh").endswith("一切正常：没有")
    assert Comparison("210100", "gdp", 2022, "s1", 1.0, 1.0, 0.0, 0.0, 0.0, "亿元").holds
