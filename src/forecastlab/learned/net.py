"""A neural network as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NetRule:
    """Layers of weighted sums, each but the last cut off at zero (or bent by tanh).

    ``means`` and ``spread`` standardise the columns; ``level`` and ``unit`` lead the answer back to the values.
    """

    bend: str
    weights: list[Floats]
    offsets: list[Floats]
    means: Floats
    spread: Floats
    level: float
    unit: float

    def predict(self, x: Floats) -> Floats:
        """The first value of each row of ``x``."""
        return self.answers(x)[:, 0]

    def answers(self, x: Floats) -> Floats:
        """The values of each row of ``x``, (rows, outputs); a missing column counts with its mean."""
        layer = np.where(np.isnan(x), 0.0, x - self.means) / self.spread
        for i, (weights, offsets) in enumerate(zip(self.weights, self.offsets, strict=True)):
            layer = layer @ weights + offsets
            if i < len(self.weights) - 1:
                layer = np.maximum(layer, 0.0) if self.bend == "relu" else np.tanh(layer)
        return np.asarray(self.level + self.unit * layer)

    def state(self) -> dict[str, Any]:
        """Its numbers and arrays."""
        return dict(vars(self))
