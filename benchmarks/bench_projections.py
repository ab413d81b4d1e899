"""How trend and last growth would have forecast each next year: the table in docs/verdicts.md.

On the series of all cities and the province, each segment by itself; growth rates are chained to an index first.
"""

import pandas as pd

from lnregions.assess import back_test
from lnregions.series import Tables, chain_index
from lnregions.series.series import series_of
from lnregions.tables import load_areas, load_breaks, load_indicators, load_observations

INDICATORS = (
    "gdp", "gdp_growth_real", "population", "urbanisation_rate", "va_secondary", "va_tertiary", "fdi_usd",
)  # fmt: skip


def segments(frame, measure):
    """Unbroken segments of a series; of rates, the index of each run of years without a hole."""
    if measure != "growth":
        return [own for _, own in frame.groupby("segment")]
    runs = frame.groupby((frame["year"].diff() != 1).cumsum())
    return [chain_index(own.set_index("year")["value"]).rename(columns={"index": "value"}) for _, own in runs]


def mean_error(test, name):
    """Mean absolute percentage error."""
    return test[f"{name}_error"].abs().mean()


def main(as_of="2026-06-30"):
    """Print a row an indicator: segments and years tested, and the mean absolute errors in %."""
    tables = Tables(load_observations(as_of=as_of), load_indicators(), load_areas(), load_breaks())
    areas = tables.areas.loc[tables.areas["level"].isin(["province", "city"]), "area"]
    rows = []
    for indicator in INDICATORS:
        measure = tables.indicator(indicator)["measure"]
        series = (series_of(tables, area, indicator=indicator).frame for area in areas)
        tests = [
            back_test(own.set_index("year")["value"].to_dict(), measure=measure)
            for frame in series
            for own in segments(frame, measure)
        ]
        tests = [test for test in tests if len(test)]
        years = pd.concat(tests)
        means = {name: mean_error(years, name) for name in ("trend", "naive")}
        wins = sum(mean_error(test, "naive") <= mean_error(test, "trend") for test in tests)
        own = {"indicator": indicator, "segments": len(tests), "years": len(years)}
        rows.append(own | means | {"won by last growth": wins})
    print(pd.DataFrame(rows).round(1).to_string(index=False))


if __name__ == "__main__":
    main()
