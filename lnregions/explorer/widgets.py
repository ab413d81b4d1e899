"""Widgets over a view: what is chosen above, map, chart, table and verdict below.

A change is drawn a moment later and piece by piece, so that a newer change puts an older one off: nothing that
is no longer wanted is drawn to its end. What was drawn once in a process is kept.
"""

import asyncio
from collections import OrderedDict
from dataclasses import replace
from html import escape
from pathlib import Path

import ipywidgets as widgets

from lnregions.assess import load_tables
from lnregions.errors import DataError
from lnregions.explorer.choices import as_of_text, cities_of
from lnregions.explorer.controls import CHOICES, arrange, make_controls, offer, options_for, relabel
from lnregions.explorer.hover import PICK, hover_layer, image_html, map_html
from lnregions.explorer.words import say
from lnregions.show import HEADS
from lnregions.tables import list_plans, load_plan

PAUSE = 0.05
"""Seconds without a further change after which a change is drawn."""
_BREATH = 0.005
"""Seconds between two pieces, in which the kernel takes what has come in."""
_KEPT: OrderedDict = OrderedDict()
_MOST_KEPT = 120


class Explorer(widgets.VBox):
    """Widgets to choose a view, over the view; made by `lnregions.explorer`.

    Attributes
    ----------
    view : lnregions.explorer.view.View
        What is on the screen.
    controls : dict
        The widgets by name: ``plan region city indicator year as_of language folder save``.
    shown : dict
        The HTML widgets below: ``note map chart table verdict saved``.
    """

    def __init__(self, view, *, folder: str = "figures"):
        self.view = view
        self._plans = {name: load_plan(name) for name in list_plans()} | {view.name: view.plan}
        self._filling = False
        self._drawing = None
        self._picks: dict[str, widgets.Button] = {}
        self.controls = make_controls(view, folder)
        self.shown = {name: widgets.HTML() for name in ("note", "map", "chart", "table", "verdict", "saved")}
        self._clicks = widgets.Box(layout=widgets.Layout(display="none"))
        super().__init__(children=[*arrange(self.controls, self.shown), self._clicks])
        self.add_class("ln-explore")
        self._fill(view)
        for name in CHOICES:
            self.controls[name].observe(self._changed, names="value")
        self.controls["save"].on_click(self._save)
        self.draw()

    def __repr__(self) -> str:
        return f"<Explorer of {self.view}>"

    # -- what is chosen -------------------------------------------------------------------------------------

    def _changed(self, change) -> None:
        """Take a choice, offer what goes with it, and draw it a moment later."""
        if self._filling:
            return
        try:
            self.view = self._chosen(change["owner"])
        except DataError as error:
            self._tell(str(error))
            return
        self._fill(self.view)
        self.shown["saved"].value = ""
        self._draw_soon()

    def _chosen(self, owner):
        """View of what is chosen; what does not go with the new choice gives way."""
        get = {name: self.controls[name].value for name in CHOICES}
        plan = self._plans[get["plan"]]
        regions = list(plan.regions["region"])
        region = get["region"] if get["region"] in regions else regions[0]
        city = get["city"] if get["city"] in cities_of(plan, region) else ""
        as_of = as_of_text(get["as_of"]) if owner is self.controls["as_of"] else self.view.as_of
        load_tables(plan, as_of=as_of)  # a date that cannot be is refused before anything has changed
        return replace(
            self.view, plan=plan, name=get["plan"], region=region, city=city, indicator=get["indicator"],
            year=get["year"] or None, as_of=as_of, language=get["language"],
        )  # fmt: skip

    def _fill(self, view) -> None:
        """Offer what goes with a view, in its language."""
        self._filling = True
        try:
            options = options_for(self._plans, view)
            values = {"plan": view.name, "region": view.region, "city": view.city, "indicator": view.indicator,
                      "year": view.year or 0, "language": view.language}  # fmt: skip
            for name, offered in options.items():
                offer(self.controls[name], offered, values[name])
            self.controls["language"].value = view.language
            relabel(self.controls, view.language)
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
            html = _note(str(error))
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
            why = str(error) if isinstance(error, DataError) else str(error)
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
    return _kept("verdict", replace(view, year=None), _verdict_block)


def _verdict_block(view) -> str:
    """The verdicts with their reasons below, which a narrow column would break into single words."""
    table, head = view.show_verdict(), HEADS["reason"][view.language == "zh"]
    if head not in table.frame:
        return f"{_BLOCK}{table.to_html()}</div>"
    names = table.frame.iloc[:, 0]
    glue = "：" if view.language == "zh" else ": "
    lines = [
        f"<b>{escape(n)}</b>{glue}{escape(why)}" for n, why in zip(names, table.frame[head], strict=True)
    ]
    shown = replace(table, frame=table.frame.drop(columns=head))
    return f"{_BLOCK}{shown.to_html()}<p style='margin:4px 0;font-size:.9em'>{'<br>'.join(lines)}</p></div>"


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
