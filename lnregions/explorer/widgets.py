"""The widgets of `lnregions.explore`: choices in a grid, map beside chart, table and verdict below.

A change is drawn a moment later and piece by piece, so that a newer change replaces an older one before it is drawn
to its end. What was drawn once is kept.
"""

import asyncio
import base64
import datetime
from dataclasses import replace
from html import escape
from pathlib import Path

import ipywidgets as widgets

from lnregions.assess import load_tables
from lnregions.errors import DataError
from lnregions.explorer.views import cities_of, indicators_with_figures, known_indicators, view
from lnregions.explorer.web_map import follow_map, script_json
from lnregions.formats import screen_png
from lnregions.paths import PLAN
from lnregions.show import head
from lnregions.tables import list_plans, load_plan
from lnregions.words.catalogue import tr

CHOICES = ("plan", "region", "city", "indicator", "year", "as_of", "language")
"""Names of the widgets that choose a view."""
LABELS = {
    "plan": "Plan", "region": "Region", "city": "City", "indicator": "Indicator", "year": "Year",
    "as_of": "Known on", "folder": "Folder", "save": "Save this view",
}  # fmt: skip
TIPS = {
    "as_of": "Only what was published by this date; empty: all",
    "save": "Map and chart as PNG, SVG and PDF, with data, caption and sources",
}
PAUSE = 0.05
"""Seconds without a further change after which a change is drawn."""
SCREEN_DPI = 144
"""Dots per inch of the chart on the screen: a picture of 120 mm becomes 680 pixels wide."""
_MOST_KEPT = 200
"""Pieces that are kept."""
_BLOCK = "<div style='line-height:1.4;overflow-x:auto'>{}</div>"
_NOTE = (
    "<div role='status' style='line-height:1.4;padding:6px 10px;border-left:4px solid #b94a12;background:#fbf1ec;"
    "color:#1f2933'>{}</div>"
)


def explore(plan=PLAN, region: str = "", indicator: str = "gdp", *, folder: str = "figures", **chosen):
    """Widgets to choose plan, region or city, indicator, year, date and language, over what they choose.

    Below them stand map, chart, table and verdict. Point at a city on the map to see its figure, click it to
    choose it. A button saves the view to `folder` and prints the Python that makes the same files. What is chosen at
    first is given as to `view`: also city, year, as_of and language.

    Returns
    -------
    Explorer
        An ipywidgets box; its attribute ``view`` is the `View` on the screen.

    Raises
    ------
    DataError
        As `view` does.
    """
    return Explorer(view(plan, region, indicator, **chosen), folder=folder or "figures")


class Explorer(widgets.VBox):
    """Widgets to choose a view, over the view that is on the screen; made by `lnregions.explore`.

    ``controls`` has the widgets by name (``plan region city indicator year as_of language folder save``), ``shown`` the
    HTML widgets below (``note map chart table verdict saved``), ``view`` the `View`.
    """

    def __init__(self, view, *, folder: str = "figures"):
        self.view = view
        self._plans = {name: load_plan(name) for name in list_plans()} | {view.name: view.plan}
        self._filling = False
        self._drawing: asyncio.Task | None = None
        self._kept: dict[tuple, tuple] = {}
        self.controls = _controls(view, folder)
        self._places = {name: widgets.VBox([one]) for name, one in self.controls.items() if name in CHOICES}
        self.shown = {name: widgets.HTML() for name in ("note", "map", "table", "chart", "verdict", "saved")}
        frame = widgets.HTML()
        super().__init__(children=_arrange(self.controls, self._places, self.shown, frame))
        self.add_class("ln-explore")
        self._picks, drawn = f"ln-pick-{self.model_id}", f"ln-map-{self.model_id}"
        self.controls["city"].add_class(self._picks)
        self.shown["map"].add_class(drawn)
        frame.value = follow_map(drawn, tr("Map", view.language), language=view.language)
        self._fill()
        for name in CHOICES:
            self.controls[name].observe(self._changed, names="value")
        self.controls["save"].on_click(self._save)
        self.draw()

    def __repr__(self) -> str:
        return f"<Explorer of {self.view}>"

    def _changed(self, change) -> None:
        """Take a choice, offer what goes with it, and draw it a moment later."""
        if self._filling:
            return
        try:
            self.view = self._chosen(change["owner"])
        except DataError as error:
            self.shown["note"].value = _note(str(error))
            return
        self._fill()
        self.shown["saved"].value = ""
        if self._drawing is not None:
            self._drawing.cancel()
        try:
            self._drawing = asyncio.get_running_loop().create_task(self._draw_later())
        except RuntimeError:  # no loop runs
            self.draw()

    def _chosen(self, owner):
        """View of what is chosen; what does not go with the new choice gives way."""
        get = {name: self.controls[name].value for name in CHOICES}
        get |= {"name": get["plan"], "plan": self._plans[get["plan"]], "year": get["year"] or None}
        get["as_of"] = str(get["as_of"] or "") if owner is self.controls["as_of"] else self.view.as_of
        regions = list(get["plan"].regions["region"])
        get["region"] = get["region"] if get["region"] in regions else regions[0]
        get["city"] = get["city"] if get["city"] in cities_of(get["plan"], get["region"]) else ""
        load_tables(get["plan"], as_of=get["as_of"])  # which refuses an impossible date before a change
        return replace(self.view, **get)

    def _fill(self) -> None:
        """Offer what goes with the view, in its language; widgets are touched only where something has changed."""
        view, controls, language = self.view, self.controls, self.view.language
        values = vars(view) | {"plan": view.name, "year": view.year or 0}
        self._filling = True
        try:
            for name, offered in _options(self._plans, view).items():
                if controls[name].options and _values(controls[name].options) != _values(offered):
                    self._renew(name)
                if controls[name].options != tuple(offered):
                    controls[name].options = offered
                controls[name].value = values[name]
            controls["language"].value = language
            for name, label in LABELS.items():
                controls[name].description = tr(label, language)
            for name, tip in TIPS.items():
                controls[name].tooltip = tr(tip, language)
        finally:
            self._filling = False

    def _renew(self, name: str) -> None:
        """Put a new list in the place of one; a choice from the former entries that still comes in counts for none."""
        former, new = self.controls[name], widgets.Dropdown(**_looks())
        former.unobserve_all()
        for css in former._dom_classes:
            new.add_class(css)
        new.observe(self._changed, names="value")
        self.controls[name], self._places[name].children = new, [new]

    def draw(self) -> None:
        """Draw what is chosen, now."""
        for piece in _PIECES:
            self._show(piece)

    async def _draw_later(self) -> None:
        await asyncio.sleep(PAUSE)
        for piece in _PIECES:
            self._show(piece)
            await asyncio.sleep(PAUSE / 10)  # the kernel takes what has come in

    def _show(self, piece: str) -> None:
        """Bring one piece up to date."""
        make, without = _PIECES[piece]
        view = replace(self.view, **without)
        try:
            tables, html = self._kept.get((piece, view), (None, ""))
            if tables is not view.tables:
                html = make(view, self._picks)
                self._kept[piece, view] = (view.tables, html)
            if len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        except DataError as error:
            html = _note(str(error))
        except Exception as error:  # the reader sees a sentence, and can go on
            words = "This cannot be shown ({error}). Choose something else; please report it."
            html = _note(tr(words, view.language, error=f"{type(error).__name__}: {error}"))
        if replace(self.view, **without) == view:  # another thread may have taken the next choice
            self.shown[piece].value = html

    def _save(self, _) -> None:
        """Save the view, and print the Python that makes the same files."""
        folder, language = self.controls["folder"].value.strip() or "figures", self.view.language
        try:
            saved = self.view.save(folder)
        except (DataError, OSError) as error:
            self.shown["saved"].value = _note(tr("Not saved: {why}", language, why=str(error)))
            return
        facts = {"count": sum(len(list(Path(folder).glob(f"{one.name}.*"))) for one in saved)}
        facts["folder"] = Path(folder).resolve()
        message = tr("{count} files in {folder}. The same from Python:", language, **facts)
        code = f"<pre style='margin:4px 0;user-select:all'>{escape(self.view.code(folder))}</pre>"
        self.shown["saved"].value = _BLOCK.format(escape(message) + code)


def _values(options) -> list:
    return [value for _, value in options]


def _looks() -> dict:
    """Layout and style of a list of choices."""
    return {"layout": widgets.Layout(width="auto", min_width="0"), "style": {"description_width": "5.5em"}}


def _controls(view, folder: str) -> dict[str, widgets.Widget]:
    """The widgets, still empty of choices."""
    date = datetime.date.fromisoformat(view.as_of) if len(view.as_of) == 10 else None
    lists = ("plan", "region", "city", "indicator", "year")  # a slider would have no name for screen readers
    languages = [("English", "en"), ("中文", "zh")]
    wide = {"layout": {"width": "auto"}, "style": {"button_width": "6em"}}
    return {name: widgets.Dropdown(**_looks()) for name in lists} | {
        "as_of": widgets.DatePicker(value=date, **_looks()),
        "language": widgets.ToggleButtons(options=languages, value=view.language, **wide),
        "folder": widgets.Text(value=folder, **_looks()),
        "save": widgets.Button(layout={"width": "auto"}),
    }


def _arrange(controls, places, shown, frame) -> list[widgets.Widget]:
    """The choices in a grid under plan and language, map beside chart where there is room, then tables."""
    controls["plan"].layout.flex, controls["plan"].layout.max_width = "1 1 300px", "560px"
    half = {"flex": "1 1 420px", "max_width": "720px", "min_width": "0", "margin": "4px 0"}
    halves = [widgets.VBox(part, layout=half) for part in ([frame, shown["map"]], [shown["chart"]])]
    pictures = _row(*halves, align_items="flex-start", grid_gap="8px 16px")
    columns = "repeat(auto-fit, minmax(min(100%, 230px), 1fr))"
    grid = widgets.GridBox(
        [places[name] for name in CHOICES if name not in ("plan", "language")],
        layout={"grid_template_columns": columns, "grid_gap": "2px 16px", "width": "100%"},
    )
    top = _row(controls["plan"], controls["language"], justify_content="space-between")
    saving = _row(controls["save"], controls["folder"], align_items="center")
    return [top, grid, shown["note"], pictures, shown["table"], shown["verdict"], saving, shown["saved"]]


def _row(*children, **layout) -> widgets.HBox:
    return widgets.HBox(children, layout={"flex_flow": "row wrap"} | layout)


def _options(plans, view) -> dict[str, list[tuple[str, object]]]:
    """The choices that go with a view, each its words and its value; indicators without figures come last."""
    language, tables, regions = view.language, view.tables, view.plan.regions
    titles = {}
    for name, plan in plans.items():
        years = "{first_year}-{horizon}".format_map(plan.facts)
        titles[name] = tr("{plan} ({years})", language, plan=plan.name(language), years=years)
    shared = list(titles.values())  # a plan that shares its name with another has its folder behind it
    known = indicators_with_figures(view.plan, view.region, as_of=view.as_of)
    names = view.plan.indicators.set_index("indicator")[f"name_{language}"]
    indicators = [
        (names[one] if one in known else tr("no figures: {indicator}", language, indicator=names[one]), one)
        for one in known_indicators(view.plan)
    ]
    years = sorted({*view.years(), view.year or 0} - {0})  # the chosen one stays, to say it has none
    cities = [(tables.name(city, language), city) for city in cities_of(view.plan, view.region)]
    return {
        "plan": [(f"{one}, {name}" if shared.count(one) > 1 else one, name) for name, one in titles.items()],
        "region": list(zip(regions[f"short_{language}"], regions["region"], strict=True)),
        "city": [(tr("the whole region", language), ""), *cities],
        "indicator": sorted(indicators, key=lambda one: one[1] not in known),
        "year": [*((str(year), year) for year in years), (tr("latest", language), 0)],
    }


def _note(words: str) -> str:
    return _NOTE.format(escape(words)) if words else ""


def _chart(view, picks: str) -> str:
    """Chart as an image with its alternative text, as wide as its place."""
    picture = view.draw_chart()
    data = base64.b64encode(screen_png(picture.figure, dpi=SCREEN_DPI)).decode("ascii")
    wide, high = (round(side * SCREEN_DPI) for side in picture.figure.get_size_inches())
    size = f"width='{wide}' height='{high}' style='width:100%;height:auto'"
    return f"<img src='data:image/png;base64,{data}' alt='{escape(picture.alt[view.language])}' {size}>"


def _verdict(view, picks: str) -> str:
    """The verdicts with their reasons below, which a narrow column would break into single words."""
    table, why = view.show_verdict(), head("reason", view.language)
    if why not in table.frame:
        return _BLOCK.format(table.to_html())
    rows = zip(table.frame.iloc[:, 0], table.frame[why], strict=True)
    reasons = [
        tr("{target}: {reason}", view.language, target=f"<b>{escape(name)}</b>", reason=escape(reason))
        for name, reason in rows
    ]
    html = replace(table, frame=table.frame.drop(columns=why)).to_html()
    return _BLOCK.format(f"{html}<p style='margin:4px 0;font-size:.9em'>{'<br>'.join(reasons)}</p>")


_PIECES = {
    "note": (lambda view, _: _note(view.no_data()), {}),
    "map": (
        lambda view, picks: f"<script type='application/json'>{script_json(view.web_map(picks))}</script>",
        {"city": ""},
    ),
    "table": (lambda view, _: _BLOCK.format(view.show_figures().to_html()), {}),
    "chart": (_chart, {"year": None}),
    "verdict": (_verdict, {"year": None}),
}
"""What stands under the choices: how it is made, and what of the view it does not depend on."""
