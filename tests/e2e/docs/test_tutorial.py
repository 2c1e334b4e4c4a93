"""The tutorial, typed from top to bottom in an empty folder: every block runs, and says what the page shows."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pandas as pd
import pytest

from forecastlab.cli import main

pytestmark = pytest.mark.xdist_group("docs")
PAGE = "docs/tutorial.md"
CHEAP = ["executor=serial", "tracking=none"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tutorial")


@pytest.fixture(scope="module")
def followed(place: Path, blocks_of) -> list[tuple[str, str]]:
    """What the blocks that only show something show, each beside all that was printed since the one before."""
    shown, said = [], ""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv("COLUMNS", "120")
        for block in blocks_of(PAGE):
            if block.language == "yaml":
                Path(block.file).parent.mkdir(parents=True, exist_ok=True)
                Path(block.file).write_text(block.text, encoding="utf-8")
            elif block.language == "python" or block.commands:
                said += _typed(block)
            else:
                shown.append((block.text, said))
                said = ""
    return [*shown, ("", said)]


def _typed(block) -> str:
    """Type a block; what was printed."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        if block.language == "python":
            exec(compile(block.text, PAGE, "exec"), {})  # the page is ours
        for words in block.commands:
            if not block.why_not:
                cheap = CHEAP if words[0] in ("run", "tune") else []
                assert main([*words, *cheap]) == 0, " ".join(words)
    return out.getvalue()


def test_when_the_tutorial_is_typed_then_it_prints_what_the_page_shows(followed: list[tuple[str, str]]) -> None:
    assert sum(bool(shown) for shown, _ in followed) == 5
    for shown, said in followed:
        printed = {_without_seconds(line) for line in said.splitlines()}
        assert not [line for line in shown.splitlines() if _without_seconds(line) not in printed], said


def test_when_the_tutorial_is_typed_then_the_sale_is_found_as_the_page_says(followed, pages: dict[str, str]) -> None:
    (found,) = re.findall(r"adds (\d+)% to a usual one", followed[-2][1])
    assert f"The last line says {found} %" in pages[PAGE]
    assert "60 %" in pages[PAGE] and abs(int(found) - 60) < 5


@pytest.mark.usefixtures("followed")
def test_when_the_tutorial_is_typed_then_its_lines_and_its_methods_are_the_pages(place: Path) -> None:
    rows = pd.read_csv(place / "sales/lines.csv")
    assert (len(rows), round(rows["amount"].sum(), 2)) == (13_888, 96_972.48)
    studies = {path.parent.name: set(pd.read_csv(path)["method"]) for path in place.rglob("leaderboard.csv")}
    assert studies["tea"] == {"naive", "theta", "ets"} and studies["sale"] == {"theta", "sarimax"}
    assert len(studies["cuts"]) == 4 and set(studies) == {"tea", "cuts", "sale", "search"}


def _without_seconds(line: str) -> str:
    """A line of a leaderboard without the CPU seconds, which no two computers share; blanks count as one."""
    return re.sub(r"\s+", " ", re.sub(r"(unclear|better|worse|baseline|the same)\s+[\d.]+\s*$", r"\1", line)).strip()
