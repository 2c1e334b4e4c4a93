"""Losses of methods laid side by side: one row per origin, one column per method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import DataError, Fault, names
from forecastlab.stages.paired import Difference, difference

_SAME = 1e-9
"""Sums of the same sales may differ by rounding."""


@dataclass(frozen=True)
class Losses:
    """Losses of one role: ``loss`` and ``weight`` by origin (rows, in order of time) and method (columns).

    A fold that failed, wholly or in part, is NaN: a loss over fewer rows is no loss that compares. ``ok`` counts the
    folds that each method has, ``complete`` says whether it has all.
    """

    loss: pd.DataFrame
    weight: pd.DataFrame

    @property
    def methods(self) -> list[str]:
        """The names, sorted."""
        return list(self.loss.columns)

    @property
    def origins(self) -> int:
        """How many folds there were for any method."""
        return len(self.loss)

    def ok(self, method: str) -> int:
        """How many folds of the method are whole."""
        return int(self.loss[method].notna().sum())

    def complete(self, method: str) -> bool:
        """Whether the method has every fold that any method was asked for."""
        return self.origins > 0 and self.ok(method) == self.origins

    def wape(self, method: str) -> float:
        """Money forecast wrongly per money sold over the method's whole folds; 0/0 is 0, x/0 and no folds are NaN."""
        loss, weight = float(self.loss[method].sum()), float(self.weight[method].sum())
        if weight > 0:
            return loss / weight
        return 0.0 if loss == 0 and self.ok(method) else float("nan")

    def paired(self, a: str, b: str, overlap: int, alpha: float) -> Difference:
        """The WAPE of ``a`` minus that of ``b`` over the folds that both have, and whether it could be luck."""
        both = (self.loss[a].notna() & self.loss[b].notna()).to_numpy()
        gap: NDArray[np.float64] = (self.loss[a] - self.loss[b]).to_numpy(dtype=float)[both]
        money = float(self.weight[a].to_numpy(dtype=float)[both].mean()) if both.any() else 0.0
        if money > 0:
            gap = gap / money
        elif gap.any():
            gap = np.full(len(gap), np.nan)
        return difference(gap, overlap, alpha)


def of_role(losses: pd.DataFrame, role: str) -> Losses:
    """Lay out the rows of one role. Raises DataError where a method has a fold twice or other sales."""
    rows = losses[losses["role"] == role]
    if rows.duplicated(["method", names.CUTOFF]).any():
        what = f"a method has the same {role} fold twice"
        raise DataError(Fault("doubled-folds", "losses", what, "give one row per method, role and cutoff"))
    whole = rows.assign(loss=rows["loss"].where((rows["n_ok"] == rows["n"]) & (rows["n"] > 0)))
    whole = whole.assign(weight=whole["weight"].where(whole["loss"].notna()))
    index = pd.Index(sorted(rows[names.CUTOFF].unique()), name=names.CUTOFF)
    columns = sorted(losses["method"].unique())
    loss, weight = (
        whole.pivot(index=names.CUTOFF, columns="method", values=value)
        .reindex(index=index, columns=columns)
        .astype(float)
        for value in ("loss", "weight")
    )
    _check_truth(weight, role)
    return Losses(loss, weight)


def _check_truth(weight: pd.DataFrame, role: str) -> None:
    """Methods compare only where they foretold the same money."""
    apart = (weight.max(axis=1) - weight.min(axis=1)) > _SAME * weight.max(axis=1)
    if apart.any():
        what = f"in {int(apart.sum())} of {len(weight)} {role} folds the methods foretold different sales"
        fix = "compare runs with the same dataset, target, horizon and level"
        raise DataError(Fault("different-truth", "losses", what, fix))
