"""What every calibrator must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from forecastlab.reconcile.bottom_up import BottomUp
from forecastlab.schema import Calibrator, Fold, Frequency, names, quantile_column, quantile_columns
from forecastlab.schema.names import SELECT
from forecastlab.stages.settle import settle

Check = Callable[[Calibrator], None]
LEVELS = (0.1, 0.5, 0.9)
FREQ = Frequency("W-SUN")
SERIES, STEPS = 5, 3


def rows_stay_and_say_whence(calibrator: Calibrator) -> None:
    """The rows come back in their order, each with the source of its quantiles and the number of errors behind."""
    for folds in (0, 2, 14):
        past, now = _backtest(folds)
        found = calibrator.calibrate(past, now, LEVELS)
        keys = [names.SERIES, names.DS, names.YHAT]
        pd.testing.assert_frame_equal(found[keys].reset_index(drop=True), now[keys].reset_index(drop=True))
        assert found["q_source"].astype(bool).all(), "a row without q_source"
        assert (found["q_n"] >= 0).all(), "q_n is missing or below zero"


def quantiles_are_all_or_none_and_ordered(calibrator: Calibrator) -> None:
    """Either exactly the wanted quantiles, finite and rising, or none at all and the source ``none``."""
    for folds in (0, 2, 14):
        past, now = _backtest(folds)
        found = calibrator.calibrate(past, now, LEVELS)
        there = quantile_columns(found)
        if not there:
            assert (found["q_source"] == "none").all(), "no quantiles, and the source is not none"
            continue
        assert tuple(there) == LEVELS, f"wanted {LEVELS}, got {tuple(there)}"
        values = found[list(there.values())].to_numpy(dtype=float)
        assert np.isfinite(values).all(), "quantiles that are not finite"
        assert (np.diff(values, axis=1) >= 0).all(), "quantiles cross"


def below_zero_is_lifted_if_it_says_so(calibrator: Calibrator) -> None:
    """With ``nonnegative`` no quantile is below zero."""
    past, now = _backtest(14)
    past[names.Y] -= 500
    found = calibrator.calibrate(past, now.assign(yhat=1.0), LEVELS)
    lowest = found[list(quantile_columns(found).values())].to_numpy(dtype=float).min(initial=0.0)
    assert lowest >= 0 or not getattr(calibrator, "nonnegative", False), f"a quantile of {lowest}"


def rows_have_no_order(calibrator: Calibrator) -> None:
    """Earlier errors in another order give the same quantiles."""
    past, now = _backtest(14)
    turned = calibrator.calibrate(past.sample(frac=1, random_state=4), now, LEVELS)
    expected = calibrator.calibrate(past, now, LEVELS)
    columns = list(quantile_columns(expected).values())
    np.testing.assert_allclose(turned[columns].to_numpy(dtype=float), expected[columns].to_numpy(dtype=float))


def frames_are_left_as_they_were(calibrator: Calibrator) -> None:
    """Neither frame is written into."""
    past, now = _backtest(14)
    kept = past.copy(deep=True), now.copy(deep=True)
    calibrator.calibrate(past, now, LEVELS)
    pd.testing.assert_frame_equal(past, kept[0])
    pd.testing.assert_frame_equal(now, kept[1])


def errors_after_the_cutoff_do_not_matter(calibrator: Calibrator) -> None:
    """In the line, what came true after a fold's cutoff never reaches its quantiles (the embargo)."""
    past, now = _backtest(14)
    cutoff = past[names.CUTOFF].max()
    late = past[names.DS] > cutoff
    assert late.any(), "the check has nothing to tamper with"
    tampered = past.assign(y=past[names.Y].where(~late, 1e6))
    first, second = (_settled(calibrator, frame, now, cutoff) for frame in (past, tampered))
    pd.testing.assert_frame_equal(first, second)


def _settled(calibrator: Calibrator, past: pd.DataFrame, now: pd.DataFrame, cutoff: pd.Timestamp) -> pd.DataFrame:
    dates = FREQ.after(cutoff, STEPS)
    fold = Fold(cutoff, STEPS, 0, FREQ, SELECT, 0)
    ds = np.tile(dates.to_numpy(), SERIES)
    asked = now.assign(ds=ds)
    reference = asked[[names.SERIES, names.DS, "mae_scale", *(c for c in now.columns if str(c).startswith("naive_"))]]
    truth = asked[[names.SERIES, names.DS, names.LEVEL]].assign(segment="", y=1.0)
    forecasts = asked[[names.SERIES, names.DS, names.YHAT]].assign(source="model")
    summing = pd.DataFrame({names.SERIES: ["s0"], "bottom": ["s0"]})
    return settle(forecasts, fold, summing, truth, reference, past, BottomUp(), calibrator, LEVELS, "zero")


def _backtest(folds: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecasts of ``folds`` earlier folds with what came true, and those of the next fold."""
    rng = np.random.default_rng(9)
    ids = np.array([f"s{i}" for i in range(SERIES)])
    ends = FREQ.after(pd.Timestamp("2023-12-31"), folds + 1 + STEPS)
    parts = []
    for number in range(folds + 1):
        frame = pd.DataFrame(
            {
                names.SERIES: np.repeat(ids, STEPS),
                names.LEVEL: names.SEGMENT,
                names.CUTOFF: ends[number],
                names.DS: np.tile(ends[number + 1 : number + 1 + STEPS].to_numpy(), SERIES),
                names.STEP: np.tile(np.arange(1, STEPS + 1), SERIES),
                names.YHAT: rng.uniform(50, 100, SERIES * STEPS),
                "base": np.nan,
                "mae_scale": np.repeat([5.0, 9.0, 20.0, 0.0, np.nan], STEPS),
            }
        )
        frame[names.Y] = frame[names.YHAT] + rng.normal(2, 9, len(frame))
        for level in LEVELS:
            frame[f"naive_{quantile_column(level)}"] = (level - 0.5) * 30
        parts.append(frame)
    past = pd.concat(parts[:-1], ignore_index=True) if folds else parts[0].iloc[:0]
    return past, parts[-1].drop(columns=names.Y)


CHECKS: tuple[Check, ...] = (
    rows_stay_and_say_whence,
    quantiles_are_all_or_none_and_ordered,
    below_zero_is_lifted_if_it_says_so,
    rows_have_no_order,
    frames_are_left_as_they_were,
    errors_after_the_cutoff_do_not_matter,
)
