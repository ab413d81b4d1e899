"""Check every table against its schema and seal it: write size and checksum into ``datapackage.json``.

Run ``python data/seal.py`` after a change to a table or a schema. A sealed table is not checked again on every load.
The columns of a table that stands in several plans are those of its first entry. What ``bounds.csv`` says of the
largest changes is computed anew from the observations.
"""

import json
import warnings
from pathlib import Path

from lnregions import InputWarning
from lnregions.series import largest_changes
from lnregions.tables import fingerprint, load_areas, read_observations, read_table
from lnregions.tables.schemas import table_schema

HERE = Path(__file__).resolve().parent
WHY = {
    "why_en": (
        "; largest change of a city's figures in a year: ",
        "{}, {} to {}",
        "no city has figures of two years running",
    ),
    "why_zh": ("；各市一年内的最大变动：", "{}，{}至{}年", "没有一个市有连续两年的数字"),
}
"""By column what stands between the reason for the limits and that for the change; where it was seen; where nowhere."""


def renew_bounds() -> None:
    """Write the largest change of each indicator, and where it was seen, into ``bounds.csv``."""
    path = HERE / "bounds.csv"
    bounds, names = read_table(path, "bounds", trust=False).checked(), load_areas().set_index("area")
    changes = largest_changes(read_observations())
    for place, row in bounds.iterrows():
        change = changes.get(row["indicator"])
        bounds.loc[place, "largest_change"] = change.size if change else None
        bounds.loc[place, "source"] = change.source if change else ""
        for column, (between, seen, unseen) in WHY.items():
            if change:
                name = names.loc[change.area, column.replace("why", "short")]
                unseen = seen.format(name, change.first_year, change.last_year)
            bounds.loc[place, column] = row[column].split(between)[0] + between + unseen
    bounds.to_csv(path, index=False, lineterminator="\n", float_format="%.10g")


def main() -> None:
    """Renew the bounds and seal the tables that the descriptor names."""
    warnings.simplefilter("ignore", InputWarning)  # of tables that are not sealed yet
    renew_bounds()
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
