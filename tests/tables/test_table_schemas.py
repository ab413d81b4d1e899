"""The descriptor describes every table as it is, and so does the template."""

import json

import pytest

from lnregions.paths import data_dir
from lnregions.tables import fingerprint, list_plans, read_table
from lnregions.tables.new_plans import column_remark
from lnregions.tables.plan_files import ALL_TABLES, TEMPLATE
from lnregions.tables.schemas import table_schema

PACKAGE = json.loads((data_dir() / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES = {resource["path"]: resource for resource in PACKAGE["resources"]}


def test_the_descriptor_names_every_table_its_licence_and_its_sources():
    assert set(RESOURCES) == {path.relative_to(data_dir()).as_posix() for path in data_dir().rglob("*.csv")}
    assert PACKAGE["licenses"]
    assert PACKAGE["sources"]


@pytest.mark.parametrize("path", RESOURCES)
def test_the_descriptor_has_the_columns_size_and_checksum_of_each_table(path):
    resource, file = RESOURCES[path], data_dir() / path
    schema, data = table_schema(file.stem), file.read_bytes()
    assert all(resource["schema"][key] == schema[key] for key in ("fields", "primaryKey"))
    assert (resource["hash"], resource["bytes"]) == (fingerprint(data), len(data)), "run: python data/seal.py"
    header = data.decode("utf-8").splitlines()[0].split(",")
    assert header == [field["name"] for field in schema["fields"] if field["name"] in header]


@pytest.mark.parametrize("path", RESOURCES)
def test_every_foreign_key_points_to_a_row_that_is_there(path):
    for key in RESOURCES[path]["schema"].get("foreignKeys", []):
        other = next((p for p, r in RESOURCES.items() if r["name"] == key["reference"]["resource"]), path)
        own = read_table(data_dir() / path, (data_dir() / path).stem).frame[key["fields"][0]]
        known = read_table(data_dir() / other, (data_dir() / other).stem).frame[key["reference"]["fields"][0]]
        assert {word for cell in own for word in cell.split()} <= set(known)


@pytest.mark.parametrize("name", ALL_TABLES)
def test_the_template_describes_the_columns_as_the_schema_does(name):
    _, *remarks, header, example = (TEMPLATE / f"{name}.csv").read_text("utf-8").splitlines()
    fields = table_schema(name)["fields"]
    assert header.split(",") == [field["name"] for field in fields]
    assert example.startswith("#")
    for remark, field in zip(remarks, fields, strict=True):
        assert remark == f"# {field['name']}: {column_remark(field)}"


def test_the_data_note_names_every_file_and_the_rule():
    note = (data_dir() / "README.md").read_text(encoding="utf-8")
    assert all(f"`{path.name}`" in note for path in data_dir().glob("*.csv"))
    assert "choose_default" in note
    assert all(plan in note for plan in list_plans())
