"""Four maps as they looked before, within what the smoothing of text may change."""

import os
import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from map_kit import CITIES, CONTEXT, REGIONS, some_members
from PIL import Image, ImageFilter

from lnregions import judge, load_boundaries, load_plan, maps

FOLDER = Path(__file__).parents[1] / "baseline" / "maps"
LOCKED = re.search(
    r"^matplotlib==(\d+\.\d+)", (FOLDER.parents[2] / "requirements.txt").read_text("utf-8"), re.MULTILINE
)[1]


def membership(ax):
    counties = load_boundaries("county")
    return maps.plot_membership(CITIES, some_members(), counties=counties, regions=REGIONS, ax=ax)


def classes(ax):
    holes = CITIES.copy()
    holes.loc[[3, 8], "rate"] = np.nan
    return maps.plot_choropleth(holes, "rate", unit="%", ax=ax, language="zh")


def circles(ax):
    return maps.plot_symbols(CITIES, "amount", unit="亿元", ax=ax)


def status(ax):
    plan = load_plan()
    members = {region: plan.members(region, level="city") for region in plan.regions["region"]}
    names = dict(zip(plan.regions["region"], plan.regions["short_en"], strict=True))
    return maps.plot_plan_status(CITIES, judge(plan), members=members, names=names, ax=ax)


@pytest.mark.skipif(
    not mpl.__version__.startswith(LOCKED + "."),
    reason="image baselines hold for the locked minor version of matplotlib only",
)
@pytest.mark.parametrize("draw", [membership, classes, circles, status])
def test_maps_look_as_they_did(draw, tmp_path):
    """Make the baselines anew with LNREGIONS_BASELINES=write, and look at them.

    Both pictures are blurred by two pixels first: another smoothing of letters passes, a label or a border
    elsewhere does not.
    """
    ax = draw(maps.map_axes("single", language="zh" if draw is classes else "en"))
    maps.finish_map(ax, title=f"{draw.__name__} 试验", source="Source: trial.", context=CONTEXT)
    drawn, kept = tmp_path / "drawn.png", FOLDER / f"{draw.__name__}.png"
    ax.figure.savefig(drawn, dpi=80)
    if os.environ.get("LNREGIONS_BASELINES") == "write":
        kept.write_bytes(drawn.read_bytes())
    pictures = [Image.open(path).convert("RGB").filter(ImageFilter.GaussianBlur(2)) for path in (drawn, kept)]
    assert abs(pictures[0].height - pictures[1].height) <= 1
    first, second = (np.asarray(p, dtype=float)[: min(p.height for p in pictures)] for p in pictures)
    apart = np.abs(first - second).max(axis=2)
    assert (apart > 40).mean() < 0.001, f"{(apart > 40).sum()} pixels differ"
