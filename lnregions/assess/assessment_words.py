"""Status words and reasons of assessments, both languages side by side."""

STATUS_WORDS: dict[str, dict[str, str]] = {
    "met": {"en": "met", "zh": "已实现"},
    "on track": {"en": "on track", "zh": "进度相符"},
    "acceleration needed": {"en": "acceleration needed", "zh": "需加快"},
    "limited": {"en": "limited progress", "zh": "进展有限"},
    "deterioration": {"en": "deterioration", "zh": "出现倒退"},
    "missed": {"en": "missed", "zh": "未实现"},
    "not assessable": {"en": "not assessable", "zh": "无法评估"},
    "no data": {"en": "no data", "zh": "暂无数据"},
    "not quantified": {"en": "not quantified", "zh": "未量化"},
}
"""Every status word of the project and what a reader sees for it."""

REASONS: dict[str, dict[str, str]] = {
    "growth rates": {
        "en": "The values are growth rates, and a compound growth rate of growth rates means nothing.",
        "zh": "数值本身是增速，对增速再计算年均复合增速没有意义。",
    },
    "horizon": {
        "en": "The horizon {horizon} is not after the baseline year {baseline_year}.",
        "zh": "目标年份 {horizon} 不晚于基期 {baseline_year}。",
    },
    "no baseline": {
        "en": "There is no figure for {asked} or for a later year up to {horizon}.",
        "zh": "{asked} 年及其后至 {horizon} 年均无数据。",
    },
    "one year": {
        "en": "There is a figure for only one year ({baseline_year}) from {asked} to {horizon}; "
        "two are needed.",
        "zh": "{asked} 年至 {horizon} 年只有一年（{baseline_year} 年）的数据，至少需要两年。",
    },
    "zero base": {
        "en": "The baseline value ({baseline_year}) is zero, and growth from zero has no rate.",
        "zh": "基期（{baseline_year} 年）数值为零，从零开始无法计算增速。",
    },
    "zero target": {
        "en": "The target is zero, and no growth rate leads to zero.",
        "zh": "目标为零，任何增速都达不到零。",
    },
    "sign change": {
        "en": "The value changes sign from {baseline:g} ({baseline_year}) to {latest:g} ({latest_year}), "
        "which no growth rate describes.",
        "zh": "数值由 {baseline:g}（{baseline_year} 年）变为 {latest:g}（{latest_year} 年），"
        "正负号改变，无法计算增速。",
    },
    "too far apart": {
        "en": "The figures {baseline:g} and {latest:g} are too far apart for a growth rate.",
        "zh": "{baseline:g} 与 {latest:g} 相差过大，无法计算增速。",
    },
    "target sign": {
        "en": "The baseline value {baseline:g} and the target {target:g} differ in sign, "
        "which no growth rate spans.",
        "zh": "基期数值 {baseline:g} 与目标 {target:g} 正负号不同，无法计算所需增速。",
    },
    "beyond target": {
        "en": "The baseline value {baseline:g} ({baseline_year}) is already at or beyond the target "
        "{target:g}, so there is no way to go that progress could be measured on.",
        "zh": "基期（{baseline_year} 年）数值 {baseline:g} 已达到或超过目标 {target:g}，没有可以衡量的进程。",
    },
    "limit": {
        "en": "The baseline value {baseline:g} ({baseline_year}) is already beyond the limit {limit:g}.",
        "zh": "基期（{baseline_year} 年）数值 {baseline:g} 已超出极限 {limit:g}。",
    },
    "no target": {
        "en": "This method measures the way to a target, and there is none.",
        "zh": "该方法衡量通向目标的进程，而此处没有目标。",
    },
    "no score": {
        "en": "None of the series has a score.",
        "zh": "所有序列均无得分。",
    },
    "later baseline": {
        "en": "{asked} has no figure; {baseline_year} serves as the baseline year.",
        "zh": "{asked} 年无数据，以 {baseline_year} 年为基期。",
    },
    "after horizon": {
        "en": "Figures after the horizon {horizon} are not counted.",
        "zh": "{horizon} 年以后的数据不计入。",
    },
    "met at base": {
        "en": "The baseline value was already at or beyond the target.",
        "zh": "基期数值已达到或超过目标。",
    },
    "limit unused": {
        "en": "The limit {limit:g} plays no part here.",
        "zh": "极限 {limit:g} 在此不起作用。",
    },
    "no projection": {
        "en": "The value at the horizon cannot be projected from {baseline:g} and {latest:g}.",
        "zh": "无法由 {baseline:g} 和 {latest:g} 推算目标年份的数值。",
    },
}
"""Why a case is not assessable, and what else a reader must know; the names in braces are its numbers."""
