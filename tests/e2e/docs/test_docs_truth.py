"""What pages claim to list is what there is: links, tests, commands, settings, columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml

from forecastlab.cli import COMMANDS, USAGE
from forecastlab.recipe.registry import GROUPS

pytestmark = pytest.mark.xdist_group("docs")


def test_when_a_page_links_then_the_target_is_there(pages: dict[str, str], root: Path) -> None:
    broken = []
    for page, text in pages.items():
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            place, _, heading = target.partition("#")
            if "://" in target:
                continue
            path = (root / page).parent / place if place else root / page
            if not path.exists() or (heading and heading not in _headings(path)):
                broken.append(f"{page} → {target}")
    assert not broken


def test_when_there_is_a_page_then_the_index_or_the_readme_leads_to_it(pages: dict[str, str], root: Path) -> None:
    linked = {root / "README.md"}
    for page in ("README.md", "docs/index.md"):
        targets = re.findall(r"\]\(([^)\s#]+)", pages[page])
        linked |= {((root / page).parent / target).resolve() for target in targets if "://" not in target}
    assert {root / page for page in pages} <= linked


def test_when_a_page_names_a_test_then_it_exists(pages: dict[str, str], root: Path) -> None:
    named = [(page, name) for page, text in pages.items() for name in re.findall(r"`(tests/[\w/.]+)(?:`|::)", text)]
    assert not [f"{page}: {name}" for page, name in named if not (root / name).exists()]
    assert len(named) > 10
    functions = re.findall(r"`(tests/[\w/.]+)::(test_\w+)`", pages["docs/reliability.md"])
    missing = [name for path, name in functions if f"def {name}(" not in (root / path).read_text(encoding="utf-8")]
    assert not missing


def test_when_the_readme_is_opened_then_the_first_screen_says_what_it_is(pages: dict[str, str]) -> None:
    screen = pages["README.md"].splitlines()[:40]
    for words in ("make demo", "make test", "<!-- leaderboard -->", "<!-- /leaderboard -->"):
        assert any(words in line for line in screen), words


def test_when_commands_are_told_then_none_is_missing(pages: dict[str, str]) -> None:
    page = pages["docs/reference/commands.md"]
    options = re.findall(r"(?<!\w)(--[\w-]+)", USAGE)
    assert options
    assert not [word for word in [f"| `{name}`" for name in COMMANDS] + options if word not in page]


def test_when_sections_are_told_then_none_is_missing(pages: dict[str, str], root: Path) -> None:
    config = yaml.safe_load((root / "conf/config.yaml").read_text(encoding="utf-8"))
    page = pages["docs/reference/config.md"]
    words = {*GROUPS, *config, *config["compare"]} - {"defaults"}
    assert not [word for word in sorted(words) if f"`{word}`" not in page]


def test_when_columns_are_told_then_none_is_missing(pages: dict[str, str], shop) -> None:
    page = pages["docs/reference/results.md"]
    missing = [f"{place}: {name}" for place, name in _columns(shop.folder) if f"`{name}`" not in page]
    assert not missing


def _columns(folder: Path) -> Iterator[tuple[str, str]]:
    """Files and columns of a study; quantiles and the figures of other levels stand for their kind."""
    study = folder / "mlruns/studies/shop"
    (run,) = (study / "runs").glob("theta-*")
    for path in [*study.glob("*.csv"), *run.iterdir()]:
        yield "", path.name
        if path.suffix in (".csv", ".parquet") and path.stem != "migration":
            frame = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
            for column in map(str, frame.columns):
                name = re.sub(r"^(wape\.select)\..+", r"\1.<level>", column)
                name = re.sub(r"^naive_q[\d.]+$", "naive_q…", name)
                if not re.fullmatch(r"q0\.\d+", name) or name in ("q0.025", "q0.975"):
                    yield path.name, name


def _headings(path: Path) -> set[str]:
    """The anchors of a page, as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
