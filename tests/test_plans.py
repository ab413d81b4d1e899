import shutil

import pytest

from lnregions.errors import DataError
from lnregions.paths import data_dir
from lnregions.tables import plans
from lnregions.tables.plans import check_plan, list_plans, load_plan, write_plan_template

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
PLAN = data_dir() / "plans" / "ln-2022"


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "mine"
    shutil.copytree(PLAN, copy)
    return copy


def change(folder, name, old, new, count=-1):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def test_the_plan_has_its_18_targets_and_four_regions():
    plan = load_plan()
    assert plan.id == "ln-2022"
    assert len(plan.targets) == 18
    assert plan.targets["target"].is_unique
    assert plan.regions["region"].tolist() == ["circle", "belt", "west", "east"]
    assert plan.targets["region"].value_counts().to_dict() == {"circle": 6, "belt": 5, "east": 4, "west": 3}


def test_the_plans_facts_are_numbers_and_texts():
    facts = load_plan().facts
    assert facts["first_year"] == 2022
    assert facts["horizon"] == 2024
    assert facts["baseline_year"] == 2021
    assert facts["base_stated"] is False
    assert facts["number"] == "辽政发〔2022〕6号"
    assert load_plan().sources["source"].tolist() == ["p1", "p2", "p3", "p4", "p5"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("circle-manufacturing", ("circle", "level", "manufacturing_share", ">=", 30, "%", "strive", "A")),
        ("circle-shenyang-gdp", ("210100", "level", "gdp", ">=", 10000, "亿元", "strive", "A")),
        ("circle-sei", ("circle", "level", "sei_share", ">=", 15, "%", "strive", "B")),
        ("circle-urbanisation", ("circle", "level", "urbanisation_rate", ">", 85, "%", "commit", "B")),
        ("belt-dalian-gdp", ("210200", "level", "gdp", ">", 10000, "亿元", "commit", "A")),
        ("belt-sei", ("belt", "level", "sei_share", ">=", 15, "%", "commit", "B")),
        ("west-fai", ("west", "growth", "fai_growth", ">=", 15, "%", "commit", "A")),
        ("east-forest-stock", ("east", "cumulative_growth", "forest_stock", ">=", 7.7, "%", "commit", "A")),
        ("east-tourism", ("east", "level", "tourism_share", ">=", 5, "%", "commit", "B")),
    ],
)
def test_each_clause_with_a_number_is_as_the_plan_says(target, expected):
    row = load_plan().targets.set_index("target").loc[target]
    columns = ["area", "kind", "indicator", "comparator", "value", "unit", "strength", "grade"]
    assert tuple(row[columns]) == expected


@pytest.mark.parametrize(
    ("target", "indicator", "benchmark"),
    [
        ("belt-fdi", "fdi_usd", "100000"),
        ("belt-trade", "trade_total", "100000"),
        ("west-gdp", "gdp_growth_real", "210000"),
    ],
)
def test_relative_clauses_name_what_they_are_compared_with(target, indicator, benchmark):
    row = load_plan().targets.set_index("target").loc[target]
    assert (row["kind"], row["indicator"], row["benchmark"]) == ("relative_growth", indicator, benchmark)


def test_open_readings_name_the_other_area():
    targets = load_plan().targets.set_index("target")
    assert targets.loc["circle-urbanisation", "other_area"] == "210100"
    assert targets.loc["belt-sei", "other_area"] == "210200"
    assert (targets["other_area"] != "").sum() == 2


def test_members_are_the_areas_that_are_counted():
    plan = load_plan()
    assert plan.members("circle") == ["210100", "210300", "210400", "210500", "210900", "211000", "211200"]
    assert plan.members("belt") == ["210200", "210600", "210700", "210800", "211100", "211400"]
    assert plan.members("west") == ["211300", "210900", "211400"]
    assert plan.members("east", level="city") == ["210400", "210500", "210600"]
    assert len(plan.members("east", level="county")) == 9


def test_membership_says_how_sure_it_is():
    membership = load_plan().membership
    assert set(membership.query("region == 'belt'")["status"]) == {"confirmed"}
    assert set(membership.query("region == 'west'")["status"]) == {"likely"}
    east = membership.query("region == 'east' and level == 'county'")["status"].value_counts().to_dict()
    assert east == {"unverified": 6, "likely": 3}
    assert membership.query("proxy")["area"].tolist() == ["210400", "210500", "210600"]
    assert membership.query("level == 'zone'")["region"].tolist() == ["circle"]


def test_an_unknown_region_is_refused_with_the_likeliest():
    with pytest.raises(DataError, match=r"Unknown region 'cirkle'\. Choose one of belt, circle, east, west"):
        load_plan().members("cirkle")


def test_every_region_has_positioning_and_tasks():
    frame = load_plan().positioning
    count = frame.groupby(["region", "kind"]).size()
    for region, number in (("circle", 4), ("belt", 5), ("west", 3), ("east", 4)):
        assert count[region, "positioning"] == number
        assert count[region, "task"] >= 2
    assert (frame[["text_zh", "text_en"]] != "").all(axis=None)


@pytest.mark.parametrize(
    ("plan", "targets", "horizon"),
    [("belt-2025", 4, 2025), ("ln-2025", 6, 2025), ("ln-tourism-2025", 1, 2025)],
)
def test_sibling_plans_hold_what_was_seen_of_them(plan, targets, horizon):
    loaded = load_plan(plan)
    assert len(loaded.targets) == targets
    assert loaded.facts["horizon"] == horizon
    assert set(loaded.targets["grade"]) == {"C"}


def test_all_shipped_plans_are_listed_and_right():
    assert list_plans() == ["belt-2025", "ln-2022", "ln-2025", "ln-tourism-2025"]
    for plan in list_plans():
        assert check_plan(data_dir() / "plans" / plan) == []
        assert load_plan(plan).id == plan


def test_an_unknown_plan_is_refused_with_the_choices():
    with pytest.raises(DataError, match=r"Unknown plan 'ln-2023'\. Choose one of belt-2025, ln-2022"):
        load_plan("ln-2023")


@pytest.mark.parametrize("given", ["./none", "/none/at/all", "..x/y"])
def test_a_folder_that_is_not_there_is_refused(given):
    with pytest.raises(DataError, match=r"does not exist\. Give the path of a folder with plan"):
        load_plan(given)


@pytest.mark.parametrize("given", ["a\0b", "", "x" * 5000])
def test_an_impossible_name_is_refused(given):
    with pytest.raises(DataError, match=r"Unknown plan|does not exist"):
        load_plan(given + "?")


def test_a_plan_is_read_from_a_folder_by_path_or_by_name(folder):
    assert len(load_plan(path=folder).targets) == 18
    assert len(load_plan(str(folder)).targets) == 18
    assert len(load_plan(folder).targets) == 18
    with pytest.raises(DataError, match="does not exist"):
        load_plan(folder / "none")


CSV_FAULTS = [
    ("targets.csv", "circle-sei,circle", "circle-sei,cirkle", r"line 4: unknown region 'cirkle'.*circle\?"),
    ("targets.csv", "circle-sei,circle,circle", "circle-sei,circle,219900", "line 4: unknown area '219900'"),
    ("targets.csv", "level,sei_share", "level,sei_shares", r"unknown indicator 'sei_shares'.*sei_share\?"),
    ("targets.csv", "circle-sei,circle,circle,,level", "circle-sei,circle,circle,,levvel", "unknown kind 'levvel'"),
    ("targets.csv", "sei_share,>=,15", "sei_share,=>,15", "unknown comparator '=>'"),
    ("targets.csv", "gdp,>=,10000,亿元", "gdp,>=,10000,万元", "'万元' does not fit level of gdp. Write '亿元'"),
    ("targets.csv", "fai_growth,>=,15,%", "fai_growth,>=,15,亿元", "unit '亿元' does not fit growth"),
    ("targets.csv", "forest_stock,>=,7.7,%", "forest_stock,>=,7.7,亿立方米", "does not fit cumulative_growth"),
    ("targets.csv", "trade_total,>,,,commit,100000", "trade_total,>,,亿元,commit,100000", "not fit relative_growth"),
    ("targets.csv", "trade_total,>,,,commit,100000", "trade_total,>,,,commit,", "relative_growth needs benchmark"),
    ("targets.csv", "trade_total,>,,,commit", "trade_total,,,,commit", "relative_growth needs comparator"),
    ("targets.csv", "sei_share,>=,15,%", "sei_share,>=,,%", "a target of kind level needs value"),
    ("targets.csv", "sei_share,>=,15,%", "sei_share,,15,%", "a target of kind level needs comparator"),
    ("targets.csv", "level,sei_share,>=", "level,,>=", "a target of kind level needs indicator"),
    ("targets.csv", "direction,forest_coverage,up", "direction,forest_coverage,>", "kind direction needs comparator"),
    ("targets.csv", "2021,no,2022,2024", "2021,no,2022,2020", "horizon 2020 is before first_year 2022"),
    ("targets.csv", "2021,no,2022,2024", "2024,no,2022,2024", "baseline_year 2024 is not before the horizon 2024"),
    ("targets.csv", "p2 p3", "p2 p9", "unknown source 'p9'"),
    ("targets.csv", "circle-sei,", "circle-hour,", "target 'circle-hour' stands already in line 4"),
    ("membership.csv", "circle,210100", "cycle,210100", "line 2: unknown region 'cycle'"),
    ("membership.csv", "circle,210100", "circle,210199", "line 2: unknown area '210199'"),
    ("membership.csv", "circle,210300,city,confirmed", "circle,210100,city,likely", "already in line 2, with other"),
    ("membership.csv", "confirmed", "sure", "unknown status 'sure'"),
    ("positioning.csv", "belt,task", "bolt,task", "unknown region 'bolt'"),
    ("regions.csv", "circle,", "../circle,", "region '../circle' is not written as it must be"),
    ("regions.csv", "circle,", "con,", "region 'con' cannot be the name of a folder"),
    ("regions.csv", "circle,", "210100,", "region '210100' cannot be the name of a folder"),
    ("regions.csv", "circle,", "x" * 41 + ",", "is not written as it must be"),
    ("regions.csv", "一圈,210100", "一圈,210109", "unknown lead_city|unknown area '210109'"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "message"), CSV_FAULTS)
def test_a_fault_in_a_plans_table_is_refused_with_its_place(folder, name, old, new, message):
    change(folder, name, old, new, 1)
    with pytest.raises(DataError, match=message) as caught:
        load_plan(path=folder)
    assert name in str(caught.value)


YAML_FAULTS = [
    ("id: ln-2022", "id: ../ln", "line 2: id '../ln' cannot be the name of a folder"),
    ("id: ln-2022", "id: aux", "id 'aux' cannot be the name of a folder"),
    ("id: ln-2022", "", "id is missing. Add a line 'id: ...'"),
    ("id: ln-2022", "id: ln-2022\nid: other", "line 3: id stands twice"),
    ("id: ln-2022", "id: &a ln-2022", "line 2: '&a' is not allowed in a plan"),
    ("id: ln-2022", "id: ln-2022\nother: 1", "line 3: unknown key 'other'"),
    ("id: ln-2022", "id: [ln, 2022]", "id is a list where a text is meant"),
    ("id: ln-2022", "id: !!python/object:os.system x", "is not allowed in a plan"),
    ("id: ln-2022", "id: 'ln-2022", "is not valid YAML"),
    ("id: ln-2022", "id: ln-2022\n? [a, b]\n: c", "a key that is a list|not allowed"),
    ("first_year: 2022", "first_year: 2025", "horizon 2024 is before first_year 2025"),
    ("first_year: 2022", "first_year: soon", "first_year 'soon' is not a whole number"),
    ("first_year: 2022", "first_year: 02022", "first_year '02022' is not a whole number"),
    ('signed: "2022-01-31"', 'signed: "2022-02-31"', "signed '2022-02-31' is no day of the calendar"),
    ('base_stated: "no"', "base_stated: perhaps", "base_stated 'perhaps' is neither yes nor no"),
    ("  - id: p2\n    title", "  - id: p1\n    title", "source p1 stands twice"),
    ("  - id: p2\n    title", "  - id: P 2\n    title", "id 'P 2' cannot be"),
    ("  - id: p2\n    title:", "  - id: p2\n    label:", "sources is not a list of entries with id and title"),
    ('published: "2022-02-24"', 'published: "24.2.2022"', "published '24.2.2022' is no day"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), YAML_FAULTS)
def test_a_fault_in_the_plans_facts_is_refused_with_its_place(folder, old, new, message):
    change(folder, "plan.yaml", old, new, 1)
    with pytest.raises(DataError, match=message) as caught:
        load_plan(path=folder)
    assert "plan.yaml" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n- b\n",
        "just text",
        "a: " + "[" * 2000,
        "a:\n" + "".join(" " * n + "b:\n" for n in range(1, 20)),
    ],
)
def test_a_file_that_holds_no_facts_is_refused(folder, text):
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"plan\.yaml"):
        load_plan(path=folder)


def test_a_billion_laughs_is_refused_at_the_first_anchor(folder):
    (folder / "plan.yaml").write_text("a: &a [x, x]\nb: [*a, *a]\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 1: '&a' is not allowed"):
        load_plan(path=folder)
    (folder / "plan.yaml").write_text("b: [*a, *a]\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"line 1: '\*a' is not allowed|not valid YAML"):
        load_plan(path=folder)


def test_a_facts_file_that_is_too_large_is_refused(folder):
    (folder / "plan.yaml").write_text("#" * (2**16 + 1), encoding="utf-8")
    with pytest.raises(DataError, match="Give one of at most 65536 bytes"):
        load_plan(path=folder)


def test_no_and_a_number_with_a_leading_zero_keep_their_meaning(folder):
    change(folder, "plan.yaml", 'base_stated: "no"', "base_stated: no")
    change(folder, "plan.yaml", "number: 辽政发〔2022〕6号", "number: 015000")
    facts = load_plan(path=folder).facts
    assert facts["base_stated"] is False
    assert facts["number"] == "015000"


def test_facts_that_may_lack_have_a_stand_in(folder):
    (folder / "plan.yaml").write_text(
        "id: ln-2022\ntitle_en: A plan\nfirst_year: 2022\nhorizon: 2024\nissued: null\n"
        "sources: [{id: p2, title: x}, {id: p3, title: y}]\n", encoding="utf-8"
    )  # fmt: skip
    facts = load_plan(path=folder).facts
    assert (facts["baseline_year"], facts["base_stated"], facts["title_zh"], facts["issued"]) == (
        2021,
        False,
        "",
        "",
    )


def test_all_faults_of_a_folder_come_at_once(folder):
    change(folder, "plan.yaml", "first_year: 2022", "first_year: soon")
    change(folder, "regions.csv", "circle,", "con,", 1)
    change(folder, "targets.csv", "sei_share,>=,15", "sei_share,>=,", 1)
    (folder / "observations.csv").write_text("area\n", encoding="utf-8")
    change(folder, "membership.csv", "circle,210300", "circle,210399", 1)
    text = "\n".join(fault.message() for fault in check_plan(folder))
    assert "first_year 'soon'" in text
    assert "region 'con'" in text
    assert "needs value" in text
    assert "unknown area '210399'" in text
    assert "unknown source" not in text


def test_faults_of_the_folders_figures_come_with_the_others(folder):
    change(folder, "targets.csv", "sei_share,>=,15", "sei_share,>=,", 1)
    (folder / "observations.csv").write_text("area\n", encoding="utf-8")
    assert {fault.code for fault in check_plan(folder)} == {"target needs", "missing column"}


def test_an_unreadable_table_does_not_bring_faults_of_others(folder):
    (folder / "regions.csv").write_text("region\n", encoding="utf-8")
    (folder / "areas.csv").write_text("area\n", encoding="utf-8")
    assert {fault.code for fault in check_plan(folder)} == {"missing column"}


def test_a_missing_table_does_not_hide_the_other_faults(folder):
    (folder / "targets.csv").unlink()
    change(folder, "membership.csv", "confirmed", "sure", 1)
    faults = check_plan(folder)
    assert {fault.code for fault in faults} == {"no file", "unknown"}


def test_figures_of_a_plan_folder_are_checked_too(folder):
    (folder / "observations.csv").write_text(
        "area,indicator,year,value,unit,vintage,status,grade,source,note\n"
        "210100,gdp,2024,1,万元,,final,A,p1,\n", encoding="utf-8"
    )  # fmt: skip
    assert [fault.code for fault in check_plan(folder)] == ["unit"]


def test_a_folder_that_is_not_there_is_a_fault_not_an_exception(tmp_path):
    assert "does not exist" in check_plan(tmp_path / "none")[0].message()


def test_areas_of_ones_own_join_the_shipped_ones(folder):
    (folder / "areas.csv").write_text(
        "area,level,parent,name_zh,name_en,short_zh,short_en\n"
        "new-town,city,210000,新城,New Town,新城,New Town\n", encoding="utf-8"
    )  # fmt: skip
    change(folder, "membership.csv", "circle,210300", "circle,new-town", 1)
    plan = load_plan(path=folder)
    assert "new-town" in set(plan.areas["area"])
    assert "new-town" in plan.members("circle")
    assert len(plan.areas) == 117


def test_boundaries_of_ones_own_are_found_by_name(folder):
    assert load_plan(path=folder).boundaries is None
    (folder / "boundaries.geojson").write_text("{}", encoding="utf-8")
    assert load_plan(path=folder).boundaries == folder / "boundaries.geojson"


def test_a_plan_shows_itself_as_an_escaped_table(folder):
    change(folder, "plan.yaml", "title_en: Three", "title_en: <script>alert(1)</script> & Three")
    change(folder, "regions.csv", "Shenyang circle", "<b>circle</b>")
    html = load_plan(path=folder)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<b>circle" not in html
    assert "<td>7</td>" in html


def test_a_new_folder_is_complete_but_empty(tmp_path):
    folder = write_plan_template(tmp_path / "deep" / "mine")
    names = {path.name for path in folder.iterdir()}
    assert names == {
        f"{n}.csv" for n in ("regions", "positioning", "membership", "targets", "areas", "observations")
    } | {"plan.yaml"}
    faults = check_plan(folder)
    assert [fault.message().split(": ", 1)[1] for fault in faults] == [
        "the table has no row. Write at least one; a row behind a number sign is a remark."
    ]
    assert sorted(path.name for path in folder.parent.iterdir()) == ["mine"]


def test_the_examples_of_a_new_folder_are_right_when_uncommented(tmp_path):
    folder = write_plan_template(tmp_path / "mine")
    for path in folder.glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([*lines[:-1], lines[-1].removeprefix("#")]) + "\n", encoding="utf-8")
    assert check_plan(folder) == []
    assert load_plan(folder).members("north") == ["210100"]


def test_a_folder_with_something_in_it_is_not_overwritten(tmp_path):
    (tmp_path / "mine").mkdir()
    write_plan_template(tmp_path / "mine")
    before = (tmp_path / "mine" / "plan.yaml").read_bytes()
    with pytest.raises(DataError, match="is there and not empty"):
        write_plan_template(tmp_path / "mine")
    assert (tmp_path / "mine" / "plan.yaml").read_bytes() == before
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="is there and not empty"):
        write_plan_template(tmp_path / "file")


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_folder_that_cannot_be_made_is_refused(tmp_path, name):
    with pytest.raises(DataError, match="cannot be written"):
        write_plan_template(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_template_that_fails_on_the_way_leaves_nothing(tmp_path, monkeypatch):
    from lnregions.tables import plan_template as _plan_template

    def full(name):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_plan_template, "_table", full)
    with pytest.raises(DataError, match="No space left on device"):
        write_plan_template(tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


def test_a_plan_is_kept_until_a_file_of_it_changes_and_each_caller_has_a_copy(tmp_path, monkeypatch):
    first = load_plan("ln-2022")
    first.targets.loc[:, "value"] = 0
    first.facts["horizon"] = 1900
    assert load_plan("ln-2022").facts["horizon"] != 1900
    assert (load_plan("ln-2022").targets["value"].fillna(0) != 0).any()
    folder = shutil.copytree(first.folder, tmp_path / "ln-2022")
    monkeypatch.setattr(plans, "_MOST_LOADED", 1)
    assert load_plan(folder).regions["short_en"].iloc[0] != "Changed"
    table = (folder / "regions.csv").read_text(encoding="utf-8")
    name = load_plan(folder).regions["short_en"].iloc[0]
    (folder / "regions.csv").write_text(table.replace(f",{name},", ",Changed,"), encoding="utf-8")
    assert load_plan(folder).regions["short_en"].iloc[0] == "Changed"
    assert load_plan("ln-2022").regions["short_en"].iloc[0] == name


def test_the_shipped_plans_to_look_into_are_those_that_a_caller_gets_copies_of():
    kept = plans.shipped_plans()
    assert all(one is again for one, again in zip(kept, plans.shipped_plans(), strict=True))
    load_plan("ln-2022").targets["value"] = 0.0
    assert plans.shipped_plans()[1].targets["value"].max() > 0


def test_a_shipped_area_under_another_name_is_refused(tmp_path):
    folder = shutil.copytree(data_dir() / "plans" / "belt-2025", tmp_path / "own")
    header = "area,level,parent,name_zh,name_en,short_zh,short_en\n"
    (folder / "areas.csv").write_text(header + "210100,city,210000,大连市,Dalian,大连,Dalian\n", "utf-8")
    with pytest.raises(
        DataError, match="name_zh '大连市' is not what the shipped table has for 210100, 沈阳市"
    ):
        load_plan(path=folder)


def test_a_figure_that_gives_a_shipped_reading_another_value_is_refused(tmp_path):
    folder = shutil.copytree(data_dir() / "plans" / "belt-2025", tmp_path / "own")
    shipped = (data_dir() / "observations.csv").read_text("utf-8").splitlines()
    row = next(line for line in shipped if line.startswith("210100,gdp,2024,")).split(",")
    (folder / "observations.csv").write_text("\n".join([shipped[0], ",".join(row)]) + "\n", "utf-8")
    assert check_plan(folder) == []
    row[3] = "1.0"
    (folder / "observations.csv").write_text("\n".join([shipped[0], ",".join(row)]) + "\n", "utf-8")
    [fault] = check_plan(folder)
    assert "is 1.0, but 9027.1 in the shipped table" in fault.message()
    assert "随附的表中是 9027.1" in fault.message("zh")


def test_unknown_names_beside_a_cell_that_cannot_be_read_are_told_in_the_same_report(tmp_path):
    folder = shutil.copytree(data_dir() / "plans" / "belt-2025", tmp_path / "own")
    header, *rows = (folder / "targets.csv").read_text("utf-8").splitlines()
    cells = dict(zip(header.split(","), rows[0].split(","), strict=False))
    spoilt = (
        rows[0].replace(f",{cells['indicator']},", ",gpd,", 1).replace(f",{cells['horizon']},", ",2O25,", 1)
    )
    (folder / "targets.csv").write_text("\n".join([header, spoilt, *rows[1:]]) + "\n", "utf-8")
    report = "\n".join(fault.message() for fault in check_plan(folder))
    assert "unknown indicator 'gpd'" in report
    assert "'2O25' is not a whole number" in report
