"""A target whose area has no figure shows the nearest there are; verdicts and values of the horizon are on pictures."""

import re
from dataclasses import replace

import pytest
from figures.drawn_once import DATE, PLAN, REGIONS, drawn, targets, texts_of, verdicts

import lnregions as ln


def test_no_picture_of_a_target_is_an_empty_box():
    for name, picture in targets().items():
        assert not any(text.startswith("No data:") for text in texts_of(picture)), name
        assert picture.data["role"].isin(["actual", "member", "benchmark"]).any(), name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("west-fai", "target at least 15%"), ("east-tourism", "target at least 5%"),
        ("circle-manufacturing", "target at least 30%"), ("circle-sei", "target at least 15%"), ("belt-sei", ""),
        ("east-forest-cover", ""),
    ],
)  # fmt: skip
def test_the_nearest_figures_are_called_so_and_the_target_stands_beside_them(name, said):
    texts = texts_of(targets()[name])
    assert any("No figure of" in text for text in texts)
    assert not said or said in texts


def test_a_benchmark_that_alone_has_figures_is_drawn_with_what_is_missing():
    texts = texts_of(targets()["belt-fdi-in-yuan"])
    assert any("no figure for 2022-2024 is published" in text for text in texts)


def test_bounds_are_drawn_where_figures_leave_some():
    east = targets()["east-forest-cover"]
    low, high = east.data.set_index("role").loc["bound", ["low", "high"]]
    assert 66 < low < high < 72
    assert f"{low:.2f}% to {high:.2f}% (2024)" in texts_of(east)


def test_the_value_of_the_horizon_its_gap_and_the_basis_before_the_census_are_marked():
    picture = targets()["belt-dalian-gdp-210200"]
    marked = {"2024 951.69", "gap −48.31", "former basis 920.81", "reached in 2025 1,000.21"}
    assert marked <= set(texts_of(picture))
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


def test_a_mean_over_the_years_assessed_is_not_drawn_while_one_of_them_is_missing():
    [picture] = (one for one in ln.draw_targets(PLAN, "west", as_of="2024-12-31") if one.name == "west-gdp")
    assert "mean" not in set(picture.data.loc[picture.data["area"] == "west", "role"])
    assert any("average not shown; 2024 missing" in text for text in texts_of(picture))


def test_a_figure_called_doubtful_is_named_below_the_growth_that_rests_on_it():
    for picture in (targets()["belt-fdi-in-dollars"], next(iter(drawn("gaps", "belt")))):
        assert any("Panjin is doubtful" in " ".join(text.split()) for text in texts_of(picture)), picture.name


def test_leading_cities_stand_under_what_came_of_their_targets():
    said = " ".join(" ".join(texts_of(drawn("dual_core"))).split())
    assert "Dalian: missed by 48.31 billion yuan (4.8%) in 2024; reached in 2025" in said


def test_gaps_are_the_differences_of_the_figures_beside_them_under_their_verdict():
    for picture in drawn("gaps", "belt"):
        status = verdicts().set_index("target").loc[picture.parameters["target"], "status"]
        assert any(text.startswith(f"{status.capitalize()}: ") for text in texts_of(picture))
        rows = picture.data.pivot_table(index="year", columns="role", values="value")
        assert (rows["actual"] - rows["benchmark"]).to_numpy() == pytest.approx(rows["gap"].to_numpy())


def test_verdicts_over_time_end_with_the_verdict_of_the_day():
    last = drawn("timeline").data.groupby("target")["status"].last()
    status = verdicts().set_index("target")["status"]
    assert last.to_dict() == status[status != "not quantified"].to_dict()


def test_a_source_of_traditional_characters_keeps_its_name():
    texts = [text.replace(" ", "") for text in texts_of(targets()["belt-dalian-gdp-210200"])]
    assert any("大连市2023年国民经济和社会发展统计公报[s045]" in text for text in texts)


@pytest.mark.parametrize(
    ("kind", "language", "said"),
    [
        ("targets", "en", "Expected values of work reports: Fuxin 2022; Huludao 2023; Liaoning 2022, 2024."),
        ("target_sheet", "en", "fixed-asset investment): Fuxin 2022; Huludao 2023; Liaoning 2022, 2024."),
        ("heat_map", "en", "Expected values of work reports (growth of fixed-asset investment): Fuxin 2022."),
        ("heat_map", "zh", "政府工作报告预计数（固定资产投资增长率）：阜新2022年。"),
    ],
)
def test_figures_that_work_reports_alone_print_are_called_expected(kind, language, said):
    pictures = drawn(kind, "west", language=language)
    pictures = pictures if kind == "targets" else [pictures]
    assert any(said in text for picture in pictures for text in texts_of(picture))


def test_expected_figures_of_a_map_are_named_below_it():
    picture = ln.draw_map(PLAN, "circle", "fdi_usd", year=2022, as_of=DATE)
    assert any("Expected values of work reports: Shenyang 2022." in text for text in texts_of(picture))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("targets", "−0.05% a year in 2022-2024 against 3.9%"),
        ("gaps", "6.36% a year in 2022-2024 against −12.77%"),
    ],
)
def test_a_mean_is_said_with_its_years(kind, said):
    assert any(said in text for picture in drawn(kind, "belt") for text in texts_of(picture))


def test_a_mean_without_the_rates_of_all_its_years_is_said_to_be_that_of_levels():
    said = "Mean growth a year in 2022-2024, by the levels of two years."
    assert said in texts_of(targets()["belt-trade-published-rates"])
    assert said not in texts_of(targets()["west-gdp"])


def test_a_baseline_before_the_years_usually_shown_is_drawn():
    early = PLAN.targets["baseline_year"].where(PLAN.targets["target"] != "belt-dalian-gdp", 2015)
    plan = replace(PLAN, targets=PLAN.targets.assign(baseline_year=early, base_stated=True))
    [picture] = (one for one in ln.draw_targets(plan, "belt", as_of=DATE) if "dalian-gdp" in one.name)
    assert picture.data.query("role == 'actual'")["year"].min() == 2015
    assert "baseline 2015 540.01" in texts_of(picture)


def test_no_picture_writes_a_span_of_years_in_two_ways():
    pictures = [*targets().values(), *(drawn("target_sheet", region) for region in REGIONS)]
    assert not [text for one in pictures for text in texts_of(one) if re.search(r"\d{4}[–—]\d", text)]
