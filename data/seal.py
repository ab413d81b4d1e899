"""Check every table against its schema and seal it: write columns, size and checksum into ``datapackage.json``.

Run ``python data/seal.py`` after a change to a table or a schema. A sealed table is not checked again on every load.
"""

import json
from pathlib import Path

from lnregions.tables import fingerprint, read_table
from lnregions.tables.schemas import SCHEMAS

HERE = Path(__file__).resolve().parent
_LIMITS = {
    "greater_than_or_equal_to": ("minimum", "min_value"),
    "less_than_or_equal_to": ("maximum", "max_value"),
}


def main() -> None:
    """Seal the tables that the descriptor names."""
    path = HERE / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        table = HERE / resource["path"]
        read_table(table, table.stem, trust=False).checked()
        resource["title"], resource["schema"] = (
            describe(table.stem)[0],
            resource["schema"] | describe(table.stem)[1],
        )
        resource["bytes"] = len(table.read_bytes())
        resource["hash"] = fingerprint(table.read_bytes())
    path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def describe(name: str) -> tuple[str, dict]:
    """Title and Table Schema (https://specs.frictionlessdata.io/table-schema/) of a schema."""
    schema = SCHEMAS[name]
    fields = [_field(column, facts) for column, facts in schema.columns.items()]
    return schema.title, {"fields": fields, "primaryKey": list(schema.unique)}


def _field(name: str, column) -> dict:
    facts = column.metadata
    kind = "string" if facts["kind"] in ("text", "code", "date") else facts["kind"]
    field = {"name": name, "type": kind, "description": column.description}
    if facts.get("rule"):
        field["example"] = facts["rule"]
    if kind == "boolean":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    limits = {"required": True} if facts["required"] else {}
    limits |= {"pattern": facts["pattern"]} if facts.get("pattern") else {}
    limits |= {"enum": list(facts["choices"])} if facts.get("choices") else {}
    limits |= {
        _LIMITS[c.name][0]: c.statistics[_LIMITS[c.name][1]] for c in column.checks if c.name in _LIMITS
    }
    return field | ({"constraints": limits} if limits else {})


if __name__ == "__main__":
    main()
