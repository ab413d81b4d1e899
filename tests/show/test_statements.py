"""What the issuer said of the outcome stands beside the verdicts and counts in none."""

import re
import shutil

import pytest

import lnregions as ln
from lnregions.errors import DataError
from lnregions.paths import data_dir
from lnregions.show import outcome_words
from lnregions.tables import list_plans

PLAN = ln.load_plan("ln-2022")
NONE = {"en": "searched, none found", "zh": "已查，未见"}
QUALITATIVE = PLAN.targets.loc[PLAN.targets["kind"] == "qualitative", "target"].tolist()


@pytest.mark.parametrize("language", NONE)
def test_every_clause_has_a_dated_statement_or_says_that_none_was_found(language):
    frame = ln.show_statements(PLAN, language=language).frame
    concerns, date, body, said = frame.columns[:4]
    assert set(PLAN.targets[f"label_{language}"]) <= set(frame[concerns])
    assert (frame.loc[frame[said] != NONE[language], [date, body]] != "").all(axis=None)


def test_a_quote_is_the_original_and_every_statement_cites_a_source_of_its_date():
    rows, published = PLAN.statements, PLAN.sources.set_index("source")["published"]
    assert set(rows["quote"]) - {""} == {
        "区域经济格局成效显著", "取得显著成效,但尚存在着一定的问题和不足",
    }  # fmt: skip
    assert [published[source] for source in rows["source"]] == rows["date"].tolist()
    # where the wording was not kept, our own words are there in both languages
    assert (rows.loc[rows["quote"] == "", "said_zh"] != "").all()
    regions = PLAN.targets.set_index("target")["region"]
    named = rows[rows["target"] != ""]
    assert named["target"].map(regions).tolist() == named["region"].tolist()


@pytest.mark.parametrize("language", NONE)
def test_the_verdict_on_a_clause_of_words_shows_what_was_said_and_stays_as_it_is(language):
    verdicts = ln.judge(PLAN)
    shown = ln.show_verdicts(verdicts, language=language).frame
    reasons = dict(zip(verdicts["target"], shown.iloc[:, -1], strict=True))
    assert "1.1" in reasons["circle-clusters"]
    assert "2025-12-03" in reasons["circle-hour"]
    assert all(NONE[language] in reasons[target] for target in ("belt-engine", "west-link", "east-green"))
    assert not any(NONE[language] in reasons[target] for target in set(reasons) - set(QUALITATIVE))
    assert set(verdicts.set_index("target").loc[QUALITATIVE, "status"]) == {"not quantified"}


def test_a_later_statement_is_not_known_on_an_earlier_date():
    assert outcome_words(PLAN, "circle-hour", as_of="2025-12-02") == [NONE["en"]]
    words = [outcome_words(PLAN, "circle-clusters", as_of=day) for day in ("2024-06-30", "2024-12-31", "")]
    assert [len(one) for one in words] == [1, 1, 2]
    assert words[0] == [NONE["en"]]
    early = ln.judge(PLAN, as_of="2024-06-30")
    assert "2025-12-03" not in str(ln.show_verdicts(early))


def test_a_region_shows_its_own_statements_and_those_on_the_whole_plan():
    whole = ln.show_statements(PLAN).frame
    belt = ln.show_statements(PLAN, "belt").frame
    assert len(belt) == 5 + 3
    assert len(whole) == len(PLAN.statements) + 18 - PLAN.statements["target"].replace("", None).nunique()


def test_a_plan_of_which_no_statements_are_kept_does_not_claim_a_search():
    for name in set(list_plans()) - {"ln-2022"}:
        plan = ln.load_plan(name)
        assert plan.statements.empty
        assert ln.show_statements(plan).frame.empty
        assert outcome_words(plan, plan.targets["target"].iloc[0]) == []


def test_statements_of_an_own_plan_are_checked(tmp_path):
    folder = shutil.copytree(data_dir() / "plans" / "ln-2022", tmp_path / "mine")
    path = folder / "statements.csv"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace(",circle-hour,", ",circle-huor,").replace("2024-08-29", "2024-02-31"), "utf-8"
    )
    with pytest.raises(DataError) as caught:
        ln.load_plan(folder)
    assert re.search(r"statements\.csv line 6: unknown target 'circle-huor'.*circle-hour", str(caught.value))
    assert re.search(r"statements\.csv line 3: date '2024-02-31' is no day", str(caught.value))
