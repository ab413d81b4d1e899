"""Second and third pass over a boundary file: are its polygons valid, and do they lie where their areas do."""

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
LEAST_OVERLAP, NOTED_OVERLAP = 0.25, 0.95
"""Share of the larger of two polygons that both must cover to be taken for the same area, and for the same drawing.

Boundaries of other sources and scales overlap by 0.9 and more, districts redrawn over the years by 0.3 and
more (AMap and Tianditu on 211103: 0.31); polygons that were mixed up hardly overlap.
"""
LEAST_SHIFT, MOST_SHIFT = 60.0, 300.0
"""Metres of a common shift that is within what sources differ by, and that is refused whatever its cause."""
WEB_MAPS = {"GCJ-02": np.array([487.0, 191.0]), "BD-09": np.array([1031.0, 857.0])}
"""Metres east and north by which web maps shift Liaoning, by the formulas in public use, to within 150 m."""
LOST_PARTS = 0.001
"""Share of an area in parts that a file lacks from which on it is named."""
LONE_CORNER, LONE_IN_COPY = 1000.0, 20.0
"""Metres that a single corner may stand off the shipped border, such as a cape, and in a copy of that border."""
COPY, FEW = 0.05, 5
"""Share of corners that may differ in a revised copy of the shipped boundaries, and number in an exact copy."""
_AROUND = (118.0, 38.0, 127.0, 44.0)
"""Degrees west, south, east, north, around Liaoning."""
_METRES = np.array([84_140.0, 111_050.0])
"""Metres of a degree of longitude and of latitude at 41 degrees north on GRS 80."""
_WINDS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")


# ---- valid polygons in degrees ----


def valid_polygons(layer: Layer) -> tuple[list, list]:
    """Shapes of a file as valid polygons in degrees of CGCS2000, None where a row has none, and as they were drawn."""
    drawn = [None if shape is None or shape.is_empty else _polygons_of(shape) for shape in layer.shapes]
    present = [n for n, shape in enumerate(drawn) if shape is not None]
    for n in present:
        if drawn[n].geom_type not in ("Polygon", "MultiPolygon"):
            layer.fault(
                f"row {n + 1} holds a {drawn[n].geom_type}, not a polygon. Give the areas as polygons."
            )
    layer.stop()
    if present:
        moved = _in_degrees(np.array([drawn[n] for n in present], dtype=object), layer)
        drawn = [None if shape is None else moved[present.index(n)] for n, shape in enumerate(drawn)]
    shapes = [shape if shape is None or shape.is_valid else _repaired(shape) for shape in drawn]
    for n in present:
        if shapes[n] is None:
            reason, most = shapely.is_valid_reason(drawn[n])[:60], 100 * MOST_REPAIR
            layer.fault(
                f"the polygon of row {n + 1} is invalid ({reason}), and repair would change its area by more "
                f"than {most} %. Mend it in a GIS."
            )
    repaired = ", ".join(str(n + 1) for n in present if shapes[n] is not drawn[n])
    if repaired:
        layer.warnings.append(f"Invalid polygons were repaired, their areas kept to 0.1 %: row {repaired}.")
    return shapes, drawn


def _polygons_of(shape: shapely.Geometry) -> shapely.Geometry:
    """Multipolygon of a collection of polygons; any other shape as it is."""
    if shape.geom_type != "GeometryCollection":
        return shape
    inner = [
        part for one in shape.geoms for part in shapely.get_parts(_polygons_of(one)) if not part.is_empty
    ]
    return shapely.MultiPolygon(inner) if all(part.geom_type == "Polygon" for part in inner) else shape


def _in_degrees(shapes: np.ndarray, layer: Layer) -> np.ndarray:
    import geopandas as gpd

    crs = layer.crs
    if crs is None or crs.is_geographic:
        problem = _degree_problem(shapes)
        if problem:
            layer.refuse(problem)
    if crs is None:
        layer.warnings.append(
            "No coordinate reference system is stated; the numbers can only be degrees and were taken as CGCS2000."
        )
    elif not _is_plain_degrees(crs):
        try:
            shapes = gpd.GeoSeries(shapes, crs=crs).to_crs(CGCS2000).to_numpy()
            problem = _degree_problem(shapes)
        except Exception as error:  # the projection library's errors have no common class
            problem = repr(error)
        if problem:
            layer.refuse(
                f"the coordinates cannot be brought from {crs.name} to degrees. "
                "Check that the stated coordinate reference system is the true one."
            )
        layer.warnings.append(f"Coordinates were brought from {crs.name} to CGCS2000.")
    return shapes


def _degree_problem(shapes: np.ndarray) -> str:
    xy = shapely.get_coordinates(shapes)
    if not np.isfinite(xy).all():
        return "the coordinates reach infinity, so they are no degrees. Make the file again."
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    turned = _AROUND[1] <= west and east <= _AROUND[3] and _AROUND[0] <= south and north <= _AROUND[2]
    if not turned and np.abs(xy).max() > 180:
        return (
            f"the coordinates reach {np.abs(xy).max():.0f}, so they are no degrees. "
            "State their coordinate reference system in the file (.prj)."
        )
    if turned or max(-south, north) > 90:
        first = f"{west:.4f}, {south:.4f}"
        return f"longitude and latitude are swapped (first {first}). Write the longitude first."
    return ""


def _is_plain_degrees(crs: CRS) -> bool:
    """Whether degrees of a system are degrees of CGCS2000 to within a metre: itself and WGS 84."""
    degrees = all(abs(axis.unit_conversion_factor - np.pi / 180) < 1e-9 for axis in crs.axis_info)
    known = crs == CRS("OGC:CRS84") or crs.to_epsg(min_confidence=60) in (CGCS2000, 4326)
    return crs.is_geographic and degrees and known and crs.prime_meridian.longitude == 0


def _repaired(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Valid polygon of nearly the same area, or None; two ways of repair must agree, so that lost ground shows."""
    mended, before = shapely.make_valid(shape, method="structure", keep_collapsed=False), shape.area
    off = max(abs(one.area - before) for one in (mended, shapely.make_valid(shape)))
    return mended if before and off <= MOST_REPAIR * before else None


def check_overlaps(layer: Layer, codes: Sequence[str], shapes: Sequence[shapely.Geometry]) -> None:
    """Find polygons that cover each other; small overlaps are warned of."""
    array = np.array(shapes, dtype=object)
    if shapely.coverage_is_valid(array):
        return
    one, two = shapely.STRtree(array).query(array, predicate="intersects")
    one, two = one[one < two], two[one < two]
    common = shapely.area(shapely.intersection(array[one], array[two]))
    percent = 100 * common / np.minimum(shapely.area(array[one]), shapely.area(array[two]))
    for n in np.flatnonzero(percent > 100 * MOST_COMMON):
        pair = f"{codes[one[n]]} and {codes[two[n]]}"
        layer.fault(
            f"{pair} overlap by {percent[n]:.1f} % of the smaller. Mend their common border in a GIS."
        )
    small = int((percent > 1e-7).sum())
    if small:
        most = f"at most {percent.max():.3f} % of the smaller"
        layer.warnings.append(f"Pairs of areas that overlap a little, left as they are: {small} ({most}).")


# ---- place ----


def to_metres(shapes: Sequence[shapely.Geometry]) -> np.ndarray:
    """Shapes in metres on a plain grid around Liaoning, good to compare places, not to measure areas."""
    return shapely.transform(np.array(shapes, dtype=object), lambda xy: xy * _METRES)


def check_place(
    layer: Layer,
    codes: Sequence[str],
    shapes: Sequence,
    drawn: Sequence,
    *,
    shipped: Mapping[str, shapely.Geometry],
) -> None:
    """Find polygons that lie elsewhere than the shipped ones, a common shift, and corners moved on their own.

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
        _report_elsewhere(layer, codes, share, *(shapely.centroid(each) for each in (mine, theirs)))
        return
    _check_shift(layer, common_shift(mine, theirs))
    if layer.faults:
        return
    _check_corners(layer, codes, raw, theirs)
    loose = ", ".join([code for code, one in zip(codes, share, strict=True) if one < NOTED_OVERLAP][:10])
    if loose:
        layer.warnings.append(f"Drawn otherwise than the shipped boundaries by more than 5 %: {loose}.")
    parts, owner = shapely.get_parts(theirs, return_index=True)
    lost = np.where(shapely.intersects(parts, mine[owner]), 0, shapely.area(parts))
    gone = np.bincount(owner, lost) / shapely.area(theirs)
    if (gone > LOST_PARTS).any():
        listed = ", ".join(f"{codes[n]} ({100 * gone[n]:.1f} %)" for n in np.flatnonzero(gone > LOST_PARTS))
        layer.warnings.append(
            f"Parts of the shipped boundaries, such as islands, are not in the file (share of the area): {listed}."
        )


def _report_elsewhere(
    layer: Layer, codes: list, share: np.ndarray, mine: np.ndarray, theirs: np.ndarray
) -> None:
    apart = (shapely.get_coordinates(mine) - shapely.get_coordinates(theirs)) / 1000
    off = np.hypot(*apart.T)
    wrong = np.flatnonzero(share < LEAST_OVERLAP)
    if len(wrong) == len(codes) > 2 and np.hypot(*apart.mean(axis=0)) > 0.9 * off.mean():
        layer.fault(
            f"no polygon lies where its area lies (the centres are {np.median(off):.1f} km off). "
            "The coordinate reference system is not the stated one; find out the true one and state it."
        )
        return
    for n in wrong:
        layer.fault(
            f"the polygon of {codes[n]} covers {100 * share[n]:.0f} % of where that area lies (its centre is "
            f"{off[n]:.0f} km off). Codes and shapes are mixed up, or the shape is damaged; make the file again."
        )


def common_shift(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Metres east and north by which all borders lie beside the shipped ones.

    Each corner's nearest place on the shipped border gives the shift across the border there; the shift
    that fits all of them best, by least squares and without the worst tenth, is found in a few rounds.
    """
    corners = shapely.get_coordinates(mine)
    corners = corners[np.linspace(0, len(corners) - 1, min(600, len(corners))).astype(int)]
    border = shapely.union_all(shapely.boundary(theirs))
    shapely.prepare(border)
    found = np.zeros(2)
    for _ in range(8):
        lines = shapely.shortest_line(shapely.points(corners - found), border)
        across = -np.diff(shapely.get_coordinates(lines).reshape(-1, 2, 2), axis=1)[:, 0]
        length = np.hypot(*across.T)
        usual = (length <= np.quantile(length, 0.9)) & (length > 1e-3)
        if usual.sum() < 20:
            break
        step = np.linalg.lstsq(across[usual] / length[usual, None], length[usual], rcond=None)[0]
        found = found + step
        if np.hypot(*step) < 1:
            break
    return found


def _check_shift(layer: Layer, shift: np.ndarray) -> None:
    metres, angle = np.hypot(*shift), np.arctan2(shift[1], shift[0])
    place = f"{metres:.0f} m to the {_WINDS[round(angle / (np.pi / 4)) % 8]}"
    for system, expected in WEB_MAPS.items():
        if np.hypot(*(expected - shift)) < 0.35 * np.hypot(*expected):
            layer.fault(
                f"the coordinates are shifted by {place}, as {system} coordinates of web maps are. "
                f"Convert them from {system} to WGS 84 or CGCS2000 first."
            )
            return
    if metres > MOST_SHIFT:
        layer.fault(
            f"the coordinates are shifted by {place} as a whole. "
            "The datum is not the stated one; find out the true one and state it."
        )
    elif metres >= LEAST_SHIFT:
        layer.warnings.append(f"The boundaries lie {place} of the shipped ones on average.")


def _check_corners(layer: Layer, codes: list[str], mine: np.ndarray, theirs: np.ndarray) -> None:
    """Find corners that stand off on their own, as a damaged coordinate does where the format cannot tell."""
    corner, owner = shapely.get_coordinates(mine, return_index=True)
    points, shipped = shapely.points(corner), shapely.points(shapely.get_coordinates(theirs))
    near = shapely.STRtree(shipped).query_nearest(points, return_distance=True, all_matches=False)[1]
    strange = near > 0.01  # metres, which a projection and back may cost
    copy = strange.mean() < COPY
    if strange.any() and copy:
        first = "{:.3f}, {:.3f}".format(*corner[strange][0] / _METRES)
        layer.warnings.append(
            f"The same as the shipped boundaries except for some corners: {strange.sum()} (the first near {first})."
        )
    borders = shapely.boundary(mine), shapely.boundary(theirs)
    if strange.sum() <= FEW and abs(len(points) - len(shipped)) <= 2 * FEW:
        # corners may also be lost, or moved along the border, so both borders are compared
        differ = ~shapely.equals_exact(mine, theirs, 0.01, normalize=True)
        off = np.where(
            differ, shapely.hausdorff_distance(*(np.where(differ, each, None) for each in borders)), 0
        )
        lone = [(codes[n], off[n]) for n in np.flatnonzero(off > LONE_IN_COPY)]
    else:
        border = shapely.union_all(borders[1])
        shapely.prepare(border)
        off = shapely.distance(points, border)
        limit = LONE_IN_COPY if copy else max(LONE_CORNER, 10 * np.quantile(off, 0.9))
        before, after, far = np.roll(corner, 1, axis=0), np.roll(corner, -1, axis=0), off > limit
        spike = shapely.distance(points, shapely.linestrings(np.stack([before, after], axis=1))) > limit
        alone = far & spike & ~np.roll(far, 1) & ~np.roll(far, -1)
        lone = [(codes[owner[n]], off[n]) for n in np.flatnonzero(alone)]
    for code, metres in lone:
        layer.fault(
            f"a corner of {code} stands {metres:.0f} m off the border on its own. "
            "The file is damaged, or the corner was moved by mistake; mend it."
        )
