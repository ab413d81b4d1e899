"""Damaged boundary files: each is refused by name, or gives the right shapes; none a wrong shape without a warning.

A short seeded pass by default; ``make fuzz`` sets ``FUZZ_CASES`` (number of cases) and ``FUZZ_SEED``. A case that fails
is named by kind, seed and number, and comes again with the same seed.
"""

import os
import random
import re
import struct
import warnings
from collections import Counter

import pytest
import shape_files as files
import shapely

from lnregions import DataError, load_boundaries
from lnregions.boundaries.polygons import to_metres

SEED = os.environ.get("FUZZ_SEED", "210000")
CASES = int(os.environ.get("FUZZ_CASES", 400))
REFUSED, RIGHT, WARNED, WRONG = "refused by name", "right", "right within 60 m, with a warning", "wrong"
A_CENTIMETRE = 0.01
"""Metres below which a copy that was projected there and back counts as the same."""


def zipped(folder):
    files.write_shapefile(folder)
    parts = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    for path in folder.iterdir():
        path.unlink()
    return files.pack(folder / "towns.zip", parts)


KINDS = {
    "shapefile": (files.write_shapefile, 0.5),
    "zipped shapefile": (zipped, 0.15),
    "GeoPackage": (files.write_geopackage, 0.175),
    "GeoJSON": (files.write_geojson, 0.175),
}
"""Kind of file -> what writes a good one, and its share of the cases."""
NUMBERS = [
    *(struct.pack("<d", number) for number in (float("nan"), float("inf"), -1e308, 0.0, 1e-300)),
    *(struct.pack(order + "i", number) for order in "<>" for number in (-1, 2**31 - 1, -(2**31), 0, 1)),
]
WORDS = [
    "nan",
    "inf",
    "-1",
    "1_000",
    "１２",
    '"',
    ",",
    "\n",
    "\0",
    "1e999",
    "9" * 400,
    "NULL",
    "{",
    "[",
    "[0, 0]",
    "true",
]


def exchange(data, chance, at):
    """Exchange two blocks of eight bytes, as entries of an index or numbers would be."""
    one, two = sorted((at // 4 * 4, chance.randrange(len(data) // 4 + 1) * 4))
    if two < one + 8:
        return data
    return data[:one] + data[two : two + 8] + data[one + 8 : two] + data[one : one + 8] + data[two + 8 :]


def word(data, chance, at):
    """Put a word that has misled readers in place of a piece of text."""
    start, end = chance.choice([hit.span() for hit in re.finditer(rb'[^,\n:"]+', data)] or [(0, 0)])
    return data[:start] + chance.choice(WORDS).encode() + data[end:]


def number(data, chance, at):
    value, at = chance.choice(NUMBERS), at // 4 * 4
    return data[:at] + value + data[at + len(value) :]


DAMAGES = (
    lambda data, chance, at: data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :],
    lambda data, chance, at: data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :],
    lambda data, chance, at: data[:at],
    lambda data, chance, at: data[at + 1 :],
    lambda data, chance, at: data[:at] + chance.randbytes(chance.randrange(1, 9)) + data[at:],
    lambda data, chance, at: data[:at] + data[at + chance.randrange(1, 40) :],
    lambda data, chance, at: data[: at + chance.randrange(1, 200)] + data[at:],
    lambda data, chance, at: data[:at] + bytes(len(data[at : at + 30])) + data[at + 30 :],
    exchange,
    number,
    word,
)


def damaged(good: dict[str, bytes], seed: str) -> dict[str, bytes]:
    """The same files, one of them with one to three damages."""
    chance = random.Random(seed)
    name = chance.choice(sorted(good))
    data = good[name]
    while data == good[name]:
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            data = chance.choice(DAMAGES)(data or b"\n", chance, chance.randrange(len(data or b"\n")))
    return good | {name: data}


def outcome(path, good) -> str:
    """What came of reading a file, compared with the good frame."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = load_boundaries(path=path, areas=files.FOUR)
        except DataError as error:
            text = str(error)
            named = all("towns." in line for line in text.splitlines()) and len(text) < 20_000
            return REFUSED if named else f"{WRONG}: refused without a name: {text[:200]}"
        except Exception as error:
            return f"{WRONG}: {type(error).__name__}: {error}"[:300]
    if not found.drop(columns="geometry").equals(good.drop(columns="geometry")):
        return f"{WRONG}: other areas or names"
    off = shapely.hausdorff_distance(to_metres(found.geometry), to_metres(good.geometry)).max()
    if off < A_CENTIMETRE:
        return RIGHT
    return WARNED if found.attrs["warnings"] and off < 60 else f"{WRONG}: {off:.3f} m off without a warning"


@pytest.fixture(scope="module")
def counts(request):
    counts = Counter({WRONG: 0})
    yield counts
    listed = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    with request.config.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{sum(counts.values()):,} damaged boundary files (seed {SEED}): {listed}")


@pytest.mark.parametrize("kind", KINDS)
def test_no_damaged_file_gives_a_wrong_shape_without_a_warning(kind, tmp_path, counts):
    write, share = KINDS[kind]
    path = write(tmp_path)
    good = {part.name: part.read_bytes() for part in tmp_path.iterdir()}
    right = load_boundaries(path=path, areas=files.FOUR)
    assert outcome(path, right) == RIGHT
    found = Counter()
    for case in range(max(10, round(CASES * share))):
        for name, data in damaged(good, f"{kind} {SEED} {case}").items():
            (tmp_path / name).write_bytes(data)
        result = outcome(path, right)
        found[result if not result.startswith(WRONG) else f"{kind} {SEED} {case}: {result}"] += 1
    wrong = [words for words in found if WRONG in words]
    counts.update({words: count for words, count in found.items() if words not in wrong})
    counts[WRONG] += len(wrong)
    assert not wrong, "\n".join(wrong)
    assert found[REFUSED] > 0
