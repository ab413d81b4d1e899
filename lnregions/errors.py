"""Errors that name the place and the remedy, in both languages, and the warning of what was untidy.

Every fault that a reader can find has a code; its words stand in one catalogue, English and Chinese side
by side. Modules that find faults of their own add their codes with :func:`add_messages`, next to their use.
"""

import difflib
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from lnregions.paths import root
from lnregions.words.values import is_plain_number, narrow, parse_number, parse_year

__all__ = [
    "DataError", "Fault", "TidiedWarning", "add_messages", "check_language", "home", "is_plain_number", "narrow",
    "parse_number", "parse_year", "quote", "refuse", "refuse_any", "say_tidied", "shown_path", "unknown",
    "unknown_fault",
]  # fmt: skip

LANGUAGES = ("en", "zh")
SHOWN = 10
"""How many faults a report spells out; the rest are counted."""
_LONGEST_VALUE = 60
_MOST_CHOICES = 15

#: code -> language -> (what is wrong, what to do). {words}: the fault's column, value, extra.
MESSAGES: dict[str, dict[str, tuple[str, str]]] = {
    "plain": {"en": ("{text}", ""), "zh": ("{text_zh}", "")},
    "unknown": {
        "en": ("unknown {kind} {value}", "Choose one of {choices}{guess}"),
        "zh": ("未知的{kind_zh} {value}", "请从 {choices} 中选择{guess_zh}"),
    },
    "empty list": {
        "en": ("unknown {kind} {value}", "There is none to choose from"),
        "zh": ("未知的{kind_zh} {value}", "目前没有可选项"),
    },
    "language": {
        "en": ("unknown language {value}", "Choose en or zh"),
        "zh": ("未知的语言 {value}", "请选择 en 或 zh"),
    },
}

_KINDS_ZH = {
    "area": "地区", "city": "城市", "region": "区域", "indicator": "指标", "unit": "单位", "source": "来源",
    "plan": "规划", "target": "目标", "column": "列", "level": "级别", "method": "方法", "language": "语言",
    "comparator": "比较符", "kind": "类型", "status": "状态", "grade": "等级", "parameter": "参数",
    "key": "键", "notebook": "笔记本", "shape": "路径形状", "strength": "力度", "format": "格式",
    "table": "数据表",
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, where it is and what it reads.

    Attributes
    ----------
    code : str
        Key of the message in the catalogue.
    path : str
        File, as shown to the reader; empty for a fault of an argument.
    line : int or None
        Line of the file, counted from 1 (the header is line 1).
    column : str
        Column, key or argument.
    value : object
        What stands there.
    extra : dict
        Further words of the message.

    Examples
    --------
    >>> Fault("plain", "towns.csv", 3, extra={"text": "The row is empty."}).message()
    'towns.csv line 3: The row is empty.'
    """

    code: str
    path: str = ""
    line: int | None = None
    column: str = ""
    value: object = None
    extra: dict = field(default_factory=dict, hash=False)

    def message(self, language: str = "en") -> str:
        """Place, what is wrong and the remedy, as two sentences."""
        words = {"column": self.column, "value": quote(self.value), **self.extra}
        if "among" in words:
            words |= _guesses(self.value, words["among"])
        words.setdefault("text_zh", words.get("text", ""))
        what, remedy = (_fill(part, words) for part in MESSAGES[self.code][language])
        place = _place(self.path, self.line, language)
        if not place and language == "en" and self.code != "plain":  # which may start with a path
            what = what[:1].upper() + what[1:]
        if language == "en":
            whole = " ".join(part for part in (place, _stop(what, "."), _stop(remedy, ".")) if part)
        else:
            whole = place + _stop(what, "。") + _stop(remedy, "。")
        return _UNSEEN.sub(lambda hit: repr(hit[0])[1:-1], whole)


class DataError(ValueError):
    """What was given is wrong; the text says what, where, and what to do.

    Parameters
    ----------
    faults : list of Fault or str
        The faults, or one ready English text.
    zh : str, optional
        The Chinese of a ready text.

    Attributes
    ----------
    faults : list of Fault
        All of them, also those that the text only counts.

    Examples
    --------
    >>> print(DataError("Year 1 is too early. Give 1949 or later.", zh="年份过早。"))
    Year 1 is too early. Give 1949 or later.
    """

    def __init__(self, faults: Iterable[Fault] | str, *, zh: str = ""):
        if isinstance(faults, str):
            faults = [Fault("plain", extra={"text": faults, "text_zh": zh or faults})]
        self.faults = list(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return self.report()

    def report(self, language: str = "en") -> str:
        """All faults, one a line, at most ten spelt out and the rest counted."""
        check_language(language)
        lines = [fault.message(language) for fault in self.faults[:SHOWN]]
        more = len(self.faults) - SHOWN
        if more > 0:
            plural = "fault" if more == 1 else "faults"
            lines.append(f"And {more} more {plural}." if language == "en" else f"另有 {more} 处问题。")
        return "\n".join(lines)


class TidiedWarning(UserWarning):
    """A file of one's own was untidy and was read all the same; the text says how, and no figure is changed by it.

    The same sentences stand in ``attrs["tidied"]`` (English) and ``attrs["tidied_zh"]`` (Chinese) of the frame.

    Examples
    --------
    >>> print(TidiedWarning("a byte order mark was left out", "已略去字节顺序标记").report("zh"))
    已略去字节顺序标记
    """

    def __str__(self) -> str:
        return self.report()

    def report(self, language: str = "en") -> str:
        """What was untidy, one sentence a line."""
        return str(self.args[-1 if language == "zh" else 0])


_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Signs that nobody sees, or that a terminal obeys."""
_SAID: set[str] = set()


def say_tidied(sentences: Iterable[tuple[str, str]]) -> None:
    """Warn once of what was untidy about a file of one's own; nothing is warned of twice in a process."""
    sentences = list(dict.fromkeys(sentences))
    texts = [
        "\n".join(
            [_UNSEEN.sub("?", pair[n]) for pair in sentences[:SHOWN]] + ["..."] * (len(sentences) > SHOWN)
        )
        for n in (0, 1)
    ]
    if sentences and texts[0] not in _SAID:
        _SAID.add(texts[0])
        warnings.warn(TidiedWarning(*texts), stacklevel=3)


def forget_tidied() -> None:
    """Take everything that was untidy as not said yet."""
    _SAID.clear()


def refuse(faults: Iterable[Fault]) -> NoReturn:
    """Raise one :class:`DataError` with all the faults given."""
    raise DataError(faults)


def refuse_any(faults: Iterable[Fault]) -> None:
    """Raise one :class:`DataError` if there is any fault, else do nothing."""
    faults = list(faults)
    if faults:
        raise DataError(faults)


def unknown_fault(
    kind: str,
    given: object,
    choices: Iterable[str],
    *,
    path: str = "",
    line: int | None = None,
    column: str = "",
) -> Fault:
    """Fault for a name that is none of the choices, with the likeliest one meant."""
    choices = [str(choice) for choice in choices]
    listed = ", ".join(choices[:_MOST_CHOICES])
    if len(choices) > _MOST_CHOICES:
        listed += f", ... ({len(choices)})"
    extra = {
        "kind": kind,
        "kind_zh": _KINDS_ZH.get(kind, kind),
        "choices": listed,
        "among": tuple(choices),
    }
    return Fault("unknown" if choices else "empty list", path, line, column, given, extra)


def _guesses(given: object, choices: tuple[str, ...]) -> dict[str, str]:
    """Words that name the likeliest one meant; looked for only when they are shown, as that takes time."""
    guess = difflib.get_close_matches(str(given)[:200], choices, n=1, cutoff=0.6)
    if not guess:
        return {"guess": "", "guess_zh": ""}
    return {"guess": f" (did you mean {guess[0]}?)", "guess_zh": f"（是否指 {guess[0]}？）"}


def unknown(kind: str, given: object, choices: Iterable[str]) -> DataError:
    """Return the error for a name that is none of the choices, to be raised.

    Examples
    --------
    >>> print(unknown("region", "cirkle", ["belt", "circle", "east", "west"]))
    Unknown region 'cirkle'. Choose one of belt, circle, east, west (did you mean circle?).
    """
    return DataError([unknown_fault(kind, given, choices)])


def add_messages(messages: Mapping[str, Mapping[str, tuple[str, str]]]) -> None:
    """Add a module's own messages to the catalogue; a code may stand there once only."""
    for code, texts in messages.items():
        present = MESSAGES.setdefault(code, dict(texts))
        if present != dict(texts) or set(present) != set(LANGUAGES):
            raise AssertionError(f"message {code!r} is given twice or not in both languages")


def check_language(language: str) -> None:
    """Refuse a language other than ``en`` and ``zh``."""
    if language not in LANGUAGES:
        raise DataError([Fault("language", value=language)])


def shown_path(path: Path | str) -> str:
    """Path as a reader knows it: below the project's folder when it lies there, else as given."""
    path = Path(path)
    try:
        return path.resolve().relative_to(root().resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):  # a path elsewhere, or links in a circle
        return path.as_posix()


def home(path: Path | str) -> Path:
    """Path with ``~`` made the user's own folder, as geopandas and pandas read it."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # there is no such user
        return Path(path)


def quote(value: object) -> str:
    """Value in quotes, control characters spelt out, cut when long."""
    text = value if isinstance(value, str) else str(value)
    text = text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."
    return repr(text) if isinstance(value, str) else text


def _place(path: str, line: int | None, language: str) -> str:
    if not path:
        return ""
    if line is None:
        return f"{path}:" if language == "en" else f"{path}："
    return f"{path} line {line}:" if language == "en" else f"{path} 第 {line} 行："


def _stop(text: str, stop: str) -> str:
    return text if not text or text[-1] in ".。?!？！" else text + stop


def _fill(template: str, words: Mapping[str, object]) -> str:
    return re.sub(r"\{(\w+)\}", lambda hit: str(words.get(hit[1], hit[0])), template)
