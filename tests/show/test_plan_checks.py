"""A check of a plan folder says all at once: what is wrong, what is unlikely, what is there, how far figures go."""

import json
import re
import shutil
from pathlib import Path

import pytest
from foreign.foreign_plan import add
from generated_plan import write_plan

from lnregions.__main__ import main
from lnregions.paths import data_dir
from lnregions.show import check_report
from lnregions.tables import list_plans

PROBLEMS = Path(__file__).parents[1] / "data" / "plan_with_problems"
EXPECTED = [
    # file and line, what is wrong, remedy
    ("plan.yaml line 6", "horizon 2021 is before first_year 2022", "Give the last year"),
    ("regions.csv line 3", "region 'con' cannot be the name of a folder", "Use up to 40"),
    ("areas.csv line 5", "characters that no installed font has: 𓅃", "Install a font"),
    ("membership.csv line 4", "unknown area '300109'", "did you mean 300103?"),
    ("positioning.csv line 2", "order 0 is too small", "Give 1 or more"),
    ("targets.csv line 2", "unit '万元' does not fit level of gdp", "Write '亿元'"),
    ("targets.csv line 3", "unknown indicator 'populaton'", "mean population?). load_indicators() lists all"),
    ("observations.csv line 3", "value 'n/a' marks a figure that is missing", "Leave the row out"),
    ("observations.csv line 4", "the unit of schools is 所, not '个'", "Give the value in 所"),
    ("bounds.csv line 2", "upper 50.0 is below lower 90.0", "Give the lesser of the two as lower"),
    ("boundaries.geojson", "members of the plan have no polygon", "Add their polygons"),
    ("Statement.csv", "the file is not read under this name", "Name it statements.csv"),
]


@pytest.fixture
def folder(tmp_path):
    write_plan(tmp_path / "plan", 2)
    return tmp_path / "plan"


def test_twelve_faults_of_a_draft_come_in_one_report_with_place_and_remedy(capsys):
    assert main(["check", str(PROBLEMS)]) == 1
    lines = capsys.readouterr().out.splitlines()
    for place, wrong, remedy in EXPECTED:
        found = [line for line in lines if f"/{place}: " in line and wrong in line]
        assert len(found) == 1, (place, wrong)
        assert remedy in found[0]
    assert lines[-1] == f"{len(EXPECTED)} faults in {PROBLEMS}"


@pytest.mark.parametrize(
    ("name", "old", "new", "wrong"),
    [("areas.csv", "300103,city,300000", "300103,city,399999", "unknown area '399999'"),
     ("regions.csv", "region,name_zh", "regoin,name_zh", "unknown column 'regoin'"),
     ("membership.csv", "region,area", "region,aera", "unknown column 'aera'"),
     ("indicators.csv", "up,level", "up,levle", "unknown measure 'levle'")],
)  # fmt: skip
def test_a_table_that_cannot_be_used_does_not_hide_the_faults_of_others(tmp_path, name, old, new, wrong):
    folder = Path(shutil.copytree(PROBLEMS, tmp_path / "plan"))
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")
    faults = "\n".join(check_report(folder).faults)
    others = ("horizon 2021", "unit '万元'", "value 'n/a'", "upper 50.0", "Name it statements.csv")
    for words in (wrong, *others):
        assert words in faults


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda own: "<kml/>", "the file is XML"),
        (lambda own: json.dumps(own | {"features": own["features"][1:]}), "no map shows them: 300101"),
    ],
)
def test_boundaries_are_checked_beside_areas_that_cannot_be_read(folder, change, words):
    add(folder, "areas", "300999,town,300000,某,Some,某,Some")
    path = folder / "boundaries.geojson"
    path.write_text(change(json.loads(path.read_text("utf-8"))), "utf-8")
    areas, boundaries = sorted(check_report(folder).faults)
    assert "unknown level 'town'" in areas
    assert words in boundaries


ODD = [
    # table, row added, what is said of it
    ("targets", "s1,r000,300101,,level,gdp,>=,9,亿元,strive,,2012,no,2022,2034,话,S,,S,B,g1,,,",
     "baseline_year 2012, horizon 2034 of the target s1 outside 2021 to 2024"),
    ("targets", "s2,r000,300101,,level,gdp,>=,9,亿元,strive,,2022,no,2022,2024,话,S,,S,B,g1,,,",
     "baseline_year 2022 of the target s2 is not before its first_year 2022"),
    *(("targets", f"{row},%,strive,,2021,no,2022,2024,话,S,,S,B,g1,,,", words) for row, words in (
        ("s3,r000,300101,,level,urbanisation_rate,>=,0.62", "0.62% of the target s3 is below one per cent"),
        ("s4,r000,300101,,growth,gdp_growth_real,>=,0.06", "0.06% of the target s4 is below one per cent"),
        ("s5,r000,300101,,average_growth,gdp_growth_real,>=,0.055", "0.055% of the target s5 is below one per"),
        ("s6,r000,300101,,level,urbanisation_rate,>=,62", ""),
        ("s7,r000,300101,,growth,gdp_growth_real,>=,1", ""),
        ("s8,r000,300101,,growth,gdp_growth_real,>=,0", ""),
    )),
    ("areas", "300200,county,300000,甲,A,甲,A", "300200 is a county, and its code ends in 00"),
    ("areas", "300300,city,300101,甲,A,甲,A", "300300 (city) lies in 300101 (city), which is no larger unit"),
]  # fmt: skip


def test_years_levels_and_fractions_that_do_not_fit_are_remarked_with_their_line(folder):
    before, expected = check_report(folder).remarks, []
    for table, row, said in ODD:
        add(folder, table, row)
        line = len((folder / f"{table}.csv").read_text("utf-8").splitlines())
        expected += [f"{table}.csv line {line}: {said}"] if said else []
    report = check_report(folder)
    new = [one for one in report.remarks if one not in before and "polygon" not in one]
    assert (report.faults, len(new)) == ([], len(expected)), new
    assert [said for said in expected if not any(said in one for one in new)] == []


def test_a_member_under_another_level_and_a_short_name_without_room_are_refused(folder):
    path = folder / "membership.csv"
    path.write_text(path.read_text("utf-8").replace("300101,city", "300101,county"), "utf-8")
    add(folder, "areas", f"300199,city,300000,某市,City,某,{'L' * 60}")
    level, short = check_report(folder).faults
    assert "level county of 300101 is not that of the table of areas, city. Write city" in level
    assert re.search(r"short_en 'LLL.* has 60 characters. Keep it within 40", short)


@pytest.mark.parametrize("name", ["沈" * 100, "x" * 300, "a\0b"])
def test_a_name_that_no_folder_can_have_is_one_fault(name):
    (fault,) = check_report(name).faults
    assert "does not exist. Give the path of a folder with plan.yaml" in fault


def test_a_growth_rate_is_remarked_itself_where_the_level_is_plausible(folder):
    add(folder, "indicators", SCHOOLS)
    likely = ["300101,gdp,2025,1000,亿元", "300101,schools,2023,50,所", "300101,schools,2024,52,所"]
    for row in ("300101,gdp_growth_real,2025,41,%", *likely):
        add(folder, "observations", f"{row},2026-03-01,final,A,g1,")
    (said,) = [one for one in check_report(folder).remarks if "is unlikely" in one]
    assert "gdp_growth_real 41 of 300101 in 2025 is unlikely" in said


def test_a_report_says_what_a_plan_has_and_what_follows_from_what_it_has_not(folder):
    report = check_report(folder)
    assert report.faults == []
    has = "\n".join(report.has)
    for words in ("regions: 2 (members: 8)", "targets: 4 (level 4)", "areas of its own: 9", "boundaries.geojson",
                  "figures of its own: 210 (gdp, gdp_growth_real, population; areas: 8; 2015 to 2024)"):  # fmt: skip
        assert words in has
    (folder / "boundaries.geojson").unlink()
    lacks = "\n".join(check_report(folder).lacks)
    shown = "boundaries.*: maps show the shipped"
    assert all(words in lacks for words in ("statements.csv: pages show no statement", shown, "issuer_zh"))


def test_the_coverage_tells_figures_by_target_and_year(folder):
    path = folder / "observations.csv"
    rows = [row for row in path.read_text("utf-8").splitlines() if not re.match(r"30010[12],gdp,2023", row)]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    add(folder, "targets", "w,r000,r000,,qualitative,,,,,strive,,2021,no,2022,2024,话,Words,,Reach,B,g1,,,")
    add(folder, "targets", "v,r000,r000,,relative_growth,trade_total,>,,,,300000,,no,2022,2024,V,V,,,B,g1,,,")
    add(folder, "observations", "300101,trade_total,2021,50,亿元,2022-03-01,final,A,g1,")
    coverage = check_report(folder).coverage
    assert coverage.columns.tolist() == ["2021", "2022", "2023", "2024"]
    assert coverage.loc["t000"].tolist() == ["1", "1", "0", "1"]
    assert coverage.loc["u000"].tolist() == ["4/4", "4/4", "2/4", "4/4"]
    assert coverage.loc["w"].tolist() == ["-"] * 4
    assert coverage.loc["v"].iloc[0] == "1/4"  # its growth may be that of the levels


def test_all_of_a_report_is_in_json(capsys):
    shipped = str(data_dir() / "plans" / "ln-2022")
    assert main(["check", shipped, "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {"folder", "faults", "remarks", "has", "lacks", "coverage"}
    assert (report["folder"], report["faults"]) == (shipped, [])
    assert {row["target"] for row in report["coverage"]} >= {"circle-sei", "belt-fdi"}


def test_targets_that_no_figure_can_ever_serve_are_named_with_their_reasons(folder):
    for row in (
        "x1,r000,r000,,level,coastal_water_good,>=,90,%",
        "x3,r000,300101,,count,industrial_clusters,>=,5,个",
    ):
        add(folder, "targets", f"{row},strive,,2021,no,2022,2024,甲,A,,Reach,B,g1,,,")
    one, other = (said for said in check_report(folder).remarks if "no figure can serve the target" in said)
    assert re.search("serve the target x1: .* cannot be combined over areas", one)
    assert re.search("serve the target x3: the clause counts, and the figures are in", other)


def test_the_targets_of_shipped_plans_can_be_served_but_for_coastal_waters():
    remarks = [said for plan in list_plans() for said in check_report(data_dir() / "plans" / plan).remarks]
    assert len(remarks) == 1
    assert "belt25-water" in remarks[0]


UNLIKELY = [
    # figures of its own, the line remarked on (of those added; 0: another), what is said
    (["300101,gdp,2025,100000,亿元"], 1, "No figure jumps"),
    (["300102,gdp,2025,9.8,亿元"], 1, "No figure jumps"),
    (["300103,urbanisation_rate,2023,0.62,%"], 1, "No share is below one per cent"),
    (["300104,urbanisation_rate,2023,62,%", "300104,urbanisation_rate,2024,0.63,%"], 2, "No share is below"),
    (["300101,manufacturing_share,2023,20,%", "300101,manufacturing_share,2024,60,%"], 2, "No figure jumps"),
    (["300103,gdp_growth_real,2025,410,%"], 1, "No figure jumps"),
    (["300104,va_primary,2024,400,亿元", "300104,va_secondary,2024,400,亿元", "300104,va_tertiary,2024,400,亿元"],
     0, "sectors"),
    (["300102,industry_share,2024,30,%", "300102,manufacturing_share,2024,40,%"], 2, "no larger than industry"),
    (["300101,schools,2023,50,所", "300101,schools,2024,5000,所"], 2, "No figure jumps"),
    (["300000,population,2024,100,万人", "300104,population,2024,103,万人"], 2, "No area has more than"),
]  # fmt: skip
SCHOOLS = "schools,学校数,Schools,所,年末数,At the end of the year,up,level,sum,,0,0,"


@pytest.fixture(scope="module")
def unlikely(tmp_path_factory):
    """Rows of the figures of a plan, to which all that are unlikely were added, and the report of the plan."""
    folder = tmp_path_factory.mktemp("unlikely") / "plan"
    write_plan(folder, 2)
    add(folder, "indicators", SCHOOLS)
    added = [f"{row},2026-03-01,final,A,g1," for rows, _, _ in UNLIKELY for row in rows]
    add(folder, "observations", *added)
    return (folder / "observations.csv").read_text("utf-8").splitlines(), check_report(folder)


@pytest.mark.parametrize(("rows", "place", "words"), UNLIKELY)
def test_an_unlikely_figure_of_ones_own_is_remarked_with_its_row_and_rule(unlikely, rows, place, words):
    lines, report = unlikely
    assert report.faults == []
    said = [one for one in report.remarks if "is unlikely" in one and words in one]
    if place:
        [line] = [n for n, text in enumerate(lines, 1) if text.startswith(f"{rows[place - 1]},2026-03-01")]
        assert any(re.search(rf"lines? ([\d, ]+ )?{line}[:,).]", one) for one in said), report.remarks
    assert said


def test_figures_that_break_one_rule_are_one_remark(folder):
    rows = [f"30010{n},urbanisation_rate,{year},0.6{n},%" for n in range(1, 5) for year in (2022, 2023)]
    before = len((folder / "observations.csv").read_text("utf-8").splitlines())
    rows += [f"300101,trade_growth,{year},0.0{year - 2010},%" for year in range(2020, 2024)]
    add(folder, "observations", *(f"{row},2026-03-01,final,A,g1," for row in rows))
    shares, growth = [one for one in check_report(folder).remarks if "fraction" in one]
    listed = ", ".join(str(before + n) for n in range(2, 7))
    assert f"line {before + 1}: urbanisation_rate 0.61" in shares
    assert shares.endswith(f"So are 7 more of its rows (lines {listed}, ...).")
    assert "all growth rates trade_growth of 300101 are below one per cent" in growth
