"""The page of a profile in a real browser: every section is drawn, nothing is fetched, a phone can read it."""

from __future__ import annotations

import pytest
from chromium import visited

from forecastlab.task.profile.make import profile

WORDS = ("dataset=synthetic", "dataset.customers=300", "driver=[synthetic_prices]", "tracking=none")
SECTIONS = ["quality", "lifecycle", "rfm", "cohorts", "funnel", "baskets", "jumps", "response", "distribution"]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return profile([*WORDS, f"root={tmp_path_factory.mktemp('profile')}"], None).page


def test_when_the_page_is_opened_on_a_phone_then_all_of_it_is_drawn_and_fits(browser, heard, file, shots):
    with visited(browser, heard, viewport={"width": 390, "height": 844}) as page:
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready=yes]")
        assert page.locator("main > section").evaluate_all("all => all.map(each => each.id)") == SECTIONS
        for plot in page.locator(".plot:visible").all():
            plot.scroll_into_view_if_needed()
            plot.locator(".main-svg").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert not page.locator(".broken").count()
        page.locator("#rfm select").select_option(label="Money per customer")
        assert page.locator("#rfm table:visible").count() == 1
        page.screenshot(path=shots / "profile-phone.png", full_page=True)
    assert not heard.faults and len(heard.requests) == 1
