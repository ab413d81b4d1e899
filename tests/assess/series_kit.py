"""Small series, clauses and tables of observations, to be judged."""

import pandas as pd

from lnregions import load_observations, load_plan
from lnregions.assess import Case, Clause, judge_case, load_tables
from lnregions.series import Figures
from lnregions.series.figures import FigureRow

PERCENT = {"measure": "growth", "unit": "%"}
PLAN = load_plan()
ROWS = PLAN.targets.set_index("target", drop=False)
TABLES = load_tables(PLAN, as_of="2026-06-30", observations=load_observations().iloc[:0])


def figure(area, indicator, year, value, **other):
    """One observation as `load_observations` gives it."""
    own = {"area": area, "indicator": indicator, "year": year, "value": value, "unit": "亿元", "vintage": "",
           "status": "unknown", "grade": "A", "source": "s032", "note": "", "default": True}  # fmt: skip
    return own | {"known_from": pd.Timestamp(f"{year + 1}-12-31")} | other


def table(*rows):
    return pd.DataFrame(rows)


def series(values, *, breaks=(), grades=None, source=""):
    """Figures from {year: value}; `breaks` are first years of a new segment."""
    rows = tuple(
        FigureRow(y, float(v), sum(y >= b for b in breaks), (grades or {}).get(y, "A"), "", source or f"s{y}")
        for y, v in sorted(values.items())
    )
    return Figures(rows)


def clause(kind="level", value=10000.0, comparator=">=", **other):
    """A clause of 2022 to 2024 on gross domestic product."""
    own = {"target": "t", "region": "circle", "area": "210100", "indicator": "gdp", "unit": "亿元", "horizon": 2024,
           "first_year": 2022, "baseline_year": 2021}  # fmt: skip
    return Clause(kind=kind, value=value, comparator=comparator, **own | other)


def case_of(asked, own, *, closed=True, benchmark=None, rule=""):
    """A case of a clause by figures given, with tables that have none."""
    row = ROWS.loc["belt-trade" if "relative" in asked.kind else "circle-shenyang-gdp"]
    made_from = {"plan": PLAN, "row": row, "tables": TABLES, "indicators": (asked.indicator,)}
    return Case(asked, own, benchmark=benchmark, closed=closed, rule=rule, **made_from)


def judged(asked, own, **given):
    return judge_case(case_of(asked, own, **given))
