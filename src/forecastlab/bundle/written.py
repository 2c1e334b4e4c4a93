"""Writing a bundle: everything that a forecast needs, and nothing that could run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from forecastlab.bundle.contents import About, plain
from forecastlab.bundle.manifest import write_manifest
from forecastlab.flow import entries
from forecastlab.flow.ahead import Memory
from forecastlab.flow.outcome import Outcome
from forecastlab.flow.prepare import Prepared
from forecastlab.recipe.changed import asked
from forecastlab.schema import names, written
from forecastlab.schema.names import SEGMENT
from forecastlab.stages.drivers import DriverTable, lay
from forecastlab.stages.kept import Fit

PANEL = (
    "past.npz",
    "all.npz",
    "panel.json",
    "static.parquet",
    "levels.parquet",
    "summing.parquet",
    "newcomers.parquet",
)
"""The files of a panel that are taken along: what happened, no truth."""


def write_bundle(
    folder: Path,
    about: About,
    recipe: Mapping[str, Any],
    outcome: Outcome,
    memory: Memory,
    panel: Path,
    fits: Mapping[str, Sequence[Sequence[Fit]]],
    prepared: Prepared,
) -> str:
    """Fill an empty folder; the hash that stands for the whole.

    ``outcome`` is the backtest, ``memory`` what it has taught, ``panel`` the folder of the series that were fitted,
    ``fits`` what was learned of them, ``prepared`` their data and drivers.
    """
    for name in ("panel", "states", "members", "drivers"):
        (folder / name).mkdir()
    write_backtest(folder, about, recipe, outcome, data_facts(panel, prepared))
    for number, place in enumerate(about.composites):
        memory.said[place].to_parquet(folder / f"members/{number:03d}.parquet")
    for name in PANEL:
        shutil.copyfile(panel / name, folder / "panel" / name)
    for number, table in enumerate(prepared.drivers):
        shutil.copyfile(table.path, folder / f"drivers/{number:03d}.parquet")
    entries.write_fits(fits, folder / "states")
    return write_manifest(folder)


def write_backtest(
    folder: Path, about: About, recipe: Mapping[str, Any], outcome: Outcome, data: Mapping[str, Any]
) -> None:
    """What every bundle has: what it says of itself, its config, its backtest, and figures of its data."""
    _json(folder / "bundle.json", plain(about))
    _json(folder / "run.json", asdict(outcome.facts))
    _json(folder / "data.json", data)
    text = yaml.safe_dump(asked(recipe), sort_keys=False, allow_unicode=True)
    (folder / "recipe.yaml").write_text(text, encoding="utf-8")
    outcome.forecasts.to_parquet(folder / "band.parquet")
    outcome.scores.to_parquet(folder / "scores.parquet")
    outcome.failures.to_parquet(folder / "failures.parquet")


def driver_rules(tables: Sequence[DriverTable]) -> list[dict[str, Any]]:
    """The declared rules of each driver, and its columns."""
    return [
        {
            "name": table.name,
            "by": list(table.by),
            "future": table.future,
            "lag": table.lag,
            "scenario": dict(table.scenario) if table.scenario else None,
            "columns": [str(name) for name in pd.read_parquet(table.path).columns if name not in (*table.by, names.DS)],
        }
        for table in tables
    ]


def data_facts(panel: Path, prepared: Prepared) -> dict[str, Any]:
    """Figures of the data that was fitted, for whoever asks later whether new data is still like it.

    ``segments``: level → segment → share of all value in the whole past, and in its last season; ``money``: value per
    level, ``drivers``: mean, spread, extremes and quantiles of each column over series and periods; ``quality``: rows
    and cents read, used, and dropped by reason.
    """
    found = entries.read_levels(panel)
    facts, recent = prepared.log.facts, prepared.calendar.season
    (fold,) = prepared.folds
    values = np.nan_to_num(found.grid.values)
    drivers = lay(prepared.drivers, found.history, fold, False).past if len(found.history.grid.ids) else {}
    return {
        "cutoff": written(fold.cutoff),
        "periods": len(found.grid.ds),
        "fingerprint": prepared.fingerprint,
        "unit": facts.unit,
        "first_day": facts.first_day,
        "last_day": facts.last_day,
        "segments": {"all": _shares(values, found.levels), "season": _shares(values[:, -recent:], found.levels)},
        "money": {
            str(name): float(values[rows].sum()) for name, rows in found.levels.groupby(names.LEVEL).indices.items()
        },
        "drivers": {name: _summary(column) for name, column in drivers.items()},
        "quality": asdict(facts.ledger) | {"aside": len(found.aside)},
    }


def _shares(values: np.ndarray[Any, Any], levels: pd.DataFrame) -> dict[str, dict[str, float]]:
    sums = pd.Series(values.sum(axis=1), levels.index)
    found: dict[str, dict[str, float]] = {}
    for level, rows in levels.groupby(names.LEVEL):
        by = sums[rows.index].groupby(rows[SEGMENT]).sum()
        if set(by.index) != {""}:
            total = float(by.sum())
            found[str(level)] = {str(name): float(value) / total if total else 0.0 for name, value in by.items()}
    return found


def _summary(column: np.ndarray[Any, Any]) -> dict[str, float]:
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    quantiles = dict(zip((f"q{level:g}" for level in levels), np.quantile(column, levels).tolist(), strict=True))
    ends = {"min": float(column.min()), "max": float(column.max())}
    return {"mean": float(column.mean()), "std": float(column.std())} | ends | quantiles


def _json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1, allow_nan=False), encoding="utf-8")
