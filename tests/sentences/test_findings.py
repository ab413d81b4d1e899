"""Findings: sentences with a figure behind each, for every plan, region and city."""

import re
from dataclasses import replace

import pytest

import lnregions as ln
from lnregions.errors import DataError
from lnregions.sentences import findings, lead_sentences
from lnregions.tables import batch_choices, shipped_plans

CASES = [
    pytest.param(plan.id, place, id=f"{plan.id}-{place}")
    for plan in shipped_plans()
    for place in ["", *plan.regions["region"], *batch_choices(plan.id)["adcode"]]
]


def sentences(plan, place="", *, topic, language="en"):
    found = findings(plan, place).drop_duplicates("finding")
    return found.loc[found["topic"] == topic, f"sentence_{language}"].tolist()


@pytest.mark.parametrize(("plan", "place"), CASES)
def test_every_sentence_is_whole_in_both_languages_and_has_figures_behind_it(plan, place):
    found = findings(plan, place)
    assert (5 if place and plan == "ln-2022" else 4) <= found["finding"].max() <= (8 if place else 11)
    assert list(found["finding"].unique()) == list(range(1, found["finding"].max() + 1))
    for row in found.drop_duplicates("finding").itertuples():
        assert re.fullmatch(r"[A-Z0-9][^{}]*\.", row.sentence_en)
        assert re.fullmatch(r"[^{}]+。", row.sentence_zh)
        assert not re.search(r"\bnan\b|None|no data| 1 (targets|regions|amounts)|[一-鿿]", row.sentence_en)
        assert not re.search(r"nan|None|[a-z]{4}", row.sentence_zh)
    stated = found.dropna(subset="value")
    assert set(stated["indicator"]) <= set(ln.load_indicators()["indicator"])
    assert (found.loc[~found["topic"].isin(["missing", "promised"]), "source"] != "").any()


def test_a_target_missed_and_reached_later_leads_with_the_figures_of_both_years():
    found = findings("ln-2022", "belt")
    told = found[found["topic"] == "happened"]
    first = told[told["finding"] == told["finding"].min()]
    assert first["sentence_en"].iloc[0] == (
        "Dalian missed its target of more than 1,000 billion yuan (gross domestic product) in 2024 "
        "by 48.31 billion yuan and reached it in 2025."
    )
    chinese = "2024年大连地区生产总值未达到“超过10000亿元”的目标，相差483.1亿元，2025年实现。"
    assert first["sentence_zh"].iloc[0] == chinese
    assert first[["year", "value"]].values.tolist() == [[2024, 10000.0], [2024, 9516.9], [2025, 10002.1]]
    assert lead_sentences("ln-2022")[0] == first["sentence_en"].iloc[0]


def test_nothing_is_said_that_was_not_known_on_the_date():
    early = findings("ln-2022", "belt", as_of="2024-06-30")
    assert "reached it in 2025" not in " ".join(early["sentence_en"])
    known = early[~early["topic"].isin(["promised", "counted", "missing"])].dropna(subset="value")
    bounds = known[known["source"].str.startswith("p")]  # what the plan itself asks for the horizon
    assert set(known.drop(bounds.index)["year"]) <= set(range(2021, 2024))


@pytest.mark.parametrize(
    ("place", "topic", "sentence"),
    [
        (210200, "compared", "In 2022-2024 real GDP growth averaged 5.1% in Dalian, against 4.2% in Liaoning and 4.4% "
         "in China; that is rank 1 among the 13 cities with figures."),
        # the other meaning of a clause
        ("Shenyang", "happened", "Shenyang met its target of more than 85% (urbanisation rate) in 2024: it reached "
         "85.55%."),
        ("Benxi", "changed", "In 2023-2024 real GDP growth in Benxi was highest in 2023 ("),
        ("", "missing", "Not judged for want of published figures: manufacturing share, "),
        ("east", "promised", " tourism share (at least 5%); and green lung, ecological barrier."),
    ],
)  # fmt: skip
def test_growth_meanings_changes_and_lists_are_told_as_whole_sentences(place, topic, sentence):
    assert sentence in " ".join(sentences("ln-2022", place, topic=topic))


def test_an_unknown_place_is_refused_with_the_likeliest():
    with pytest.raises(DataError, match=r"Unknown place 'wets'\. .*did you mean west\?"):
        findings("ln-2022", "wets")


def test_the_table_names_each_topic_once():
    frame = ln.show_findings("ln-2022", "west", language="zh").frame
    assert list(frame.columns) == ["内容", "主要发现"]
    topics = [one for one in frame["内容"] if one]
    assert topics == ["规划承诺", "实际结果", "横向比较", "最大变化", "可靠程度", "缺失数据"]


@pytest.mark.parametrize(
    ("target", "changes", "sentence"),
    [
        ("belt-dalian-gdp", {"value": 9500}, "With a target of more than 950 billion yuan, the verdict on GDP of "
         "Dalian would be 'met' instead of 'missed'."),
        ("belt-dalian-gdp", {"value": 9516.9}, "With a target of more than 951.69 billion yuan, the verdict on "
         "GDP of Dalian would be 'too close to call' instead of 'missed'."),
        ("belt-dalian-gdp", {"figures": {2024: 10050}}, "With a figure of 1,005 billion yuan for Dalian in 2024, the "
         "verdict on GDP of Dalian would be 'met' instead of 'missed'."),
        ("west-gdp", {"members": ["Chaoyang", "Fuxin"]}, "With Chaoyang and Fuxin as members, the verdict on GDP "
         "growth above the province would be 'met' instead of 'too close to call'."),
        ("west-gdp", {"members": "Chaoyang"}, "With Chaoyang as the only member, the verdict on GDP growth above the "
         "province would be 'met' instead of 'too close to call'."),
        ("circle-urbanisation", {"figures": {2024: 90}}, "With a figure of 90.00% for the Shenyang circle in 2024, the "
         "verdict on urbanisation rate would stay 'missed': it does not rest on that."),
        ("east-tourism", {"figures": {2024: 6}}, "With a figure of 6.00% for Eastern Liaoning in 2024, the verdict on "
         "tourism share would stay 'no data': it does not rest on that."),
    ],
)  # fmt: skip
def test_what_if_judges_and_draws_the_changed_target(target, changes, sentence):
    found = ln.what_if("ln-2022", target, **changes)
    assert found.sentence == sentence
    if "value" in changes:
        drawn = found.picture.data
        assert changes["value"] in drawn.loc[drawn["role"] == "target", "value"].tolist()
    # the plan is unchanged
    assert ln.judge("ln-2022").set_index("target").loc[target, "status"] == found.before.status


@pytest.mark.parametrize(
    ("target", "changes", "message"),
    [
        ("belt-dalian-gdp", {}, "Nothing is changed"),
        ("belt-dalian-gdp", {"worth": 1}, "Unknown change 'worth'"),
        ("belt-dalian-gdp", {"value": "much"}, "is not a number"),
        ("belt-trade", {"value": 1}, "no value that could be changed"),
        ("west-gdp", {"members": ["Dalian"]}, "has no member '210200'"),
        ("belt-dalian-gdp", {"members": ["Dalian"]}, "of a single area, without members"),
        *(
            ("belt-dalian-gdp", {"baseline_year": one}, "Give one such as 2021")
            for one in (2024, 2020.5, "2020")
        ),
        *(("belt-dalian-gdp", {"figures": one}, "none by year") for one in (9999, {}, None)),
        *(
            ("belt-dalian-gdp", {"figures": {2024: one}}, "is not a number")
            for one in ("x", None, float("inf"))
        ),
        ("belt-dalian-gdp", {"figures": {"2024": 1}}, "The year '2024' is not one"),
        ("belt-dalian-gdp", {"value": float("nan")}, "is not a number"),
        ("belt-dalain-gdp", {"value": 1}, "did you mean belt-dalian-gdp"),
        ("GDP of Dailan", {"value": 9}, "did you mean GDP of Dalian"),
        ("Emerging industries share", {"value": 9}, "2 targets are called .* Choose circle-sei or belt-sei"),
        ("大连生产总值", {"value": "much"}, "is not a number"),
    ],
)
def test_what_if_refuses_what_it_cannot_change(target, changes, message):
    with pytest.raises(DataError, match=message):
        ln.what_if("ln-2022", target, **changes)


def test_a_plan_without_regions_and_targets_has_what_its_cities_did():
    plan = ln.load_plan()
    bare = replace(plan, regions=plan.regions.iloc[:0], targets=plan.targets.iloc[:0])
    found = findings(bare, "Dalian").drop_duplicates("finding")
    assert {"happened", "compared"} <= set(found["topic"])
    assert findings(bare).empty
