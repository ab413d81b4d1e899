"""Two hundred numbers at random, from bundles and labels of every kind of picture and from tables, are traced."""

import io
import itertools
import re
from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
import pytest

import lnregions as ln
from lnregions.assess import GROWTH_OF, members_of
from lnregions.figures import PLAN_KINDS, REGION_KINDS, data_csv
from lnregions.paths import data_dir

PLAN, OPTIONS = ln.load_plan(), {"as_of": "", "language": "en", "width": "double"}
REGIONS, CODEBOOK = set(PLAN.regions["region"]), ln.load_indicators().set_index("indicator")
OBSERVED = pd.read_csv(data_dir() / "observations.csv", dtype=str, keep_default_na=False)
OBSERVED = OBSERVED.replace({"vintage": {"": "undated"}})
ORIGIN = ["area", "indicator", "year", "unit", "grade", "status", "vintage", "source"]
SOURCES = {*ln.load_sources()["source"], *PLAN.sources["source"]}
WRITTEN = re.compile(r"(?<![\d.,])[+−]?\d[\d,]*(?:\.\d+|(?=%| pp| [bm]illion))")
LABELS = ("_end", "_value", "_baseline", "_gap", "_target", "_reached", "_last")


@pytest.fixture(scope="module")
def pictures():
    found = [draw(PLAN, **OPTIONS) for draw in PLAN_KINDS.values()]
    found += [
        draw(PLAN, region, **OPTIONS) for region in ("circle", "west") for draw in REGION_KINDS.values()
    ]
    found += [ln.draw_targets(PLAN, "belt"), ln.draw_city_growth("210900"), ln.draw_ranks("210200")]
    found += [ln.draw_dots("210900", "gdp_growth_real"), ln.draw_series("210600", "population", plan=PLAN)]
    return list(itertools.chain(*(one if isinstance(one, list) else [one] for one in found)))


@cache
def releases(areas, indicator, year):
    """Values of all areas that one source has, or that have one status, in every choice among several."""
    rows = OBSERVED[(OBSERVED["indicator"] == indicator) & (OBSERVED["year"] == str(year))]
    rows = rows[rows["area"].isin(areas)].astype({"value": float})
    groups = [rows[[source in one.split() for one in rows["source"]]] for source in SOURCES]
    groups += [own for _, own in rows.groupby("status")]
    choices = [
        [own.loc[own["area"] == area, "value"].unique() for area in areas] for own in groups if len(own)
    ]
    return [one for choice in choices for one in itertools.islice(itertools.product(*choice), 200)]


@cache
def published(area, indicator, year):
    """Published values of an area; of a region the sums or weighted means of what its members published."""
    areas, row = tuple(members_of(PLAN, area)) if area in REGIONS else (area,), CODEBOOK.loc[indicator]
    figures = releases(areas, indicator, year)
    if area not in REGIONS or row["aggregation"] == "sum":
        return [sum(one) for one in figures]
    weights = releases(areas, row["weight"], year - (row["measure"] == "growth")) if row["weight"] else ()
    return [float(np.dot(x, w) / sum(w)) for x, w in itertools.product(figures, weights)]


def steps(area, indicator, first, last):
    """First and last value in all combinations, of an indicator and those whose growth it is."""
    codes = [{code, *itertools.chain(*ways.values())} for code, ways in GROWTH_OF.items()]
    names = {indicator}.union(*(own for own in codes if indicator in own))
    return [
        pair for n in names for pair in itertools.product(published(area, n, first), published(area, n, last))
    ]


def near(value, candidates, share=1e-6):
    return any(abs(value - one) <= share * max(1, abs(value)) for one in candidates)


def trace(row, rows):
    """What a number is: a published figure, a clause or a stated computation; empty for none of them."""
    value, area, code, role = float(row["value"]), row["area"], row["indicator"], row.get("role")
    year = int(row.get("year") or row["last_year"])
    if role == "target":
        return "clause" * near(value, ln.load_plan(row["plan"]).targets["value"].dropna())
    if role == "required":
        path = rows[rows["role"] == role].astype({"value": float, "year": int})
        starts = near(path["value"].iloc[0], published(area, code, path["year"].iloc[0]))
        return "required path" * int(starts and path["value"].min() <= value <= path["value"].max())
    if role == "mean":
        inside = (
            (rows["area"] == area)
            & (rows["role"] != role)
            & rows["year"].between(row["first_year"], row["year"])
        )
        factors, count = 1 + rows[inside]["value"].astype(float) / 100, year - int(row["first_year"]) + 1
        levels = [pair for pair in steps(area, code, int(row["first_year"]) - 1, year) if min(pair) > 0]
        means = [100 * ((b / a) ** (1 / count) - 1) for a, b in levels]
        return "geometric mean" * near(
            value, [*means, 100 * (factors.prod() ** (1 / max(len(factors), 1)) - 1)]
        )
    if role == "former":
        levels, rates = published(area, code, year - 1), published(area, f"{code}_growth_real", year)
        return "level carried on" * near(
            value, (a * (1 + b / 100) for a, b in itertools.product(levels, rates))
        )
    if role == "gap":
        own = rows[(rows["year"] == row["year"]) & rows["role"].isin(["actual", "benchmark"])].set_index(
            "role"
        )["value"]
        return "gap" * near(value, [float(own["actual"]) - float(own["benchmark"])])
    if row["unit"] == "index":
        rates = [published(area, code, one) for one in range(int(row["base_year"]) + 1, year + 1)]
        return "index" * near(
            value, (100 * np.prod(1 + np.array(one) / 100) for one in itertools.product(*rates))
        )
    if row.get("first_year"):
        return "difference" * near(value, (b - a for a, b in steps(area, code, int(row["first_year"]), year)))
    if row["status"] != "computed":
        own = OBSERVED[(OBSERVED[ORIGIN] == [row[name] for name in ORIGIN]).all(axis=1)]
        return "published figure" * near(value, own["value"].astype(float))
    if near(value, published(area, code, year)):
        return "total or mean of members" if area in REGIONS else "published figure of a verdict"
    return "growth of levels" * near(
        value, [(b / a - 1) * 100 for a, b in steps(area, code, year - 1, year) if a]
    )


def numbers_of(picture):
    """Rows of a bundle's CSV, one a number, each with the whole table."""
    rows = pd.read_csv(io.StringIO(data_csv(picture.data)), dtype=str, keep_default_na=False)
    if "before" in rows:
        years, code = (("before", "first_year"), ("after", "last_year")), picture.parameters["indicator"]
        ends = [rows.assign(value=rows[n], year=rows[y], first_year="", indicator=code) for n, y in years]
        rows = pd.concat(ends)
    elif "actual" in rows and "as_of" in rows:
        rows = rows.assign(
            value=rows["actual"], year=rows["actual_year"], status="computed", vintage=rows["as_of"]
        )
        rows = rows[~rows["kind"].str.contains("growth")]
    elif "value" not in rows:
        return []
    taken = (rows["value"] != "") & (rows["source"] != "") & (rows.get("role", "") != "projection")
    return [(row, rows) for row in rows[taken].to_dict("records")]


def test_numbers_of_bundles_are_traced_and_carry_all_that_tells_their_origin(pictures):
    found, kinds = list(itertools.chain(*map(numbers_of, pictures))), Counter()
    for place in np.random.default_rng(14).permutation(len(found))[:140]:
        row, kind = found[place][0], trace(*found[place])
        assert kind, row
        assert all(row[name] for name in ("unit", "grade", "status", "vintage", "source")), row
        assert row["unit"] in {*CODEBOOK["unit"], "index", "pp"}, row
        assert set(row["source"].split()) <= SOURCES, row
        kinds[kind] += 1
    print("numbers of bundles by what they are:", dict(kinds))
    assert len(kinds) > 5


def test_every_number_of_a_bundle_has_its_unit_and_no_digits_of_binary_fractions(pictures):
    without = r"(first_|last_|base_|actual_|baseline_)?year|mean_from|horizon|reached_in|segment|factor"
    of_unit = {"value", "low", "high", "before", "after", "baseline", "required", "actual"}
    for picture in (one for one in pictures if len(one.data)):
        numbers = picture.data.dropna(axis=1, how="all").select_dtypes("number")
        names = {name for name in numbers if not re.fullmatch(without, name)}
        assert {"unit" if name in of_unit else f"{name}_unit" for name in names} <= set(picture.data), (
            picture.name
        )
        assert not re.search(r"\.\d*(0{6}|9{6})\d", data_csv(picture.data)), picture.name


def test_numbers_written_on_charts_are_those_of_their_bundle(pictures):
    charts = [(p, text) for p in pictures if "drawn" in p.data for text in p.figure.findobj(is_label)]
    written = [(picture, hit) for picture, text in charts for hit in WRITTEN.findall(text.get_text())]
    for place in np.random.default_rng(14).permutation(len(written))[:30]:
        picture, number = written[place]
        drawn, exact = (picture.data[name].dropna() for name in ("drawn", "value"))
        sums = [*drawn, *np.subtract.outer(drawn.to_numpy(), drawn.to_numpy()).ravel()]
        sums += picture.data["change"].round(1).tolist() if picture.name.startswith("heat-map") else []
        total = (exact * picture.data["factor"]).sum()
        assert near(parsed(number), sums) or abs(parsed(number) - total) < 0.01, (picture.name, number)
    print("numbers on charts:", len(written), "of which 30 traced")


def is_label(artist):
    return hasattr(artist, "get_text") and artist.get_label() in LABELS


def parsed(number):
    return float(number.replace(",", "").replace("−", "-"))


def test_numbers_of_the_tables_are_published_figures():
    codes = {name: code for code, name in CODEBOOK["name_en"].items()}
    places = dict(ln.load_areas()[["short_en", "area"]].itertuples(index=False))
    factors = ln.load_units().set_index("unit")["factor_en"]
    table = pd.concat([ln.show_members(PLAN, region).frame for region in REGIONS])
    for row in table.sort_values(["Member", "Indicator"]).sample(30, random_state=14).to_dict("records"):
        code, number = codes[row["Indicator"]], parsed(WRITTEN.search(row["Value"])[0])
        values = published(places[row["Member"]], code, int(row["Year"]))
        assert near(number, [value * factors[CODEBOOK["unit"][code]] for value in values], 0.005), row
        assert row["Grade"], row
        assert row["Source"], row
