"""One region or city, one indicator, one year, as known on a date.

A `View` gives the map, the chart, the tables and the verdict that belong together; `explore` puts widgets over it.
"""

from dataclasses import dataclass, field, replace
from numbers import Integral
from pathlib import Path

import pandas as pd

from lnregions import figures, maps
from lnregions.assess import figures_of, judge_row, load_tables, members_of, verdict_table
from lnregions.boundaries import boundaries_of
from lnregions.errors import DataError, check_language, unknown
from lnregions.explorer.web_data import map_data, named_sources
from lnregions.files import safe_name
from lnregions.paths import PLAN
from lnregions.series import member_frame
from lnregions.show import Table, figure_words, grades, head, headed, show_verdicts
from lnregions.style import ROLES
from lnregions.tables import Plan, load_plan, with_cities, with_region
from lnregions.words import spans_of
from lnregions.words.catalogue import LANGUAGES, tr
from lnregions.words.texts import with_article

WIDTH = "onehalf"
"""Two such pictures stand side by side on a screen, with text that can be read."""
CHOSEN_POINTS = 2.2
"""Width of the outline of the chosen city."""


@dataclass(frozen=True)
class View:
    """What was chosen, from `view`: draw it, show it, save it, or get the code that makes it."""

    plan: Plan = field(compare=False, repr=False)
    region: str
    indicator: str
    city: str = ""  # none: the whole region
    year: int | None = None  # of the map and the table; None: the latest that at least half of the areas have
    as_of: str = ""  # date of knowledge; empty: all that is in the tables
    language: str = "en"
    name: str = ""  # what the plan was given as: its id, or its folder

    @property
    def area(self) -> str:
        """The city, or else the region."""
        return self.city or self.region

    @property
    def tables(self):
        """Figures and codebook as known on the date, made once for each plan and date."""
        return load_tables(self.plan, as_of=self.as_of)

    def _figures(self) -> pd.DataFrame:
        """Figures of all years of the areas on the map."""
        members = figures.level_of(with_cities(self.plan), self.region, self.indicator, self.tables)[1]
        return member_frame(self.tables, members, indicator=self.indicator)

    def years(self) -> list[int]:
        """Years that any area on the map has a figure for."""
        return sorted({int(year) for year in self._figures()["year"]})

    def web_map(self, picks: str = "") -> dict:
        """Data of the interactive map, as `map_data` gives them."""
        chosen = {"indicator": self.indicator, "year": self.year, "language": self.language}
        return map_data(self.plan, self.tables, self.region, **chosen) | {"picks": picks}

    def no_data(self) -> str:
        """Why the map, or the chart of a chosen city, has nothing to show; empty where it has."""
        found, language = self._figures(), self.language
        years = sorted(set(found.loc[found["area"].eq(self.city) | (not self.city), "year"].astype(int)))
        if years and self.year in (None, *years):
            return ""
        name, area = self._indicator_name(language), with_article(self.tables.name_text(self.area))
        known = {"indicator": figures.in_sentence(name) if language == "en" else name}
        known["area"] = getattr(area, language)
        if not years:
            words = "No data: the tables hold no figure of {indicator} for {area} as known on {date}."
            return tr(words, language, date=self.tables.as_of, **known)
        return tr(
            figures.NO_FIGURE_OF_YEAR, language, year=self.year, years=spans_of(years, language), **known
        )

    def verdicts(self) -> list[list]:
        """Verdicts on the targets of the indicator here: for each its interpretations, the main one first."""
        rows = self.plan.targets
        near = (rows["region"] == self.region) | (rows["area"] == self.area)
        own = rows[(rows["indicator"] == self.indicator) & near]
        found = [judge_row(self.plan, row, tables=self.tables) for _, row in own.iterrows()]
        about = {self.city, self.region}
        return [every for every in found if not self.city or about & {one.area for one in every}]

    def _indicator_name(self, language: str) -> str:
        return self.tables.indicator(self.indicator)[f"name_{language}"]

    def draw_map(self) -> figures.Picture | figures.Pictures:
        """Map of the indicator over the region's members; a chosen city is outlined."""
        chosen = {"year": self.year, "as_of": self.as_of, "language": self.language, "width": WIDTH}
        picture = figures.draw_map(self.plan, self.region, self.indicator, **chosen)
        if not isinstance(picture, figures.Picture):
            return picture  # the reason why there is none
        if self.city:
            frame = maps.prepare(boundaries_of(self.plan)[lambda frame: frame["area"] == self.city])
            maps.draw_areas(
                picture.figure.axes[0], frame.geometry, fills="none", edge=ROLES["target"].colour,
                linewidths=CHOSEN_POINTS, zorder=4.5, gid="chosen",
            )  # fmt: skip
            for code in LANGUAGES:
                city, opening = self.tables.name(self.city, code), picture.title[code]
                outlined = opening + tr(" {city} is outlined.", code, city=city)
                picture.caption[code] = picture.caption[code].replace(opening, outlined, 1)
        picture.parameters["year"] = self.year
        return self._named(picture, "map", self.region, self.indicator, self.city, self.year)

    def draw_chart(self) -> figures.Picture:
        """The figures of the city or region over the years, against its target where it has one."""
        area, members = self.area, members_of(self.plan, self.region)
        if not self.city and len(members) == 1:
            area = members[0]  # a region of one area has its figures under that code
        data = figures.RegionData(self.plan, area, self.indicator, self.tables, self.language, WIDTH)
        judged = [one for every in self.verdicts() for one in every if one.area in (area, self.area)]
        if judged and judged[0].kind != "qualitative":
            picture = figures.draw_verdict(data, judged[0])
        else:
            own = figures_of(self.plan, self.area, indicator=self.indicator, tables=self.tables)
            reason = getattr(own.hole(int(self.plan.facts["horizon"])), self.language)
            picture = figures.draw_plain_series(data, "series", reason=reason, region=self.region, area=area)
        return self._named(picture, "series", self.area, self.indicator)

    def _named(self, picture: figures.Picture, kind: str, *parts) -> figures.Picture:
        """Picture under a name that tells it from other views' in the same folder."""
        date = f"as-of-{self.as_of}" if self.as_of else ""
        name = "-".join(str(part) for part in (kind, self.plan.id, *parts, date, self.language) if part)
        facts = picture.parameters | {"as_of": self.tables.as_of, "city": self.city}
        known = {key: value for key, value in facts.items() if value not in (None, "")}
        return replace(picture, name=safe_name(name), parameters=known)

    def show_figures(self) -> Table:
        """The figures on the map, a row each area, with year, grade and source; the region last, or why it has none."""
        language, tables, data = self.language, self.tables, self.web_map()
        found = data["layers"][0]["areas"]
        lacking = {"year": "", "value": tr("no data", language), "grade": "", "source": ""}
        members = [one for one in data["areas"] if one["member"]]
        rows = [{"member": one["name"]} | found.get(one["id"], lacking) for one in members]
        region, years = tables.name(self.region, language), {facts["year"] for facts in found.values()}
        if len(years) > 1:  # each area has a latest year of its own
            own = lacking | {"source": tr("Of several years, so not added up", language)}
        else:
            series = figures_of(self.plan, self.region, indicator=self.indicator, tables=tables)
            year = self.year or int(next(iter(years), self.plan.facts["horizon"]))
            reason = getattr(series.hole(year), language)
            own = lacking | {"year": str(year), "source": reason[:1].upper() + reason[1:]}
            for row in (row for row in series.rows if row.year == year):
                own["value"] = figure_words(row.value, self.indicator, language)
                own |= {"grade": row.grade, "source": named_sources(row.source, tables, language)}
        rows.append({"member": region} | own)
        frame = headed(pd.DataFrame(rows, columns=["member", *lacking]), language)
        title = tr("{region}: {indicator}", language, region=region, indicator=self._indicator_name(language))
        return Table(frame, title, grades(language), (head("value", language),), language=language)

    def show_verdict(self) -> Table:
        """What the plan requires of this indicator here, and the verdict; the region's targets where there is none."""
        language = self.language
        if found := self.verdicts():
            table = show_verdicts(verdict_table((every[0] for every in found), self.plan), language=language)
            return replace(table, note="")  # the grades stand under the figures
        own = self.plan.targets[self.plan.targets["region"] == self.region]
        known = {"indicator": self._indicator_name(language), "area": self.tables.name(self.area, language)}
        words = (
            "The plan sets no target on this indicator ({indicator}) for {area}. Its targets for the region:"
        )
        frame = pd.DataFrame({"target": own[f"label_{language}"].tolist()})
        return Table(headed(frame, language), tr(words, language, **known), language=language)

    def save(self, folder: str | Path) -> figures.Pictures:
        """Write map and chart as figure bundles into a folder, and return them."""
        drawn = [one for one in (self.draw_map(), self.draw_chart()) if isinstance(one, figures.Picture)]
        return figures.Pictures(drawn).save(str(folder))

    def code(self, folder: str | Path = "figures") -> str:
        """Two lines of Python that make the same pictures.

        Examples
        --------
        >>> print(view("ln-2022", "belt", "gdp", city="210200", year=2024).code())
        import lnregions as ln
        ln.view('ln-2022', 'belt', 'gdp', city='210200', year=2024).save('figures')
        """
        own = {"city": self.city, "year": self.year, "as_of": self.as_of, "language": self.language}
        more = "".join(f", {key}={value!r}" for key, value in own.items() if value and value != "en")
        call = f"ln.view({self.name!r}, {self.region!r}, {self.indicator!r}{more}).save({str(folder)!r})"
        return f"import lnregions as ln\n{call}"

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for part in (self.draw_map(), self.draw_chart(), self.show_figures(), self.show_verdict()):
            display(part)


def view(
    plan=PLAN, region: str = "", indicator: str = "gdp", *, city: str = "", year: int | None = None,
    as_of: str = "", language: str = "en",
) -> View:  # fmt: skip
    """Choose one region or city, one indicator and one year, as known on a date.

    The plan may be given by its id or folder, too; the region may be a group from `group`, and an empty one is the
    first. Chart and verdict are those of `city`, a city of the region by its code, or of the whole region without one.

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
    if isinstance(plan, Plan):
        name = plan.id if plan.shipped else str(plan.folder)
    else:
        name, plan = str(plan), load_plan(plan)
    region = region or plan.regions["region"].iloc[0]
    plan = with_region(plan, region)
    cities, indicators = cities_of(plan, region), known_indicators(plan)
    if city not in ("", *cities):
        raise unknown("city", str(city), cities)
    if indicator not in indicators:
        raise unknown("indicator", str(indicator), indicators)
    year = 0 if year is None else year
    whole = isinstance(year, Integral) and not isinstance(year, bool)
    if not whole or (year and not 1900 <= year <= 2100):
        remedy = "Give a whole number such as 2024, or none."
        raise DataError(f"The year {year!r} is not a year that figures can be of. {remedy}")
    as_of = (as_of or "").strip() if as_of is None or isinstance(as_of, str) else f"{as_of:%Y-%m-%d}"
    made = View(plan, str(region), indicator, city, int(year) or None, as_of, language, name)
    made.tables  # noqa: B018  a wrong date is refused here
    return made


def cities_of(plan: Plan, region: str) -> list[str]:
    """Return the areas of a region that can be viewed one by one; a DataError for an unknown region."""
    return members_of(with_cities(plan), region)


def known_indicators(plan: Plan) -> list[str]:
    """Return the indicators of a plan that are numbers, in the codebook's order."""
    rows = plan.indicators
    return rows.loc[rows["measure"] != "none", "indicator"].tolist()


def indicators_with_figures(plan: Plan, region: str, *, as_of: str = "") -> set[str]:
    """Return the indicators that any member of a region, or a county of it, has a figure for."""
    rows, whole = load_tables(plan, as_of=as_of).observations, with_cities(plan)
    areas = {*members_of(whole, region), *whole.members(region)}
    return set(rows.loc[rows["area"].isin(areas) & rows["default"], "indicator"])
