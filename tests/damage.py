"""Damaged copies of good files, what readers make of them, and how to tell right from wrong without the readers."""

import csv
import json
import random
import re
import shutil
import struct
import unicodedata
import warnings
from pathlib import Path

import yaml

from lnregions.batch.manifest import SCHEMA, Manifest
from lnregions.batch.parameters import read_notebook
from lnregions.errors import DataError
from lnregions.paths import data_dir, notebooks_dir
from lnregions.tables import parse_as_of
from lnregions.tables.observations import load_observations
from lnregions.tables.plans import load_plan

REFUSED, RIGHT = "refused", "right"
SAID = "right within 60 m, and said"
WRITTEN = "as the damaged file says"
"""The damage made another good file of it: no reader could know, and what was read is what stands there."""
GOOD_OUTCOMES = (REFUSED, RIGHT, SAID, WRITTEN)


# ---- damage ----


def _flip_bit(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _flip_byte(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :]


def _cut(data, chance):
    return data[: chance.randrange(len(data))]


def _cut_head(data, chance):
    return data[chance.randrange(len(data)) + 1 :]


def _insert(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.randrange(1, 9)) + data[at:]


def _drop(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 40) :]


def _repeat(data, chance):
    at, size = chance.randrange(len(data)), chance.randrange(1, 200)
    return data[: at + size] + data[at:]


def _zero(data, chance):
    at, size = chance.randrange(len(data)), chance.randrange(1, 64)
    return data[:at] + bytes(len(data[at : at + size])) + data[at + size :]


def _exchange(data, chance):
    """Two blocks of eight bytes change places, as entries of an index or numbers would."""
    one, two = sorted(chance.randrange(max(1, len(data) // 4)) * 4 for _ in range(2))
    if two < one + 8:
        return _flip_byte(data, chance)
    return data[:one] + data[two : two + 8] + data[one + 8 : two] + data[one : one + 8] + data[two + 8 :]


def _number(data, chance):
    """Four or eight bytes become a number such as programs stumble over."""
    odd_numbers = [
        struct.pack("<d", chance.choice([float("nan"), float("inf"), -1e308, 0.0, 1e-300])),
        struct.pack(chance.choice("<>") + "i", chance.choice([-1, 2**31 - 1, -(2**31), 0, 1])),
    ]
    number, at = chance.choice(odd_numbers), chance.randrange(max(1, len(data) // 4)) * 4
    return data[:at] + number + data[at + len(number) :]


BYTES = (
    _flip_bit,
    _flip_byte,
    _flip_byte,
    _cut,
    _cut_head,
    _insert,
    _drop,
    _repeat,
    _zero,
    _exchange,
    _number,
)
WORDS = (
    "nan", "inf", "-1", "1_000", "１２", "٣", "=1+1", '"', "'", ",", ";", "\t", "\r", "\n", "\0", "\u202e", "%", "万元",
    "1e999", "9" * 400, "-", "NA", "NULL", "{", "[", "&a", "*a", "!!python/object:os.system", "no", "015000", "<<",
    "<script>", "../..", "$x$", "1" * 5000, "﻿", "é", "\x1b[2J", ":", "#", "---", "- ", "? ", "|", "\\u0000",
)  # fmt: skip


def _word(data, chance):
    """A piece of text becomes one of the words that have misled readers."""
    pieces = [hit.span() for hit in re.finditer(rb'[^,\n:"]+', data)] or [(0, 0)]
    start, end = chance.choice(pieces)
    return data[:start] + chance.choice(WORDS).encode() + data[end:]


def _lines(data, chance):
    """A line goes, stands twice, or changes places with another."""
    lines = data.splitlines(keepends=True)
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    kind = chance.randrange(3)
    if kind == 0:
        del lines[one]
    elif kind == 1:
        lines.insert(two, lines[one])
    else:
        lines[one], lines[two] = lines[two], lines[one]
    return b"".join(lines)


TEXT = (*BYTES[:8], _word, _word, _word, _lines, _lines)


def damage(data: bytes, chance: random.Random, *, ways=BYTES) -> bytes:
    """A copy with one to three damages; never the same bytes."""
    found = data
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        found = chance.choice(ways)(found or b"\n", chance)
    return found if found != data else _flip_byte(data, chance)


# ---- good files ----


def table_rows() -> bytes:
    lines = (data_dir() / "observations.csv").read_bytes().splitlines(keepends=True)
    return lines[0] + b"".join(lines[1::40])


def good_files(kind: str) -> dict[str, bytes]:
    """The good files of a kind of case, by name."""
    return GOOD[kind]()


def _plan(*endings: str) -> dict[str, bytes]:
    folder = data_dir() / "plans" / "ln-2022"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in endings}


def _books() -> dict[str, bytes]:
    record = {
        "status": "done", "folder": "en/a/all", "inputs": {"notebook": "x", "data": "y"},
        "outputs": {"a.html": "0" * 64}, "seconds": 1.5, "parameters": {"language": "en"},
    }  # fmt: skip
    manifest = {
        "schema": SCHEMA,
        "written": "2026-01-01T00:00:00+00:00",
        "versions": {},
        "runs": {"en/a/all": record},
    }
    return {
        "manifest.json": json.dumps(manifest, indent=1).encode(),
        "journal.jsonl": (json.dumps(["en/b/all", record]) + "\n").encode(),
        "hashes.json": json.dumps({"/x": [1, 2, 3, "0" * 64]}).encode(),
    }


GOOD = {
    "table of figures": lambda: {"figures.csv": table_rows()},
    "tables of a plan": lambda: _plan(".csv"),
    "facts of a plan": lambda: _plan(".yaml"),
    "parameters of a notebook": lambda: {
        "book.ipynb": (notebooks_dir() / "03_region_trajectories.ipynb").read_bytes()
    },
    "books of a render": _books,
    "date of knowledge": lambda: {"date": b"2024-01-19"},
}
COUNTS = {
    "table of figures": 560, "tables of a plan": 200, "facts of a plan": 160,
    "parameters of a notebook": 160, "books of a render": 120,
    "date of knowledge": 240,
}  # fmt: skip
"""Kind -> cases of the normal run."""


# ---- reading and judging ----


def judge(kind: str, files: dict[str, bytes], *, folder: Path, good) -> str:
    """Outcome of reading these files: one of the good ones, or a word on what went wrong."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = READ[kind](folder)
        except DataError as error:
            names = [path.stem for path in folder.iterdir()]
            named = any(name in str(error) for name in names) or kind == "date of knowledge"
            whole = named and len(str(error)) < 20_000
            return REFUSED if whole else f"refused without a name: {str(error)[:200]}"
    return SAME[kind](found, good, files)


def _read_plan(folder):
    keep = data_dir() / "plans" / "ln-2022"
    for path in keep.iterdir():
        if not (folder / path.name).exists():
            shutil.copy(path, folder)
    return load_plan(path=folder)


def _read_books(folder):
    (folder / ".lnregions").mkdir(exist_ok=True)
    for name in ("journal.jsonl", "hashes.json"):
        shutil.copy(folder / name, folder / ".lnregions")
    books = Manifest(folder)
    return [books.why(name, {"notebook": "x", "data": "y"}) for name in ("en/a/all", "en/b/all", "en/c/all")]


READ = {
    "table of figures": lambda folder: load_observations(path=folder / "figures.csv"),
    "tables of a plan": _read_plan,
    "facts of a plan": _read_plan,
    "parameters of a notebook": lambda folder: read_notebook(folder / "book.ipynb"),
    "books of a render": _read_books,
    "date of knowledge": lambda folder: parse_as_of(
        (folder / "date").read_bytes().decode("utf-8", "replace")
    ),
}


def _same_figures(found, good, files):
    return RIGHT if _equal(found, good) else _as_written(found, files["figures.csv"])


def _same_plan(found, good, files):
    names = ("regions", "positioning", "membership", "targets", "sources")
    if found.facts == good.facts and all(_equal(getattr(found, name), getattr(good, name)) for name in names):
        return RIGHT
    for name in names[:4]:
        data = files.get(f"{name}.csv")
        if data is not None and not _equal(getattr(found, name), getattr(good, name)):
            outcome = _as_written(getattr(found, name), data)
            if outcome != WRITTEN:
                return f"{name}: {outcome}"
    if "plan.yaml" in files:
        return _as_stated(found, files["plan.yaml"])
    return WRITTEN


def _equal(one, two) -> bool:
    one, two = (frame.drop(columns="default", errors="ignore") for frame in (one, two))
    return one.equals(two)


def _as_written(frame, data: bytes) -> str:
    """Whether a frame holds just what stands in the file, told by the standard library alone."""
    text = _decoded(data)
    if text is None:
        return "read in an encoding that cannot be told"
    lines = [
        line
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if not line.startswith("#")
    ]
    head = next(line for line in lines if line.strip(" ,;\t"))
    separator = next((sign for sign in ",\t;" if sign in head), ",")
    rows = [row for row in csv.reader(lines, delimiter=separator) if any(map(str.strip, row))]
    names = [_plain(name).casefold() for name in rows[0]]
    wanted = [name for name in names if name in frame.columns]
    listed = {tuple(_meaning(row[n]) for n, name in enumerate(names) if name in wanted) for row in rows[1:]}
    read = {tuple(_meaning(value) for value in row) for row in frame[wanted].itertuples(index=False)}
    return WRITTEN if read == listed else f"other than written: {sorted(read ^ listed)[:2]}"


def _decoded(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _plain(text: str) -> str:
    signs = "".join(
        sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf"
    )
    return signs.replace("\N{MINUS SIGN}", "-").strip()


def _meaning(value: object) -> str:
    """What a cell or a value means, in one form for both."""
    text = value if isinstance(value, str) else re.sub(r"<NA>|nan|None", "", str(value))
    text = _plain(text)
    if text.casefold() in ("true", "yes", "是", "false", "no", "否"):
        return "yes" if text.casefold() in ("true", "yes", "是") else "no"
    bare = re.sub(r"(?<=\d),(?=\d{3})", "", text).rstrip("年")
    if re.fullmatch(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", bare, re.ASCII):
        return repr(float(bare))
    hit = re.fullmatch(r"(\d{4})[-/年](\d{1,2})(?:[-/月](\d{1,2})日?|月)?", text)
    return "-".join(part.zfill(2) for part in hit.groups() if part) if hit else text


def _as_stated(plan, data: bytes) -> str:
    """Whether the facts are just what the file states, told by PyYAML's loader without types."""
    stated = yaml.load(_decoded(data), Loader=yaml.BaseLoader)
    for key, value in plan.facts.items():
        if key == "baseline_year" and not stated.get(key):
            continue
        if key == "base_stated":
            value = "yes" if value else "no"
        told = stated.get(key) or ("no" if key == "base_stated" else "")
        if _meaning(value) != _meaning("" if told in ("null", "~") else told):
            return f"{key} {value!r} is not what is stated, {told!r}"
    return WRITTEN


def _same_parameters(found, good, files):
    if found.parameters == good.parameters:
        return RIGHT
    text = files["book.ipynb"].decode("utf-8", "replace")
    plain = all(type(one.default) in (str, int, float, bool, type(None)) for one in found.parameters)
    return (
        WRITTEN if plain and all(one.name in text for one in found.parameters) else "parameters from nowhere"
    )


def _same_reasons(found, good, files):
    if not all(isinstance(reason, str) and reason for reason in found):
        return f"up to date without its outputs: {found}"
    return RIGHT


def _same_date(found, good, files):
    if found == good:
        return RIGHT
    text = _plain(files["date"].decode("utf-8", "replace"))
    return WRITTEN if re.match(rf"{found.year}\b", text, re.ASCII) else f"{found} from {text!r}"


SAME = {
    "table of figures": _same_figures,
    "tables of a plan": _same_plan,
    "facts of a plan": _same_plan,
    "parameters of a notebook": _same_parameters,
    "books of a render": _same_reasons,
    "date of knowledge": _same_date,
}


def damaged_copy(kind: str, good: dict[str, bytes], *, seed: str) -> dict[str, bytes]:
    """The files of a case: one of them damaged, the others good."""
    chance = random.Random(seed)
    name = chance.choice(sorted(good))
    return good | {name: damage(good[name], chance, ways=TEXT)}
