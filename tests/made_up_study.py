"""A study as a run leaves it, made up: any number of methods, segments and series, under any names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from forecastlab.flow.outcome import Facts, Outcome
from forecastlab.metric.wape import Wape
from forecastlab.page import Texts, texts
from forecastlab.recipe.settings import Compare, Report, Tuned
from forecastlab.schema.names import SELECT, TEST
from forecastlab.stages.score import score
from forecastlab.task.board import board
from forecastlab.task.report.study import Study

BANDS = (0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975)
NORMAL = (-1.96, -1.282, -0.842, -0.524, -0.253, 0.0, 0.253, 0.524, 0.842, 1.282, 1.96)


@dataclass(frozen=True)
class Shape:
    """How much there is of everything, and what it is called."""

    methods: Sequence[str] = ("theta", "naive", "ets")
    segments: Sequence[str] = ("loyal", "lost")
    departments: Sequence[str] = ("food", "tools")
    select: int = 4
    test: int = 2
    horizon: int = 3
    dataset: str = "shop"
    segmentation: str = "lifecycle"
    unit: str = "EUR"


SMALL = Shape()


def truth(shape: Shape) -> pd.DataFrame:
    """The bottom rows of every fold: cutoff, role, step, ds, department, segment and what came true."""
    cutoffs = pd.date_range("2024-01-06", periods=shape.select + shape.test, freq=f"{7 * shape.horizon}D")
    draw = np.random.default_rng(1)
    sizes = 1000.0 / (1 + np.arange(len(shape.segments)))
    rows = [
        (
            cutoff,
            SELECT if i < shape.select else TEST,
            step,
            cutoff + pd.Timedelta(days=7 * step),
            department,
            part,
            y,
        )
        for i, cutoff in enumerate(cutoffs)
        for department in shape.departments
        for s, part in enumerate(shape.segments)
        for step, y in enumerate(sizes[s] * draw.uniform(0.8, 1.2, shape.horizon), start=1)
    ]
    return pd.DataFrame(rows, columns=["cutoff", "role", "step", "ds", "department", "segment", "y"])


def forecasts(shape: Shape, error: float, seed: int) -> pd.DataFrame:
    """All levels of one method, whose forecasts are off by about ``error`` as a share."""
    bottom = truth(shape)
    bottom["yhat"] = bottom["y"] * (1 + error * np.random.default_rng(seed).uniform(-1.5, 1.5, len(bottom)))
    bottom["naive2"] = bottom["y"] * 1.2
    key = ["cutoff", "role", "step", "ds"]
    sums = ["y", "yhat", "naive2"]
    total = bottom.groupby(key, as_index=False)[sums].sum().assign(level="total", unique_id="total", segment="")
    part = bottom.groupby([*key, "segment"], as_index=False)[sums].sum()
    part = part.assign(level="segment", unique_id="segment=" + part["segment"])
    fine = bottom.assign(level="department/segment")
    fine["unique_id"] = "department=" + fine["department"] + "/segment=" + fine["segment"]
    frame = pd.concat([total, part, fine.drop(columns="department")], ignore_index=True)
    for level, z in zip(BANDS, NORMAL, strict=True):
        frame[f"q{level:g}"] = frame["yhat"] * (1 + z * max(error, 0.01))
    given = {"source": "model", "q_source": "series", "q_n": 9, "mae_scale": 100.0, "mse_scale": 1e4, "scale_season": 1}
    return frame.assign(**given)


def outcome(shape: Shape, name: str, error: float, seed: int) -> Outcome:
    """One finished run with everything that a run can leave behind."""
    frame = forecasts(shape, error, seed)
    facts = Facts(
        name=name,
        key=f"{seed:064d}",
        choices={"model": name, "dataset": shape.dataset, "segmentation": shape.segmentation},
        overrides=[f"model={name}", "root=/nowhere"],
        oracle=False,
        folds={SELECT: [shape.select, shape.select], TEST: [shape.test, shape.test]},
        failed={},
        failed_roles={},
        sources={"model": len(frame)},
        quantile_sources={"series": len(frame)},
        n_fallback=1,
        n_clipped=2,
        seconds=1.0 + seed,
        peak_mb=10.0,
        season=1,
        account={"panel": [90, 9_000_00], "warmup": [5, 500_00]},
        aside={},
        data=data(shape),
        notes=[],
    )
    wholes = score(frame, {"wape": Wape()}, {SELECT: shape.select, TEST: shape.test})
    first = shape.segments[0]
    return Outcome(
        facts, frame, wholes, failures(first), composition(shape), migration(shape), effects(first), what_if()
    )


def data(shape: Shape) -> dict[str, object]:
    return {
        "kind": "log",
        "unit": shape.unit,
        "first_day": "2023-01-01",
        "last_day": "2024-06-30",
        "firsts_are_true": False,
        "rows_in": 100,
        "cents_in": 10_000_00,
        "rows_used": 97,
        "cents_used": 9_800_00,
        "dropped": {"returns": [3, 200_00]},
        "noted": {"no customer": [7, 77_00]},
        "fingerprint": "f" * 64,
        "warmup_days": 28,
        "freq": "W-SAT",
        "periods": 60,
        "first_period": "2023-02-04",
        "last_period": "2024-06-29",
    }


def failures(segment: str) -> pd.DataFrame:
    row = [f"segment={segment}", pd.Timestamp("2024-01-06"), "failed", "no observation", "seasonal_naive", ""]
    return pd.DataFrame([row], columns=["unique_id", "cutoff", "kind", "reason", "fallback", "model"])


def composition(shape: Shape) -> pd.DataFrame:
    days = pd.date_range("2023-02-04", periods=8, freq="7D")
    rows = [(d, s, 10.0 + i, 5.0, 100.0 / (1 + i), 0.5) for d in days for i, s in enumerate(shape.segments)]
    return pd.DataFrame(rows, columns=["ds", "segment", "customers", "buyers", "money", "share"])


def migration(shape: Shape) -> pd.DataFrame:
    count = np.arange(1, 1 + (len(shape.segments) + 1) * len(shape.segments)).reshape(-1, len(shape.segments))
    return pd.DataFrame(count, index=[*shape.segments, "unseen"], columns=list(shape.segments))


def effects(segment: str) -> pd.DataFrame:
    columns = [
        "unique_id",
        "driver",
        "coefficient",
        "low",
        "high",
        "elasticity",
        "elasticity_low",
        "elasticity_high",
        "model",
    ]
    row = [f"segment={segment}", "ΔΡΑΣΗ", 12.5, 2.5, 22.5, -1.5, -2.0, -1.0, ""]
    return pd.DataFrame([row], columns=columns)  # fmt: skip


def what_if() -> pd.DataFrame:
    row = ("ΥΠΟΘΕΣΗ", "total", pd.Timestamp("2024-06-29"), 110.0, 100.0)
    return pd.DataFrame([row], columns=["scenario", "unique_id", "ds", "yhat", "base"])


def made_up(
    shape: Shape = Shape(), said: Texts | None = None, errors: Sequence[float] = (), **settings: object
) -> Study:
    """A study of as many runs as there are methods; the later ones are worse unless ``errors`` says otherwise."""
    errors = errors or [0.03 + 0.02 * i for i in range(len(shape.methods))]
    outcomes = {m: outcome(shape, m, errors[i], i) for i, m in enumerate(shape.methods)}
    return told(outcomes, said, **settings)


def told(outcomes: dict[str, Outcome], said: Texts | None = None, **settings: object) -> Study:
    """The study that these runs make."""
    asked = {"baseline": "naive", "level": "total", "metric": "wape", "alpha": 0.05}
    given = {"language": "en", "within": 0.1, "methods": 8, "series": 60} | settings
    found = board(outcomes, Compare(**asked))
    assert found is not None
    tuned = {name: Tuned("hunt", 60, 7) for name in outcomes if "tuned" in name}
    words = said or texts(str(given["language"]))
    return Study("ΜΕΛΕΤΗ", "", found, outcomes, tuned, "model: {}\n", Report(**given), words)


def oracle(run: Outcome) -> Outcome:
    """The same run, had it known its drivers."""
    seen = run.forecasts.assign(yhat=(run.forecasts["yhat"] + run.forecasts["y"]) / 2)
    folds = {role: n for role, (_, n) in run.facts.folds.items()}
    facts = replace(run.facts, oracle=True, overrides=[*run.facts.overrides, "oracle=true"])
    return replace(run, facts=facts, forecasts=seen, scores=score(seen, {"wape": Wape()}, folds))
