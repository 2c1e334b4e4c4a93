"""A support vector regression as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class KernelRule:
    """A weighted sum of how near a row is to each row in ``vectors``: nearness falls off as exp(-gamma · distance²).

    ``means`` and ``spread`` standardise the columns; ``level`` and ``unit`` lead the answer back to the values.
    """

    vectors: Floats
    weights: Floats
    offset: float
    gamma: float
    means: Floats
    spread: Floats
    level: float
    unit: float

    def predict(self, x: Floats) -> Floats:
        """The value of each row of ``x``; a missing column counts with its mean."""
        unit = np.where(np.isnan(x), 0.0, x - self.means) / self.spread
        apart = [((row - self.vectors) ** 2).sum(axis=1) for row in unit]
        near = np.exp(-self.gamma * np.array(apart).reshape(len(x), len(self.vectors)))
        answer: Floats = self.level + self.unit * (near @ self.weights + self.offset)
        return answer

    def state(self) -> dict[str, Any]:
        """Its numbers and arrays."""
        return dict(vars(self))
