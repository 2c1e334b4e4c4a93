"""A small shop as a CSV file with a config folder, and the real command to run on it."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

CUSTOMERS, WEEKS = 40, 60
COMMAND = str(Path(sys.executable).parent / "forecastlab")
SMALL = ("dataset=shop", "backtest.horizon=2", "backtest.step=2", "backtest.select=3", "backtest.test=2")

YAML = """# A small shop
defaults:
  - csv
  - _self_
path: {path}
customer: Kunde
time: Tag
amount: Betrag
basket: Bon
dimensions: {{region: Region}}
"""


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Shop:
    """The shop's config folder, and where results go."""

    conf: Path
    place: Path

    def words(self, command: str, root: str, *words: str) -> list[str]:
        """The arguments of a command on the shop's data, with results in a folder of that name."""
        return [command, "--config-dir", str(self.conf), *SMALL, f"root={self.place / root}", *words]

    def call(self, words: list[str], together: bool = False) -> Done:
        """Run the real command in a process of its own; ``together``: what it prints as one stream, in its order."""
        done = subprocess.run(
            [COMMAND, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if together else subprocess.PIPE,
            text=True,
            timeout=300,
            check=False,
            cwd=self.place,
            env=_environment(),
        )
        return Done(done.returncode, done.stdout, done.stderr or "")

    def start(self, words: list[str]) -> subprocess.Popen[bytes]:
        """Start the real command as the leader of a process group of its own."""
        return subprocess.Popen(
            [COMMAND, *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.place,
            env=_environment(),
            start_new_session=True,
        )

    def here(self, words: list[str]) -> Done:
        """Run the command in this process, which saves the time of starting one."""
        from forecastlab.cli import main

        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(words)
        return Done(code, out.getvalue(), err.getvalue())

    def folder(self, root: str, study: str) -> Path:
        """The folder of a study."""
        return self.place / root / "studies" / study

    def forecasts(self, root: str, study: str, model: str) -> pd.DataFrame:
        """The stored forecasts of the only run of a model."""
        (path,) = self.folder(root, study).glob(f"runs/{model}-*/forecasts.parquet")
        return pd.read_parquet(path)


@pytest.fixture(scope="session")
def shop(tmp_path_factory) -> Shop:
    place = tmp_path_factory.mktemp("shop")
    rng = np.random.default_rng(5)
    pace = rng.uniform(0.15, 0.9, CUSTOMERS)
    start = rng.integers(0, 20, CUSTOMERS) * (rng.random(CUSTOMERS) < 0.4)
    rows = [
        (f"{customer:03d}", week, rng.integers(0, 7))
        for customer in range(CUSTOMERS)
        for week in range(start[customer], WEEKS)
        if rng.random() < pace[customer]
    ]
    frame = pd.DataFrame(rows, columns=["Kunde", "week", "day"])
    days = pd.Timestamp("2023-01-02") + pd.to_timedelta(7 * frame["week"] + frame["day"], unit="D")
    season = 1 + 0.3 * np.sin(2 * np.pi * frame["week"] / 13)
    sales = pd.DataFrame(
        {
            "Kunde": frame["Kunde"],
            "Tag": days.dt.strftime("%Y-%m-%d"),
            "Betrag": (rng.gamma(4, 6, len(frame)) * season).round(2).map("{:.2f}".format),
            "Bon": [f"b{i}" for i in range(len(frame))],
            "Region": np.where(frame["Kunde"].astype(int) % 3 == 0, "north", "south"),
        }
    )
    csv = place / "sales.csv"
    sales.to_csv(csv, index=False)
    (place / "conf" / "dataset").mkdir(parents=True)
    (place / "conf" / "dataset" / "shop.yaml").write_text(YAML.format(path=csv), encoding="utf-8")
    return Shop(place / "conf", place)


def _environment() -> dict[str, str]:
    return {**os.environ, "COLUMNS": "120", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
