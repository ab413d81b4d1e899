"""Damaged copies of good files: what the tests of damaged tables and of damaged boundaries have in common.

A short seeded pass by default; ``make fuzz`` sets ``FUZZ_CASES`` (number of cases) and ``FUZZ_SEED``. A case that fails
is named by kind, seed and number, and comes again with the same seed.
"""

import os
import random
import re
import struct
from collections import Counter
from pathlib import Path

SEED = os.environ.get("FUZZ_SEED", "210000")
SHORT = 100
"""Cases of the short pass."""
REFUSED, RIGHT, WRONG = "refused by name", "right", "wrong"
NUMBERS = [
    *(struct.pack("<d", number) for number in (float("nan"), float("inf"), -1e308, 0.0, 1e-300)),
    *(struct.pack(order + "i", number) for order in "<>" for number in (-1, 2**31 - 1, -(2**31), 0, 1)),
]
WORDS = (
    "nan", "inf", "-1", "1_000", "１２", "٣", "=1+1", '"', "'", ",", ";", "\t", "\r", "\n", "\0", "\u202e", "%", "万元",
    "1e999", "9" * 400, "-", "NA", "NULL", "{", "[", "[0, 0]", "&a", "*a", "!!python/object:os.system", "no", "true",
    "015000", "<<", "<script>", "../..", "$x$", "1" * 5000, "﻿", "é", "\x1b[2J", ":", "#", "---", "- ", "|", "\\u0000",
)  # fmt: skip


def exchange(data, chance, at):
    """Exchange two blocks of eight bytes, as entries of an index or numbers would be."""
    one, two = sorted((at // 4 * 4, chance.randrange(len(data) // 4 + 1) * 4))
    if two < one + 8:
        return data
    return data[:one] + data[two : two + 8] + data[one + 8 : two] + data[one : one + 8] + data[two + 8 :]


def number(data, chance, at):
    value, at = chance.choice(NUMBERS), at // 4 * 4
    return data[:at] + value + data[at + len(value) :]


def word(data, chance, at):
    """Put a word that has misled readers in place of a piece of text."""
    start, end = chance.choice([hit.span() for hit in re.finditer(rb'[^,\n:"]+', data)] or [(0, 0)])
    return data[:start] + chance.choice(WORDS).encode() + data[end:]


def lines(data, chance, at):
    """Drop a line, or write another in its place, or both in turn."""
    rows = data.splitlines(keepends=True)
    one, two = chance.randrange(len(rows)), chance.randrange(len(rows))
    rows[one], rows[two] = chance.choice([(b"", rows[two]), (rows[two], rows[two]), (rows[two], rows[one])])
    return b"".join(rows)


ANYWHERE = (
    lambda data, chance, at: data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :],
    lambda data, chance, at: data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :],
    lambda data, chance, at: data[:at],
    lambda data, chance, at: data[at + 1 :],
    lambda data, chance, at: data[:at] + chance.randbytes(chance.randrange(1, 9)) + data[at:],
    lambda data, chance, at: data[:at] + data[at + chance.randrange(1, 40) :],
    lambda data, chance, at: data[: at + chance.randrange(1, 200)] + data[at:],
    lambda data, chance, at: data[:at] + bytes(len(data[at : at + 30])) + data[at + 30 :],
    word,
)
NUMERIC = (*ANYWHERE, exchange, number)
TEXTUAL = (*ANYWHERE, word, word, lines, lines)


def damaged(good: dict[str, bytes], seed: str, *, ways=NUMERIC) -> dict[str, bytes]:
    """The same files, one of them with one to three damages."""
    chance = random.Random(seed)
    name = chance.choice(sorted(good))
    data = good[name]
    while data == good[name]:
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            data = chance.choice(ways)(data or b"\n", chance, chance.randrange(len(data or b"\n")))
    return good | {name: data}


def share(cases: int, *, of: int) -> int:
    """Number of cases of a kind that has so many of so many in all."""
    return max(10, round(cases * int(os.environ.get("FUZZ_CASES", SHORT)) / of))


def read_damaged(
    capsys, folder: Path, good: dict[str, bytes], outcome, *, kind: str, cases: int, ways=NUMERIC
):
    """Have damaged copies of good files read, as many as there are cases; fail where one is read as something else."""
    found = {}
    for case in range(cases):
        seed = f"{kind} {SEED} {case}"
        for name, data in damaged(good, seed, ways=ways).items():
            (folder / name).write_bytes(data)
        found[seed] = outcome()
    wrong = [f"{seed}: {words}" for seed, words in found.items() if words.startswith(WRONG)]
    assert not wrong, "\n".join(wrong[:10])
    assert REFUSED in found.values()
    counts = [f"{count:,} {outcome}" for outcome, count in Counter(found.values()).items()]
    with capsys.disabled():
        print(f"\n{cases:,} times damaged: {kind} (seed {SEED}): {', '.join(counts)}")
