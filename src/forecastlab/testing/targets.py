"""What every target must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from forecastlab.reconcile.bottom_up import BottomUp
from forecastlab.schema import Fold, Frequency
from forecastlab.schema.names import DS, SELECT, SERIES, TOTAL, YHAT, Y
from forecastlab.segmentation.none import PART as NO_SEGMENTS
from forecastlab.stages import panel
from forecastlab.stages.calendar import Calendar
from forecastlab.target.sales import Sales
from forecastlab.testing.logs import random_rows, write_log

Check = Callable[[Sales], None]
SPAN = ("2024-01-01", "2024-06-30")


def its_period_exists(target: Sales) -> None:
    """The length of a period is one of those that there are."""
    assert Frequency(target.freq).season >= 1


def its_series_add_up(target: Sales) -> None:
    """Cut by a dimension, the truth of the finest series adds up to the truth of the total, where values add."""
    freq = Frequency("W-SUN")
    fold = Fold(freq.ends(_day(SPAN[0]), _day(SPAN[1]))[-4], 3, 0, freq, SELECT, 0)
    cut = replace(target, series_by=("shop",), freq=freq.code)
    calendar = Calendar(freq, 0, 52)
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        log = write_log(random_rows(3, 40, 180, 900, SPAN[0]), Path(place, "log.parquet"), *SPAN, True)
        built = panel.build(log, NO_SEGMENTS(), fold, cut, calendar)
        truth = panel.truth(log, NO_SEGMENTS(), fold, cut, calendar, built)
    wide = truth.pivot(index=DS, columns=SERIES, values=Y)
    assert TOTAL in wide and len(wide) == 3 and wide.notna().to_numpy().all(), "no total, or holes"
    if not target.additive:
        return
    finest = truth[truth[SERIES].isin(built.history.grid.ids)].rename(columns={Y: YHAT})
    summed = BottomUp().reconcile(finest[[SERIES, DS, YHAT]], built.summing, pd.DataFrame())
    total = summed[summed[SERIES] == TOTAL].set_index(DS)[YHAT]
    np.testing.assert_allclose(total.to_numpy(), wide.loc[total.index, TOTAL].to_numpy(), rtol=1e-12)


def _day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


CHECKS: tuple[Check, ...] = (its_period_exists, its_series_add_up)
