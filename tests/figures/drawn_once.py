"""Pictures that several tests look at, each drawn once, as known on one date."""

import inspect
from functools import cache

import lnregions as ln

PLAN, DATE = ln.load_plan(), "2026-06-30"
REGIONS = PLAN.regions["region"].tolist()


@cache
def verdicts():
    return ln.judge(PLAN, as_of=DATE)


@cache
def drawn(kind, *args, language="en"):
    """What ``ln.draw_<kind>`` draws for the plan of 2022: a picture, or several."""
    draw = getattr(ln, f"draw_{kind}")
    options = {"language": language, "width": "double"}
    options |= {} if kind in ("scorecard", "verdict_map") else {"as_of": DATE}
    if next(iter(inspect.signature(draw).parameters)) == "plan":
        return draw(PLAN, *args, **options)
    return draw(*args, plan=PLAN, **options)


@cache
def scorecard(language="en"):
    return ln.draw_scorecard(PLAN, verdicts(), language=language)


def targets(*regions):
    """Every picture of a target of some regions, or of all, by its name."""
    return {picture.name: picture for region in regions or REGIONS for picture in drawn("targets", region)}


def texts_of(picture):
    """All texts of a picture, whatever their line breaks."""
    return [text.get_text().replace("\n", " ") for text in picture.figure.findobj(is_text)]


def is_text(artist):
    return hasattr(artist, "get_text")
