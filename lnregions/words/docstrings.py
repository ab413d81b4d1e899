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
    "indicators": "list of str\n    Codes of indicators of `load_indicators`.",
    "rate": "str\n    Code of an indicator that is a rate or share, such as ``gdp_growth_real``.",
    "adcode": "str\n    Code of a city, such as ``210200``.",
    "verdicts": "DataFrame\n    Verdicts from `judge`.",
    "year": "int, optional\n    Year to show; without one the latest that at least half of the areas have.",
    "as_of": "str\n    Only what was published by this date, such as ``2024-06-30``; empty: all.",
    "language": '{"en", "zh"}\n    Language of the words.',
    "width": "str or float\n    ``single``, ``onehalf``, ``double``, ``slide``, ``a4``, or millimetres.",
    "title": "optional\n    This, ``subtitle``, ``source_line``, ``figsize``, ``font``, ``ax`` and, on maps in\n"
    "    classes, ``classes``, ``scheme``, ``palette``, ``cmap`` are those of `DrawingOptions`.",
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

ARGUMENTS = {
    "plan": "plan", "region": '"belt"', "indicator": '"gdp"', "adcode": '"210200"', "verdicts": "ln.judge(plan)",
}  # fmt: skip
"""What the examples give for a parameter that has no default."""

EXAMPLES = {
    "draw_circles": 'plan, "belt", "gdp", "gdp_growth_real"',
    "draw_dots": '"210200", "gdp_growth_real"',
    "draw_dumbbells": 'plan, "belt", "population"',
    "draw_maps": 'plan, "belt", ["gdp", "fdi_usd"]',
    "draw_stack": 'plan, "belt", "trade_total"',
    "draw_years": 'plan, "belt", "gdp_growth_real"',
    "region_mean": 'ln.load_observations(), plan.members("belt"), indicator="gdp_growth_real", weight="gdp", lag=1',
    "save_figure": 'ln.draw_map(plan, "belt", "gdp").figure, "figures/mine"',
    "show_verdicts": 'ln.judge(plan), region="belt"',
}
"""Arguments in the examples of public functions for which `ARGUMENTS` would not do; the tests run all."""


def example_of(name: str, function) -> str:
    """Code that calls a public function with the arguments it needs; empty if one of them is not known here.

    Examples
    --------
    >>> def draw_nothing(region: str, *, plan, language: str = "en"):
    ...     pass
    >>> print(example_of("draw_nothing", draw_nothing))
    plan = ln.load_plan()
    ln.draw_nothing("belt", plan=plan)
    """
    taken = inspect.signature(function).parameters.values()
    needed = [p for p in taken if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    given = EXAMPLES.get(name)
    if given is None:
        if {p.name for p in needed} - ARGUMENTS.keys():
            return ""
        given = ", ".join(f"{p.name}=" * (p.kind is p.KEYWORD_ONLY) + ARGUMENTS[p.name] for p in needed)
    return "plan = ln.load_plan()\n" * ("plan" in given) + f"ln.{name}({given})"


def complete(name: str, value):
    """`value` itself, its docstring completed where sections are missing.

    Examples
    --------
    >>> def draw_nothing(region: str):
    ...     '''Nothing of a region.'''
    >>> complete("draw_nothing", draw_nothing).__doc__.splitlines()[2:5:2]
    ['Parameters', 'region : str']
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
    if (example := example_of(name, value)) and "Examples\n---" not in doc:
        lines = ["import lnregions as ln", *example.splitlines()]
        parts.append(_section("Examples", "\n".join(f"    {line}" for line in lines)))
    value.__doc__ = "\n\n".join(parts)
    return value


def _section(title: str, body: str) -> str:
    return f"{title}\n{'-' * len(title)}\n{body}"
