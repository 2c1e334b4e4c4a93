"""Writing the bundle of a method for customers: what it learned, and no customer."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.bundle.contents import About
from forecastlab.bundle.manifest import write_manifest
from forecastlab.bundle.written import write_backtest
from forecastlab.flow import entries
from forecastlab.flow.customer_jobs import FACTS, table_facts
from forecastlab.flow.outcome import Outcome
from forecastlab.flow.prepare import Prepared
from forecastlab.schema import written
from forecastlab.schema.names import SEGMENT
from forecastlab.stages.kept import Fit
from forecastlab.stages.rounding import merged, rounded

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def write_customer_bundle(
    folder: Path,
    about: About,
    recipe: Mapping[str, Any],
    outcome: Outcome,
    table: Path,
    fits: Mapping[str, Sequence[Sequence[Fit]]],
    prepared: Prepared,
) -> str:
    """Fill an empty folder; the hash that stands for the whole.

    ``outcome`` is the backtest as it may leave, ``table`` the folder of the customers that were fitted, ``fits``
    what was learned of them, ``prepared`` their data. Nothing of a single customer is taken along.
    """
    write_backtest(folder, about, recipe, outcome, data_facts(table, prepared))
    shutil.copyfile(table / FACTS, folder / "customers.json")
    (folder / "states").mkdir()
    entries.write_fits(fits, folder / "states")
    return write_manifest(folder)


def data_facts(table: Path, prepared: Prepared) -> dict[str, Any]:
    """Figures of the customers that were fitted, for whoever asks later whether new ones are still like them.

    ``segments``: share of all ``customers`` and of all ``money`` by segment (those with few customers as ``other``);
    ``features``: mean, spread and quantiles of each number over all customers, to two digits, and how many lack it;
    ``customers`` how many there are; ``quality``: rows and cents read, used, and dropped by reason.
    """
    known, told = pd.read_parquet(table / "known.parquet"), table_facts(table / FACTS)
    facts = prepared.log.facts
    (fold,) = prepared.folds
    sizes = {str(name): int(n) for name, n in known[SEGMENT].value_counts().items()}
    segment = known[SEGMENT].map(merged(sizes))
    sums = known.groupby(segment.to_numpy())["money"].agg(["size", "sum"])
    return {
        "cutoff": written(fold.cutoff),
        "customers": len(known),
        "fingerprint": prepared.fingerprint,
        "unit": facts.unit,
        "first_day": facts.first_day,
        "last_day": facts.last_day,
        "segments": {"customers": _shares(sums["size"]), "money": _shares(sums["sum"])},
        "features": {name: _summary(known[name].astype(float)) for name in told.numbers},
        "quality": asdict(facts.ledger) | {"aside": 0},
    }


def _shares(sums: pd.Series[float]) -> dict[str, float]:
    total = float(sums.sum())
    return {str(name): float(value) / total if total else 0.0 for name, value in sums.items()}


def _summary(column: pd.Series[float]) -> dict[str, float]:
    """Figures of a feature, and the share of those who lack it. No extremes: they are somebody's own."""
    missing = {"missing": float(column.isna().mean())}
    values = column.dropna().to_numpy(dtype=float)
    if not len(values):
        return missing
    figures = pd.Series([values.mean(), values.std(), *np.quantile(values, QUANTILES)], dtype=float)
    names = ["mean", "std", *(f"q{level:g}" for level in QUANTILES)]
    return missing | dict(zip(names, rounded(figures).tolist(), strict=True))
