"""`lnregions check`: what is shipped passes, and a change to a number, a key, a shape or a file is found."""

import json
import random
import shutil

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from checks import drawn as check_drawn
from checks import pictures as check_pictures
from checks import self_check
from checks import shapes as check_shapes
from checks import tables as check_tables
from checks import verdicts as check_verdicts
from checks.drawn import PlotCall, undrawn
from checks.pictures import EXPLAINERS, trace_picture
from checks.result import report_checks
from checks.traces import Tracer

from lnregions.__main__ import main
from lnregions.assess.judgement import load_tables
from lnregions.boundaries.boundaries import load_boundaries, load_context, load_locator
from lnregions.errors import DataError, Fault
from lnregions.figures.chart_pictures import draw_contributions, draw_indexed_growth, draw_members
from lnregions.figures.map_pictures import draw_map
from lnregions.figures.map_pictures import draw_change
from lnregions.paths import data_dir, shapes_dir
from lnregions.tables import codebook
from lnregions.tables import observations as figures_module
from lnregions.tables.plans import load_plan
from lnregions.tables.tables import fingerprint


@pytest.fixture(scope="module")
def checks():
    return self_check.check_shipped()


pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # a table that is not as sealed


def messages(found):
    return [fault.message() for check in found for fault in check.faults]


# -- what is shipped ----------------------------------------------------------------------------------------


def test_what_is_shipped_passes_every_check(checks):
    assert messages(checks) == []
    assert all(check.ok for check in checks)
    assert {check.group for check in checks} == set(self_check.PARTS)


def test_the_counts_are_those_of_the_shipped_data(checks):
    compared = {group: sum(c.compared for c in checks if c.group == group) for group in self_check.PARTS}
    assert compared["tables"] > 5000
    assert compared["shapes"] > 500
    assert compared["consistency"] > 1900
    assert compared["pictures"] > 4500
    assert compared["verdicts"] > 200


@pytest.mark.parametrize(("language", "said"), [("en", "nothing is wrong."), ("zh", "未发现问题。")])
def test_the_command_prints_every_group_and_ends_with_the_sum(checks, monkeypatch, capsys, language, said):
    monkeypatch.setattr(self_check, "check_shipped", lambda: checks)
    assert main(["check", "--messages", language]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith(said)
    assert sum(not line.startswith(" ") and bool(line) for line in lines) == len(self_check.PARTS) + 1


def test_the_command_gives_json_and_fails_on_a_fault(checks, monkeypatch, capsys):
    fault = Fault("plain", extra={"text": "A number is wrong."})
    bad = self_check.Check("tables", ("all is well", "一切正常"), 3, (fault,))
    monkeypatch.setattr(self_check, "check_shipped", lambda: [*checks, bad])
    assert main(["check", "--format", "json"]) == 1
    records = json.loads(capsys.readouterr().out)
    assert [record["ok"] for record in records].count(False) == 1
    assert records[-1]["faults"] == ["A number is wrong."]


def test_a_group_that_cannot_be_read_does_not_hide_the_others(monkeypatch):
    def refuse():
        raise DataError("The table is gone. Put it back.")

    monkeypatch.setattr(self_check, "PARTS", {"tables": refuse, "verdicts": check_verdicts.check_verdicts})
    found = self_check.check_shipped()
    assert [check.ok for check in found] == [False, True]
    assert "The table is gone. Put it back." in report_checks(found)


@pytest.mark.parametrize(("count", "said"), [(1, "1 fault in"), (2, "2 faults in")])
def test_a_plan_folder_is_reported_with_its_faults_counted(tmp_path, capsys, count, said):
    shutil.copytree(data_dir() / "plans" / "belt-2025", tmp_path / "plan")
    targets = tmp_path / "plan" / "targets.csv"
    lines = targets.read_text(encoding="utf-8").splitlines()
    for place in range(1, count + 1):
        lines[place] = lines[place].replace(",belt,", ",beltt,", 1)
    targets.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["check", str(tmp_path / "plan")]) == 1
    assert said in capsys.readouterr().out
    assert main(["check", str(tmp_path / "plan"), "--format", "json", "--messages", "zh"]) == 1
    assert len(json.loads(capsys.readouterr().out)["faults"]) == count
    assert main(["check", str(tmp_path / "plan"), "--messages", "zh"]) == 1
    assert f"{count} 处问题" in capsys.readouterr().out


def test_a_sentence_that_starts_with_a_path_keeps_its_case(tmp_path, monkeypatch, capsys):
    (tmp_path / "mp").mkdir()
    (tmp_path / "mp" / "plan.yaml").write_text("id: x\n")
    monkeypatch.chdir(tmp_path)
    assert main(["plan", "new", "mp"]) == 2
    assert "mp is there and not empty." in capsys.readouterr().err.replace(f"{tmp_path}/", "")


# -- a table that was changed -------------------------------------------------------------------------------


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """A copy of the data folder that everything reads instead of the shipped one."""
    folder = tmp_path / "data"
    shutil.copytree(data_dir(), folder)
    from checks import consistency

    from lnregions.tables import plans
    from lnregions.tables import tables as _tables

    for module in (_tables, codebook, figures_module, check_tables, consistency, plans):
        monkeypatch.setattr(module, "data_dir", lambda: folder)
    _tables._descriptor.cache_clear()
    _tables._sealed.cache_clear()
    yield folder
    monkeypatch.undo()
    _tables._descriptor.cache_clear()
    _tables._sealed.cache_clear()


def seal(folder):
    """Write the checksums of all tables, as someone would who hides a change."""
    from lnregions.tables import tables as _tables

    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for entry in package["resources"]:
        data = (folder / entry["path"]).read_bytes()
        entry["hash"], entry["bytes"] = fingerprint(data), len(data)
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    _tables._descriptor.cache_clear()
    _tables._sealed.cache_clear()


def edit(folder, name, *, row, column, value):
    """Change one cell of a table: `row` picks it by its text columns."""
    path = folder / name
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    hit = pd.Series(True, index=table.index)
    for key, wanted in row.items():
        hit &= table[key] == wanted
    table.loc[table.index[hit][0], column] = value(table.loc[table.index[hit][0], column])
    table.to_csv(path, index=False, lineterminator="\n")


DALIAN = {"area": "210200", "indicator": "gdp", "year": "2022", "value": "8430.9"}
CHANGES = {
    "a unit": ("observations.csv", DALIAN, "unit", "万元", "the unit of gdp is 亿元"),
    "a year": ("observations.csv", DALIAN, "year", "1022", "year 1022 is too small"),
    "a source": ("observations.csv", DALIAN, "source", "s9999", "unknown source 's9999'"),
    "an area": ("observations.csv", DALIAN, "area", "219900", "unknown area '219900'"),
    "an indicator": ("observations.csv", DALIAN, "indicator", "gpd", "did you mean gdp?"),
    "a parent": ("areas.csv", {"area": "210100"}, "parent", "220000", "unknown area '220000'"),
    "a unit of the codebook": ("indicators.csv", {"indicator": "gdp"}, "unit", "吨", "unknown unit '吨'"),
    "a source of a break": ("breaks.csv", {"indicator": "gdp"}, "source", "x1", "unknown source 'x1'"),
    "a target's horizon": ("plans/ln-2022/targets.csv", {"target": "belt-dalian-gdp"}, "horizon", "2019", "2019"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("hidden", [False, True], ids=["seal as it was", "seal renewed"])
def test_a_changed_cell_is_found(tables, change, hidden):
    name, row, column, value, said = change
    edit(tables, name, row=row, column=column, value=lambda old: value)
    if hidden:
        seal(tables)
    found = messages(check_tables.check_tables())
    assert any(said in message for message in found), found
    assert hidden or any("is not the one that was sealed" in message or name in message for message in found)


def test_the_seal_finds_every_single_cell_that_is_changed(tables):
    path = tables / "observations.csv"
    original, rows = path.read_bytes(), pd.read_csv(path, dtype=str, keep_default_na=False)
    for place in random.Random(3).sample(range(len(rows)), 25):
        changed = rows.copy()
        changed.loc[place, "value"] = f"{float(rows.loc[place, 'value']) * 1.1:.6g}"
        changed.to_csv(path, index=False, lineterminator="\n")
        assert fingerprint(path.read_bytes()) != fingerprint(original)
    found = messages(check_tables.check_tables())
    assert any("is not the one that was sealed" in message for message in found)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "breaks.csv").unlink(), "breaks.csv"),
        (lambda folder: (folder / "more.csv").write_text("a\n1\n"), "more.csv: is not in datapackage.json"),
        (lambda folder: (folder / "datapackage.json").write_text("{"), "datapackage.json: cannot be read"),
        (
            lambda folder: (folder / "units.csv").write_text("label_zh,unit,label_en,factor_en\n%,%,%,1\n"),
            "units.csv: has the columns label_zh, unit",
        ),
    ],
    ids=["a table gone", "a table too many", "a broken descriptor", "columns in another order"],
)
def test_a_damaged_folder_is_found(tables, damage, said):
    damage(tables)
    found = messages(check_tables.check_tables())
    assert any(said in message for message in found), found


# -- a shape that was changed -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def layers():
    return (
        load_boundaries(),
        load_boundaries("county"),
        {"context": load_context(), "locator": load_locator()},
    )


def geometry_faults(cities, counties, ground):
    return messages(check_shapes.check_geometry(cities, counties, ground=ground))


def swapped(frame, first, second):
    frame = frame.copy()
    places = [frame.index[frame["area"] == code][0] for code in (first, second)]
    shapes = frame.geometry.loc[places].tolist()
    for place, shape in zip(places, reversed(shapes), strict=True):
        frame.loc[[place], "geometry"] = shape
    return frame


@pytest.mark.parametrize(
    "pair", [("210100", "211200"), ("210900", "211400"), ("210200", "210600"), ("210100", "211100")]
)
def test_two_cities_with_each_other_s_shape_are_found(layers, pair):
    cities, counties, ground = layers
    found = geometry_faults(swapped(cities, *pair), counties, ground)
    assert all(any(code in message for message in found) for code in pair)
    assert any("share no border" in m or "not listed" in m or "union of its counties" in m for m in found)


def test_neighbours_alone_find_two_cities_of_the_same_size_swapped(layers):
    found = messages([check_shapes._neighbours(swapped(layers[0], "210100", "211200"))])
    assert any("share no border" in message for message in found)
    assert any("not listed in neighbours.csv" in message for message in found)


def test_published_areas_alone_find_two_cities_of_other_size_swapped(layers):
    found = messages([check_shapes._areas_published(swapped(layers[0], "210900", "211100"))])
    assert len(found) == 2
    assert "off its published" in found[0]


def test_a_city_that_is_gone_is_found(layers):
    cities, counties, ground = layers
    found = geometry_faults(cities[cities["area"] != "211200"], counties, ground)
    for said in ("211200 is not in the layer", "210000 is not the union", "share no border", "-100.0 % off"):
        assert any(
            said.replace("211200 ", "211200: ").replace("210000 ", "210000: ") in m or said in m
            for m in found
        ), said


def test_a_city_twice_or_unknown_or_under_another_parent_is_found(layers):
    cities, counties, ground = layers
    twice = pd.concat([cities, cities.iloc[[0]].assign(parent="220000")], ignore_index=True)
    odd = pd.concat([counties, counties.iloc[[0]].assign(area="219999")], ignore_index=True)
    found = geometry_faults(twice, odd, ground)
    for said in (
        "210100: stands twice",
        "219999: is not in the codebook",
        "has the parent 220000",
        "overlaps",
    ):
        assert any(said in message for message in found), said


def test_a_city_that_was_moved_is_found(layers):
    cities, counties, ground = layers
    moved = cities.copy()
    moved.loc[[0], "geometry"] = moved.geometry.iloc[0].buffer(0.01)
    found = geometry_faults(moved, counties, ground)
    for said in (
        "overlaps or leaves a gap",
        "is not the union of its counties",
        "where area_changes.csv states",
    ):
        assert any(said in message for message in found), said


def test_cities_in_pieces_or_in_metres_or_invalid_are_found(layers):
    import shapely

    cities, counties, _ = layers
    bow = cities.copy()
    bow.loc[[3], "geometry"] = shapely.Polygon([(120, 40), (121, 41), (121, 40), (120, 41)])
    found = messages([check_shapes._coverage({"liaoning_cities": bow})])
    assert found == ["shapes: liaoning_cities 210400: is no valid polygon. Correct the boundary, or make it anew with "
                     "shapes/build.py."]  # fmt: skip
    apart = cities[cities["area"].isin(["210100", "210200"])]
    assert any("lies apart" in message for message in messages([check_shapes._neighbours(apart)]))
    layered = {"liaoning_cities": cities.to_crs(3857), "liaoning_counties": counties}
    assert any("EPSG:4490" in message for message in messages([check_shapes._codes(layered)]))


def test_a_label_outside_its_area_is_found(layers, monkeypatch):
    from lnregions.boundaries import geometry

    wrong = layers[0].geometry.representative_point().iloc[::-1].reset_index(drop=True)
    monkeypatch.setattr(geometry, "label_points", lambda frame: wrong)
    found = messages([check_shapes._labels({"liaoning_cities": layers[0]})])
    assert any("has its label outside" in message for message in found)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "locator.shp").write_bytes(b"x"), "locator.shp: the file is not the one"),
        (lambda folder: (folder / "locator.dbf").unlink(), "locator.dbf: the file is missing"),
        (lambda folder: (folder / "more.shp").write_bytes(b"x"), "more.shp: the file has no checksum"),
        (lambda folder: (folder / "checksums.txt").unlink(), "checksums.txt: the file is missing or empty"),
    ],
)
def test_a_changed_file_of_the_shapes_is_found(tmp_path, damage, said):
    shutil.copytree(shapes_dir(), tmp_path / "shapes")
    damage(tmp_path / "shapes")
    assert any(said in message for message in messages([check_shapes._files(tmp_path / "shapes")]))


def test_shapes_that_cannot_be_read_are_one_fault(monkeypatch):
    def refuse(*given):
        raise DataError("The layer is cut off. Install the package anew.")

    monkeypatch.setattr(check_shapes, "load_boundaries", refuse)
    assert messages(check_shapes.check_shapes()) == ["The layer is cut off. Install the package anew."]


def test_the_listed_neighbours_have_a_page_that_says_so_or_say_nothing():
    table = pd.read_csv(shapes_dir() / "neighbours.csv", dtype=str, keep_default_na=False)
    assert (table["area"] < table["other"]).all()
    assert not table.duplicated(["area", "other"]).any()
    assert (table["stated_by"].str.startswith("https://") | (table["stated_by"] == "")).all()
    areas = pd.read_csv(shapes_dir() / "published_areas.csv", dtype={"area": str})
    assert areas["url"].str.match(r"https?://").all()
    assert sorted(areas["area"]) == sorted(load_boundaries()["area"])


# -- pictures and verdicts ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tracer():
    plan = load_plan()
    return Tracer(plan, load_tables(plan))


def assembled(draw, *given):
    with undrawn() as drawn:
        draw(*given)
    return drawn.made[-1]


def test_nothing_is_drawn_while_pictures_are_put_together_and_all_is_as_before():
    from lnregions import charts
    from lnregions.figures import chart_pictures

    before = plt.get_fignums()
    picture, calls = assembled(draw_members, load_plan(), "west", "gdp")
    assert plt.get_fignums() == before
    assert [call.name for call in calls] == ["plot_member_panels"]
    assert len(picture.data) > 10
    assert chart_pictures.charts is charts
    assert chart_pictures.make_picture.__module__ == "lnregions.figures.pictures"


def test_every_plotting_function_that_pictures_use_has_its_explainer():
    from lnregions import charts, maps

    used = set()
    for name in check_drawn.MODULES:
        text = (shapes_dir().parent / "lnregions" / f"{name}.py").read_text(encoding="utf-8")
        used |= {one for one in (*dir(charts), *dir(maps)) if one.startswith("plot_") and f".{one}(" in text}
    assert used <= set(EXPLAINERS)
    assert len(used) >= 14


FALSIFIED = {
    "a member's figure": (draw_members, ("west", "gdp"), "series", "value"),
    "a figure on a map": (draw_map, ("west", "gdp"), "frame", "value"),
    "a contribution": (draw_contributions, ("west", "gdp"), "contributions", "value"),
    "an index": (draw_indexed_growth, ("west",), "index", "value"),
    "a change": (draw_change, ("west", "gdp"), "frame", "change"),
}


@pytest.mark.parametrize(("draw", "given", "argument", "column"), FALSIFIED.values(), ids=FALSIFIED)
def test_a_number_that_is_not_the_observation_s_is_found(tracer, draw, given, argument, column):
    picture, calls = assembled(draw, tracer.plan, *given)
    assert trace_picture(picture, calls, tracer).faults == []
    frame = calls[0].given[argument].copy()
    frame[column] = frame[column].astype(float) * 1.1
    wrong = PlotCall(calls[0].name, calls[0].given | {argument: frame})
    faults = trace_picture(picture, [wrong], tracer).faults
    assert {fault.code for fault in faults} == {"untraced"}
    assert "goes back to no observation" in faults[0].message()


def test_a_picture_that_lists_too_few_sources_is_found(tracer):
    picture, calls = assembled(draw_members, tracer.plan, "west", "gdp")
    picture.sources = picture.sources.iloc[:0]
    faults = trace_picture(picture, calls, tracer).faults
    assert {fault.code for fault in faults} == {"source not listed"}
    assert "which it does not list" in faults[0].message()


def test_a_saved_table_with_another_number_is_found(tracer):
    picture, calls = assembled(draw_members, tracer.plan, "west", "gdp")
    picture.data = picture.data.assign(value=picture.data["value"] + 1)
    faults = trace_picture(picture, calls, tracer).faults
    assert len(faults) == len(picture.data)
    assert "of its table goes back to no observation" in faults[0].message()


def test_a_plot_that_nothing_explains_is_found(tracer):
    picture, calls = assembled(draw_members, tracer.plan, "west", "gdp")
    faults = trace_picture(picture, [PlotCall("plot_stars", {}), *calls], tracer).faults
    assert [fault.code for fault in faults] == ["unexplained plot"]


def test_numbers_of_an_earlier_date_are_traced_too():
    assert messages(check_pictures.check_pictures(as_of="2024-06-30")) == []
    for date in ("2022-12-31", "2024-06-30", "2025-12-31"):
        assert messages(check_verdicts.check_verdicts(as_of=date)) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("actual", 9999.0, "actual 9999 goes back to no figure"),
        ("baseline", 1.0, "baseline 1 goes back to no figure"),
        ("required", 12000.0, "required 12000 goes back to no figure"),
        ("gap", 5.0, "gap 5 goes back to no figure"),
        ("sources", "", "rests on a source that is not listed"),
        ("sources", "s032 s046 s049 s9999", "s9999 is not in the table of sources"),
        (
            "numbers",
            {"value 2024": 7.0, "Dalian 2022": 3.0, "ratio": 2.0},
            "value 2024 7 goes back to no figure",
        ),
    ],
)
def test_a_verdict_s_number_that_rests_on_nothing_is_found(monkeypatch, field, value, said):
    from dataclasses import replace

    real = check_verdicts.judge_all

    def falsified(plan, **own):
        return [
            replace(one, **{field: value})
            if (one.target, one.reading) == ("belt-dalian-gdp", "as written")
            else one
            for one in real(plan, **own)
        ]

    monkeypatch.setattr(check_verdicts, "judge_all", falsified)
    assert any(said in message for message in messages(check_verdicts.check_verdicts()))


GDP = {"region": "east", "area": "210000", "indicator": "gdp"}
KINDS = {
    "cumulative_growth": (
        {"value": 5.0, "benchmark": ""},
        {"baseline_year": 2021, "baseline": 27584.1, "required": 27584.1 * 1.05, "actual_year": 2022, "actual": 28975.1,
         "gap": 28975.1 - 27584.1 * 1.05, "numbers": {"multiple": 1.05}},
    ),
    "doubling": (
        {"value": float("nan"), "benchmark": ""},
        {"baseline_year": 2021, "baseline": 27584.1, "required": 27584.1 * 2, "numbers": {"multiple": 2.0}},
    ),
    "direction": (
        {"value": float("nan"), "benchmark": ""},
        {"baseline_year": 2021, "baseline": 27584.1, "actual_year": 2022, "actual": 28975.1,
         "gap": 28975.1 - 27584.1, "numbers": {"change": 28975.1 - 27584.1}},
    ),
    "relative_level": (
        {"value": float("nan"), "benchmark": "210100"},
        {"horizon": 2023, "required": 8122.1, "actual_year": 2022, "actual": 28975.1, "gap": 28975.1 - 8122.1},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_of_every_kind_of_clause_are_traced_and_wrong_ones_found(tracer, kind):
    from dataclasses import replace

    from lnregions.assess.verdicts import Verdict

    target, own = KINDS[kind]
    sources = {
        source for key, rows in tracer.figures.items() if key[1] == "gdp" for row in rows for source in row[1]
    }
    verdict = Verdict("a-target", **GDP, kind=kind, sources=" ".join(sorted(sources)), **own)

    def faults(one):
        return check_verdicts._Book(one, pd.Series(target), tracer, sources, {}).faults()

    assert faults(verdict) == []
    for field in ("baseline", "required", "actual"):
        if getattr(verdict, field) is not None:
            assert faults(replace(verdict, **{field: 7.0})), field
    assert faults(replace(verdict, numbers={"multiple": 3.0, "score": 1.0, "cagr_observed": 0.9}))
