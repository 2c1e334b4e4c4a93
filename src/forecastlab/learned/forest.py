"""A random forest as plain arrays."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ForestRule:
    """All trees laid end to end: entry n says what node n asks, and where its answers lead.

    ``column`` is negative at a leaf. A value at or below ``threshold`` goes ``left``, and so does a missing one where
    ``missing_left``. ``roots`` are the first nodes of the trees; the forecast is the mean of the leaves' ``value``.
    """

    column: NDArray[np.int64]
    threshold: Floats
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    missing_left: NDArray[np.bool_]
    value: Floats
    roots: NDArray[np.int64]

    def predict(self, x: Floats) -> Floats:
        """The value of each row of ``x``, in the same bits as scikit-learn's, which reads columns as 32-bit numbers."""
        rows = np.arange(len(x))[:, None]
        seen = x.astype(np.float32)
        at = np.tile(self.roots, (len(x), 1))
        while (inner := self.column[at] >= 0).any():
            values = seen[rows, np.maximum(self.column[at], 0)]
            left = np.where(np.isnan(values), self.missing_left[at], values <= self.threshold[at])
            at = np.where(inner, np.where(left, self.left[at], self.right[at]), at)
        # one after the other, as scikit-learn adds them; numpy's sum would add in pairs
        total: Floats = np.cumsum(self.value[at], axis=1)[:, -1]
        return total / len(self.roots)

    def contributions(self, x: Floats) -> Floats:
        """What each column adds to the value of each row, shape of ``x``; with the mean of the roots they add up to it.

        Along a row's way through a tree every question moves the mean of the rows learned from: by so much its column
        contributes (Saabas 2014; Palczewska et al. 2013). The sum is exact; how it is shared out among columns depends
        on the order of the questions, which Shapley's values do not.
        """
        rows = np.arange(len(x))[:, None]
        seen, width = x.astype(np.float32), x.shape[1]
        at, total = np.tile(self.roots, (len(x), 1)), np.zeros(x.size)
        while (inner := self.column[at] >= 0).any():
            asked = np.maximum(self.column[at], 0)
            values = seen[rows, asked]
            left = np.where(np.isnan(values), self.missing_left[at], values <= self.threshold[at])
            onward = np.where(inner, np.where(left, self.left[at], self.right[at]), at)
            moved = self.value[onward] - self.value[at]
            total += np.bincount((rows * width + asked).ravel(), moved.ravel(), x.size)
            at = onward
        return total.reshape(x.shape) / len(self.roots)

    def state(self) -> dict[str, Any]:
        """Its arrays."""
        return asdict(self)


def forest_of(model: Any) -> ForestRule:
    """The arrays of a fitted scikit-learn forest."""
    trees = [tree.tree_ for tree in model.estimators_]
    roots = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1]

    def laid(name: str) -> NDArray[Any]:
        return np.concatenate([np.asarray(getattr(tree, name)) for tree in trees])

    def linked(name: str) -> NDArray[np.int64]:
        links = [np.asarray(getattr(tree, name)) + root for tree, root in zip(trees, roots, strict=True)]
        return np.concatenate(links).astype(np.int64)

    return ForestRule(
        column=laid("feature").astype(np.int64),
        threshold=laid("threshold").astype(np.float64),
        left=linked("children_left"),
        right=linked("children_right"),
        missing_left=laid("missing_go_to_left").astype(bool),
        value=laid("value").astype(np.float64).ravel(),
        roots=roots.astype(np.int64),
    )
