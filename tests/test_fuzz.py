"""Thousands of damaged files: each is refused by name or gives the right result; no crash, no hang, no silent change.

``FUZZ_CASES`` is the number of cases (1,440 if not set, beside those made up by hypothesis), ``FUZZ_SEED`` the
seed; a case that fails is named by
``kind seed number`` and comes again with the same seed. ``make fuzz`` runs many.
"""

import contextlib
import functools
import multiprocessing
import os
import signal
import string
import tempfile
from collections import Counter
from pathlib import Path

import damage
import odd_files as odd
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from lnregions.batch.parameters import Notebook, Parameter, check_parameters
from lnregions.errors import DataError
from lnregions.tables import parse_as_of

SEED = os.environ.get("FUZZ_SEED", "210000")
TOTAL = int(os.environ.get("FUZZ_CASES", sum(damage.COUNTS.values())))
SHARE = TOTAL / sum(damage.COUNTS.values())
LONGEST = 2.0
"""Seconds of processor time that a case may take."""
OUTCOMES: Counter = Counter()
"""What came of all cases, printed at the end of the tests."""


class Hang(BaseException):
    """A case took longer than it may."""


def _too_long(number, frame):
    raise Hang


def run_chunk(kind: str, numbers: range, log: Path) -> None:
    """Run cases and write down each before and after, so that one that kills the process is known."""
    signal.signal(signal.SIGPROF, _too_long)
    good = damage.good_files(kind)
    with (
        log.open("a", buffering=1, encoding="utf-8") as out,
        tempfile.TemporaryDirectory(dir=log.parent) as place,
    ):
        base = Path(place)
        (base / "good").mkdir()
        for name, data in good.items():
            (base / "good" / name).write_bytes(data)
        right = damage.READ[kind](base / "good")
        for number in numbers:
            out.write(f"{number}\t")
            folder = base / str(number)
            folder.mkdir()
            out.write(
                _outcome(kind, good, number=number, folder=folder, right=right).replace("\n", " ") + "\n"
            )


def _outcome(kind, good, *, number, folder, right):
    files = damage.damaged_copy(kind, good, seed=f"{kind} {SEED} {number}")
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        return damage.judge(kind, files, folder=folder, good=right)
    except Hang:
        return f"no end within {LONGEST} s"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def outcomes(kind: str, count: int, folder: Path) -> dict[int, str]:
    """Number -> outcome of every case, run in a process of its own; one that kills it is an outcome, too."""
    log, found = folder / "outcomes.txt", {}
    fork = multiprocessing.get_context("fork")
    while len(found) < count:
        process = fork.Process(target=run_chunk, args=(kind, range(len(found), count), log))
        process.start()
        process.join(600)
        if process.is_alive():
            process.kill()
            process.join()
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        begun = len(found)
        found = {int(number): words for number, _, words in (line.partition("\t") for line in lines)}
        dead = [number for number, words in found.items() if not words]
        for number in dead:
            found[number] = f"killed the process (exit code {process.exitcode})"
        if dead:
            log.write_text("".join(f"{n}\t{words}\n" for n, words in found.items()), encoding="utf-8")
        assert len(found) > begun, f"{kind}: the good file is not read (exit code {process.exitcode})"
    return found


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("kind", damage.COUNTS)
def test_no_damaged_file_crashes_hangs_or_changes_anything_without_a_word(tmp_path, kind):
    count = max(10, round(damage.COUNTS[kind] * SHARE))
    found = outcomes(kind, count, tmp_path)
    known = Counter(words if words in damage.GOOD_OUTCOMES else "wrong" for words in found.values())
    OUTCOMES.update(known)
    print(f"{count} damaged copies of a {kind}: {dict(known)}")
    wrong = [f"{kind} {SEED} {n}: {words}" for n, words in found.items() if words not in damage.GOOD_OUTCOMES]
    assert not wrong, "\n".join(wrong[:10])
    assert kind == "books of a render" or known[damage.REFUSED] > 0


@pytest.mark.parametrize("kind", damage.COUNTS)
def test_a_good_file_is_right_and_its_copies_are_damaged(tmp_path, kind):
    good = damage.good_files(kind)
    for name, data in good.items():
        (tmp_path / name).write_bytes(data)
    right = damage.READ[kind](tmp_path)
    (tmp_path / "again").mkdir()
    assert damage.judge(kind, good, folder=tmp_path / "again", good=right) == damage.RIGHT
    assert all(damage.damaged_copy(kind, good, seed=str(n)) != good for n in range(50))


@pytest.mark.parametrize(
    ("cell", "meaning"),
    [("1,000", "1000.0"), ("２０２１年", "2021.0"), ("yes", "yes"), ("2024/1/9", "2024-01-09"), ("a", "a")],
)
def test_the_judge_of_cells_takes_forms_of_one_value_for_one(cell, meaning):
    assert damage._meaning(cell) == meaning


def test_the_judge_of_tables_sees_a_changed_figure():
    import pandas as pd

    data = b"unit,factor_en\nx,0.1\n"
    assert damage._as_written(pd.DataFrame({"unit": ["x"], "factor_en": [0.1]}), data) == damage.WRITTEN
    assert "other than written" in damage._as_written(pd.DataFrame({"unit": ["x"], "factor_en": [0.2]}), data)


# ---- made up by hypothesis ----

EXAMPLES = max(20, round(120 * SHARE))
SIGNS = st.text(
    st.one_of(
        st.sampled_from(string.printable), st.sampled_from(list("，．％０１年月日①…－–\xa0\u200b٣\ufeff元\0"))
    ),
    max_size=12,
)
COLUMNS = odd.HEAD.strip().split(",")


def _count(outcome: str) -> None:
    OUTCOMES[outcome] += 1


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("hypothesis")


@seed(int(SEED))
@settings(max_examples=2 * EXAMPLES, deadline=None, database=None)
@given(st.integers(0, 2), st.sampled_from(COLUMNS), SIGNS)
def test_any_text_in_a_cell_is_read_as_it_stands_or_refused(place, row, column, text):
    lines = [line.split(",") for line in odd.ROWS.splitlines()]
    lines[row][COLUMNS.index(column)] = '"' + text.replace('"', '""') + '"'
    data = (odd.HEAD + "".join(",".join(line) + "\n" for line in lines)).encode()
    outcome = damage.judge("table of figures", {"figures.csv": data}, folder=place, good=_figures(place))
    _count(outcome if outcome in damage.GOOD_OUTCOMES else "wrong")
    assert outcome in damage.GOOD_OUTCOMES


@functools.cache
def _figures(place):
    return damage.load_observations(path=odd.write_table(place, name="good.csv"))


@seed(int(SEED))
@settings(max_examples=EXAMPLES, deadline=None, database=None)
@given(st.binary(max_size=400))
def test_any_bytes_as_a_table_or_facts_are_refused(place, data):
    for kind, name in (
        ("table of figures", "figures.csv"),
        ("facts of a plan", "plan.yaml"),
    ):
        outcome = damage.judge(kind, {name: data}, folder=place, good=None)
        _count(outcome if outcome == damage.REFUSED else "wrong")
        assert outcome == damage.REFUSED


@seed(int(SEED))
@settings(max_examples=2 * EXAMPLES, deadline=None, database=None)
@given(
    st.one_of(
        SIGNS, st.from_regex(r"\d{4}(-\d{1,2}){0,2}", fullmatch=True), st.integers(), st.floats(), st.none()
    )
)
def test_any_date_of_knowledge_is_a_day_or_refused(given_as):
    try:
        day = parse_as_of(given_as)
    except DataError:
        _count(damage.REFUSED)
    else:
        assert 1949 <= day.year <= 2100
        assert str(day.year) in damage._plain(str(given_as))
        _count(damage.RIGHT)


BOOK = Notebook("a", Path("a.ipynb"), tuple(
    Parameter(name, kind, default, choices=choices) for name, kind, default, choices in (
        ("region", "str", "circle", ("circle", "belt")), ("year", "int", 2024, ()), ("share", "float", 0.5, ()),
        ("labels", "bool", True, ()), ("as_of", "str", "", ()), ("years", "list", [2021], ()), ("note", "str", "", ()),
    )
))  # fmt: skip
TYPES = {"region": str, "year": int, "share": float, "labels": bool, "as_of": str, "years": list, "note": str}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SIGNS | st.sampled_from(damage.WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SIGNS, inner, max_size=2), max_leaves=4,
)  # fmt: skip


@seed(int(SEED))
@settings(max_examples=3 * EXAMPLES, deadline=None, database=None)
@given(st.sampled_from([*TYPES, "regoin"]), VALUES)
def test_any_parameter_has_its_type_or_is_refused(name, value):
    with contextlib.suppress(DataError):
        taken = check_parameters(BOOK, {name: value})
        _count(damage.RIGHT)
        assert type(taken[name]) is TYPES[name]
        return
    _count(damage.REFUSED)
