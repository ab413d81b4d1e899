"""Numbers written on charts are those of their bundle, numbers of bundles have a unit, those of tables are published.

``tests/data_checks/test_traces.py`` traces the numbers of the bundles themselves.
"""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from figures.drawn_once import DATE, PLAN, drawn

import lnregions as ln
from lnregions.figures import PLAN_KINDS, REGION_KINDS
from lnregions.formats import data_csv

CODEBOOK, OBSERVED = ln.load_indicators().set_index("indicator"), ln.load_observations()
WRITTEN = re.compile(r"(?<![\d.,])[+−]?\d[\d,]*(?:\.\d+|(?=%| pp| [bm]illion))")
LABELS = ("_end", "_value", "_baseline", "_gap", "_target", "_reached", "_last")


@pytest.fixture(scope="module")
def pictures():
    once = ["membership", "verdict-map", "dual-core", "timeline"]
    once_of_region = ["location", "target-sheet", "targets", "gaps", "heat-map", "indexed-growth", "coverage"]
    found = [drawn(kind.replace("-", "_")) for kind in once]
    found += [drawn(kind.replace("-", "_"), "circle") for kind in once_of_region]
    own = {"as_of": DATE, "language": "en", "width": "double"}
    found += [draw(PLAN, **own) for kind, draw in PLAN_KINDS.items() if kind not in once]
    found += [
        draw(PLAN, "circle", **own) for kind, draw in REGION_KINDS.items() if kind not in once_of_region
    ]
    found += [drawn("targets", "belt"), drawn("city_growth", "210900"), drawn("ranks", "210200")]
    found += [drawn("dots", "210900", "gdp_growth_real"), drawn("series", "210600", "population")]
    return list(itertools.chain(*(one if isinstance(one, list) else [one] for one in found)))


def near(value, candidates, share=1e-6):
    return any(abs(value - one) <= share * max(1, abs(value)) for one in candidates)


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
        total = (exact * picture.data["factor"]).sum()
        if "change" in picture.data:
            sums += [*picture.data["change"].dropna().round(1)]
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
    table = pd.concat([ln.show_members(PLAN, region).frame for region in PLAN.regions["region"]])
    for row in table.sort_values(["Member", "Indicator"]).sample(30, random_state=14).to_dict("records"):
        code, number = codes[row["Indicator"]], parsed(WRITTEN.search(row["Value"])[0])
        key = (
            OBSERVED[["area", "indicator", "year"]] == [places[row["Member"]], code, int(row["Year"])]
        ).all(axis=1)
        values = OBSERVED.loc[key, "value"]
        assert near(number, [value * factors[CODEBOOK["unit"][code]] for value in values], 0.005), row
        assert row["Grade"], row
        assert row["Source"], row
