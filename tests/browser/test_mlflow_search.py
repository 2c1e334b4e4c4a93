"""A search in the MLflow pages: its trials are found, read and followed back to it by clicking."""

from __future__ import annotations

import re

import pytest
from board import KNOWN_ERRORS, PATIENCE, Served, Shop, expect_in_order
from playwright.sync_api import Page, expect

SEARCH = [
    "dataset=shop",
    "segmentation=none",
    "model=regression",
    "study=hunt",
    "executor=serial",
    "calibrate=none",
    "backtest.horizon=2",
    "backtest.select=3",
    "backtest.test=2",
    "tuning.trials=4",
    "tuning.prune=null",
]


@pytest.fixture(scope="module")
def hunt(shop: Shop, served: Served) -> Shop:
    """The shop with a search of four trials."""
    shop.do("tune", *SEARCH)
    return shop


@pytest.fixture
def trials(served: Served, hunt: Shop, page: Page, heard) -> Page:
    """The search's view, reached from the list of studies."""
    heard.pardon += KNOWN_ERRORS
    page.goto(served.page("experiments"))
    page.locator("main").get_by_role("link", name="hunt", exact=True).click()
    page.get_by_role("button", name="Views").click(timeout=PATIENCE)
    page.get_by_text("Search", exact=True).first.click()
    expect(page.locator(".ag-row").filter(has_text="trial 000")).to_be_visible(timeout=PATIENCE)
    return page


def test_when_a_search_is_looked_at_then_its_trials_stand_with_values_and_loss_the_best_first(trials, shots):
    expect_in_order(trials, "final.loss", "model.ridge", "seconds")
    rows = trials.locator(".ag-center-cols-container .ag-row").all()
    places = {row.get_attribute("row-index"): row.locator("[col-id*='final.loss']").inner_text() for row in rows}
    losses = [float(places[str(place)]) for place in range(4)]
    assert len(places) == 4 and losses == sorted(losses)
    trials.screenshot(path=shots / "search.png")


def test_when_a_searchs_charts_are_asked_for_then_values_stand_beside_the_loss(trials, shots):
    trials.goto(f"{trials.url}&compareRunsMode=CHART")
    expect(trials.get_by_text("Values and loss: less is better").first).to_be_visible(timeout=PATIENCE)
    expect(trials.get_by_text("model.ridge").first).to_be_visible(timeout=PATIENCE)
    trials.screenshot(path=shots / "search_charts.png")


def test_when_a_trial_is_opened_then_it_says_what_it_came_to_and_leads_to_its_search(trials, shots):
    trials.locator(".ag-row").get_by_role("link", name=re.compile("^trial ")).first.click()
    expect(trials.get_by_text(re.compile(r"^Trial 00\d: loss 0\.\d+$"))).to_be_visible(timeout=PATIENCE)
    trials.screenshot(path=shots / "trial.png")
    trials.get_by_role("link", name="search hunt").click()
    expect(trials.get_by_text(re.compile(r"Search hunt: trial 00\d did best"))).to_be_visible(timeout=PATIENCE)
    trials.screenshot(path=shots / "search_run.png")
    with trials.expect_popup() as popup:
        trials.get_by_role("link", name="All trials, the best first").click(timeout=PATIENCE)
    expect(popup.value.locator(".ag-row").filter(has_text="trial 003")).to_be_visible(timeout=PATIENCE)
