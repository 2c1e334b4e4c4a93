"""Every command and every piece of Python on every page, carried out in the shop of the how-to where that is cheap."""

from __future__ import annotations

import pytest

from forecastlab.cli import COMMANDS, main

pytestmark = pytest.mark.xdist_group("docs")
OWN_TESTS = (
    "CONTRIBUTING.md",
    "docs/how-to/own-csv.md",
    "docs/how-to/own-database.md",
    "docs/how-to/own-model.md",
    "docs/how-to/own-segmentation.md",
    "docs/how-to/campaign-list.md",
    "docs/how-to/cross-sell.md",
    "docs/how-to/customers.md",
    "docs/how-to/department-plans.md",
    "docs/how-to/levels-that-agree.md",
    "docs/how-to/hours-and-seasons.md",
    "docs/how-to/method-per-segment.md",
    "docs/how-to/monitor.md",
    "docs/how-to/own-panel.md",
    "docs/how-to/own-parquet.md",
    "docs/how-to/drivers-and-scenarios.md",
    "docs/how-to/predict.md",
    "docs/how-to/profile-your-data.md",
    "docs/how-to/register-and-promote.md",
    "docs/how-to/sales-from-customers.md",
    "docs/how-to/tune.md",
    "docs/how-to/uplift.md",
    "docs/tutorial.md",
)
"""Pages with a test of their own."""


@pytest.fixture
def others(pages: dict[str, str], shop, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages to carry out, while the shop is the folder of work."""
    monkeypatch.chdir(shop.folder)
    return [page for page in pages if page not in OWN_TESTS]


def test_when_a_page_shows_a_command_then_it_works(others, blocks_of, capsys: pytest.CaptureFixture[str]) -> None:
    light = _commands(others, blocks_of, marked=False)
    assert len(light) > 10
    failed = []
    for words, page in light.items():
        assert words[0] != "run" or "--cfg" in words, f"{page}: mark it as not run, it is too heavy: {words}"
        if main(words):
            failed.append(f"{page}: {' '.join(words)}: {capsys.readouterr().err}")
    assert not failed


def test_when_a_page_shows_a_heavy_command_then_its_config_is_in_order(
    others, blocks_of, capsys: pytest.CaptureFixture[str]
) -> None:
    heavy = _commands(others, blocks_of, marked=True)
    assert not [words for words in heavy if words[0] not in COMMANDS]
    questions = {words[1:]: page for words, page in heavy.items() if words[0] in ("run", "plan")}
    assert len(questions) > 5
    failed = []
    for words, page in questions.items():
        one = [] if any(word.startswith("model=") for word in words) else ["model=naive"]  # of the models of a sweep
        if main(["run", *words, *one, "--cfg", "job"]):
            failed.append(f"{page}: {' '.join(words)}: {capsys.readouterr().err}")
    assert not failed


def test_when_a_page_shows_python_then_it_runs_and_says_something(
    others, blocks_of, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = 0
    for page in others:
        for block in blocks_of(page):
            if block.language == "python":
                exec(compile(block.text, page, "exec"), {})  # the page is ours
                assert capsys.readouterr().out.strip(), f"{page}: it prints nothing"
                ran += 1
    assert ran >= 2


def _commands(pages: list[str], blocks_of, marked: bool) -> dict[tuple[str, ...], str]:
    """The commands of the pages that are marked as not run, or those that are not, each once, with a page of it."""
    return {
        tuple(words): page
        for page in pages
        for block in blocks_of(page)
        if bool(block.why_not) == marked
        for words in block.commands
    }
