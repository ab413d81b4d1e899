"""Maps of any place: the grid, the ground and the inset that suit it; states' borders; what a caption owes."""

import json
from dataclasses import replace
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from generated_plan import write_plan
from map_kit import by_gid, collections, fills, legend_words, notes, squares
from matplotlib.colors import to_hex
from matplotlib.patheffects import Stroke

import lnregions as ln
from lnregions import maps
from lnregions.boundaries import equal_area, project
from lnregions.boundaries.ground import ACCURACY, ground_around
from lnregions.style import palette

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
CHINA, PORTUGAL = (110.0, 25.0), (-9.6, 38.2)


@pytest.fixture(scope="module")
def plan_at(tmp_path_factory):
    """Plan of eight generated cities whose lower left corner is at a place."""

    def made(place, files=()):
        folder = tmp_path_factory.mktemp("plan") / "plan"
        write_plan(folder, 2)
        path = folder / "boundaries.geojson"
        content = json.loads(path.read_text("utf-8"))
        first = shapely.from_geojson(json.dumps(content["features"][0]["geometry"])).bounds[:2]
        for one in content["features"]:
            shape = shapely.from_geojson(json.dumps(one["geometry"]))
            moved = shapely.transform(shape, lambda xy: xy - first + place)
            one["geometry"] = json.loads(shapely.to_geojson(moved))
        path.write_text(json.dumps(content), "utf-8")
        for name, frame in files:
            frame.to_file(folder / name)
        return ln.load_plan(folder)

    return made


@pytest.fixture(scope="module")
def plans(plan_at):
    """The plan at a place, made once."""
    return cache(plan_at)


@pytest.fixture(scope="module")
def abroad(plans):
    """Picture of the plan at a place, each drawn once: a map in a language, or who belongs to it without one."""

    @cache
    def drawn(place, language=""):
        plan = plans(place)
        return ln.draw_map(plan, "r000", "gdp", language=language) if language else ln.draw_membership(plan)

    return drawn


@cache
def at_home(language="en"):
    """Map of the belt, drawn once."""
    return ln.draw_map("ln-2022", "belt", "gdp", language=language)


def ground_colour(ax, longitude, latitude):
    """Colour of the ground at a place of a map beside its areas: land, sea or the plain sheet."""
    [place] = gpd.GeoSeries([shapely.Point(longitude, latitude)], crs=4490).to_crs(maps.drawn_on(ax).crs)
    xmin, xmax, ymin, ymax = *ax.get_xlim(), *ax.get_ylim()
    assert xmin < place.x < xmax
    assert ymin < place.y < ymax
    land = [path for part in collections(ax, "context") for path in part.get_paths()]
    dry = any(path.contains_point((place.x, place.y)) for path in land)
    return palette.LAND if dry else to_hex(ax.get_facecolor())


@pytest.mark.parametrize(
    ("bounds", "kind", "numbers"),
    [
        ((118.8, 38.7, 125.8, 43.5), "aea", "+lat_1=39.5 +lat_2=42.5"),
        ((121.6, 40.9, 131.3, 46.3), "aea", "+lat_1=42.0 +lat_2=45.5"),
        ((118, 38, 135, 53.6), "laea", "+lat_0=46.0 +lon_0=126.5"),  # taller than wide
        ((30, -3, 36, 2), "laea", "+lat_0=-0.5 +lon_0=33.0"),  # across the equator
        ((144, -38.5, 146, -37.5), "aea", "+lat_1=-38.5 +lat_2=-37.5"),
    ],
)
def test_the_grid_is_chosen_from_the_extent_and_keeps_areas(bounds, kind, numbers):
    crs = equal_area(bounds)
    assert f"+proj={kind} " in crs.srs
    assert numbers in crs.srs
    frame = gpd.GeoDataFrame(geometry=[shapely.segmentize(shapely.box(*bounds), 0.05)], crs=4490)
    true = abs(crs.get_geod().geometry_area_perimeter(frame.geometry[0])[0])
    assert project(frame).area[0] == pytest.approx(true, rel=1e-4)


def test_the_grid_is_stated_on_the_sheet_in_both_languages(abroad):
    english, chinese = (by_gid(abroad(PORTUGAL, one).ax, "source")[0].get_text() for one in ("en", "zh"))
    assert "Lambert azimuthal equal area (39°N, 9°W), CGCS2000" in english.replace("\n", " ")
    assert "兰勃特等积方位投影（投影中心39°N，9°W）" in chinese.replace("\n", "")
    assert "Land: Natural Earth." in english.replace("\n", " ")


@pytest.mark.parametrize(
    ("place", "dry", "wet"),
    [(CHINA, [(109.97, 24.97), (111.2, 26.1)], []), (PORTUGAL, [(-8.2, 39.25)], [(-9.61, 38.19)])],
)
def test_land_is_never_painted_as_sea_wherever_a_plan_lies(abroad, place, dry, wet):
    ax = abroad(place).ax
    assert {ground_colour(ax, *one) for one in dry} == {palette.LAND}
    assert {ground_colour(ax, *one) for one in wet} <= {palette.SEA}


def test_a_map_beside_liaoning_has_its_neighbours_as_land_beyond_the_shipped_ones():
    cities = ln.load_boundaries()
    north = project(cities[cities["area"] == "211200"])
    xmin, ymin, xmax, ymax = north.total_bounds
    frame = shapely.box(xmin, ymin, xmax, ymax + 400e3)  # beyond 44.8 degrees
    ground = ground_around(ln.load_plan(), north, frame)
    assert list(ground["kind"]) == ["land"]
    rest = frame.difference(shapely.union_all([*ground.geometry, *north.geometry]))
    assert rest.area < 1  # Inner Mongolia, Jilin and Heilongjiang
    near = ground_around(ln.load_plan(), north, shapely.box(xmin, ymin, xmax, ymax))
    assert {"吉林", "朝鲜", "渤海"} <= set(near["short_zh"])


def test_two_drawings_of_one_coast_leave_no_sliver_and_no_strait():
    cities = project(ln.load_boundaries())
    whole = shapely.union_all(cities.geometry)
    frame = shapely.box(*cities.total_bounds).buffer(300e3, join_style="mitre")
    land = ground_around(ln.load_plan(), cities, frame).geometry.iloc[0]
    slivers = [one for one in shapely.get_parts(land) if one.distance(whole) < 1 and one.area < 30e6]
    assert not [one for one in slivers if one.buffer(-ACCURACY).is_empty]
    gap = frame.difference(land).difference(whole)  # along the border on land nothing is sea
    border = whole.boundary.intersection(land.buffer(1))
    assert border.length > 800e3
    assert gap.intersection(border.buffer(50)).area < 0.02 * border.buffer(50).area


@pytest.mark.parametrize("size", [1, 2])
def test_no_land_beside_the_areas_is_sea_and_no_error(size):
    grid = equal_area((-31, -31, -28, -28))
    [middle] = gpd.GeoSeries([shapely.Point(-29.5, -29.5)], crs=4490).to_crs(grid)  # far from every coast
    island = gpd.GeoDataFrame(geometry=[middle.buffer(100e3)], crs=grid)
    ground = ground_around(ln.load_plan(), island, middle.buffer(size * 60e3))
    assert ground.geometry.is_empty.all()


@pytest.mark.parametrize(
    "columns", [{"name_zh": ["邻县"], "name_en": ["Next"], "kind": ["state"]}, {"code": ["x"]}]
)
def test_neighbours_of_the_plans_folder_are_the_ground(plan_at, columns):
    beside = gpd.GeoDataFrame(columns, geometry=[shapely.box(111.0, 25.8, 111.5, 26.2)], crs=4490)
    plan = plan_at(CHINA, files=[("context.gpkg", beside)])
    ax = ln.draw_membership(plan).figure.axes[0]
    names, borders = [t.get_text() for t in by_gid(ax, "context name")], by_gid(ax, "state border")
    assert ground_colour(ax, 111.2, 26.0) == palette.LAND
    assert (names == ["Next"]) == ("kind" in columns)
    assert bool(borders) == ("kind" in columns)


def test_a_damaged_context_file_is_refused_by_name(plan_at):
    plan = plan_at(CHINA)
    (plan.folder / "context.geojson").write_text("{", "utf-8")
    with pytest.raises(ln.DataError, match=r"context\.geojson: the file is no JSON"):
        ln.draw_membership(plan)
    assert any("context.geojson" in fault.path for fault in ln.boundaries.check_plan(plan.folder))


def test_the_border_of_a_state_is_drawn_as_such_and_the_state_is_named():
    ax = at_home("zh").ax
    drawn = shapely.union_all([shapely.LineString(one.get_xydata()) for one in by_gid(ax, "state border")])
    dandong = maps.prepare(project(ln.load_boundaries(), crs=maps.drawn_on(ax).crs))
    dandong = dandong.set_index("area").geometry["210600"]
    assert drawn.intersection(dandong.buffer(2000)).length > 150e3  # along the Yalu
    assert drawn.intersection(dandong.buffer(2000)).length < dandong.length / 2
    assert {one.get_linestyle() for one in by_gid(ax, "state border")} == {"--"}
    names = {t.get_text() for t in by_gid(ax, "context name")}
    assert "朝鲜" in names
    assert not any("半岛" in name for name in names)


def inset(picture):
    return next((ax for ax in picture.figure.axes if ax.get_label() == "inset"), None)


@pytest.mark.parametrize(("language", "words"), [("en", "in Liaoning"), ("zh", "位于辽宁")])
def test_the_inset_of_a_region_shows_it_among_the_areas_of_the_plan(language, words):
    small = inset(at_home(language))
    assert [t.get_text() for t in by_gid(small, "inset label")] == [words]
    [here] = collections(small, "here")[0].get_paths()
    assert len(collections(small, "elsewhere")[0].get_paths()) == 14
    cities = ln.load_boundaries()
    shapes = project(cities, crs=equal_area(cities.total_bounds)).set_index("area").geometry
    belt = shapely.union_all(shapes[ln.load_plan().members("belt")])
    assert here.get_extents().extents == pytest.approx(belt.bounds, abs=500)


def test_the_inset_of_a_foreign_plan_knows_nothing_of_liaoning(abroad):
    region, whole = inset(abroad(PORTUGAL, "en")), inset(abroad(PORTUGAL))
    assert [t.get_text() for t in by_gid(region, "inset label")] == ["in Generated"]
    assert len(collections(region, "elsewhere")[0].get_paths()) == 8
    assert [t.get_text() for t in by_gid(whole, "inset label")] == ["Generated"]
    assert to_hex(whole.get_facecolor()) == palette.SEA


def test_every_caption_names_the_boundaries_and_the_approval_number(plans):
    for picture in (ln.draw_membership("ln-2022"), at_home()):
        assert all(words in picture.caption["en"] for words in ("Tianditu", "审图号"))
        assert all(words in picture.caption["zh"] for words in ("天地图", "本图无审图号"))
    plan = plans(CHINA)
    plan = replace(plan, facts=plan.facts | {"map_approval": "GS(2026)1"})
    assert "审图号：GS(2026)1。" in ln.draw_membership(plan).caption["zh"]


def test_low_confidence_figures_are_dotted_and_their_years_printed_where_they_differ():
    frame = squares(3, rate=[1.0, 2.0, 3.0], grade=["A", "C", "C"], year=[2014, 2021, 2021])
    ax = maps.plot_choropleth(frame, "rate", unit="%")
    assert len(collections(ax, "weak")[0].get_paths()) == 2
    assert "low-confidence figure (2)" in legend_words(ax)
    assert any("(2014)" in t.get_text() for t in by_gid(ax, "label"))
    same = maps.plot_choropleth(frame.assign(year=2021, grade="A"), "rate", unit="%")
    assert collections(same, "weak") == []
    assert not any("(" in t.get_text() for t in by_gid(same, "label"))


def test_circles_of_low_confidence_are_hollow_and_specks_are_left_out_and_counted():
    frame = squares(3, amount=[1000.0, 500.0, 0.4], grade=["A", "C", "A"])
    ax = maps.plot_symbols(frame, "amount", unit="亿元")
    (drawn,) = collections(ax, "circles")
    assert len(drawn.get_offsets()) == 2
    assert [to_hex(one) for one in drawn.get_facecolors()] == [maps.FILL, "#f4f5f6"]
    assert "too small for a circle (1)" in notes(ax)
    assert "hollow: low-confidence figure (1)" in notes(ax)


def test_labels_have_a_halo_and_no_box_and_leads_do_not_cross():
    corners = [(122 + x / 50, 41 + y / 50) for x in range(4) for y in range(4)]
    dots = [shapely.box(x, y, x + 0.004, y + 0.004) for x, y in corners]
    frame = gpd.GeoDataFrame({"rate": range(17)}, geometry=[shapely.box(121, 40, 124, 40.9), *dots], crs=4490)
    frame = frame.assign(short_en=[f"Long name {k}" for k in range(17)], short_zh="")
    ax = maps.plot_choropleth(frame, "rate", unit="%", ax=maps.map_axes("single"))
    words, halos = by_gid(ax, "label"), by_gid(ax, "halo")
    assert len(words) == len(halos) > 5
    assert all(t.get_bbox_patch() is None for t in words)
    assert all(isinstance(one.get_path_effects()[0], Stroke) for one in halos)
    leads = [shapely.LineString(line.get_xydata()) for line in by_gid(ax, "lead")]
    assert len(leads) > 3
    assert not any(a.crosses(b) for k, a in enumerate(leads) for b in leads[:k])


def test_maps_of_change_share_their_classes_and_name_what_changed():
    one, two = (ln.draw_change("ln-2022", region, "gdp") for region in ("belt", "west"))
    breaks = [maps.map_facts(p.ax)["breaks"] for p in (one, two)]
    assert breaks[0] == breaks[1]
    assert np.diff(breaks[0]) == pytest.approx(5)  # even, from zero
    assert 0 in breaks[0]
    huludao = [dict(zip(p.data["area"], fills(p.ax), strict=True))["211400"] for p in (one, two)]
    assert huludao[0] == huludao[1]
    assert "nominal change of gross domestic product" in one.caption["en"]
    share = ln.draw_change("ln-2022", "circle", "urbanisation_rate")
    assert "nominal" not in share.caption["en"]
    titles = [picture.ax.get_legend().get_title().get_text() for picture in (one, share)]
    assert titles == ["Nominal change, 2021-2023 (%)", "Change, 2020-2023 (pp)"]


@pytest.mark.parametrize("level", ["county", "province"])
def test_areas_of_one_level_alone_make_every_map(plan_at, level):
    plan = plan_at(CHINA)
    plan.membership["level"] = plan.areas.loc[plan.areas["level"] == "city", "level"] = level
    circles = ln.draw_map(plan, "r000", "gdp")
    assert len(collections(circles.ax, "circles")[0].get_offsets()) == 4
    others = (ln.draw_membership(plan), ln.draw_change(plan, "r000", "gdp"), ln.draw_verdict_map(plan))
    for picture in (*others, ln.draw_years(plan, "r000", "gdp_growth_real")):
        assert pd.notna(picture.ax.get_xlim()[0])
