"""How long a map and a chart take, drawn and saved in three formats, and what the parts cost.

Run with ``python benchmarks/bench_figures.py``. Before these, what the import and a first map take in fresh
processes. Medians of warm runs in seconds of the clock and of processor time
(the clock also counts what other programs take); the first run of a process, which loads fonts and backends, stands
beside them. Target: a picture in PNG, SVG and PDF in 0.25 s of processor time.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import lnregions as ln
from lnregions.figures import FORMATS, bundles, encode, screen_png
from lnregions.style import PRINT_DPI

RUNS = 7
FRESH = {
    "import lnregions": ("import lnregions", 0.15),
    "first map": ("import lnregions as ln; ln.draw_map('ln-2022', 'circle', 'gdp')._repr_mimebundle_()", 1.2),
}
"""Code for a fresh process, and the seconds that it should take at most."""


def measure(name: str, work: Callable[[], object], *, target: float | None = None) -> None:
    """Print what some work costs; the target is one of processor time."""
    clock, processor = [], []
    for _ in range(RUNS + 1):
        start, used = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    median = statistics.median(processor[1:])
    verdict = "" if target is None else f"  target {target:.2f}: {'met' if median <= target else 'MISSED'}"
    times = f"first {clock[0]:6.3f}  median {statistics.median(clock[1:]):6.3f}  processor {median:6.3f}"
    print(f"{name:38s} {times}{verdict}")


def measure_fresh(name: str, code: str, target: float) -> None:
    """Print the median seconds of code in processes of its own."""
    timed = f"import time; start = time.perf_counter(); {code}; print(time.perf_counter() - start)"
    call = [sys.executable, "-c", timed]
    found = [float(subprocess.run(call, capture_output=True, check=True).stdout) for _ in range(RUNS)]
    median = statistics.median(found)
    print(f"{name:38s} median {median:6.3f}  target {target:.2f}: {'met' if median <= target else 'MISSED'}")


def main() -> None:
    for name, (code, target) in FRESH.items():
        measure_fresh(name, code, target)
    plan = ln.load_plan()
    verdicts = ln.judge(plan)
    pictures = {
        "map of cities": partial(ln.draw_map, plan, "circle", "gdp"),
        "map of counties": partial(ln.draw_map, plan, "east", "forest_coverage", language="zh"),
        "target": lambda: next(iter(ln.draw_targets(plan, "circle"))),
        "scorecard": partial(ln.draw_scorecard, plan, verdicts, language="zh"),
    }
    for name, draw in pictures.items():
        measure(f"{name}: drawn", draw)
        fig = draw().figure
        for kind in FORMATS:
            measure(f"{name}: {kind}", partial(encode, fig, (kind,)))
        measure(f"{name}: {' + '.join(FORMATS)}", partial(encode, fig), target=0.25)
    fig = pictures["scorecard"]().figure
    for level in (1, 3, 4, 6, 9):
        bundles.COMPRESSION = level
        write = partial(screen_png, fig, dpi=PRINT_DPI)
        measure(f"scorecard: png, level {level} ({len(write()) / 1000:.0f} kB)", write)


if __name__ == "__main__":
    main()
