"""The catalogue of what readers see: English stands in the code, Chinese in ``zh.po`` beside this file."""

from functools import cache
from pathlib import Path

from lnregions.errors import LANGUAGES as LANGUAGES
from lnregions.errors import check_language


def tr(message: str, language: str, *, context: str = "", **values: object) -> str:
    """Return a message in one language, with its ``{names}`` filled in.

    Parameters
    ----------
    message : str
        The English text, a literal, so that the catalogue can be held against the code.
    language : {"en", "zh"}
        Language of the text.
    context : str
        Tells apart two uses of the same English that differ in Chinese (``msgctxt``).
    **values
        What is filled in.

    Raises
    ------
    DataError
        If the language is neither of the two.
    KeyError
        If the catalogue has no Chinese for the message.

    Examples
    --------
    >>> tr("no data", "en"), tr("no data", "zh")
    ('no data', '暂无数据')
    """
    check_language(language)
    text = message if language == "en" else _chinese(message, context)
    if "area" in values and "indicator" in values:
        own = values["indicator"] = indicator_of(str(values["area"]), str(values["indicator"]))
        text = text.replace("{area}{indicator}", own) if "国内" in own else text
    return text.format(**values) if values else text


def indicator_of(area: str, indicator: str) -> str:
    """Return the Chinese name of an indicator as it is of an area: the nation's product is called another.

    Examples
    --------
    >>> indicator_of("辽宁", "地区生产总值"), indicator_of("全国", "地区生产总值实际增长率")
    ('地区生产总值', '国内生产总值实际增长率')
    """
    return indicator.replace("地区生产总值", "国内生产总值") if area == "全国" else indicator


def trn(singular: str, plural: str, number: int, language: str, **values: object) -> str:
    """Return a message in the form for a number, which is filled in as ``{number}``.

    Examples
    --------
    >>> trn(" ({number} row)", " ({number} rows)", 3, "en"), trn(" ({number} row)", " ({number} rows)", 3, "zh")
    (' (3 rows)', '（3行）')
    """
    check_language(language)
    text = (singular if number == 1 else plural) if language == "en" else _chinese(singular, "")
    return text.format(number=number, **values)


def _chinese(message: str, context: str) -> str:
    key = f"{context}\x04{message}" if context else message
    catalogue = chinese_messages()
    if key not in catalogue:
        place = f" in context {context!r}" if context else ""
        raise KeyError(f"no Chinese in zh.po for {message!r}{place}")
    return catalogue[key]


@cache
def chinese_messages() -> dict[str, str]:
    """Return the Chinese of each message; of one with a context, under the context, U+0004 and the message."""
    from babel.messages.pofile import read_po  # a tenth of a second, for readers of Chinese only

    with Path(__file__).with_name("zh.po").open("rb") as file:
        messages = read_po(file, locale="zh")
    found: dict[str, str] = {}
    for one in messages:
        message, text = (value if isinstance(value, str) else value[0] for value in (one.id, one.string))
        found[f"{one.context}\x04{message}" if one.context else message] = text
    found.pop("", None)
    return found
