"""Bounds against what was published later, and what must not change a verdict: units, later figures."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from lnregions import judge, load_bounds, load_observations, load_plan
from lnregions.assess import load_tables
from lnregions.assess.bounds import possible_figure
from lnregions.paths import data_dir
from lnregions.series.growth import half_unit
from lnregions.tables import load_areas

PLAN = load_plan()
WHOLE = load_observations()
BOUNDS = load_bounds()
CITIES = load_areas().query("level == 'city'")["area"]
UNITS = {"gdp": "亿元", "population": "万人", "urbanisation_rate": "%"}
DATES = ("2024-06-30", "2025-06-30", "2026-06-30")
few = settings(max_examples=6, deadline=None)


def replayed(year):
    """Each published value of the year after `year` that came later: whether the range drawn without it holds it."""
    as_of = f"{year}-12-31"
    known = load_observations(as_of=as_of)
    tables = load_tables(PLAN, as_of=as_of)
    keys = ["area", "indicator", "year"]
    later = WHOLE[(WHOLE["known_from"] > as_of) & (WHOLE["year"] == year + 1) & WHOLE["area"].isin(CITIES)]
    later = later[later["indicator"].isin(BOUNDS["indicator"])]
    later = later[~later[keys].apply(tuple, axis=1).isin(set(known[keys].itertuples(index=False, name=None)))]
    for row in later.itertuples():
        span, _ = possible_figure(tables, row.area, indicator=row.indicator, year=row.year)
        half = half_unit(row.value, int(tables.indicator(row.indicator)["decimals"]))
        inside = span.low - half <= row.value <= span.high + half
        yield row.indicator, row.year, row.grade, row.default, inside


def test_no_bound_excludes_a_value_that_a_later_vintage_brought():
    """The largest change is the largest ever seen between default figures, so that none of these can fall outside.

    A value that is not the default may: Dalian's GDP of 2018, one of the city levels of 2015 to 2018 that are of
    grade C and mixed (``data/README.md``), is not the one from which the largest change is taken.
    """
    rows = [row for year in range(WHOLE["year"].min(), WHOLE["year"].max()) for row in replayed(year)]
    found = pd.DataFrame(rows, columns=["indicator", "year", "grade", "default", "inside"])
    assert len(found) > 900
    outside = found[~found["inside"]]
    mixed = (outside["indicator"] == "gdp") & outside["year"].between(2015, 2018) & (outside["grade"] == "C")
    assert outside[~mixed | outside["default"]].empty


def of_targets(*names):
    return replace(PLAN, targets=PLAN.targets[PLAN.targets["target"].isin(names)])


@cache
def judged(added="", *, as_of):
    """Verdicts on clauses of values by the shipped figures of their indicators, and one more."""
    lines = (data_dir() / "observations.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    names = ("area,", *(f",{name}," for name in UNITS))
    text = "".join(line for line in lines if any(name in line[:40] for name in names))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "observations.csv"
        path.write_text(text + added, encoding="utf-8")
        known = load_observations(path=path, as_of=as_of)
    plan = of_targets("circle-urbanisation", "circle-shenyang-gdp", "belt-dalian-gdp")
    return judge(plan, as_of=as_of, observations=known)


@given(indicator=st.sampled_from(sorted(UNITS)), year=st.integers(2020, 2025), value=st.floats(1, 99),
       area=st.sampled_from(["210100", "210200", "210300", "210500"]), as_of=st.sampled_from(DATES),
       late=st.integers(1, 900))  # fmt: skip
@few
def test_a_figure_published_later_changes_nothing(indicator, year, area, value, as_of, late):
    day = max(pd.Timestamp(as_of), pd.Timestamp(f"{year}-01-01")) + pd.Timedelta(days=late)
    added = f"{area},{indicator},{year},{value:.2f},{UNITS[indicator]},{day:%Y-%m-%d},final,A,s032,\n"
    pd.testing.assert_frame_equal(judged(as_of=as_of), judged(added, as_of=as_of))
