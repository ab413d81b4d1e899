"""Second and third pass over a boundary file: whether polygons are valid, and whether they lie where their areas do."""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from pyproj import CRS

from lnregions.boundaries.files import Layer

CGCS2000 = 4490
MOST_REPAIR = 0.001
"""Share of a polygon's area that repairing it may change."""
MOST_COMMON = 0.01
"""Share of the smaller of two polygons that they may have in common; more would be counted twice."""
LEAST_OVERLAP = 0.25
"""Share of the larger of two polygons that both must cover to be taken for the same area.

Boundaries of other sources and scales overlap by 0.9 and more, districts redrawn over the years by 0.3 and
more (AMap and Tianditu on 211103: 0.31); polygons that were mixed up hardly overlap.
"""
NOTED_OVERLAP = 0.95
LEAST_SHIFT, MOST_SHIFT = 60.0, 300.0
"""Metres of a common shift that is within what sources differ by, and that is refused whatever its cause."""
LOST_PARTS = 0.001
"""Share of an area in parts that a file lacks from which on it is named."""
LONE_CORNER, LONE_IN_COPY = 1000.0, 20.0
"""Metres that a single corner may stand off the shipped border (a cape), and in a copy of the shipped boundaries."""
COPY = 0.05
"""Share of corners that may differ in what is still a copy of the shipped boundaries."""
FEW = 5
"""Corners that may differ in an exact copy; with more it is a revised one."""
_AROUND = (118.0, 38.0, 127.0, 44.0)
"""Degrees west, south, east, north, around Liaoning."""
_METRES = np.array([84_140.0, 111_050.0])
"""Metres of a degree of longitude and of latitude at 41 degrees north on GRS 80."""
_WEB_MAPS = {"GCJ-02": np.array([487.0, 191.0]), "BD-09": np.array([1031.0, 857.0])}
"""Metres east and north by which web maps shift Liaoning, by the formulas in public use, to within 110 m."""


def valid_polygons(layer: Layer) -> tuple[list, list]:
    """Shapes of a file as valid polygons in degrees of CGCS2000, None where a row has none, and as they were drawn."""
    drawn = [None if shape is None or shape.is_empty else _as_polygon(shape) for shape in layer.shapes]
    present = [n for n, shape in enumerate(drawn) if shape is not None]
    for n in present:
        if drawn[n].geom_type == "GeometryCollection" or "Polygon" not in drawn[n].geom_type:
            layer.fault(
                f"row {n + 1} holds a {drawn[n].geom_type}, not a polygon. Give the areas as polygons."
            )
    layer.stop()
    if not present:
        return drawn, drawn
    for n, shape in zip(present, _in_degrees([drawn[n] for n in present], layer), strict=True):
        drawn[n] = shape
    shapes = [shape if shape is None or shape.is_valid else _repaired(shape) for shape in drawn]
    for n in present:
        if shapes[n] is None:
            detail = shapely.is_valid_reason(drawn[n])[:60]
            layer.fault(f"the polygon of row {n + 1} is invalid ({detail}), and repair would change its area by "
                         f"more than {100 * MOST_REPAIR} %. Mend it in a GIS.")  # fmt: skip
    repaired = ", ".join(str(n + 1) for n in present if shapes[n] is not drawn[n])
    if repaired:
        layer.warnings.append(
            f"Invalid polygons were repaired, their areas kept within 0.1 %: row {repaired}."
        )
    return shapes, drawn


def _as_polygon(shape: shapely.Geometry) -> shapely.Geometry:
    """Polygon or multipolygon of a collection of polygons; any other shape as it is."""
    if shape.geom_type != "GeometryCollection":
        return shape
    parts = [
        part for inner in shape.geoms for part in shapely.get_parts(_as_polygon(inner)) if not part.is_empty
    ]
    return shapely.MultiPolygon(parts) if all(part.geom_type == "Polygon" for part in parts) else shape


def _in_degrees(shapes: list, layer: Layer) -> np.ndarray:
    import geopandas as gpd

    crs, moved = layer.crs, np.array(shapes, dtype=object)
    if crs is None or crs.is_geographic:
        problem = _degree_problem(shapely.get_coordinates(moved))
        if problem:
            layer.fault(problem)
            layer.stop()
    if crs is None:
        layer.warnings.append("No coordinate reference system is stated; the numbers can only be degrees and were "
                               "taken as CGCS2000.")  # fmt: skip
    elif not _is_plain_degrees(crs):
        try:
            moved = gpd.GeoSeries(shapes, crs=crs).to_crs(CGCS2000).to_numpy()
            problem = _degree_problem(shapely.get_coordinates(moved))
        except Exception as error:  # the projection library's errors have no common class
            problem = str(error)
        if problem:
            layer.fault(f"the coordinates cannot be brought from {crs.name} to degrees. "
                         "Check that the stated coordinate reference system is the true one.")  # fmt: skip
            layer.stop()
        layer.warnings.append(f"Coordinates were brought from {crs.name} to CGCS2000.")
    return moved


def _degree_problem(xy: np.ndarray) -> str:
    if not np.isfinite(xy).all():
        return "the coordinates reach infinity, so they are no degrees. Make the file again."
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    turned = _AROUND[1] <= west and east <= _AROUND[3] and _AROUND[0] <= south and north <= _AROUND[2]
    if not turned and max(-west, east, -south, north) > 180:
        return (f"the coordinates reach {np.abs(xy).max():.0f}, so they are no degrees. "
                "State their coordinate reference system in the file (.prj).")  # fmt: skip
    if turned or max(-south, north) > 90:
        return (
            f"longitude and latitude are swapped (first {west:.4f}, {south:.4f}). Write the longitude first."
        )
    return ""


def _is_plain_degrees(crs: CRS) -> bool:
    """Whether degrees of a system are degrees of CGCS2000 to within a metre: itself and WGS 84."""
    if crs == CRS("OGC:CRS84"):
        return True
    degrees = all(abs(axis.unit_conversion_factor - np.pi / 180) < 1e-9 for axis in crs.axis_info)
    same = crs.is_geographic and crs.to_epsg(min_confidence=60) in (CGCS2000, 4326)
    return same and degrees and crs.prime_meridian.longitude == 0


def _repaired(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Valid polygon of nearly the same area, or None; both methods of repair must agree, so that lost ground shows."""
    before, mended = shapely.area(shape), shapely.make_valid(shape, method="structure", keep_collapsed=False)
    for after in (mended, shapely.make_valid(shape)):
        if not abs(shapely.area(after) - before) <= MOST_REPAIR * before or not before:
            return None
    parts = [part for part in shapely.get_parts(mended) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def check_overlaps(layer: Layer, codes: Sequence[str], shapes: Sequence[shapely.Geometry]) -> None:
    """Report polygons that cover each other; warn of small overlaps."""
    array = np.array(shapes, dtype=object)
    if shapely.coverage_is_valid(array):
        return
    one, two = shapely.STRtree(array).query(array, predicate="intersects")
    one, two = one[one < two], two[one < two]
    common = shapely.area(shapely.intersection(array[one], array[two]))
    percent = 100 * common / np.minimum(shapely.area(array[one]), shapely.area(array[two]))
    small = int((percent > 1e-7).sum())
    for n in np.flatnonzero(percent > 100 * MOST_COMMON):
        layer.fault(f"{codes[one[n]]} and {codes[two[n]]} overlap by {percent[n]:.1f} % of the smaller. "
                     "Mend their common border in a GIS.")  # fmt: skip
    if small:
        layer.warnings.append(f"Pairs of areas that overlap a little, left as they are: {small} (at most "
                               f"{percent.max():.3f} % of the smaller).")  # fmt: skip


# ---- place ----


def to_metres(shapes: Sequence[shapely.Geometry]) -> np.ndarray:
    """Shapes in metres on a plain grid around Liaoning, good to compare places, not to measure areas."""
    return shapely.transform(np.array(shapes, dtype=object), lambda xy: xy * _METRES)


def check_place(
    layer: Layer, codes: Sequence[str], shapes: Sequence[shapely.Geometry], drawn: Sequence[shapely.Geometry],
    *, shipped: Mapping[str, shapely.Geometry],
) -> None:  # fmt: skip
    """Report polygons that lie elsewhere than the shipped ones, a common shift, and corners moved on their own.

    Codes that are not shipped are passed over. Corners are those `drawn`, before any repair.
    """
    rows = [n for n, code in enumerate(codes) if code in shipped]
    if not rows:
        return
    codes = [codes[n] for n in rows]
    mine, raw = to_metres([shapes[n] for n in rows]), to_metres([drawn[n] for n in rows])
    theirs = to_metres([shipped[code] for code in codes])
    larger = np.maximum(shapely.area(mine), shapely.area(theirs))
    share = shapely.area(shapely.intersection(mine, theirs)) / np.maximum(larger, 1e-9)
    if (share < LEAST_OVERLAP).any():
        _report_elsewhere(codes, mine, theirs, share, layer)
        return
    if _check_shift(common_shift(mine, theirs), layer):
        return
    _check_corners(codes, raw, theirs, layer)
    loose = [code for code, one in zip(codes, share, strict=True) if one < NOTED_OVERLAP]
    if loose:
        listed = ", ".join(loose[:10])
        layer.warnings.append(f"Drawn otherwise than the shipped boundaries by more than 5 %: {listed}.")
    lost = []
    for code, own, whole in zip(codes, mine, theirs, strict=True):
        parts = shapely.get_parts(whole)
        gone = shapely.area(parts[~shapely.intersects(parts, own)]).sum() / shapely.area(whole)
        lost += [f"{code} ({100 * gone:.1f} %)"] if gone > LOST_PARTS else []
    if lost:
        layer.warnings.append("Parts of the shipped boundaries, such as islands, are not in the file (share of the "
                               f"area): {', '.join(lost)}.")  # fmt: skip


def _report_elsewhere(
    codes: list, mine: np.ndarray, theirs: np.ndarray, share: np.ndarray, layer: Layer
) -> None:
    apart = shapely.get_coordinates(shapely.centroid(mine)) - shapely.get_coordinates(
        shapely.centroid(theirs)
    )
    off = np.hypot(*apart.T) / 1000
    wrong = np.flatnonzero(share < LEAST_OVERLAP)
    if len(wrong) == len(codes) > 2 and np.hypot(*apart.mean(axis=0)) / 1000 > 0.9 * off.mean():
        layer.fault(f"no polygon lies where its area lies (the centres are {np.median(off):.1f} km off). The "
                     "coordinate reference system is not the stated one; find out the true one and state it.")  # fmt: skip
        return
    for n in wrong:
        layer.fault(f"the polygon of {codes[n]} covers {100 * share[n]:.0f} % of where that area lies (its centre is "
                     f"{off[n]:.0f} km off). Codes and shapes are mixed up, or the shape is damaged; "
                     "make the file again.")  # fmt: skip


def common_shift(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Metres east and north by which all borders lie beside the shipped ones.

    Each corner's nearest place on the shipped border gives the shift across the border there; the shift
    that fits all of them best, by least squares and without the worst tenth, is found in a few rounds.
    """
    corners, border = _sample(shapely.get_coordinates(mine)), shapely.union_all(shapely.boundary(theirs))
    shapely.prepare(border)
    found = np.zeros(2)
    for _ in range(8):
        lines = shapely.shortest_line(shapely.points(corners - found), border)
        ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
        across = ends[:, 0] - ends[:, 1]
        length = np.hypot(*across.T)
        usual = (length <= np.quantile(length, 0.9)) & (length > 1e-3)
        if usual.sum() < 20:
            break
        step = np.linalg.lstsq(across[usual] / length[usual, None], length[usual], rcond=None)[0]
        found = found + step
        if np.hypot(*step) < 1:
            break
    return found


def _check_shift(shift: np.ndarray, layer: Layer) -> bool:
    """Whether a common shift was refused; a smaller one is warned of."""
    metres = np.hypot(*shift)
    if metres < LEAST_SHIFT:
        return False
    winds = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")
    wind = winds[round(np.arctan2(shift[1], shift[0]) / (np.pi / 4)) % 8]
    for system, expected in _WEB_MAPS.items():
        if np.hypot(*(expected - shift)) < 0.35 * np.hypot(*expected):
            layer.fault(f"the coordinates are shifted by {metres:.0f} m to the {wind}, as {system} coordinates of web "
                        f"maps are. Convert them from {system} to WGS 84 or CGCS2000 first.")  # fmt: skip
            return True
    if metres > MOST_SHIFT:
        layer.fault(f"the coordinates are shifted by {metres:.0f} m to the {wind} as a whole. "
                     "The datum is not the stated one; find out the true one and state it.")  # fmt: skip
        return True
    layer.warnings.append(f"The boundaries lie {metres:.0f} m to the {wind} of the shipped ones on average.")
    return False


def _check_corners(codes: list[str], mine: np.ndarray, theirs: np.ndarray, layer: Layer) -> None:
    """Report corners that stand off on their own, as a damaged coordinate does where the format cannot tell."""
    corner, owner = shapely.get_coordinates(mine, return_index=True)
    points, shipped = shapely.points(corner), shapely.points(shapely.get_coordinates(theirs))
    strange = (
        shapely.STRtree(shipped).query_nearest(points, return_distance=True, all_matches=False)[1] > 0.01
    )
    copy = strange.mean() < COPY
    if strange.any() and copy:
        layer.warnings.append("The same as the shipped boundaries except for some corners: "
                              f"{strange.sum()} (the first near {_degrees(corner[strange][0])}).")  # fmt: skip
    if strange.sum() <= FEW and abs(len(corner) - len(shipped)) <= 2 * FEW:
        # an exact copy but for a few corners, which may also have been lost, or moved along their border
        for n, metres in enumerate(
            shapely.hausdorff_distance(shapely.boundary(mine), shapely.boundary(theirs))
        ):
            if metres > LONE_IN_COPY:
                layer.fault(f"the border of {codes[n]} is the shipped one but for a corner {metres:.0f} m off. "
                            "The file is damaged, or the corner was moved by mistake; mend it.")  # fmt: skip
        return
    border = shapely.union_all(shapely.boundary(theirs))
    shapely.prepare(border)
    off = shapely.distance(points, border)
    limit = LONE_IN_COPY if copy else max(LONE_CORNER, 10 * np.quantile(off, 0.9))
    far = off > limit
    chord = shapely.linestrings(np.stack([np.roll(corner, 1, axis=0), np.roll(corner, -1, axis=0)], axis=1))
    lone = far & ~np.roll(far, 1) & ~np.roll(far, -1) & (shapely.distance(points, chord) > limit)
    for n in np.flatnonzero(lone):
        layer.fault(f"a corner of {codes[owner[n]]} near {_degrees(corner[n])} stands {off[n]:.0f} m off the border on "
                    "its own. The file is damaged, or the corner was moved by mistake; mend it.")  # fmt: skip


def _degrees(point: np.ndarray) -> str:
    return "{:.3f}, {:.3f}".format(*point / _METRES)


def _sample(points: np.ndarray) -> np.ndarray:
    """An even sample of at most 600 points."""
    return points[np.linspace(0, len(points) - 1, min(600, len(points))).astype(int)]
