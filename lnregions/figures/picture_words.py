"""What the charts of a plan share: the years shown, and the words and sizes that go round a chart."""

from lnregions.figures.pictures import source_words

FIRST_SHOWN = 2018
"""First year that a series of levels is drawn from."""


def recent_years(frame, *, first=FIRST_SHOWN):
    """Rows from the first year shown on."""
    return frame[frame["year"] >= first].reset_index(drop=True)


def head_words(tables, indicator, area, more=("", "")):
    """Title and subtitle in both languages."""
    row = tables.indicator(indicator)
    titles = (
        f"{tables.name(area, 'en')}: {in_sentence(row['name_en'])}",
        f"{tables.name(area, 'zh')}：{row['name_zh']}",
    )
    return titles, more


def in_sentence(name: str) -> str:
    """An English name as it stands within a sentence: lower case, unless it begins with an abbreviation.

    Examples
    --------
    >>> in_sentence("Real growth"), in_sentence("GDP")
    ('real growth', 'GDP')
    """
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def common_words(tables, data, indicator, words, language, width):
    """Words that every chart takes."""
    zh = language == "zh"
    return {
        "title": words[0][zh], "subtitle": words[1][zh], "unit": tables.indicator(indicator)["unit"], "width": width,
        "source": source_words(data, tables, language=language),
    }  # fmt: skip
