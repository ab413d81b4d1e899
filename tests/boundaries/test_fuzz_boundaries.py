"""Damaged boundary files: each is refused by name, or gives the right shapes; none a wrong shape without a warning."""

import re
import warnings

import pytest
import shape_files as files
import shapely
from damage import REFUSED, RIGHT, WRONG, read_damaged, share

from lnregions import DataError, load_boundaries
from lnregions.boundaries.polygons import to_metres

WARNED = "right within 60 m or moved as far as a warning says"
A_CENTIMETRE = 0.01
"""Metres below which a copy that was projected there and back counts as the same."""


def zipped(folder):
    files.write_shapefile(folder)
    parts = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    for path in folder.iterdir():
        path.unlink()
    return files.pack(folder / "towns.zip", parts)


KINDS = {
    "shapefile": (files.write_shapefile, 200),
    "zipped shapefile": (zipped, 60),
    "GeoPackage": (files.write_geopackage, 70),
    "GeoJSON": (files.write_geojson, 70),
}
"""Kind of file -> what writes a good one, and its cases of 400 in all."""


def outcome(path, good) -> str:
    """What came of reading a file, compared with the good frame."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = load_boundaries(path=path, areas=files.FOUR)
        except DataError as error:
            text = str(error)
            named = all("towns." in line for line in text.splitlines()) and len(text) < 20_000
            return REFUSED if named else f"{WRONG}: refused without a name: {text[:200]}"
        except Exception as error:
            return f"{WRONG}: {type(error).__name__}: {error}"[:300]
    if not found.drop(columns="geometry").equals(good.drop(columns="geometry")):
        return f"{WRONG}: other areas or names"
    off = shapely.hausdorff_distance(to_metres(found.geometry), to_metres(good.geometry)).max()
    if off < A_CENTIMETRE:
        return RIGHT
    shift = re.search(r"lie (\d+) m to the", " ".join(found.attrs["warnings"]))
    most = 1.05 * int(shift[1]) if shift else 60
    return WARNED if found.attrs["warnings"] and off < most else f"{WRONG}: {off:.3f} m off without a warning"


@pytest.mark.parametrize("kind", KINDS)
def test_no_damaged_file_gives_a_wrong_shape_without_a_warning(kind, tmp_path, capsys):
    write, cases = KINDS[kind]
    path = write(tmp_path)
    good = {part.name: part.read_bytes() for part in tmp_path.iterdir()}
    right = load_boundaries(path=path, areas=files.FOUR)
    assert outcome(path, right) == RIGHT
    read_damaged(capsys, tmp_path, good, lambda: outcome(path, right), kind=kind, cases=share(cases, of=400))
