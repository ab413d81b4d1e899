"""A plan whose every free text tries something: it is drawn, printed and rendered as text that does nothing.

The pages of the site are tested in tests/pages, where a run and its error are hostile, too.
"""

import ast
import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from fault_kit import write_notebook
from hostile_plan import EVIL, FORMULA, MARKDOWN, write_hostile_plan
from hypothesis import given, settings
from hypothesis import strategies as st

import lnregions as ln
from lnregions.__main__ import main
from lnregions.figures import bundle_zip
from lnregions.formats import data_csv, plain_markdown

pytestmark = [pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning"),
              pytest.mark.filterwarnings("ignore::bs4.XMLParsedAsHTMLWarning")]  # fmt: skip
FETCHED = {"href", "src", "action", "formaction", "data", "xlink:href", "srcset"}


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return ln.load_plan(path=write_hostile_plan(tmp_path_factory.mktemp("evil") / "plan"))


def acts(page: str) -> list[str]:
    """What in a page would run or fetch something: handlers, addresses, scripts that the plan wrote."""
    soup, found = BeautifulSoup(page, "html.parser"), []
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            value = " ".join(value) if isinstance(value, list) else str(value)
            fetched = name.casefold() in FETCHED
            active = re.match(r"\s*(javascript|vbscript|file|data:text|https?://evil)|x$", value, re.I)
            if name.casefold().startswith("on") or (fetched and active):
                found.append(f"<{tag.name} {name}={value!r}>")
    scripts = [tag for tag in soup.find_all("script") if tag.get("type") != "application/json"]
    return found + [str(tag)[:80] for tag in scripts if "alert(1)" in (tag.string or "")]


def formulas(text: str) -> list[str]:
    """Cells of a CSV text that a spreadsheet would run."""
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    number = re.compile(r"[+-]?[\d.,]+(e[+-]?\d+)?%?", re.I | re.A)
    return [
        cell for cell in cells if re.match(r"\s*[=+\-@|\t\r＝＋－＠]", cell) and not number.fullmatch(cell)
    ]


def test_these_tests_see_an_attack():
    assert acts(EVIL)
    assert acts('<a href=" JavaScript:alert(1)">x</a>')
    assert formulas(f'a,"{FORMULA.replace(chr(34), chr(34) * 2)}"\n')
    assert not acts("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>")
    assert not formulas("-3.5,+2,a=1\n")


PICTURES = {
    "scorecard": lambda plan, language: ln.draw_scorecard(plan, ln.judge(plan), language=language),
    "targets": lambda plan, language: ln.draw_targets(plan, "belt", language=language),
    "membership": lambda plan, language: ln.draw_membership(plan, language=language),
    "map": lambda plan, language: ln.draw_map(plan, "circle", "gdp", language=language),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_and_its_bundle_carry_text_and_nothing_that_acts(plan, kind, tmp_path):
    drawn = PICTURES[kind](plan, ("en", "zh")[list(PICTURES).index(kind) % 2])
    for picture in drawn if isinstance(drawn, (list, tuple)) else [drawn]:
        picture.save(tmp_path, formats=["svg"])
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in written} >= {".svg", ".csv", ".json", ".md"}
    for path in written:
        if path.suffix == ".svg":
            assert acts(path.read_text("utf-8")) == []
        elif path.suffix == ".csv":
            assert formulas(path.read_text("utf-8")) == []
        elif path.suffix == ".md":
            text = re.sub(r"\\\[[^\n]*?\]\(", "", path.read_text("utf-8"))
            assert not re.search(r"(?<!\\)(\\\\)*(\]\(|<script|<img)", text)
    with zipfile.ZipFile(bundle_zip(tmp_path, tmp_path / "kit.zip", title=MARKDOWN)) as file:
        assert not any(name.startswith(("/", "..")) or "\\" in name for name in file.namelist())
        assert "\\[click](javascript" in file.read("README.md").decode()


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("[]()<>!\\`*a\n"), max_size=12))
def test_no_text_becomes_a_link_a_picture_or_a_tag_in_markdown(text):
    mistune = pytest.importorskip("mistune")
    page = str(mistune.html("x " + plain_markdown(text + "[x](javascript:alert(1))<b onclick=x>")))
    assert not BeautifulSoup(page, "html.parser").find(["a", "img", "b", "script"])


@pytest.mark.parametrize("sign", [*"=+-@\t\r|＝＋－＠", " =", "\n="])
def test_no_cell_of_a_csv_begins_like_a_formula(sign):
    text = data_csv(pd.DataFrame({f"{sign}head": [f"{sign}cmd|' /C calc'!A0", "-3.5", "plain"]}))
    assert formulas(text) == []
    assert "\n-3.5\n" in text


def test_verdicts_printed_as_csv_hold_no_formula(plan, capsys):
    assert main(["verdicts", "--plan", str(plan.folder), "--format", "csv"]) == 0
    assert formulas(capsys.readouterr().out) == []


@pytest.mark.usefixtures("cold", "stopped_server")
def test_a_notebook_run_on_a_hostile_plan_holds_nothing_that_acts(plan, tmp_path):
    out = tmp_path / "out"
    cells = ["import lnregions as ln\nown = ln.load_plan(plan)\nown", "ln.show_verdicts(ln.judge(own))"]
    cells += [f"ln.{name}(own)" for name in ("show_plan", "show_statements", "evaluation", "show_sources")]
    cells += ["ln.draw_web_map(own, 'circle', 'gdp')"]
    book = write_notebook(tmp_path / "01.ipynb", *cells, head='plan: str = ""', over=None)
    words = ["render", str(book), "--plan", str(plan.folder), "--language", "en", "--no-report", "--quiet"]
    assert main([*words, "--output", str(out)]) == 0
    (book,) = out.rglob("*.ipynb")
    outputs = [
        one for cell in json.loads(book.read_text("utf-8"))["cells"] for one in cell.get("outputs", [])
    ]
    assert not any("application/javascript" in one.get("data", {}) for one in outputs)
    assert acts("".join("".join(one.get("data", {}).get("text/html", "")) for one in outputs)) == []
    for page in out.rglob("*.html"):
        assert acts(page.read_text("utf-8")) == []
    places = {path.resolve().relative_to(out.resolve()).parts[0] for path in out.rglob("*") if path.is_file()}
    assert places <= {"en", "manifest.json", ".lnregions"}


DANGEROUS = {"shelve", "marshal", "dill", "joblib", "xml", "lxml", "xmlrpc", "telnetlib", "ftplib", "pty"}
FORBIDDEN = {
    "eval", "exec", "compile", "os.system", "os.popen", "pickle.load", "pickle.loads", "pd.read_pickle", "yaml.load",
    "yaml.unsafe_load", "tempfile.mktemp", "np.load", "pd.eval",
}  # fmt: skip


def test_no_module_reads_pickles_or_xml_or_runs_text_as_code():
    for path in (Path(__file__).parents[2] / "lnregions").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
        assert not {name.split(".")[0] for name in names} & DANGEROUS, path
        assert not {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)} & FORBIDDEN, path
        assert not [node for node in nodes if isinstance(node, ast.keyword) and node.arg == "shell"], path
