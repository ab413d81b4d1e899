"""Captions and alternative texts open with what the picture says."""

import re

import pandas as pd
import pytest
from figures.drawn_once import drawn, scorecard, targets

from lnregions.figures.messages import caption_text, source_records

PICTURES = {
    "map": (lambda: drawn("map", "belt", "gdp"), "Highest in Dalian with 951.69 billion yuan, lowest in "),
    "verdicts": (scorecard, "Of the 18 targets, 1 was met, 4 were missed"),
    "target": (
        lambda: targets()["circle-shenyang-gdp-210100"],
        (
            "Shenyang missed its target of at least 1,000 billion yuan",
            "Missed (strive for): Gross domestic product of Shenyang was ",
        ),
    ),
    "members": (lambda: drawn("location", "west"), "The plan's list confirms 1 of 3 members."),
    "city": (lambda: drawn("ranks", "210200"), "Dalian ranks 1 of 14 in "),
    "series": (lambda: drawn("series", "210400", "population"), "Fushun went from "),
    "change": (lambda: drawn("change", "belt", "gdp"), "Highest in "),
    "no data": (lambda: targets()["belt-fdi-in-yuan"], "No data: "),
    "gaps": (
        lambda: drawn("gaps", "belt")[0],
        "The Coastal belt was above China in 4 of 5 years; in 2024 the difference",
    ),
    "timeline": (lambda: drawn("timeline"), "7 of 13 verdicts have changed since 2022-02-09."),
    "sheet": (lambda: drawn("target_sheet", "east"), "Of the 4 targets, 3 have no published figure"),
    "dumbbells": (
        lambda: drawn("dumbbells", "circle", "urbanisation_rate"),
        "Highest in Shenyang with 85.12%",
    ),
    "contributions": (
        lambda: drawn("contributions", "belt", "gdp"),
        "Highest in Dalian with 92.70 billion yuan, lowest",
    ),
}


@pytest.mark.parametrize(("draw", "opening"), PICTURES.values(), ids=PICTURES)
def test_caption_and_alternative_text_open_with_a_finding(draw, opening):
    picture, (said, opening) = draw(), (opening if isinstance(opening, tuple) else (opening, opening))
    for text, start in ((picture.alt, said), (picture.caption, opening)):
        assert text["en"].startswith(start)
        assert re.match(r"[^a-zA-Z]+[。：]", text["zh"])
        assert not re.search(r"\d+ figures\.|个数据。|nan|no data with", text["en"] + text["zh"])
    caption = caption_text(picture.caption, source_records(picture.sources, picture.data), picture.data)
    assert opening in caption.replace("\\", "")
    assert not re.search(r":  |: \(|：（|, \(", caption)  # a grade without its letter


def test_english_captions_say_that_titles_are_in_chinese():
    records = [{"title": "沈阳市统计公报"}]
    text = caption_text({"en": "One.", "zh": "一。"}, records, None)
    assert "Sources (titles as published, in Chinese): 沈阳市统计公报." in text
    assert "资料来源：沈阳市统计公报。" in text
    assert "in Chinese" not in caption_text({"en": "One."}, [{"title": "Bulletin"}], None)


def test_an_empty_grade_is_not_counted():
    rows = pd.DataFrame({"grade": ["A", "", " ", None], "value": 1.0})
    assert "Grades of evidence: A (1)." in caption_text({"en": "One."}, [], rows)


def test_a_caption_names_each_source_once_by_its_title_and_date():
    records = [
        {"title": "公报 (copy at 某库; full text in github.com/a/b, c.json)", "published": ""},
        {"title": "公报 (page saved in github.com/a/b, d.html)"},
        {"title": "辽宁 (rexun 2022-11-28)", "published": "2022-11-28"},
    ]
    text = caption_text({"en": "One."}, records, None)
    assert "Sources (titles as published, in Chinese): 公报; 辽宁 (rexun 2022-11-28)." in text


def test_a_chinese_caption_has_no_punctuation_of_english():
    for picture in (
        drawn("members", "east", "gdp"),
        drawn("contributions", "east", "gdp"),
        drawn("heat_map", "east"),
    ):
        assert "; " not in picture.caption["zh"]
        assert "；缺县级数据，以全市数据代替。" in picture.caption["zh"]
