"""OWA: overall weighted average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecastlab.metric._ratio import mean, ratio
from forecastlab.metric._series import by_series, scaled
from forecastlab.metric._symmetric import symmetric
from forecastlab.schema import Scored


@dataclass(frozen=True)
class Owa:
    """sMAPE and MASE in units of those of the simple benchmark Naive2, averaged (below 1: better than Naive2).

    ``(sMAPE / sMAPE of Naive2 + MASE / MASE of Naive2) / 2``, each a mean over the series first (the ranking of the M4
    competition; Makridakis, Spiliotis and Assimakopoulos, 2020). Both MASEs are taken over the series for which both
    are defined, and series without a Naive2 forecast take no part.
    """

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels it needs: none."""
        return ()

    def score(self, scored: Scored) -> float:
        """The average, at least 0; NaN where Naive2 was perfect and the forecast was not."""
        known = scored.take(~np.isnan(scored.naive2))
        ours, counted = scaled(np.abs(known.y - known.yhat), known.mae_scale, known)
        theirs, defined = scaled(np.abs(known.y - known.naive2), known.mae_scale, known)
        both = counted & defined
        smape = mean(by_series(symmetric(known.y, known.yhat), known.series))
        smape2 = mean(by_series(symmetric(known.y, known.naive2), known.series))
        return (ratio(smape, smape2) + ratio(mean(ours[both]), mean(theirs[both]))) / 2


PART = Owa
