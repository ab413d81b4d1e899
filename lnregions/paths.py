"""Where the files are: in a checkout beside the package, in an installed wheel inside it."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
PLAN = "ln-2022"
"""The shipped plan that serves where none is named."""
WORKBOOK = "plan.xlsx"
"""Workbook in a plan folder, of which ``lnregions plan read`` makes the tables; nothing else reads it."""


def root() -> Path:
    """Folder that holds ``data``, ``shapes`` and ``notebooks``."""
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "data").is_dir():
        return checkout
    return _PACKAGE / "_shared"


def data_dir() -> Path:
    """Folder of the tables and plans."""
    return root() / "data"


def shapes_dir() -> Path:
    """Folder of the boundary shapefiles."""
    return root() / "shapes"


def notebooks_dir() -> Path:
    """Folder of the notebooks that come with the package."""
    return root() / "notebooks"


def fonts_dir() -> Path:
    """Folder of the bundled fonts."""
    return _PACKAGE / "fonts"


def shown_path(path: Path | str) -> str:
    """Path as a reader knows it: below the project's folder when it lies there, else as given; an open file's name."""
    if hasattr(path, "read"):
        return str(getattr(path, "name", "") or "the open file")
    path = Path(path)
    try:
        return path.resolve().relative_to(root().resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):  # elsewhere, or links in a circle
        return path.as_posix()
