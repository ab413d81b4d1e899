"""Write the tables of docs/plan.md: the keys of ``plan.yaml`` and the columns of every table of a plan.

Run ``python docs/make_plan.py`` after a change to them. They come from the schemas of ``data/datapackage.json`` and
from the examples of a new plan folder; the text around them is written by hand.
"""

import re
from pathlib import Path

from lnregions.paths import data_dir
from lnregions.tables.new_plans import column_remark, example_of
from lnregions.tables.plan_files import ALL_TABLES, FACTS, read_yaml
from lnregions.tables.schemas import is_required, table_schema

PAGE = Path(__file__).with_name("plan.md")


def fact_rows() -> list[str]:
    """Return a row a key of ``plan.yaml``, with the example of a shipped plan."""
    given, *_ = read_yaml(data_dir() / "plans" / "ln-2022" / "plan.yaml")
    return [f"| `{key}` | {kind} | {_code(given.get(key, ''))} |" for key, kind in FACTS.items()]


def column_rows(name: str) -> list[str]:
    """Return a row a column of a table, with its example."""
    rows = zip(table_schema(name)["fields"], example_of(name), strict=True)
    return [
        f"| `{field['name']}` | {column_remark(field).replace('|', '/')}"
        f"{' **(needed)**' if is_required(field) else ''} | {_code(example)} |"
        for field, example in rows
    ]


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def main() -> None:
    """Write each table anew below its heading."""
    text = PAGE.read_text("utf-8")
    tables = {"## plan.yaml": fact_rows()}
    tables |= {f"### {name}.csv": column_rows(name) for name in ALL_TABLES}
    for heading, rows in tables.items():
        pattern = rf"({re.escape(heading)}\n.*?\| --- \| --- \| --- \|\n)(?:\|[^\n]*\n)*"
        text = re.sub(
            pattern, lambda hit, rows=rows: hit[1] + "\n".join(rows) + "\n", text, count=1, flags=re.DOTALL
        )
    PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
