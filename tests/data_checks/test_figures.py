"""The shipped figures are those that were read: none lost or changed on the way, each known trap among them."""

import pytest

from lnregions import load_breaks, load_caveats, load_observations, load_plan, load_sources
from lnregions.paths import data_dir
from lnregions.tables import read_table

# Indicator: number and sum of the figures that were read.
READ = {
    "fai_growth": (41, 57.7), "fdi_growth_cny": (4, 19.4), "fdi_growth_usd": (11, 692.4),
    "fdi_rmb": (4, 45159.3), "fdi_usd": (131, 5088.008), "forest_coverage": (22, 1291.39),
    "forest_stock": (11, 768.0024), "forest_stock_growth": (1, 18.8), "gdp": (246, 31305936.5747),
    "gdp_growth_real": (171, 480.13), "industry_share": (3, 94.95), "manufacturing_share": (4, 107.3),
    "population": (198, 1354980.5414), "sei_share": (1, 13.0), "tourism_growth": (3, 115.7),
    "tourism_revenue": (7, 73263.2), "tourism_share": (6, 24.85), "trade_growth": (23, 169.9),
    "trade_total": (19, 2807294.8), "urbanisation_rate": (77, 5376.88), "va_primary": (147, 866008.896),
    "va_secondary": (147, 4544153.79), "va_tertiary": (146, 6551401.063),
}  # fmt: skip
BELT = ["210200", "210600", "210700", "210800", "211100", "211400"]


@pytest.fixture(scope="module")
def figures():
    return load_observations()


def test_every_figure_that_was_read_is_in_the_table_or_listed_as_left_out(figures):
    left_out = read_table(data_dir() / "left_out.csv", "left_out").checked()
    assert len(figures) + len(left_out) == 1423


@pytest.mark.parametrize("indicator", READ)
def test_count_and_sum_of_an_indicator_are_those_that_were_read(figures, indicator):
    values = figures.loc[figures["indicator"] == indicator, "value"]
    assert (len(values), values.sum()) == (READ[indicator][0], pytest.approx(READ[indicator][1], abs=0.005))


def test_every_source_is_used_by_a_figure(figures):
    used = {word for cell in figures["source"] for word in cell.split()}
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
