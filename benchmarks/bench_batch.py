"""How long a batch takes: ours against papermill's shell loop, its API, two of its processes, and the floor.

``python benchmarks/bench_batch.py`` prints a table and writes ``benchmarks/latest.json``. Each way does the
same runs, several times; medians are compared. The floor is one plain Python process for each core that has
everything loaded and executes the same cells: no notebook is made, nothing is isolated.
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
import time
from pathlib import Path

from lnregions.choices import batch_choices
from lnregions.render import plan_runs

HERE = Path(__file__).parent
NOTEBOOKS = ("01_plan", "02_region_map", "03_region_trajectories")
WARM_UP = "lnregions.pictures:warm_up"
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
import lnregions.pictures
lnregions.pictures.warm_up()
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
    runs = plan_runs(choices=batch_choices("ln-2022"), notebooks=list(notebooks))
    return [
        {
            "notebook": str(run.notebook.path.resolve()),
            "parameters": dict(run.parameters),
            "folder": str(folder / run.name),
        }
        for run in runs
    ]


def measure(commands, folder):
    """Wall and processor seconds of commands that run side by side."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with (folder / "log").open("ab") as log:
        started = [subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) for command in commands]
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
        lines += [f"mkdir -p {job['folder']}"]
        place = f"--cwd {job['folder']} --no-progress-bar"
        lines += [
            f"{sys.executable} -m papermill {job['notebook']} {job['folder']}/out.ipynb {given} {place}"
        ]
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


def ours(folder, notebooks, *more):
    """Our command line."""
    command = [sys.executable, "-m", "lnregions", "render", *notebooks, "--output", str(folder)]
    return measure([[*command, "--no-report", "--quiet", "--jobs", str(os.cpu_count() or 2), *more]], folder)


WAYS = {
    "papermill, shell loop": shell,
    "papermill, API in one process": python(API, 1),
    "papermill, two processes": python(API, 2),
    "floor: plain warm processes": python(FLOOR, os.cpu_count() or 2),
    "lnregions render": ours,
}


def figures(folder):
    """Content of every figure file, by run and name."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and "figures" in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def memory(folder):
    """Largest memory of a run beyond what it shares, and with it, in MB."""
    runs = json.loads((folder / "manifest.json").read_text())["runs"].values()
    return {name: max(run[name] or 0 for run in runs) / 2**20 for name in ("own_memory", "peak_memory")}


def main():
    """Measure, print, write."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--notebooks", nargs="+", default=NOTEBOOKS)
    options.add_argument("--without", nargs="*", default=[], help="ways to leave out, by their first words")
    options = options.parse_args()
    times = {name: [] for name in WAYS if not name.startswith(tuple(options.without))}
    pictures, noop, held = {}, [], {}
    for _ in range(options.repeat):
        for name in times:
            with tempfile.TemporaryDirectory() as place:
                folder = Path(place).resolve()
                times[name].append(WAYS[name](folder, options.notebooks))
                pictures[name] = figures(folder)
                if name == "lnregions render":
                    noop.append(ours(folder, options.notebooks)[0])
                    held = memory(folder)
    write(times, pictures, noop=statistics.median(noop), held=held)


def write(times, pictures, *, noop, held):
    """Print the table, write the figures for programs."""
    middle = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)]
        for name, rows in times.items()
    }
    wall, cpu = middle["lnregions render"]
    print(f"{'':32}{'wall s':>8}{'cpu s':>8}{'ours/it':>9}  figures")
    for name, (its_wall, its_cpu) in middle.items():
        same = "same" if pictures[name] == pictures["lnregions render"] else "OTHER"
        print(f"{name:32}{its_wall:8.1f}{its_cpu:8.1f}{wall / its_wall:9.2f}  {len(pictures[name])} {same}")
    print(f"nothing to do: {noop:.2f} s; memory of a run beyond the shared: {held['own_memory']:.0f} MB")
    keys = {
        "wall_vs_shell": ("papermill, shell loop", 0), "cpu_vs_shell": ("papermill, shell loop", 1),
        "wall_vs_two": ("papermill, two processes", 0), "wall_vs_floor": ("floor: plain warm processes", 0),
    }  # fmt: skip
    mine = (wall, cpu)
    latest = {key: round(mine[i] / middle[name][i], 4) for key, (name, i) in keys.items() if name in middle}
    latest |= {"noop_s": round(noop, 3), **{name: round(value) for name, value in held.items()}}
    (HERE / "latest.json").write_text(json.dumps(latest, indent=1) + "\n")


if __name__ == "__main__":
    shutil.which("sh") or sys.exit("This benchmark needs a shell.")
    main()
