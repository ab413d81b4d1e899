"""Errors that name the place and the remedy, and the warning of unusual input that was read all the same."""

import difflib
import functools
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lnregions.paths import shown_path

__all__ = [
    "DataError", "Fault", "InputWarning", "check_language", "forget_warnings", "home", "messages",
    "not_installed", "quote", "refuse_any", "shorten", "shown_path", "unknown", "unknown_fault", "warn_input",
]  # fmt: skip

LANGUAGES = ("en", "zh")
SHOWN = 10
"""How many faults a report spells out; the rest are counted."""
_LISTS = {
    "indicator": "load_indicators() lists all; one of your own stands in the plan's indicators.csv.",
    "area": "load_areas() lists those that are shipped; one of your own stands in the plan's areas.csv.",
    "region": "Regions stand in the plan's regions.csv.",
    "source": "load_sources() lists those that are shipped; those of a plan stand in its plan.yaml.",
}
"""Where all choices are listed, where there are none or too many to print."""
_LONGEST_VALUE = 60
_MOST_CHOICES = 15
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Characters that are invisible, or that a terminal obeys."""
_WARNED: set[str] = set()
SUCCESSORS = {"210282": "210214", "210122": "210115", "211121": "211104"}
"""Codes of counties that became districts: Pulandian (2015), Liaozhong and Dawa (2016), by the changes that the
Ministry of Civil Affairs publishes each year."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and where.

    Attributes
    ----------
    text : str
        What is wrong and what to do.
    path : str
        File, as shown to the reader; empty for an argument.
    line : int or None
        Line of the file, counted from 1 (the header is line 1).
    column : str
        Column, key or argument.

    Examples
    --------
    >>> Fault("year '2O24' is not a whole number. Give a year such as 2024.", "towns.csv", 3).message()
    "towns.csv line 3: year '2O24' is not a whole number. Give a year such as 2024."
    """

    text: str
    path: str = ""
    line: int | None = None
    column: str = ""

    def message(self) -> str:
        """Return place, what is wrong and the remedy."""
        place = f"{self.path}{'' if self.line is None else f' line {self.line}'}: " if self.path else ""
        return _UNSEEN.sub(lambda hit: repr(hit[0])[1:-1], place + self.text)


class DataError(ValueError):
    """The input is wrong; the text says what, where, and what to do.

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
        self.faults = [Fault(faults)] if isinstance(faults, str) else list(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        lines = messages(self.faults)
        more = len(lines) - SHOWN
        return "\n".join(lines[:SHOWN] + [f"And {more} more fault{'s' * (more > 1)}."] * (more > 0))


def messages(faults: Iterable[Fault]) -> list[str]:
    """Message of each fault; the same words on several lines of a file are one, with the other lines behind.

    Examples
    --------
    >>> messages([Fault("unknown area 'x'.", "a.csv", line) for line in (2, 3, 5)])
    ["a.csv line 2: unknown area 'x'. The same in 2 more lines (3, 5)."]
    """
    alike: dict[tuple, list[Fault]] = {}
    for one in faults:
        alike.setdefault((one.path, one.column, one.text), []).append(one)
    found = []
    for first, *others in alike.values():
        more = [one for one in others if one.line is not None]
        listed = ", ".join(str(one.line) for one in more[:5]) + " ..." * (len(more) > 5)
        also = f" The same in {len(more)} more line{'s' * (len(more) > 1)} ({listed})." if more else ""
        found.append(first.message() + also)
    return found


class InputWarning(UserWarning):
    """A file of one's own was unusual and was read all the same; the text says how, and no figure is changed by it.

    The same sentences stand in ``attrs["warnings"]`` of the frame.
    """


def refuse_any(faults: Iterable[Fault]) -> None:
    """Raise one :class:`DataError` if there is any fault, else do nothing."""
    if faults := list(faults):
        raise DataError(faults)


def unknown_fault(
    kind: str, given: object, choices: Iterable[str], *, names: Iterable[str] = (), path: str = "",
    line: int | None = None, column: str = "",
) -> Fault:  # fmt: skip
    """Return the fault of a name that is none of the choices, with the likeliest one meant, also by its `names`."""
    choices = tuple(map(str, choices))
    listed = ", ".join(choices[:_MOST_CHOICES])
    listed += f", ... ({len(choices)})" if len(choices) > _MOST_CHOICES else ""
    meant = _closest(str(given)[:200], (*choices, *names))
    guess = f" (did you mean {meant[0]}?)" if meant else ""
    if (now := SUCCESSORS.get(str(given))) in choices:
        guess = f" ({given} is now {now}; its figures may be of other bounds)"
    remedy = f"Choose one of {listed}{guess}." if choices else "There is none to choose from."
    remedy += f" {_LISTS[kind]}" if kind in _LISTS and not 0 < len(choices) <= _MOST_CHOICES else ""
    return Fault(f"{'unknown' if path else 'Unknown'} {kind} {quote(given)}. {remedy}", path, line, column)


@functools.lru_cache(maxsize=256)
def _closest(given: str, choices: tuple[str, ...]) -> list[str]:
    return difflib.get_close_matches(given, choices, n=1, cutoff=0.6)


def unknown(kind: str, given: object, choices: Iterable[str], *, names: Iterable[str] = ()) -> DataError:
    """Return the error for a name that is none of the choices, to be raised; `names` are what they are called.

    Examples
    --------
    >>> print(unknown("region", "cirkle", ["belt", "circle", "east", "west"]))
    Unknown region 'cirkle'. Choose one of belt, circle, east, west (did you mean circle?).
    """
    return DataError([unknown_fault(kind, given, choices, names=names)])


def not_installed(what: str, package: str, extra: str) -> DataError:
    """Return the error for what needs a package of one of the extras that is not there, to be raised.

    Examples
    --------
    >>> print(not_installed("A PDF", "playwright", "browser"))
    A PDF needs playwright, which is not installed. Install it with: pip install 'lnregions[browser]'.
    """
    remedy = f"Install it with: pip install 'lnregions[{extra}]'."
    return DataError(f"{what} needs {package}, which is not installed. {remedy}")


def check_language(language: str) -> str:
    """Return the language if it is ``en`` or ``zh``; refuse any other."""
    if language not in LANGUAGES:
        raise DataError(f"Unknown language {quote(language)}. Choose en or zh.")
    return language


def warn_input(sentences: Iterable[str]) -> None:
    """Warn once of what was unusual about a file of one's own; the same warning is not given twice in a process."""
    shown = [_UNSEEN.sub("?", sentence) for sentence in dict.fromkeys(sentences)]
    text = "\n".join(shown[:SHOWN] + ["..."] * (len(shown) > SHOWN))
    if text and text not in _WARNED:
        _WARNED.add(text)
        warnings.warn(InputWarning(text), stacklevel=3)


def forget_warnings() -> None:
    """Let every warning be given again."""
    _WARNED.clear()


def home(path: Path | str, *, stream: bool = False) -> Path:
    """Path with ``~`` made the user's own folder, as geopandas and pandas do; an open file as it is, where one serves.

    Raises
    ------
    DataError
        If it is neither.
    """
    if stream and hasattr(path, "read"):
        return path
    try:
        return Path(path).expanduser()
    except RuntimeError:  # there is no such user
        return Path(path)
    except TypeError:
        given = f"What is given as path is no path but a {type(path).__name__}"
        raise DataError(f"{given}. Give the path of a file as text{' or an open file' * stream}.") from None


def shorten(value: object) -> object:
    """Value itself, a long text cut."""
    is_long = isinstance(value, str) and len(value) > _LONGEST_VALUE
    return value[: _LONGEST_VALUE - 3] + "..." if is_long else value


def quote(value: object) -> str:
    """Value in quotes, control characters spelt out, cut when long."""
    return repr(shorten(value)) if isinstance(value, str) else shorten(str(value))
