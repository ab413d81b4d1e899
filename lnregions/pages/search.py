"""Search over areas, indicators and targets."""


def search_entries(site, language: str) -> list[dict]:
    """What can be found: areas, indicators and targets, each with both names, its kind and its page.

    Returns
    -------
    list of dict
        ``n`` name, ``o`` name in the other language, ``k`` kind, ``c`` code, ``h`` page relative to the output.
    """
    other = "en" if language == "zh" else "zh"
    entries = []
    for _, row in site.plan.regions.iterrows():
        page = site.region_page(language, row["region"])
        entries.append(_entry(row[f"name_{language}"], row[f"name_{other}"], "region", row["region"], page))
    cities = set(site.cities)
    for _, row in site.plan.areas.iterrows():
        city = row["area"] if row["level"] == "city" else row["parent"] if row["level"] == "county" else ""
        if city in cities:
            page = site.city_page(language, city)
            entries.append(
                _entry(row[f"name_{language}"], row[f"name_{other}"], row["level"], row["area"], page)
            )
    for _, row in site.tables.indicators.iterrows():
        page = site.page(language, "indicators") + "#" + site.anchor(row["indicator"])
        entries.append(
            _entry(row[f"name_{language}"], row[f"name_{other}"], "indicator", row["indicator"], page)
        )
    for _, row in site.plan.targets.iterrows():
        page = site.target_page(language, row["target"])
        entries.append(_entry(row[f"label_{language}"], row[f"label_{other}"], "target", row["target"], page))
    return entries


def _entry(name, other, kind, code, page):
    return {"n": str(name), "o": str(other), "k": kind, "c": str(code), "h": page}
