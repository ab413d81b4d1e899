"""The options of ``lnregions render``, in groups, and the numbers that they take."""

import argparse

DESCRIPTION = (
    "Run notebooks for every region, city and language that they take, only where something has changed since, "
    "and build the pages over them."
)
STATUSES = (
    "Exit status: 0 all is done, 1 a run failed or was stopped by a limit, 2 something asked for is unknown or wrong "
    "(nothing has run), 130 stopped by Ctrl-C. The same command goes on where it stopped."
)


def add_options(own, add_common) -> None:
    """Add the options to the command's parser."""
    own.add_argument(
        "notebooks", nargs="*", metavar="NOTEBOOK",
        help="name, file or folder of notebooks, your own too (default: all of the batch; see --list)",
    )  # fmt: skip
    _add_what(own.add_argument_group("what to render"), add_common)
    _add_how(own.add_argument_group("how"))
    _add_limits(own.add_argument_group("limits (none unless given)"))
    _add_said(own.add_argument_group("what is said"))


def _add_what(own, add_common) -> None:
    own.add_argument("--region", action="append", default=[], help="only this region; may be given again")
    own.add_argument(
        "--adcode", action="append", default=[], metavar="CODE",
        help="only this city, by its code such as 210200; may be given again",
    )  # fmt: skip
    own.add_argument("--language", action="append", default=[], choices=["en", "zh"],
                     help="only this language; may be given again (default: both)")  # fmt: skip
    add_common(own)
    own.add_argument("-p", "--parameter", action="append", default=[], metavar="NAME=VALUE",
                     help="a further parameter of the notebooks; may be given again")  # fmt: skip
    own.add_argument(
        "-f", "--parameters-file", metavar="FILE", help="parameters from a YAML file; those of -p go before"
    )
    own.add_argument("--reads", action="append", default=[], metavar="PATH",
                     help="your own file or folder that notebooks read: if it changes, they run again")  # fmt: skip


def _add_how(own) -> None:
    own.add_argument("--output", default="output", metavar="FOLDER", help="for the results (default: output)")
    own.add_argument("--jobs", type=whole(1), default=2, metavar="N", help="runs at a time (default: 2)")
    own.add_argument("--force", action="store_true", help="run also what is up to date")
    own.add_argument("--no-report", action="store_true", help="leave the pages over the runs as they are")
    own.add_argument("--no-html", action="store_true",
                     help="write notebooks and figures only, no page beside each notebook")  # fmt: skip
    own.add_argument(
        "--engine", default="warm", choices=["warm", "ordinary"],
        help="warm: fork each run from a process that has the libraries loaded (default); ordinary: start a kernel "
        "for each, as Jupyter does",
    )  # fmt: skip
    own.add_argument(
        "--scheduler", default="", metavar="ADDRESS",
        help="let a Dask cluster do the runs: its scheduler's address, such as tcp://host:8786",
    )  # fmt: skip


def _add_limits(own) -> None:
    own.add_argument("--cell-timeout", type=seconds, metavar="SECONDS", help="that a cell may take")
    own.add_argument("--run-timeout", type=seconds, metavar="SECONDS", help="that a run may take")
    own.add_argument("--batch-timeout", type=seconds, metavar="SECONDS", help="that everything may take")
    own.add_argument("--memory", type=whole(1), metavar="MB",
                     help="megabytes that a run may take beyond the loaded libraries, which runs share")  # fmt: skip
    own.add_argument("--retries", type=whole(0), default=0, metavar="N",
                     help="how often a failed run is tried again (default: 0)")  # fmt: skip


def _add_said(own) -> None:
    own.add_argument(
        "--list", action="store_true", help="list notebooks, their parameters and choices; run nothing"
    )
    own.add_argument("--dry-run", action="store_true", help="say what would run and why, and run nothing")
    own.add_argument("--why", action="store_true", help="say why each run is done, and do it")
    own.add_argument("--quiet", action="store_true", help="print failures only")
    own.add_argument("--json", action="store_true",
                     help="one JSON object a line on standard output for each event (docs/manifest.md)")  # fmt: skip


def whole(least: int):
    """Type of an option that takes a whole number.

    Examples
    --------
    >>> whole(1)("4")
    4
    """

    def number(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {least} or more")
        return int(text)

    return number


def seconds(text: str) -> float:
    """Type of an option that takes seconds.

    Examples
    --------
    >>> seconds("1.5")
    1.5
    """
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above zero")
    return number
