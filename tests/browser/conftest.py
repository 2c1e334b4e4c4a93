"""What tests in a browser share: Debian's Chromium, a fresh page, what it said, and a folder for screenshots."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

sys.path.append(str(Path(__file__).parent))

from board import KNOWN_ERRORS, STUDY, Served, Shop
from chromium import Heard, launched, visited

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Once per module, not per session: while it is open its event loop is, and no other test could start one."""
    with launched() as found:
        yield found


@pytest.fixture
def heard() -> Heard:
    """What ``page`` says and asks for, as it comes."""
    return Heard()


@pytest.fixture
def page(browser: Browser, heard: Heard) -> Iterator[Page]:
    """A fresh page of a wide screen; the test fails if it says an error that ``heard.pardon`` does not name."""
    with visited(browser, heard) as found:
        yield found
    assert not heard.faults


@pytest.fixture(scope="session")
def shots() -> Path:
    """The folder where screenshots are kept, to be looked at: FORECASTLAB_SHOTS, or build/screenshots."""
    folder = Path(os.environ.get("FORECASTLAB_SHOTS") or ROOT / "build" / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with a study of two methods."""
    found = Shop(tmp_path_factory.mktemp("board"))
    found.open()
    found.do("run", *STUDY)
    return found


@pytest.fixture(scope="session")
def served(shop: Shop) -> Iterator[Served]:
    """The MLflow pages over the shop's store, as ``forecastlab ui`` serves them."""
    with shop.served() as found:
        yield found


@pytest.fixture
def opened(served: Served, page: Page, heard: Heard) -> Page:
    """The page that ``forecastlab ui`` names, as a browser shows it that was never here before."""
    heard.pardon += KNOWN_ERRORS
    page.goto(served.address)
    page.locator(".ag-row").first.wait_for(timeout=120_000)
    return page
