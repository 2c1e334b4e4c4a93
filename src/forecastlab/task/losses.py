"""What the comparison of methods looks at: losses per method and fold, at a level or per segment."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from forecastlab.flow.outcome import Outcome
from forecastlab.schema import names
from forecastlab.schema.names import SELECT
from forecastlab.stages.customers import OWN
from forecastlab.stages.ranking import loss_of


def losses(outcomes: Mapping[str, Outcome], level: str, metric: str, by: Sequence[str] = ()) -> pd.DataFrame:
    """Per method, role and fold (and ``by``): ``loss, weight, n, n_ok``, whose sums divided give the metric.

    ``wape``: loss is ``|y - yhat|``, weight ``|y|``. ``mase``: loss is ``|y - yhat|`` in units of the series' own
    naive error, weight 1; rows without such a unit are left out. Any other measure: loss is the measure of the fold
    (what it lacks of 1 where more is better), weight 1. A fold that failed has ``n`` but no ``n_ok``.
    """
    of = _of if metric in ("wape", "mase") and level != OWN else _of_folds
    parts = [of(method, outcome, level, metric, list(by)) for method, outcome in outcomes.items()]
    found = pd.concat([part for part in parts if len(part)], ignore_index=True)
    failed = [
        {"method": method, "role": role, names.CUTOFF: pd.Timestamp(day), "loss": 0.0, "weight": 0.0, "n": 1, "n_ok": 0}
        for method, outcome in outcomes.items()
        for day, role in outcome.facts.failed_roles.items()
    ]
    if not failed or by:
        return found
    return pd.concat([found, pd.DataFrame(failed)], ignore_index=True)


def shared_levels(outcomes: Sequence[Outcome]) -> list[str]:
    """Levels that every run has, the total first, then by their number of cuts."""
    sets = [set(outcome.forecasts[names.LEVEL].unique()) for outcome in outcomes if len(outcome.forecasts)]
    shared = set.intersection(*sets) if sets else set()
    return sorted(shared, key=lambda level: (level != names.TOTAL, level.count("/"), level))


def segment_level(outcomes: Sequence[Outcome]) -> str | None:
    """The shared level whose segments are told apart: ``segment``, or the finest whose series have classes; or none."""
    shared = shared_levels(outcomes)
    if names.SEGMENT in shared:
        return names.SEGMENT
    told = [outcome.forecasts for outcome in outcomes if len(outcome.forecasts)]
    classed = {level for frame in told for level in frame.loc[frame[names.SEGMENT] != "", names.LEVEL].unique()}
    found = [level for level in shared if level in classed]
    return found[-1] if found else None


def overlap(outcome: Outcome) -> int:
    """Into how many later origins a horizon reaches: ``ceil(horizon / step) - 1`` of the selection folds."""
    rows = outcome.forecasts[outcome.forecasts["role"] == SELECT]
    cutoffs = np.sort(rows[names.CUTOFF].unique())
    if len(cutoffs) < 2:
        return 0
    asked = np.sort(rows.loc[rows[names.CUTOFF] == cutoffs[0], names.DS].unique())
    if (rows[names.LEVEL] == OWN).all():  # one answer for a whole horizon
        return max(math.ceil(float((asked[0] - cutoffs[0]) / min(cutoffs[1:] - cutoffs[:-1]))) - 1, 0)
    period = (asked[1] - asked[0]) if len(asked) > 1 else (asked[0] - cutoffs[0])
    step = max(round(float(min(cutoffs[1:] - cutoffs[:-1]) / period)), 1)
    return max(math.ceil(len(asked) / step) - 1, 0)


def _of_folds(method: str, outcome: Outcome, level: str, metric: str, by: list[str]) -> pd.DataFrame:
    """The measure of each fold as its loss; the segments of a fold are not told apart, a measure does not add up."""
    scores = outcome.scores
    if not len(scores) or by:
        return pd.DataFrame()
    rows = scores[(scores[names.LEVEL] == level) & (scores["metric"] == metric) & scores[names.CUTOFF].notna()]
    found = rows[["role", names.CUTOFF]].assign(
        method=method, loss=[loss_of(metric, value) for value in rows["value"]], weight=1.0, n=1
    )
    return found.assign(n_ok=found["loss"].notna().astype(int))


def _of(method: str, outcome: Outcome, level: str, metric: str, by: list[str]) -> pd.DataFrame:
    if not len(outcome.forecasts):
        return pd.DataFrame()
    rows = outcome.forecasts[outcome.forecasts[names.LEVEL] == level]
    if metric == "mase":
        rows = rows[rows["mae_scale"] > 0]
    error = (rows[names.Y] - rows[names.YHAT]).abs()
    answered = error.notna().astype(int)
    loss, weight = (error / rows["mae_scale"], 1.0) if metric == "mase" else (error, rows[names.Y].abs())
    sums = rows[["role", names.CUTOFF, *by]].assign(method=method, loss=loss, weight=weight, n=1, n_ok=answered)
    keys = ["method", "role", names.CUTOFF, *by]
    return sums.groupby(keys, as_index=False, observed=True)[["loss", "weight", "n", "n_ok"]].sum()
