"""A small made-up experiment around one part, so that a part can be asked on its own whether it sees the future."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from forecastlab.flow.experiment import Experiment
from forecastlab.model.ensemble import Ensemble
from forecastlab.schema import Composite, Router
from forecastlab.target.sales import Sales
from forecastlab.testing.logs import random_rows, random_table, write_log, write_tables
from forecastlab.testing.parts import build_parts
from forecastlab.testing.tampering import Loaded

GROUPS = ("segmentation", "feature", "model", "combine", "reconcile", "calibrate")
"""Groups whose parts can be asked on made-up sales."""
FOLDS = {"horizon": 3, "gap": 0, "step": 2, "select": 2, "test": 1, "refit_every": 2, "min_train": 14}
_KINDS = {"events": ["visit", "click"], "feedback": ["complaint"], "campaigns": ["mail"]}


def made_up(group: str, part: Any, folder: Path) -> Experiment:
    """An experiment on 40 made-up customers in 40 weeks in which the part does its work, the others being plain.

    ``folder`` is where the data is written. ``group`` is one of ``GROUPS``.
    """
    rest = [("segmentation", "lifecycle"), ("backtest", "expanding"), ("reconcile", "bottom_up")]
    rest += [("calibrate", "conformal"), ("model", "naive"), ("model", "theta"), ("model", "regression")]
    plain = build_parts(rest, None, {("backtest", "expanding"): FOLDS}, folder / "root")
    model = plain["model", "naive"]
    if group == "model":
        model = part
    elif group == "feature":
        model = dataclasses.replace(plain["model", "regression"], features={"mine": part})
    elif group == "combine":
        model = Ensemble({"naive": model, "theta": plain["model", "theta"]}, part, None)
    own = {group: part} if group in ("segmentation", "reconcile", "calibrate") else {}
    routed = isinstance(model, (Composite, Router))
    segments = bool(own.get("segmentation", plain["segmentation", "lifecycle"]).segments) or routed
    return Experiment(
        dataset=_shop(folder),
        target=Sales("amount", ("segment",) if segments else (), "W-SUN", "rolling", True),
        drivers={},
        model=model,
        backtest=plain["backtest", "expanding"],
        metrics={},
        levels=(0.2, 0.5, 0.8),
        oracle=False,
        what_if={},
        **{each: own.get(each, plain[each, name]) for each, name in rest[:1] + rest[2:4]},
    )


def _shop(folder: Path) -> Loaded:
    """Nine months of a shop, the last week incomplete, with further tables."""
    rows = random_rows(1, 40, 280, 900, "2024-01-01")
    log = write_log(rows, folder / "log.parquet", "2024-01-01", "2024-10-04", False)
    log = write_tables(log, {name: random_table(2, 40, 280, 600, "2024-01-01", of) for name, of in _KINDS.items()})
    return Loaded(str(log.path), log.facts, "W-SUN", None, "6 weeks")
