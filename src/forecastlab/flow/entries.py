"""How the panel of a fold lies on disk: past and truth in files of their own, so that a model is handed one only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.flow.members import Where
from forecastlab.schema import Frequency, Grid, History
from forecastlab.schema.parts import State
from forecastlab.stages.fold_panel import FoldPanel
from forecastlab.stages.kept import Fit


@dataclass(frozen=True)
class Judged:
    """What scoring needs of a fold: how series add up, what came true, the scales, benchmarks and seasons of the past,
    and what is foretold of future customers (under frozen membership)."""

    summing: pd.DataFrame
    truth: pd.DataFrame
    reference: pd.DataFrame
    newcomers: pd.DataFrame
    account: dict[str, tuple[int, int]]
    aside: dict[str, str]
    seasons: tuple[int, ...] = ()


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
        "longer": list(panel.history.longer),
        "account": panel.account,
        "aside": panel.aside,
    }
    (folder / "panel.json").write_text(json.dumps(facts), encoding="utf-8")


def write_levels(panel: FoldPanel, folder: Path) -> None:
    """Write the series of all levels with their past, for whoever asks for other periods later."""
    grid = panel.grid
    np.savez(folder / "all.npz", ids=grid.ids, ds=grid.ds.to_numpy("datetime64[ns]"), values=grid.values)
    panel.levels.to_parquet(folder / "levels.parquet")


def read_levels(folder: Path) -> FoldPanel:
    """The panel with the series of all levels, as ``write_levels`` and ``write_panel`` wrote it."""
    history, told = read_history(folder), read_panel_facts(folder)
    with np.load(folder / "all.npz") as arrays:
        ds = pd.DatetimeIndex(arrays["ds"], freq=history.freq.offset)
        grid = Grid(arrays["ids"], ds, arrays["values"])
    levels, summing, newcomers = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("levels", "summing", "newcomers")
    )
    account = {where: (rows, cents) for where, (rows, cents) in told["account"].items()}
    return FoldPanel(history, grid, levels, summing, None, account, told["aside"], newcomers)


def write_fits(found: Mapping[str, Sequence[Sequence[Fit]]], folder: Path) -> None:
    """Write what every member of a method learned: ``fits.json`` tells of each fit, numbered files hold the states."""
    told: list[dict[str, Any]] = []
    every = [(member, i, fit) for member, parts in found.items() for i, part in enumerate(parts) for fit in part]
    for number, (member, part, fit) in enumerate(every):
        told.append({"member": member, "part": part, "series": list(fit.series), "reason": fit.reason})
        if fit.state is not None:
            tree, arrays = fit.state
            text = json.dumps(tree, allow_nan=False)
            (folder / f"{number:05d}.json").write_text(text, encoding="utf-8")
            np.savez(folder / f"{number:05d}.npz", allow_pickle=False, **arrays)
    (folder / "fits.json").write_text(json.dumps(told), encoding="utf-8")


def read_fits(folder: Path) -> dict[str, list[list[Fit]]]:
    """What every member learned, by its place in the method and by job. No pickle is ever read."""
    found: dict[str, list[list[Fit]]] = {}
    for number, told in enumerate(json.loads((folder / "fits.json").read_text(encoding="utf-8"))):
        state: State | None = None
        if not told["reason"]:
            with np.load(folder / f"{number:05d}.npz", allow_pickle=False) as arrays:
                named = {name: arrays[name] for name in arrays.files}
            state = json.loads((folder / f"{number:05d}.json").read_text(encoding="utf-8")), named
        parts = found.setdefault(told["member"], [])
        parts += [[]] * (told["part"] == len(parts))
        parts[told["part"]] = [*parts[told["part"]], Fit(tuple(told["series"]), state, told["reason"])]
    return found


def write_truth(truth: pd.DataFrame, folder: Path) -> None:
    """Write what came true."""
    truth.to_parquet(folder / "truth.parquet")


def read_history(folder: Path) -> History:
    """Read what a model may see, and nothing else."""
    facts = read_panel_facts(folder)
    freq = Frequency(facts["freq"])
    with np.load(folder / "past.npz") as arrays:
        grid = Grid(arrays["ids"], pd.DatetimeIndex(arrays["ds"], freq=freq.offset), arrays["values"])
    static = pd.read_parquet(folder / "static.parquet")
    return History(grid, freq, facts["season"], static, None, tuple(facts.get("longer", ())))


def read_judged(folder: Path) -> Judged:
    """Read what scoring needs."""
    facts = read_panel_facts(folder)
    summing, truth, reference, newcomers = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("summing", "truth", "reference", "newcomers")
    )
    account = {where: (rows, cents) for where, (rows, cents) in facts["account"].items()}
    seasons = tuple(season for season in (facts["season"], *facts.get("longer", ())) if season > 1)
    return Judged(summing, truth, reference, newcomers, account, facts["aside"], seasons)


def read_panel_facts(folder: Path) -> dict[str, Any]:
    """The facts of a panel: ``freq, season, longer, account, aside``."""
    found: dict[str, Any] = json.loads((folder / "panel.json").read_text(encoding="utf-8"))
    return found


def rhythm(folder: Path) -> tuple[tuple[int, ...], int]:
    """The seasons that the past of a panel bears, and its periods."""
    history = read_history(folder)
    return history.seasons, len(history.grid.ds)


def size(folder: Path, where: Where) -> int:
    """How many series a model is asked for."""
    return len(where.of(pd.read_parquet(folder / "static.parquet")))
