"""Regions of a plan on the map: members, overlaps, attestation, and the state of the targets."""

from functools import cache

import pandas as pd
import pytest
import shapely
from map_kit import CITIES, REGIONS, collections, fills, legend_words, overlapping, some_members
from matplotlib.offsetbox import AnnotationBbox

from lnregions import judge, load_boundaries, load_plan, maps
from lnregions.errors import DataError
from lnregions.maps.regions import STRENGTHS
from lnregions.style import STATUSES, palette, region_tint

PLAN = load_plan()
COUNTIES = load_boundaries("county")
MEMBERS = some_members()
OF_CITIES = MEMBERS[(MEMBERS["level"] == "city") & ~MEMBERS["proxy"]]


def drawn(members=MEMBERS, regions=REGIONS, **options):
    return maps.plot_membership(CITIES, members, counties=COUNTIES, regions=regions, **options)


def city(area):
    return maps.prepare(CITIES[CITIES["area"] == area]).geometry.iloc[0]


def test_membership_fills_plain_areas_and_stripes_overlaps():
    ax = drawn()
    by_area = dict(zip(CITIES["area"], fills(ax)[: len(CITIES)], strict=True))
    assert by_area["210100"] == region_tint("circle")
    assert by_area["211300"] == region_tint("west", strength=STRENGTHS["likely"])
    assert by_area["211100"] == palette.LAND
    striped = {c.get_gid() for c in ax.collections if str(c.get_gid()).startswith("stripes")}
    assert striped == {f"stripes {a}" for a in ("210900", "211400", "210624", "210423", "210421")}


def test_stripes_of_two_regions_share_an_area_evenly():
    ax = drawn(OF_CITIES)
    (path,) = collections(ax, "stripes 210900")[0].get_paths()
    striped = sum(abs(shapely.Polygon(p).area) for p in path.to_polygons() if len(p) > 3)
    assert striped / city("210900").area == pytest.approx(0.5, abs=0.06)


def test_three_regions_over_one_area_make_three_kinds_of_stripes():
    rows = [(r, "210600", "city", "confirmed") for r in ("circle", "belt", "east")]
    ax = drawn(pd.DataFrame(rows, columns=["region", "area", "level", "status"]).assign(proxy=False))
    assert len(collections(ax, "stripes 210600")) == 2
    assert "Circle + Belt + East" in legend_words(ax)


def test_the_status_of_membership_shows_in_the_line_and_in_the_legend():
    ax = drawn()
    styles = {c.get_gid(): str(c.get_linestyle()[0]) for c in ax.collections}
    lines = {gid for gid in styles if str(gid).startswith("region")}
    wanted = ("circle confirmed", "belt confirmed", "west likely", "east likely", "east unverified")
    assert lines == {f"region {one}" for one in wanted}
    assert len({styles[f"region {one}"] for one in wanted[1:3] + wanted[4:]}) == 3
    words = legend_words(ax)
    assert words[:4] == ["Circle (3 cities)", "Belt (3 cities)", "West (3 cities)", "East (3 counties)"]
    assert words[-3:] == ["confirmed (6)", "likely (4)", "unverified (2)"]


def test_stand_ins_and_zones_are_no_members():
    facts = maps.map_facts(drawn())["members"]
    assert facts["east"] == ["210421", "210423", "210624"]
    assert facts["circle"] == ["210100", "210400", "210900"]


def test_names_and_order_of_regions_come_from_the_plan():
    names = {"short_en": ["Western", "Coast", "Ring"], "short_zh": ["辽西", "海岸", "圈"]}
    regions = pd.DataFrame({"region": ["west", "belt", "circle"], **names})
    ax = drawn(OF_CITIES, regions, language="zh")
    assert legend_words(ax)[:3] == ["辽西（3市）", "海岸（3市）", "圈（3市）"]


def test_members_of_no_level_that_maps_draw_are_refused():
    with pytest.raises(DataError, match="No area is a member"):
        drawn(MEMBERS.head(1).assign(level="village"))


@cache
def verdicts():
    return judge(PLAN)


HOW = {
    "members": {region: PLAN.members(region, level="city") for region in PLAN.regions["region"]},
    "names": dict(zip(PLAN.regions["region"], PLAN.regions["short_en"], strict=True)),
}


def cards(ax):
    return [a for a in ax.artists if isinstance(a, AnnotationBbox)]


def marks(card):
    """Statuses of the marks on a region's card."""
    return [m.get_label()[1:] for m in card.findobj(lambda a: hasattr(a, "get_marker"))]


def test_every_target_has_one_mark_on_its_regions_card_in_the_order_of_the_statuses():
    drawn = [marks(card) for card in cards(maps.plot_plan_status(CITIES, verdicts(), **HOW))]
    own = [verdicts().loc[verdicts()["region"] == region, "status"] for region in HOW["members"]]
    assert drawn == [sorted(statuses, key=list(STATUSES).index) for statuses in own]


@pytest.mark.parametrize(("language", "words"), [("en", "missed (4)"), ("zh", "未实现（4）")])
def test_the_legend_counts_each_status(language, words):
    legend = legend_words(maps.plot_plan_status(CITIES, verdicts(), language=language, **HOW))
    assert words in legend
    assert len(legend) == verdicts()["status"].nunique()


@pytest.mark.parametrize("width", ["single", "double"])
def test_the_cards_do_not_cover_one_another(width):
    ax = maps.plot_plan_status(CITIES, verdicts(), ax=maps.map_axes(width), **HOW)
    ax.figure.draw_without_rendering()
    boxes = [card.get_window_extent() for card in cards(ax)]
    assert len(boxes) == 4
    assert not overlapping(boxes)


def test_only_regions_that_overlap_are_striped():
    codes = CITIES["area"].tolist()
    apart, shared = {code: [code] for code in codes}, {"a": codes[:2], "b": codes[1:2]}
    drawn = []
    for own in ({codes[0]: codes[:1]}, apart, shared):
        ax = maps.plot_plan_status(CITIES, verdicts()[:0], members=own, names=dict.fromkeys(own, "x"))
        drawn.append(len(ax.collections))
    assert drawn[1] - drawn[0] == 2 * (len(codes) - 1)  # fill and outline of each further region
    assert drawn[2] - drawn[0] == 3


def test_an_unknown_status_is_refused():
    with pytest.raises(DataError, match="did you mean missed"):
        maps.plot_plan_status(CITIES, verdicts().assign(status="mised"), **HOW)
