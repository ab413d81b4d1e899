"""The two pictures of a view: the map of its members, and the series of its city or region."""

import pandas as pd

from lnregions import maps
from lnregions.assess import judge_row, members_of
from lnregions.boundaries import boundaries_of
from lnregions.explorer.choices import (
    PROVINCE,
    figures_at,
    level_and_members,
    member_figures,
    why_no_series,
    with_cities,
)
from lnregions.figures import (
    Picture,
    RegionData,
    draw_map,
    draw_no_data,
    draw_plain_series,
    draw_verdict,
    one_year,
)
from lnregions.maps import draw_areas
from lnregions.style import ROLES

WIDTH = "onehalf"
"""Two such pictures stand side by side on a screen, with text that can be read."""
CHOSEN_POINTS = 2.2


def view_map(view) -> Picture:
    """Map of a view; areas without any figure are hatched."""
    plan = with_cities(view.plan)
    if shown_figures(view)["value"].isna().all():
        picture = _map_without_figures(view)
    else:
        picture = draw_map(
            plan,
            view.region,
            view.indicator,
            year=view.year,
            as_of=view.as_of,
            language=view.language,
            width=WIDTH,
        )
    if view.city:
        _outline(picture, view)
        name = [view.tables.name(view.city, lang) for lang in ("en", "zh")]
        picture.caption = {
            "en": f"{picture.caption['en']} {name[0]} is outlined.",
            "zh": f"{picture.caption['zh']}粗线为{name[1]}。",
        }
    return picture


def view_chart(view) -> Picture:
    """Series of a view's city or region, against its target where the plan has one."""
    own = [v for readings in verdicts_on(view) for v in readings if v.area in areas_of(view)]
    area = areas_of(view)[-1]
    data = RegionData(view.plan, area, view.indicator, view.tables, view.language, WIDTH)
    if own and own[0].kind != "qualitative":
        return draw_verdict(data, own[0])
    name = f"series-{area}-{view.indicator}"
    return draw_plain_series(data, name, reason=why_no_series(view), region=view.region, area=area)


def areas_of(view) -> list[str]:
    """Area whose series a view shows: the city or region, and the province under its own code."""
    if view.city:
        return [view.city]
    return [view.region, PROVINCE] if members_of(view.plan, view.region) == [PROVINCE] else [view.region]


def verdicts_on(view) -> list[list]:
    """Verdicts on the plan's targets of the view's indicator: for each target its readings, the main one first."""
    rows = view.plan.targets
    own = rows[
        (rows["indicator"] == view.indicator)
        & ((rows["region"] == view.region) | (rows["area"] == view.area))
    ]
    found = [judge_row(view.plan, row, tables=view.tables) for _, row in own.iterrows()]
    return [readings for readings in found if not view.city or _about(readings, view)]


def _about(readings, view):
    """Whether a target is about the view's city, under any of its readings, or about its region."""
    return any(one.area in (view.city, view.region) for one in readings)


def shown_figures(view) -> pd.DataFrame:
    """Figures on a view's map, a row each area, also those without: ``area year value grade source``."""
    level, members = level_and_members(view)
    found = one_year(figures_at(view, level), len(boundaries_of(view.plan, level)), view.year)
    return found.set_index("area").reindex(members).rename_axis("area").reset_index()


def drawn_areas(view) -> pd.DataFrame:
    """Boundaries of the areas on a view's map, projected and thinned as they are drawn."""
    level, members = level_and_members(view)
    frame = boundaries_of(view.plan, level)
    return maps.prepare(frame[frame["area"].isin(members)])


def _map_without_figures(view) -> Picture:
    """Map of the members, all hatched, where none has a figure to show."""
    data = RegionData(view.plan, view.region, view.indicator, view.tables, view.language, WIDTH)
    level, members = level_and_members(view)
    title = data.words("{area}: {indicator}, no data")
    return draw_no_data(data, "map", member_figures(view), title, areas=members, level=level)


def _outline(picture: Picture, view) -> None:
    """Draw a heavy line around one area of a map."""
    frame = maps.prepare(boundaries_of(view.plan)[lambda f: f["area"] == view.city])
    draw_areas(
        picture.figure.axes[0], frame.geometry, fills="none", edge=ROLES["target"].colour, linewidths=CHOSEN_POINTS,
        zorder=4.5, gid="chosen",
    )  # fmt: skip
