"""What the tables for readers share: headings in both languages, grades, names of targets and sources."""

import pandas as pd

from lnregions.words.words import format_value

HEADS = {
    "target": ("Target", "目标"), "region": ("Region", "区域"), "status": ("Status", "状态"),
    "required": ("Required", "目标值"), "actual": ("Actual", "实际值"), "year": ("Year", "年份"),
    "gap": ("Gap", "差距"), "reached": ("Reached in", "达到年份"), "grade": ("Grade", "等级"),
    "reason": ("Why", "理由"), "reading": ("Read as", "理解"), "coverage": ("Coverage", "覆盖"),
    "fact": ("Fact", "事项"), "value": ("Value", "数值"),
    "content": ("Value", "内容"), "indicator": ("Indicator", "指标"),
    "member": ("Member", "成员"), "membership": ("Membership", "成员关系"), "source": ("Source", "来源"),
    "title": ("Title", "标题"), "date": ("Published", "发布日期"), "figures": ("Figures", "数据个数"),
    "quantity": ("Quantity", "数量"), "caveat": ("Caveat", "说明"), "role": ("Part", "部分"),
    "path": ("Path", "应达值"), "way": ("Way done", "完成程度"), "time": ("Time gone", "时间进度"),
    "needed": ("Needed a year", "此后年均需增"),
    "closing": ("Closing", "期末判断"), "change": ("With", "改变"), "before": ("Before", "此前"),
    "after": ("After", "此后"), "text": ("In the plan's terms", "规划表述"), "where": ("Where", "网址"),
}  # fmt: skip
GRADES = {
    "en": "Grades: A primary page or two agreeing sources, B one decent source, C weak.",
    "zh": "等级：A为原始页面或两个一致来源，B为一个可靠来源，C为较弱来源。",
}


def headed(frame, language):
    """The same frame under readers' headings, empty cells for what is missing."""
    zh = language == "zh"
    return frame.rename(columns={name: HEADS[name][zh] for name in frame.columns if name in HEADS}).fillna("")


def target_labels(language, plan=None):
    """Labels of the targets of all shipped plans, and of `plan`."""
    from lnregions.tables import shipped_plans

    labels = {}
    for one in [*shipped_plans(), *([plan] if plan is not None else [])]:
        labels |= dict(zip(one.targets["target"], one.targets[f"label_{language}"], strict=True))
    return labels


def source_titles(sources):
    """Title of each source by its id."""
    return dict(zip(sources["source"], sources["title"], strict=True))


def value_words(value, unit, language):
    """Value with its unit, rounded as charts round it; empty for a missing one."""
    return "" if pd.isna(value) else format_value(value, unit, language)
