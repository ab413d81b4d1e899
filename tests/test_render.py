"""Renders: what is asked for is checked, runs are whole or absent, only what must run is run."""

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest

from lnregions.batch import batch
from lnregions.batch import render as render_module
from lnregions.batch import warm as _warm
from lnregions.batch.folder_lock import lock_folder
from lnregions.batch.progress import failure_lines, progress_for
from lnregions.batch.render import Settings, plan_render, plan_runs, render_notebooks
from lnregions.batch.runs import Limits, without_paths
from lnregions.errors import DataError

NOTEBOOKS = Path(__file__).parent / "data" / "notebooks"
OUTPUTS = NOTEBOOKS / "outputs.ipynb"
CHOICES = {"region": ["circle", "belt"], "language": ["en", "zh"]}
QUICK = """import os, pathlib
folder = pathlib.Path(figures)
folder.mkdir()
(folder / "a.svg").write_text(region)
print(region, language, os.getcwd())"""


@pytest.fixture(scope="module", autouse=True)
def nothing_left():
    """No process is left behind."""
    yield
    _warm.close_warm_process()
    me = str(os.getpid())
    children = [
        p for p in Path("/proc").glob("[0-9]*/stat") if p.read_text().rpartition(")")[2].split()[1] == me
    ]
    assert children == []


@pytest.fixture(autouse=True)
def unchanging(monkeypatch):
    """Whoever edits the package or the data while the tests run gives no reason to run again."""
    fixed = {name: name for name in ("package", "data", "shapes", "versions")}
    real = render_module.shared_inputs
    monkeypatch.setattr(render_module, "shared_inputs", lambda *args, **more: real(*args, **more) | fixed)


@pytest.fixture
def quick(tmp_path):
    """A notebook that takes no time, in a folder of its own."""
    return write_notebook(tmp_path / "books" / "01_quick.ipynb", QUICK)


def write_notebook(path, *cells, over="region"):
    head = 'region: str = "circle"  # a region\nlanguage: str = "en"\nfigures: str = ""'
    made = [nbformat.v4.new_code_cell(source) for source in (head, *cells)]
    for number, cell in enumerate(made):
        cell["id"] = f"c{number}"
    made[0].metadata["tags"] = ["parameters"]
    metadata = {
        "lnregions": {"over": over},
        "kernelspec": {"name": "python3", "display_name": "P", "language": "python"},
    }
    path.parent.mkdir(exist_ok=True, parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=metadata), path)
    return path


def render(output, notebook, **changes):
    settings = Settings(**{"html": False, "imports": (), **changes.pop("settings", {})})
    return render_notebooks(output, choices=CHOICES, notebooks=notebook, settings=settings, **changes)


def tree(folder):
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and ".lnregions" not in p.parts]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths if p.name != "manifest.json"}


def test_every_run_has_its_folder_with_all_it_made(tmp_path, quick):
    result = render(tmp_path / "out", quick, settings={"html": True})
    assert result.ok
    assert result.done == sorted(result.done, key=result.done.index)
    assert sorted(tree(tmp_path / "out")) == sorted(
        f"{language}/01_quick/{region}/{name}"
        for language in ("en", "zh")
        for region in ("circle", "belt")
        for name in ("01_quick.ipynb", "01_quick.html", "figures/a.svg")
    )
    record = result.manifest["runs"]["zh/01_quick/belt"]
    assert record["parameters"] == {"region": "belt", "language": "zh", "figures": "figures"}
    assert record["status"] == "done"
    assert record["error"] is None
    assert set(record["outputs"]) == {"01_quick.ipynb", "01_quick.html", "figures/a.svg"}
    assert json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8")) == result.manifest


def test_two_renders_leave_the_same_bytes_and_no_place_of_this_machine(tmp_path, quick):
    render(tmp_path / "one", quick, settings={"html": True})
    render(tmp_path / "another place", quick, settings={"html": True, "jobs": 1})
    one, other = tree(tmp_path / "one"), tree(tmp_path / "another place")
    assert one == other
    assert not any(str(tmp_path).encode() in content for content in one.values())


def test_the_books_cover_schema_and_documentation(tmp_path, quick):
    result = render(tmp_path / "out", quick, only={"region": ["belt"]}, languages=["en"])
    text = (Path(__file__).parent.parent / "docs" / "manifest.md").read_text("utf-8")
    record = result.manifest["runs"]["en/01_quick/belt"]
    for name in [*result.manifest, *record, *record["inputs"]]:
        assert f"`{name}`" in text, name


def test_what_is_up_to_date_is_not_run_again(tmp_path, quick):
    out = tmp_path / "out"
    first = render(out, quick)
    again = render(out, quick)
    assert (len(first.done), len(again.done), len(again.skipped)) == (4, 0, 4)
    assert again.ok


def edit_output(out, book):
    (out / "en/01_quick/belt/figures/a.svg").write_text("changed by hand")


def drop_output(out, book):
    (out / "en/01_quick/belt/figures/a.svg").unlink()


def edit_notebook(out, book):
    write_notebook(book, QUICK + "\n'more'")


@pytest.mark.parametrize(
    ("change", "why", "count"),
    [
        (edit_output, "its figures/a.svg was changed", 1),
        (drop_output, "its figures/a.svg is missing", 1),
        (edit_notebook, "the notebook has changed", 4),
    ],
)
def test_what_has_changed_is_run_again_for_that_reason(change, why, count, tmp_path, quick):
    out = tmp_path / "out"
    first = render(out, quick)
    whole = tree(out)
    change(out, quick)
    planned = plan_render(
        out, plan_runs(choices=CHOICES, notebooks=quick), settings=Settings(html=False, imports=())
    )
    assert [run.why for run in planned if run.why] == [why] * count
    again = render(out, quick)
    assert len(again.done) == count
    assert len(first.done) == 4
    if change is not edit_notebook:
        assert tree(out) == whole


def test_force_runs_everything_and_a_file_of_ones_own_counts(tmp_path, quick):
    own = tmp_path / "own.csv"
    own.write_text("1")
    settings = {"own": (own,)}
    render(tmp_path / "out", quick, settings=settings)
    assert len(render(tmp_path / "out", quick, settings=settings | {"force": True}).done) == 4
    own.write_text("2")
    assert len(render(tmp_path / "out", quick, settings=settings).done) == 4
    assert len(render(tmp_path / "out", quick, settings=settings).done) == 0


def test_one_failing_run_leaves_the_others_and_keeps_its_notebook(tmp_path, capsys):
    book = write_notebook(
        tmp_path / "02_fails.ipynb", "if region == 'belt':\n    raise KeyError('gdp')\n'fine'", "2"
    )
    result = render(tmp_path / "out", book, languages=["en"], progress=progress_for("lines"))
    assert (result.done, result.failed) == (["en/02_fails/circle"], ["en/02_fails/belt"])
    assert not result.ok
    assert failure_lines(result) == [
        "failed  en/02_fails/belt  cell 3: KeyError: 'gdp' (if region == 'belt':)"
    ]
    kept = nbformat.read(tmp_path / "out/en/02_fails/belt/02_fails.ipynb", as_version=4)
    states = [c.metadata.get("papermill", {}).get("status") for c in kept.cells if c.cell_type == "code"]
    assert states == ["completed", "completed", "failed", None]
    assert "failed en/02_fails/belt" in capsys.readouterr().err
    again = render(tmp_path / "out", book, languages=["en"])
    assert (again.failed, again.skipped) == (["en/02_fails/belt"], ["en/02_fails/circle"])
    assert again.manifest["runs"]["en/02_fails/belt"]["why"] == "it failed last time"


def test_retries_try_a_failed_run_again(tmp_path):
    mark = tmp_path / "mark"
    code = f"import pathlib\nmark = pathlib.Path({str(mark)!r})\nassert mark.exists() or mark.write_text('x') is None"
    book = write_notebook(tmp_path / "03_flaky.ipynb", code)
    result = render(
        tmp_path / "out", book, languages=["en"], only={"region": ["belt"]}, settings={"retries": 2}
    )
    assert result.ok
    assert result.manifest["runs"]["en/03_flaky/belt"]["attempts"] == 2


def test_limits_of_the_settings_reach_the_run(tmp_path):
    book = write_notebook(tmp_path / "04_long.ipynb", "while True: pass")
    result = render(
        tmp_path / "out",
        book,
        languages=["en"],
        only={"region": ["belt"]},
        settings={"limits": Limits(cell=0.3)},
    )
    assert result.manifest["runs"]["en/04_long/belt"]["error"]["name"] == "CellTimeoutError"


def test_the_limit_of_the_whole_render_stops_what_is_in_work(tmp_path):
    book = write_notebook(tmp_path / "04_long.ipynb", "while True: pass")
    result = render(tmp_path / "out", book, languages=["en"], settings={"batch": 2.0, "jobs": 1})
    assert result.stopped == ["en/04_long/circle", "en/04_long/belt"]
    assert not result.ok


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"only": {"region": ["cirlce"]}},
            r"Unknown region 'cirlce'. Choose one of circle, belt \(did you mean circle",
        ),
        ({"parameters": {"langauge": "en"}}, r"Unknown parameter 'langauge'.*did you mean language"),
        ({"parameters": {"language": "fr"}}, "Unknown language 'fr'"),
        ({"parameters": {"region": 3}}, "not text"),
        ({"only": {"adcode": ["210200"]}}, "Unknown parameter 'adcode'"),
        ({"settings": {"engine": "hot"}}, "Unknown engine 'hot'. Choose one of warm, ordinary"),
        ({"only": {"region": []}}, "Nothing is left to render"),
    ],
)
def test_what_is_unknown_is_refused_before_anything_runs(changes, message, tmp_path):
    with pytest.raises(DataError, match=message):
        render(tmp_path / "out", OUTPUTS, **changes)
    assert not (tmp_path / "out").exists()


def test_an_unknown_notebook_is_refused_with_the_likely_one(tmp_path):
    with pytest.raises(DataError, match=r"Unknown notebook 'nowhere'|No notebook is in"):
        render(tmp_path / "out", "nowhere")


def test_a_missing_notebook_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"gone\.ipynb.*it cannot be read"):
        render(tmp_path / "out", tmp_path / "gone.ipynb")


def test_notebooks_are_taken_by_folder_and_by_name(quick):
    by_folder = plan_runs(choices=CHOICES, notebooks=quick.parent, parameters={"region": "belt"})
    assert [run.name for run in by_folder] == ["en/01_quick/belt", "zh/01_quick/belt"]
    by_name = plan_runs(
        choices={"region": ["circle"]}, notebooks=["02_region_map"], parameters={"language": "zh"}
    )
    assert [run.name for run in by_name] == ["zh/02_region_map/circle"]
    everything = plan_runs(choices={"region": ["circle"], "adcode": ["210200"]})
    assert "en/01_plan/all" in [run.name for run in everything]


def test_parameters_come_in_the_notebooks_order_however_they_are_given(tmp_path):
    book = write_notebook(tmp_path / "a.ipynb", "1")
    first, second = {"figures": "f", "language": "zh"}, {"language": "zh", "figures": "f"}
    for given in (first, second):
        (run,) = plan_runs(choices=CHOICES, notebooks=book, only={"region": ["belt"]}, parameters=given)
        assert list(run.parameters.items()) == [("region", "belt"), ("language", "zh"), ("figures", "f")]


def test_a_notebook_without_choices_runs_for_its_default(quick):
    assert [run.value for run in plan_runs(notebooks=quick, languages=["en"])] == ["circle"]


def test_two_renders_into_one_folder_are_refused(tmp_path, quick):
    (tmp_path / "out").mkdir()
    with lock_folder(tmp_path / "out"), pytest.raises(DataError, match=f"process {os.getpid()}"):
        render(tmp_path / "out", quick)


def test_a_lock_of_a_dead_process_does_not_hold(tmp_path, quick):
    (tmp_path / "out" / ".lnregions").mkdir(parents=True)
    (tmp_path / "out" / ".lnregions" / "lock").write_text("99999\n")
    assert render(tmp_path / "out", quick, languages=["en"]).ok


def test_values_from_files_cannot_leave_the_output_folder(tmp_path):
    book = write_notebook(tmp_path / "books" / "01.ipynb", "region")
    evil = ["../../evil", "/etc/x", "con", "a" * 300]
    result = render_notebooks(
        tmp_path / "deep" / "out", choices={"region": evil}, notebooks=book, languages=["en"],
        settings=Settings(html=False, imports=()),
    )  # fmt: skip
    assert len(result.done) == 4
    assert sorted(p.name for p in (tmp_path / "deep").iterdir()) == ["out"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["books", "deep"]


def test_a_parameter_never_becomes_code(tmp_path):
    book = write_notebook(tmp_path / "01.ipynb", "print(region)")
    evil = '"""\'; import os; os.abort()\n#'
    result = render_notebooks(
        tmp_path / "out",
        choices={"region": [evil]},
        notebooks=book,
        languages=["en"],
        settings=Settings(html=False, imports=()),
    )
    assert result.ok
    path = next((tmp_path / "out").rglob("01.ipynb"))
    assert nbformat.read(path, as_version=4).cells[-1].outputs[0].text == evil + "\n"


SCRIPT = """
import sys
from lnregions.render import Settings, render_notebooks
from lnregions.progress import progress_for
result = render_notebooks(sys.argv[1], choices={"region": [f"r{n}" for n in range(int(sys.argv[3]))]},
    notebooks=sys.argv[2], languages=["en"], settings=Settings(html=False, imports=()), progress=progress_for("json"))
print(len(result.done), len(result.stopped), flush=True)
sys.exit(not result.ok)
"""


def start(out, book, count):
    command = [sys.executable, "-c", SCRIPT, str(out), str(book), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


def wait_for(process, *texts):
    """Read what a render says until each text was in a line of its own, in whatever order."""
    left = list(texts)
    for line in process.stdout:
        found = next((text for text in left if text in line), None)
        if found:
            left.remove(found)
        if not left:
            return
    raise AssertionError(f"{left} were never said")


def left_of(process):
    """Processes of a render that are still there."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"LN_MARK={process}".encode() in path.read_bytes().split(b"\0"):
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def test_ctrl_c_stops_within_five_seconds_and_leaves_no_process(tmp_path, monkeypatch):
    monkeypatch.setenv("LN_MARK", tmp_path.name + "c")
    book = write_notebook(
        tmp_path / "01.ipynb", "import time\nif region not in ('r0', 'r1'):\n    time.sleep(600)"
    )
    process = start(tmp_path / "out", book, 4)
    wait_for(process, '"finished"', '"finished"', "r3")
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    said = process.stdout.read()
    assert process.wait() == 1
    assert time.monotonic() - began < 5
    assert said.splitlines()[-1] == "2 2"
    assert left_of(tmp_path.name + "c") == []
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert sorted(manifest["runs"]) == ["en/01/r0", "en/01/r1"]


def test_the_next_kernel_is_at_work_while_a_runs_files_are_brought_to_the_disk(tmp_path, monkeypatch):
    begun, waited, real = threading.Semaphore(0), [], batch.sync_folder

    def sync(folder):
        if not waited:
            waited.append(begun.acquire(timeout=20))
        real(folder)

    def follow(kind, run, record):
        if kind == "started" and run.name != "en/01/circle":
            begun.release()

    monkeypatch.setattr(batch, "sync_folder", sync)
    book = write_notebook(tmp_path / "01.ipynb", "1")
    result = render(tmp_path / "out", book, settings={"jobs": 1}, progress=follow)
    assert waited == [True]
    assert result.done == ["en/01/circle", "en/01/belt", "zh/01/circle", "zh/01/belt"]


@pytest.mark.parametrize("engine", ["warm", "ordinary"])
def test_no_more_kernels_are_at_work_than_jobs(engine, tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    cell = f"""import os, time
me = os.path.join({str(here)!r}, region + language)
open(me, "w").close()
time.sleep(0.3)
print(len(os.listdir({str(here)!r})))
os.remove(me)"""
    book = write_notebook(tmp_path / "01.ipynb", cell)
    result = render(tmp_path / "out", book, settings={"jobs": 1, "engine": engine})
    assert len(result.done) == 4
    made = [nbformat.read(path, as_version=4) for path in (tmp_path / "out").glob("*/01/*/01.ipynb")]
    assert [book.cells[-1].outputs[0]["text"] for book in made] == ["1\n"] * 4


@pytest.mark.slow
def test_killed_renders_leave_whole_files_and_the_next_completes_them(tmp_path, monkeypatch):
    monkeypatch.setenv("LN_MARK", tmp_path.name + "k")
    book = write_notebook(tmp_path / "01.ipynb", QUICK)
    whole = start(tmp_path / "whole", book, 14)
    whole.communicate()
    expected = tree(tmp_path / "whole")
    for pause in (0, 1, 2, 3):
        process = start(tmp_path / "out", book, 14)
        for _ in range(pause):
            wait_for(process, '"finished"')
        process.kill()
        process.communicate()
        for name, content in tree(tmp_path / "out").items():
            assert content == expected[name], f"{name} is not whole"
    last = start(tmp_path / "out", book, 14)
    said, _ = last.communicate()
    assert last.returncode == 0
    assert tree(tmp_path / "out") == expected
    assert '"runs": 14' in said
    deadline = time.monotonic() + 5
    while left_of(tmp_path.name + "k") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left_of(tmp_path.name + "k") == []


def test_a_full_disk_is_a_failed_run_and_not_a_half_written_one(tmp_path, quick, monkeypatch):
    monkeypatch.setattr(
        batch, "swap_in", lambda new, final: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    result = render(tmp_path / "out", quick, languages=["en"])
    assert len(result.failed) == 2
    assert "No space left" in failure_lines(result)[0]
    assert tree(tmp_path / "out") == {}


@pytest.mark.parametrize(("fault", "status"), [(errno.ENOSPC, "failed"), (errno.EINVAL, "done")])
def test_a_disk_that_says_only_at_the_end_that_it_is_full_fails_the_run(
    fault, status, tmp_path, quick, monkeypatch
):
    real = os.fsync

    def fsync(descriptor):
        if os.readlink(f"/proc/self/fd/{descriptor}").endswith("01_quick.ipynb"):
            raise OSError(fault, os.strerror(fault))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    result = render(tmp_path / "out", quick, only={"region": ["belt"]}, languages=["en"])
    record = result.manifest["runs"]["en/01_quick/belt"]
    assert record["status"] == status
    assert (tmp_path / "out" / "en" / "01_quick" / "belt").exists() == (status == "done")
    assert status == "done" or "No space left on device" in record["error"]["text"]


def test_progress_says_what_is_going_on(tmp_path, quick, capsys):
    render(tmp_path / "out", quick, progress=progress_for("json"), languages=["en"])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [e["event"] for e in events if e["event"] != "started"] == ["plan", "finished", "finished", "end"]
    render(tmp_path / "out", quick, progress=progress_for("bar"), languages=["zh"])
    assert "2/2" in capsys.readouterr().err


def test_paths_of_this_machine_become_words():
    text = f"{sys.prefix}/x.py and /srv/run/y"
    assert without_paths(text, "/srv/run") == "<environment>/x.py and ./y"
    assert without_paths("no path") == "no path"


@pytest.mark.slow
def test_the_ordinary_engine_leaves_the_same_bytes(tmp_path):
    render(tmp_path / "warm", OUTPUTS, languages=["en"], only={"region": ["circle"]})
    environment = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    code = SCRIPT.replace("html=False,", "html=False, engine='ordinary',").replace('f"r{n}"', '["circle"][n]')
    for attempt in range(3):  # on a busy machine an ordinary kernel may show its streams in another order
        output = tmp_path / f"ordinary-{attempt}"
        command = [sys.executable, "-c", code, str(output), str(OUTPUTS), "1"]
        subprocess.run(command, check=True, env=environment, capture_output=True)
        if tree(tmp_path / "warm") == tree(output):
            break
    assert tree(tmp_path / "warm") == tree(output)
