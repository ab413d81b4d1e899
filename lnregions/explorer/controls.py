"""The widgets of the explorer: made, laid out, given their choices and their words."""

import datetime

import ipywidgets as widgets

from lnregions.explorer.choices import cities_of, indicators_with_figures, known_indicators, years_of
from lnregions.explorer.words import say
from lnregions.tables import load_indicators

CHOICES = ("plan", "region", "city", "indicator", "year", "as_of", "language")
"""Names of the widgets that choose a view."""
_LABEL = "5.5em"


def make_controls(view, folder) -> dict:
    """The widgets, still empty of choices."""
    wide = widgets.Layout(width="auto", min_width="0")
    own = {"layout": wide, "style": {"description_width": _LABEL}}
    date = datetime.date.fromisoformat(view.as_of) if len(view.as_of) == 10 else None
    lists = ("plan", "region", "city", "indicator", "year")  # a slider would have no name for screen readers
    controls = {name: widgets.Dropdown(**own) for name in lists}
    controls["as_of"] = widgets.DatePicker(value=date, **own)
    controls["language"] = widgets.ToggleButtons(
        options=[("English", "en"), ("中文", "zh")], value=view.language, style={"button_width": "6em"},
        layout=widgets.Layout(width="auto"),
    )  # fmt: skip
    controls["folder"] = widgets.Text(value=folder, **own)
    controls["save"] = widgets.Button(layout=widgets.Layout(width="auto"))
    return controls


def arrange(controls, shown) -> list:
    """Choices in a grid under plan and language, map and chart side by side where there is room, then the tables."""
    controls["plan"].layout.flex = "1 1 300px"
    controls["plan"].layout.max_width = "560px"
    top = widgets.HBox(
        [controls["plan"], controls["language"]],
        layout=widgets.Layout(flex_flow="row wrap", justify_content="space-between"),
    )
    columns = "repeat(auto-fit, minmax(min(100%, 300px), 1fr))"
    grid = widgets.GridBox(
        [controls[name] for name in CHOICES if name not in ("plan", "language")],
        layout=widgets.Layout(grid_template_columns=columns, grid_gap="2px 16px", width="100%"),
    )
    for name in ("map", "chart"):
        shown[name].layout = widgets.Layout(
            flex="1 1 420px", max_width="720px", min_width="0", margin="4px 0"
        )
    pictures = widgets.HBox(
        [shown["map"], shown["chart"]],
        layout=widgets.Layout(flex_flow="row wrap", align_items="flex-start", grid_gap="8px 16px"),
    )
    saving = widgets.HBox(
        [controls["save"], controls["folder"]],
        layout=widgets.Layout(flex_flow="row wrap", align_items="center"),
    )
    return [top, grid, shown["note"], pictures, shown["table"], shown["verdict"], saving, shown["saved"]]


def offer(widget, options, value) -> None:
    """Give a widget its choices and its value, touching it only where something has changed."""
    if tuple(widget.options) != tuple(options):
        widget.options = options
    if widget.value != value:
        widget.value = value


def relabel(controls, language) -> None:
    """Give every widget its words in one language."""
    for name in (*CHOICES, "folder"):
        if name != "language":  # its buttons say what they are
            controls[name].description = say(name, language)
    controls["save"].description = say("save", language)
    controls["save"].tooltip = say("save tip", language)
    controls["as_of"].tooltip = say("as_of tip", language)


def options_for(plans, view) -> dict[str, list]:
    """Choices that go with a view, each its words and its value."""
    return {
        "plan": _plan_options(plans, view.language),
        "region": _region_options(view),
        "city": _city_options(view),
        "indicator": _indicator_options(view),
        "year": _year_options(view),
    }


def _plan_options(plans, language):
    """Plans under their short names; one that shares its name with another has its folder behind it."""
    labels = {name: _plan_label(plan, name, language) for name, plan in plans.items()}
    said = list(labels.values())
    return [(label if said.count(label) == 1 else f"{label}, {name}", name) for name, label in labels.items()]


def _plan_label(plan, name, language):
    facts = plan.facts
    short = facts.get(f"short_{language}") or facts.get(f"title_{language}") or name
    return _bracketed(short, f"{facts['first_year']}-{facts['horizon']}", language)


def _region_options(view):
    rows = view.plan.regions
    return list(zip(rows[f"short_{view.language}"], rows["region"], strict=True))


def _city_options(view):
    tables, language = view.tables, view.language
    cities = cities_of(view.plan, view.region)
    return [(say("whole", language), ""), *((tables.name(c, language), c) for c in cities)]


def _indicator_options(view):
    """Indicators with figures here first, the others marked, in front of a name that may be cut."""
    have = indicators_with_figures(view.plan, view.region, as_of=view.as_of)
    names = load_indicators().set_index("indicator")[f"name_{view.language}"]
    none, mark = say("no figures", view.language), "：" if view.language == "zh" else ": "
    marked = [(names[i] if i in have else f"{none}{mark}{names[i]}", i) for i in known_indicators()]
    return sorted(marked, key=lambda one: one[1] not in have)


def _bracketed(words, more, language):
    return f"{words}（{more}）" if language == "zh" else f"{words} ({more})"


def _year_options(view):
    """The latest year, then each that has a figure; the year chosen stays, so that it can be told it has none."""
    years = sorted({*years_of(view), *([view.year] if view.year else [])})
    return [*((str(year), year) for year in years), (say("latest", view.language), 0)]
