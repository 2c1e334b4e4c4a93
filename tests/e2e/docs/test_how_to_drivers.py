"""The how-to for drivers, carried out: its file, its YAML, its commands, and what they leave behind."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.xdist_group("docs")
PAGE = "docs/how-to/drivers-and-scenarios.md"
CHEAP = ["executor=serial", "tracking=none"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, carried_out) -> Path:
    """The folder in which every block of the page was carried out."""
    folder = tmp_path_factory.mktemp("drivers")
    carried_out(
        PAGE, folder, lambda words, block: ["--cfg", "job"] if block.why_not else CHEAP if words[0] == "run" else []
    )
    return folder


def run_of(place: Path, study: str, model: str) -> Path:
    (found,) = (place / f"mlruns/studies/{study}/runs").glob(f"{model}-*")
    return found


def test_when_the_how_to_is_followed_then_an_own_driver_is_in_the_run(place: Path) -> None:
    effects = pd.read_parquet(run_of(place, "weather", "regression") / "effects.parquet")
    weather = effects[effects["driver"] == "drivers.weather.celsius"]
    assert len(weather) == effects["unique_id"].nunique() > 1
    assert ((weather["low"] < weather["coefficient"]) & (weather["coefficient"] < weather["high"])).all()


def test_when_the_how_to_is_followed_then_the_oracle_stands_beside_the_honest_run(place: Path) -> None:
    board = pd.read_csv(place / "mlruns/studies/oracle/leaderboard.csv")
    oracle = pd.read_csv(place / "mlruns/studies/oracle/oracle.csv")
    assert len(board) == len(oracle) == 1
    assert {"wape.select", "oracle.wape.select"} < set(oracle.columns)
    assert oracle["wape.select"].tolist() == board["wape.select"].tolist() != oracle["oracle.wape.select"].tolist()


def test_when_the_how_to_is_followed_then_dearer_goods_sell_less_and_promoted_ones_more(place: Path) -> None:
    told = pd.read_parquet(run_of(place, "dearer", "sarimax") / "what_if.parquet")
    assert list(told.columns) == ["unique_id", "ds", "yhat", "base", "scenario"]
    sums = told[told["unique_id"] == "total"].groupby("scenario")[["yhat", "base"]].sum()
    assert sums.loc["dearer", "base"] == sums.loc["sale", "base"]
    assert sums.loc["sale", "yhat"] > sums.loc["sale", "base"]


def test_when_the_page_names_columns_and_rules_then_they_are_those_of_the_program(
    place: Path, pages: dict[str, str], root: Path
) -> None:
    effects = pd.read_parquet(run_of(place, "dearer", "sarimax") / "effects.parquet")
    assert {"coefficient", "low", "high", "elasticity"} < set(effects.columns)
    rules = re.findall(r"^\| `(\w+)` \| ", pages[PAGE].partition("| `future` |")[2].partition("\n\n")[0], flags=re.M)
    assert rules == ["known", "last", "forecast", "scenario", "drop"]
    for name in re.findall(r"`\+experiments=(\w+)`", pages[PAGE]):
        assert (root / f"experiments/{name}.yaml").is_file(), name
