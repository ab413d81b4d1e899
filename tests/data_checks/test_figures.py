"""The shipped figures: what is left out, what is derived, how a missing one is bounded, and each known trap."""

import re

import pandas as pd
import pytest

import lnregions as ln
from lnregions.paths import data_dir
from lnregions.series.relations import Figures, half_unit
from lnregions.tables import KIND_ORDER, caveats_of, list_plans, read_table

BELT = ["210200", "210600", "210700", "210800", "211100", "211400"]


@pytest.fixture(scope="module")
def figures():
    return ln.load_observations()


@pytest.fixture(scope="module")
def left_out():
    return read_table(data_dir() / "left_out.csv", "left_out").checked()


def values_of(figures, area, indicator, year):
    return figures.query("area == @area and indicator == @indicator and year == @year")["value"].tolist()


def test_a_figure_that_is_left_out_stands_nowhere_else_and_has_its_reason(figures, left_out):
    key = ["area", "indicator", "year", "vintage", "source"]
    assert figures.merge(left_out, on=key).empty
    assert (left_out["reason"].str.len() > 30).all()


def test_every_source_is_used_by_a_figure(figures, left_out):
    used = {word for cell in [*figures["source"], *left_out["source"]] for word in cell.split()}
    assert used == set(ln.load_sources()["source"])
    assert set(ln.load_sources()["kind"]) == set(KIND_ORDER)


def same_number(one, two):
    """Whether two printed numbers are the same, rounded alike."""
    return abs(one - two) <= max(half_unit(one), half_unit(two)) + 1e-9


def test_no_default_rests_on_a_compilation_where_a_better_source_of_its_grade_states_the_number(figures):
    kinds = ln.load_sources().set_index("source")["kind"]
    rank = figures["source"].map(lambda cell: min(KIND_ORDER.index(kinds[one]) for one in cell.split()))
    rows, key = figures.assign(rank=rank), ["area", "indicator", "year", "grade"]
    both = rows[rows["default"]].merge(rows[~rows["default"]], on=key, suffixes=("", "_other"))
    better = both[(both["rank_other"] < both["rank"]) & (both["rank"] > 1)]
    assert len(both) > 100
    assert not [row for row in better.itertuples() if same_number(row.value, row.value_other)]


@pytest.mark.parametrize(
    ("area", "indicator", "year", "value", "source"),
    [
        ("210900", "gdp_growth_real", 2022, 3.3, "s251"),  # not the 2.5 that January's work report expected
        ("210200", "fai_growth", 2022, 6.5, "s121"),  # not the 7.5 of January
        ("210400", "gdp", 2021, 870.1, "s228"),  # the bulletin, which compilations repeat
        ("211200", "urbanisation_rate", 2023, 57.1, "s214"),
        ("211400", "gdp", 2023, 911.6, "s017 s032 s033"),  # before the census, as its sectors are
        ("210600", "gdp", 2024, 1006.1, "s222 s253"),
        ("210100", "gdp", 2024, 9027.1, "s040"),
    ],
)
def test_the_default_is_of_the_source_that_the_order_prefers(figures, area, indicator, year, value, source):
    row = figures.query("default and area == @area and indicator == @indicator and year == @year")
    assert (row["value"].item(), row["source"].item()) == (value, source)


def numbers_in(text):
    """Numbers of a text, without years."""
    return {
        float(one.replace(",", ""))
        for one in re.findall(r"[\d,]*\d(?:\.\d+)?", re.sub(r"\b20\d\d|20\d\d年", "", text))
    }


def years_of(cell):
    spans = [[int(one) for one in span.split("-")] for span in cell.split(",")]
    return [year for span in spans for year in range(span[0], span[-1] + 1)]


def differences(figures, indicator, years):
    """By how much all cities together exceed the province in each year for which both are there, and per cent."""
    rows = figures[figures["default"] & (figures["indicator"] == indicator)]
    province = rows[rows["area"] == "210000"].set_index("year")["value"]
    cities = rows[rows["area"].str.match(r"21(0[1-9]|1[0-4])00")].groupby("year")["value"]
    cities = cities.agg(["sum", "count"])
    found = (cities["sum"] - province)[cities["count"] == 14].dropna()
    found = found[found.index.isin(years)]
    return found, (found / province).dropna() * 100


@pytest.mark.parametrize(
    "row", ln.load_caveats().query("kind == 'sum'").to_dict("records"), ids=lambda row: row["indicator"]
)
def test_every_number_that_a_caveat_on_sums_states_is_that_of_the_default_figures(figures, row):
    amounts, shares = differences(figures, row["indicator"], years_of(row["years"]))
    assert len(amounts) >= 3
    unit = ln.load_indicators().set_index("indicator").loc[row["indicator"], "unit"]
    factor = ln.load_units().set_index("unit")["factor_en"].get(unit)
    stated_zh, stated_en = (numbers_in(re.sub("14( |市)", "", row[f"text_{one}"])) for one in ("zh", "en"))
    share = {round(float(shares.abs().max()), 1)}
    amounts_zh = {round(abs(one), 1) for one in amounts}
    amounts_en = {round(abs(one) * factor, 2) for one in amounts}
    assert stated_zh in (set(), share, amounts_zh)
    assert stated_en in (set(), share, amounts_en)
    assert bool(stated_zh) == bool(stated_en)


HOLES = [
    (row["indicator"], area, year)
    for row in ln.load_caveats().query("kind == 'hole' and years != ''").to_dict("records")
    for area in row["area"].replace("province", "210000").replace("nation", "100000").split()
    for year in years_of(row["years"])
]


def test_what_is_called_a_hole_has_no_figure(figures):
    there = set(figures[["indicator", "area", "year"]].itertuples(index=False, name=None))
    assert there & set(HOLES) == set()
    assert {("gdp_growth_real", "210500", 2022), ("trade_total", "210500", 2024)} <= set(HOLES)


def test_what_is_left_out_is_a_hole_of_its_year(left_out):
    assert set(left_out[["indicator", "area", "year"]].itertuples(index=False, name=None)) <= set(HOLES)


@pytest.mark.parametrize(
    ("indicator", "area", "year", "kind"),
    [
        ("fdi_usd", "211100", 2021, "doubtful"), ("fdi_usd", "211100", 2022, "doubtful"),
        ("fdi_usd", "211100", 2024, "doubtful"), ("gdp_growth_real", "210900", 2019, "doubtful"),
        ("gdp_growth_real", "210700", 2021, "quality"), ("gdp", "211400", 2023, "vintage"),
        ("gdp", "210600", 2023, "vintage"), ("gdp", "210100", 2022, "rounding"), ("gdp", "210300", 2017, "quality"),
        ("trade_total", "210800", 2020, "doubtful"), ("trade_total", "210700", 2020, "doubtful"),
        ("trade_total", "210300", 2021, "doubtful"), ("trade_total", "210200", 2024, "vintage"),
        ("trade_total", "210100", 2022, "drift"), ("fai_growth", "210200", 2022, "drift"),
        ("urbanisation_rate", "211000", 2024, "meaning"), ("tourism_revenue", "211000", 2024, "meaning"),
        ("gdp", "100000", 2023, "vintage"), ("fdi_usd", "210200", 2024, "vintage"),
    ],
)  # fmt: skip
def test_a_trap_is_found_for_the_figure_it_concerns(figures, indicator, area, year, kind):
    found = caveats_of(ln.load_caveats(), area=area, indicator=indicator, year=year)
    assert kind in set(found.loc[found["indicator"] != "*", "kind"])
    assert values_of(figures, area, indicator, year)


def test_a_caveat_concerns_no_other_figure():
    caveats = ln.load_caveats()
    for key in ("211100 fdi_usd 2019", "210600 fdi_usd 2022", "211100 gdp 2021"):
        area, indicator, year = key.split()
        found = caveats_of(caveats, area=area, indicator=indicator, year=int(year))
        assert "doubtful" not in set(found["kind"])


def test_yearbook_cells_that_look_wrong_are_weak(figures):
    weak = figures.query("indicator == 'trade_total' and grade == 'C' and source in ('s249', 's250')")
    cells = [("210300", 2021), ("210700", 2020), ("210800", 2020)]
    assert sorted(zip(weak["area"], weak["year"], strict=True)) == cells


def test_a_compilation_that_repeats_the_yearbook_makes_no_figure_better_attested(figures):
    rows = figures[(figures["indicator"] == "gdp_growth_real") & figures["year"].between(2020, 2022)]
    family = rows["source"].isin(["s032", "s249", "s250", "s251"])
    assert set(rows.loc[rows["source"].str.contains("s032"), "source"]) == {"s032"}
    for row in rows[family & (rows["grade"] == "A")].itertuples():
        others = rows[~family & (rows["area"] == row.area) & (rows["year"] == row.year)]
        assert any(same_number(row.value, value) for value in others["value"]), row


def marked(value, before):
    """Whether a number is close to last year's only without its first digits, which may be a footnote mark."""
    if not before or value < 3 * before:
        return False
    digits = f"{value:.15g}"
    stripped = [float(digits[cut:]) for cut in (1, 2) if re.match(r"\d", digits[cut:])]
    return any(before / 2.5 < one < 2.5 * before for one in stripped)


def test_no_footnote_mark_is_read_as_part_of_a_number(figures):
    assert marked(29516.9, 8752.9)
    assert marked(1018.3, 9.7)
    levels = figures[figures["unit"] != "%"]
    known = levels[levels["default"]].set_index(["area", "indicator", "year"])["value"].to_dict()
    for (area, indicator, year), rows in levels.groupby(["area", "indicator", "year"]):
        values, before = rows["value"].tolist(), known.get((area, indicator, year - 1))
        alone = [one for one in values if sum(same_number(one, other) for other in values) == 1]
        assert not [one for one in alone if marked(one, before)], (area, indicator, year)


def test_every_derived_value_follows_from_observations_by_its_formula(figures):
    derived, known = ln.load_derived(), {}
    for row in figures.itertuples():
        for source in row.source.split():
            known[f"{row.area}:{row.indicator}:{row.year}@{source}"] = row.value
    reference = r"\w+:\w+:\d{4}@\w+"
    for row in derived[derived["formula"] != ""].itertuples():
        terms = re.findall(reference, row.formula)
        arithmetic = re.sub(reference, lambda term: repr(known[term[0]]), row.formula)
        assert re.fullmatch(r"[-+*/(). \de]+", arithmetic)
        assert eval(arithmetic) == pytest.approx(row.value, abs=half_unit(row.value) + 1e-9)
        assert {term.partition("@")[2] for term in terms} == set(row.source.split())
    assert derived.loc[derived["formula"] == "", ["area", "indicator"]].to_numpy().tolist() == [
        ["210900", "trade_total"]
    ]


def test_a_derived_value_is_weak_and_no_observation(figures):
    derived = ln.load_derived()
    assert set(derived["grade"]) == {"C"}
    assert derived["note"].str.startswith("derived from published figures").all()
    assert figures.merge(derived, on=["area", "indicator", "year"]).empty


def test_the_largest_change_of_a_bound_is_the_largest_that_the_cities_figures_show(figures):
    used, seen, yearly = Figures(figures), {}, set()
    cities = set(used.cities["210000"])
    for (area, indicator, year), value in used.known.items():
        earlier = [y for a, i, y in used.known if (a, i) == (area, indicator) and y < year]
        if area in cities and earlier and not used.is_broken(area, indicator, max(earlier), year):
            size = abs(value - used.get(area, indicator, max(earlier))) / (year - max(earlier))
            seen[indicator] = max(seen.get(indicator, 0), size)
            yearly |= {indicator} if max(earlier) == year - 1 else set()
    bounds = ln.load_bounds()
    stated = bounds.set_index("indicator")["largest_change"].dropna().to_dict()
    expected = {name: seen[name] for name in bounds["indicator"] if name in yearly}
    assert stated == pytest.approx(expected, abs=1e-6)


def test_every_indicator_of_a_clause_has_bounds():
    targets = pd.concat([ln.load_plan(plan).targets for plan in list_plans()]).query("kind != 'qualitative'")
    bounds = ln.load_bounds().set_index("indicator")
    assert set(targets["indicator"]) <= set(bounds.index)
    shares = ["urbanisation_rate", "manufacturing_share", "sei_share", "tourism_share"]
    assert bounds.loc[shares, ["lower", "upper"]].to_numpy().tolist() == [[0, 100]] * 4


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
    hit = ln.load_breaks().query("indicator == @indicator and area == @area")
    assert years in list(zip(hit["last_year"], hit["first_year"], strict=True))


@pytest.mark.parametrize("plan", list_plans())
def test_labels_of_targets_are_short_enough_for_a_chart(plan):
    targets = ln.load_plan(plan).targets
    assert targets["label_en"].str.len().max() <= 30
    assert targets["label_zh"].str.len().max() <= 15
