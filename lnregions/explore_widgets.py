"""Widgets over a view: what is chosen above, map, chart, table and verdict below.

A change is drawn a moment later and piece by piece, so that a newer change puts an older one off: nothing that
is no longer wanted is drawn to its end. What was drawn once in a process is kept.
"""

import asyncio
import datetime
from collections import OrderedDict
from dataclasses import replace
from html import escape
from pathlib import Path

import ipywidgets as widgets

from lnregions._checks import DataError
from lnregions.codebook import load_indicators
from lnregions.explore_choices import cities_of, indicators_with_figures, known_indicators, years_of
from lnregions.explore_hover import PICK, hover_layer, image_html, map_html
from lnregions.explore_words import say
from lnregions.judgement import load_tables
from lnregions.plans import list_plans, load_plan

PAUSE = 0.05
"""Seconds without a further change after which a change is drawn."""
_BREATH = 0.005
"""Seconds between two pieces, in which the kernel takes what has come in."""
_KEPT: OrderedDict = OrderedDict()
_MOST_KEPT = 120
_LABEL = "6.5em"
_CHOICES = ("plan", "region", "city", "indicator", "year", "as_of", "language")


class Explorer(widgets.VBox):
    """Widgets to choose a view, over the view; made by `lnregions.explore`.

    Attributes
    ----------
    view : lnregions.explore_view.View
        What is on the screen.
    controls : dict
        The widgets by name: ``plan region city indicator year as_of language folder save``.
    shown : dict
        The HTML widgets below: ``note map chart table verdict saved``.
    """

    def __init__(self, view, *, folder: str = "figures"):
        self.view = view
        self._plans = {view.name: view.plan}
        self._filling = False
        self._drawing = None
        self._picks: dict[str, widgets.Button] = {}
        self.controls = _controls(view, folder)
        self.shown = {name: widgets.HTML() for name in ("note", "map", "chart", "table", "verdict", "saved")}
        self._clicks = widgets.Box(layout=widgets.Layout(display="none"))
        super().__init__(children=[*_arranged(self.controls, self.shown), self._clicks])
        self.add_class("ln-explore")
        self._fill(view)
        for name in _CHOICES:
            self.controls[name].observe(self._changed, names="value")
        self.controls["save"].on_click(self._save)
        self.draw()

    # -- what is chosen -------------------------------------------------------------------------------------

    def _changed(self, change) -> None:
        """Take a choice, offer what goes with it, and draw it a moment later."""
        if self._filling:
            return
        try:
            self.view = self._chosen(change["owner"])
        except DataError as error:
            self._tell(error.report(self.view.language))
            return
        self._fill(self.view)
        self.shown["saved"].value = ""
        self._draw_soon()

    def _chosen(self, owner):
        """View of what is chosen; what does not go with the new choice gives way."""
        get = {name: self.controls[name].value for name in _CHOICES}
        date = get["as_of"]
        plan = self._plan(get["plan"])
        regions = list(plan.regions["region"])
        region = get["region"] if get["region"] in regions else regions[0]
        city = get["city"] if get["city"] in cities_of(plan, region) else ""
        as_of = f"{date:%Y-%m-%d}" if date else ""
        load_tables(plan, as_of=as_of)  # a date that cannot be is refused before anything has changed
        return replace(
            self.view, plan=plan, name=get["plan"], region=region, city=city, indicator=get["indicator"],
            year=get["year"] or None, as_of=as_of, language=get["language"],
        )  # fmt: skip

    def _plan(self, name: str):
        if name not in self._plans:
            self._plans[name] = load_plan(name)
        return self._plans[name]

    def _fill(self, view) -> None:
        """Offer what goes with a view, in its language."""
        self._filling = True
        try:
            options = {
                "plan": _plan_options(self._plans, view),
                "region": _region_options(view),
                "city": _city_options(view),
                "indicator": _indicator_options(view),
                "year": _year_options(view),
            }
            values = {"plan": view.name, "region": view.region, "city": view.city, "indicator": view.indicator,
                      "year": view.year or 0, "language": view.language}  # fmt: skip
            for name, offered in options.items():
                _offer(self.controls[name], offered, values[name])
            self.controls["language"].value = view.language
            _relabel(self.controls, view.language)
            self._offer_clicks([code for _, code in options["city"] if code])
        finally:
            self._filling = False

    def _offer_clicks(self, areas) -> None:
        """Have a hidden button for each area that can be clicked on the map."""
        for area in areas:
            if area not in self._picks:
                button = widgets.Button(description=area)
                button.add_class(PICK.format(area=area))
                button.on_click(lambda _, area=area: self.pick(area))
                self._picks[area] = button
        children = tuple(self._picks[area] for area in areas)
        if children != self._clicks.children:
            self._clicks.children = children

    def pick(self, area: str) -> None:
        """Choose an area as a click on the map does; a second click goes back to the whole region."""
        codes = [code for _, code in self.controls["city"].options]
        if area in codes:
            self.controls["city"].value = "" if self.controls["city"].value == area else area

    # -- what is drawn --------------------------------------------------------------------------------------

    def _draw_soon(self) -> None:
        """Draw a moment later, in place of anything older; at once where no loop runs."""
        if self._drawing is not None:
            self._drawing.cancel()
        try:
            self._drawing = asyncio.get_running_loop().create_task(self._draw_later())
        except RuntimeError:
            self.draw()

    async def _draw_later(self) -> None:
        await asyncio.sleep(PAUSE)
        for piece in self._pieces():
            self._show(piece)
            await asyncio.sleep(_BREATH)

    def draw(self) -> None:
        """Draw what is chosen, now."""
        for piece in self._pieces():
            self._show(piece)

    def _pieces(self):
        return ("note", "map", "table", "chart", "verdict")

    def _show(self, piece: str) -> None:
        """Bring one piece up to date."""
        try:
            html = _PIECES[piece](self.view)
        except DataError as error:
            html = _note(error.report(self.view.language))
        except Exception as error:  # the reader sees a sentence, and can go on
            html = _note(say("broken", self.view.language, error=f"{type(error).__name__}: {error}"))
        if self.shown[piece].value != html:
            self.shown[piece].value = html

    def _tell(self, words: str) -> None:
        self.shown["note"].value = _note(words)

    def _save(self, _) -> None:
        """Save the view, and print the Python that makes the same files."""
        folder, language = self.controls["folder"].value.strip() or "figures", self.view.language
        try:
            saved = self.view.save(folder)
        except (DataError, OSError) as error:
            why = error.report(language) if isinstance(error, DataError) else str(error)
            self.shown["saved"].value = _note(say("not saved", language, why=why))
            return
        count = sum(len(list(Path(folder).glob(f"{one.name}.*"))) for one in saved)
        words = escape(say("saved", language, count=count, folder=str(Path(folder).resolve())))
        code = escape(self.view.code(folder))
        self.shown[
            "saved"
        ].value = f"{_BLOCK}{words}<pre style='margin:4px 0;user-select:all'>{code}</pre></div>"


# -- parts --------------------------------------------------------------------------------------------------

_BLOCK = "<div style='line-height:1.4;overflow-x:auto'>"


def _controls(view, folder) -> dict:
    """The widgets, still empty of choices."""
    wide = widgets.Layout(width="auto", min_width="0")
    own = {"layout": wide, "style": {"description_width": _LABEL}}
    date = datetime.date.fromisoformat(view.as_of) if len(view.as_of) == 10 else None
    controls = {name: widgets.Dropdown(**own) for name in ("plan", "region", "city", "indicator")}
    controls["year"] = widgets.SelectionSlider(options=[("-", 0)], continuous_update=True, **own)
    controls["as_of"] = widgets.DatePicker(value=date, **own)
    toggles = {"button_width": "5.5em", "description_width": _LABEL}
    controls["language"] = widgets.ToggleButtons(
        options=[("English", "en"), ("中文", "zh")], value=view.language, style=toggles, layout=wide
    )
    controls["folder"] = widgets.Text(value=folder, **own)
    controls["save"] = widgets.Button(icon="download", layout=widgets.Layout(width="auto"))
    return controls


def _arranged(controls, shown) -> list:
    """Choices in a grid, then map and chart side by side where there is room, then the tables."""
    columns = "repeat(auto-fit, minmax(min(100%, 300px), 1fr))"
    grid = widgets.GridBox(
        [controls[name] for name in _CHOICES],
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
    return [grid, shown["note"], pictures, shown["table"], shown["verdict"], saving, shown["saved"]]


def _offer(widget, options, value) -> None:
    """Give a widget its choices and its value, touching it only where something has changed."""
    if tuple(widget.options) != tuple(options):
        widget.options = options
    if widget.value != value:
        widget.value = value


def _relabel(controls, language) -> None:
    for name in (*_CHOICES, "folder"):
        controls[name].description = say(name, language)
    controls["save"].description = say("save", language)
    controls["save"].tooltip = say("save tip", language)
    controls["as_of"].tooltip = say("as_of tip", language)


def _plan_options(plans, view):
    """Shipped plans and the one that was given, under their short names."""
    names = list(dict.fromkeys([*list_plans(), *plans]))
    return [
        (_plan_label(plans[name] if name in plans else load_plan(name), name, view.language), name)
        for name in names
    ]


def _plan_label(plan, name, language):
    facts = plan.facts
    short = facts.get(f"short_{language}") or facts.get(f"title_{language}") or name
    return f"{short} ({facts['first_year']}-{facts['horizon']})"


def _region_options(view):
    rows = view.plan.regions
    return list(zip(rows[f"short_{view.language}"], rows["region"], strict=True))


def _city_options(view):
    tables, language = view.tables, view.language
    cities = cities_of(view.plan, view.region)
    return [(say("whole", language), ""), *((tables.name(c, language), c) for c in cities)]


def _indicator_options(view):
    """Indicators with figures here first, the others marked."""
    have = indicators_with_figures(view.plan, view.region, as_of=view.as_of)
    names = load_indicators().set_index("indicator")[f"name_{view.language}"]
    none = say("no figures", view.language)
    marked = [
        (names[i] if i in have else _bracketed(names[i], none, view.language), i) for i in known_indicators()
    ]
    return sorted(marked, key=lambda one: one[1] not in have)


def _bracketed(words, more, language):
    return f"{words}（{more}）" if language == "zh" else f"{words} ({more})"


def _year_options(view):
    """The latest year, then each that has a figure; the year chosen stays, so that it can be told it has none."""
    years = sorted({*years_of(view), *([view.year] if view.year else [])})
    return [*((str(year), year) for year in years), (say("latest", view.language), 0)]


def _note(words: str) -> str:
    style = "line-height:1.4;padding:6px 10px;border-left:4px solid #b94a12;background:#fbf1ec;color:#1f2933"
    return f"<div role='status' style='{style}'>{escape(words)}</div>"


def _note_html(view) -> str:
    words = view.no_data()
    return _note(words) if words else ""


def _map_html(view) -> str:
    """The map under its areas; the picture is that of the whole region, a chosen city is marked over it."""
    image, layer, size = _kept("map", replace(view, city=""), _map_parts)
    return map_html(view, layer, image, size=size)


def _map_parts(view):
    picture = view.draw_map()
    image = image_html(picture)
    inches = picture.figure.get_size_inches()
    return image, hover_layer(view, picture), tuple(float(side) * picture.figure.dpi for side in inches)


def _chart_html(view) -> str:
    return _kept("chart", replace(view, year=None), lambda one: image_html(one.draw_chart()))


def _table_html(view) -> str:
    return f"{_BLOCK}{view.show_figures().to_html()}</div>"


def _verdict_html(view) -> str:
    return _kept(
        "verdict", replace(view, year=None), lambda one: f"{_BLOCK}{one.show_verdict().to_html()}</div>"
    )


def _kept(kind, view, make):
    """What was made of a view before, as long as the tables are the same."""
    key, tables = (kind, view), view.tables
    if key not in _KEPT or _KEPT[key][0] is not tables or _KEPT[key][1] is not view.plan:
        _KEPT[key] = (tables, view.plan, make(view))
    _KEPT.move_to_end(key)
    while len(_KEPT) > _MOST_KEPT:
        _KEPT.popitem(last=False)
    return _KEPT[key][2]


_PIECES = {
    "note": _note_html,
    "map": _map_html,
    "table": _table_html,
    "chart": _chart_html,
    "verdict": _verdict_html,
}
