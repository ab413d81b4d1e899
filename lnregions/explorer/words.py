"""Words of the explorer, English and Chinese side by side."""

WORDS: dict[str, tuple[str, str]] = {
    "plan": ("Plan", "规划"),
    "region": ("Region", "区域"),
    "city": ("City", "城市"),
    "indicator": ("Indicator", "指标"),
    "year": ("Year", "年份"),
    "as_of": ("Known on", "截至日期"),
    "folder": ("Folder", "文件夹"),
    "whole": ("the whole region", "整个区域"),
    "latest": ("latest", "最近"),
    "no figures": ("no figures", "无数据"),
    "save": ("Save this view", "导出当前视图"),
    "save tip": (
        "Map and chart as PNG, SVG and PDF, with data, caption and sources",
        "地图和图表的 PNG、SVG、PDF 文件，连同数据、图注和来源",
    ),
    "as_of tip": (
        "Only what was published by this date; empty: all",
        "仅采用该日期之前公布的数据；留空为全部",
    ),
    "saved": (
        "{count} files in {folder}. The same from Python:",
        "{count}个文件已存入{folder}。用 Python 得到相同结果：",
    ),
    "not saved": ("Not saved: {why}", "未能保存：{why}"),
    "broken": (
        "This cannot be shown ({error}). Choose something else; please report it.",
        "无法显示（{error}）。请改选其他内容，并报告此问题。",
    ),
}


def say(key: str, language: str, **parts) -> str:
    """Words of a key in one language.

    Examples
    --------
    >>> say("not saved", "zh", why="x")
    '未能保存：x'
    """
    return WORDS[key][language == "zh"].format(**parts)
