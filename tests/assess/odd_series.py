"""Small tables of observations."""

import pandas as pd


def figure(area, indicator, year, value, **other):
    """One observation as `load_observations` gives it."""
    own = {
        "unit": "亿元",
        "vintage": "",
        "status": "unknown",
        "grade": "A",
        "source": "s032",
        "note": "",
        "default": True,
    }
    own |= {"area": area, "indicator": indicator, "year": year, "value": value}
    return own | {"known_from": pd.Timestamp(f"{year + 1}-12-31")} | other


def figures(*rows):
    return pd.DataFrame(rows)
