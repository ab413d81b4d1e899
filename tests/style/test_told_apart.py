"""Colours of one picture are told apart under every kind of colour vision and in grey, by CIE76 or by a second sign."""

import itertools

import numpy as np
import pytest
from test_palette import BLINDNESS, lightness, linear

from lnregions.style import SIZES, STATUSES, palette

TO_XYZ = np.array([
    [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041],
])  # fmt: skip
WHITE = np.array([0.95047, 1.0, 1.08883])  # D65
TOLD_APART = 10.0  # of CIE76; 2.3 is about the least that is seen side by side
SLIDE = 338.7 / SIZES["slide"].width_mm  # a widescreen slide shows its figures that much larger


def lab(rgb):
    """CIELAB of linear RGB."""
    ratio = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), ratio * 24389 / 27 / 116 + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def delta_e(one, other):
    """Least CIE76 difference of two colours over the kinds of colour vision, and in grey."""
    seen = [np.linalg.norm(lab(m @ linear(one)) - lab(m @ linear(other))) for m in BLINDNESS.values()]
    return min(*seen, abs(lightness(one) - lightness(other)))


def test_the_difference_is_that_of_the_standard():
    assert delta_e("#000000", "#ffffff") == pytest.approx(100, abs=0.05)
    assert delta_e("#3d2b7d", "#3d2b7d") == 0


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(palette.REGION_COLOURS, 2)))
@pytest.mark.parametrize(("strength", "least"), [(1.0, TOLD_APART), (0.85, TOLD_APART), (0.55, 7.0)])
def test_fills_of_regions_and_the_stripes_of_their_overlaps_are_told_apart(one, other, strength, least):
    fills = (palette.region_tint(region, strength=strength) for region in (one, other))
    assert delta_e(*fills) >= least


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(STATUSES, 2)))
def test_marks_of_statuses_differ_in_shape_and_tiles_in_hatch_or_in_colour(one, other):
    a, b = STATUSES[one], STATUSES[other]
    difference = delta_e(a.colour, b.colour)
    assert a.marker != b.marker or difference >= TOLD_APART
    assert a.hatch != b.hatch or difference >= TOLD_APART


def test_bars_above_and_below_zero_the_roles_of_lines_and_marks_differ_from_one_another():
    roles = palette.ROLES
    assert delta_e(roles["actual"].colour, roles["target"].colour) >= TOLD_APART
    assert delta_e(roles["actual"].colour, palette.tint(roles["actual"].colour, 0.45)) >= TOLD_APART
    assert (
        delta_e(palette.BAND, "#f3f4f6") >= 4
    )  # of a bar, on which the side where a target is met is shaded


@pytest.mark.parametrize("width", SIZES)
def test_text_is_large_enough_in_print_and_on_slides(width):
    smallest = SIZES[width].small
    assert smallest * SLIDE >= 14 - 1e-9 if width == "slide" else smallest >= 5.5
