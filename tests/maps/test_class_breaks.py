"""Classes of maps: breaks, schemes, labels."""

import math

import numpy as np
import pytest

from lnregions import maps
from lnregions.errors import DataError

VALUES = np.array([1, 2, 3, 4, 10, 12, 13, 30, 31, 33, 50, 77.0])
SKEWED = [100, 150, 180, 210, 330, 500, 900, 1500, 8000, 8700]


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        ([31, 38, 44, 52, 67], (40, 50, 60)),
        ([5, 5, 5], (5,)),
        ([0.11, 0.19, 0.32, 0.38], (0.2, 0.3)),
        ([-3.0, 14.0], (0, 10)),
    ],
)
def test_round_breaks_are_round_and_share_the_values_out(values, breaks):
    assert maps.round_breaks(values).breaks == breaks


def test_skewed_values_get_steps_that_grow():
    classes = maps.round_breaks(SKEWED)
    assert (np.array(classes.breaks[1:]) / np.array(classes.breaks[:-1]) >= 2).all()
    assert np.bincount(classes.index(SKEWED)).min() >= 1


@pytest.mark.parametrize("classes", range(2, 8))
def test_there_are_never_more_classes_than_wanted(classes):
    for values in (SKEWED, VALUES, [-1.5, 0.2, 3.1], [0.996, 1.0]):
        assert 1 <= len(maps.round_breaks(values, classes=classes).breaks) < classes


def test_missing_values_have_no_class_and_a_value_on_a_break_belongs_above():
    assert maps.Classes((10.0, 20.0)).index([9.9, 10, 20, np.nan]).tolist() == [0, 1, 2, -1]


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        ([-7, -1, 2, 4, 9], (-5, -2.5, 0, 2.5, 5)),
        ([0.0, 0.0], (0,)),
        ([1.0, 2.0, 3.0], (0, 1, 2, 3)),
        ([8.3, 9.1, 10.6], (0, 10)),  # not 0, 9, 10
    ],
)
def test_breaks_around_zero_are_mirrored_and_hold_zero(values, breaks):
    assert maps.change_breaks(values).breaks == breaks


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: maps.round_breaks([math.nan]), "no value"),
        (lambda: maps.change_breaks([]), "no value"),
        (lambda: maps.rate_scale("v", [1], unit="%", breaks=[3, 2]), "rising order"),
        (lambda: maps.rate_scale("v", [1], unit="%", breaks=[]), "rising order"),
        (lambda: maps.rate_scale("v", [1], unit="%", breaks=range(7)), "one to six"),
    ],
)
def test_impossible_classes_are_refused(call, message):
    with pytest.raises(DataError, match=message):
        call()


@pytest.mark.parametrize(
    ("breaks", "how", "words"),
    [
        ((5000, 10000), {"factor": 0.1}, ["below 500", "500 to 1,000", "1,000 or more"]),
        ((5000, 10000), {"language": "zh"}, ["5000以下", "5000至10000", "10000及以上"]),
        ((-2.5, 0), {}, ["below −2.5", "−2.5 to 0.0", "0.0 or more"]),
        ((-2, 0), {"language": "zh"}, ["−2以下", "−2至0", "0及以上"]),
    ],
)
def test_class_labels_are_in_the_habit_of_the_language(breaks, how, words):
    assert maps.class_labels(maps.Classes(breaks), **how) == words


@pytest.mark.parametrize("scheme", ["Quantiles", "FisherJenks", "EqualInterval", "NaturalBreaks"])
def test_a_scheme_of_mapclassify_puts_every_value_into_the_class_that_mapclassify_gives_it(scheme):
    mapclassify = pytest.importorskip("mapclassify")
    classes = maps.scheme_breaks(VALUES, scheme, classes=4)
    assert classes.index(VALUES).tolist() == getattr(mapclassify, scheme)(VALUES, k=4).yb.tolist()
    assert maps.scheme_breaks(VALUES, scheme.lower(), classes=4) == classes
    with pytest.raises(DataError, match="Unknown scheme"):
        maps.scheme_breaks(VALUES, "nonsense")
