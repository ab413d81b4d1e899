"""What the notebooks show as sources and caveats of the figures they use."""

from collections import Counter

import pandas as pd

from lnregions.assess import load_tables, members_of
from lnregions.show.asked import checked
from lnregions.show.html_tables import Table, Tables
from lnregions.show.words import HEADS, headed, source_titles
from lnregions.tables import load_caveats, load_indicators, plan_of

UNFOLDED = 12
"""Sources up to which their table is shown open."""


@checked
def show_sources(plan, region: str = "", *, as_of: str = "", language: str = "en") -> Tables:
    """Sources and caveats of everything a plan's or a region's figures rest on."""
    regions = [region] if region else list(plan.regions["region"])
    areas = {a for r in regions for a in members_of(plan, r)} | set(regions)
    wanted = plan.targets[plan.targets["region"].isin(regions)]
    areas |= {str(b) for b in wanted["benchmark"].fillna("") if b}
    tables = load_tables(plan, as_of=as_of)
    return _sources(areas, tables, language)


@checked
def show_city_sources(adcode: str, *, plan="ln-2022", as_of: str = "", language: str = "en") -> Tables:
    """Sources and caveats of a city's figures."""
    tables = load_tables(plan_of(plan), as_of=as_of)
    return _sources({adcode}, tables, language)


# -- parts --------------------------------------------------------------------------------------------------


def _sources(areas, tables, language):
    own = [row for row in tables.observed if row.default and row.area in areas]
    counts = Counter(source for row in own for source in row.source.split())
    dates: dict[str, str] = {}
    for row in own:
        for first in row.source.split()[:1]:
            dates[first] = max(row.vintage, dates.get(first, ""))
    sources = tables.sources
    titles, places = source_titles(sources), dict(zip(sources["source"], sources["url"], strict=True))
    rows = [
        {
            "source": s,
            "title": titles.get(s, s),
            "date": dates.get(s, ""),
            "figures": str(n),
            "where": places.get(s, "") or "",
        }
        for s, n in sorted(counts.items())
    ]
    frame = headed(pd.DataFrame(rows, columns=["source", "title", "date", "figures", "where"]), language)
    caveats = _caveats({row.indicator for row in own}, areas, language)
    plain = {
        "en": "Figures carry no copyright; each source keeps its own terms.",
        "zh": "数据本身不受版权保护；各来源保留其条款。",
    }
    zh = language == "zh"
    counted = (HEADS["figures"][zh],)
    return Tables((
        Table(
            frame, "资料来源" if zh else "Sources", plain[language], counted, (), language,
            links=(HEADS["where"][zh],), folded=len(frame) > UNFOLDED,
        ),
        Table(caveats, "说明" if zh else "Caveats", "", (), (), language),
    ))  # fmt: skip


def _caveats(indicators, areas, language):
    caveats = load_caveats()
    scopes = areas | {"*", "cities", "nation", "province"}
    codebook = load_indicators()
    names = dict(zip(codebook["indicator"], codebook[f"name_{language}"], strict=True))
    names["*"] = "全部指标" if language == "zh" else "all indicators"
    own = zip(caveats["indicator"], caveats["area"], caveats[f"text_{language}"], strict=True)
    rows = [
        (names.get(one, one), words)
        for one, area, words in own
        if one in indicators | {"*"} and area in scopes
    ]
    return headed(pd.DataFrame(list(dict.fromkeys(rows)), columns=["indicator", "caveat"]), language)
