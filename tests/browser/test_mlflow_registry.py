"""From the registry to the study by clicking: which method is in use, why, and where it came from."""

from __future__ import annotations

import re

import pytest
from board import KNOWN_ERRORS, PATIENCE, Served, Shop
from playwright.sync_api import Page, expect


@pytest.fixture(scope="module")
def champion(shop: Shop, served: Served) -> str:
    """The shop's best method in use; what the gate said. Its bars are wide: the shop is small and noisy."""
    shop.do("register", "study=board")
    return shop.do("promote", "model=board", "promote.ceiling=0.6", "promote.coverage=[0.3,1.0]")


@pytest.fixture
def registry(served: Served, champion: str, opened: Page) -> Page:
    """The registry as somebody sees it who comes from the study for the first time, nothing in front of it."""
    assert "version 1 is the champion" in champion
    opened.get_by_role("link", name="Model registry").click()
    expect(opened.get_by_role("heading", name="Registered Models")).to_be_visible(timeout=PATIENCE)
    expect(opened.get_by_text("@ champion")).to_be_visible(timeout=PATIENCE)
    expect(opened.get_by_role("dialog")).to_have_count(0)
    return opened


def test_when_the_registry_is_opened_then_the_champion_is_reached_and_says_why_it_won(registry, shots):
    registry.screenshot(path=shots / "registry.png")
    registry.locator("main").get_by_role("link", name="board", exact=True).click()
    expect(registry.get_by_text("is in use")).to_be_visible(timeout=PATIENCE)
    expect(registry.get_by_text("theta of study board")).to_be_visible()
    registry.screenshot(path=shots / "model.png")
    registry.get_by_role("link", name="Version 1").click()
    expect(registry.get_by_text("@ champion")).to_be_visible(timeout=PATIENCE)
    for words in (
        "theta of study board: first of 2 methods",
        "on the 4 folds that chose it",
        "against the baseline naive",
        "384 rows",
        "80 % intervals hold",
    ):
        expect(registry.get_by_text(words).first).to_be_visible()
    registry.screenshot(path=shots / "version.png")


def test_when_the_champions_lineage_is_followed_then_its_run_its_data_and_its_study_are_reached(registry, shots):
    registry.get_by_role("link", name="Version 1").first.click()
    registry.get_by_role("link", name="theta", exact=True).click()
    expect(registry.get_by_role("heading", name="theta").first).to_be_visible(timeout=PATIENCE)
    expect(registry.get_by_text(re.compile(r"shop \(")).first).to_be_in_viewport(timeout=PATIENCE)  # its data
    registry.screenshot(path=shots / "lineage.png")
    registry.locator("main").get_by_role("link", name="board", exact=True).first.click()
    expect(registry.locator(".ag-row").first).to_be_visible(timeout=PATIENCE)
    expect(registry.get_by_text("theta is first, but naive cannot be told apart from it.").first).to_be_visible()


def test_when_somebody_was_here_before_then_what_they_chose_stays(served, champion, page, heard):
    heard.pardon += KNOWN_ERRORS
    page.goto(served.page("models"))
    expect(page.get_by_text("@ champion")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("radio", name="GenAI").or_(page.get_by_text("GenAI", exact=True)).first.click()
    page.reload()
    expect(page.get_by_text("@ champion")).to_be_visible(timeout=PATIENCE)
    assert page.evaluate("localStorage.getItem('mlflow.workflowType_v1')") == '"genai"'
