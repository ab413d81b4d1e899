"""Tables of the pages that are made from the figures themselves: latest figures, sources, caveats."""

from lnregions.pages.site import Site, outside
from lnregions.tables import load_caveats
from lnregions.words import format_value

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
