"""Weights learned from earlier errors: which rows they are learned from, and which rows they are for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import Members, Past

Floats = NDArray[np.float64]
By = Literal["all", "series", "segment", "step"]
Learn = Callable[[Floats], Floats]
"""Scaled errors of shape (rows, members) → weights of the members, which sum to 1."""


def weighted(now: Members, past: Past, by: By, min_rows: int, learn: Learn) -> Floats:
    """Each row of ``now`` as the weighted sum of what the members say of it, with weights learned from ``past``.

    Errors are in units of the series' own scale. Rows in which a member, the truth or the scale is missing teach
    nothing. With fewer than ``min_rows`` rows of its own, a series, segment or step gets the weights of all rows; with
    fewer than that in all, every member counts the same. Members are taken by name, so their order changes no bit.
    """
    members = sorted(now.yhat)
    errors, whole = _errors(past, members)
    equal = np.full(len(members), 1 / len(members))
    common = learn(errors) if len(errors) >= min_rows else equal
    weights = np.tile(common, (len(now.step), 1))
    if by != "all":
        mine, theirs = getattr(now, by), getattr(past.members, by)
        for key in np.unique(mine):
            own = errors[(theirs == key)[whole]]
            if len(own) >= min_rows:
                weights[mine == key] = learn(own)
    total = np.zeros(len(now.step))
    for k, name in enumerate(members):
        total = total + weights[:, k] * now.yhat[name]
    return total


def _errors(past: Past, members: list[str]) -> tuple[Floats, NDArray[np.bool_]]:
    """Scaled errors of the rows that teach something, and which rows those are."""
    usable = np.isfinite(past.scale) & (past.scale > 0)
    said = np.column_stack([past.members.yhat[name] for name in members])
    errors = (said - past.y[:, None]) / np.where(usable, past.scale, 1.0)[:, None]
    whole = usable & np.isfinite(errors).all(axis=1)
    return errors[whole], whole
