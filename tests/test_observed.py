"""Observations as plain rows."""

import datetime as dt

import pandas as pd

from lnregions import load_observations
from lnregions.tables.observed import Observation, observed


def test_the_shipped_figures_are_the_same_in_rows_as_in_their_frame():
    frame = load_observations()
    rows = observed(frame)
    assert [row.place for row in rows] == list(range(len(frame)))
    for name in (
        "area",
        "indicator",
        "year",
        "value",
        "unit",
        "grade",
        "vintage",
        "status",
        "source",
        "default",
    ):
        assert [getattr(row, name) for row in rows] == frame[name].tolist()
    assert [row.known_from for row in rows] == [day.date() for day in frame["known_from"]]


def test_a_missing_word_is_empty_and_a_missing_column_has_its_stand_in():
    frame = pd.DataFrame(
        {"area": ["210100"], "indicator": ["gdp"], "year": [2023], "value": [8.0], "grade": [None]}
    )
    assert observed(frame) == [Observation(0, "210100", "gdp", 2023, 8.0)]
    assert observed(frame)[0].known_from is None


def test_no_rows_are_no_observations():
    assert observed(load_observations().iloc[:0]) == []


def test_a_day_is_a_plain_date():
    assert type(observed(load_observations())[0].known_from) is dt.date
