"""How long everything takes, against its goals: ``python benchmarks/bench.py``, or with some of its subjects.

Without a subject all are measured, some nine minutes on two quiet cores; each prints what it has found as it goes.
Goals of start, pictures and widgets are seconds of processor time, which other programs change little; those of the
batch are ratios of wall time within one run, on a quiet machine, and go into ``benchmarks/latest.json``.

The batch is 18 runs of three notebooks, which each way executes in turn; medians are compared, and so are executed
notebooks and figures. papermill writes no HTML pages, so ours is timed with ``--no-html --no-report`` (``pages`` is the
command as it is). The floor is one plain Python process for each core that has everything loaded and executes the same
cells: no notebook is made, nothing is isolated.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from generated_plan import write_plan

LATEST = Path(__file__).with_name("latest.json")
RUNS = 7
"""Times that a start and a picture are measured."""
FRESH = {
    "import lnregions": ("import lnregions", 0.15),
    "first map": ("import lnregions as ln; ln.draw_map('ln-2022', 'circle', 'gdp')._repr_mimebundle_()", 1.2),
}
"""Code for a fresh process, and the seconds of processor time that it should take at most."""
PICTURE, CHANGE = 0.25, 0.5
"""Seconds of processor time for a picture in three formats, and for a change of a widget that draws anew."""
GOALS = {"wall_vs_shell": 0.2, "wall_vs_two": 0.5, "wall_vs_floor": 1.3, "noop_s": 1.0}
"""What each figure of the batch should be at most, on a quiet machine."""
RATIOS = {
    "wall_vs_shell": ("shell", 0),
    "cpu_vs_shell": ("shell", 1),
    "wall_vs_two": ("two", 0),
    "wall_vs_floor": ("floor", 0),
}
NOTEBOOKS = ("01_plan", "02_region_map", "03_region_trajectories")
SIZES = (4, 18, 100)
"""Regions of the plans whose growth is measured; 340 take some minutes more (``--sizes 4 340``)."""
CORES = os.cpu_count() or 2
API = """
import json, os, sys, papermill
for job in json.load(open(sys.argv[1])):
    os.makedirs(job["folder"], exist_ok=True)
    out = os.path.join(job["folder"], "out.ipynb")
    papermill.execute_notebook(job["notebook"], out, job["parameters"], cwd=job["folder"], progress_bar=False)
"""
FLOOR = """
import json, os, sys
import geopandas, matplotlib.pyplot
import lnregions.figures.kinds
lnregions.figures.kinds.warm_up()
for job in json.load(open(sys.argv[1])):
    os.makedirs(job["folder"], exist_ok=True)
    os.chdir(job["folder"])
    space = {"__name__": "__main__"}
    for cell in json.load(open(job["notebook"]))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)
            if "parameters" in cell["metadata"].get("tags", []):
                space.update(job["parameters"])
"""


def against(value: float, goal: float) -> str:
    """A goal, and whether it is met."""
    return f"goal {goal:g}: {'met' if value <= goal else 'MISSED'}"


def processor(work: Callable[[], object]) -> float:
    """Seconds of processor time that some work takes in this process."""
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(commands: list[list[str]], folder: Path, *, watch=None) -> tuple[float, float]:
    """Wall and processor seconds of commands that run side by side; `watch` is given their numbers."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with (folder / "log").open("ab") as log:
        started = [subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) for command in commands]
        if watch is not None:
            watch([process.pid for process in started])
        codes = [process.wait() for process in started]
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if any(codes):
        raise SystemExit((folder / "log").read_text(errors="replace")[-2000:])
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


# -- one process -------------------------------------------------------------------------------------------


def start(options) -> None:
    """What the import and a first map take in fresh processes."""
    for name, (code, goal) in FRESH.items():
        with tempfile.TemporaryDirectory() as place:
            found = [measure([[sys.executable, "-c", code]], Path(place)) for _ in range(RUNS)]
        wall, cpu = map(median, zip(*found, strict=True))
        print(f"{name:24} wall {wall:6.3f} s  processor {cpu:6.3f} s  {against(cpu, goal)}", flush=True)


def pictures(options) -> None:
    """What a picture takes once drawn: in each format and in all three."""
    import lnregions as ln
    from lnregions.formats import FORMATS, encode

    plan = ln.load_plan()
    drawn = {
        "map of cities": ln.draw_map(plan, "circle", "gdp"),
        "map of counties": ln.draw_map(plan, "east", "forest_coverage", language="zh"),
        "target": next(iter(ln.draw_targets(plan, "circle"))),
        "scorecard": ln.draw_scorecard(plan, ln.judge(plan), language="zh"),
    }
    for name, picture in drawn.items():
        encode(picture.figure)  # loads fonts and backends
        took = []
        for formats in (*((one,) for one in FORMATS), FORMATS):
            took.append(median(processor(partial(encode, picture.figure, formats)) for _ in range(RUNS)))
        parts = "  ".join(
            f"{one} {seconds:.3f}" for one, seconds in zip((*FORMATS, "all"), took, strict=True)
        )
        print(f"{name:24} {parts} s  {against(took[-1], PICTURE)}", flush=True)


def widgets(options) -> None:
    """What a change of a widget takes until map, chart, table and verdict are new, of those not drawn before."""
    from lnregions.explorer import explore

    explorer = explore("ln-2022", "circle", "gdp")

    def change(name: str, values) -> list[float]:
        return [processor(partial(setattr, explorer.controls[name], "value", one)) for one in values]

    change("region", ("belt", "west", "east", "circle"))  # loads boundaries, fonts and figures
    took = {"indicator": change("indicator", ("population", "gdp_growth_real", "va_tertiary", "gdp"))}
    took["year"] = change("year", range(2016, 2024))
    took["city"] = change("city", [value for _, value in explorer.controls["city"].options if value])
    for name, seconds in took.items():
        print(
            f"change of {name:14} median {median(seconds):.3f} s  slowest {max(seconds):.3f} s  "
            f"{against(median(seconds), CHANGE)}",
            flush=True,
        )


# -- the batch ---------------------------------------------------------------------------------------------


def jobs(folder: Path) -> list[dict]:
    """Runs with absolute places, as plain values."""
    from lnregions.batch import plan_runs
    from lnregions.tables import batch_choices

    runs = plan_runs(
        choices=batch_choices("ln-2022"), notebooks=list(NOTEBOOKS), parameters={"plan": "ln-2022"}
    )
    return [
        {"notebook": str(run.notebook.path.resolve()), "folder": str(folder / run.name)}
        | {"parameters": dict(run.parameters)}
        for run in runs
    ]


def shell(folder: Path, watch=None) -> tuple[float, float]:
    """Papermill's command in a shell loop."""
    lines = ["set -e"]
    for job in jobs(folder):
        given = " ".join(f"-r {name} {value}" for name, value in job["parameters"].items())
        call = f"{sys.executable} -m papermill {job['notebook']} {job['folder']}/out.ipynb"
        lines += [f"mkdir -p {job['folder']}", f"{call} {given} --cwd {job['folder']} --no-progress-bar"]
    script = folder / "loop.sh"
    script.write_text("\n".join(lines))
    return measure([["sh", str(script)]], folder)


def python(code: str, parts: int, folder: Path, watch=None) -> tuple[float, float]:
    """Python code over the runs, in so many processes."""
    todo, commands = jobs(folder), []
    for part in range(parts):
        path = folder / f"jobs-{part}.json"
        path.write_text(json.dumps(todo[part::parts]))
        commands.append([sys.executable, "-c", code, str(path)])
    return measure(commands, folder)


def ours(*without: str) -> Callable:
    """Our command line, without some of what it writes."""

    def way(folder: Path, watch=None) -> tuple[float, float]:
        command = [
            sys.executable,
            "-m",
            "lnregions",
            "render",
            *NOTEBOOKS,
            "--output",
            str(folder),
            "--quiet",
        ]
        return measure([[*command, "--jobs", str(CORES), *without]], folder, watch=watch)

    return way


WAYS = {
    "shell": ("papermill, shell loop", shell),
    "two": ("papermill, two processes", partial(python, API, 2)),
    "floor": ("floor: plain warm processes", partial(python, FLOOR, CORES)),
    "ours": ("lnregions render", ours("--no-html", "--no-report")),
    "api": ("papermill, API in one process", partial(python, API, 1)),
    "pages": ("lnregions render, with pages", ours()),
}
SHORT = ("shell", "two", "floor", "ours")
"""Ways that the goals are made of; the others are measured when named."""


class Held:
    """Largest memory in MB of a command with everything below it, sampled several times a second.

    Each page of memory is counted once, however many processes share it (PSS).
    """

    def __init__(self):
        self.most = 0.0

    def __call__(self, pids: list[int]) -> None:
        """Watch from now on, until the processes have ended."""
        threading.Thread(target=self._watch, args=(pids,), daemon=True).start()

    def _watch(self, pids: list[int]) -> None:
        while now := self._total(pids):
            self.most = max(self.most, now / 1024)
            time.sleep(0.15)

    def _total(self, pids: list[int]) -> int:
        total, waiting = 0, list(pids)
        while waiting:
            pid = waiting.pop()
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
                for thread in Path(f"/proc/{pid}/task").iterdir():
                    waiting += map(int, (thread / "children").read_text().split())
            except (OSError, StopIteration):
                continue
        return total


def left(folder: Path) -> tuple[dict, dict]:
    """Figures and cells of executed notebooks by run, without what differs each time: times, random names, places.

    Texts are in the language of the run and name its place, as ours leave them.
    """
    import nbformat

    from lnregions.batch.execute import clean_notebook
    from lnregions.batch.notebook_page import localised

    paths = [path for path in sorted(folder.glob("*/*/*/figures/**/*")) if path.is_file()]
    figures, notebooks = {str(path.relative_to(folder)): path.read_bytes() for path in paths}, {}
    for path in sorted(folder.rglob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        clean_notebook(notebook, source_name="", folder=str(path.parent))
        notebook = localised(notebook, language=notebook.metadata["papermill"]["parameters"]["language"])
        notebooks[str(path.parent.relative_to(folder))] = [dict(cell) | {"id": ""} for cell in notebook.cells]
    return figures, notebooks


def batch(options) -> None:
    """18 runs by each way in turn; with ours nothing to do, and the memory that they take."""
    names = options.only or SHORT
    times, results, noop, latest = {name: [] for name in names}, {}, [], {}
    for turn in range(options.repeat):
        for name in names:
            with tempfile.TemporaryDirectory() as place:
                folder = Path(place).resolve()
                times[name].append(WAYS[name][1](folder))
                results[name] = left(folder)
                print(f"round {turn + 1}  {WAYS[name][0]:32}{times[name][-1][0]:8.1f} s", flush=True)
                if name == "ours":
                    noop.append(WAYS[name][1](folder)[0])
    middle = {name: [*map(median, zip(*rows, strict=True))] for name, rows in times.items()}
    if "ours" in names:
        latest = _memory() | {"noop_s": round(median(noop), 3)}
        latest |= {
            k: round(middle["ours"][i] / middle[name][i], 4)
            for k, (name, i) in RATIOS.items()
            if name in names
        }
    print(f"{'':32}{'wall s':>8}{'cpu s':>8}  {'figures':12}notebooks")
    for name, took in middle.items():
        same = ["" if "ours" not in names else " same" if one == own else " OTHER" if one else " none"
                for one, own in zip(results[name], results.get("ours", ((), ())), strict=True)]  # fmt: skip
        latest["outputs_same"] = latest.get("outputs_same", True) and " OTHER" not in same
        counts = [f"{len(one)}{word}" for one, word in zip(results[name], same, strict=True)]
        print(f"{WAYS[name][0]:32}{took[0]:8.1f}{took[1]:8.1f}  {counts[0]:12}{counts[1]}")
    for name in (one for one in latest if one in GOALS):
        print(f"{name:32}{latest[name]:8.2f}  {against(latest[name], GOALS[name])}")
    if "ours" not in names:
        return  # nothing is compared
    known = json.loads(LATEST.read_text("utf-8")) if LATEST.exists() else {}
    LATEST.write_text(json.dumps(known | latest, indent=1) + "\n", "utf-8")


def _memory() -> dict[str, int]:
    """Memory in MB of a run beyond what it shares, with that, and of the whole; watching it takes time, so apart."""
    with tempfile.TemporaryDirectory() as place:
        folder, watch = Path(place).resolve(), Held()
        WAYS["pages"][1](folder, watch)
        runs = json.loads((folder / "manifest.json").read_text())["runs"].values()
    found = {name: max(run[name] or 0 for run in runs) / 2**20 for name in ("own_memory", "peak_memory")}
    print(
        f"memory: a run beyond the shared {found['own_memory']:.0f} MB, the whole {watch.most:.0f} MB",
        flush=True,
    )
    return {name: round(value) for name, value in (found | {"total_memory": watch.most}).items()}


def scale(options) -> None:
    """Whether a render grows in proportion to its regions, and its memory does not: plans of generated cities."""
    print(f"{'regions':>8}{'runs':>6}{'wall s':>8}{'s/run':>8}{'no-op s':>9}{'command MB':>12}{'run MB':>8}")
    for count in options.sizes:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place).resolve()
            write_plan(folder / "plan", count)
            command = [sys.executable, "-m", "lnregions", "render", *NOTEBOOKS[1:], "--plan", str(folder / "plan"),
                       "--language", "en", "--output", str(folder / "out"), "--no-report", "--quiet"]  # fmt: skip
            took = []
            for _ in range(2):  # all, and nothing to do
                began = time.perf_counter()
                process = subprocess.Popen([*command, "--jobs", str(CORES)])
                _, status, used = os.wait4(process.pid, 0)
                if os.waitstatus_to_exitcode(status):
                    raise SystemExit("The render failed; see above.")
                took.append((time.perf_counter() - began, used.ru_maxrss / 1024))
            runs = json.loads((folder / "out" / "manifest.json").read_text("utf-8"))["runs"].values()
            own = max(run["own_memory"] or 0 for run in runs) / 2**20
        (wall, held), (again, _) = took
        print(
            f"{count:8}{len(runs):6}{wall:8.1f}{wall / len(runs):8.3f}{again:9.2f}{held:12.0f}{own:8.0f}",
            flush=True,
        )
    print(f"{'nothing to do':24}{again:8.2f}  {against(again, GOALS['noop_s'])}")


SUBJECTS = {"start": start, "pictures": pictures, "widgets": widgets, "batch": batch, "scale": scale}


def main() -> None:
    """Measure what is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("subjects", nargs="*", default=list(SUBJECTS), help=", ".join(SUBJECTS))
    parser.add_argument(
        "--repeat", type=int, default=3, help="times that each way of the batch is measured (3)"
    )
    parser.add_argument(
        "--only", nargs="+", choices=WAYS, help=f"ways of the batch (default: {' '.join(SHORT)})"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="regions of the plans of scale")
    options = parser.parse_args()
    if wrong := set(options.subjects) - set(SUBJECTS):
        parser.error(f"unknown subject {min(wrong)!r}. Choose from {', '.join(SUBJECTS)}.")
    for name in options.subjects:
        SUBJECTS[name](options)


if __name__ == "__main__":
    main()
