"""Verdicts as a frame that shows itself to readers: a tidy table in a notebook, its main columns in a terminal."""

import pandas as pd

_READ = ("target", "region", "status", "required", "actual", "actual_year", "gap", "unit", "grade")
_NEEDED = frozenset((*_READ, "reading", "reading_zh", "strength", "reason_en", "reason_zh"))


class Verdicts(pd.DataFrame):
    """An ordinary frame of verdicts, which stays one when it is sorted, filtered, copied or pickled.

    Only how it is shown differs, and only as long as the columns of `lnregions.judge` are there: as the last line
    of a cell it is the readers' table. ``pandas.DataFrame(verdicts)`` shows every column.

    Examples
    --------
    >>> from lnregions.assess.judgement import judge
    >>> verdicts = judge("ln-2022")
    >>> type(verdicts[verdicts["region"] == "west"]).__name__, "<table" in verdicts._repr_html_()
    ('Verdicts', True)
    """

    @property
    def _constructor(self):
        return Verdicts

    def _repr_html_(self) -> str | None:
        if not self._is_whole():
            return super()._repr_html_()
        from lnregions.show.verdict_displays import show_verdicts

        try:
            return show_verdicts(pd.DataFrame(self)).to_html()
        except (ValueError, TypeError, KeyError):  # its owner has put something else into the columns
            return super()._repr_html_()

    def __repr__(self) -> str:
        if not self._is_whole():
            return super().__repr__()
        return repr(pd.DataFrame(self)[list(_READ)])

    def _is_whole(self) -> bool:
        return self.columns.nlevels == 1 and self.columns.is_unique and _NEEDED.issubset(self.columns)
