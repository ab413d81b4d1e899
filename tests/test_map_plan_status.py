"""The state of a plan on one map."""

import pytest
from matplotlib.offsetbox import AnnotationBbox

from lnregions import DataError, judge, load_boundaries, load_plan, maps
from lnregions.style.palette import STATUSES

CITIES = load_boundaries()
PLAN = load_plan()
MEMBERS = {region: PLAN.members(region, level="city") for region in PLAN.regions["region"]}
NAMES = dict(zip(PLAN.regions["region"], PLAN.regions["short_en"], strict=True))


def marks(ax):
    """Statuses of the marks on each region's card."""
    cards = [a for a in ax.artists if isinstance(a, AnnotationBbox)]
    return [
        [
            line.get_label()[1:]
            for line in card.findobj(
                lambda a: str(a.get_label()).startswith("_") and hasattr(a, "get_marker")
            )
        ]
        for card in cards
    ]


def test_every_target_has_one_mark_on_its_regions_card():
    verdicts = judge(PLAN)
    ax = maps.plot_plan_status(CITIES, verdicts, members=MEMBERS, names=NAMES)
    drawn = marks(ax)
    assert sorted(map(len, drawn)) == sorted(verdicts["region"].value_counts())
    assert sorted(s for card in drawn for s in card) == sorted(verdicts["status"])


def test_marks_keep_the_order_of_the_statuses():
    order = list(STATUSES)
    for card in marks(maps.plot_plan_status(CITIES, judge(PLAN), members=MEMBERS, names=NAMES)):
        assert card == sorted(card, key=order.index)


@pytest.mark.parametrize(("language", "words"), [("en", "missed (2)"), ("zh", "未实现 (2)")])
def test_the_legend_counts_each_status(language, words):
    ax = maps.plot_plan_status(CITIES, judge(PLAN), members=MEMBERS, names=NAMES, language=language)
    legend = [t.get_text() for t in ax.get_legend().get_texts()]
    assert words in legend
    assert len(legend) == judge(PLAN)["status"].nunique()


def test_the_cards_do_not_cover_one_another():
    ax = maps.plot_plan_status(CITIES, judge(PLAN), members=MEMBERS, names=NAMES, ax=maps.map_axes("single"))
    figure = ax.get_figure()
    figure.draw_without_rendering()
    boxes = [
        a.get_window_extent(figure.canvas.get_renderer()) for a in ax.artists if isinstance(a, AnnotationBbox)
    ]
    assert not [1 for i, one in enumerate(boxes) for other in boxes[i + 1 :] if one.overlaps(other)]


def test_an_unknown_status_or_member_is_refused():
    wrong = judge(PLAN).assign(status="mised")
    with pytest.raises(DataError, match="did you mean missed"):
        maps.plot_plan_status(CITIES, wrong, members=MEMBERS, names=NAMES)
    with pytest.raises(DataError, match="Unknown area '999999'"):
        maps.plot_plan_status(CITIES, judge(PLAN), members={"circle": ["999999"]}, names=NAMES)
