"""How long a batch takes: ours against papermill's shell loop, its API, two of its processes, and the floor.

``python benchmarks/bench_batch.py`` prints a table and writes ``benchmarks/latest.json``. Each way does the
same runs, several times in turn; medians of all times are compared, and the executed notebooks and figures with
ours. About nine minutes on two quiet cores; ``--repeat 1`` takes three.

Each way leaves the same: executed notebooks and figures. papermill writes no HTML pages, so ours is timed with
``--no-html --no-report``; what it takes with a page beside each notebook and the site over them, as the command does
it unless told otherwise, is a line of its own that no ratio is made of. The floor is one plain Python process for each
core that has everything loaded and executes the same cells: no notebook is made, nothing is isolated.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from lnregions.batch import plan_runs
from lnregions.tables import batch_choices

HERE = Path(__file__).parent
GOALS = {"wall_vs_shell": 0.2, "wall_vs_two": 0.5, "wall_vs_floor": 1.3, "noop_s": 1.0}
"""What each figure should be at most, on a quiet machine."""
NOTEBOOKS = ("01_plan", "02_region_map", "03_region_trajectories")
WARM_UP = "lnregions.figures.kinds:warm_up"
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


def jobs(folder, notebooks):
    """Runs with absolute places, as plain values."""
    plan = {"plan": "ln-2022"}
    runs = plan_runs(choices=batch_choices("ln-2022"), notebooks=list(notebooks), parameters=plan)
    places = [
        (str(run.notebook.path.resolve()), str(folder / run.name), dict(run.parameters)) for run in runs
    ]
    return [dict(zip(("notebook", "folder", "parameters"), place, strict=True)) for place in places]


def measure(commands, folder, *, watch=None):
    """Wall and processor seconds of commands that run side by side; ``watch`` is given their numbers."""
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


def shell(folder, notebooks):
    """Papermill's command in a shell loop."""
    lines = ["set -e"]
    for job in jobs(folder, notebooks):
        given = " ".join(f"-r {name} {value}" for name, value in job["parameters"].items())
        place = f"--cwd {job['folder']} --no-progress-bar"
        papermill = f"{sys.executable} -m papermill {job['notebook']} {job['folder']}/out.ipynb"
        lines += [f"mkdir -p {job['folder']}", f"{papermill} {given} {place}"]
    script = folder / "loop.sh"
    script.write_text("\n".join(lines))
    return measure([["sh", str(script)]], folder)


def python(code, parts):
    """A way that runs Python code over the runs, in so many processes."""

    def way(folder, notebooks):
        todo, commands = jobs(folder, notebooks), []
        for part in range(parts):
            path = folder / f"jobs-{part}.json"
            path.write_text(json.dumps(todo[part::parts]))
            commands.append([sys.executable, "-c", code, str(path)])
        return measure(commands, folder)

    return way


def ours(folder, notebooks, *, without=("--no-html", "--no-report"), watch=None):
    """Our command line, leaving what papermill leaves: notebooks and figures."""
    command = [sys.executable, "-m", "lnregions", "render", *notebooks, "--output", str(folder), "--quiet"]
    return measure([[*command, "--jobs", str(os.cpu_count() or 2), *without]], folder, watch=watch)


def with_pages(folder, notebooks, *, watch=None):
    """Our command line as it is: a page beside each notebook and the site over them as well."""
    return ours(folder, notebooks, without=(), watch=watch)


class Held:
    """Largest memory of a command with everything below it, looked at several times a second.

    Each page of memory is counted once, however many processes share it (PSS).
    """

    def __init__(self):
        self.most = 0

    def __call__(self, pids):
        """Watch from now on, until the processes have ended."""
        threading.Thread(target=self._watch, args=(pids,), daemon=True).start()

    def _watch(self, pids):
        while now := self._total(pids):
            self.most = max(self.most, now)
            time.sleep(0.15)

    def _total(self, pids):
        total, waiting = 0, list(pids)
        while waiting:
            pid = waiting.pop()
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
                for thread in Path(f"/proc/{pid}/task").iterdir():
                    waiting += map(int, (thread / "children").read_text().split())
            except (OSError, StopIteration):
                continue
        return total


OURS = "lnregions render"
PAGES = "lnregions render, with pages"
WAYS = {
    "papermill, shell loop": shell,
    "papermill, API in one process": python(API, 1),
    "papermill, two processes": python(API, 2),
    "floor: plain warm processes": python(FLOOR, os.cpu_count() or 2),
    OURS: ours,
    PAGES: with_pages,
}


def figures(folder):
    """Content of every figure file, by run and name."""
    paths = (path.relative_to(folder) for path in sorted(folder.glob("*/*/*/figures/**/*")) if path.is_file())
    return {path.as_posix(): (folder / path).read_bytes() for path in paths}


def notebooks_left(folder):
    """Cells of every executed notebook, by run, without what differs each time: times, random names, places."""
    import nbformat

    from lnregions.batch.execute import clean_notebook

    found = {}
    for path in sorted(folder.rglob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        clean_notebook(notebook, source_name="", folder=str(path.parent))
        found[path.parent.relative_to(folder).as_posix()] = [
            dict(cell) | {"id": ""} for cell in notebook.cells
        ]
    return found


def memory(folder):
    """Largest memory of a run beyond what it shares, and with it, in MB."""
    runs = json.loads((folder / "manifest.json").read_text())["runs"].values()
    return {name: max(run[name] or 0 for run in runs) / 2**20 for name in ("own_memory", "peak_memory")}


def main():
    """Measure, print, write."""
    options = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog="About nine minutes on two quiet cores; --repeat 1 takes three.",
    )
    options.add_argument("--repeat", type=int, default=3, help="times that each way is measured (default: 3)")
    options.add_argument("--notebooks", nargs="+", default=NOTEBOOKS)
    options.add_argument("--without", nargs="*", default=[], help="ways to leave out, by their first words")
    options = options.parse_args()
    names = [name for name in WAYS if not name.startswith(tuple(options.without))]
    times, left, noop, held = {name: [] for name in names}, {}, [], []
    watched = PAGES if PAGES in names else OURS  # looking at memory takes time from what is looked at
    for turn in range(max(1, options.repeat)):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            with tempfile.TemporaryDirectory() as place:
                folder, watch = Path(place).resolve(), Held()
                more = {"watch": watch} if name == watched else {}
                times[name].append(WAYS[name](folder, options.notebooks, **more))
                left[name] = (figures(folder), notebooks_left(folder))
                if name == watched:
                    held.append(memory(folder) | {"total_memory": watch.most / 2**20})
                if name == watched:
                    noop.append(WAYS[name](folder, options.notebooks)[0])
    middle = {name: statistics.median(row[name] for row in held) for name in held[0]}
    write(times, left, noop=statistics.median(noop), held=middle)


def same(theirs, mine):
    """Whether figures, and notebooks where a way leaves any, are those that ours leaves."""
    figures_same = "same" if theirs[0] == mine[0] else "OTHER"
    notebooks_same = ("same" if theirs[1] == mine[1] else "OTHER") if theirs[1] else "none"
    return f"{len(theirs[0])} {figures_same}", f"{len(theirs[1])} {notebooks_same}"


def write(times, left, *, noop, held):
    """Print the table, write the figures for programs."""
    middle = {name: [*map(statistics.median, zip(*rows, strict=True))] for name, rows in times.items()}
    wall, cpu = middle[OURS]
    print(f"{'':32}{'wall s':>8}{'cpu s':>8}{'wall, ours/it':>15}{'cpu':>7}  {'figures':12}notebooks")
    for name, (its_wall, its_cpu) in middle.items():
        pictures, books = same(left[name], left[OURS])
        ratios = f"{wall / its_wall:15.3f}{cpu / its_cpu:7.3f}" if name != PAGES else f"{'':22}"
        print(f"{name:32}{its_wall:8.1f}{its_cpu:8.1f}{ratios}  {pictures:12}{books}")
    print(f"memory: a run beyond the shared {held['own_memory']:.0f} MB, ", end="")
    print(f"the whole at {os.cpu_count() or 2} runs at a time {held['total_memory']:.0f} MB")
    keys = {
        "wall_vs_shell": ("papermill, shell loop", 0), "cpu_vs_shell": ("papermill, shell loop", 1),
        "wall_vs_two": ("papermill, two processes", 0), "wall_vs_floor": ("floor: plain warm processes", 0),
    }  # fmt: skip
    mine = (wall, cpu)
    latest = {key: round(mine[i] / middle[name][i], 4) for key, (name, i) in keys.items() if name in middle}
    latest |= {"noop_s": round(noop, 3), **{name: round(value) for name, value in held.items()}}
    latest["outputs_same"] = all("OTHER" not in " ".join(same(left[name], left[OURS])) for name in left)
    for name, goal in GOALS.items():
        if name in latest:
            print(f"{name} {latest[name]:.2f}, goal {goal:g}: {'met' if latest[name] <= goal else 'MISSED'}")
    kept = HERE / "latest.json"  # other benchmarks put their figures there, too
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    kept.write_text(json.dumps(known | latest, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    shutil.which("sh") or sys.exit("This benchmark needs a shell.")
    main()
