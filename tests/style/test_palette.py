"""Colours are told apart by the colour-blind and in grey, and text on them can be read."""

import itertools

import numpy as np
import pytest

from lnregions.style import ROLES, SIZES, STATUSES, palette

# Machado, Oliveira and Fernandes 2009, "A physiologically-based model for simulation of color vision
# deficiency", severity 1.0; they act on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protan": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ]),
    "deutan": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ]),
    "tritan": np.array([
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip
TO_XYZ = np.array([
    [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041],
])  # fmt: skip
WHITE = np.array([0.95047, 1.0, 1.08883])  # D65
TOLD_APART = 10.0  # of CIE76; 2.3 is about the least that is seen side by side
SLIDE = 338.7 / SIZES["slide"].width_mm  # a widescreen slide shows its figures that much larger
REGIONS = list(itertools.combinations(palette.REGION_COLOURS, 2))


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB of linear RGB."""
    ratio = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), ratio * 24389 / 27 / 116 + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def lightness(colour):
    return 116 * np.cbrt(palette.luminance(colour)) - 16


def distance(one, other):
    """Least CIE76 difference of two colours over the kinds of colour vision."""
    return min(np.linalg.norm(lab(m @ linear(one)) - lab(m @ linear(other))) for m in BLINDNESS.values())


def delta_e(one, other):
    """Least CIE76 difference over the kinds of colour vision and in grey."""
    return min(distance(one, other), abs(lightness(one) - lightness(other)))


def test_the_difference_is_that_of_the_standard_and_the_simulation_keeps_white():
    assert all(np.allclose(matrix @ np.ones(3), 1, atol=2e-5) for matrix in BLINDNESS.values())
    assert delta_e("#000000", "#ffffff") == pytest.approx(100, abs=0.05)
    assert delta_e("#3d2b7d", "#3d2b7d") == 0


@pytest.mark.parametrize(("one", "other"), REGIONS)
def test_colours_and_lines_of_regions_are_told_apart_by_the_colour_blind_and_in_grey(one, other):
    a, b = palette.REGION_COLOURS[one], palette.REGION_COLOURS[other]
    assert delta_e(a, b) >= TOLD_APART
    assert delta_e(palette.shade(a), palette.shade(b)) >= TOLD_APART


@pytest.mark.parametrize(("one", "other"), REGIONS)
@pytest.mark.parametrize(("strength", "least"), [(1.0, TOLD_APART), (0.85, TOLD_APART), (0.55, 7.0)])
def test_fills_of_regions_and_the_stripes_of_their_overlaps_are_told_apart(one, other, strength, least):
    fills = (palette.region_tint(region, strength=strength) for region in (one, other))
    assert delta_e(*fills) >= least


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(STATUSES, 2)))
def test_statuses_differ_in_marker_and_in_hatch_or_else_in_colour_and_grey(one, other):
    a, b = STATUSES[one], STATUSES[other]
    difference = delta_e(a.colour, b.colour)
    assert a.marker != b.marker or difference >= TOLD_APART
    assert a.hatch != b.hatch or difference >= TOLD_APART


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(ROLES, 2)))
def test_lines_of_a_chart_differ_in_line_style_and_nearly_all_in_colour(one, other):
    a, b = ROLES[one], ROLES[other]
    assert (a.linestyle, a.marker) != (b.linestyle, b.marker)
    if a.colour != b.colour:  # target and required path are one idea
        assert distance(a.colour, b.colour) >= TOLD_APART


def test_bars_above_and_below_zero_and_marks_on_a_bar_differ_from_one_another():
    actual = ROLES["actual"].colour
    assert delta_e(actual, ROLES["target"].colour) >= TOLD_APART
    assert delta_e(actual, palette.tint(actual, 0.45)) >= TOLD_APART
    assert (
        delta_e(palette.BAND, "#f3f4f6") >= 4
    )  # of a bar, on which the side where a target is met is shaded


@pytest.mark.parametrize("width", SIZES)
def test_text_is_large_enough_in_print_and_on_slides(width):
    smallest = SIZES[width].small
    assert smallest * SLIDE >= 14 - 1e-9 if width == "slide" else smallest >= 5.5


@pytest.mark.parametrize("count", range(3, 8))
def test_sequential_classes_darken_in_even_visible_steps(count):
    ramp = palette.sequential(count)
    assert len(ramp) == count
    assert len(palette.sequential(count - 2)) == count - 2
    assert (np.diff([lightness(c) for c in ramp]) < 0).all()
    assert all(delta_e(a, b) >= TOLD_APART for a, b in itertools.pairwise(ramp))


@pytest.mark.parametrize("below", range(5))
@pytest.mark.parametrize("above", range(5))
def test_diverging_classes_leave_zero_darker_on_both_sides(below, above):
    if not below + above:
        return
    ramp = palette.diverging(below, above)
    assert len(ramp) == below + above
    assert all(lightness(a) < lightness(b) for a, b in itertools.pairwise(ramp[:below]))
    assert all(lightness(a) > lightness(b) for a, b in itertools.pairwise(ramp[below:]))
    if below and above:
        assert distance(ramp[0], ramp[-1]) >= TOLD_APART


FILLS = [
    *palette.REGION_COLOURS.values(),
    *(palette.region_tint(r, strength=s) for r in palette.REGION_COLOURS for s in (0.55, 0.85, 1.0)),
    *(s.colour for s in STATUSES.values()),
    *(c for n in range(1, 8) for c in palette.sequential(n)),
    *(c for n in range(1, 5) for c in palette.diverging(n, n)),
    "#7fb2dd",
]


@pytest.mark.parametrize("fill", dict.fromkeys(FILLS))
def test_text_on_every_fill_is_readable(fill):
    assert palette.contrast(palette.text_on(fill), fill) >= 4.5


@pytest.mark.parametrize("ground", [palette.GROUND, palette.LAND, palette.SEA])
def test_ink_and_muted_text_are_readable_on_every_ground(ground):
    assert palette.contrast(palette.INK, ground) >= 7
    assert palette.contrast(palette.MUTED, ground) >= 4.5


@pytest.mark.parametrize("role", ["actual", "required", "target", "benchmark"])
def test_lines_are_dark_enough_to_label_in_their_own_colour(role):
    assert palette.contrast(ROLES[role].colour, palette.GROUND) >= 4.5


def test_a_region_unknown_here_gets_a_spare_colour():
    assert len({palette.region_colour(f"r{k}", order=k) for k in range(6)}) == 6
    assert palette.region_colour("east", order=1) == palette.REGION_COLOURS["east"]
