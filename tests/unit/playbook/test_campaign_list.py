"""The campaign list: what a score means, which plan fits which method, and what its page shows."""

import pandas as pd
import pytest

from forecastlab.page import texts
from forecastlab.playbook.rules import Rule, Rules
from forecastlab.preset.campaign_list import CampaignList
from forecastlab.schema import ConfigError, Roster
from forecastlab.task.plan_page import SHOWN, page_of
from forecastlab.task.roster import other_unit
from forecastlab.task.score import _as_preset
from forecastlab.testing.playbooks import roster

ABOUT = {"name": "leaving", "version": 1, "cutoff": "2024-03-31"}
ALL = Rule(None, None, None, None, "call", "phone", 1.0, 0.5, None)


def plan(customers):
    rules = Rules(("silence",), 1000.0, {"everybody": ALL})
    return CampaignList(rules).listed(Roster(customers, tuple(customers["segment"].unique()), "silence"))


def test_when_the_words_of_score_name_a_playbook_then_they_are_those_of_the_preset():
    words = ["model=leaving", "playbook=growth", "playbook.budget=500", "playbook.rules.welcome.share=0.1", "out=a.csv"]
    assert list(_as_preset(words)) == [
        "model=leaving",
        "playbook@preset.playbook=growth",
        "preset.playbook.budget=500",
        "preset.playbook.rules.welcome.share=0.1",
        "out=a.csv",
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_when_a_list_is_shown_then_its_page_has_the_money_of_each_rule_and_notes_in_its_language(language):
    said = texts(language)
    page = page_of("campaign_list", plan(roster(None).customers), ABOUT, said)
    assert said("plan.title.campaign_list") in page and said("plan.column.budget") in page
    assert said("plan.of_rule", n="600") in page
    assert said("phrases.budget_formula") in page
    assert ("given away" in page) == (language == "en")


def test_when_a_list_is_longer_than_a_page_then_the_page_says_so():
    said = texts("en")
    customers = roster(None).customers
    page = page_of("campaign_list", plan(customers), ABOUT, said)
    assert len(customers) > SHOWN and said("plan.first", shown=f"{SHOWN}", n="600") in page
    assert page.count(">call<") == SHOWN


def test_when_scores_are_money_then_no_probability_is_shown():
    amounts = Rules(("amount",), 10.0, {"everybody": ALL})
    found = amounts.play(Roster(roster(None).customers, (), "amount"))
    assert found.table["probability"].isna().all()
    assert pd.notna(found.table["budget"]).all()
    assert "nan" not in page_of("campaign_list", found, ABOUT, texts("en")).lower().split("<script", 1)[0]


def test_when_a_plan_of_series_is_asked_of_a_method_for_customers_then_the_error_says_which_would_do():
    error = other_unit("sales_plan", "customer", "type +preset=campaign_list")
    assert isinstance(error, ConfigError)
    assert str(error) == (
        "other-unit: preset: sales_plan is made from forecasts of series, the registered method foretells customers. "
        "type +preset=campaign_list."
    )
