"""Whether polygons lie where their areas lie: against the shipped boundaries, one by one and all together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from lnregions.boundaries.web_maps import bd09, gcj02
from lnregions.errors import Fault, add_messages

LEAST_OVERLAP = 0.25
"""Share of the larger of two polygons that both must cover to be taken for the same area.

Boundaries of other sources and scales overlap by 0.9 and more, districts redrawn over the years by 0.3 and
more (AMap and Tianditu on 211103: 0.31); polygons that were mixed up hardly overlap.
"""
_NOTED_OVERLAP = 0.95
_LEAST_SHIFT = 60.0
"""Metres; below this a common shift is within what sources and drawing differ by."""
_MOST_SHIFT = 300.0
"""Metres; a common shift of more is refused even when its cause is not known."""
_METRES = np.array([84_140.0, 111_050.0])
"""Metres of a degree of longitude and of latitude at 41 degrees north on GRS 80."""
_LOST_PARTS = 0.001
"""Share of an area in parts that a file lacks from which on it is said."""
_SAMPLE = 600
"""Corners that are looked at to find what all have in common."""
_LONE_SHARED, _LONE_COAST, _LONE_IN_COPY = 100.0, 1000.0, 20.0
"""Metres a single corner may stand off: on a shared border, on a coast, in a copy of the shipped boundaries."""
_SAME_CORNER = 0.01
"""Metres between what is still the same corner."""
_FEW = 5
"""Corners that may differ in a copy for each to be looked at; more are another drawing, seen by their overlap."""
_COPY = 0.05
"""Share of corners that may differ in what is still a copy of the shipped boundaries."""

add_messages(
    {
        "elsewhere": (
            "the polygon of {value} covers {share} % of where that area lies (its centre is {km} km off)",
            "Codes and shapes are mixed up, or the shape is damaged; make the file again",
        ),
        "all elsewhere": (
            "no polygon lies where its area lies (the centres are {km} km off)",
            "The coordinate reference system is not the stated one; find out the true one and state it",
        ),
        "gcj": (
            "the coordinates are shifted by {metres} m to the {direction}, as {value} coordinates of web maps are",
            "Convert them from {value} to WGS 84 or CGCS2000 first",
        ),
        "shifted": (
            "the coordinates are shifted by {metres} m to the {direction} as a whole",
            "The datum is not the stated one; find out the true one and state it",
        ),
        "lone corner": (
            "a corner of {value} near {place} stands {metres} m off the border on its own",
            "The file is damaged, or the corner was moved by mistake; mend it",
        ),
    }
)


@dataclass(frozen=True)
class Shift:
    """A common shift in metres, eastwards and northwards."""

    east: float
    north: float

    @property
    def metres(self) -> float:
        """Its length."""
        return float(np.hypot(self.east, self.north))

    def direction(self) -> tuple[str, str]:
        """Compass direction in English and Chinese."""
        names = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")
        names_zh = ("东", "东北", "北", "西北", "西", "西南", "南", "东南")
        n = round(np.arctan2(self.north, self.east) / (np.pi / 4)) % 8
        return names[n], names_zh[n]


def place_faults(
    shapes: Sequence[shapely.Geometry],
    codes: Sequence[str],
    *,
    drawn: Sequence[shapely.Geometry],
    reference: dict[str, shapely.Geometry],
    name: str,
) -> tuple[list[Fault], list[tuple[str, str]]]:
    """Faults of where polygons lie, and what is worth saying; shapes without a reference are passed over.

    Parameters
    ----------
    shapes : sequence of geometries
        In degrees, valid.
    drawn : sequence of geometries
        The same before any repair, whose corners are looked at.
    reference : dict
        Code -> shipped polygon in degrees.
    """
    rows = zip(shapes, codes, drawn, strict=True)
    both = [(shape, reference[code], code, raw) for shape, code, raw in rows if code in reference]
    if not both:
        return [], []
    mine, theirs, raws = (to_metres(np.array([row[n] for row in both], dtype=object)) for n in (0, 1, 3))
    shares = _shares(mine, theirs)
    wrong = [n for n, share in enumerate(shares) if share < LEAST_OVERLAP]
    if wrong:
        return _elsewhere(
            mine, theirs, wrong=wrong, shares=shares, codes=[row[2] for row in both], name=name
        ), []
    shift = common_shift(mine, theirs)
    faults = _shift_faults(shift, np.array(shapely.union_all(theirs).centroid.coords[0]), name)
    if faults:
        return faults, []
    lone, said = corner_faults(raws, theirs, [row[2] for row in both], name=name)
    if shift.metres >= _LEAST_SHIFT:
        way, way_zh = shift.direction()
        said.append(
            (f"The boundaries lie {shift.metres:.0f} m to the {way} of the shipped ones on average.",
             f"边界整体位于随附边界以{way_zh} {shift.metres:.0f} 米。")
        )  # fmt: skip
    loose = [both[n][2] for n, share in enumerate(shares) if share < _NOTED_OVERLAP]
    if loose:
        listed = ", ".join(loose[:10])
        said.append(
            (
                f"Drawn otherwise than the shipped boundaries by more than 5 %: {listed}.",
                f"与随附边界相差超过 5%：{listed}。",
            )
        )
    return lone, said + _lost_parts(mine, theirs, [row[2] for row in both])


def _lost_parts(mine: np.ndarray, theirs: np.ndarray, codes: list[str]) -> list[tuple[str, str]]:
    """Sentence on parts of the shipped polygons, such as islands, that the file does not touch at all."""
    listed = []
    for code, own, shipped in zip(codes, mine, theirs, strict=True):
        parts = shapely.get_parts(shipped)
        lost = shapely.area(parts[~shapely.intersects(parts, own)]).sum() / shapely.area(shipped)
        if lost > _LOST_PARTS:
            listed.append(f"{code} ({100 * lost:.1f} %)")
    if not listed:
        return []
    shares = ", ".join(listed)
    return [
        (f"Parts of the shipped boundaries, such as islands, are not in the file (share of the area): {shares}.",
         f"文件缺少随附边界中的部分图形（如岛屿；括号内为占该地区面积的比例）：{shares}。")
    ]  # fmt: skip


def to_metres(shapes: np.ndarray) -> np.ndarray:
    """Shapes in metres on a plain grid around Liaoning, good to compare places, not to measure areas."""
    return shapely.transform(shapes, lambda xy: xy * _METRES)


def _shares(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    common = shapely.area(shapely.intersection(mine, theirs))
    return common / np.maximum(np.maximum(shapely.area(mine), shapely.area(theirs)), 1e-9)


def _elsewhere(
    mine, theirs, *, wrong: list[int], shares: np.ndarray, codes: list[str], name: str
) -> list[Fault]:
    way = shapely.get_coordinates(shapely.centroid(mine)) - shapely.get_coordinates(shapely.centroid(theirs))
    off = np.hypot(*way.T) / 1000
    together = np.hypot(*way.mean(axis=0)) / 1000 > 0.9 * off.mean()
    if len(wrong) == len(codes) and len(codes) > 2 and together:
        return [Fault("all elsewhere", name, extra={"km": f"{np.median(off):.1f}"})]
    return [
        Fault(
            "elsewhere",
            name,
            value=codes[n],
            extra={"share": f"{100 * shares[n]:.0f}", "km": f"{off[n]:.0f}"},
        )
        for n in wrong
    ]


def common_shift(mine: np.ndarray, theirs: np.ndarray) -> Shift:
    """Shift that all borders have in common, told from how far corners lie beside the shipped borders.

    Each corner's nearest place on the shipped border gives the shift across the border there; the shift
    that fits all of them best, by least squares and without the worst tenth, is found in a few rounds.
    """
    corners = np.concatenate([shapely.get_coordinates(shape) for shape in mine])
    corners = corners[_evenly(len(corners))]
    border = shapely.union_all(shapely.boundary(theirs))
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
        normal = across[usual] / length[usual, None]
        step = np.linalg.lstsq(normal, length[usual], rcond=None)[0]
        found = found + step
        if np.hypot(*step) < 1:
            break
    return Shift(float(found[0]), float(found[1]))


def _shift_faults(shift: Shift, centre: np.ndarray, name: str) -> list[Fault]:
    if shift.metres < _LEAST_SHIFT:
        return []
    way, way_zh = shift.direction()
    words = {"metres": f"{shift.metres:.0f}", "direction": way, "direction_zh": way_zh}
    lon, lat = centre / _METRES
    for system, moved in (("GCJ-02", gcj02(lon, lat)), ("BD-09", bd09(lon, lat))):
        expected = (np.array(moved) - (lon, lat)) * _METRES
        if np.hypot(*(expected - (shift.east, shift.north))) < 0.35 * np.hypot(*expected):
            return [Fault("gcj", name, extra={"value": system, **words})]
    return [Fault("shifted", name, extra=words)] if shift.metres > _MOST_SHIFT else []


def corner_faults(
    mine: np.ndarray, theirs: np.ndarray, codes: list[str], *, name: str
) -> tuple[list[Fault], list[tuple[str, str]]]:
    """Faults of corners that stand off on their own, and what is worth saying of corners that do not match.

    That is what a damaged coordinate looks like where the format itself cannot tell. On a border that two
    polygons of the file share, a corner that only one of them has counts from a smaller distance on than on
    a coast, where it could be a cape; in a copy of the shipped boundaries, from a smaller one still.
    """
    table = [_corners(shape) for shape in mine]
    owner = np.repeat(np.arange(len(mine)), [len(corner) for _, corner, _ in table])
    before, corner, after = (np.concatenate([row[n] for row in table]) for n in range(3))
    border = shapely.union_all(shapely.boundary(theirs))
    shapely.prepare(border)
    usual = np.quantile(_distances(corner[_evenly(len(corner))], border), 0.9)
    off = shapely.distance(shapely.points(corner), shapely.linestrings(np.stack([before, after], axis=1)))
    broken = _broken(before, corner, after)
    strange = _strange(corner, shapely.get_coordinates(theirs))
    limit = np.maximum(np.where(broken, _LONE_SHARED, _LONE_COAST), 10 * usual)
    if strange.mean() < _COPY:
        limit[strange] = _LONE_IN_COPY
    gaps = broken & (off > 1) & ~np.isin(_keys(corner), _keys(_own_gaps(theirs)))
    said = _mismatches(corner, gaps, strange=strange)
    for side in (corner, before, after):
        seen = np.flatnonzero(off > limit)
        apart = _distances(side[seen], border) > limit[seen]
        off[seen[~apart if side is corner else apart]] = 0
    faults = []
    for n in np.flatnonzero(off > limit).tolist():
        extra = {"place": _place(corner[n]), "metres": f"{off[n]:.0f}"}
        faults.append(Fault("lone corner", name, value=codes[owner[n]], extra=extra))
    if not faults and strange.sum() <= _FEW:
        faults = _cut_off(mine, theirs, codes, name=name)
    return faults, said


def _cut_off(mine: np.ndarray, theirs: np.ndarray, codes: list[str], *, name: str) -> list[Fault]:
    """Faults of shipped corners that a copy lacks or has moved along its border, so that land is cut off."""
    faults, count = [], 0
    for code, own, shipped in zip(codes, mine, theirs, strict=True):
        corners = shapely.get_coordinates(shipped)
        lost = corners[~np.isin(_keys(corners), _keys(shapely.get_coordinates(own)))]
        count += len(lost)
        off = _distances(lost, shapely.boundary(own))
        for n in np.flatnonzero(off > _LONE_IN_COPY).tolist():
            extra = {"place": _place(lost[n]), "metres": f"{off[n]:.0f}"}
            faults.append(Fault("lone corner", name, value=code, extra=extra))
    return faults if count <= 2 * _FEW else []


def _mismatches(corner: np.ndarray, broken: np.ndarray, *, strange: np.ndarray) -> list[tuple[str, str]]:
    """Sentences on corners of shared borders that one side lacks, and on a copy's corners that differ."""
    said = []
    if broken.any():
        count, place = int(broken.sum()), _place(corner[broken][0])
        said.append(
            (f"Neighbouring areas do not quite meet; corners that one side lacks: {count} (the first near {place}).",
             f"相邻地区在 {count} 个角点处未完全相接（首个在 {place} 附近）。")
        )  # fmt: skip
    if strange.any() and strange.mean() < _COPY:
        count, place = int(strange.sum()), _place(corner[strange][0])
        said.append(
            (f"The same as the shipped boundaries except for some corners: {count} (the first near {place}).",
             f"与随附边界相同，但有 {count} 个角点不同（首个在 {place} 附近）。")
        )  # fmt: skip
    return said


def _strange(corner: np.ndarray, shipped: np.ndarray) -> np.ndarray:
    """Whether each corner is none of the shipped ones, to the centimetre that a projection and back may cost."""
    strange = ~np.isin(_keys(corner), _keys(shipped))
    seen, known = shapely.points(corner[strange]), shapely.points(shipped)
    nearest = shapely.STRtree(known).nearest(seen)
    strange[strange] = shapely.distance(seen, known[nearest]) > _SAME_CORNER
    return strange


def _broken(before: np.ndarray, corner: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Whether each corner belongs to one ring only, though both its neighbours belong to more."""
    return ~_shared(corner, corner) & _shared(before, corner) & _shared(after, corner)


def _own_gaps(theirs: np.ndarray) -> np.ndarray:
    """Corners that one side lacks in the shipped boundaries themselves; a copy of them is not to blame."""
    table = [_corners(shape) for shape in theirs]
    before, corner, after = (np.concatenate([row[n] for row in table]) for n in range(3))
    return corner[_broken(before, corner, after)]


def _place(point: np.ndarray) -> str:
    lon, lat = point / _METRES
    return f"{lon:.3f}, {lat:.3f}"


def _distances(points: np.ndarray, border: shapely.Geometry) -> np.ndarray:
    return shapely.distance(shapely.points(points), border)


def _evenly(count: int) -> np.ndarray:
    """Places of an even sample among so many."""
    return np.linspace(0, count - 1, min(_SAMPLE, count)).astype(int)


def _shared(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Whether each point is a corner of more than one ring, to the millimetre."""
    values, count = np.unique(_keys(corners), return_counts=True)
    return np.isin(_keys(points), values[count > 1])


def _keys(points: np.ndarray) -> np.ndarray:
    """Points to the millimetre, comparable."""
    return np.round(points, 3) @ (1, 1j)


def _corners(shape: shapely.Geometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every corner of a shape with the one before and the one after it."""
    rings = [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(shapely.get_parts(shape))]
    return (
        np.concatenate([np.roll(ring, 1, axis=0) for ring in rings]),
        np.concatenate(rings),
        np.concatenate([np.roll(ring, -1, axis=0) for ring in rings]),
    )
