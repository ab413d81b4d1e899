"""The page of pictures names every kind and function; the glossary and the catalogue agree."""

import re
import runpy

import lnregions as ln
from lnregions.figures import CITY_KINDS, PLAN_KINDS, REGION_KINDS
from lnregions.paths import root
from lnregions.words.catalogue import chinese_messages


def cells(page):
    lines = (root() / "docs" / page).read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in rows if set(row[0]) != {"-"}]


def test_every_kind_and_every_function_that_draws_has_its_question():
    rows = cells("pictures.md")
    kinds = [row[0].strip("`") for row in rows if len(row) == 3][1:]
    assert kinds == [*PLAN_KINDS, *REGION_KINDS, *CITY_KINDS]
    functions = re.findall(r"`(draw_\w+)`", "\n".join(row[-2] for row in rows))
    drawing = [name for name in ln.__all__ if name.startswith("draw_") and name != "draw_web_map"]
    assert sorted(functions) == sorted(drawing)
    assert all(row[-1].endswith("?") for row in rows if "draw_" in row[-2])


def test_the_catalogue_has_the_chinese_of_the_glossary():
    known = {(key.rpartition("\x04")[2], chinese) for key, chinese in chinese_messages().items()}
    for english, chinese, meaning in cells("glossary.md")[1:]:
        assert (english, chinese) in known or english not in dict(known), english
        assert meaning, english


def test_words_that_the_glossary_rules_out_are_not_in_the_catalogue():
    *_, line = (root() / "docs" / "glossary.md").read_text("utf-8").strip().splitlines()
    words = line.removeprefix("Not used: ").rstrip(".").split(", ")
    texts = [*chinese_messages().values(), *chinese_messages()]
    assert len(words) > 3
    assert [word for word in words if any(word in text for text in texts)] == []


def test_the_page_of_the_gallery_has_each_picture_in_each_language_and_width(tmp_path):
    for width, name in (("single", "map"), ("a4", "map"), ("a4", "gaps")):
        (tmp_path / width / "zh").mkdir(parents=True, exist_ok=True)
        (tmp_path / width / "zh" / f"{name}.png").write_bytes(b"")
    gallery = runpy.run_path(str(root() / "docs" / "make_gallery.py"))
    page = gallery["gallery_page"](tmp_path)
    assert re.findall(r'<h2 id="([\w-]+)"', page) == ["gaps", "map"]
    assert len(re.findall("<img", page)) == 2 * 2 * len(gallery["WIDTHS"])
    assert 'style="width:85mm" src="single/zh/map.png"' in page
