"""What every reconciler must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from forecastlab.schema import DataError, Reconciler, names

Check = Callable[[Reconciler], None]
BOTTOM = ("a/x", "a/y", "b/x", "b/y")
UPPER = {"total": BOTTOM, "a": BOTTOM[:2], "b": BOTTOM[2:]}


def the_levels_agree(reconciler: Reconciler) -> None:
    """Every upper series is the sum of its bottom series in every period, to the last cent."""
    found = reconciler.reconcile(_forecasts(), _summing())
    wide = found.pivot(index=names.DS, columns=names.SERIES, values=names.YHAT)
    for upper, bottom in UPPER.items():
        np.testing.assert_allclose(wide[upper], wide[list(bottom)].sum(axis=1), rtol=1e-12, err_msg=upper)


def every_series_is_there_once(reconciler: Reconciler) -> None:
    """All levels come back, each series and period once, and numbers are finite."""
    found = reconciler.reconcile(_forecasts(), _summing())
    assert set(found[names.SERIES]) == {*BOTTOM, *UPPER, "orders"}, "series are missing"
    assert not found.duplicated([names.SERIES, names.DS]).any(), "a series and period is there twice"
    assert np.isfinite(found[names.YHAT]).all(), "not finite"


def what_adds_to_nothing_stays(reconciler: Reconciler) -> None:
    """A series that is no part of a sum, such as one that counts orders, is left alone."""
    found = reconciler.reconcile(_forecasts(), _summing())
    alone = found.loc[found[names.SERIES] == "orders", names.YHAT]
    assert sorted(alone) == [7.0, 7.0, 7.0], f"the series of its own became {sorted(alone)}"


def rows_have_no_order(reconciler: Reconciler) -> None:
    """Rows in another order give the same bits."""
    keys = [names.SERIES, names.DS]
    expected = reconciler.reconcile(_forecasts(), _summing()).sort_values(keys, ignore_index=True)
    mixed = reconciler.reconcile(_forecasts().sample(frac=1, random_state=1), _summing().sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(mixed.sort_values(keys, ignore_index=True), expected, check_exact=True)


def missing_money_is_refused(reconciler: Reconciler) -> None:
    """A bottom series or period without a forecast is an error: the sum would lose money in silence."""
    frame = _forecasts()
    for case in (frame[frame[names.SERIES] != "a/y"], frame.drop(index=0)):
        try:
            reconciler.reconcile(case, _summing())
        except DataError:
            continue
        raise AssertionError("a sum was made although a part of it is missing")


def frames_are_left_as_they_were(reconciler: Reconciler) -> None:
    """Neither frame is written into."""
    frame, summing = _forecasts(), _summing()
    reconciler.reconcile(frame, summing)
    pd.testing.assert_frame_equal(frame, _forecasts())
    pd.testing.assert_frame_equal(summing, _summing())


def _forecasts() -> pd.DataFrame:
    dates = pd.date_range("2024-01-07", periods=3, freq="7D")
    values = np.random.default_rng(2).uniform(0.01, 1e6, (len(BOTTOM), 3)).round(2)
    ids = [*BOTTOM, "orders"]
    return pd.DataFrame(
        {
            names.SERIES: np.repeat(ids, 3),
            names.DS: np.tile(dates.to_numpy(), len(ids)),
            names.YHAT: np.concatenate([values.ravel(), [7.0, 7.0, 7.0]]),
        }
    )


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
)
