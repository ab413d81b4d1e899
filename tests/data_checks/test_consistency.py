"""The shipped figures agree with one another, every difference is named, and a changed number is found."""

import math
import random

import pandas as pd
import pytest

from lnregions import load_areas, load_breaks, load_indicators, load_observations, load_sources
from lnregions.paths import data_dir
from lnregions.series import relations
from lnregions.series.relations import ADDED, INDUSTRIES, RELATIONS, Figures, half_unit
from lnregions.tables import read_table

FEWEST = {
    "release-industries": 170, "default-industries": 160, "cities-sum": 34, "part-of-whole": 600, "province-rate": 9,
    "shares-in-order": 7, "gdp-a-head": 130, "level-growth": 105, "rate-of-levels": 90, "jump": 800,
    "other-values": 400, "share-as-fraction": 90,
}  # fmt: skip


def broken(figures, code):
    """Comparisons of a relation that do not hold: what is compared, and the difference."""
    return {compared: difference for compared, (difference, *_) in relations.broken(figures, code).items()}


def unexplained(observations, exceptions):
    """Differences that no exception names with its size, and exceptions that no longer occur."""
    keys = exceptions[["check", "area", "indicator", "year", "compared"]].itertuples(index=False, name=None)
    named, figures = dict(zip(keys, exceptions["difference"], strict=True)), Figures(observations)
    found = {key: value for code in RELATIONS for key, value in broken(figures, code).items()}
    both = {key: (found.get(key), named.get(key)) for key in named.keys() | found.keys()}
    return {
        key: (now, stated)
        for key, (now, stated) in both.items()
        if None in (now, stated) or not math.isclose(now, stated, rel_tol=1e-4, abs_tol=0.005)
    }


@pytest.fixture(scope="module")
def figures():
    return load_observations()


@pytest.fixture(scope="module")
def exceptions():
    return read_table(data_dir() / "exceptions.csv", "exceptions").checked()


def test_the_shipped_figures_agree_but_for_what_is_named(figures, exceptions):
    assert unexplained(figures, exceptions) == {}


@pytest.mark.parametrize("code", RELATIONS)
def test_each_relation_makes_as_many_comparisons_as_the_figures_allow(figures, code):
    assert len(list(RELATIONS[code](Figures(figures)))) >= FEWEST[code]


def test_every_exception_has_a_reason_in_both_languages_and_names_that_are_known(exceptions):
    assert (exceptions["reason_en"].str.len() > 20).all()
    assert exceptions["reason_zh"].str.contains("[\u4e00-\u9fff]").all()
    assert set(exceptions["area"]) <= set(load_areas()["area"])
    assert set(exceptions["indicator"]) <= set(load_indicators()["indicator"])
    assert set(" ".join(exceptions["source"]).split()) <= set(load_sources()["source"])


SECTORS = [("210100", name, 2022, value) for name, value in zip(INDUSTRIES, (10, 30, 60), strict=True)]
CITIES = list(load_areas().query("level == 'city'")["area"])
BROKEN = [
    # relation, rows that break it
    ("release-industries", [*SECTORS, ("210100", "gdp", 2022, 110)]),
    ("default-industries", [*SECTORS, ("210100", "gdp", 2022, 110)]),
    ("cities-sum", [*((city, "gdp", 2022, 10) for city in CITIES), ("210000", "gdp", 2022, 141)]),
    ("part-of-whole", [("210100", "population", 2022, 9000), ("210000", "population", 2022, 4000)]),
    ("province-rate", [*((city, "urbanisation_rate", 2022, 70) for city in CITIES),
                       *((city, "population", 2022, 300) for city in CITIES),
                       ("210000", "urbanisation_rate", 2022, 69)]),
    ("shares-in-order", [("100000", "manufacturing_share", 2022, 30), ("100000", "industry_share", 2022, 29)]),
    ("shares-in-order", [*SECTORS, ("210100", "gdp", 2022, 100), ("210100", "industry_share", 2022, 31)]),
    ("gdp-a-head", [("210100", "gdp", 2022, 0.77), ("210100", "population", 2022, 900),
                    ("210000", "gdp", 2022, 28975), ("210000", "population", 2022, 4197)]),
    ("level-growth", [("210100", "gdp", 2021, 100), ("210100", "gdp", 2022, 115),
                      ("210100", "gdp_growth_real", 2022, 3)]),
    ("rate-of-levels", [("210100", "fdi_usd", 2021, 10), ("210100", "fdi_usd", 2022, 12),
                        ("210100", "fdi_growth_usd", 2022, 5)]),
    ("jump", [("210100", "population", 2021, 900), ("210100", "population", 2022, 990)]),
    ("share-as-fraction", [("210100", "urbanisation_rate", 2021, 0.8)]),
    ("jump", [("210100", "urbanisation_rate", 2021, 80), ("210100", "urbanisation_rate", 2023, 86)]),
]  # fmt: skip


def figure_rows(rows):
    frame = pd.DataFrame(rows, columns=["area", "indicator", "year", "value"]).astype({"value": float})
    units = frame["indicator"].map(dict.fromkeys(ADDED, "亿元")).fillna("%")
    return frame.assign(unit=units, vintage="", status="final", grade="A", source="s1", default=True)


@pytest.mark.parametrize(("code", "rows"), BROKEN)
def test_a_broken_relation_is_found(code, rows):
    assert len(broken(Figures(figure_rows(rows)), code)) == 1


def test_a_listed_break_parts_what_would_be_a_jump():
    rows = figure_rows([("210100", "population", 2019, 800), ("210100", "population", 2020, 900)])
    assert broken(Figures(rows), "jump") == {}
    assert len(broken(Figures(rows, load_breaks().iloc[:0]), "jump")) == 1


@pytest.mark.parametrize("value", [0.0, -3.0])
def test_nothing_is_divided_by_what_is_not_above_zero(value):
    rows = [("210100", name, 2021, value) for name in ("gdp", "fdi_usd", "population")]
    rows += [("210100", name, 2022, 3) for name in ("gdp", "gdp_growth_real", "fdi_growth_usd", "fdi_usd")]
    figures = Figures(figure_rows(rows))
    for code in ("level-growth", "rate-of-levels", "gdp-a-head", "jump"):
        assert list(RELATIONS[code](figures)) == [], code


@pytest.mark.parametrize(("status", "count"), [("preliminary", 1), ("final", 2)])
def test_only_a_reading_of_other_standing_may_differ_by_a_revision(status, count):
    rows = figure_rows([("210100", "gdp", 2022, value) for value in (100, 102, 106)])
    rows = rows.assign(default=[True, False, False], status=["final", status, status], vintage=["", "1", "2"])
    assert len(broken(Figures(rows), "other-values")) == count


@pytest.mark.parametrize(("value", "half"), [(7695.8, 0.05), (53.0, 0.5), (4259.1407, 0.00005), (1e-7, 5e-8)])
def test_rounding_is_told_from_the_digits(value, half):
    assert half_unit(value) == pytest.approx(half)


def changed_by(figures, places, factor):
    changed = figures.copy()
    changed.loc[places, "value"] *= factor
    return changed


def test_an_exception_covers_its_own_difference_only_and_must_occur(figures, exceptions):
    hit = figures.query("area == '210200' and indicator == 'gdp' and year == 2015 and default").index
    key = ("default-industries", "210200", "gdp", 2015, "s032")
    now, named = unexplained(changed_by(figures, hit, 1.01), exceptions)[key]
    assert now != pytest.approx(named)
    stale = pd.concat([exceptions, exceptions.iloc[[0]].assign(year=1999)], ignore_index=True)
    assert [now for now, _ in unexplained(figures, stale).values()] == [None]


def test_consistency_alone_finds_most_figures_changed_by_a_tenth(figures, exceptions):
    places = random.Random(7).sample(range(len(figures)), 20)
    found = [bool(unexplained(changed_by(figures, place, 1.1), exceptions)) for place in places]
    assert sum(found) / len(places) >= 0.65


@pytest.mark.parametrize("factor", [10.0, 0.1, 10000.0, 0.0001])
def test_a_default_level_in_another_unit_is_found(figures, exceptions, factor):
    levels = figures[figures["default"] & figures["indicator"].isin(["gdp", "population"])]
    for place in random.Random(11).sample(list(levels.index), 3):
        assert unexplained(changed_by(figures, place, factor), exceptions), levels.loc[place]
