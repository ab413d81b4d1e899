import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnregions.errors import DataError
from lnregions.paths import data_dir
from lnregions.tables.codebook import load_breaks
from lnregions.tables.observations import (
    choose_default,
    known_from,
    last_day,
    load_observations,
    parse_as_of,
    series,
)
from lnregions.tables.plans import load_plan, write_plan_template

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
TABLES = Path(__file__).parent / "data" / "tables"
HEAD = "area,indicator,year,value,unit,vintage,status,grade,source,note\n"
GOOD = "210200,gdp,2024,9516.9,亿元,2025-01-20,preliminary,A,s047,\n"


def write(tmp_path, rows, **options):
    path = tmp_path / "observations.csv"
    path.write_text(HEAD + rows, encoding="utf-8", **options)
    return path


def test_figures_have_their_columns_and_types():
    frame = load_observations()
    assert list(frame) == [
        "area", "indicator", "year", "value", "unit", "vintage", "status", "grade", "source", "note",
        "known_from", "default",
    ]  # fmt: skip
    assert frame["year"].dtype == "int64"
    assert frame["value"].dtype == "float64"
    assert frame["default"].dtype == bool
    assert frame["known_from"].notna().all()


def test_a_small_good_table_loads_as_it_stands():
    frame = load_observations(path=TABLES / "observations_good.csv")
    assert frame["value"].tolist() == [9516.9, 10002.1, 5.2, 32.0]
    assert frame.attrs["tidied"] == []


def test_all_faults_of_form_come_at_once_with_line_and_remedy():
    with pytest.raises(DataError) as caught:
        load_observations(path=TABLES / "observations_with_problems.csv")
    text = str(caught.value)
    name = "tests/data/tables/observations_with_problems.csv"
    assert f"{name} line 2: year '2O24' is not a whole number. Give a four-digit year such as 2024." in text
    assert f"{name} line 3: value 'nan' is not a number." in text
    assert f"{name} line 4: value '1_000' is not a number." in text
    assert f"{name} line 5: vintage '2023-99' is not written as it must be." in text
    assert f"{name} line 6: unknown status 'guess'." in text
    assert f"{name} line 6: unknown grade 'D'." in text
    assert f"{name} line 7: area '2102000' is not written as it must be." in text
    assert f"{name} line 7: value is empty. Give a value." in text
    assert len(caught.value.faults) == 8


def test_all_faults_of_sense_come_at_once():
    with pytest.raises(DataError) as caught:
        load_observations(path=TABLES / "observations_with_problems_of_sense.csv")
    lines = str(caught.value).splitlines()
    assert "the unit of gdp is 亿元, not '万元' (1 亿元 is 10,000 万元). Give the value in 亿元." in lines[0]
    assert "line 3: unknown area '219900'" in lines[1]
    assert "line 4: unknown indicator 'gpd'" in lines[2]
    assert "did you mean gdp?" in lines[2]
    assert "line 5: gdp -5.0 is below the least possible, 0." in lines[3]
    assert "line 6: urbanisation_rate 829.3 is above the greatest possible, 100." in lines[4]
    assert "line 7: unknown source 's999'" in lines[5] + lines[6]
    assert "line 7: vintage '2023-02-30' is no day of the calendar from 1949 to 2100." in lines[5] + lines[6]
    assert len(lines) == 7
    assert "1 亿元 = 10,000 万元" in caught.value.report("zh")


def test_a_unit_without_a_known_factor_is_refused_plainly(tmp_path):
    path = write(tmp_path, GOOD.replace("亿元", "%"))
    with pytest.raises(DataError, match=r"the unit of gdp is 亿元, not '%'\. Give"):
        load_observations(path=path)


def test_a_value_in_ten_thousands_under_the_name_of_hundred_millions_is_refused(tmp_path):
    path = write(tmp_path, GOOD.replace("9516.9", "95169000"))
    with pytest.raises(
        DataError, match=r"gdp 95169000\.0 is above the greatest possible, 3,000,000\. Correct"
    ):
        load_observations(path=path)


def test_a_key_that_stands_twice_with_different_values_is_refused():
    with pytest.raises(
        DataError, match=r"line 4: area, indicator, year, vintage, source .* already in line 2"
    ):
        load_observations(path=TABLES / "observations_with_problems_of_keys.csv")


def test_a_row_that_stands_twice_is_taken_once_and_said(tmp_path):
    frame = load_observations(path=write(tmp_path, GOOD + GOOD))
    assert len(frame) == 1
    assert "rows that stand twice were left out: 1" in frame.attrs["tidied"][0]


@pytest.mark.parametrize("year", ["1948", "2101"])
def test_a_year_out_of_bounds_is_refused(tmp_path, year):
    with pytest.raises(DataError, match=f"year {year} is too"):
        load_observations(path=write(tmp_path, GOOD.replace("2024", year)))


def test_untidy_figures_are_read_and_said(tmp_path):
    rows = '210200.0,gdp,２０２４年,"9,516.9",亿元,2025-01-20,preliminary,A,s047,\n'
    frame = load_observations(path=write(tmp_path, rows))
    assert frame.loc[0, ["area", "year", "value"]].tolist() == ["210200", 2024, 9516.9]
    assert [sentence.split(": ")[1] for sentence in frame.attrs["tidied"]] == [
        "values of area were tidied",
        "values of year were tidied",
        "values of value were tidied",
    ]


def test_there_is_one_default_for_each_area_indicator_and_year():
    frame = load_observations()
    counts = frame.groupby(["area", "indicator", "year"])["default"].sum()
    assert (counts == 1).all()


@pytest.mark.parametrize(
    ("area", "indicator", "year", "value"),
    [
        ("210200", "gdp", 2024, 9516.9),
        ("210100", "gdp", 2024, 9027.1),
        ("210100", "gdp", 2022, 7695.8),
        ("210200", "gdp", 2022, 8430.9),
        ("100000", "gdp", 2024, 1348066),
        ("210200", "fai_growth", 2022, 6.5),
        ("210000", "forest_stock", 2020, 3.47),
    ],
)
def test_the_default_is_the_reading_that_the_rule_gives(area, indicator, year, value):
    frame = load_observations().query("default and area == @area and indicator == @indicator")
    assert frame.set_index("year").loc[year, "value"] == value


def reading(**other):
    row = {"area": "1", "indicator": "gdp", "year": 2020, "vintage": "2022", "status": "final", "grade": "A"}
    row |= {"source": "s001", "value": 1.0} | other
    return row


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        ({"grade": "A", "vintage": "2021"}, {"grade": "B", "vintage": "2023"}),
        ({"vintage": "2023"}, {"vintage": "2022-12"}),
        ({"vintage": "2021", "status": "unknown"}, {"vintage": ""}),
        ({"status": "final"}, {"status": "revised", "source": "s000 s002"}),
        ({"status": "revised"}, {"status": "preliminary"}),
        ({"status": "preliminary"}, {"status": "unknown"}),
        ({"source": "s002 s003"}, {"source": "s001"}),
        ({"source": "s001"}, {"source": "s002"}),
    ],
)
def test_each_step_of_the_rule_decides_in_either_order(winner, loser):
    for rows in ([winner, loser], [loser, winner]):
        frame = pd.DataFrame([reading(**row) for row in rows])
        frame["known_from"] = known_from(frame, {})
        assert choose_default(frame).tolist() == [row is winner for row in rows]


def test_choosing_does_not_depend_on_the_order_of_rows():
    frame = load_observations()
    mixed = frame.sample(frac=1, random_state=1)
    assert choose_default(mixed).reindex(frame.index).tolist() == frame["default"].tolist()


@pytest.mark.parametrize(
    ("year", "vintage", "sources", "day"),
    [
        (2021, "2022-04-05", "a", "2022-04-05"),
        (2021, "2024-02", "a", "2024-02-29"),
        (2021, "2022-12", "a", "2022-12-31"),
        (2021, "2023", "a", "2023-12-31"),
        (2021, "", "none", "2022-12-31"),
        (2021, "", "a", "2024-12-18"),
        (2021, "", "a none", "2022-12-31"),
        (2021, "", "a b", "2023-06-30"),
        (2024, "", "b", "2025-12-31"),
    ],
)
def test_a_figure_is_known_from_the_day_the_rule_gives(year, vintage, sources, day):
    rows = pd.DataFrame({"year": [year], "vintage": [vintage], "source": [sources]})
    published = {"a": "2024-12-18", "b": "2023-06", "none": ""}
    assert str(known_from(rows, published).dt.date.item()) == day


def test_only_what_was_known_by_the_day_counts_and_the_default_is_chosen_among_it():
    before = load_observations(as_of="2022-01-31").query(
        "area == '100000' and indicator == 'gdp' and year == 2021"
    )
    after = load_observations(as_of="2022-12-31").query(
        "area == '100000' and indicator == 'gdp' and year == 2021"
    )
    assert before.query("default")["value"].item() == 1143670
    assert after.query("default")["value"].item() == 1149237
    assert load_observations(as_of="2022-01-31")["known_from"].max() <= pd.Timestamp("2022-01-31")


def test_census_revisions_of_2026_are_not_known_before():
    frame = load_observations(as_of="2025-12-31")
    assert not frame["source"].str.contains("s011").any()
    assert load_observations()["source"].str.contains("s011").any()


def test_an_as_of_before_all_figures_gives_an_empty_frame_of_the_same_columns():
    frame = load_observations(as_of="1950")
    assert len(frame) == 0
    assert list(frame) == list(load_observations())


@pytest.mark.parametrize(
    ("given_as", "day"),
    [
        ("2024-02", "2024-02-29"),
        ("2024", "2024-12-31"),
        ("2024-01-19", "2024-01-19"),
        (dt.date(2024, 1, 19), "2024-01-19"),
        (dt.datetime(2024, 1, 19, 23, 59), "2024-01-19"),
        (pd.Timestamp("2024-01-19"), "2024-01-19"),
        (2024, "2024-12-31"),
        ("２０２４", "2024-12-31"),
    ],
)
def test_an_as_of_is_a_day_or_the_last_day_of_its_period(given_as, day):
    assert str(parse_as_of(given_as).date()) == day


@pytest.mark.parametrize(
    "given_as",
    [
        "soon",
        "2024-13",
        "2024-00",
        "2024-02-30",
        "19/01/2024",
        "1900",
        "2101-01-01",
        "",
        pd.NaT,
        "2024-1-1",
        "0000",
    ],
)
def test_an_as_of_that_is_no_date_is_refused(given_as):
    with pytest.raises(DataError, match=r"is not a date from 1949 to 2100\. Give one such as"):
        load_observations(as_of=given_as)


def test_the_last_day_of_december_is_in_the_same_year():
    assert last_day("2024-12") == dt.date(2024, 12, 31)
    assert last_day("9998") == dt.date(9998, 12, 31)


def test_a_series_is_parted_where_levels_do_not_join():
    frame = series(load_observations(), "210100", indicator="gdp", breaks=load_breaks())
    by_year = frame.set_index("year")["segment"].to_dict()
    assert by_year[2015] < by_year[2016] == by_year[2018] < by_year[2019] == by_year[2023] < by_year[2024]
    assert by_year[2024] == by_year[2025]


def test_a_nations_series_is_not_parted_by_breaks_of_provinces():
    frame = series(load_observations(), "100000", indicator="gdp", breaks=load_breaks())
    by_year = frame.set_index("year")["segment"]
    assert by_year[2015] == by_year[2018]
    assert by_year[2023] < by_year[2024]


def test_rates_that_do_not_divide_do_not_part_the_line():
    frame = series(load_observations(), "100000", indicator="trade_total", breaks=load_breaks())
    assert set(frame["segment"]) == {0}


def test_a_region_or_a_county_takes_the_breaks_of_all_and_its_own():
    frame = series(load_observations(), "belt", indicator="fdi_usd", breaks=load_breaks())
    assert frame["segment"].tolist() == [0]
    assert series(load_observations(), "210781", indicator="gdp", breaks=load_breaks()).empty


def test_a_series_without_figures_is_empty_not_an_error():
    frame = series(load_observations(), "210100", indicator="rd_growth", breaks=load_breaks())
    assert frame.empty
    assert "segment" in frame


def test_a_plans_own_figures_join_the_shipped_ones(tmp_path):
    folder = write_plan_template(tmp_path / "own")
    for path in folder.glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([*lines[:-1], lines[-1].removeprefix("#")]) + "\n", encoding="utf-8")
    plan = load_plan(path=folder)
    frame = load_observations(plan=plan)
    assert len(frame) == len(load_observations()) + 1
    assert frame["source"].iloc[-1] == "p1"
    with pytest.raises(DataError, match="unknown source 'p1'"):
        load_observations(path=folder / "observations.csv")


def test_a_plan_without_figures_of_its_own_has_the_shipped_ones():
    assert len(load_observations(plan=load_plan("ln-2025"))) == len(load_observations())


@settings(max_examples=25, deadline=None)
@given(st.dates(dt.date(2015, 1, 1), dt.date(2027, 1, 1)), st.integers(0, 400))
def test_a_later_date_knows_everything_that_an_earlier_one_knew(day, later):
    early, late = load_observations(as_of=day), load_observations(as_of=day + dt.timedelta(days=later))
    key = ["area", "indicator", "year", "vintage", "source"]
    assert set(early[key].itertuples(index=False)) <= set(late[key].itertuples(index=False))


def test_the_shipped_figures_pass_the_full_check_too(tmp_path):
    text = (data_dir() / "observations.csv").read_text(encoding="utf-8")
    path = tmp_path / "observations.csv"
    path.write_text(text + "\n", encoding="utf-8")
    assert len(load_observations(path=path)) == 1423


@pytest.mark.parametrize("vintage", ["2023-12-31", "2023", "0001-01-01", "9999-12-31"])
def test_a_figure_published_before_its_year_or_out_of_all_time_is_refused(tmp_path, vintage):
    row = f"210200,gdp,2024,9516.9,亿元,{vintage},preliminary,A,s047,\n"
    with pytest.raises(DataError, match=r"begins after the figure was published|no day of the calendar"):
        load_observations(path=write(tmp_path, row))


def test_a_table_cut_behind_its_header_is_refused(tmp_path):
    with pytest.raises(DataError, match="holds no figure") as caught:
        load_observations(path=write(tmp_path, ""))
    assert "表中没有数据" in caught.value.report("zh")


def test_a_path_may_begin_with_a_tilde(tmp_path, monkeypatch):
    write(tmp_path, "210200,gdp,2024,9516.9,亿元,2025-01-20,preliminary,A,s047,\n").rename(
        tmp_path / "own.csv"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert load_observations(path="~/own.csv")["value"].tolist() == [9516.9]
