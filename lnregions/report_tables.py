"""Tables of the pages that are made from the figures themselves: latest figures, sources, caveats, calculations."""

import pandas as pd

from lnregions._words import format_number, format_value, to_unit, unit_label
from lnregions.codebook import load_caveats
from lnregions.report_site import Site, outside
from lnregions.verdicts import Verdict

_RATES = ("growth", "real growth", "mean growth", "needed", "mean needed", "benchmark")
_EVERYWHERE = {"*", "cities", "nation", "province"}


def latest_figures(site: Site, areas: list[str], language: str) -> list[dict]:
    """Latest figure of each area and indicator, in the order of the codebook and of the areas.

    Returns
    -------
    list of dict
        ``area indicator name year value grade sources``; the value with its unit in the language's habit.
    """
    known = site.known[site.known["area"].isin(areas)]
    last = known.sort_values("year", kind="stable").drop_duplicates(["area", "indicator"], keep="last")
    rank = {area: i for i, area in enumerate(areas)}
    own: dict[str, list] = {}
    for row in last.itertuples():
        own.setdefault(row.indicator, []).append(row)
    rows = []
    for _, one in site.tables.indicators.iterrows():
        for row in sorted(own.get(one["indicator"], []), key=lambda r: rank[r.area]):
            rows.append({
                "area": row.area, "indicator": one["indicator"], "name": one[f"name_{language}"],
                "year": int(row.year), "value": format_value(row.value, one["unit"], language),
                "grade": row.grade, "sources": row.source,
            })  # fmt: skip
    return rows


def area_sources(site: Site, areas: list[str]) -> list[dict]:
    """Sources that the figures of some areas rest on, by id: the source's row with ``figures`` and ``link``."""
    own = site.known[site.known["area"].isin(areas)]
    counts = own["source"].str.split().explode().value_counts()
    rows = [site.sources[s] | {"figures": int(counts[s])} for s in sorted(counts.index) if s in site.sources]
    return [row | {"link": outside(row.get("url"))} for row in rows]


def area_caveats(site: Site, areas: list[str], language: str) -> list[tuple[str, str]]:
    """What to know before using the figures of some areas: indicator and text."""
    caveats = load_caveats()
    held = set(site.known.loc[site.known["area"].isin(areas), "indicator"]) | {"*"}
    scope = caveats["area"].str.split().map(lambda named: bool(set(named) & (_EVERYWHERE | set(areas))))
    own = caveats[caveats["indicator"].isin(held) & scope]
    names = site.tables.indicators.set_index("indicator")[f"name_{language}"]
    rows = [(names.get(r.indicator, ""), getattr(r, f"text_{language}")) for r in own.itertuples()]
    return list(dict.fromkeys(rows))


def calculation(verdict: Verdict, language: str) -> list[tuple[str, str]]:
    """Every number that a verdict used: its name and the number with its unit."""
    table = verdict.calculation(language=language)
    keys = [name for name, value in verdict.numbers.items() if value is not None]
    return [
        (str(name), _number(key, value, verdict.unit, language))
        for key, (name, value) in zip(keys, table.itertuples(index=False), strict=True)
    ]


def _number(key, value, unit, language):
    if value is None or pd.isna(value):
        return ""
    kind = key.rstrip("0123456789 ")
    unit = (
        "%"
        if kind in _RATES
        else ""
        if kind == "multiple"
        else "pp"
        if kind == "gap" and unit == "%"
        else unit
    )
    shown = float(to_unit(float(value), unit, language))
    number = format_number(shown, language=language, decimals=3, sign=kind == "gap")
    number = number.rstrip("0").rstrip(".") if "." in number else number
    label = unit_label(unit, language)
    return f"{number}{'' if language == 'zh' or label == '%' or not label else ' '}{label}"
