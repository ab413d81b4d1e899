"""Colours are told apart by the colour-blind and in grey, and text on them can be read."""

import itertools

import numpy as np
import pytest

from lnregions.style import ROLES, STATUSES, palette

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
# Ottosson 2020, "A perceptual color space for image processing": linear RGB to cone responses to OKLab.
TO_CONES = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
])  # fmt: skip
TO_LAB = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
])  # fmt: skip
TOLD_APART = 8.0  # hundredths of OKLab; 2 is about the least that is seen side by side
GREY_STEP = 8.0  # of lightness L* (0 to 100)


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def seen(colour, kind):
    return TO_LAB @ np.cbrt(TO_CONES @ np.clip(BLINDNESS[kind] @ linear(colour), 0, 1))


def distance(one, other):
    """Least distance over the kinds of colour vision."""
    return min(100 * float(np.linalg.norm(seen(one, k) - seen(other, k))) for k in BLINDNESS)


def lightness(colour):
    return 116 * np.cbrt(palette.luminance(colour)) - 16


def test_the_simulation_keeps_white_and_grey():
    for kind in BLINDNESS:
        assert np.allclose(BLINDNESS[kind] @ np.ones(3), 1, atol=2e-5)
    assert distance("#808080", "#808080") == 0
    assert distance("#000000", "#ffffff") == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(palette.REGION_COLOURS, 2)))
def test_region_colours_are_told_apart_by_the_colour_blind_and_in_grey(one, other):
    a, b = palette.REGION_COLOURS[one], palette.REGION_COLOURS[other]
    assert distance(a, b) >= TOLD_APART
    assert abs(lightness(a) - lightness(b)) >= GREY_STEP


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(palette.REGION_COLOURS, 2)))
def test_region_tints_differ_in_colour_and_in_grey_and_so_do_their_lines(one, other):
    a, b = palette.region_tint(one), palette.region_tint(other)
    assert distance(a, b) >= 5
    assert abs(lightness(a) - lightness(b)) >= GREY_STEP
    c, d = palette.shade(palette.REGION_COLOURS[one]), palette.shade(palette.REGION_COLOURS[other])
    assert distance(c, d) >= TOLD_APART


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(STATUSES, 2)))
def test_statuses_differ_in_hatch_or_in_colour_and_grey(one, other):
    a, b = STATUSES[one], STATUSES[other]
    assert a.marker != b.marker or a.colour != b.colour
    if a.hatch == b.hatch:
        assert distance(a.colour, b.colour) >= TOLD_APART
        assert abs(lightness(a.colour) - lightness(b.colour)) >= GREY_STEP


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(ROLES, 2)))
def test_lines_of_a_chart_differ_in_line_style_and_nearly_all_in_colour(one, other):
    a, b = ROLES[one], ROLES[other]
    assert (a.linestyle, a.marker) != (b.linestyle, b.marker)
    if a.colour != b.colour:  # target and required path are one idea
        assert distance(a.colour, b.colour) >= TOLD_APART


@pytest.mark.parametrize("count", range(3, 8))
def test_sequential_classes_darken_in_even_visible_steps(count):
    ramp = palette.sequential(count)
    steps = -np.diff([lightness(c) for c in ramp])
    assert len(ramp) == count
    assert len(palette.sequential(count - 2)) == count - 2
    assert (steps >= GREY_STEP).all()
    assert all(distance(a, b) >= TOLD_APART for a, b in itertools.pairwise(ramp))


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
