"""A plan from a spreadsheet: a new folder has a workbook, and a workbook becomes a folder or is refused."""

import datetime as dt

import openpyxl
import pytest

from lnregions import DataError, InputWarning, load_plan
from lnregions.__main__ import main
from lnregions.boundaries import check_plan
from lnregions.errors import forget_warnings
from lnregions.tables import list_plans, read_plan_workbook, write_plan_template
from lnregions.tables.new_plans import example_of
from lnregions.tables.plan_files import ALL_TABLES as ALL
from lnregions.tables.schemas import table_schema

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return write_plan_template(tmp_path_factory.mktemp("new") / "mine")


@pytest.fixture
def edit(template, tmp_path):
    """Change cells of the workbook of a new folder, by sheet and place; the path of the changed one."""

    def change(cells, also=lambda book: None):
        book = openpyxl.load_workbook(template / "plan.xlsx")
        for place, value in cells.items():
            sheet, cell = place.split("!")
            book[sheet][cell] = value
        also(book)
        book.save(tmp_path / "book.xlsx")
        return tmp_path / "book.xlsx"

    return change


def filled(book):
    """Take the number sign off the examples."""
    for name in ALL:
        book[name]["A2"] = example_of(name)[0]


def test_the_workbook_of_a_new_folder_has_a_sheet_a_table_with_remarks_and_drop_downs(template):
    book = openpyxl.load_workbook(template / "plan.xlsx")
    assert book.sheetnames == ["plan", "sources", *ALL, "codes"]
    for name in ALL:
        fields = table_schema(name)["fields"]
        assert [cell.value for cell in book[name][1]] == [field["name"] for field in fields]
        pairs = zip(book[name][1], fields, strict=True)
        assert all(field["description"] in cell.comment.text for cell, field in pairs)
        written = ["" if cell.value is None else str(cell.value) for cell in book[name][2]]
        assert written[1:] == example_of(name)[1:]
    lists = {(name, str(rule.sqref)[0]): rule.formula1 for name in ALL
             for rule in book[name].data_validations.dataValidation}  # fmt: skip
    assert lists["membership", "D"] == '"confirmed,likely,unverified"'
    assert lists["membership", "E"] == '"yes,no"'
    assert lists["targets", "B"].startswith("regions!")
    assert lists["targets", "F"].startswith("codes!")
    for name in ALL:
        for column, field in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", table_schema(name)["fields"], strict=False):
            if "enum" in field.get("constraints", {}) and "," not in "".join(field["constraints"]["enum"]):
                assert (name, column) in lists


@pytest.mark.parametrize("plan", list_plans())
def test_a_copied_plan_comes_back_from_its_workbook_as_it_was(tmp_path, plan):
    copied = write_plan_template(tmp_path / "copy", plan=plan)
    shipped, copy = load_plan(plan), load_plan(copied)
    again = load_plan(read_plan_workbook(copied / "plan.xlsx", tmp_path / "again"))
    for other in (copy, again):
        assert other.facts == shipped.facts
        for name in ("regions", "positioning", "membership", "targets", "statements", "sources"):
            assert getattr(other, name).equals(getattr(shipped, name)), name


def test_the_commands_start_copy_and_read(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["plan", "new", "--from", "belt-2025", "mine"]) == 0
    assert "lnregions plan read mine/plan.xlsx mine --replace" in capsys.readouterr().out
    assert main(["plan", "read", "mine/plan.xlsx", "other"]) == 0
    assert load_plan("./other").id == "belt-2025"
    assert main(["plan", "read", "mine/plan.xlsx", "other"]) == 2
    assert "has tables already. Name a new folder, or give --replace" in capsys.readouterr().err
    assert main(["plan", "new", "--from", "belt-2052", "new"]) == 2
    assert "did you mean belt-2025?" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_filled_workbook_makes_a_plan_that_has_no_fault(tmp_path, edit):
    folder = read_plan_workbook(edit({"plan!B2": "north-plan"}, filled), tmp_path / "made")
    assert check_plan(folder) == []
    plan = load_plan(folder)
    assert (plan.id, plan.members("north")) == ("north-plan", ["210100"])
    assert "schools" in set(plan.indicators["indicator"])


def test_what_excel_makes_of_values_is_read_as_it_was_meant(tmp_path, edit):
    cells = {
        "membership!B2": 210100, "membership!F2": 2022.0, "membership!E2": False, "observations!D2": 8122.1,
        "observations!F2": dt.datetime(2024, 4, 11), "targets!H2": 10000, "regions!C2": "Northern\narea",
    }  # fmt: skip
    folder = read_plan_workbook(edit(cells, filled), tmp_path / "made")
    assert check_plan(folder) == []
    rows = (folder / "observations.csv").read_text("utf-8").splitlines()
    assert rows[1] == "210100,gdp,2023,8122.1,亿元,2024-04-11,preliminary,A,p1,"
    member = load_plan(folder).membership.loc[0, ["area", "valid_from", "proxy"]]
    assert member.tolist() == ["210100", 2022, False]
    assert load_plan(folder).regions.loc[0, "name_en"] == "Northern area"


def test_a_percentage_is_no_fraction_and_line_n_of_a_file_is_row_n_of_its_sheet(tmp_path, edit):
    def change(book):
        filled(book)
        book["targets"]["H2"] = 0.15
        book["targets"]["H2"].number_format = "0%"
        for column, value in enumerate(example_of("membership"), 1):
            book["membership"].cell(5, column, value)
        book["membership"]["B5"] = "219999"

    found = [one.message() for one in check_plan(read_plan_workbook(edit({}, change), tmp_path / "made"))]
    assert len(found) == 2
    assert any("targets.csv line 2: value '15%' carries its unit" in one for one in found)
    assert any("membership.csv line 5: unknown area '219999'" in one for one in found)


def test_tables_are_replaced_only_if_asked_and_other_files_stay(tmp_path, edit):
    folder = tmp_path / "made"
    read_plan_workbook(edit({}, filled), folder)
    (folder / "boundaries.geojson").write_text("{}", "utf-8")
    own = (folder / "observations.csv").read_text("utf-8")
    with pytest.raises(DataError, match="has tables already"):
        read_plan_workbook(edit({"plan!B2": "other"}), folder)
    assert load_plan(folder).id == "my-plan"
    regions = (folder / "regions.csv").read_text("utf-8")
    forget_warnings()
    with pytest.warns(InputWarning, match="no sheet has a row"):
        read_plan_workbook(edit({"plan!B2": "other"}), folder, replace=True)
    assert "id: other" in (folder / "plan.yaml").read_text("utf-8")
    assert (folder / "regions.csv").read_text("utf-8") == regions
    assert (folder / "boundaries.geojson").read_text("utf-8") == "{}"
    assert (folder / "observations.csv").read_text("utf-8") == own


REFUSED = {
    "no sheet": (lambda book: book.remove(book["regions"]), "the sheet regions is missing. Name it so, or"),
    "a name in another script": (
        lambda book: setattr(book["targets"], "title", "目标"),
        r"targets is missing. Name it so \(not read are: 目标\)"),
    "another name": (lambda book: setattr(book["targets"], "title", "target"), "the sheet 'target' is not read"),
    "a formula": (lambda book: book["targets"].__setitem__("H3", "=A1*2"), "H3 holds a formula that was"),
    "merged cells": (lambda book: book["membership"].merge_cells("A3:A5"), "the cells A3:A5 are merged. Undo that"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_workbook_that_cannot_be_meant_is_refused_with_sheet_and_cell(tmp_path, edit, what):
    change, words = REFUSED[what]
    with pytest.raises(DataError, match=words):
        read_plan_workbook(edit({}, change), tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_a_sheet_that_is_not_read_is_named(tmp_path, edit):
    forget_warnings()
    with pytest.warns(InputWarning, match=r"book\.xlsx: sheets that are not read: My notes"):
        read_plan_workbook(edit({}, lambda book: book.create_sheet("My notes")), tmp_path / "made")


HIDDEN = {
    "row 2": lambda sheet: setattr(sheet.row_dimensions[2], "hidden", True),
    "column D": lambda sheet: setattr(sheet.column_dimensions["D"], "hidden", True),
    "the whole sheet": lambda sheet: setattr(sheet, "sheet_state", "veryHidden"),
}


@pytest.mark.parametrize("words", HIDDEN)
def test_what_is_hidden_in_a_workbook_is_read_and_said(tmp_path, edit, words):
    forget_warnings()
    book = edit({}, lambda book: (filled(book), HIDDEN[words](book["observations"])))
    with pytest.warns(InputWarning, match=rf"book\.xlsx: sheet observations: hidden, but read: {words}"):
        folder = read_plan_workbook(book, tmp_path / "made")
    assert "210100,gdp,2023,8122.1" in (folder / "observations.csv").read_text("utf-8")


@pytest.mark.parametrize("name", ["regions.csv", "plan.yaml", "none.xlsx", "empty.xlsx"])
def test_what_is_no_workbook_is_refused(template, tmp_path, name):
    (tmp_path / "empty.xlsx").write_bytes(b"")
    path = template / name if (template / name).exists() else tmp_path / name
    with pytest.raises(DataError, match=r"no workbook that can be read|does not exist"):
        read_plan_workbook(path, tmp_path / "made")
