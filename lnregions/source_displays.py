"""What the notebooks show as sources and caveats of the figures they use."""

import pandas as pd

from lnregions._asked import checked
from lnregions.codebook import load_caveats, load_indicators
from lnregions.html_tables import Table, Tables
from lnregions.judgement import load_tables, members_of
from lnregions.plans import plan_of
from lnregions.table_words import HEADS, headed, source_titles

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
    return _sources(areas, observations=tables.observations, sources=tables.sources, language=language)


@checked
def show_city_sources(adcode: str, *, plan="ln-2022", as_of: str = "", language: str = "en") -> Tables:
    """Sources and caveats of a city's figures."""
    tables = load_tables(plan_of(plan), as_of=as_of)
    return _sources({adcode}, observations=tables.observations, sources=tables.sources, language=language)


# -- parts --------------------------------------------------------------------------------------------------


def _sources(areas, *, observations, sources, language):
    own = observations[observations["area"].isin(areas) & observations["default"]]
    named = own["source"].str.split()
    counts = named.explode().value_counts()
    titles, places = source_titles(sources), dict(zip(sources["source"], sources["url"], strict=True))
    dates = own.groupby(named.str[0])["vintage"].max()
    rows = [
        {
            "source": s,
            "title": titles.get(s, s),
            "date": dates.get(s, "") or "",
            "figures": str(n),
            "where": places.get(s, "") or "",
        }
        for s, n in counts.sort_index().items()
    ]
    frame = headed(pd.DataFrame(rows, columns=["source", "title", "date", "figures", "where"]), language)
    caveats = _caveats(set(own["indicator"]), areas, language)
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
    scope = caveats["area"].isin(areas | {"*", "cities", "nation", "province"})
    own = caveats[caveats["indicator"].isin(indicators | {"*"}) & scope]
    names = load_indicators().set_index("indicator")[f"name_{language}"]
    names["*"] = "全部指标" if language == "zh" else "all indicators"
    frame = pd.DataFrame(
        {"indicator": [names.get(i, i) for i in own["indicator"]], "caveat": own[f"text_{language}"]}
    )
    return headed(frame.drop_duplicates(), language)
