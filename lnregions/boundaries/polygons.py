"""Second and third pass over a boundary file: are its polygons valid, and do they lie where their areas do."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from lnregions.boundaries.files import Layer
from lnregions.tables import lineage

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
LEAST_SHIFT, MOST_SHIFT = 57.0, 300.0
"""Metres of a common shift that is within what sources differ by, so that no corner of them is more than 60 m off, and
that is refused whatever its cause."""
WEB_MAPS = {"GCJ-02": np.array([487.0, 191.0]), "BD-09": np.array([1031.0, 857.0])}
"""Metres east and north by which web maps shift Liaoning, by the formulas in public use, to within 150 m."""
LOST_PARTS = 0.001
"""Share of an area in parts that a file lacks from which on it is named."""
LEAST_PIECE, LEAST_HALF_WIDTH = 10e6, 1000.0
"""Square metres, and metres from its middle to its edge, from which on a piece that is drawn otherwise is named."""
LEAST_AREA = 1000.0
"""Square metres that an area of one's own covers at least; degrees taken for metres cover less."""
AT_SEA, AT_SEA_SIZE = 0.1, 2e9
"""Share on land below which areas are at sea, and square metres of all of them from which that is a fault: small
islands are not on a map of the world."""
FAR_OFF = 3.0
"""Times by which a single part may make the frame of all areas larger before it is named."""
FEW = 10
"""Corners that may differ in a copy of the shipped boundaries; with more it is another drawing."""
LONE_CORNER, LONE_IN_COPY = 1000.0, 20.0
"""Metres that a single corner may stand off the shipped border, such as a cape, and in a copy of that border."""
_AROUND = (118.0, 38.0, 127.0, 44.0)
"""Degrees west, south, east, north, around Liaoning."""
_METRES = np.array([84_140.0, 111_050.0])
"""Metres of a degree of longitude and of latitude at 41 degrees north on GRS 80."""
_WINDS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")


# ---- valid polygons in degrees ----


def make_valid(layer: Layer) -> None:
    """Make the shapes valid polygons in degrees of CGCS2000, or report why not."""
    rows = layer.columns.index
    shapes = np.array([_polygons_of(shape) for shape in layer.shapes], dtype=object)
    kinds = pd.Series([shape.geom_type.lower() for shape in shapes], rows)
    for kind, others in kinds[~kinds.str.endswith("polygon")].groupby(kinds):
        also = f", and so do {len(others) - 1} more" if len(others) > 1 else ""
        layer.fault(f"row {others.index[0]} holds a {kind}, not a polygon{also}. Give the areas as polygons.")
    layer.stop()
    layer.drawn = _in_degrees(layer, shapes)
    layer.shapes = layer.drawn.copy()
    invalid = ~shapely.is_valid(layer.drawn)
    if not invalid.any():
        return
    drawn, listed = layer.drawn[invalid], ", ".join(map(str, rows[invalid]))
    mended = shapely.make_valid(drawn, method="structure", keep_collapsed=False)
    # two ways of repair must agree with the area drawn, so that lost ground shows
    areas = shapely.area([drawn, mended, shapely.make_valid(drawn)])
    kept = (areas[0] > 0) & (np.ptp(areas, axis=0) <= MOST_REPAIR * areas[0])
    for row, reason in zip(rows[invalid][~kept], shapely.is_valid_reason(drawn[~kept]), strict=True):
        most = f"repair would change its area by more than {100 * MOST_REPAIR}%"
        layer.fault(f"the polygon of row {row} is invalid ({reason[:60]}), and {most}. Mend it in a GIS.")
    layer.shapes[invalid] = np.where(kept, mended, None)
    layer.warnings.append(f"Invalid polygons were repaired, their areas kept to 0.1%: row {listed}.")


def _polygons_of(shape: shapely.Geometry) -> shapely.Geometry:
    """Multipolygon of a collection of polygons; any other shape as it is."""
    if shape.geom_type != "GeometryCollection":
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.multipolygons(parts) if (shapely.get_type_id(parts) == 3).all() else shape


def _in_degrees(layer: Layer, shapes: np.ndarray) -> np.ndarray:
    crs = layer.crs
    if (crs is None or crs.is_geographic) and (problem := _degree_problem(shapes)):
        layer.refuse(problem)
    if crs is None:
        taken = "the numbers can only be degrees and were taken as CGCS2000"
        layer.warnings.append(f"No coordinate reference system is stated; {taken}.")
        return shapes
    try:
        moved = gpd.GeoSeries(shapes, crs=crs).to_crs(CGCS2000).to_numpy()
        problem = _degree_problem(moved)
    except Exception as error:  # the projection library's errors have no common class
        problem = repr(error)
    if problem:
        what = f"the coordinates cannot be brought from {crs.name} to degrees"
        layer.refuse(f"{what}. Check that the stated coordinate reference system is the true one.")
    metre = 1e-5  # degrees
    plain = crs == CRS("OGC:CRS84") or crs.to_epsg(min_confidence=60) in (CGCS2000, 4326)
    if plain and np.abs(shapely.get_coordinates(moved) - shapely.get_coordinates(shapes)).max() < metre:
        return shapes
    layer.warnings.append(f"Coordinates were brought from {crs.name} to CGCS2000.")
    return moved


def _degree_problem(shapes: np.ndarray) -> str:
    xy = shapely.get_coordinates(shapes)
    if not np.isfinite(xy).all():
        return "the coordinates reach infinity, so they are no degrees. Make the file again."
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    turned = _AROUND[1] <= west and east <= _AROUND[3] and _AROUND[0] <= south and north <= _AROUND[2]
    if turned or (np.abs(xy).max() <= 180 and max(-south, north) > 90):
        first = f"{west:.4f}, {south:.4f}"
        return f"longitude and latitude are swapped (first {first}). Write the longitude first."
    if 180 < east <= 360 and max(-south, north) <= 90:
        what = f"the longitudes reach {east:.1f}"
        return f"{what}. Write them from -180 to 180, and cut polygons at 180 degrees."
    if np.abs(xy).max() > 180:
        what = f"the coordinates reach {np.abs(xy).max():.0f}, so they are no degrees"
        return f"{what}. State their coordinate reference system in the file (.prj)."
    rings = shapely.get_rings(shapely.get_parts(shapes))
    places, ring = shapely.get_coordinates(rings, return_index=True)
    leaps = np.abs(np.diff(places[:, 0]))[np.diff(ring) == 0]
    if ((leaps > 180) & (leaps < 359.9999)).any():  # a whole turn is an edge of the map
        return "a polygon leaps from one end of the map to the other. Cut polygons at 180 degrees."
    return ""


def check_overlaps(layer: Layer, parents: Mapping[str, str]) -> None:
    """Report polygons that cover each other; small overlaps are warned of.

    `parents` is the area that each lies in: a city and a county of it may be in one file.
    """
    shapes, codes = layer.shapes, layer.codes.to_numpy()
    if shapely.coverage_is_valid(shapes):
        return
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    lines = [set(lineage(parents, code)) for code in codes]
    apart = [
        n < m and codes[n] not in lines[m] and codes[m] not in lines[n] for n, m in zip(one, two, strict=True)
    ]
    one, two = one[apart], two[apart]
    common, areas = shapely.area(shapely.intersection(shapes[one], shapes[two])), shapely.area(shapes)
    percent = 100 * common / np.minimum(areas[one], areas[two])
    for n in np.flatnonzero(percent > 100 * MOST_COMMON):
        pair = f"{codes[one[n]]} and {codes[two[n]]} overlap by {percent[n]:.1f}% of the smaller"
        layer.fault(f"{pair}. Mend their common border in a GIS.")
    if small := int((percent > 1e-7).sum()):
        most = f"at most {percent.max():.3f}% of the smaller"
        layer.warnings.append(f"Pairs of areas that overlap a little, left as they are: {small} ({most}).")


def check_own_places(layer: Layer, land: shapely.Geometry) -> None:
    """Hold areas of one's own against the land of the world: faults of coordinates, and a warning of where they lie."""
    sizes = _square_metres(layer.shapes)
    if small := ", ".join(layer.codes[sizes < LEAST_AREA][:10]):
        what = f"polygons cover less than {LEAST_AREA:.0f} m²: {small} (the least {sizes.min():.3g} m²)"
        remedy = "State the coordinate reference system that the numbers are in, or draw them anew."
        layer.refuse(f"{what}. {remedy}")
    turned = {
        "": lambda xy: xy,
        "longitude and latitude are swapped. Write the longitude first.": lambda xy: xy[:, ::-1],
        "the longitudes have the wrong sign. Change it.": lambda xy: xy * (-1, 1),
        "the latitudes have the wrong sign. Change it.": lambda xy: xy * (1, -1),
    }
    on_land = {}
    for words, turn in turned.items():
        moved = shapely.transform(layer.shapes, turn)
        near = shapely.clip_by_rect(land, *shapely.total_bounds(moved))
        common = shapely.area(shapely.intersection(moved, shapely.make_valid(near)))
        on_land[words] = common.sum() / shapely.area(moved).sum()
    (_, share), *others = on_land.items()
    words, best = max(others, key=lambda item: item[1])
    if share < AT_SEA and best > 1 - AT_SEA and sizes.sum() > AT_SEA_SIZE:
        layer.refuse(f"all areas lie in the sea: {words}")
    west, south, east, north = shapely.total_bounds(layer.shapes)
    place = f"between {west:.2f} and {east:.2f} degrees east, {south:.2f} and {north:.2f} degrees north"
    taken = f"the areas were taken as your own, {place}, their places unchecked"
    layer.warnings.append(f"No code is that of a shipped area; {taken}.")
    if share < 0.5:
        ground = f"Of their ground {100 * share:.0f}% is land on a map of the world"
        layer.warnings.append(f"{ground}; compare the place.")
    _check_far_parts(layer)
    _check_gaps(layer)


def _check_far_parts(layer: Layer) -> None:
    """Warn of a part without which all others would lie within a much smaller frame."""
    parts, owner = shapely.get_parts(layer.shapes, return_index=True)
    bounds = shapely.bounds(parts)
    outer = {*bounds[:, :2].argmin(axis=0), *bounds[:, 2:].argmax(axis=0)} if len(parts) > 2 else ()
    for one in outer:
        rest = np.delete(bounds, one, axis=0)
        frames = (np.hypot(*(each[:, 2:].max(axis=0) - each[:, :2].min(axis=0))) for each in (bounds, rest))
        growth = np.divide(*frames)
        if growth > FAR_OFF:
            what = f"A part of {layer.codes.iloc[owner[one]]} lies far from all others"
            layer.warnings.append(f"{what}: without it the areas fill a frame {growth:.0f} times smaller.")


def _square_metres(shapes: Sequence[shapely.Geometry]) -> np.ndarray:
    """Area of shapes in degrees on a sphere, near enough to tell sizes."""
    south_north = shapely.get_y(shapely.centroid(shapes))
    return shapely.area(shapes) * _METRES[1] ** 2 * np.cos(np.radians(south_north))


def _check_gaps(layer: Layer) -> None:
    """Warn of ground that the areas enclose and that is none of theirs: holes, and gaps between them."""
    whole = shapely.get_parts(shapely.union_all(layer.shapes))
    gaps = np.array([shapely.Polygon(ring) for part in whole for ring in part.interiors], dtype=object)
    sizes = _square_metres(gaps)
    named = [
        f"{size / 1e6:.0f} km² beside {', '.join(layer.codes[shapely.intersects(layer.shapes, gap)])}"
        for gap, size in zip(gaps, sizes, strict=True) if size >= LEAST_PIECE
    ]  # fmt: skip
    if named:
        what = "Ground that the areas enclose and that is none of theirs, as a lake or a hole is"
        layer.warnings.append(f"{what}: {'; '.join(named[:10])}.")


# ---- place ----


def to_metres(shapes: Sequence[shapely.Geometry]) -> np.ndarray:
    """Shapes in metres on a plain grid around Liaoning, good to compare places, not to measure areas."""
    return shapely.transform(np.array(shapes, dtype=object), lambda xy: xy * _METRES)


def check_place(layer: Layer, shipped: gpd.GeoSeries) -> None:
    """Report polygons that lie elsewhere than the shipped ones, a common shift, and corners moved on their own.

    Codes that are not shipped are passed over. Corners are those drawn, before any repair.
    """
    known = layer.codes.isin(shipped.index).to_numpy()
    codes = layer.codes[known].tolist()
    if not codes:
        return
    mine, drawn = to_metres(layer.shapes[known]), to_metres(layer.drawn[known])
    theirs = to_metres(shipped[codes])
    larger = np.maximum(shapely.area(mine), shapely.area(theirs))
    share = shapely.area(shapely.intersection(mine, theirs)) / larger
    elsewhere = np.flatnonzero(share < LEAST_OVERLAP)
    apart = np.subtract(*(shapely.get_coordinates(shapely.centroid(each)) for each in (mine, theirs)))
    off = np.hypot(*apart.T) / 1000
    if len(elsewhere) == len(codes) > 2 and np.hypot(*apart.mean(axis=0)) > 900 * off.mean():
        what = f"no polygon lies where its area lies (the centres are {np.median(off):.1f} km off)"
        remedy = "The coordinate reference system is not the stated one; find out the true one and state it."
        layer.refuse(f"{what}. {remedy}")
    for n in elsewhere:
        what = f"the polygon of {codes[n]} covers {100 * share[n]:.0f}% of where that area lies"
        remedy = "Codes and shapes are mixed up, or the shape is damaged; make the file again."
        layer.fault(f"{what} (its centre is {off[n]:.0f} km off). {remedy}")
    if not layer.faults:
        _check_shift(layer, common_shift(mine, theirs))
    if layer.faults:
        return
    pieces = _pieces(mine, theirs, share)
    _check_corners(layer, codes, drawn, theirs, pieces)
    if pieces and not layer.faults:
        listed = ", ".join(f"{codes[n]} ({size:.0f} km²)" for n, size in list(pieces.items())[:10])
        what = "Pieces of areas are drawn otherwise than in the shipped boundaries, as holes or enclaves are"
        layer.warnings.append(f"{what}: {listed}.")
    loose = ", ".join([code for code, one in zip(codes, share, strict=True) if one < NOTED_OVERLAP][:10])
    if loose:
        layer.warnings.append(f"Drawn otherwise than the shipped boundaries by more than 5%: {loose}.")
    parts, owner = shapely.get_parts(theirs, return_index=True)
    lost = np.where(shapely.intersects(parts, mine[owner]), 0, shapely.area(parts))
    gone = np.bincount(owner, lost) / shapely.area(theirs)
    listed = ", ".join(f"{codes[n]} ({100 * gone[n]:.1f}%)" for n in np.flatnonzero(gone > LOST_PARTS))
    if listed:
        what = "Parts of the shipped boundaries, such as islands, are not in the file (share of the area)"
        layer.warnings.append(f"{what}: {listed}.")


def _pieces(mine: np.ndarray, theirs: np.ndarray, share: np.ndarray) -> dict[int, float]:
    """Square kilometres of the wide pieces in which shapes differ, by the place of the shape."""
    other = np.flatnonzero(share < 1 - 1e-4)
    odd = shapely.symmetric_difference(mine[other], theirs[other])
    odd, owner = shapely.get_parts(odd, return_index=True)
    wide = shapely.area(odd) >= LEAST_PIECE
    wide[wide] = ~shapely.is_empty(shapely.buffer(odd[wide], -LEAST_HALF_WIDTH))
    sizes = np.bincount(other[owner[wide]], shapely.area(odd[wide]) / 1e6, len(mine))
    return {n: sizes[n] for n in np.flatnonzero(sizes)}


def common_shift(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Metres east and north by which all borders lie beside the shipped ones.

    Each corner's nearest place on the shipped border gives the shift across the border there; the shift
    that fits all of them best, by least squares and without the worst tenth, is found in a few rounds.
    """
    corners = shapely.get_coordinates(mine)
    corners = corners[:: len(corners) // 600 + 1]
    border = shapely.union_all(shapely.boundary(theirs))
    shapely.prepare(border)
    found = np.zeros(2)
    for _ in range(8):
        lines = shapely.shortest_line(shapely.points(corners - found), border)
        across = -np.diff(shapely.get_coordinates(lines).reshape(-1, 2, 2), axis=1)[:, 0]
        length = np.hypot(*across.T)
        usual = (length <= np.quantile(length, 0.9)) & (length > 1e-3)
        step = np.linalg.lstsq(across[usual] / length[usual, None], length[usual], rcond=None)[0]
        found += step
        if np.hypot(*step) < 0.01:  # metres
            break
    return found


def _check_shift(layer: Layer, shift: np.ndarray) -> None:
    metres, angle = np.hypot(*shift), np.arctan2(shift[1], shift[0])
    place = f"{metres:.0f} m to the {_WINDS[round(angle / (np.pi / 4)) % 8]}"
    near = [name for name, one in WEB_MAPS.items() if np.hypot(*(one - shift)) < 0.35 * np.hypot(*one)]
    if near:
        what = f"the coordinates are shifted by {place}, as {near[0]} coordinates of web maps are"
        layer.fault(f"{what}. Convert them from {near[0]} to WGS 84 or CGCS2000 first.")
    elif metres > MOST_SHIFT:
        what = f"the coordinates are shifted by {place} as a whole"
        layer.fault(f"{what}. The datum is not the stated one; find out the true one and state it.")
    elif metres >= LEAST_SHIFT:
        layer.warnings.append(f"The boundaries lie {place} of the shipped ones on average.")


def _check_corners(
    layer: Layer, codes: list[str], mine: np.ndarray, theirs: np.ndarray, pieces: Mapping[int, float]
) -> None:
    """Report corners that stand off on their own, as a damaged coordinate does where the format cannot tell."""
    corners, owner = shapely.get_coordinates(mine, return_index=True)
    shipped, shipped_owner = shapely.get_coordinates(theirs, return_index=True)
    points, shipped_points = shapely.points(corners), shapely.points(shipped)
    near = shapely.STRtree(shipped_points).query_nearest(points, return_distance=True, all_matches=False)[1]
    strange = near > 0.01  # metres, which a projection and back may cost
    off = shapely.distance(points, shapely.boundary(theirs)[owner])
    if strange.sum() <= FEW and abs(len(corners) - len(shipped)) <= 2 * FEW:
        if strange.any() and not pieces:
            first = "{:.3f}, {:.3f}".format(*corners[strange][0] / _METRES)
            what = "The same as the shipped boundaries except for some corners"
            layer.warnings.append(f"{what}: {strange.sum()} (the first near {first}).")
        # corners may also be lost, or moved along the border
        away = shapely.distance(shipped_points, shapely.boundary(mine)[shipped_owner])
        off, owner = np.append(off, away), np.append(owner, shipped_owner)
        lone = off > LONE_IN_COPY
    else:
        limit = max(LONE_CORNER, 10 * np.quantile(off, 0.9))
        lone = (off > limit) & (np.roll(off, 1) < limit / 2) & (np.roll(off, -1) < limit / 2)
    for area in np.unique(owner[lone]):
        if area in pieces:
            what = f"{codes[area]} differs from the shipped boundaries by a piece of {pieces[area]:.0f} km² alone"
            layer.fault(f"{what}, such as a hole, an enclave or a corner moved by mistake. Mend it.")
            continue
        what = f"a corner of {codes[area]} stands {off[lone & (owner == area)].max():.0f} m off the border on its own"
        layer.fault(f"{what}. The file is damaged, or the corner was moved by mistake; mend it.")
