"""What tests in a browser share: Debian's Chromium, a fresh page, what it said, and a folder for screenshots."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

sys.path.append(str(Path(__file__).parent))

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
