"""Whether the shipped shapes are whole, nested, of the right size and in the right place."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from checks.result import Check
from lnregions.boundaries.boundaries import load_boundaries, load_context, load_locator
from lnregions.errors import DataError, Fault, add_messages, shown_path
from lnregions.paths import shapes_dir
from lnregions.tables.codebook import load_areas

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["check_geometry", "check_shapes"]

GAP_WIDTH = 1e-5
"""Degrees (about a metre): narrower holes between two areas are gaps."""
SAME_GROUND = 1e-9
"""Square degrees (about ten square metres) by which a union may differ from the area it makes."""
SAME_AREA_KM2 = 0.001
PROVINCE = "210000"
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")

add_messages(
    {
        "shape file": ("the file {text}", "Make it anew with shapes/build.py"),
        "shape": ("{value}: {text}", "Correct the boundary, or make it anew with shapes/build.py"),
    }
)


def check_shapes() -> list[Check]:
    """Check the shipped shapes: files, codes, coverage, nesting, areas, neighbours, label points.

    Returns
    -------
    list of Check
        With their counts; the geometry is checked only where the files can be read.
    """
    checks = [_files(shapes_dir())]
    try:
        layers = load_boundaries(), load_boundaries("county")
        ground = {"context": load_context(), "locator": load_locator()}
    except DataError as error:
        return [*checks, _check("the shapes can be read", "边界可以读取", 4, error.faults)]
    return [*checks, *check_geometry(*layers, ground=ground)]


def check_geometry(
    cities: "gpd.GeoDataFrame", counties: "gpd.GeoDataFrame", *, ground: "dict[str, gpd.GeoDataFrame]"
) -> list[Check]:
    """Check the geometry of cities and counties.

    Parameters
    ----------
    cities, counties : geopandas.GeoDataFrame
        As from :func:`lnregions.load_boundaries`.
    ground : dict
        The layers ``context`` (with the province's outline) and ``locator``.
    """
    layers = {"liaoning_cities": cities, "liaoning_counties": counties}
    return [
        _codes(layers),
        _coverage(layers | ground),
        _nesting(cities, counties),
        _outline(cities, ground["context"]),
        _areas_of_source(layers),
        _areas_published(cities),
        _neighbours(cities),
        _labels(layers),
    ]


def _files(folder: Path) -> Check:
    """Checksums of all parts, and no part without one."""
    stated = _stated(folder / "checksums.txt")
    faults = [] if stated else [_file(folder / "checksums.txt", "is missing or empty", "缺失或为空")]
    for name, digest in stated.items():
        path = folder / name
        if not path.is_file():
            faults.append(_file(path, "is missing", "缺失"))
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            faults.append(_file(path, "is not the one that was published", "与发布时不一致"))
    present = sorted(path for path in folder.iterdir() if path.suffix in _PARTS)
    faults += [_file(path, "has no checksum", "没有校验值") for path in present if path.name not in stated]
    return _check(
        "every file is the one whose checksum is stated", "各文件与所列校验值一致", len(stated), faults
    )


def _stated(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _codes(layers) -> Check:
    """All areas of the codebook, each once, under its parent, in degrees of CGCS2000."""
    areas, faults = load_areas(), []
    known = dict(zip(areas["area"], areas["parent"], strict=True))
    for name, level in (("liaoning_cities", "city"), ("liaoning_counties", "county")):
        frame = layers[name]
        wanted, found = set(areas.loc[areas["level"] == level, "area"]), list(frame["area"])
        faults += [_fault(a, "is not in the layer", "不在图层中") for a in sorted(wanted - set(found))]
        faults += [_fault(a, "is not in the codebook", "不在代码表中") for a in sorted(set(found) - wanted)]
        faults += [
            _fault(a, "stands twice", "出现两次") for a in sorted({a for a in found if found.count(a) > 1})
        ]
        rows = zip(frame["area"], frame["parent"], strict=True)
        faults += [_fault(a, f"has the parent {p}", f"的上级为 {p}") for a, p in rows if known.get(a, p) != p]
        if frame.crs is None or frame.crs.to_epsg() != 4490:
            faults.append(
                _fault(name, "is not in degrees of CGCS2000 (EPSG:4490)", "坐标系不是 CGCS2000（EPSG:4490）")
            )
    count = sum(len(layers[name]) for name in layers)
    return _check("every area of the codebook is there once, under its parent, in degrees of CGCS2000",
                  "代码表中每个地区出现一次，上级正确，坐标为 CGCS2000 经纬度", count, faults)  # fmt: skip


def _coverage(layers) -> Check:
    """No overlap, no gap, no invalid polygon within a layer."""
    import shapely

    faults, count = [], 0
    for name, frame in layers.items():
        shapes = frame.geometry.to_numpy()
        count += len(shapes)
        bad = [area for area, fine in zip(frame["area"], shapely.is_valid(shapes), strict=True) if not fine]
        faults += [_fault(f"{name} {area}", "is no valid polygon", "不是有效多边形") for area in bad]
        if not bad and not shapely.coverage_is_valid(shapes, gap_width=GAP_WIDTH):
            edges = shapely.coverage_invalid_edges(shapes, gap_width=GAP_WIDTH)
            at = [area for area, edge in zip(frame["area"], edges, strict=True) if not shapely.is_empty(edge)]
            faults.append(_fault(f"{name} {' '.join(at)}", "overlaps or leaves a gap", "有重叠或缝隙"))
    return _check("no area overlaps another or leaves a gap", "各地区之间无重叠、无缝隙", count, faults)


def _nesting(cities, counties) -> Check:
    """Every city is the union of its counties."""
    import shapely

    faults = []
    for area, shape in zip(cities["area"], cities.geometry, strict=True):
        own = counties.loc[counties["parent"] == area, "geometry"].to_numpy()
        if not len(own) or shapely.union_all(own).symmetric_difference(shape).area > SAME_GROUND:
            faults.append(_fault(area, "is not the union of its counties", "与所辖区县之并集不同"))
    return _check("every city is the union of its counties", "每个市等于所辖区县之并集", len(cities), faults)


def _outline(cities, context) -> Check:
    """The province is the union of its cities."""
    import shapely

    province = context.loc[context["area"] == PROVINCE, "geometry"]
    whole = shapely.union_all(cities.geometry.to_numpy())
    same = len(province) == 1 and province.iloc[0].symmetric_difference(whole).area <= SAME_GROUND
    faults = [] if same else [_fault(PROVINCE, "is not the union of its cities", "与各市之并集不同")]
    return _check("the province's outline is the union of its cities", "全省轮廓等于各市之并集", 1, faults)


def _areas_of_source(layers) -> Check:
    """Areas as the table of the shapes' source states them."""
    table = pd.read_csv(shapes_dir() / "area_changes.csv", dtype={"area": str}).set_index("area")[
        "shipped_km2"
    ]
    faults, count = [], 0
    for frame in layers.values():
        for area, found in zip(frame["area"], _areas_km2(frame), strict=True):
            count += 1
            if abs(found - table.get(area, 0.0)) > SAME_AREA_KM2:
                stated = f"{table.get(area, 0.0):,.3f}"
                faults.append(_fault(area, f"has {found:,.3f} km² where area_changes.csv states {stated}",
                                     f"面积 {found:,.3f} 平方公里，area_changes.csv 为 {stated}"))  # fmt: skip
    return _check("areas are those of the source of the boundaries, within 0.001 km²",
                  "面积与边界来源一致（0.001平方公里以内）", count, faults)  # fmt: skip


def _areas_published(cities) -> Check:
    """Areas against those that public pages state, within what the table allows."""
    table = pd.read_csv(shapes_dir() / "published_areas.csv", dtype={"area": str}).set_index("area")
    faults, found = [], dict(zip(cities["area"], _areas_km2(cities), strict=True))
    for area, row in table.iterrows():
        off = (found.get(area, 0.0) / row["km2"] - 1) * 100
        if abs(off) > row["allowed_percent"]:
            faults.append(_fault(area, f"is {off:+.1f} % off its published {row['km2']:,} km² ({row['url']})",
                                 f"与公布面积 {row['km2']:,} 平方公里相差 {off:+.1f}%（{row['url']}）"))  # fmt: skip
    return _check("areas of cities are the published ones, within 1.5 % (Panjin, on a tidal coast, 4 %)",
                  "各市面积与公布面积相差1.5%以内（盘锦为滩涂海岸，4%）", len(table), faults)  # fmt: skip


def _areas_km2(frame):
    from lnregions.boundaries import project

    return project(frame).area / 1e6


def neighbours(frame) -> set[tuple[str, str]]:
    """Pairs of areas that share a border and not only a point, each both ways."""
    import shapely

    from lnregions.boundaries import project

    names, shapes = frame["area"].to_numpy(), project(frame).geometry.to_numpy()
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    borders = shapely.boundary(shapes)
    shared = (one != two) & (shapely.length(shapely.intersection(borders[one], borders[two])) > 0)
    return set(zip(names[one[shared]], names[two[shared]], strict=True))


def _neighbours(cities) -> Check:
    """Pairs of cities that share a border: the listed ones, both ways, and all of a piece."""
    table = pd.read_csv(shapes_dir() / "neighbours.csv", dtype=str, keep_default_na=False)
    listed = {frozenset(pair) for pair in zip(table["area"], table["other"], strict=True)}
    ways = neighbours(cities)
    found = {frozenset(way) for way in ways}
    faults = [
        _fault(" ".join(sorted(p)), "share no border", "不相邻") for p in sorted(listed - found, key=sorted)
    ]
    faults += [_fault(" ".join(sorted(p)), "share a border that is not listed in neighbours.csv",
                      "相邻，但 neighbours.csv 未列出") for p in sorted(found - listed, key=sorted)]  # fmt: skip
    faults += [
        _fault(f"{a} {b}", "share a border one way only", "只有单向相邻")
        for a, b in ways
        if (b, a) not in ways
    ]
    apart = sorted(set(cities["area"]) - _reached(cities["area"].iloc[0], ways))
    faults += [_fault(area, "lies apart from the other cities", "与其他各市不相连") for area in apart]
    stated = (table["stated_by"] != "").sum()
    return _check(f"pairs of neighbouring cities are the listed ones ({stated} of them stated by public pages)",
                  f"相邻城市与所列一致（其中{stated}对有公开页面为证）", len(listed), faults)  # fmt: skip


def _reached(start, ways) -> set[str]:
    reached, rest = {start}, [start]
    while rest:
        here = rest.pop()
        new = {b for a, b in ways if a == here} - reached
        reached |= new
        rest += new
    return reached


def _labels(layers) -> Check:
    """The point at which an area is labelled lies inside it, and inside no other."""
    import shapely

    from lnregions.boundaries.geometry import label_points

    faults, count = [], 0
    for frame in layers.values():
        points = label_points(frame).to_numpy()
        inside = shapely.contains_properly(frame.geometry.to_numpy(), points)
        count += len(points)
        faults += [
            _fault(area, "has its label outside", "的标注点在其外")
            for area, fine in zip(frame["area"], inside, strict=True)
            if not fine
        ]
    return _check("every label point lies inside its area", "标注点均在本地区之内", count, faults)


def _check(name: str, name_zh: str, compared: int, faults: list[Fault]) -> Check:
    return Check("shapes", (name, name_zh), compared, tuple(faults))


def _file(path: Path, text: str, text_zh: str) -> Fault:
    return Fault("shape file", shown_path(path), extra={"text": text, "text_zh": text_zh})


def _fault(area: str, text: str, text_zh: str) -> Fault:
    return Fault("shape", "shapes", extra={"value": area, "text": text, "text_zh": text_zh})
