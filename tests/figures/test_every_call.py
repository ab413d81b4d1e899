"""Every picture and table, for every shipped plan, place and kind of indicator: drawn, or the reason is said."""

import inspect
from itertools import product

import pytest

import lnregions as ln

PLANS = ("ln-2022", "ln-2025", "ln-tourism-2025", "belt-2025")
GROUP = "210100+210400"
INDICATORS = (
    "gdp",
    "urbanisation_rate",
    "forest_coverage",
    "fdi_usd",
    "gdp_growth_real",
    "population",
    "trade_total",
)
MAKERS = [name for name in ln.__all__ if name.startswith(("draw_", "show_"))]


def calls(plan, name):
    """Arguments that a function needs, with each value that they may have."""
    choices = {
        "plan": [plan], "region": [*plan.regions["region"], GROUP], "adcode": plan.cities[:1],
        "indicator": INDICATORS, "indicators": [INDICATORS], "rate": ["gdp_growth_real", "urbanisation_rate"],
        "verdicts": [ln.judge(plan)],
    }  # fmt: skip
    parameters = inspect.signature(getattr(ln, name)).parameters.values()
    needed = [one.name for one in parameters if one.default is one.empty and one.kind is not one.VAR_KEYWORD]
    given = {"plan": plan} if "plan" in {one.name for one in parameters} else {}
    for values in product(*(choices[name] for name in needed)):
        yield given | dict(zip(needed, values, strict=True))


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
@pytest.mark.parametrize("plan", PLANS)
def test_whatever_is_asked_of_a_plan_is_drawn_or_the_reason_said(plan):
    plan, found = ln.load_plan(plan), []
    for name in MAKERS:
        for given in calls(plan, name):
            made = getattr(ln, name)(**given)
            found += [(name, given)] if isinstance(made, list) and not made and not made.reason else []
    assert found == []


@pytest.mark.parametrize(
    ("draw", "reason"),
    [
        (
            lambda: ln.draw_dots("210100", "forest_coverage"),
            "no figure of forest coverage is known for Shenyang",
        ),
        (
            lambda: ln.draw_contributions("ln-2025", "liaoning", "fdi_usd"),
            "no release has all members in two years",
        ),
    ],
)
def test_a_place_without_the_figures_of_a_picture_has_a_reason(draw, reason):
    assert reason in draw().reason


def test_the_source_of_maps_in_a_row_starts_at_the_first():
    figure = ln.draw_years("ln-2022", GROUP, "forest_coverage").figure
    source = next(text for text in figure.axes[0].texts if text.get_gid() == "source")
    assert source.get_text().count("\n") < 2
