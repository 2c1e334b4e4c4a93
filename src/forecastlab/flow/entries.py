"""How the panel of a fold lies on disk: past and truth in files of their own, so that a model is handed one only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from forecastlab.flow.members import Where
from forecastlab.schema import Frequency, Grid, History
from forecastlab.stages.fold_panel import FoldPanel


@dataclass(frozen=True)
class Judged:
    """What scoring needs of a fold: how series add up, what came true, the scales and benchmarks of the past,
    and what is foretold of future customers (under frozen membership)."""

    summing: pd.DataFrame
    truth: pd.DataFrame
    reference: pd.DataFrame
    newcomers: pd.DataFrame
    account: dict[str, tuple[int, int]]
    aside: dict[str, str]


def write_panel(panel: FoldPanel, reference: pd.DataFrame, folder: Path) -> None:
    """Write what a model may see, and what scoring needs of the past."""
    grid = panel.history.grid
    np.savez(folder / "past.npz", ids=grid.ids, ds=grid.ds.to_numpy("datetime64[ns]"), values=grid.values)
    panel.history.static.to_parquet(folder / "static.parquet")
    panel.summing.to_parquet(folder / "summing.parquet")
    reference.to_parquet(folder / "reference.parquet")
    panel.newcomers.to_parquet(folder / "newcomers.parquet")
    facts = {
        "freq": panel.history.freq.code,
        "season": panel.history.season,
        "account": panel.account,
        "aside": panel.aside,
    }
    (folder / "panel.json").write_text(json.dumps(facts), encoding="utf-8")


def write_truth(truth: pd.DataFrame, folder: Path) -> None:
    """Write what came true."""
    truth.to_parquet(folder / "truth.parquet")


def read_history(folder: Path) -> History:
    """Read what a model may see, and nothing else."""
    facts = json.loads((folder / "panel.json").read_text(encoding="utf-8"))
    freq = Frequency(facts["freq"])
    with np.load(folder / "past.npz") as arrays:
        grid = Grid(arrays["ids"], pd.DatetimeIndex(arrays["ds"], freq=freq.offset), arrays["values"])
    return History(grid, freq, facts["season"], pd.read_parquet(folder / "static.parquet"))


def read_judged(folder: Path) -> Judged:
    """Read what scoring needs."""
    facts = json.loads((folder / "panel.json").read_text(encoding="utf-8"))
    summing, truth, reference, newcomers = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("summing", "truth", "reference", "newcomers")
    )
    account = {where: (rows, cents) for where, (rows, cents) in facts["account"].items()}
    return Judged(summing, truth, reference, newcomers, account, facts["aside"])


def size(folder: Path, where: Where) -> int:
    """How many series a model is asked for."""
    return len(where.of(pd.read_parquet(folder / "static.parquet")))
