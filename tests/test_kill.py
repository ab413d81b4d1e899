"""SIGKILL at random moments: nothing half-written, nothing left, and the next render as if nothing had been."""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import fault_kit as kit
import pytest

REGIONS = ["circle", "belt", "west", "east"]
KILLS = 50
IN_A_ROW = 10


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    mark = tmp_path_factory.mktemp("kill").as_posix()
    process = kit.Server(mark)
    yield process
    process.close()
    assert kit.all_gone(mark)


@pytest.fixture
def moments():
    """Random numbers whose seed is shown when a test fails; set LNREGIONS_SEED to repeat it."""
    seed = int(os.environ.get("LNREGIONS_SEED", random.SystemRandom().randrange(10**6)))
    print(f"LNREGIONS_SEED={seed}")
    return random.Random(seed)


@pytest.mark.slow
def test_fifty_kills_leave_nothing_half_written_and_change_no_result(server, moments, tmp_path):
    book = kit.write_notebook(tmp_path / "books" / "01.ipynb", kit.PICTURES)
    ask = {"do": "render", "book": str(book), "regions": REGIONS}
    began = time.monotonic()
    server.finish(**ask, out=str(tmp_path / "whole"))
    longest = time.monotonic() - began
    expected = kit.tree(tmp_path / "whole")
    assert len(expected) == 8 * 6

    def row(first):
        """Kills in a row into one folder, then a render to its end."""
        out, chance = tmp_path / f"out{first}", random.Random(moments.random())
        for number in range(first, first + IN_A_ROW):
            after = chance.uniform(0, 1.25 * longest)
            server.kill(after, group=number % 2 == 1, **ask, out=str(out), force=number % 5 > 2)
            kit.assert_whole(out)
            assert kit.tree(out).items() <= expected.items() | temporary(out).items()
        server.finish(**ask, out=str(out))
        assert kit.tree(out) == expected
        assert kit.leftovers(out) == []

    with ThreadPoolExecutor(2) as two:  # side by side, since a render is mostly its start
        list(two.map(row, range(0, KILLS, IN_A_ROW)))
    assert kit.all_gone(server.mark, but=[server.pid])


def temporary(out):
    """Files under temporary names, which the next render removes."""
    return {name: content for name, content in kit.tree(out).items() if name.endswith(".part")}


@pytest.mark.slow
def test_kills_in_mid_report_leave_whole_pages_and_the_next_render_sweeps(server, moments, tmp_path):
    book = kit.write_notebook(tmp_path / "books" / "01.ipynb", "1")
    out = tmp_path / "out"
    began = time.monotonic()
    server.finish(do="pages", out=str(tmp_path / "whole"))
    longest = time.monotonic() - began
    expected = kit.tree(tmp_path / "whole")
    assert len(expected) == 40
    for _ in range(10):
        server.kill(moments.uniform(0, longest), group=False, do="pages", out=str(out))
        kit.assert_whole(out)
    server.finish(do="pages", out=str(out))
    assert {name: kit.tree(out).get(name) for name in expected} == expected
    server.finish(do="render", book=str(book), regions=["belt"], out=str(out))
    assert kit.leftovers(out) == []
