"""How plans, tables and pictures show themselves, in a notebook and in a terminal."""

from lnregions import draw_map, draw_targets, load_plan, show_plan, show_region

PLAN = load_plan()


def test_a_plan_shows_title_years_members_and_targets_by_kind():
    html = PLAN._repr_html_()
    assert "2022-2024" in html
    assert "Three-Year Action Plan" in html
    row = "".join(html[html.index("Shenyang circle") :].partition("</tr>")[0].split())
    assert "<td>7</td><td>6</td>" in row
    assert "relative_growth" in html
    assert repr(PLAN) == "<Plan ln-2022, 2022-2024: 4 regions, 18 targets>"


def test_pictures_and_tables_in_a_terminal_say_what_they_are():
    words = "<Picture map-belt-gdp: Coastal belt: gross domestic product, 2023.>"
    assert repr(draw_map(PLAN, "belt", "gdp", year=2023)) == words
    assert repr(draw_targets(PLAN, "west")).startswith("<Pictures: west-gdp")
    assert repr(show_plan(PLAN)).splitlines()[0].split() == ["Fact", "Value"]
    assert "Member" in repr(show_region(PLAN, "belt"))
