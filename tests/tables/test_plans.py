"""Plans: what the shipped ones hold, how a folder of one's own is read, and what is wrong with it."""

import math
import shutil
from pathlib import Path

import pytest

import lnregions
from lnregions import DataError, load_bounds, load_plan
from lnregions.__main__ import main
from lnregions.boundaries import check_plan
from lnregions.paths import data_dir
from lnregions.tables import batch_choices, bound_of, list_plans, plan_of, shipped_plans, write_plan_template
from lnregions.tables.plan_files import ALL_TABLES, TEMPLATE

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
PLAN = data_dir() / "plans" / "ln-2022"
FRAMES = ("regions", "positioning", "membership", "targets", "sources")
OBSERVATIONS = "area,indicator,year,value,unit,vintage,status,grade,source,note\n"
AREAS = "area,level,parent,name_zh,name_en,short_zh,short_en\n"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(PLAN, tmp_path / "mine")


def change(folder, name, old, new, count=-1):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def messages(folder):
    return [fault.message() for fault in check_plan(folder)]


# -- the shipped plans ----


def test_all_shipped_plans_are_listed_and_right():
    assert list_plans() == ["belt-2025", "ln-2022", "ln-2025", "ln-tourism-2025"]
    for plan in list_plans():
        assert check_plan(data_dir() / "plans" / plan) == []
        assert load_plan(plan).id == plan
    plan, facts = load_plan(), ("first_year", "horizon", "baseline_year", "base_stated", "number")
    assert [plan.facts[key] for key in facts] == [2022, 2024, 2021, False, "辽政发〔2022〕6号"]
    assert len(plan.sources) == 15
    assert len(plan.positioning.query("kind == 'positioning' and region != '*'")) == 16


def test_a_plan_is_kept_and_each_caller_has_a_copy():
    kept = shipped_plans()
    assert all(one is again for one, again in zip(kept, shipped_plans(), strict=True))
    plan = load_plan("ln-2022")
    plan.targets["value"] = 0.0
    plan.facts["horizon"] = 1900
    assert plan_of(plan) is plan
    assert load_plan(plan).targets is not plan.targets
    again = plan_of("ln-2022")
    assert again.facts["horizon"] == 2024
    assert again.targets["value"].max() > 0


def test_a_plan_is_read_again_when_a_file_of_it_changes(folder):
    assert load_plan(folder).regions["short_en"].iloc[0] == "Shenyang circle"
    change(folder, "regions.csv", "Shenyang circle", "Changed")
    assert load_plan(folder).regions["short_en"].iloc[0] == "Changed"
    assert load_plan("ln-2022").regions["short_en"].iloc[0] == "Shenyang circle"


def test_the_batch_chooses_regions_of_the_plan_and_cities_of_its_provinces(folder):
    choices = batch_choices("ln-2022")
    assert choices["region"] == ["circle", "belt", "west", "east"]
    assert len(choices["adcode"]) == 14
    assert choices["language"] == ["en", "zh"]
    assert choices["plan"] == list_plans()
    assert batch_choices(str(folder))["plan"] == [*list_plans(), str(folder)]
    header = (folder / "membership.csv").read_text("utf-8").splitlines()[0] + "\n"
    own = "300000,province,100000,北,N,北,N\n300100,city,300000,城,C,城,C\n"
    (folder / "areas.csv").write_text(AREAS + own, "utf-8")
    (folder / "membership.csv").write_text(header + "east,300100,city,likely,no,,,,p1\n", "utf-8")
    assert batch_choices(str(folder))["adcode"] == ["300100"]
    (folder / "membership.csv").unlink()  # then those of the targets' provinces
    assert batch_choices(str(folder))["adcode"] == choices["adcode"]


# -- folders by name and path ----


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("ln-2023", r"Unknown plan 'ln-2023'\. Choose one of belt-2025, ln-2022"),
        ("./none", r"does not exist\. Give the path of a folder with plan"),
        (PLAN / "none", "does not exist"),
        ("a\0b?", r"Unknown plan|does not exist"),
        ("x" * 5000, r"Unknown plan|does not exist"),
        ("", "neither a plan nor the name of one"),
        (7, "neither a plan nor the name of one"),
    ],
)
def test_what_is_no_plan_is_refused_with_the_choices(given, message):
    with pytest.raises(DataError, match=message):
        load_plan(given)
    with pytest.raises(DataError, match=message):
        plan_of(given)


# -- what is wrong with a folder ----

FAULTS = [
    ("targets.csv", "circle-sei,circle", "circle-sei,cirkle", r"line 4: unknown region 'cirkle'.*circle\?"),
    ("targets.csv", "circle-sei,circle,circle", "circle-sei,circle,219900", "line 4: unknown area '219900'"),
    ("targets.csv", "level,sei_share", "level,sei_shares", r"unknown indicator 'sei_shares'.*sei_share\?"),
    ("targets.csv", "circle-sei,circle,circle,,level", "circle-sei,circle,circle,,levvel", "unknown kind 'levvel'"),
    ("targets.csv", "sei_share,>=,15", "sei_share,=>,15", "unknown comparator '=>'"),
    ("targets.csv", "gdp,>=,10000,亿元", "gdp,>=,10000,万元", "'万元' does not fit level of gdp. Write '亿元'"),
    ("targets.csv", "fai_growth,>=,15,%", "fai_growth,>=,15,亿元", "unit '亿元' does not fit growth"),
    ("targets.csv", "trade_total,>,,,commit,100000", "trade_total,>,,,commit,", "relative_growth needs benchmark"),
    ("targets.csv", "trade_total,>,,,commit", "trade_total,,,,commit", "relative_growth needs comparator"),
    ("targets.csv", "sei_share,>=,15,%", "sei_share,>=,,%", "a target of kind level needs value"),
    ("targets.csv", "level,sei_share,>=", "level,,>=", "a target of kind level needs indicator"),
    ("targets.csv", "direction,forest_coverage,up", "direction,forest_coverage,>", "kind direction needs comparator"),
    ("targets.csv", "2021,no,2022,2024", "2021,no,2022,2020", "horizon 2020 is before first_year 2022"),
    ("targets.csv", "2021,no,2022,2024", "2024,no,2022,2024", "baseline_year 2024 is not before the horizon 2024"),
    ("targets.csv", "p2 p3", "p2 p9", "unknown source 'p9'"),
    ("targets.csv", "circle-sei,", "circle-hour,", "target 'circle-hour' stands already in line 4"),
    ("membership.csv", "circle,210100", "cycle,210100", "line 2: unknown region 'cycle'"),
    ("membership.csv", "circle,210100", "circle,210199", "line 2: unknown area '210199'"),
    ("membership.csv", "circle,210100", "circle,沈阳", "line 2: area '沈阳' is the name of .*code, 210100"),
    ("membership.csv", "circle,210100", "circle,Shenyang City", "line 2: area 'Shenyang City' .*code, 210100"),
    ("regions.csv", "一圈,210100", "一圈,shenyang", "lead_city 'shenyang' is the name .*code, 210100"),
    ("membership.csv", "circle,210300,city,confirmed", "circle,210100,city,likely", "already in line 2, with other"),
    ("membership.csv", "confirmed", "sure", "unknown status 'sure'"),
    ("positioning.csv", "belt,task", "bolt,task", "unknown region 'bolt'"),
    ("regions.csv", "circle,", "../circle,", "region '../circle' is not written as it must be"),
    *(("regions.csv", "\ncircle,", f"\n{code},", f"region '{code}'")
      for code in ("/etc", "a b", "é", "-rf", "COM1")),
    ("regions.csv", "circle,", "con,", "region 'con' cannot be the name of a folder"),
    ("regions.csv", "circle,", "210100,", "region '210100' cannot be the name of a folder"),
    ("regions.csv", "circle,", "x" * 41 + ",", "is not written as it must be"),
    ("regions.csv", "一圈,210100", "一圈,210109", "unknown lead_city|unknown area '210109'"),
    *(("plan.yaml", *one) for one in [
        ("id: ln-2022", "id: ../ln", "line 2: id '../ln' cannot be the name of a folder"),
        ("id: ln-2022", "", "id is missing. Add a line 'id: ...'"),
        ("id: ln-2022", "id: ln-2022\nid: other", "line 3: id stands twice"),
        ("id: ln-2022", "id: ln-2022\nother: 1", "line 3: unknown key 'other'"),
        ("id: ln-2022", "id: [ln, 2022]", "id is a list where a text is meant"),
        ("id: ln-2022", "id: !!python/object:os.system x", "is not allowed here"),
        ("id: ln-2022", "id: 'ln-2022", "is not valid YAML"),
        ("id: ln-2022", "id: ln-2022\n? [a, b]\n: c", "a key that is a list|not allowed"),
        ("first_year: 2022", "first_year: 2025", "horizon 2024 is before first_year 2025"),
        ("first_year: 2022", "first_year: soon", "first_year 'soon' is not a whole number"),
        ('signed: "2022-01-31"', 'signed: "2022-02-31"', "signed '2022-02-31' is no day of the calendar"),
        ('base_stated: "no"', "base_stated: perhaps", "base_stated 'perhaps' is neither yes nor no"),
        ("  - id: p2\n    title", "  - id: p1\n    title", "source p1 stands twice"),
        ("  - id: p2\n    title", "  - id: P 2\n    title", "id 'P 2' cannot be"),
        ("  - id: p2\n    title:", "  - id: p2\n    label:", "sources is not a list of entries with id and title"),
        ('published: "2022-02-24"', 'published: "24.2.2022"', "published '24.2.2022' is no day"),
        *(("  - id: p2\n    title", f"  - id: p2\n    url: '{url}'\n    title", r"url '.*' is no address of a page")
          for url in ("ftp://x", "javascript:alert(1)", "//x", "https://a b")),
        ("short_en: One circle, one belt, two regions", 'short_en: "a\\x07b"', "short_en 'a.x07b' holds a control"),
        ("short_en: One circle, one belt, two regions", 'short_en: "a\\nb"', "short_en holds a line break"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "message"), FAULTS)
def test_a_fault_in_a_file_of_a_plan_is_refused_with_its_place(folder, name, old, new, message):
    change(folder, name, old, new, 1)
    with pytest.raises(DataError, match=message) as caught:
        load_plan(path=folder)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "does not hold"), ("- a\n- b\n", "does not hold"), ("just text", "does not hold"),
     ("a: " + "[" * 2000, "nested too deep"),
     ("a:\n" + "".join(" " * n + "b:\n" for n in range(1, 20)), "nested too deep"),
     ("a: &a [x, x]\nb: [*a, *a]\n", "line 1: '&a' is not allowed"),
     ("id: !!binary aGVsbG8=", "not allowed"), ("<<: {id: x}\nid: y", "'<<' is not allowed"),
     ("id: x\nfirst_year: " + "9" * 60_000, "has a value of 60000 characters"), ("id: x\n---\nid: y", "not valid YAML"),
     ("%TAG ! tag:evil.example,2000:\n---\nid: !x y", "not allowed"),
     ("#" * (2**16 + 1), "Give one of at most 65536 bytes")],
)  # fmt: skip
def test_a_file_that_holds_no_facts_is_refused(folder, text, message):
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=rf"plan\.yaml.*{message}") as caught:
        load_plan(path=folder)
    assert len(str(caught.value)) < 5000


def test_unknown_codes_are_named_beside_faults_of_the_tables_that_define_codes(folder):
    head = (TEMPLATE / "indicators.csv").read_text("utf-8").splitlines()
    schools = "schools,学校,Schools,,x,x,up,level,sum,,0,0,"
    (folder / "indicators.csv").write_text(f"{head[-2]}\n{schools}\n", "utf-8")
    (folder / "areas.csv").write_text(AREAS + "200101,town,210000,市,City,市,City\n", "utf-8")
    change(folder, "targets.csv", "level,sei_share,>=,15,%", "level,schools,>=,15,所", 1)
    change(folder, "targets.csv", ",>=,30,", ",>=,thirty,", 1)
    change(folder, "targets.csv", "manufacturing_share", "manufactory_share", 1)
    change(folder, "membership.csv", "circle,210300", "circle,200101", 1)
    change(folder, "membership.csv", "circle,210400", "circle,210499", 1)
    found = messages(folder)
    parts = [
        "a level needs a unit",
        "'town'",
        "area '210499'",
        "line 2: value 'thirty'",
        "'manufactory_share'",
    ]
    assert [sum(part in one for one in found) for part in parts] == [1] * len(found)


@pytest.mark.parametrize(
    ("files", "parts"),
    [
        ({"regions.csv": "region\n", "areas.csv": "area\n"}, {"are missing"}),
        ({"targets.csv": None, "regions.csv": "region\n"}, {"does not exist", "are missing"}),
        ({"observations.csv": OBSERVATIONS + "210100,gdp,2024,1,万元,,final,A,p1,\n"}, {"the unit of gdp"}),
        ({"observations.csv": "area\n"}, {"are missing"}),
        ({"regions.csv": "region,name_zh,name_en,short_zh,short_en,nickname,lead_city\n"}, {"unknown"}),
        ({"areas.csv": AREAS + "210100,city,210000,大连市,Dalian,大连,Dalian\n"},
         {"name_zh '大连市' is not what the shipped table has for 210100, 沈阳市"}),
        ({"areas.csv": AREAS + "200101,city,210009,市,City,市,City\n"}, {"unknown area '210009'"}),
    ],
)  # fmt: skip
def test_a_fault_of_one_file_does_not_bring_faults_of_others(folder, files, parts):
    for name, text in files.items():
        (folder / name).unlink(missing_ok=True)
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    found = messages(folder)
    assert all(any(part in message for message in found) for part in parts)
    assert all(any(part in message for part in parts) for message in found)


@pytest.mark.parametrize(("count", "words"), [(1, "1 fault in"), (2, "2 faults in")])
def test_the_command_reports_a_folder_with_its_faults_counted(folder, capsys, count, words):
    for area in ("210300", "210400")[:count]:
        change(folder, "membership.csv", f"circle,{area}", f"circle,2199{area[2:4]}", 1)
    assert main(["check", str(folder)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == f"{words} {folder}"


NAMES = [
    # file, its other name, what is said of it ("" where it is no more than warned of, "-" where nothing is said)
    ("observations.csv", "Observations.csv", "Name it observations.csv"),
    ("observations.csv", "observations.xlsx", "Save it as observations.csv"),
    ("observations.csv", "observation.csv", "Name it observations.csv"),
    ("plan.yaml", "plan.yml", "Save it as plan.yaml"),
    ("boundaries.geojson", "boundary.geojson", "Name it boundaries.geojson"),
    ("boundaries.geojson", "Boundaries.topojson", "Save it as one of .gpkg, .geojson"),
    ("observations.csv", "observations.csv ", "Name it observations.csv"),
    ("regions.csv", "regions (1).csv.bak", "Save it as regions.csv"),
    ("~$plan.xlsx", "~$plan.xlsx", "-"),
    ("statements.pdf", "statements.pdf", "-"),
    ("notes.csv", "notes.csv", ""),
    ("targets.xlsx", "targets.xlsx", ""),
]


@pytest.mark.skipif(Path(__file__).with_name("TEST_PLANS.PY").exists(), reason="case plays no part here")
@pytest.mark.parametrize(("name", "other", "words"), NAMES)
def test_a_file_that_is_there_and_not_read_is_named(folder, name, other, words):
    if (folder / name).exists():
        (folder / name).rename(folder / other)
    else:
        (folder / other).write_text(OBSERVATIONS, "utf-8")
    if words == "-":
        assert messages(folder) == []
    elif words:
        assert any(f"{other}: the file is not read" in one and words in one for one in messages(folder))
        with pytest.raises(DataError, match=r"is not read (under this name|in this format)"):
            load_plan(folder)
    else:
        assert f"files that are not read: {other}" in " ".join(load_plan(folder).warnings)


# -- what is read although it is unusual ----

UNUSUAL = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "GB18030": lambda data: data.decode().encode("gb18030"),
    "UTF-16": lambda data: data.decode().encode("utf-16"),
}


@pytest.mark.parametrize("what", UNUSUAL)
def test_a_plan_folder_of_another_system_is_read_with_warnings(folder, what):
    for path in folder.iterdir():
        path.write_bytes(UNUSUAL[what](path.read_bytes()))
    lnregions.errors.forget_warnings()
    with pytest.warns(lnregions.InputWarning, match=r"targets\.csv"):
        plan = load_plan(path=folder)
    good = load_plan("ln-2022")
    assert plan.facts == good.facts
    for name in FRAMES:
        assert getattr(plan, name).equals(getattr(good, name)), name
    named = {sentence.split(":")[0].rsplit("/")[-1] for sentence in plan.warnings}
    assert named >= {"regions.csv", "targets.csv", *(["plan.yaml"] if what != "CRLF" else [])}
    assert check_plan(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("first_year: 2022", "first_year: 2022年", "first_year was written '2022年' and read as 2022"),
        ('"2022-01-31"', "2022/1/31", "signed was written '2022/1/31' and read as 2022-01-31"),
        ('"2022-01-31"', "2022-01-31", ""),
    ],
)
def test_unusual_facts_are_read_with_a_warning(folder, old, new, words):
    change(folder, "plan.yaml", old, new, 1)
    plan = load_plan(path=folder)
    assert (plan.facts["first_year"], plan.facts["signed"]) == (2022, "2022-01-31")
    assert (words in plan.warnings[0]) if words else plan.warnings == ()


def test_no_and_a_number_with_a_leading_zero_keep_their_meaning(folder):
    change(folder, "plan.yaml", 'base_stated: "no"', "base_stated: no")
    change(folder, "plan.yaml", "number: 辽政发〔2022〕6号", "number: 015000")
    facts = load_plan(path=folder).facts
    assert facts["base_stated"] is False
    assert facts["number"] == "015000"


def test_facts_that_may_lack_have_a_stand_in(folder):
    text = "id: ln-2022\ntitle_en: A plan\nfirst_year: 2022\nhorizon: 2024\nissued: null\n"
    named = ", ".join(f"{{id: {one}, title: x}}" for one in ("p2", "p3", "p6", "p7", "p8"))
    text += f"sources: [{named}]\n"
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    (folder / "statements.csv").unlink()  # cites sources of the shipped plan
    facts, keys = load_plan(path=folder).facts, ("baseline_year", "base_stated", "title_zh", "issued")
    assert [facts[key] for key in keys] == [2021, False, "", ""]


def test_bounds_of_a_plans_own_replace_the_shipped_ones_of_the_same_indicator_and_area(folder):
    head = "indicator,area,lower,upper,largest_change,why_en,why_zh,source\n"
    rows = "urbanisation_rate,*,50,100,1,own,own,p2\nurbanisation_rate,210300,,,2.5,own,own,\n"
    (folder / "bounds.csv").write_text(head + rows, "utf-8")
    bounds, shipped = load_bounds(load_plan(path=folder)), load_bounds()
    assert len(bounds) == len(shipped) + 1
    assert bound_of(bounds, "urbanisation_rate", "210500")["lower"] == 50
    own = bound_of(bounds, "urbanisation_rate", "210300")
    assert (own["largest_change"], math.isnan(own["upper"])) == (2.5, True)
    assert bound_of(bounds, "trade_total", "210500")["area"] == "cities"
    assert bound_of(bounds, "trade_total", "210000") is None
    assert check_plan(folder) == []


# -- a new folder ----


def test_a_new_folder_is_complete_but_empty(tmp_path):
    folder = write_plan_template(tmp_path / "deep" / "mine")
    tables = {f"{name}.csv" for name in ALL_TABLES}
    assert {path.name for path in folder.iterdir()} == {*tables, "plan.yaml", "plan.xlsx"}
    (message,) = messages(folder)
    assert message.endswith("no region and no target. Write at least one row in regions.csv or targets.csv.")
    assert sorted(path.name for path in folder.parent.iterdir()) == ["mine"]


def test_a_folder_with_something_in_it_is_not_overwritten(tmp_path):
    (tmp_path / "mine").mkdir()
    folder = write_plan_template(tmp_path / "mine")
    (folder / "plan.yaml").write_text("mine", "utf-8")
    (tmp_path / "file").write_text("x")
    for taken in (folder, tmp_path / "file"):
        with pytest.raises(DataError, match="is there and not empty"):
            write_plan_template(taken)
    assert (folder / "plan.yaml").read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_folder_that_cannot_be_made_is_refused(tmp_path, name):
    with pytest.raises(DataError, match="cannot be written"):
        write_plan_template(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_template_that_fails_on_the_way_leaves_nothing(tmp_path, monkeypatch):
    def full(*paths, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(DataError, match="No space left on device"):
        write_plan_template(tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []
