"""Every number of every picture goes back to observations: as published, or by a formula over some.

The formulas stand here a second time, in few lines. The numbers are those of ``tests/golden``, which `test_golden.py`
holds to what the program gives; numbers of verdicts are computed a second time in ``tests/assess/independent.py``.
"""

import io
import itertools
import math
import re
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from lnregions import load_derived, load_indicators, load_observations, load_plan, load_sources
from lnregions.assess import GROWTH_OF, members_of
from lnregions.assess.interpretations import REAL_GROWTH

GOLDEN = Path(__file__).parents[1] / "golden"
NO_NUMBERS = ("location-", "membership", "coverage-", "timeline")
"""Pictures whose tables hold no figures."""
VERDICTS = ("scorecard", "verdict-map")


def same(one, two):
    return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-9)


class Tracer:
    """What a number of an area, indicator and year may be, each with the sources of the figures it rests on."""

    def __init__(self, plan, as_of=None, *, derived=False):
        self.plan, self.regions = plan, set(plan.regions["region"])
        self.indicators = load_indicators().set_index("indicator")
        self.figures = {}
        rows = load_observations(as_of=as_of, plan=plan)
        rows = pd.concat([rows, load_derived()]) if derived else rows
        rows = rows.sort_values("vintage", ascending=False, kind="stable")
        for row in rows.sort_values("grade", kind="stable").itertuples():
            figure = (row.value, frozenset(row.source.split()), row.status, (row.grade, row.vintage))
            self.figures.setdefault((row.area, row.indicator, row.year), []).append(figure)
        self.levels = cache(self.levels)

    def levels(self, area, indicator, year):
        """Figures of an area; for a region totals or weighted means of one source or one status, too."""
        found = [(value, [sources]) for value, sources, *_ in self.figures.get((area, indicator, year), [])]
        row = self.indicators.loc[indicator]
        if area not in self.regions or row["aggregation"] == "none":
            return found
        members = members_of(self.plan, area)
        releases = self.releases(members, indicator, year)
        if row["aggregation"] == "sum":
            return found + [(sum(v for v, _ in one), [s for _, s in one]) for one in releases]
        weights = self.releases(members, row["weight"], year - (row["measure"] == "growth"))
        for one, size in itertools.product(releases, weights):
            total = sum(v * w for (v, _), (w, _) in zip(one, size, strict=True))
            found.append((total / sum(w for w, _ in size), [s for _, s in (*one, *size)]))
        return found

    def releases(self, members, indicator, year):
        """Best attested figures of all members from one source, or of one status, of each release that has them all.

        Where a release has several of a member, equally attested, each may be meant.
        """
        rows = [self.figures.get((member, indicator, year), []) for member in members]
        names = {name for row in rows for _, sources, status, _ in row for name in (*sources, status)}
        found = {}
        for name in sorted(names - {"unknown"}):
            kept = [[f for f in row if name in (*f[1], f[2])] for row in rows]
            if kept and all(kept):
                best = [[f[:2] for f in row if f[3] == row[0][3]] for row in kept]
                found |= dict.fromkeys(itertools.product(*best))
        return list(found)

    def growth(self, area, indicator, year):
        """Growth in a year in per cent: a published rate, or a level over the one before."""
        if self.indicators.loc[indicator, "measure"] != "level":
            return self.levels(area, indicator, year)
        pairs = itertools.product(self.levels(area, indicator, year), self.levels(area, indicator, year - 1))
        return [((now / before - 1) * 100, [*s, *t]) for (now, s), (before, t) in pairs if before > 0]

    def chained(self, area, indicator, years, start=1.0):
        """A level carried over years by every choice of their growth rates."""
        found = [(start, [])]
        for year in years:
            pairs = itertools.product(found, self.rates(area, indicator, year))
            found = [(v * (1 + rate / 100), [*s, *t]) for (v, s), (rate, t) in pairs]
        return found

    def rates(self, area, indicator, year):
        """Growth of the indicators that stand for the growth of one."""
        return [one for name in growth_indicators(indicator) for one in self.growth(area, name, year)]

    def means(self, area, indicator, first, last):
        """Mean growth by the rates of all years, and by the levels before the first and of the last."""
        found = self.chained(area, indicator, range(first, last + 1))
        for name in growth_indicators(indicator):
            if self.indicators.loc[name, "measure"] == "level":
                pairs = itertools.product(self.levels(area, name, last), self.levels(area, name, first - 1))
                found += [(now / before, [*s, *t]) for (now, s), (before, t) in pairs]
        return [((ratio ** (1 / (last - first + 1)) - 1) * 100, sources) for ratio, sources in found]

    def differences(self, area, indicator, first, last):
        pairs = itertools.product(self.levels(area, indicator, last), self.levels(area, indicator, first))
        return [(now - before, [*s, *t]) for (now, s), (before, t) in pairs]


def growth_indicators(indicator):
    ways = [(level, *way) for level, own in GROWTH_OF.items() for way in own.values()]
    ways = [way for way in ways if indicator in way]
    return list(dict.fromkeys([indicator, *(name for way in ways for name in way)]))


PARTS = re.split("^## ", (GOLDEN / "pictures-en.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]
PICTURES = {
    name: body
    for name, _, body in (part.partition("\n") for part in PARTS)
    if not name.startswith((*NO_NUMBERS, *VERDICTS))
}
"""Text of the recorded data of a picture by its name."""


@cache
def picture(name):
    types = {"area": str, "source": str, "vintage": str}
    return pd.read_csv(io.StringIO(PICTURES[name]), dtype=types).astype(object)


@pytest.fixture(scope="module")
def tracer():
    return Tracer(load_plan())


def subject(name, tracer):
    """Indicator of a picture, and the area of rows that name none."""
    targets, name = tracer.plan.targets.set_index("target"), name.removeprefix("gaps-")
    target = max((one for one in targets.index if name.startswith(one)), key=len, default=None)
    code = re.search(r"\d{6}", name)
    if target:
        clause = targets.loc[target]
        return clause["indicator"], code[0] if code else clause["area"], clause
    named = [one for one in tracer.indicators.index if name.endswith(f"-{one}")]
    if name.startswith(("growth-", "indexed-")):
        named = ["gdp_growth_real"]
    return max(named, key=len, default="gdp"), code[0] if code else "", None


def ways(name, row, tracer, column="value"):
    """Every value that a number of a row may have."""
    indicator, own, target = subject(name, tracer)
    is_named = isinstance(row.get("area"), str)
    area = row["area"] if is_named else own
    if name.startswith("indexed-growth-"):
        years = range(picture(name)["year"].min() + 1, row["year"] + 1)
        return tracer.chained(area, indicator, years, 100.0)
    if name.startswith("heat-map-") and column == "change":
        if row["change_unit"] == "%":
            return tracer.growth(area, row["indicator"], row["year"])
        return tracer.differences(area, row["indicator"], row["year"] - 1, row["year"])
    if row.get("role") == "gap":
        pairs = [tracer.rates(one, row["indicator"], row["year"]) for one in (area, target["benchmark"])]
        return [(one - other, [*s, *t]) for (one, s), (other, t) in itertools.product(*pairs)]
    if row.get("role") == "mean":
        return tracer.means(area, row["indicator"], int(row["first_year"]), row["year"])
    if row.get("role") == "former":
        growth = tracer.rates(area, REAL_GROWTH[row["indicator"]], row["year"])
        pairs = itertools.product(tracer.levels(area, row["indicator"], row["year"] - 1), growth)
        return [(before * (1 + rate / 100), [*s, *t]) for (before, s), (rate, t) in pairs]
    if "last_year" in row:
        found = tracer.differences(area, indicator, row["first_year"], row["last_year"])
        if name.startswith("contributions-"):
            return found
        pairs = itertools.product(found, tracer.levels(area, indicator, row["first_year"]))
        return [(step / before * 100, [*s, *t]) for (step, s), (before, t) in pairs]
    if target is not None and ("name" in row or name.startswith("gaps-")):  # growth of an area of the target
        areas = [area] if is_named else [target["area"], target["benchmark"]]
        return [one for own in filter(None, areas) for one in tracer.rates(own, indicator, row["year"])]
    return tracer.levels(area, row.get("indicator", indicator), row["year"])


@pytest.mark.parametrize("name", PICTURES)
def test_every_number_behind_a_picture_is_a_figure_or_a_formula_over_figures_it_names(tracer, name):
    frame = picture(name)
    if "role" in frame:  # paths, targets and bounds are looked at below
        frame = frame[frame["role"].isin(["actual", "benchmark", "member", "former", "gap", "mean"])]
    if name.startswith("gaps-"):
        tracer = Tracer(tracer.plan, derived=True)
    columns = [column for column in ("value", "change") if column in frame]
    listed = {word for cell in frame["source"].dropna() for word in cell.split()}
    for row, column in itertools.product(frame.to_dict("records"), columns):
        if pd.isna(row[column]):
            continue
        found = [sources for value, sources in ways(name, row, tracer, column) if same(value, row[column])]
        assert found, f"{row} goes back to no observation"
        assert any(all(one & listed for one in sources) for sources in found), f"{row} lacks a source"
    assert listed <= {*load_sources()["source"], *tracer.plan.sources["source"]}


def test_the_pictures_hold_as_many_numbers_as_were_traced():
    assert sum(len(picture(name)) for name in PICTURES) > 4000


def test_a_falsified_number_is_found(tracer):
    names = "map-west-gdp contributions-west-gdp change-west-gdp growth-210100 indexed-growth-west"
    for name in [*names.split(), "gaps-west-gdp", "west-gdp", "heat-map-west"]:
        frame = picture(name)
        column = "change" if "change" in frame else "value"
        row = frame[frame[column].notna()].iloc[-1].to_dict()
        values = [value for value, _ in ways(name, row, tracer, column)]
        assert any(same(value, row[column]) for value in values)
        assert not any(same(value, row[column] * 1.1) for value in values)


ORIGIN = ["area", "indicator", "year", "unit", "grade", "status", "vintage", "source"]


@pytest.fixture(scope="module")
def published():
    """Every figure with all that tells its origin."""
    rows = pd.concat([load_observations(plan=load_plan()), load_derived()])
    rows = rows.assign(vintage=rows["vintage"].replace("", "undated"))
    return set(rows[[*ORIGIN, "value"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("name", [one for one in PICTURES if re.match(r".*\bvalue\b", PICTURES[one])])
def test_every_number_tells_the_origin_of_the_figure_that_it_is(tracer, published, name):
    frame = picture(name)
    rows = frame[frame["value"].notna() & frame["source"].notna()]
    for row in rows.to_dict("records"):
        role, known = row.get("role"), [row.get(one) for one in ORIGIN]
        if role == "projection":
            continue
        assert not any(pd.isna(one) for one in known[3:]), row
        assert row["unit"] in ({"pp"} if role == "gap" else {*tracer.indicators["unit"], "index"}), row
        if role == "target":
            assert any(same(row["value"], one) for one in load_plan(row["plan"]).targets["value"]), row
        elif role == "required":
            path = frame.loc[frame["role"] == "required", ["year", "value"]].to_numpy()
            starts = tracer.levels(row["area"], row["indicator"], path[0][0])
            assert any(same(path[0][1], value) for value, _ in starts), row
            assert path[0][1] <= row["value"] <= path[-1][1], row
        elif row["status"] != "computed" and pd.isna(row.get("first_year")):
            assert (*known, row["value"]) in published, row


@pytest.mark.parametrize("name", [name for name in PICTURES if name.startswith("change-")])
def test_both_ends_of_a_change_are_figures(tracer, name):
    for row in picture(name).to_dict("records"):
        for column, year in (("before", "first_year"), ("after", "last_year")):
            found = tracer.levels(row["area"], subject(name, tracer)[0], row[year])
            assert pd.isna(row[column]) or any(same(value, row[column]) for value, _ in found), row
