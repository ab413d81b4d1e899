"""Search over areas, indicators and targets, and data for scripts that no text in it can break out of."""

import json

from markupsafe import Markup


def script_json(content: object) -> Markup:
    r"""JSON that is safe inside a ``script`` element: no tag, comment or line separator survives in it.

    Examples
    --------
    >>> print(script_json({"name": "</script><!--"}))
    {"name":"\u003c/script\u003e\u003c!--"}
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


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
