"""How long a change of a widget takes until map, chart, table and verdict are new, in Python (a browser adds its own).

Run with ``python benchmarks/bench_explore.py``. Each change is one that nothing was drawn for before, in a process
that has drawn before; medians by the clock and of processor time. The target is half a second.
"""

import statistics
import time

from lnregions.explorer import explore

TARGET = 0.5
REGIONS = ("belt", "west", "east", "circle")
INDICATORS = ("population", "gdp_growth_real", "urbanisation_rate", "va_tertiary", "fdi_usd")


def main() -> None:
    explorer = explore("ln-2022", "circle", "gdp")
    for region in REGIONS:  # loads boundaries, fonts and figures
        explorer.controls["region"].value = region
    kinds: dict[str, list[tuple[float, float]]] = {}

    def change(kind: str, name: str, value) -> None:
        start, processor = time.perf_counter(), time.process_time()
        explorer.controls[name].value = value
        took = (time.perf_counter() - start, time.process_time() - processor)
        kinds.setdefault(kind, []).append(took)

    for indicator in INDICATORS:
        change("indicator", "indicator", indicator)
        for region in REGIONS:
            change("region", "region", region)
    explorer.controls["indicator"].value = "gdp"
    for year in range(2016, 2024):
        change("year", "year", year)
    for city in [value for _, value in explorer.controls["city"].options if value]:
        change("city", "city", city)
    change("language", "language", "zh")
    for region in REGIONS:
        change("seen before, but for the language", "region", region)
    change("language", "language", "en")
    for region in REGIONS * 3:
        change("seen before", "region", region)
    every = [one for kind, times in kinds.items() if not kind.startswith("seen") for one in times]
    for kind, times in [*kinds.items(), ("all that were new", every)]:
        clock, processor = (statistics.median(column) for column in zip(*times, strict=True))
        slowest = max(seconds for seconds, _ in times)
        print(f"{kind:34s} {len(times):3d} changes  median {clock:5.3f} s  processor {processor:5.3f} s  "
              f"slowest {slowest:5.3f} s")  # fmt: skip
    median = statistics.median(seconds for seconds, _ in every)
    print(f"target {TARGET:.1f} s: {'met' if median <= TARGET else 'MISSED'}")


if __name__ == "__main__":
    main()
