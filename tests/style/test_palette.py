"""Colours are told apart by the colour-blind and in grey, and text on them can be read."""

import itertools

import numpy as np
import pytest

from lnregions.charts.lines import QUIET
from lnregions.charts.scorecard import GRADES
from lnregions.maps.circles import FILL
from lnregions.maps.regions import STRENGTHS
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
TO_XYZ = np.array([
    [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041],
])  # fmt: skip
WHITE = np.array([0.95047, 1.0, 1.08883])  # D65
# Of CIEDE2000, in which 1 is about the least that is seen where two fills meet. A fill of a map or chart is compared
# with one in the legend, some way off and with print on it: for that, and for paper and poor light, 8.
TOLD_APART = 8.0


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


def ciede2000(one, other):
    """CIEDE2000 difference of two colours in CIELAB (Sharma, Wu and Dalal 2005, equations 2 to 22)."""
    chroma = (np.hypot(*one[1:]) + np.hypot(*other[1:])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    (c, d), (h, k) = zip(*((np.hypot(a * stretch, b), np.degrees(np.arctan2(b, a * stretch)) % 360)
                           for _, a, b in (one, other)), strict=True)  # fmt: skip
    turn = (k - h + 180) % 360 - 180 if c * d else 0.0
    light, chroma, hue = (one[0] + other[0]) / 2, (c + d) / 2, h + turn / 2 if c * d else h + k

    def cosine(times, shift):
        return np.cos(np.radians(times * hue + shift))

    weight = 1 - 0.17 * cosine(1, -30) + 0.24 * cosine(2, 0) + 0.32 * cosine(3, 6) - 0.2 * cosine(4, -63)
    lighter = (other[0] - one[0]) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    fuller = (d - c) / (1 + 0.045 * chroma)
    turned = 2 * np.sqrt(c * d) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * weight)
    rotation = np.sin(np.radians(60 * np.exp(-((((hue % 360) - 275) / 25) ** 2))))
    rotation *= -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    return float(np.sqrt(lighter**2 + fuller**2 + turned**2 + rotation * fuller * turned))


def distance(one, other):
    """Least difference of two colours over the kinds of colour vision."""
    return min(ciede2000(lab(m @ linear(one)), lab(m @ linear(other))) for m in BLINDNESS.values())


def delta_e(one, other):
    """Least difference over the kinds of colour vision and in grey."""
    return min(distance(one, other), ciede2000((lightness(one), 0, 0), (lightness(other), 0, 0)))


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [  # of the test data of Sharma, Wu and Dalal 2005: blue, angles around zero, large ones, dark ones
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -0.001, 2.49), (50, 0.0011, -2.49), 4.7461),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_is_that_of_the_published_test_data(one, other, difference):
    assert ciede2000(one, other) == pytest.approx(difference, abs=1e-4)


def test_the_simulation_keeps_white():
    assert all(np.allclose(matrix @ np.ones(3), 1, atol=2e-5) for matrix in BLINDNESS.values())
    assert delta_e("#000000", "#ffffff") == pytest.approx(100, abs=0.05)
    assert delta_e("#3d2b7d", "#3d2b7d") == 0


ACTUAL = ROLES["actual"].colour
PICTURES = {
    "regions": palette.REGION_COLOURS.values(),
    "lines of regions": map(palette.shade, palette.REGION_COLOURS.values()),
    **{f"members, {status}": [palette.region_tint(region, strength=strength) for region in palette.REGION_COLOURS]
       for status, strength in STRENGTHS.items()},
    **{f"{count} classes or parts": palette.sequential(count) for count in range(2, 8)},
    "circles and land": [FILL, "#f4f5f6"],
    "grades": GRADES.values(),
    "dots of two years": [QUIET, ACTUAL],
    "bars and their sum": [palette.tint(ACTUAL, 0.55), ACTUAL],
    "bars up and down": [ACTUAL, ROLES["target"].colour],
    "bars and derived ones": [ACTUAL, palette.tint(ACTUAL, 0.45)],
}  # fmt: skip
"""All fills that stand in one picture, but those that a hatch or a marker distinguishes, too."""


@pytest.mark.parametrize("picture", PICTURES)
def test_all_fills_of_a_picture_are_told_apart_by_the_colour_blind_and_in_grey(picture):
    for one, other in itertools.combinations(PICTURES[picture], 2):
        assert delta_e(one, other) >= TOLD_APART, (one, other)


def test_statuses_differ_in_marker_and_in_hatch_or_else_in_colour_and_grey():
    for a, b in itertools.combinations(STATUSES.values(), 2):
        unlike = a.marker != b.marker and a.hatch != b.hatch
        assert unlike or delta_e(a.colour, b.colour) >= TOLD_APART, (a, b)


def test_lines_of_a_chart_differ_in_line_style_and_nearly_all_in_colour():
    for a, b in itertools.combinations(ROLES.values(), 2):
        assert (a.linestyle, a.marker) != (b.linestyle, b.marker)
        # target and required path are one idea
        assert a.colour == b.colour or distance(a.colour, b.colour) >= TOLD_APART, (a, b)


def test_the_side_of_a_bar_where_a_target_is_met_is_shaded_visibly():
    assert delta_e(palette.BAND, "#f3f4f6") >= 3


@pytest.mark.parametrize("count", range(3, 8))
def test_sequential_classes_darken_in_even_visible_steps(count):
    ramp = palette.sequential(count)
    assert len(ramp) == count
    assert len(palette.sequential(count - 2)) == count - 2
    assert (np.diff([lightness(c) for c in ramp]) < 0).all()


@pytest.mark.parametrize(("below", "above"), [*itertools.product(range(5), repeat=2)][1:])
def test_diverging_classes_leave_zero_darker_on_both_sides(below, above):
    ramp = palette.diverging(below, above)
    assert len(ramp) == below + above
    assert all(lightness(a) < lightness(b) for a, b in itertools.pairwise(ramp[:below]))
    assert all(lightness(a) > lightness(b) for a, b in itertools.pairwise(ramp[below:]))
    for one, other in itertools.combinations(ramp, 2):  # in grey the sign in print tells the sides apart
        sides = (ramp.index(one) < below) + (ramp.index(other) < below)
        assert (distance if sides == 1 else delta_e)(one, other) >= TOLD_APART


FILLS = [
    *palette.REGION_COLOURS.values(),
    *(palette.region_tint(r, strength=s) for r in palette.REGION_COLOURS for s in STRENGTHS.values()),
    *(s.colour for s in STATUSES.values()),
    *(c for n in range(1, 8) for c in palette.sequential(n)),
    *(c for n in range(1, 5) for c in palette.diverging(n, n)),
    "#7fb2dd",
]


def test_text_on_every_fill_is_readable():
    assert [fill for fill in FILLS if palette.contrast(palette.text_on(fill), fill) < 4.5] == []


GROUNDS = (palette.GROUND, palette.LAND, palette.SEA)
LINES = [ROLES[role].colour for role in ("actual", "required", "target", "benchmark")]


@pytest.mark.parametrize(("inks", "grounds", "least"), [
    ([palette.INK], GROUNDS, 7), ([palette.MUTED], GROUNDS, 4.5), (LINES, GROUNDS[:1], 4.5),
])  # fmt: skip
def test_text_is_readable_on_every_ground_in_ink_muted_or_in_the_colour_of_its_line(inks, grounds, least):
    assert all(palette.contrast(ink, ground) >= least for ink in inks for ground in grounds)


def test_a_region_unknown_here_gets_a_spare_colour():
    assert len({palette.region_colour(f"r{k}", order=k) for k in range(6)}) == 6
    assert palette.region_colour("east", order=1) == palette.REGION_COLOURS["east"]
