"""How many damaged and untidy files readers get right: ours beside plain geopandas and pandas, on the same files.

``python benchmarks/bench_readers.py [--seed 210000] [--bytes 130]`` prints a table and the cases that ours got wrong.
A damaged file is got right by refusing it, or by giving the right shapes or figures all the same; an untidy one by
giving them. The plain readers are what a careful script does: read, look for the columns it needs, bring the
boundaries to CGCS2000.
"""

import argparse
import multiprocessing
import sys
import tempfile
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import damage
import odd_files as odd
import shapely
import test_odd_boundaries as boundary_cases
from tables import test_tables as table_cases

from lnregions import load_boundaries, load_observations
from lnregions.boundaries.place import to_metres

LONGEST = 20.0
"""Seconds after which a case counts as hanging."""


def plain_boundaries(path: Path) -> dict:
    """Shapes by code, as geopandas reads them, with a look at the columns and the reference system."""
    import geopandas

    frame = geopandas.read_file(path)
    column = next(name for name in frame.columns if name.lower() in ("adcode", "code"))
    frame = frame.to_crs(4490)
    return dict(zip(frame[column].astype(str), frame.geometry, strict=True))


def our_boundaries(path: Path) -> dict:
    """Shapes by code, as lnregions reads them."""
    frame = load_boundaries(path=path, areas=odd.FOUR)
    return dict(zip(frame["area"], frame.geometry, strict=True))


def plain_figures(path: Path) -> list:
    """Figures as pandas reads them, with a look at the columns."""
    import pandas

    frame = pandas.read_csv(path)
    return frame[["area", "indicator", "year", "value", "unit"]].astype({"area": str}).values.tolist()


def our_figures(path: Path) -> list:
    """Figures as lnregions reads them."""
    frame = load_observations(path=path)
    return frame[["area", "indicator", "year", "value", "unit"]].values.tolist()


def right_shapes(found: dict) -> bool:
    """Whether every city has its own shape, to a centimetre."""
    if set(found) != set(odd.FOUR) or any(shape is None for shape in found.values()):
        return False
    mine, theirs = (to_metres([shapes[code] for code in odd.FOUR]) for shapes in (found, _truth()))
    return bool(shapely.hausdorff_distance(mine, theirs).max() < 0.01)


def _truth() -> dict:
    return dict(zip(odd.FOUR, odd.shapes_of(), strict=True))


def right_figures(found: list) -> bool:
    """Whether the figures are those of the good table."""
    keys = [row.split(",")[:5] for row in odd.ROWS.splitlines()]
    return found == [[area, name, int(year), float(value), unit] for area, name, year, value, unit in keys]


def outcome(read, path: Path, right) -> str:
    """``right``, ``refused``, ``wrong``, ``crash`` or ``hang``, told in a process of its own."""
    ours, theirs = multiprocessing.get_context("fork").Pipe()
    process = multiprocessing.get_context("fork").Process(target=_send, args=(read, path, right, theirs))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(LONGEST) else "hang"
    except EOFError:
        return "crash"
    finally:
        process.kill()
        process.join()


def _send(read, path, right, pipe):
    warnings.simplefilter("ignore")
    try:
        found = read(path)
    except Exception:
        pipe.send("refused")
        return
    pipe.send("right" if right(found) else "wrong")


def cases(kind: str, *, seed: str, count: int):
    """Name, builder and whether the file must be read, for every case of a kind."""
    module = boundary_cases if kind == "boundaries" else table_cases
    unusual = module.UNTIDY if kind == "boundaries" else module.UNUSUAL
    for must, table in ((True, unusual), (False, module.REFUSED)):
        for name, (build, _) in table.items():
            yield name, _builder(build), must
    if kind == "boundaries":
        good = damage.good_files("shapefile")
        for number in range(count):
            files = damage.damaged_copy("shapefile", good, seed=f"shapefile {seed} {number}")
            yield f"shapefile {seed} {number}", lambda folder, files=files: _write(folder, files), False


def _builder(build):
    return build if callable(build) else lambda folder: odd.write_table(folder, build)


def _write(folder, files):
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder / "towns.shp"


def main() -> None:
    """Print counts for each reader and each kind of file."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--seed", default="210000")
    options.add_argument("--bytes", type=int, default=130, help="shapefiles with damaged bytes")
    asked = options.parse_args()
    readers = {
        "boundaries": (right_shapes, {"lnregions": our_boundaries, "geopandas": plain_boundaries}),
        "tables": (right_figures, {"lnregions": our_figures, "pandas": plain_figures}),
    }
    wrong = []
    print(f"| files (seed {asked.seed}) | reader | damaged: right of | wrong | untidy: read right of |")
    print("|---|---|---|---|---|")
    for kind, (right, named) in readers.items():
        counts = {name: {True: [], False: []} for name in named}
        for case, build, must in cases(kind, seed=asked.seed, count=asked.bytes):
            with tempfile.TemporaryDirectory() as folder:
                path = build(Path(folder))
                for name, read in named.items():
                    counts[name][must].append(outcome(read, path, right))
                    if name == "lnregions" and counts[name][must][-1] not in (
                        "right",
                        *([] if must else ["refused"]),
                    ):
                        wrong.append(f"{kind}: {case}: {counts[name][must][-1]}")
        for name, found in counts.items():
            good = sum(one in ("right", "refused") for one in found[False])
            read = found[True].count("right")
            print(f"| {kind} | {name} | {good} of {len(found[False])} | {len(found[False]) - good} "
                  f"| {read} of {len(found[True])} |")  # fmt: skip
    print(
        "\n".join(["", "lnregions was not right on:", *wrong]) if wrong else "\nlnregions was right on all."
    )


if __name__ == "__main__":
    main()
