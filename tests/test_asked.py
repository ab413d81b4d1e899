"""Whatever is wrong with what a picture or table is asked for is said in two sentences, in both languages."""

import pandas as pd
import pytest

import lnregions as ln
from lnregions.charts import plot_trajectory
from lnregions.errors import DataError
from lnregions.figures import asked as _asked
from lnregions.figures.chart_pictures import draw_members, draw_scorecard
from lnregions.figures.map_pictures import draw_location, draw_map
from lnregions.figures.year_pictures import draw_change
from lnregions.maps import add_north_arrow, add_scale_bar
from lnregions.show import displays, source_displays, verdict_displays
from lnregions.style import style

PLAN = ln.load_plan()
ACTUAL = pd.DataFrame({"year": [2022, 2023], "value": [1.0, 2.0]})
WRONG = {
    "plan none": (lambda: draw_map(None, "circle", "gdp"), "The plan None is neither"),
    "plan number": (lambda: draw_location(3, "circle"), "The plan 3 is neither"),
    "plan empty": (lambda: displays.show_plan(""), "The plan '' is neither"),
    "plan unknown": (lambda: draw_map("ln-2023", "circle", "gdp"), "Unknown plan 'ln-2023'"),
    "judged number": (lambda: judgement.judge(3), "The plan 3 is neither"),
    "loaded none": (lambda: ln.load_plan(None), "The plan None is neither"),
    "loaded empty": (lambda: ln.load_plan(" "), "The plan ' ' is neither"),
    "region": (lambda: draw_members(PLAN, "cirkle", "gdp"), "did you mean circle"),
    "region number": (lambda: displays.show_region(PLAN, 3), "Unknown region '3'"),
    "indicator": (lambda: draw_change(PLAN, "circle", "gpd"), "Unknown indicator 'gpd'"),
    "indicator list": (lambda: draw_map(PLAN, "circle", ["gdp"]), "Unknown indicator"),
    "area": (lambda: displays.show_city(PLAN, "999999"), "Unknown area '999999'"),
    "area without plan": (lambda: source_displays.show_city_sources(210100), "Unknown area '210100'"),
    "verdicts": (lambda: draw_scorecard(PLAN, 3), "The verdicts are 3"),
    "other table": (lambda: verdict_displays.show_verdicts(PLAN.regions), "a table with other columns"),
    "year": (lambda: draw_map(PLAN, "circle", "gdp", year="x"), "The year 'x' is not"),
    "year flag": (lambda: draw_map(PLAN, "circle", "gdp", year=True), "The year True is not"),
    "language": (lambda: draw_map(PLAN, "circle", "gdp", language="fr"), "Unknown language 'fr'"),
    "width": (lambda: draw_map(PLAN, "circle", "gdp", width=-3), "The width -3 is no length"),
    "width list": (lambda: style.size_of([1]), "The width .* is no length"),
    "target": (lambda: plot_trajectory(ACTUAL, target={"value": 3}, unit="%"), "no number as its horizon"),
    "target word": (lambda: plot_trajectory(ACTUAL, target="3", unit="%"), "no number as its value"),
    "crs": (lambda: add_scale_bar(None, crs="EPSG:nothing"), "There is no coordinate reference system"),
    "crs of arrow": (
        lambda: add_north_arrow(None, crs="nonsense"),
        "There is no coordinate reference system",
    ),
    "degrees": (lambda: add_scale_bar(None, crs="EPSG:4490"), "a scale bar would be wrong"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_two_sentences_in_both_languages(name):
    call, said = WRONG[name]
    with pytest.raises(DataError, match=said) as caught:
        call()
    assert caught.value.report("en").count(". ") >= 1
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.report("zh"))


def test_a_plan_may_be_given_by_its_name_and_empty_words_mean_what_is_left_out():
    @_asked.checked
    def asked(plan, region: str = "", *, year: int | None = None, as_of: str = "", language: str = "en"):
        return plan.id, region, year, as_of, language

    assert asked("ln-2022") == ("ln-2022", "", None, "", "en")
    assert asked(PLAN, "", year=None, as_of="", language="zh") == ("ln-2022", "", None, "", "zh")
    assert asked(PLAN, "belt", year=2024.0) == ("ln-2022", "belt", 2024, "", "en")
    assert asked.__name__ == "asked"


def test_a_missing_argument_is_pythons_own_error():
    with pytest.raises(TypeError, match="indicator"):
        draw_map(PLAN, "circle")


def test_a_scale_bar_takes_the_code_of_a_projection():
    from matplotlib.figure import Figure

    assert add_scale_bar(Figure().add_subplot(), crs="EPSG:32651").fixed_units == "km"


def test_one_target_is_not_called_all_targets():
    verdicts = ln.judge(PLAN).iloc[:1]
    for language, title in (("en", "The target and its verdict"), ("zh", "目标及判断")):
        picture = draw_scorecard(PLAN, verdicts, language=language)
        words = [t.get_text() for t in picture.figure.findobj(lambda a: hasattr(a, "get_text"))]
        assert any(title in w for w in words)
        assert not any("All 1" in w for w in words)


@pytest.mark.parametrize(
    ("width", "pixels"), [("single", 1004), ("onehalf", 1417), ("double", 2055), (100, 1181)]
)
def test_a_picture_has_the_nearest_whole_number_of_pixels(width, pixels):
    import io

    from PIL import Image

    from lnregions.figures import figures

    fig = style.figure(width, height_mm=20)
    assert Image.open(io.BytesIO(figures.picture(fig, "png"))).size == (pixels, 236)
