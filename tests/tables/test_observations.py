"""Figures: which reading is used by default, and what was known when."""

import datetime as dt
import shutil

import pandas as pd
import pytest

from lnregions import DataError, load_observations, load_plan
from lnregions.paths import data_dir
from lnregions.tables import Observation, break_scopes, observed, parse_as_of
from lnregions.tables.observations import choose_default, known_from

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")


def test_figures_have_their_columns_and_types():
    frame = load_observations()
    columns = "area indicator year value unit vintage status grade source note known_from default"
    assert list(frame) == columns.split()
    assert (frame["year"].dtype, frame["value"].dtype, frame["default"].dtype) == ("int64", "float64", "bool")
    assert frame["known_from"].notna().all()


def reading(**other):
    row = {"area": "1", "indicator": "gdp", "year": 2020, "vintage": "2022", "status": "final", "grade": "A"}
    return row | {"source": "s001", "value": 1.0} | other


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        ({"grade": "A", "vintage": "2021"}, {"grade": "B", "vintage": "2023"}),
        ({"source": "s214", "vintage": "2021"}, {"source": "s252", "vintage": "2023"}),
        ({"source": "s252", "vintage": ""}, {"source": "s121", "vintage": "2023"}),
        ({"source": "s121", "vintage": "2021"}, {"source": "s120", "vintage": "2023"}),
        ({"source": "s120", "vintage": "2021"}, {"source": "s032", "vintage": "2023"}),
        ({"source": "s032 s214", "vintage": "2021"}, {"source": "s252", "vintage": "2023"}),
        ({"source": "p1", "vintage": "2023"}, {"source": "s121", "vintage": "2022"}),
        ({"vintage": "2023"}, {"vintage": "2022-12"}),
        ({"vintage": "2021", "status": "unknown"}, {"vintage": ""}),
        ({"status": "final"}, {"status": "revised", "source": "s001 s002"}),
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


def test_there_is_one_default_for_each_figure_whatever_the_order_of_rows():
    frame = load_observations()
    assert (frame.groupby(["area", "indicator", "year"])["default"].sum() == 1).all()
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


@pytest.mark.parametrize(("day", "value"), [("2022-01-31", 1143670), ("2022-12-31", 1149237)])
def test_the_default_is_chosen_among_what_was_known(day, value):
    known = load_observations(as_of=day)
    assert known["known_from"].max() <= pd.Timestamp(day)
    assert load_observations(as_of="1950").columns.equals(known.columns)
    used = known.query("area == '100000' and indicator == 'gdp' and year == 2021 and default")
    assert used["value"].item() == value


@pytest.mark.parametrize(
    ("given_as", "day"),
    [
        ("2024-02", "2024-02-29"),
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
    ["soon", "2024-13", "2024-00", "2024-02-30", "19/01/2024", "1900", "2101-01-01", "", "2024-1-1", "0", pd.NaT],
)  # fmt: skip
def test_an_as_of_that_is_no_date_is_refused(given_as):
    with pytest.raises(DataError, match=r"is not a date from 1949 to 2100\. Give one such as"):
        load_observations(as_of=given_as)


@pytest.mark.parametrize(
    ("area", "scope"),
    [("100000", "nation"), ("210000", "province"), ("210200", "cities"), ("210781", "*"), ("belt", "*")],
)
def test_breaks_apply_to_an_area_its_rank_or_all(area, scope):
    assert break_scopes(area) == ["*", area, scope]


def test_a_plans_own_figures_join_the_shipped_ones_unless_they_contradict_them(tmp_path):
    folder = shutil.copytree(data_dir() / "plans" / "ln-2022", tmp_path / "own")
    header, *rows = (data_dir() / "observations.csv").read_text("utf-8").splitlines()
    row = next(row for row in rows if row.startswith("210100,gdp,2024,"))
    (folder / "observations.csv").write_text(f"{header}\n{row}\n", "utf-8")
    assert len(load_observations(plan=load_plan(folder))) == len(load_observations()) + 1
    (folder / "observations.csv").write_text(f"{header}\n{row.replace('9027.1', '1.0', 1)}\n", "utf-8")
    with pytest.raises(DataError, match=r"is 1\.0, but 9027\.1 in the shipped table"):
        load_observations(plan=load_plan(folder))


def test_the_shipped_figures_are_the_same_in_rows_as_in_their_frame():
    frame = load_observations()
    rows = pd.DataFrame(observed(frame))
    assert rows["place"].tolist() == list(range(len(frame)))
    same = [name for name in rows if name not in ("place", "known_from")]
    pd.testing.assert_frame_equal(rows[same], frame[same], check_dtype=False)
    assert rows["known_from"].tolist() == frame["known_from"].dt.date.tolist()
    assert observed(frame.iloc[:0]) == []
    lacking = {"area": "210100", "indicator": "gdp", "year": 2023, "value": 8.0, "grade": None}
    assert observed(pd.DataFrame([lacking])) == [Observation(0, "210100", "gdp", 2023, 8.0)]
