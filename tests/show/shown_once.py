"""Tables that several tests look at, each made once: every ``show_`` function and the evaluation."""

from functools import cache

import lnregions as ln
from lnregions.show import Table

PLAN, DATE = ln.load_plan(), "2026-06-30"
LANGUAGES = ("en", "zh")
DATED = {"as_of": DATE}
CALLS = {
    "plan": lambda **own: ln.show_plan(PLAN, **own),
    "region": lambda **own: ln.show_region(PLAN, "east", **own),
    "verdicts": lambda **own: ln.show_verdicts(verdicts(), **own),
    "interpretations": lambda **own: ln.show_interpretations(PLAN, **DATED, **own),
    "methods": lambda **own: ln.show_methods(PLAN, **DATED, **own),
    "calculations": lambda **own: ln.show_calculations(PLAN, "belt", **DATED, **own),
    "calculations of weights": lambda **own: ln.show_calculations(PLAN, "west", **DATED, **own),
    "on the way": lambda **own: ln.show_on_the_way(PLAN, "circle", **DATED, **own),
    "none on the way": lambda **own: ln.show_on_the_way(PLAN, "east", **DATED, **own),
    "firmness": lambda **own: ln.show_firmness(PLAN, "belt", **DATED, **own),
    "trail": lambda **own: ln.show_trail(PLAN, **own),
    "members": lambda **own: ln.show_members(PLAN, "west", **DATED, **own),
    "city": lambda **own: ln.show_city(PLAN, "210900", **DATED, **own),
    "sources": lambda **own: ln.show_sources(PLAN, "belt", **DATED, **own),
    "city sources": lambda **own: ln.show_city_sources("210200", **DATED, **own),
    "statements": lambda **own: ln.show_statements(PLAN, **DATED, **own),
    "evaluation": lambda **own: ln.evaluation(PLAN, **DATED, **own),
}


@cache
def verdicts():
    return ln.judge(PLAN, as_of=DATE)


@cache
def shown(name, language):
    return CALLS[name](language=language)


def tables(name, language="en"):
    """Tables that a call shows, one or several."""
    found = shown(name, language)
    return [found] if isinstance(found, Table) else list(found)
