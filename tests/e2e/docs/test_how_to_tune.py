"""The how-to for a search, carried out: its commands in order, and what it shows of their output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from forecastlab.cli import main

pytestmark = pytest.mark.xdist_group("docs")
PAGE = "docs/how-to/tune.md"
CHEAP = ("executor=serial", "tracking=none")


@dataclass(frozen=True)
class Followed:
    """The folder of work, and what each command printed."""

    folder: Path
    printed: list[str]

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / "mlruns/studies" / name)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory, blocks_of) -> Followed:
    """Every command and every piece of Python of the page, in order."""
    folder = tmp_path_factory.mktemp("tune")
    patch, printed = pytest.MonkeyPatch(), []
    patch.chdir(folder)
    patch.setenv("COLUMNS", "120")
    try:
        for block in blocks_of(PAGE):
            if block.why_not:
                continue
            if block.language == "python":
                printed.append(_said(lambda text=block.text: exec(compile(text, PAGE, "exec"), {})))  # the page is ours
            printed += [_said(lambda words=words: _do([*words, *CHEAP])) for words in block.commands]
    finally:
        patch.undo()
    return Followed(folder, printed)


def _do(words: list[str]) -> None:
    assert main(words) == 0, words


def _said(do) -> str:
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        do()
    return out.getvalue()


def test_when_the_page_is_followed_then_a_search_prints_what_it_shows(followed: Followed, blocks_of) -> None:
    shown = next(block.text for block in blocks_of(PAGE) if block.text.startswith("best of the selection folds"))
    printed = [_without_digits(line) for line in followed.printed[0].splitlines()]
    assert [line for line in map(_without_digits, shown.splitlines()) if line and line not in printed] == []


def test_when_the_page_is_followed_then_more_trials_go_on_from_the_first(followed: Followed) -> None:
    trials = followed.table("hunt/tuning/trials.csv")
    assert list(trials["trial"]) == list(range(16))
    assert set(trials["state"]) == {"done", "pruned"}  # the page explains both
    more = next(text for text in followed.printed if text.startswith("16 trials"))
    assert "12 of them kept from before" in more


def test_when_the_page_is_followed_then_the_kept_winner_is_the_searchs(followed: Followed) -> None:
    tuned = followed.table("hunt_best/leaderboard.csv").set_index("method")
    assert list(tuned.index) == ["regression tuned (16 trials)"]
    best = followed.table("hunt/tuning/trials.csv").query("state == 'done'")["loss"].min()
    assert tuned["wape.select"].iloc[0] == pytest.approx(best, abs=1e-12)
    assert any("  regression tuned (16 trials): kept from before\n" in text for text in followed.printed)


def test_when_the_page_is_followed_then_the_method_itself_was_searched(followed: Followed) -> None:
    trials = followed.table("methods/tuning/trials.csv")
    assert set(trials["model"]) == {"theta", "ets", "regression"}
    assert list(followed.table("methods/tuning/optimism.csv")["method"]) == ["default", "tuned (12 trials)"]


def test_when_the_page_names_settings_of_pruning_then_there_are_such(pages: dict[str, str], root: Path) -> None:
    (line,) = re.findall(r"^prune: \{(.+)\}", (root / "conf/tuning/tpe.yaml").read_text(encoding="utf-8"), flags=re.M)
    known = {part.partition(":")[0].strip() for part in line.split(",")}
    assert set(re.findall(r"`tuning\.prune\.(\w+)`", pages[PAGE])) == known


def _without_digits(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\d+", "N", text)).strip()
