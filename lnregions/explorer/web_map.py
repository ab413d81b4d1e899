"""An interactive map in one cell or one file: folium with Leaflet carried along, nothing fetched from anywhere."""

import re
from functools import cache
from html import escape
from pathlib import Path

import folium
from branca.element import Element, Figure
from jinja2 import Template
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from lnregions.assess import load_tables
from lnregions.errors import DataError, check_language
from lnregions.explorer.web_data import map_data
from lnregions.paths import PLAN
from lnregions.series import member_frame
from lnregions.tables import plan_of
from lnregions.words import spans_of
from lnregions.words.catalogue import tr

HEIGHT = 520
"""Pixels that a map is high in a notebook."""
_TEMPLATES = Path(__file__).parents[1] / "templates" / "map"
_LEAFLET = Path(__file__).parents[1] / "vendor" / "leaflet"


def draw_web_map(
    plan=PLAN, region: str = "", indicator: str = "", *, year: int | None = None, as_of: str = "",
    language: str = "en", height: int = HEIGHT,
) -> "WebMap":  # fmt: skip
    """Map to point at, zoom and step through, with the colours, classes and circles of the printed one.

    Every area shows its figure with unit, year, grade and source when pointed at, stepped to with the Tab key or
    clicked. As the last line of a cell it shows itself; ``.save("map.html")`` writes one file that needs nothing
    beside it. It requests nothing from anywhere, and draws no web tiles.

    The members of a region are filled, and outlined by how well their membership is attested; without one all areas
    of the province are shown, and without an indicator a choice of those that have figures stands in the legend.
    `height` is in pixels, in a notebook.

    Returns
    -------
    WebMap
        A `folium.Map`; markers, GeoJSON and ``geopandas.GeoDataFrame.explore(m=...)`` can add to it.

    Raises
    ------
    DataError
        When the plan, region, indicator, date or language is unknown, or there is no figure to show.

    Examples
    --------
    >>> draw_web_map("ln-2022", "circle", "gdp").label
    'Interactive map: Shenyang circle, Gross domestic product (billion yuan)'
    """
    check_language(language)
    plan = plan_of(plan)
    tables = load_tables(plan, as_of=as_of)
    data = map_data(plan, tables, region, indicator=indicator, year=year, language=language)
    if indicator and not data["layers"][0]["areas"]:
        areas = [area["id"] for area in data["areas"] if area["member"]]
        years = spans_of(member_frame(tables, areas, indicator=indicator)["year"])
        what = f"{indicator!r}{f' for {year}' if year else ''} as known on {tables.as_of}"
        remedy = f"Years: {years}." if years else "Choose another indicator."
        raise DataError(f"No area of this map has a figure of {what}. {remedy}")
    return WebMap(data, height=height)


class WebMap(folium.Map):
    """A folium map drawn by the script that it carries along; it shows itself in a notebook, and saves to one file.

    Longitudes and latitudes are put on the equal-area grid of the printed maps, so that folium's markers and
    geopandas' ``explore(m=...)`` can add to it; tiles of the web, which are in another projection, cannot.

    Attributes
    ----------
    label : str
        What it shows, in words.
    """

    default_js, default_css = [], []  # folium's names; nothing is fetched
    _template = Template(
        '{% macro html(this, kwargs) %}<div class="folium-map" id="{{ this.get_name() }}"></div>{% endmacro %}'
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = "
        'lnregionsMap(document.getElementById("{{ this.get_name() }}"), {{ this.data }}).map;{% endmacro %}'
    )

    def __init__(self, data: dict, *, height: int = HEIGHT):
        super().__init__(location=(0, 0), tiles=None)  # the script fits it to the areas
        self.label, self.language = data["label"], data["language"]
        self.data = script_json(data)
        WebFigure(self.label, language=self.language, height=height).add_child(self)

    def __repr__(self) -> str:
        return tr("{label}. Trust the notebook to see it.", self.language, label=self.label)


class WebFigure(Figure):
    """The page around an interactive map: a whole document with its language and title."""

    _template = Template((_TEMPLATES / "page.html.j2").read_text("utf-8"), keep_trailing_newline=True)

    def __init__(self, title: str, *, language: str, height: int):
        super().__init__(title=title, height=f"{int(height)}px")
        self.code = "zh-CN" if language == "zh" else "en"
        self.leaflet, self.style = map_script(), map_style()

    def _repr_html_(self, **kwargs) -> str:
        page, title = escape(self.render(**kwargs)), escape(self.title)
        return (
            f'<iframe srcdoc="{page}" title="{title}" width="100%" height="{self.height[:-2]}" '
            'style="border: 0; display: block; max-width: 100%"></iframe>'
        )


def follow_map(source: str, title: str, *, language: str, height: int = HEIGHT) -> str:
    """Frame with a map of the `map_data` in a ``script`` of a widget of class `source`, drawn anew when they change."""
    page = WebFigure(title, language=language, height=height)
    page.html.add_child(Element('<div class="folium-map"></div>'))
    page.script.add_child(Element(f'lnregionsFollow(document.querySelector(".folium-map"), "{source}");'))
    return page._repr_html_()


def script_json(content: object) -> Markup:
    r"""JSON that is safe inside a ``script`` element: no tag, comment or line separator survives in it.

    Examples
    --------
    >>> print(script_json({"name": "</script><!--"}))
    {"name":"\u003c/script\u003e\u003c!--"}
    """
    return htmlsafe_json_dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@cache
def map_script() -> str:
    """Leaflet with its licence, and the script that draws a map with it; neither asks for any other file."""
    leaflet = re.sub(r"\n//# sourceMappingURL=.*", "", (_LEAFLET / "leaflet.js").read_text("utf-8"))
    licence = (_LEAFLET / "LICENSE").read_text("utf-8").strip()
    return f"/* {licence} */\n{leaflet}\n{(_TEMPLATES / 'web_map.js').read_text('utf-8')}"


@cache
def map_style() -> str:
    """Leaflet's style without its pictures (markers and layer icons, which no map here uses), and ours."""
    style = re.sub(r"url\([^)]*\)", "none", (_LEAFLET / "leaflet.css").read_text("utf-8"))
    return style + (_TEMPLATES / "web_map.css").read_text("utf-8")
