"""Debian's Chromium, and what a page says and asks for while a test looks at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from debian import program
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1440, "height": 900}


@dataclass
class Heard:
    """What was said on the console as an error, thrown and not caught, and asked for over the network.

    ``pardon`` holds patterns of errors that the test knows of; ``requests`` the addresses, without those that stay in
    the page (``data:``, ``blob:``).
    """

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    pardon: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        return [text for text in self.errors if not any(re.search(pattern, text) for pattern in self.pardon)]

    def listen(self, page: Page) -> None:
        page.on("console", lambda said: self.errors.append(_told(said)) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(f"not caught: {error}"))
        page.on("request", lambda asked: self._asked(asked.url))

    def _asked(self, url: str) -> None:
        if not url.startswith(("data:", "blob:")):
            self.requests.append(url)


def _told(said) -> str:
    return f"{said.text} ({said.location.get('url', '')})"


@contextmanager
def launched() -> Iterator[Browser]:
    """Chromium, installed if it is not there."""
    path = program("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def visited(browser: Browser, heard: Heard, **settings) -> Iterator[Page]:
    """A page that nobody has used before; ``settings`` are those of a context, such as ``color_scheme="dark"``."""
    context = browser.new_context(**{"viewport": WIDE, "locale": "en-GB", "timezone_id": "UTC", **settings})
    page = context.new_page()
    heard.listen(page)
    yield page
    context.close()
