"""A target whose area has no figure shows the nearest there are; verdicts and values of the horizon are on pictures."""

import pytest
from figures.drawn_once import PLAN, REGIONS, drawn, targets, texts_of, verdicts


def test_no_picture_of_a_target_is_an_empty_box():
    for name, picture in targets().items():
        assert not any(text.startswith("No data:") for text in texts_of(picture)), name
        assert picture.data["role"].isin(["actual", "member", "benchmark"]).any(), name


@pytest.mark.parametrize(
    ("name", "area", "year", "value"),
    [
        ("circle-manufacturing", "210100", 2025, 26.0), ("circle-manufacturing", "100000", 2022, 27.7),
        ("circle-sei", "100000", 2022, 13.0), ("belt-sei", "100000", 2022, 13.0), ("west-fai", "210000", 2022, 3.6),
        ("west-fai", "210000", 2023, 4.0), ("west-fai", "210000", 2024, 5.3), ("west-fai", "211400", 2023, 15.6),
        ("east-forest-cover", "210500", 2020, 76.31), ("east-forest-cover", "210500", 2024, 75.0),
        ("east-forest-cover", "210600", 2019, 67.0), ("east-forest-cover", "210600", 2022, 66.6),
        ("east-tourism", "100000", 2023, 4.24),
    ],
)  # fmt: skip
def test_the_nearest_figures_are_drawn(name, area, year, value):
    rows = targets()[name].data.set_index(["area", "year"])
    assert rows.loc[(area, year), "value"] == value
    assert any("No figure of" in text for text in texts_of(targets()[name]))


def test_a_benchmark_that_alone_has_figures_is_drawn_with_what_is_missing():
    rows = targets()["belt-fdi-in-yuan"].data.set_index(["role", "year"])
    assert rows.loc[("benchmark", 2024), "value"] == -27.1
    assert any(
        "no figure for 2022-2024 is published" in text for text in texts_of(targets()["belt-fdi-in-yuan"])
    )


@pytest.mark.parametrize(
    ("name", "target"),
    [("west-fai", 15), ("east-tourism", 5), ("circle-manufacturing", 30), ("circle-sei", 15)],
)
def test_the_target_stands_beside_the_nearest_figures(name, target):
    rows = targets()[name].data.set_index("role")
    assert rows.loc["target", "value"] == target
    assert f"target at least {target}%" in texts_of(targets()[name])


def test_bounds_are_drawn_where_figures_leave_some():
    east = targets()["east-forest-cover"]
    low, high = east.data.set_index("role").loc["bound", ["low", "high"]]
    assert 66 < low < high < 72
    assert f"{low:.2f}% to {high:.2f}%" in texts_of(east)


def test_the_value_of_the_horizon_and_the_basis_before_the_census_are_marked():
    picture = targets()["belt-dalian-gdp-210200"]
    assert {"2024 951.69", "former basis 920.81", "reached in 2025 1,000.21"} <= set(texts_of(picture))
    former = picture.data.set_index("role").loc["former"]
    assert former["value"] == pytest.approx(8752.9 * 1.052)


@pytest.mark.parametrize("name", ["belt-trade-published-rates", "west-gdp", "belt-fdi-in-dollars"])
def test_the_mean_on_a_picture_is_that_of_its_verdict(name):
    picture = targets()[name]
    verdict = verdicts().set_index("target").loc[picture.parameters["target"]]
    means = picture.data[picture.data["role"] == "mean"].set_index("area")["value"]
    assert means[verdict["area"]] == pytest.approx(verdict["actual"])
    assert means.drop(verdict["area"]).iloc[0] == pytest.approx(verdict["required"])


@pytest.mark.parametrize("region", REGIONS)
def test_the_sheet_of_a_region_has_a_row_for_each_of_its_targets_with_its_verdict(region):
    picture = drawn("target_sheet", region)
    own = PLAN.targets[PLAN.targets["region"] == region]
    assert set(own["label_en"]) <= set(texts_of(picture))
    assert set(picture.data.dropna(subset=["target"])["target"]) == set(
        own.loc[own["kind"] != "qualitative", "target"]
    )


def test_verdicts_over_time_end_with_the_verdict_of_the_day():
    last = drawn("timeline").data.groupby("target")["status"].last()
    status = verdicts().set_index("target")["status"]
    assert last.to_dict() == status[status != "not quantified"].to_dict()


def test_a_source_of_traditional_characters_keeps_its_name():
    texts = [text.replace(" ", "") for text in texts_of(targets()["belt-dalian-gdp-210200"])]
    assert any("大连市2023年国民经济和社会发展统计公报[s045]" in text for text in texts)
