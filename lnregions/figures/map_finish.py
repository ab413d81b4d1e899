"""What every map picture of a plan is finished with: the land around it, where it lies, title and source line."""

from functools import lru_cache

import pandas as pd

from lnregions import maps
from lnregions.boundaries import load_context, load_locator, project, remembered
from lnregions.maps import drawn_on

PROVINCE = "210000"


def finish_picture_map(axes, title: str, line: str, language: str, *, others=None) -> None:
    """Title, scale bar, arrow, source line, locator; other areas and neighbours as ground.

    A map of areas elsewhere than in the province has neither its neighbours nor the locator.
    """
    here = _in_province(axes)
    maps.finish_map(
        axes, title=title, source=line, language=language, context=_ground(others, here),
        inset=(load_locator(), [PROVINCE]) if here else None,
    )  # fmt: skip


def _ground(others, here):
    """Neighbouring land and the other areas, if there are any, as one frame, made once a process."""
    if others is None or not len(others):
        return load_context() if here else None
    named = [tuple(others[name]) for name in ("area", "short_en", "short_zh")]
    return remembered(("ground", here, *named), others.geometry, lambda: _joined(others, here))


def _joined(others, here):
    others = others.assign(kind="area")
    if not here:
        return others.reset_index(drop=True)
    around = load_context()
    return pd.concat([around[around["area"] != PROVINCE], others], ignore_index=True)


def _in_province(axes):
    """Whether any of the areas drawn reaches into the province."""
    drawn = drawn_on(axes)
    if drawn is None:
        return True
    west, south, east, north = _province_bounds(drawn.crs)
    left, bottom, right, top = drawn.geometry.total_bounds
    return west < right and left < east and south < top and bottom < north


@lru_cache(maxsize=8)
def _province_bounds(crs):
    """Bounds of the province on the grid of a map."""
    context = load_context()
    return tuple(project(context[context["area"] == PROVINCE], crs=crs).total_bounds.tolist())
