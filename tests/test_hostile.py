"""Files that try something: to leave their folder, run as code, act in a page or a spreadsheet, or never to end."""

import ast
import csv
import io
import json
import os
import re
import shutil
import time
import zipfile
from pathlib import Path

import hostile_plan as evil
import odd_files as odd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

import lnregions as ln
from lnregions.__main__ import main
from lnregions.errors import DataError, fault
from lnregions.figures import bundle_zip, data_csv, plain_markdown
from lnregions.tables import batch_choices, check_plan, load_observations, load_plan

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
SOURCES = sorted((Path(__file__).parents[1] / "lnregions").rglob("*.py"))


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return load_plan(path=evil.write_hostile_plan(tmp_path_factory.mktemp("evil") / "plan"))


def acts(page: str) -> list[str]:
    """What in a page would run or fetch something: handlers, addresses, scripts that the plan wrote."""
    soup, found = BeautifulSoup(page, "html.parser"), []
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            value = " ".join(value) if isinstance(value, list) else str(value)
            where = name.casefold() in ("href", "src", "action", "formaction", "data", "xlink:href", "srcset")
            if name.casefold().startswith("on") or (
                where and (re.match(r"\s*(javascript|vbscript|file|data:text|https?://evil)", value, re.I))
            ):
                found.append(f"<{tag.name} {name}={value!r}>")
        if tag.name == "img" and tag.get("src") == "x":
            found.append(str(tag)[:80])
    found += [str(tag)[:80] for tag in soup.find_all("script") if "alert(1)" in (tag.string or "")
              and tag.get("type") != "application/json"]  # fmt: skip
    return found


def formulas(text: str) -> list[str]:
    """Cells of a CSV text that a spreadsheet would run."""
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    number = re.compile(r"[+-]?[\d.,]+(e[+-]?\d+)?%?", re.I | re.A)
    return [
        cell for cell in cells if re.match(r"\s*[=+\-@|\t\r＝＋－＠]", cell) and not number.fullmatch(cell)
    ]


# ---- pages, pictures, spreadsheets ----


def test_the_tools_of_these_tests_see_an_attack():
    assert acts(evil.EVIL)
    assert acts('<a href=" JavaScript:alert(1)">x</a>')
    assert formulas(f'a,"{evil.FORMULA.replace(chr(34), chr(34) * 2)}"\n')
    assert not acts("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>")
    assert not formulas("-3.5,+2,a=1\n")


def test_a_hostile_plan_is_read_as_text_and_shown_escaped(plan):
    assert plan.regions.loc[0, "name_zh"] == evil.EVIL
    assert acts(plan._repr_html_()) == []
    assert check_plan(plan.folder) == []


PICTURES = {
    "scorecard": lambda plan, language: ln.draw_scorecard(plan, ln.judge(plan), language=language),
    "targets": lambda plan, language: ln.draw_targets(plan, "belt", language=language),
    "membership": lambda plan, language: ln.draw_membership(plan, language=language),
    "map": lambda plan, language: ln.draw_map(plan, "circle", "gdp", language=language),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_of_a_hostile_plan_carries_text_and_nothing_that_acts(plan, kind, tmp_path):
    for language in ("en", "zh"):
        drawn = PICTURES[kind](plan, language)
        for picture in drawn if isinstance(drawn, (list, tuple)) else [drawn]:
            picture.save(tmp_path / language)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in written} >= {".svg", ".csv", ".json", ".md"}
    for path in written:
        if path.suffix == ".svg":
            assert acts(path.read_text(encoding="utf-8")) == []
        elif path.suffix == ".csv":
            assert formulas(path.read_text(encoding="utf-8")) == []
        elif path.suffix == ".md":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(?<!\\)(\\\\)*(\]\(|<script|<img)", re.sub(r"\\\[[^\n]*?\]\(", "", text))
    pack = bundle_zip(tmp_path, tmp_path / "kit.zip", title=evil.MARKDOWN)
    with zipfile.ZipFile(pack) as file:
        assert not any(name.startswith(("/", "..")) or "\\" in name for name in file.namelist())
        assert "\\[click](javascript" in file.read("README.md").decode()


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("[]()<>!\\`*a\n"), max_size=12))
def test_no_text_becomes_a_link_a_picture_or_a_tag_in_markdown(text):
    import mistune

    page = str(mistune.html("x " + plain_markdown(text + "[x](javascript:alert(1))<b onclick=x>")))
    assert not BeautifulSoup(page, "html.parser").find(["a", "img", "b", "script"])


@pytest.mark.parametrize("sign", [*"=+-@\t\r|＝＋－＠", " =", "\n="])
def test_no_cell_of_our_csv_begins_like_a_formula(sign):
    import pandas as pd

    text = data_csv(pd.DataFrame({f"{sign}head": [f"{sign}cmd|' /C calc'!A0", "-3.5", "plain"]}))
    assert formulas(text) == []
    assert "\n-3.5\n" in text


def test_verdicts_printed_as_csv_hold_no_formula(plan, capsys):
    assert main(["verdicts", "--plan", str(plan.folder), "--format", "csv"]) == 0
    assert formulas(capsys.readouterr().out) == []


def test_pages_of_a_hostile_plan_hold_nothing_that_acts(plan, tmp_path):
    from lnregions.pages.report import write_report

    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text(json.dumps({"schema": 1, "runs": {}}))
    write_report(out, plan=str(plan.folder))
    pages = list(out.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        assert acts(page.read_text(encoding="utf-8")) == [], page.name
    for path in out.rglob("*.csv"):
        assert formulas(path.read_text(encoding="utf-8-sig")) == [], path.name


def test_a_notebook_run_on_a_hostile_plan_holds_nothing_that_acts(plan, tmp_path):
    out = tmp_path / "out"
    words = [
        "render",
        "01_plan",
        "--plan",
        str(plan.folder),
        "--language",
        "en",
        "--jobs",
        "1",
        "--no-report",
        "--quiet",
    ]
    assert main([*words, "--output", str(out)]) == 0
    (book,) = out.rglob("*.ipynb")
    outputs = [o for cell in json.loads(book.read_text())["cells"] for o in cell.get("outputs", [])]
    kinds = {
        kind: "".join(data)
        for o in outputs
        for kind, data in o.get("data", {}).items()
        if kind != "image/png"
    }
    assert "application/javascript" not in kinds
    assert acts("".join("".join(o.get("data", {}).get("text/html", "")) for o in outputs)) == []
    for page in out.rglob("*.html"):
        assert acts(page.read_text(encoding="utf-8")) == []
    places = {path.resolve().relative_to(out.resolve()).parts[0] for path in out.rglob("*") if path.is_file()}
    assert places <= {"en", "manifest.json", ".lnregions"}


# ---- terminals and reports ----


@pytest.mark.parametrize("sign", ["\x1b[2J", "\x07", "\r", "\n", "\u202e", "\u200b", "\x9b31m", "\u2028"])
def test_no_message_carries_what_a_terminal_obeys(sign):
    wrong = fault(f"x{sign if sign != chr(10) else ''}y.", f"a{sign}b.csv", 1)
    words = wrong.message()
    assert sign not in words.replace("\n", sign) or sign == "\n"
    assert "\x1b" not in words


@pytest.mark.parametrize("text", ["\x1b]0;owned\x07", "a\x00b", "a\u202eb", "a\nb", "a\x85b"])
def test_control_characters_in_facts_and_names_are_refused(tmp_path, text):
    folder = shutil.copytree(ln.load_plan("ln-2022").folder, tmp_path / "p")
    stated = json.dumps(text)
    facts = (folder / "plan.yaml").read_text(encoding="utf-8")
    (folder / "plan.yaml").write_text(
        re.sub(r"title_en: .*", lambda hit: f"title_en: {stated}", facts, count=1)
    )
    with pytest.raises(DataError, match=r"title_en.*(control character|line break)"):
        load_plan(path=folder)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "https://a b", '"x']
)
def test_an_address_that_is_none_of_a_page_is_refused(tmp_path, url):
    folder = shutil.copytree(ln.load_plan("ln-2022").folder, tmp_path / "p")
    with (folder / "plan.yaml").open("a", encoding="utf-8") as file:
        file.write(f"  - id: p9\n    title: x\n    url: {json.dumps(url)}\n")
    with pytest.raises(DataError, match=r"plan\.yaml line \d+: url .* is no address of a page"):
        load_plan(path=folder)


# ---- paths ----


@pytest.mark.parametrize(
    "code", ["../x", "/etc", "c:x", "con", "a\0b", "x" * 300, "a.", "a b", "Ａ", "é", "-rf", "COM1", "NUL"]
)
def test_no_region_code_leaves_its_folder(tmp_path, code):
    folder = shutil.copytree(ln.load_plan("ln-2022").folder, tmp_path / "p")
    table = (folder / "regions.csv").read_text(encoding="utf-8")
    (folder / "regions.csv").write_text(table.replace("\ncircle,", f"\n{code},", 1), encoding="utf-8")
    with pytest.raises(DataError, match=r"region|NUL byte|control"):
        load_plan(path=folder)


@pytest.mark.parametrize("text", ["../../x", "a'b", 'a"b', "a\nb", "a;touch x", "$(touch x)", "%s", "a\0b"])
def test_the_path_of_a_plan_is_a_path_and_nothing_else(tmp_path, text, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=r"does not exist|Unknown plan"):
        load_plan(text)
    with pytest.raises(DataError, match=r"(?i)unknown plan|does not exist"):
        batch_choices(text)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("place", ["pipe", "/dev/zero", "/dev/stdin", "loop"])
@pytest.mark.parametrize("name", ["plan.yaml", "regions.csv", "observations.csv"])
def test_what_is_no_file_in_a_plan_folder_is_refused_without_a_wait(tmp_path, name, place):
    folder = shutil.copytree(ln.load_plan("ln-2022").folder, tmp_path / "p")
    (folder / name).unlink(missing_ok=True)
    if place == "pipe":
        os.mkfifo(folder / name)
    else:
        (folder / name).symlink_to(name if place == "loop" else place)
    faults = check_plan(folder)
    assert name == "observations.csv" or any(name in fault.path for fault in faults)


# ---- nesting, size ----


YAML = {
    "a tag": "id: !!python/object/apply:os.system ['touch owned']",
    "a tag of bytes": "id: !!binary aGVsbG8=",
    "aliases": "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nid: *c",
    "depth": "id: " + "[" * 5000,
    "depth of blocks": "".join("  " * n + "a:\n" for n in range(300)),
    "merging": "<<: {id: x}\nid: y",
    "a huge number": "id: x\nfirst_year: " + "9" * 60_000,
    "two documents": "id: x\n---\nid: y",
    "a directive": "%TAG ! tag:evil.example,2000:\n---\nid: !x y",
}


@pytest.mark.parametrize("what", YAML)
def test_yaml_that_is_more_than_text_is_refused(tmp_path, what):
    folder = shutil.copytree(ln.load_plan("ln-2022").folder, tmp_path / "p")
    (folder / "plan.yaml").write_text(YAML[what] + "\n", encoding="utf-8")
    start = time.process_time()
    with pytest.raises(DataError, match=r"plan\.yaml") as caught:
        load_plan(path=folder)
    assert time.process_time() - start < 2
    assert len(str(caught.value)) < 5000
    assert not (tmp_path / "owned").exists()


LONG = [
    "9" * 3999,
    "1," * 1999 + "1",
    "9," * 1500,
    "1e" + "9" * 3000,
    " " * 3999,
    "2024" + "-" * 3000,
    "a" * 3999 + "!",
]


@pytest.mark.parametrize("column", ["area", "indicator", "year", "value", "unit", "vintage", "source"])
def test_no_long_cell_takes_long(tmp_path, column):
    names = odd.HEAD.strip().split(",")
    rows = []
    for text in LONG:
        row = odd.ROWS.splitlines()[0].split(",")
        row[names.index(column)] = f'"{text}"'
        rows.append(",".join(row))
    start = time.process_time()
    with pytest.raises(DataError, match=r"observations\.csv line 2"):
        load_observations(path=odd.write_table(tmp_path, odd.HEAD + "\n".join(rows) + "\n"))
    assert time.process_time() - start < 2


def test_a_table_wrong_in_every_row_is_refused_soon(tmp_path):
    rows = "".join(f"9{n:05},gdq,2024,1,亿元,,final,A,s99{n}x,\n" for n in range(3000))
    start = time.process_time()
    with pytest.raises(DataError, match=r"And [\d,]+ more faults"):
        load_observations(path=odd.write_table(tmp_path, odd.HEAD + rows))
    assert time.process_time() - start < 4


# ---- code ----


DANGEROUS = {"shelve", "marshal", "dill", "joblib", "xml", "lxml", "xmlrpc", "telnetlib", "ftplib", "pty"}


FORBIDDEN = {
    "eval", "exec", "compile", "os.system", "os.popen", "pickle.load", "pickle.loads", "pd.read_pickle", "yaml.load",
    "yaml.unsafe_load", "tempfile.mktemp", "np.load", "pd.eval",
}  # fmt: skip


@pytest.mark.parametrize("path", SOURCES, ids=[path.stem for path in SOURCES])
def test_no_module_reads_pickles_or_xml_or_runs_text_as_code(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    names |= {
        (node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }
    assert not names & DANGEROUS
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not calls & FORBIDDEN
    shells = [node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "shell"]
    assert not shells
