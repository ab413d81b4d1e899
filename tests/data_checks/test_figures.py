"""The shipped figures: what is left out, what is derived, how a missing one is bounded, and each known trap."""

import pytest

from lnregions import load_breaks, load_caveats, load_observations, load_plan, load_sources
from lnregions.paths import data_dir
from lnregions.tables import read_table

BELT = ["210200", "210600", "210700", "210800", "211100", "211400"]


@pytest.fixture(scope="module")
def figures():
    return load_observations()


@pytest.fixture(scope="module")
def left_out():
    return read_table(data_dir() / "left_out.csv", "left_out").checked()


def values_of(figures, area, indicator, year):
    rows = figures[
        (figures["area"] == area) & (figures["indicator"] == indicator) & (figures["year"] == year)
    ]
    return rows["value"].tolist()


def test_a_figure_that_is_left_out_stands_nowhere_else_and_has_its_reason(figures, left_out):
    key = ["area", "indicator", "year", "vintage", "source"]
    assert figures.merge(left_out, on=key).empty
    assert (left_out["reason"].str.len() > 30).all()


def test_every_source_is_used_by_a_figure(figures, left_out):
    used = {word for cell in [*figures["source"], *left_out["source"]] for word in cell.split()}
    assert used == set(load_sources()["source"])


def test_cities_fall_short_of_the_province_by_what_the_caveat_says(figures):
    gdp = figures[(figures["indicator"] == "gdp") & figures["source"].str.contains("s033")]
    cities = gdp[gdp["area"].str.match(r"21(0[1-9]|1[0-4])00")].groupby("year")["value"].sum()
    province = figures.query("area == '210000' and indicator == 'gdp' and default").set_index("year")["value"]
    short = (province - cities).round(1)
    assert short[[2021, 2022, 2023]].tolist() == pytest.approx([160.0, 118.8, 141.8], abs=0.1)
    caveat = load_caveats().query("indicator == 'gdp' and kind == 'sum'")["text_zh"].item()
    assert all(number in caveat for number in ("160.0", "118.8", "141.8"))


def test_the_belts_foreign_investment_falls_as_the_break_says(figures):
    rows = figures.query("indicator == 'fdi_usd' and source == 's108'")
    belt = rows[rows["area"].isin(BELT)].groupby("year")["value"].sum()
    assert belt[[2018, 2019]].tolist() == pytest.approx([31.9, 9.35], abs=0.05)


@pytest.mark.parametrize(
    ("indicator", "area", "years"),
    [
        ("gdp", "province", (2015, 2016)), ("gdp", "*", (2018, 2019)), ("gdp", "*", (2023, 2024)),
        ("va_secondary", "*", (2023, 2024)), ("population", "*", (2019, 2020)),
        ("urbanisation_rate", "*", (2019, 2020)), ("fdi_usd", "cities", (2014, 2015)),
        ("fdi_usd", "belt", (2018, 2019)), ("fdi_usd", "nation", (2021, 2022)),
        ("fai_growth", "nation", (2019, 2020)), ("forest_stock", "province", (2020, 2021)),
        ("trade_total", "*", (2022, 2023)),
    ],
)  # fmt: skip
def test_each_known_break_is_in_the_table(indicator, area, years):
    hit = load_breaks().query("indicator == @indicator and area == @area")
    assert years in list(zip(hit["last_year"], hit["first_year"], strict=True))


@pytest.mark.parametrize("plan", ["ln-2022", "belt-2025", "ln-2025", "ln-tourism-2025"])
def test_labels_of_targets_are_short_enough_for_a_chart(plan):
    targets = load_plan(plan).targets
    assert targets["label_en"].str.len().max() <= 30
    assert targets["label_zh"].str.len().max() <= 15
