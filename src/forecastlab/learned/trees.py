"""Boosted trees as a value: their JSON."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TreeRule:
    """The trees in xgboost's own JSON, as bytes; what is read back is what predicts, so a copy predicts the same."""

    json: NDArray[np.uint8]

    @cached_property
    def _booster(self) -> Any:
        from xgboost import Booster

        return Booster({"nthread": 1}, model_file=bytearray(self.json.tobytes()))

    def predict(self, x: Floats) -> Floats:
        """The value of each row of ``x``."""
        return np.asarray(self._booster.inplace_predict(x), dtype=np.float64)

    def contributions(self, x: Floats) -> Floats:
        """What each column adds to the answer of each row, on the scale on which trees add up; shape of ``x``.

        TreeSHAP (Lundberg et al. 2018), as xgboost computes it; what all rows have in common is left out.
        """
        from xgboost import DMatrix

        found = self._booster.predict(DMatrix(x, nthread=1), pred_contribs=True)
        return np.asarray(found, dtype=np.float64)[:, :-1]

    def state(self) -> dict[str, Any]:
        """The JSON."""
        return {"json": self.json}

    def __getstate__(self) -> dict[str, Any]:
        return self.state()
