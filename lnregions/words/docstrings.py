"""Docstrings of the public names, completed: what each parameter takes, what is returned, an example to copy.

Pictures and tables share a few parameters, which are described here once. A public function whose docstring lacks a
section gets it from here when it is first used, so that ``?`` and Shift-Tab show all of it.
"""

import inspect

PARAMETERS = {
    "plan": "Plan\n    A plan from `load_plan`.",
    "target": "str\n    Name of one of the plan's targets, such as ``belt-dalian-gdp``.",
    "region": "str\n    Code of one of the plan's regions, such as ``belt``.",
    "indicator": "str\n    Code of an indicator of `load_indicators`, such as ``gdp``.",
    "adcode": "str\n    Code of a city, such as ``210200``.",
    "verdicts": "DataFrame\n    Verdicts from `judge`.",
    "year": "int, optional\n    Year to show; without one the latest that at least half of the areas have.",
    "as_of": "str\n    Only what was published by this date, such as ``2024-06-30``; empty: all.",
    "language": '{"en", "zh"}\n    Language of the words.',
    "width": "str or float\n    ``single``, ``onehalf``, ``double``, ``slide``, ``a4``, or millimetres.",
    "observations": "DataFrame, optional\n    Figures from `load_observations` in place of the shipped ones.",
    "method": '{"plan", "open_sdg", "unsd", "escap"}\n    By what the status is given.',
    "path": "path, optional\n    Another table of the same form.",
}
"""Meaning of the parameters that several functions share."""

RETURNS = {
    "Picture": "Picture\n    Shown as the last line of a cell; ``save`` writes it with data, caption and sources.",
    "Pictures": "Pictures\n    Shown one after the other; ``save`` writes each with data, caption and sources.",
    "Table": "Table\n    Shown when it is the last line of a cell; ``frame`` holds its text.",
    "Tables": "Tables\n    Shown one after the other when they are the last line of a cell.",
    "DataFrame": "DataFrame",
    "GeoDataFrame": "GeoDataFrame",
}
"""Description of what is returned, by the last word of the annotation."""

_PLAN = "plan = ln.load_plan()"
EXAMPLES = {
    "compare_methods": 'ln.compare_methods("ln-2022")',
    "draw_change": f'{_PLAN}\nln.draw_change(plan, "belt", "gdp_growth_real")',
    "draw_city_growth": 'ln.draw_city_growth("210200")',
    "draw_city_location": f'{_PLAN}\nln.draw_city_location(plan, "210200")',
    "draw_contributions": f'{_PLAN}\nln.draw_contributions(plan, "belt", "gdp")',
    "draw_coverage": f'{_PLAN}\nln.draw_coverage(plan, "belt")',
    "draw_dots": 'ln.draw_dots("210200", "gdp_growth_real")',
    "draw_dual_core": f"{_PLAN}\nln.draw_dual_core(plan)",
    "draw_indexed_growth": f'{_PLAN}\nln.draw_indexed_growth(plan, "belt")',
    "draw_location": f'{_PLAN}\nln.draw_location(plan, "belt")',
    "draw_map": f'{_PLAN}\nln.draw_map(plan, "belt", "gdp", year=2023)',
    "draw_members": f'{_PLAN}\nln.draw_members(plan, "belt", "gdp")',
    "draw_membership": f'{_PLAN}\nln.draw_membership(plan, language="zh")',
    "draw_ranks": 'ln.draw_ranks("210200")',
    "draw_scorecard": f"{_PLAN}\nln.draw_scorecard(plan, ln.judge(plan))",
    "draw_series": f'{_PLAN}\nln.draw_series("210200", "gdp", plan=plan)',
    "draw_slope": f'{_PLAN}\nln.draw_slope(plan, "belt", "population")',
    "draw_targets": f'{_PLAN}\nln.draw_targets(plan, "belt", language="zh")',
    "draw_verdict_map": f"{_PLAN}\nln.draw_verdict_map(plan)",
    "draw_years": f'{_PLAN}\nln.draw_years(plan, "belt", "gdp_growth_real")',
    "explore": 'ln.explore("ln-2022", "belt", "gdp")',
    "judge_readings": 'ln.judge_readings("ln-2022")',
    "load_breaks": "ln.load_breaks()",
    "load_caveats": "ln.load_caveats()",
    "load_context": "ln.load_context()",
    "load_locator": "ln.load_locator()",
    "load_sources": "ln.load_sources()",
    "load_units": "ln.load_units()",
    "region_mean": f'{_PLAN}\nln.region_mean(ln.load_observations(), plan.members("belt"), '
    'indicator="gdp_growth_real", weight="gdp", lag=1)',
    "save_figure": f'{_PLAN}\nln.save_figure(ln.draw_map(plan, "belt", "gdp").figure, "figures/mine")',
    "show_calculations": f'{_PLAN}\nln.show_calculations(plan, "belt")',
    "show_city": f'{_PLAN}\nln.show_city(plan, "210200")',
    "show_city_sources": 'ln.show_city_sources("210200")',
    "show_firmness": f'{_PLAN}\nln.show_firmness(plan, "belt")',
    "show_members": f'{_PLAN}\nln.show_members(plan, "belt")',
    "show_methods": f"{_PLAN}\nln.show_methods(plan)",
    "show_on_the_way": f'{_PLAN}\nln.show_on_the_way(plan, "belt")',
    "show_plan": f"{_PLAN}\nln.show_plan(plan)",
    "show_readings": f"{_PLAN}\nln.show_readings(plan)",
    "show_region": f'{_PLAN}\nln.show_region(plan, "belt")',
    "show_sources": f'{_PLAN}\nln.show_sources(plan, "belt")',
    "show_trail": f"{_PLAN}\nln.show_trail(plan)",
    "show_verdicts": 'ln.show_verdicts(ln.judge("ln-2022"), region="belt")',
}
"""An example of each public function that has none of its own; the tests run them."""


def complete(name: str, value):
    """`value` itself, its docstring completed where sections are missing.

    Examples
    --------
    >>> def draw_nothing(region: str):
    ...     '''Nothing of a region.'''
    >>> complete("draw_nothing", draw_nothing).__doc__.splitlines()[-1].strip()
    "Code of one of the plan's regions, such as ``belt``."
    """
    if not inspect.isfunction(value) or not value.__doc__:
        return value
    doc = inspect.cleandoc(value.__doc__)
    parts = [doc]
    taken = [p for p in inspect.signature(value).parameters if p in PARAMETERS]
    if taken and "Parameters\n---" not in doc:
        parts.insert(1, _section("Parameters", "\n".join(f"{p} : {PARAMETERS[p]}" for p in taken)))
    returned = str(inspect.get_annotations(value).get("return", ""))
    kind = RETURNS.get(returned.removeprefix("<class '").removesuffix("'>").rpartition(".")[2])
    if kind and "Returns\n---" not in doc:
        parts.append(_section("Returns", kind))
    if name in EXAMPLES and "Examples\n---" not in doc:
        lines = ["import lnregions as ln", *EXAMPLES[name].splitlines()]
        parts.append(_section("Examples", "\n".join(f"    {line}" for line in lines)))
    value.__doc__ = "\n\n".join(parts)
    return value


def _section(title: str, body: str) -> str:
    return f"{title}\n{'-' * len(title)}\n{body}"
