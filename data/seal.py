"""Check every table against its schema and seal it: write size and checksum into ``datapackage.json``.

Run ``python data/seal.py`` after a change to a table. A sealed table is not checked again on every load.
"""

import json
from pathlib import Path

from lnregions.tables.tables import fingerprint, read_table

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Seal the tables that the descriptor names."""
    path = HERE / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        table = HERE / resource["path"]
        read_table(table, resource["name"], trust=False)
        resource["bytes"] = len(table.read_bytes())
        resource["hash"] = fingerprint(table.read_bytes())
    path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
