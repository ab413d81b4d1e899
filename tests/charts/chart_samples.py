"""Made-up frames, one chart of every kind, and what the tests look up on a chart."""

from functools import cache
from io import StringIO

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from lnregions import charts

ENGLISH = ["Shenyang", "Dalian", "Anshan", "Fushun", "Benxi", "Dandong", "Jinzhou"]
CHINESE = ["沈阳", "大连", "鞍山", "抚顺", "本溪", "丹东", "锦州"]
CITIES = [f"210{number}00" for number in range(1, 8)]
SHENYANG = pd.DataFrame(
    {
        "year": range(2018, 2026),
        "value": [6101.9, 6470.3, 6571.6, 7249.7, 7695.8, 8122.1, 9027.1, 9100.3],
        "grade": list("CBAAAAAB"),
        "segment": [0, 1, 1, 1, 1, 1, 2, 2],
        "reason": ["", "fourth economic census", "", "", "", "", "fifth economic census", ""],
    }
)
DALIAN = pd.DataFrame(
    {
        "year": range(2019, 2026),
        "value": [7001.7, 7030.4, 7825.9, 8430.9, 8752.9, 9516.9, 10002.1],
        "segment": [1, 1, 1, 1, 1, 2, 2],
    }
)
PATH = pd.DataFrame({"year": [2021, 2022, 2023, 2024], "required": [7249.7, 8166.5, 9083.2, 10000.0]})
BAND = PATH.assign(low=[7249.7, 8070.0, 8983.2, 10000.0], high=PATH["required"])
GOAL = {"value": 10000, "horizon": 2024, "comparator": ">=", "baseline_year": 2021}
AHEAD = pd.DataFrame({"year": [2026, 2027], "value": [9400.0, 9700.0]})
AHEAD = AHEAD.assign(low=[9100.0, 9200.0], high=[9700.0, 10300.0])
NOTHING = pd.DataFrame({"year": [], "value": [], "name": []})
VERDICTS = """
target,region,status,required,actual,actual_year,gap,unit,grade,reached_in,disagree
gdp,circle,missed,10000,9027.1,2024,-972.9,亿元,A,,False
sei,circle,no data,15,,,,%,,,False
hour,circle,not quantified,,,,,,,,False
dalian,belt,missed,10000,9516.9,2024,-483.1,亿元,B,2025,False
trade,belt,not assessable,,3.2,2024,-0.4,%,B,,True
forest,east,met,,,,,%,C,,False
"""
VERDICTS = pd.read_csv(StringIO(VERDICTS)).fillna({"unit": "", "grade": ""})
CLAUSES = """
target,label_en,label_zh,comparator,value,unit,benchmark
gdp,GDP of Shenyang,沈阳生产总值,>=,10000,亿元,
sei,Emerging industries share,战略性新兴产业占比,>=,15,%,
hour,One-hour traffic circle,一小时交通圈,,,,
dalian,GDP of Dalian,大连生产总值,>,10000,亿元,
trade,Trade growth above the nation,外贸增速高于全国,>,,,100000
forest,Forest coverage rises,森林覆盖率提高,up,,,
"""
CLAUSES = pd.read_csv(StringIO(CLAUSES), dtype=str, keep_default_na=False)
CLAUSES["value"] = pd.to_numeric(CLAUSES["value"])

GAPS = pd.DataFrame({"year": [2020, 2021, 2023, 2024], "value": [-0.8, 31.3, 0.1, -13.5]})
GAPS = GAPS.assign(derived=[False, False, True, True])
SHEET = VERDICTS[["target", "status"]].assign(
    name="Strategic emerging industries share", asked="at least 1,000 billion yuan", comparator=">=",
    verdict="Missed (aspirational target) by 97.29 billion yuan (9.7%) in 2024; reached in 2025",
    required=[10000.0, 15.0, None, -12.8, 4.2, 0.0],
    figures="baseline 724.97 billion yuan (2021); actual 902.71 billion yuan (2024)",
)  # fmt: skip
MARKS = pd.DataFrame(
    [("gdp", "baseline", 7249.7), ("gdp", "actual", 9027.1), ("gdp", "time", 9083.2), ("sei", "nearest", 13.0),
     ("dalian", "actual", 6.4), ("trade", "actual", -0.05), ("forest", "nearest", -1.3), ("forest", "nearest", 0.1)],
    columns=["target", "role", "value"],
).assign(low=None, high=None)  # fmt: skip
SPANS = pd.DataFrame(
    [("GDP of Shenyang", "2022-03-18", "2024-06-30", "no data"),
     ("GDP of Shenyang", "2024-06-30", "2026-06-30", "missed"),
     ("Forest coverage rises", "2022-03-18", "2026-06-30", "not assessable")],
    columns=["area", "first", "last", "status"],
)  # fmt: skip


def heat_cells(language="en"):
    """Cells of eight indicators and seven cities, one of them missing."""
    zh, random = language == "zh", np.random.default_rng(2)
    name = "地区生产总值{}，亿元，2024" if zh else "Gross domestic product {}, billion yuan, 2024"
    columns = [name.format(n) for n in range(8)]
    rows = [(city, column, random.normal(), "10,002.10\n2025\n+137.1%", "ABC"[n % 3])
            for city in CITIES for n, column in enumerate(columns)]  # fmt: skip
    return pd.DataFrame(rows[:-1], columns=["area", "column", "value", "words", "grade"])


def names(language="en"):
    return dict(zip(CITIES, ENGLISH if language == "en" else CHINESE, strict=True))


def growth(level, first=2016):
    years = range(first, 2025)
    return pd.DataFrame({"year": years, "value": [level + (year % 3) - 1.5 for year in years]})


def members(first=2018, last=2024):
    """Seven cities of very different size with a break in 2024, the last without any value."""
    random = np.random.default_rng(1)
    rows = []
    for size, area in enumerate(CITIES[:-1]):
        for year in range(first, last + 1):
            value = 9000 / (size + 1) * 1.05 ** (year - first) + random.normal(0, 40)
            rows.append((area, year, value, "C" if year == first else "A", int(year >= 2024)))
    return pd.DataFrame(rows, columns=["area", "year", "value", "grade", "segment"])


@cache
def every_chart(language, width):
    """Axes by kind of chart, with a long title, legend, notes and source."""
    zh = language == "zh"
    words = {
        "language": language,
        "width": width,
        "title": "沈阳现代化都市圈地区生产总值" if zh else "Gross domestic product of the metropolitan area",
        "subtitle": "各成员城市" if zh else "Member cities",
        "source": "沈阳市统计公报、省统计年鉴" if zh else "Statistical bulletins and the provincial yearbook",
    }
    named, frame = words | {"names": names(language)}, members()
    nation, index = (
        growth(5).assign(name="全国" if zh else "China"),
        frame.assign(value=100 + frame["value"] / 90),
    )
    rates = frame[frame["year"] == 2024].assign(value=lambda rows: rows["value"] / 900 - 3)
    lacking = pd.concat([rates, pd.DataFrame({"area": ["210700"], "value": [np.nan]})])
    assessed = {"unit": "%", "years": (2022, 2024), "target": {"value": 15, "comparator": ">="}}
    beside = {"辽宁" if zh else "Liaoning": 2.0}
    cities = {"names": {"100000": "全国" if zh else "China"}}
    return {
        "trajectory": charts.plot_trajectory(
            SHENYANG, path=BAND, target=GOAL, projection=AHEAD, unit="亿元", **words
        ),
        "reached": charts.plot_trajectory(DALIAN, path=BAND, target=GOAL, unit="亿元", **words),
        "growth": charts.plot_growth_trajectory(
            growth(4), benchmark=nation, members=rates, name="辽西" if zh else "West", **assessed, **words
        ),
        "panels": charts.plot_member_panels(frame, members=CITIES, unit="亿元", **named)[0],
        "index": charts.plot_indexed_growth(
            index, base_year=2019, benchmark=nation.assign(value=110.0), highlight=["210100"], **named
        ),
        "dumbbells": charts.plot_dots(frame[frame["year"].isin([2018, 2023])], unit="亿元", **named),
        "ranks": charts.plot_ranks(frame, highlight=["210200"], **named),
        "contributions": charts.plot_contributions(rates, unit="亿元", **named),
        "dots": charts.plot_dots(lacking, benchmark=beside, unit="%", **named),
        "coverage": charts.plot_coverage(frame, **named),
        "scorecard": charts.plot_scorecard(VERDICTS, targets=CLAUSES, regions={}, **words, **cities),
        "gaps": charts.plot_gaps(GAPS, years=(2022, 2024), unit="pp", **words),
        "target sheet": charts.plot_target_sheet(SHEET, marks=MARKS, **words),
        "heat map": charts.plot_heat_map(heat_cells(language), **named),
        "timeline": charts.plot_timeline(SPANS, **words),
    }


def texts(ax, part):
    """Texts of a chart that play one part."""
    return [one.get_text() for one in ax.texts if one.get_label() == f"_{part}"]


def drawn(ax, label):
    """Lines of a chart by their label: a part with an underscore before it, or the words of the legend."""
    return [line for line in ax.lines if line.get_label() == label]


def legend(ax):
    """Entries of the legend in their order."""
    return [one.get_text() for one in ax.figure.findobj(Text) if one.get_label() == "_key"]


def stretches(line):
    """Unbroken stretches of a line as lists of x."""
    x, found = line.get_xdata(), [[]]
    for value in x:
        if np.isnan(value):
            found.append([])
        else:
            found[-1].append(int(value))
    return found


def overlapping_texts(figure, slack=0.5):
    """Pairs of visible texts that overlap in print by more than `slack` points, and texts beyond the edge."""
    screen = figure.dpi
    figure.set_dpi(300)
    renderer = FigureCanvasAgg(figure).get_renderer()  # drawn and measured by one, each text is laid out once
    figure.draw_without_rendering()
    hidden = set()
    for ax in figure.findobj(Axes):
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = axis.get_major_ticks()
            outside = [tick for tick in ticks if not low - 1e-9 <= tick.get_loc() <= high + 1e-9]
            hidden |= {id(label) for tick in outside for label in (tick.label1, tick.label2)}
    shown = [one for one in figure.findobj(Text) if one.get_visible() and one.get_text().strip()]
    shown = [one for one in shown if id(one) not in hidden]
    low, high = np.split(np.array([one.get_window_extent(renderer).extents for one in shown]), 2, axis=1)
    edge, words = slack * figure.dpi / 72, [one.get_text() for one in shown]
    shared = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    pairs = np.argwhere(np.triu((shared > edge).all(axis=2), 1))
    beyond = ((low < -edge) | (high > figure.bbox.size + edge)).any(axis=1)
    figure.set_dpi(screen)
    return [(words[a], words[b]) for a, b in pairs] + [(words[k], "(edge)") for k in np.flatnonzero(beyond)]
