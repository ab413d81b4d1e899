"""Texts in both languages, made of the messages of the catalogue and of numbers as printed; names of numbers."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from lnregions.words.catalogue import LANGUAGES, tr
from lnregions.words.numbers import RATE_DECIMALS, format_number, format_value, text

_NOT_FIRST = "，。、；：？！）】》”’〉」』%,.;:!?)]}"
_NOT_LAST = "（【《“‘〈「『([{"
_CHINESE = "\u2e80-\U0010ffff"
_BREAK = re.compile(
    rf"(?<![{re.escape(_NOT_LAST)}])(?=[^ {re.escape(_NOT_FIRST)}])(?:(?<=[ {_CHINESE}])|(?<=.)(?=[{_CHINESE}]))"
)
"""Where a line may end: after a space, and around Chinese characters, not beside the inside of brackets."""


class Text(NamedTuple):
    """A text in both languages."""

    en: str = ""
    zh: str = ""

    def sentence(self) -> "Text":
        """The text as the start of a sentence."""
        return Text(self.en[:1].upper() + self.en[1:], self.zh)


NO_TEXT = Text()


def text_of(key: str) -> Text:
    """A status, kind or other code in words of both languages."""
    return Text(*(text(key, language) for language in LANGUAGES))


def say(message: str, *, context: str = "", **values: object) -> Text:
    """Return a message of the catalogue in both languages; a value that is a `Text` is filled in by its language.

    Examples
    --------
    >>> say("no figure for {year}", year=2024)
    Text(en='no figure for 2024', zh='2024年暂无数据')
    """
    return Text(*(
        tr(message, language, context=context,
           **{name: one[place] if isinstance(one, Text) else one for name, one in values.items()})
        for place, language in enumerate(LANGUAGES)
    ))  # fmt: skip


def joined(texts: Iterable[Text], *, english: str = "; ", chinese: str = "；") -> Text:
    """Texts one after the other; empty ones are left out."""
    given = [text for text in texts if text.en]
    return Text(english.join(text.en for text in given), chinese.join(text.zh for text in given))


def listed(texts: Iterable[Text], *, chinese: str = "、") -> Text:
    """Texts in a row, ``and`` before the last; with semicolons, also before it, where one has a comma of its own.

    Examples
    --------
    >>> listed([Text("Anshan", "鞍山"), Text("Benxi", "本溪"), Text("Fuxin", "阜新")])
    Text(en='Anshan, Benxi and Fuxin', zh='鞍山、本溪、阜新')
    """
    texts = list(texts)
    comma = "; " if any(", " in one.en for one in texts) else ", "
    last = "; and " if comma == "; " and len(texts) > 2 else " and "
    english = comma.join(one.en for one in texts[:-1]) + last * (len(texts) > 1)
    return Text(english + "".join(one.en for one in texts[-1:]), chinese.join(one.zh for one in texts))


def with_article(name: Text) -> Text:
    """Name of an area within a sentence; an English one that ends with a common noun takes the article.

    Examples
    --------
    >>> with_article(Text("Coastal belt", "沿海经济带")).en, with_article(Text("Western Liaoning", "辽西")).en
    ('the Coastal belt', 'Western Liaoning')
    """
    last = name.en.rpartition(" ")[2]
    return Text(f"the {name.en}" if last.isascii() and last.islower() else name.en, name.zh)


def printed(value: float | None, unit: str, **options) -> Text:
    """Value with its unit in both languages, as `format_value` prints it."""
    return Text(*(format_value(value, unit, language, **options) for language in LANGUAGES))


def plain(value: float) -> Text:
    """Number without a unit, as it is written, two decimals at most."""
    return Text(*(format_number(value, language=language) for language in LANGUAGES))


def rates_text(rates: dict[int, float]) -> Text:
    """Rates by year in words."""
    parts = [say("{rate} in {year}", year=year, rate=percent(rate)) for year, rate in sorted(rates.items())]
    return joined(parts, english=", ", chinese="，")


def percent(rate: float, *, decimals: int = RATE_DECIMALS) -> Text:
    """A rate in words."""
    return printed(rate, "%", decimals=decimals)


# -- names of the numbers that a verdict uses ----

_OWN_NAMES = ("required", "gap", "change", "baseline", "horizon", "score")
QUANTITIES = {name: name for name in _OWN_NAMES} | {
    "multiple": "multiple of the baseline",
    "needed of the missing": "what the missing figures would have to be",
    "lowest possible": "lowest possible value",
    "highest possible": "highest possible value",
    "mean growth": "mean growth, % a year",
    "mean needed": "mean growth to compare with, % a year",
    "asked": "base year asked for",
    "baseline_year": "base year used",
    "latest_year": "year of the latest figure",
    "latest": "latest figure",
    "target": "value to reach",
    "direction": "direction (1 up, -1 down)",
    "cagr_observed": "growth seen, a year, as a fraction",
    "cagr_required": "growth required, a year, as a fraction",
    "projected": "value projected to the horizon",
    "ratio": "progress ratio",
}
"""Name of each number without a year, a message of the catalogue in the context ``quantity``."""
OF_YEAR = {
    "baseline": "baseline {year}",
    "value": "value {year}",
    "level": "level {year}",
    "growth": "growth {year}, %",
    "needed": "growth to compare with {year}, %",
    "real growth": "real growth {year}, %",
}
"""Name of each number of a year, such as ``value 2024``."""


def quantity_name(name: str, *, language: str = "en") -> str:
    """Name of a number of `Verdict.numbers` for readers; a name that is not in the tables as it is.

    Examples
    --------
    >>> quantity_name("growth 2023"), quantity_name("growth 2023", language="zh")
    ('growth 2023, %', '增速（2023年，%）')
    """
    if name in QUANTITIES:
        return tr(QUANTITIES[name], language, context="quantity")
    hit = re.fullmatch(r"(.+) (\d{4})", name)
    if hit and hit[1] in OF_YEAR:
        return tr(OF_YEAR[hit[1]], language, context="quantity", year=hit[2])
    return name


def lines_within(words: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Lines of `words` that measure at most `width`, broken as Chinese and English are.

    Examples
    --------
    >>> lines_within("年均4.15%；未实现", 6, len)
    ['年均', '4.15%；', '未实现']
    """
    lines: list[str] = []
    for paragraph in words.split("\n"):
        line = ""
        for piece in _BREAK.split(paragraph):
            if line and measure((line + piece).rstrip()) > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        lines.append(line.rstrip())
    return lines
