"""How long a map and a chart take, drawn and saved in three formats, and what the parts cost.

Run with ``python benchmarks/bench_figures.py``. Medians of warm runs, by the clock and of
processor time (the clock also counts what other programs take); the first run of a process, which loads fonts
and writers, stands beside them. Targets on two cores: labels of 14 cities in 0.05 s, a map in PNG, SVG
and PDF in 1.5 s, a chart in 1 s.
"""

import io
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from lnregions import maps
from lnregions.boundaries import boundaries
from lnregions.figures import figures
from lnregions.figures.chart_pictures import draw_targets
from lnregions.figures.map_pictures import draw_map
from lnregions.style import style
from lnregions.style.palette_png import encode_png
from lnregions.tables.plans import load_plan

RUNS = 7


def measure(name: str, work: Callable[[], object], *, target: float | None = None) -> None:
    times, busy = [], []
    for _ in range(RUNS + 1):
        start, processor = time.perf_counter(), time.process_time()
        work()
        times.append(time.perf_counter() - start)
        busy.append(time.process_time() - processor)
    median = statistics.median(times[1:])
    verdict = "" if target is None else f"  target {target:.2f} s: {'met' if median <= target else 'MISSED'}"
    processor = statistics.median(busy[1:])
    print(
        f"{name:44s} first {times[0]:6.3f} s  median {median:6.3f} s  processor {processor:6.3f} s{verdict}"
    )


def compare(name: str, fig) -> None:
    """Print what a figure costs in three formats by one drawing, beside matplotlib's saving of it, turn by turn."""

    def theirs():
        for kind in figures.FORMATS:
            fig.savefig(io.BytesIO(), format=kind, dpi=figures.DPI)

    busy = {"ours": [], "theirs": []}
    for _ in range(RUNS + 1):
        for who, work in (("ours", partial(figures.pictures_of, fig, figures.FORMATS)), ("theirs", theirs)):
            start = time.process_time()
            work()
            busy[who].append(time.process_time() - start)
    ours, its = (statistics.median(times[1:]) for times in busy.values())
    print(f"{name:44s} ours {ours:6.3f} s  savefig {its:6.3f} s  ratio {ours / its:.2f} (processor)")


def main() -> None:
    cities, counties = boundaries.load_boundaries(), boundaries.load_boundaries("county")
    context, locator = boundaries.load_context(), boundaries.load_locator()
    cities["rate"] = np.linspace(40, 90, len(cities))
    counties["rate"] = np.linspace(40, 90, len(counties))
    folder = Path(tempfile.mkdtemp())

    def draw(frame=cities, width="double"):
        ax = maps.plot_choropleth(frame, "rate", unit="%", labels="value", ax=maps.map_axes(width))
        inset = (locator, ["210000"])
        return maps.finish_map(ax, title="Rates", source="Source: trial.", context=context, inset=inset)

    def chart():
        fig = style.figure("double")
        ax = fig.add_axes((0.1, 0.15, 0.85, 0.75))
        for k in range(4):
            ax.plot(range(2015, 2025), np.arange(10) + k, marker="o", label=f"沈阳 {k}")
        ax.legend()
        ax.set_title("辽宁 Liaoning")
        return fig

    def labels():
        maps.label_areas(axes, projected, words, [None] * len(words))

    projected = maps.prepare(cities)
    axes = maps.start(maps.map_axes(), projected, "en")
    words = [[f"{zh}\n{en}", en] for zh, en in zip(projected["short_zh"], projected["short_en"], strict=True)]
    measure("labels of 14 cities, 174 mm", labels, target=0.05)
    measure("map drawn, 174 mm", draw)
    measure("map drawn, 85 mm", lambda: draw(width="single"))
    measure("map of 100 counties drawn", lambda: draw(counties))
    measure("map drawn and saved: png + svg + pdf", lambda: save(draw().figure, folder), target=1.5)
    measure("county map drawn and saved", lambda: save(draw(counties).figure, folder), target=1.5)
    measure("chart drawn and saved: png + svg + pdf", lambda: save(chart(), folder), target=1.0)
    done = draw().figure
    for name in figures.FORMATS:
        measure(f"map as {name}", lambda name=name: figures.picture(done, name))
    plan = load_plan()
    compare("map of a notebook, three formats", draw_map(plan, "circle", "gdp").figure)
    compare("chart of a notebook, three formats", next(iter(draw_targets(plan, "circle"))).figure)
    done.set_dpi(figures.DPI)
    done.canvas.draw()
    pixels = np.asarray(done.canvas.buffer_rgba())
    for level in (1, 2, 3, 4, 6, 9):
        encode = partial(encode_png, pixels, dpi=figures.DPI, compression=level, metadata={})
        measure(f"pixels as png, compression {level} ({len(encode()) / 1000:.0f} kB)", encode)


def save(fig, folder: Path) -> None:
    figures.save_figure(fig, folder / "x", caption={"en": "A trial.", "zh": "试验。"})


if __name__ == "__main__":
    main()
