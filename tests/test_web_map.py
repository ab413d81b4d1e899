"""The interactive map: what it holds, how it matches the printed one, that it fetches nothing and runs no data."""

import re

import pytest

import lnregions as ln
from lnregions._page_script import map_script
from lnregions.judgement import load_tables
from lnregions.web_map import WebMap

EVIL = "</script><img src=x onerror=alert(1)>{{ 7*7 }}"


@pytest.fixture(scope="module")
def plan():
    return ln.load_plan("ln-2022")


@pytest.fixture(scope="module")
def tables(plan):
    return load_tables(plan)


def page_of(drawn: WebMap) -> str:
    return drawn.get_root().render()


def addresses(page: str) -> set[str]:
    """Everything in a page that a browser would fetch or follow, by tag, attribute or rule."""
    page = page.replace(map_script(), "")
    found = re.findall(r"""(?:src|href|srcset|action|data)\s*=\s*["']([^"'#][^"']*)""", page)
    return {one for one in found if not one.startswith("data:")} | set(
        re.findall(r"@import[^;]*|url\([^)#]*\)", page)
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("region", "indicator"), [("circle", "gdp"), ("east", ""), ("", "gdp_growth_real")])
def test_a_map_is_one_light_page_that_fetches_nothing(plan, region, indicator, language):
    page = page_of(ln.draw_web_map(plan, region, indicator, language=language))
    assert len(page.encode()) < 350_000
    assert addresses(page) == set()
    assert not re.search(r"cdn|jquery|bootstrap|awesome|openstreetmap", page.replace(map_script(), ""), re.I)
    assert "sourceMappingURL" not in page
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page
