"""Whether a render grows in proportion to its regions: time a run, memory of the command and of each run.

``python benchmarks/bench_scale.py`` renders plans of 4, 18 and 100 regions and prints a table; ``--full`` adds 340
(some minutes without it on two quiet cores, four times as long with it). The plans are generated in a temporary
folder, over cities, boundaries and figures of their own; see generated_plan.py.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generated_plan import write_plan

SIZES = (4, 18, 100)
FULL = (*SIZES, 340)
NOTEBOOKS = ("02_region_map", "03_region_trajectories")


def render(plan, output, *, jobs, notebooks):
    """Seconds of a render, largest memory of the command itself, and what its books say."""
    command = [
        sys.executable,
        "-m",
        "lnregions",
        "render",
        *notebooks,
        "--plan",
        str(plan),
        "--language",
        "en",
    ]
    command += ["--output", str(output), "--jobs", str(jobs), "--no-report", "--quiet"]
    began = time.perf_counter()
    with (output.parent / "log").open("w+b") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        _, status, used = os.wait4(process.pid, 0)
        log.seek(0)
        if os.waitstatus_to_exitcode(status):
            raise SystemExit(log.read().decode(errors="replace")[-2000:])
    runs = json.loads((output / "manifest.json").read_text("utf-8"))["runs"].values()
    return time.perf_counter() - began, used.ru_maxrss, list(runs)


def measure(count, *, jobs, notebooks):
    """One row of the table: a render of everything, and one that finds nothing to do."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve()
        write_plan(folder / "plan", count)
        wall, held, runs = render(folder / "plan", folder / "out", jobs=jobs, notebooks=notebooks)
        again, _, _ = render(folder / "plan", folder / "out", jobs=jobs, notebooks=notebooks)
        return {
            "regions": count,
            "runs": len(runs),
            "wall": wall,
            "per_run": wall / len(runs),
            "cpu_per_run": statistics.median(run["cpu_seconds"] for run in runs),
            "noop": again,
            "command_mb": held / 1024,
            "run_mb": max(run["own_memory"] or 0 for run in runs) / 2**20,
        }


def main():
    """Measure, print, write."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--full", action="store_true", help="340 regions too")
    options.add_argument("--sizes", type=int, nargs="+", help="numbers of regions instead")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--notebooks", nargs="+", default=NOTEBOOKS)
    options = options.parse_args()
    sizes = options.sizes or (FULL if options.full else SIZES)
    heads = {"regions": 8, "runs": 6, "wall s": 8, "s/run": 8, "cpu s/run": 10, "no-op s": 9}
    heads |= {"command MB": 12, "run MB": 8}
    print("".join(f"{head:>{width}}" for head, width in heads.items()))
    rows = []
    for count in sizes:
        row = measure(count, jobs=options.jobs, notebooks=options.notebooks)
        rows.append(row)
        print(
            f"{row['regions']:8}{row['runs']:6}{row['wall']:8.1f}{row['per_run']:8.3f}{row['cpu_per_run']:10.3f}"
            f"{row['noop']:9.2f}{row['command_mb']:12.0f}{row['run_mb']:8.0f}",
            flush=True,
        )
    tell(rows)


def tell(rows):
    """Ratios from the second size to the last: the first is mostly start-up."""
    if len(rows) < 3:
        return
    first, last = rows[1], rows[-1]
    grown = last["runs"] / first["runs"]
    print(f"\nfrom {first['regions']} to {last['regions']} regions: {grown:.1f} times the runs,")
    for name, words in (
        ("wall", "time"),
        ("command_mb", "memory of the command"),
        ("run_mb", "memory of a run"),
    ):
        print(f"  {last[name] / first[name]:.2f} times the {words}")
    print(f"nothing to do: {last['noop']:.2f} s, goal 1: {'met' if last['noop'] <= 1 else 'MISSED'}")


if __name__ == "__main__":
    main()
