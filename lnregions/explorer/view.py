"""One region or city, one indicator, one year, as known on a date.

A `View` gives the map, the chart, the table and the verdict that belong together; `explore` puts widgets over it.
"""

from dataclasses import dataclass, field, replace
from operator import index
from pathlib import Path

from lnregions.assess import load_tables
from lnregions.errors import DataError, check_language, unknown
from lnregions.explorer import contents
from lnregions.figures import Picture, Pictures
from lnregions.files import safe_name
from lnregions.paths import data_dir
from lnregions.show import Table
from lnregions.tables import Plan, list_plans, load_plan


@dataclass(frozen=True)
class View:
    """What was chosen, from `view`: draw it, show it, save it, or get the code that makes it.

    Attributes
    ----------
    plan : Plan
    region, indicator, city : str
        Codes; no city means the whole region.
    year : int or None
        Year of the map and the table; None is the latest that at least half of the areas have.
    as_of, language : str
        Date of knowledge (empty: all that is in the tables), and ``en`` or ``zh``.
    name : str
        What the plan was given as: its id, or its folder.
    """

    plan: Plan = field(compare=False, repr=False)
    region: str
    indicator: str
    city: str = ""
    year: int | None = None
    as_of: str = ""
    language: str = "en"
    name: str = ""

    @property
    def area(self) -> str:
        """The city, or else the region."""
        return self.city or self.region

    @property
    def tables(self):
        """Figures and codebook as known on the date, made once for each plan and date."""
        return load_tables(self.plan, as_of=self.as_of)

    def draw_map(self) -> Picture:
        """Map of the indicator over the region's members; a chosen city is outlined."""
        return self._named(contents.view_map(self), "map", year=self.year)

    def draw_chart(self) -> Picture:
        """The figures of the city or region over the years, against its target where it has one."""
        return self._named(contents.view_chart(self), "series")

    def show_figures(self) -> Table:
        """The figures on the map, a row each member, with year, grade and source."""
        return contents.figures_table(self)

    def show_verdict(self) -> Table:
        """What the plan requires of this indicator here, and the verdict on it."""
        return contents.verdict_view(self)

    def no_data(self) -> str:
        """Why there is nothing to see, in the view's language; empty where there is something."""
        return contents.why_nothing(self)

    def save(self, folder: str | Path) -> Pictures:
        """Write map and chart as figure bundles into a folder, and return them."""
        return Pictures([self.draw_map(), self.draw_chart()]).save(str(folder))

    def code(self, folder: str | Path = "figures") -> str:
        """Two lines of Python that make the same pictures.

        Examples
        --------
        >>> print(view("ln-2022", "belt", "gdp", city="210200", year=2024).code())
        import lnregions as ln
        ln.view('ln-2022', 'belt', 'gdp', city='210200', year=2024).save('figures')
        """
        own = {"city": self.city, "year": self.year, "as_of": self.as_of, "language": self.language}
        plain = {"city": "", "year": None, "as_of": "", "language": "en"}
        more = "".join(f", {key}={value!r}" for key, value in own.items() if value != plain[key])
        call = f"ln.view({self.name!r}, {self.region!r}, {self.indicator!r}{more}).save({str(folder)!r})"
        return f"import lnregions as ln\n{call}"

    def _named(self, picture: Picture, kind: str, **more) -> Picture:
        """Picture under a name that tells it from other views' in the same folder."""
        parts = [kind, self.plan.id, self.area if kind == "series" else self.region, self.indicator]
        parts += [self.city] * (kind == "map") + [str(self.year or "")] * (kind == "map")
        parts += [f"as-of-{self.as_of}" if self.as_of else "", self.language]
        facts = picture.parameters | {"as_of": self.tables.as_of, "city": self.city} | more
        known = {key: value for key, value in facts.items() if value not in (None, "")}
        return replace(picture, name=safe_name("-".join(p for p in parts if p)), parameters=known)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for part in (self.draw_map(), self.draw_chart(), self.show_figures(), self.show_verdict()):
            display(part)


def view(
    plan="ln-2022", region: str = "circle", indicator: str = "gdp", *, city: str = "", year: int | None = None,
    as_of: str = "", language: str = "en",
) -> View:  # fmt: skip
    """Choose one region or city, one indicator and one year, as known on a date.

    Parameters
    ----------
    plan : str, path or Plan
        Id of a plan, its folder, or the plan itself.
    region, indicator : str
        Codes of the plan and the codebook.
    city : str
        Code of one of the region's cities, for the chart and the verdict; empty: the whole region.
    year : int, optional
        Year of the map and the table; without one (or with 0) the latest that at least half of the areas have.
    as_of : str
        Only what was published by this date, such as 2024-06-30; empty: all.
    language : {"en", "zh"}

    Returns
    -------
    View
        Shows map, chart, table and verdict when it is the last line of a cell.

    Raises
    ------
    DataError
        If the plan, region, city, indicator, year, date or language is none.

    Examples
    --------
    >>> view("ln-2022", "belt", "gdp", city="210200", year=2024).show_verdict().frame["Status"].tolist()
    ['missed']
    """
    check_language(language)
    name = _name(plan)
    plan = plan if isinstance(plan, Plan) else load_plan(plan)
    cities = contents.cities_of(plan, region)
    if indicator not in contents.known_indicators():
        raise unknown("indicator", str(indicator), contents.known_indicators())
    if city and city not in cities:
        raise unknown("city", str(city), cities)
    made = View(plan, region, indicator, city, _year(year), as_of_text(as_of), language, name)
    made.tables  # noqa: B018  a wrong date is refused here
    return made


def explore(
    plan="ln-2022", region: str = "circle", indicator: str = "gdp", *, city: str = "", year: int | None = None,
    as_of: str = "", language: str = "en", folder: str = "figures",
):  # fmt: skip
    """Widgets to choose plan, region or city, indicator, year, date and language, over what they choose.

    Below them stand map, chart, table and verdict. Point at a city on the map to see its figure, click it to
    choose it. A button saves the view to `folder` and prints the Python that makes the same files.

    Parameters
    ----------
    plan, region, indicator, city, year, as_of, language
        What is chosen at first, as in `view`.
    folder : str
        Where the button saves to.

    Returns
    -------
    lnregions.explorer.widgets.Explorer
        An ipywidgets box; its attribute ``view`` is the `View` on the screen.

    Raises
    ------
    DataError
        As `view` does.
    """
    from lnregions.explorer.widgets import Explorer

    first = view(plan, region, indicator, city=city, year=year, as_of=as_of, language=language)
    return Explorer(first, folder=folder or "figures")


def as_of_text(as_of) -> str:
    """Return a date as text; empty for none.

    Examples
    --------
    >>> from datetime import date
    >>> as_of_text(date(2024, 6, 30)), as_of_text(None)
    ('2024-06-30', '')
    """
    return (as_of or "").strip() if as_of is None or isinstance(as_of, str) else f"{as_of:%Y-%m-%d}"


def _name(plan) -> str:
    """Name by which `view` finds a plan: the id of a shipped one, else its folder."""
    if not isinstance(plan, Plan):
        return str(plan)
    shipped = plan.id in list_plans() and plan.folder == data_dir() / "plans" / plan.id
    return plan.id if shipped else str(plan.folder)


def _year(year) -> int | None:
    try:
        whole = None if year is None else index(year)
    except TypeError:
        whole = -1
    if isinstance(year, bool) or (whole and not 1900 <= whole <= 2100):
        raise DataError(
            f"The year {year!r} is not a year that figures can be of. Give a whole number such as 2024, or none.",
        )
    return whole or None
