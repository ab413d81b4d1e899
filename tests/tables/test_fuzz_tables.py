"""Damaged tables, facts and parameters: each is refused by name, or read as it stands; no crash, no silent change.

What stands in a damaged file is found here by the standard library and PyYAML alone, without the package's readers.
"""

import csv
import re
import shutil
import unicodedata
import warnings
from pathlib import Path

import pandas as pd
import pytest
import yaml
from damage import REFUSED, RIGHT, SEED, TEXTUAL, WORDS, WRONG, read_damaged, share
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from lnregions import DataError, load_observations, load_plan
from lnregions.batch.parameters import Notebook, Parameter, check_parameters, read_notebook
from lnregions.paths import data_dir, notebooks_dir

WRITTEN = "read as the damaged file states"
"""The damage made another good file of it: no reader could know, and what was read is what stands there."""
TABLES = ("regions", "positioning", "membership", "targets", "sources")
PLAN = data_dir() / "plans" / "ln-2022"


def decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def plain(text: str) -> str:
    signs = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return "".join(signs).replace("\N{MINUS SIGN}", "-").strip()


def meaning(value: object) -> str:
    """What a cell or a value means, in one form for both."""
    text = plain(value if isinstance(value, str) else re.sub(r"<NA>|nan|None", "", str(value)))
    if text.casefold() in ("true", "yes", "是", "false", "no", "否"):
        return "yes" if text.casefold() in ("true", "yes", "是") else "no"
    bare = re.sub(r"(?<=\d),(?=\d{3})", "", text).rstrip("年")
    if re.fullmatch(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", bare, re.ASCII):
        return repr(float(bare))
    hit = re.fullmatch(r"(\d{4})[-/年](\d{1,2})(?:[-/月](\d{1,2})日?|月)?", text)
    return "-".join(part.zfill(2) for part in hit.groups() if part) if hit else text


def compared_with_table(frame: pd.DataFrame, data: bytes) -> str:
    """Whether a frame holds just what stands in the file."""
    lines = re.split(r"\r\n|\r|\n", decoded(data))
    lines = [line for line in lines if not line.startswith("#")]
    head = next(line for line in lines if line.strip(" ,;\t"))
    separator = next((sign for sign in ",\t;" if sign in head), ",")
    rows = [row for row in csv.reader(lines, delimiter=separator) if any(map(str.strip, row))]
    names = [plain(name).casefold() for name in rows[0]]
    wanted = [name for name in names if name in frame.columns]
    blank = {
        name: "no" if frame[name].dtype == bool else "" for name in wanted
    }  # a blank is a no, with a warning
    listed = {
        tuple(meaning(row[n]) or blank[name] for n, name in enumerate(names) if name in wanted)
        for row in rows[1:]
    }
    read = {tuple(meaning(value) for value in row) for row in frame[wanted].itertuples(index=False)}
    return WRITTEN if read == listed else f"{WRONG}: other than written: {sorted(read ^ listed)[:2]}"


def compared_with_facts(facts: dict, data: bytes) -> str:
    """Whether facts are just what the file states."""
    # libyaml, as far as it is built in, takes a tab before the end of a line
    stated = yaml.load(decoded(data), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    for key, value in facts.items():
        if key == "baseline_year" and not stated.get(key):
            continue
        value = {True: "yes", False: "no"}[value] if key == "base_stated" else value
        other = stated.get(key) or ("no" if key == "base_stated" else "")
        if meaning(value) != meaning("" if other in ("null", "~") else other):
            return f"{WRONG}: {key} {value!r} is not what is stated, {other!r}"
    return WRITTEN


@pytest.mark.parametrize(("factor", "outcome"), [(0.1, WRITTEN), (0.2, f"{WRONG}: other than written")])
def test_a_changed_figure_is_seen(factor, outcome):
    frame = pd.DataFrame({"unit": ["x"], "factor_en": [factor]})
    assert compared_with_table(frame, b"unit,factor_en\nx,0.1\n").startswith(outcome)


def compare_figures(found, good, files):
    return RIGHT if same(found, good) else compared_with_table(found, files["figures.csv"])


def compare_plans(found, good, files):
    changed = [name for name in TABLES if not same(getattr(found, name), getattr(good, name))]
    if found.facts == good.facts and not changed:
        return RIGHT
    if "plan.yaml" in files:
        return compared_with_facts(found.facts, files["plan.yaml"])
    outcomes = {compared_with_table(getattr(found, name), files[f"{name}.csv"]) for name in changed}
    return max(outcomes, key=lambda words: words.startswith(WRONG))


def same(one, two):
    return one.drop(columns="default", errors="ignore").equals(two.drop(columns="default", errors="ignore"))


def compare_parameters(found, good, files):
    if found.parameters == good.parameters:
        return RIGHT
    text = files["book.ipynb"].decode("utf-8", "replace")
    types = {type(one.default) for one in found.parameters}
    whole = types <= {str, int, float, bool, type(None)} and all(one.name in text for one in found.parameters)
    return WRITTEN if whole else f"{WRONG}: parameters from nowhere"


def some_figures():
    lines = (data_dir() / "observations.csv").read_bytes().splitlines(keepends=True)
    return {"figures.csv": lines[0] + b"".join(lines[1::40])}


def files_of_plan(ending):
    return {path.name: path.read_bytes() for path in sorted(PLAN.glob(f"*.{ending}"))}


KINDS = {
    # what: (cases of 1080 in all, good files, reader, comparison)
    "tables of figures": (
        560, some_figures(), lambda folder: load_observations(path=folder / "figures.csv"), compare_figures),
    "tables of a plan": (200, files_of_plan("csv"), lambda folder: load_plan(path=folder), compare_plans),
    "facts of a plan": (160, files_of_plan("yaml"), lambda folder: load_plan(path=folder), compare_plans),
    "parameters of a notebook": (
        160, {"book.ipynb": (notebooks_dir() / "03_region_trajectories.ipynb").read_bytes()},
        lambda folder: read_notebook(folder / "book.ipynb"), compare_parameters),
}  # fmt: skip


def outcome(kind, folder, files, good=None):
    """What came of reading these files, compared with the good ones."""
    _, _, read, compare = KINDS[kind]
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = read(folder)
            return RIGHT if good is None else compare(found, good, files)
        except DataError as error:
            text = str(error)
            named = any(path.stem in text for path in folder.iterdir()) and len(text) < 20_000
            return REFUSED if named else f"{WRONG}: refused without a name: {text[:200]}"
        except Exception as error:
            return f"{WRONG}: {type(error).__name__}: {error}"[:300]


@pytest.mark.parametrize("kind", KINDS)
def test_no_damaged_file_is_read_as_something_else(kind, tmp_path, capsys):
    cases, files, read, _ = KINDS[kind]
    folder = shutil.copytree(PLAN, tmp_path / "plan")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    good = read(folder)
    assert outcome(kind, folder, files, good) == RIGHT

    def again():
        return outcome(kind, folder, {name: (folder / name).read_bytes() for name in files}, good)

    read_damaged(capsys, folder, files, again, kind=kind, cases=share(cases, of=1080), ways=TEXTUAL)


ODD = list("，．％０１年月日①…－–\xa0\u200b٣\ufeff元")
SIGNS = st.text(st.one_of(st.characters(max_codepoint=126), st.sampled_from(ODD)), max_size=12)
HEAD = "area,indicator,year,value,unit,vintage,status,grade,source,note"
ROWS = ["210200,gdp,2024,9516.9,亿元,2025-01-20,preliminary,A,s047,",
        "210100,urbanisation_rate,2023,85.5,%,,unknown,B,s047,as published"]  # fmt: skip
COLUMNS = HEAD.split(",")


def made_up(examples):
    """Settings of a test by hypothesis that takes its part of the cases."""
    return lambda test: seed(int(SEED))(
        settings(max_examples=share(examples, of=1080), deadline=None, database=None)(test)
    )


@made_up(240)
@given(st.integers(0, 1), st.sampled_from(COLUMNS), SIGNS)
def test_any_text_in_a_cell_is_read_as_it_stands_or_refused(tmp_path_factory, row, column, text):
    lines = [line.split(",") for line in ROWS]
    lines[row][COLUMNS.index(column)] = '"' + text.replace('"', '""') + '"'
    data = "\n".join([HEAD, *map(",".join, lines)]).encode()
    files, place = {"figures.csv": data}, tmp_path_factory.getbasetemp()
    assert outcome("tables of figures", place, files, pd.DataFrame()) in (WRITTEN, REFUSED)


@made_up(120)
@given(st.binary(max_size=400))
def test_any_bytes_as_a_table_or_facts_are_refused(tmp_path_factory, data):
    place = tmp_path_factory.getbasetemp()
    assert outcome("tables of figures", place, {"figures.csv": data}) == REFUSED
    assert outcome("facts of a plan", place, {"plan.yaml": data}) == REFUSED


TYPES = {"region": str, "year": int, "share": float, "labels": bool, "as_of": str, "years": list, "note": str}
BOOK = Notebook("a", Path("a.ipynb"), tuple(
    Parameter(name, kind.__name__, kind(), choices=("circle", "belt") if name == "region" else ())
    for name, kind in TYPES.items()))  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SIGNS | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SIGNS, inner, max_size=2), max_leaves=4,
)  # fmt: skip


@made_up(360)
@given(st.sampled_from([*TYPES, "regoin"]), VALUES)
def test_any_parameter_has_its_type_or_is_refused(name, value):
    try:
        taken = check_parameters(BOOK, {name: value})
    except DataError:
        return
    assert type(taken[name]) is TYPES[name]
