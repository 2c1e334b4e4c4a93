"""What every reconciler must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from forecastlab.schema import DataError, Reconciler, names
from forecastlab.schema.names import TOTAL

Check = Callable[[Reconciler], None]
BOTTOM = ("a/x", "a/y", "b/x", "b/y")
UPPER = {"total": BOTTOM, "a": BOTTOM[:2], "b": BOTTOM[2:]}


def the_levels_agree(reconciler: Reconciler) -> None:
    """Every upper series is the sum of its bottom series in every period, to the last cent."""
    found = reconciler.reconcile(_forecasts(), _summing(), _past())
    wide = found.pivot(index=names.DS, columns=names.SERIES, values=names.YHAT)
    for upper, bottom in UPPER.items():
        np.testing.assert_allclose(wide[upper], wide[list(bottom)].sum(axis=1), rtol=1e-12, err_msg=upper)


def every_series_is_there_once(reconciler: Reconciler) -> None:
    """All levels come back, each series and period once, and numbers are finite."""
    found = reconciler.reconcile(_forecasts(), _summing(), _past())
    assert set(found[names.SERIES]) == {*BOTTOM, *UPPER, "orders"}, "series are missing"
    assert not found.duplicated([names.SERIES, names.DS]).any(), "a series and period is there twice"
    assert np.isfinite(found[names.YHAT]).all(), "not finite"


def what_adds_to_nothing_stays(reconciler: Reconciler) -> None:
    """A series that is no part of a sum, such as one that counts orders, is left alone."""
    found = reconciler.reconcile(_forecasts(), _summing(), _past())
    alone = found.loc[found[names.SERIES] == "orders", names.YHAT]
    assert sorted(alone) == [7.0, 7.0, 7.0], f"the series of its own became {sorted(alone)}"


def rows_have_no_order(reconciler: Reconciler) -> None:
    """Rows in another order give the same bits."""
    keys = [names.SERIES, names.DS]
    expected = reconciler.reconcile(_forecasts(), _summing(), _past()).sort_values(keys, ignore_index=True)
    mixed = reconciler.reconcile(
        _forecasts().sample(frac=1, random_state=1),
        _summing().sample(frac=1, random_state=2),
        _past().sample(frac=1, random_state=3),
    )
    pd.testing.assert_frame_equal(mixed.sort_values(keys, ignore_index=True), expected, check_exact=True)


def missing_money_is_refused(reconciler: Reconciler) -> None:
    """A bottom series or period without a forecast is an error: the sum would lose money in silence."""
    frame = _forecasts()
    for case in (frame[frame[names.SERIES] != "a/y"], frame.drop(index=0)):
        try:
            reconciler.reconcile(case, _summing(), _past())
        except DataError:
            continue
        raise AssertionError("a sum was made although a part of it is missing")


def frames_are_left_as_they_were(reconciler: Reconciler) -> None:
    """No frame is written into."""
    frame, summing, past = _forecasts(), _summing(), _past()
    reconciler.reconcile(frame, summing, past)
    pd.testing.assert_frame_equal(frame, _forecasts())
    pd.testing.assert_frame_equal(summing, _summing())
    pd.testing.assert_frame_equal(past, _past())


def it_does_with_what_there_is(reconciler: Reconciler) -> None:
    """Without earlier errors, without forecasts of upper series, and with series seen for the first time, all the same.

    Upper series have no forecast where no route leads to them, and no errors in the first fold.
    """
    whole, past = _forecasts(), _past()
    plain = whole[~whole[names.SERIES].isin(UPPER)]
    cases = [
        (whole, past.iloc[:0]),
        (plain, past),
        (whole, past[past[names.SERIES] != "a/x"]),
        (whole, past[past[names.SERIES] != TOTAL]),
        (whole, past.assign(base=past[names.Y])),
    ]
    for forecasts, known in cases:
        found = reconciler.reconcile(forecasts, _summing(), known)
        wide = found.pivot(index=names.DS, columns=names.SERIES, values=names.YHAT)
        assert np.isfinite(wide.to_numpy()).all(), "not finite"
        np.testing.assert_allclose(wide[TOTAL], wide[list(BOTTOM)].sum(axis=1), rtol=1e-12)
    nothing = _summing().iloc[:0]
    alone = whole[whole[names.SERIES] == "orders"].reset_index(drop=True)
    pd.testing.assert_frame_equal(reconciler.reconcile(alone, nothing, past.iloc[:0]).reset_index(drop=True), alone)


def _forecasts() -> pd.DataFrame:
    """Forecasts of all levels, which do not agree."""
    dates = pd.date_range("2024-01-07", periods=3, freq="7D")
    rng = np.random.default_rng(2)
    values = rng.uniform(0.01, 1e6, (len(BOTTOM), 3)).round(2)
    upper = [values[[BOTTOM.index(part) for part in parts]].sum(axis=0) * 1.1 for parts in UPPER.values()]
    ids = [*BOTTOM, *UPPER, "orders"]
    return pd.DataFrame(
        {
            names.SERIES: np.repeat(ids, 3),
            names.DS: np.tile(dates.to_numpy(), len(ids)),
            names.YHAT: np.concatenate([values.ravel(), *upper, [7.0, 7.0, 7.0]]),
        }
    )


def _past() -> pd.DataFrame:
    """What was said and came true at four earlier cutoffs, two periods ahead each."""
    rng = np.random.default_rng(3)
    ends = pd.date_range("2023-11-26", periods=6, freq="7D")
    frames = []
    for number, cutoff in enumerate(ends[:4]):
        for step in (1, 2):
            y = rng.uniform(1, 1e6, len(BOTTOM))
            sums = [y[[BOTTOM.index(part) for part in parts]].sum() for parts in UPPER.values()]
            came = np.array([*y, *sums, 7.0])
            frames.append(
                pd.DataFrame(
                    {
                        names.SERIES: [*BOTTOM, *UPPER, "orders"],
                        names.CUTOFF: cutoff,
                        names.DS: ends[number + step],
                        names.STEP: step,
                        "base": came * rng.uniform(0.8, 1.3, len(came)),
                        names.Y: came,
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def _summing() -> pd.DataFrame:
    pairs = [(upper, bottom) for upper, parts in UPPER.items() for bottom in parts]
    return pd.DataFrame(pairs, columns=[names.SERIES, "bottom"])


CHECKS: tuple[Check, ...] = (
    the_levels_agree,
    every_series_is_there_once,
    what_adds_to_nothing_stays,
    rows_have_no_order,
    missing_money_is_refused,
    frames_are_left_as_they_were,
    it_does_with_what_there_is,
)
