"""Check every table against its schema and seal it: write size and checksum into ``datapackage.json``.

Run ``python data/seal.py`` after a change to a table or a schema. A sealed table is not checked again on every load.
The columns of a table that stands in several plans are those of its first entry.
"""

import json
from pathlib import Path

from lnregions.tables import fingerprint, read_table
from lnregions.tables.schemas import table_schema

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Seal the tables that the descriptor names."""
    path = HERE / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        table = HERE / resource["path"]
        read_table(table, table.stem, trust=False).checked()
        schema = table_schema(table.stem)
        resource["schema"] |= {key: schema[key] for key in ("fields", "primaryKey")}
        resource["bytes"] = len(table.read_bytes())
        resource["hash"] = fingerprint(table.read_bytes())
    path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
