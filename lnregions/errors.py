"""Errors that name the place and the remedy, and the warning of what was read although it was unusual."""

import difflib
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from lnregions.paths import root
from lnregions.words import is_plain_number, narrow, parse_number, parse_year

__all__ = [
    "DataError",
    "Fault",
    "InputWarning",
    "add_messages",
    "check_language",
    "fault",
    "forget_warnings",
    "home",
    "is_plain_number",
    "narrow",
    "parse_number",
    "parse_year",
    "quote",
    "refuse",
    "refuse_any",
    "shown_path",
    "unknown",
    "unknown_fault",
    "warn_input",
]  # fmt: skip

LANGUAGES = ("en", "zh")
SHOWN = 10
"""How many faults a report spells out; the rest are counted."""
_LONGEST_VALUE = 60
_MOST_CHOICES = 15

#: code -> (what is wrong, what to do). {words}: the fault's column, value, extra.
MESSAGES: dict[str, tuple[str, str]] = {
    "plain": ("{text}", ""),
    "unknown": ("unknown {kind} {value}", "Choose one of {choices}{guess}"),
    "empty list": ("unknown {kind} {value}", "There is none to choose from"),
    "language": ("unknown language {value}", "Choose en or zh"),
}


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

    def message(self) -> str:
        """Place, what is wrong and the remedy, as two sentences."""
        words = {"column": self.column, "value": quote(self.value), **self.extra}
        if "among" in words:
            words["guess"] = _guess(self.value, words["among"])
        what, remedy = (_fill(part, words) for part in MESSAGES[self.code])
        place = _place(self.path, self.line)
        if not place and self.code != "plain":  # which may start with a path
            what = what[:1].upper() + what[1:]
        whole = " ".join(part for part in (place, _stop(what), _stop(remedy)) if part)
        return _UNSEEN.sub(lambda hit: repr(hit[0])[1:-1], whole)


class DataError(ValueError):
    """What was given is wrong; the text says what, where, and what to do.

    Parameters
    ----------
    faults : list of Fault or str
        The faults, or one ready text.

    Attributes
    ----------
    faults : list of Fault
        All of them, also those that the text only counts.

    Examples
    --------
    >>> print(DataError("Year 1 is too early. Give 1949 or later."))
    Year 1 is too early. Give 1949 or later.
    """

    def __init__(self, faults: Iterable[Fault] | str):
        if isinstance(faults, str):
            faults = [fault(faults)]
        self.faults = list(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        lines = [fault.message() for fault in self.faults[:SHOWN]]
        more = len(self.faults) - SHOWN
        if more > 0:
            lines.append(f"And {more} more {'fault' if more == 1 else 'faults'}.")
        return "\n".join(lines)


class InputWarning(UserWarning):
    """A file of one's own was unusual and was read all the same; the text says how, and no figure is changed by it.

    The same sentences stand in ``attrs["warnings"]`` of the frame.
    """


_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Signs that nobody sees, or that a terminal obeys."""
_SAID: set[str] = set()


def fault(text: str, path: str = "", line: int | None = None) -> Fault:
    """Fault with its ready text: what is wrong, and what to do."""
    return Fault("plain", path, line, extra={"text": text})


def warn_input(sentences: Iterable[str | tuple[str, str]]) -> None:
    """Warn once of what was unusual about a file of one's own; nothing is warned of twice in a process."""
    sentences = list(dict.fromkeys(one if isinstance(one, str) else one[0] for one in sentences))
    shown = [_UNSEEN.sub("?", sentence) for sentence in sentences[:SHOWN]]
    text = "\n".join(shown + ["..."] * (len(sentences) > SHOWN))
    if sentences and text not in _SAID:
        _SAID.add(text)
        warnings.warn(InputWarning(text), stacklevel=3)


def forget_warnings() -> None:
    """Warn again of what was warned of before."""
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
        "choices": listed,
        "among": tuple(choices),
    }
    return Fault("unknown" if choices else "empty list", path, line, column, given, extra)


def _guess(given: object, choices: tuple[str, ...]) -> str:
    """Words that name the likeliest one meant; looked for only when they are shown, as that takes time."""
    guess = difflib.get_close_matches(str(given)[:200], choices, n=1, cutoff=0.6)
    return f" (did you mean {guess[0]}?)" if guess else ""


def unknown(kind: str, given: object, choices: Iterable[str]) -> DataError:
    """Return the error for a name that is none of the choices, to be raised.

    Examples
    --------
    >>> print(unknown("region", "cirkle", ["belt", "circle", "east", "west"]))
    Unknown region 'cirkle'. Choose one of belt, circle, east, west (did you mean circle?).
    """
    return DataError([unknown_fault(kind, given, choices)])


def add_messages(messages: Mapping[str, tuple[str, str]]) -> None:
    """Add a module's own messages to the catalogue; a code may stand there once only."""
    for code, texts in messages.items():
        if MESSAGES.setdefault(code, texts) != texts:
            raise AssertionError(f"message {code!r} is given twice")


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


def _place(path: str, line: int | None) -> str:
    if not path:
        return ""
    return f"{path}:" if line is None else f"{path} line {line}:"


def _stop(text: str) -> str:
    return text if not text or text[-1] in ".?!" else text + "."


def _fill(template: str, words: Mapping[str, object]) -> str:
    return re.sub(r"\{(\w+)\}", lambda hit: str(words.get(hit[1], hit[0])), template)
