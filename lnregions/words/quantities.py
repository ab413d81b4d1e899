"""Names of the numbers that a verdict uses, both languages side by side."""

import re

QUANTITIES: dict[str, tuple[str, str]] = {
    # key: (English, Chinese)
    "required": ("required", "目标值"),
    "gap": ("gap", "差距"),
    "change": ("change", "变化"),
    "multiple": ("multiple of the baseline", "相对基期的倍数"),
    "mean growth": ("mean growth, % a year", "年均增速（%）"),
    "mean needed": ("mean growth to compare with, % a year", "比较用年均增速（%）"),
    "asked": ("base year asked for", "规定基期"),
    "baseline_year": ("base year used", "采用基期"),
    "baseline": ("baseline", "基期值"),
    "latest_year": ("year of the latest figure", "最新数据年份"),
    "latest": ("latest figure", "最新值"),
    "horizon": ("horizon", "目标年份"),
    "target": ("value to reach", "应达到的值"),
    "limit": ("natural limit", "自然极限"),
    "direction": ("direction (1 up, -1 down)", "方向（1为上升，-1为下降）"),
    "cagr_observed": ("growth seen, a year, as a fraction", "实际年均增长率（小数）"),
    "cagr_required": ("growth required, a year, as a fraction", "所需年均增长率（小数）"),
    "scale": ("factor near the limit, C", "接近极限的系数C"),
    "projected": ("value projected to the horizon", "推算至目标年份的值"),
    "series_score": ("class, 3 the best", "等级（3为最好）"),
    "anticipated": ("anticipated progress index", "预期进展指数"),
    "anticipated_status": ("status of anticipated progress", "预期进展状态"),
    "ratio": ("progress ratio", "进展比率"),
    "score": ("score", "得分"),
}
"""Name of each number without a year."""
OF_YEAR: dict[str, tuple[str, str]] = {
    # key: (English, Chinese), with the year in braces
    "baseline": ("baseline {}", "基期值（{}年）"),
    "value": ("value {}", "数值（{}年）"),
    "growth": ("growth {}, %", "增速（{}年，%）"),
    "needed": ("growth to compare with {}, %", "比较用增速（{}年，%）"),
    "real growth": ("real growth {}, %", "实际增速（{}年，%）"),
}
"""Name of each number of a year, such as ``value 2024``."""


def quantity_name(name: str, *, language: str = "en") -> str:
    """Name of a number of `Verdict.numbers` for readers; a name that is not in the tables as it is.

    Examples
    --------
    >>> quantity_name("growth 2023"), quantity_name("growth 2023", language="zh")
    ('growth 2023, %', '增速（2023年，%）')
    """
    zh = language == "zh"
    if name in QUANTITIES:
        return QUANTITIES[name][zh]
    hit = re.fullmatch(r"(.+) (\d{4})", name)
    if hit and hit[1] in OF_YEAR:
        return OF_YEAR[hit[1]][zh].format(hit[2])
    return name
