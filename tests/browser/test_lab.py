"""JupyterLab in a real browser: every notebook runs there, the explorer answers, batch notebooks open trusted."""

import ast
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from fault_kit import write_notebook

from browser.lab import Lab, Tab, copy_notebooks, home_environment
from lnregions.paths import notebooks_dir

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: browser)")
if not shutil.which("make"):
    pytest.skip("make is not installed", allow_module_level=True)

NOTEBOOKS = sorted(path.stem for path in notebooks_dir().glob("*.ipynb"))
CHINESE = [('language: str = \\"en\\"', 'language: str = \\"zh\\"')]
LEAST = 200  # pixels that a figure is wide, in its file and on the screen
LEAST_HIGH = 120  # a figure that only tells why there is nothing to draw is low
SEEN = [
    'region: str = "belt"  # one of circle, belt, west, east\nlanguage: str = "en"\nplan: str = "ln-2022"',
    "import lnregions as ln\nfrom IPython.display import SVG",
    'the_plan = ln.load_plan(plan)\nln.draw_map(the_plan, region, "gdp")',
    "ln.show_verdicts(ln.judge(the_plan), region=region)",
    'ln.draw_web_map(the_plan, region, "gdp")',
    'SVG(\'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="250"><circle r="100"/></svg>\')',
]
MAP = ".jp-OutputArea-output iframe"
HIDE_TOP = "one => { one.scrollIntoView(); one.closest('.jp-WindowedPanel-outer').scrollBy(0, 150); }"


@pytest.fixture(scope="module")
def work(tmp_path_factory, browser):
    """Copies of the notebooks, and one that the batch has run for the user who will open it."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "home").mkdir()
    for name, values in (("notebooks", ()), ("explore", ()), ("chinese", CHINESE)):
        copy_notebooks(folder / "work" / name, values=values)
    seen = write_notebook(folder / "seen.ipynb", *SEEN[1:], head=SEEN[0], over=None)
    command = [sys.executable, "-m", "lnregions", "render", seen, "--language", "en"]
    command += ["--output", folder / "work" / "output", "--no-report", "--engine", "ordinary"]
    subprocess.run(command, env=home_environment(folder / "home"), check=True, capture_output=True)
    return folder / "work"


@pytest.fixture(scope="module")
def lab(work):
    server = Lab(work, home=work.parent / "home")
    yield server
    assert server.close(), "JupyterLab left something running"


@pytest.fixture(scope="module")
def page(lab, browser):
    """One page for all tests, so that JupyterLab is loaded once."""
    page = Tab(browser, lab)
    page.arrive()
    yield page
    page.page.context.close()


@pytest.fixture
def tab(page):
    """The page, whose notebook is closed and whose kernel is ended after the test."""
    yield page
    page.leave()


def check_run(tab, path):
    """Run a notebook: every cell has run, without an error or a warning, and every figure is there to be seen."""
    tab.open(path)
    tab.run()
    outputs = [output for cell in tab.code() for output in cell["outputs"]]
    assert [output for output in outputs if output["output_type"] in ("error", "stream")] == []
    assert [cell["count"] for cell in tab.code()] == list(range(1, len(tab.code()) + 1))
    sizes = [size for picture in tab.pictures() for size in picture]
    assert len(sizes) >= 2 * sum("image/png" in output.get("data", {}) for output in outputs) > 2
    assert [size for size in sizes if size[0] <= LEAST or size[1] <= LEAST_HIGH] == []
    assert tab.amiss == []


def test_without_its_token_nobody_is_let_in(lab):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{lab.address}/api/contents")
    with urllib.request.urlopen(f"{lab.address}{lab.first_page}") as answer:
        assert "/login?" in answer.url
    with urllib.request.urlopen(f"{lab.address}/api/contents?token={lab.token}") as answer:
        assert answer.status == 200


def test_it_opens_on_the_first_notebook_with_the_project_s_python_and_asks_nothing(tab):
    assert tab.page.locator(".jp-Notebook h1").first.inner_text().endswith("?")
    assert tab.page.locator(".Toastify__toast, .jp-Dialog").count() == 0
    assert tab.execute("import sys; print(sys.prefix)").strip() == sys.prefix
    assert tab.amiss == []


def check_nothing_written(folder):
    beside = {path.name for path in folder.iterdir()} - {".ipynb_checkpoints"}
    assert beside == {f"{one}.ipynb" for one in NOTEBOOKS}


@pytest.mark.long
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_from_the_first_to_the_last_cell_and_writes_nothing(tab, work, name):
    check_run(tab, f"notebooks/{name}.ipynb")
    check_nothing_written(work / "notebooks")


def test_a_notebook_runs_in_chinese_and_writes_nothing(tab, work):
    check_run(tab, "chinese/04_city_profile.ipynb")
    check_nothing_written(work / "chinese")
    heads = tab.page.locator(".jp-OutputArea-output th").all_text_contents()
    assert heads
    assert [head for head in heads if not re.search("[\u4e00-\u9fff]", head)] == []


def test_the_explorer_follows_its_widgets_and_leads_to_code(tab, work):
    tab.open("explore/05_explore.ipynb")
    tab.run(upto="interactive")
    explorer, expect = tab.page.locator(".ln-explore"), sync_api.expect
    picture, table = explorer.locator("img"), explorer.locator(".ln-table").first

    def choose(name, label):
        before = picture.get_attribute("src")
        explorer.get_by_label(name, exact=True).select_option(label=label)
        expect(picture).not_to_have_attribute("src", before)

    expect(table).to_contain_text("Shenyang")
    choose("Region", "Coastal belt")
    expect(table).to_contain_text("Dalian")
    expect(table).not_to_contain_text("Shenyang")
    choose("Indicator", "Resident population")
    expect(table).to_contain_text("million people")
    expect(explorer).to_contain_text("no target on this indicator (Resident population)")  # the last piece
    inside = explorer.frame_locator("iframe")
    expect(inside.locator(".lnlegend")).to_contain_text("Resident population")  # no longer the map before
    area = inside.get_by_role("button", name=re.compile("^Dalian:"))
    frame = explorer.locator("iframe")
    frame.evaluate(HIDE_TOP)
    area.hover()
    expect(inside.locator(".lntip")).to_contain_text("million people")
    place = frame.bounding_box()
    area.click()
    assert frame.bounding_box() == place  # pressed, the page must not scroll under the mouse
    expect(explorer.get_by_label("City", exact=True).locator("option:checked")).to_have_text("Dalian")
    expect(inside.locator("path.chosen")).not_to_have_attribute("d", "M0 0")
    expect(explorer).to_contain_text("no target on this indicator (Resident population) for Dalian")
    explorer.get_by_role("button", name="中文").click()
    expect(explorer.get_by_label("区域", exact=True)).to_be_visible()
    expect(table).to_contain_text("万人")
    explorer.get_by_role("button", name="导出当前视图").click()
    code = explorer.locator("pre").inner_text()
    assert ast.parse(code).body
    assert "'belt'" in code.replace('"', "'")
    assert len(list((work / "explore" / "figures").glob("*.png"))) == 2
    assert tab.amiss == []


def test_a_notebook_of_the_batch_opens_trusted_with_all_that_it_shows(tab, work):
    [path] = (work / "output").rglob("seen.ipynb")
    tab.open(path.relative_to(work).as_posix())
    assert all(cell["trusted"] and cell["outputs"] for cell in tab.code()[-4:])
    pictures = tab.page.locator(".jp-Notebook .jp-OutputArea-output img")
    sync_api.expect(pictures).to_have_count(2)  # a PNG, and an SVG shown as one
    assert min(side for picture in tab.pictures() for size in picture for side in size) > LEAST
    chip = tab.page.locator(".ln-table td span span").first
    assert chip.evaluate("one => getComputedStyle(one).backgroundColor") != "rgba(0, 0, 0, 0)"
    tab.page.locator(MAP).scroll_into_view_if_needed()
    areas = tab.page.frame_locator(MAP).locator("svg path.leaflet-interactive")
    sync_api.expect(areas.first).to_be_visible()
    assert max(area.bounding_box()["width"] for area in areas.all()) > LEAST / 2
    assert tab.amiss == []
