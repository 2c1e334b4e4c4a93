"""What every forecast method must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from forecastlab.schema import Fitted, Fold, Forecast, Forecaster, Grid, History
from forecastlab.schema.names import SELECT
from forecastlab.stages.forecast import ask, forecast
from forecastlab.testing.stored import stored
from forecastlab.testing.synthetic import QUANTILES, future, history, pathological, seen_by

Check = Callable[[Forecaster], None]
HORIZON = 5


def each_series_is_answered_once(model: Forecaster) -> None:
    """The answer has the series of the history in their order, the asked periods, and finite numbers or a failure."""
    for past in (_past(model), history(3, 1, 24, "D", 7), history(4, 1, 9, "Y", 1)):
        seen = seen_by(model, past)
        _assert_answers(model.fit(seen), seen)


def hard_series_are_answered_or_listed(model: Forecaster) -> None:
    """Short, constant, zero, negative, huge and tiny series get a finite forecast or a named failure, never silence."""
    past = seen_by(model, pathological())
    _assert_answers(model.fit(past), past)


def the_line_always_has_a_forecast(model: Forecaster) -> None:
    """Whatever the method does with hard series, the guarded line ends with one finite number per series and period."""
    past = seen_by(model, pathological())
    fold = Fold(past.cutoff, HORIZON, 1, past.freq, SELECT, 0)
    (answer,) = forecast(model, [ask(past, fold, QUANTILES)], nonnegative=True)
    assert len(answer.frame) == len(past.grid.ids) * HORIZON, "rows are missing or doubled"
    assert np.isfinite(answer.frame["yhat"]).all() and (answer.frame["yhat"] >= 0).all(), "not finite, or below zero"


def a_gap_moves_the_window_only(model: Forecaster) -> None:
    """A period's forecast does not depend on which other periods were asked for."""
    fitted, past = model.fit(_past(model)), _past(model)
    whole = fitted.predict(future(past, HORIZON)).yhat
    late = fitted.predict(future(past, 2, lead=4)).yhat
    np.testing.assert_allclose(late, whole[:, 3:5], rtol=1e-9, err_msg="after a gap other numbers")


def quantiles_are_ordered(model: Forecaster) -> None:
    """Native quantiles, where there are any, are those that were asked for, of the shape of yhat, and never cross."""
    past = _past(model)
    answer = model.fit(past).predict(future(past, HORIZON, levels=QUANTILES))
    assert set(answer.quantiles) <= set(QUANTILES), "quantiles that nobody asked for"
    assert all(values.shape == answer.yhat.shape for values in answer.quantiles.values()), "quantiles of another shape"
    if answer.quantiles:
        stacked = np.array([answer.quantiles[level] for level in sorted(answer.quantiles)])
        whole = np.isfinite(stacked).all(axis=0)
        assert (np.diff(stacked, axis=0)[:, whole] >= 0).all(), "quantiles cross"


def it_is_deterministic(model: Forecaster) -> None:
    """Fitting and predicting again gives the same bits."""
    past = _past(model)
    asked = future(past, HORIZON, levels=QUANTILES)
    fitted = model.fit(past)
    first = fitted.predict(asked)
    _assert_same(first, fitted.predict(asked), "predicting twice gives two answers")
    _assert_same(first, model.fit(past).predict(asked), "fitting twice gives two answers")


def the_past_is_left_as_it_was(model: Forecaster) -> None:
    """Neither fitting nor predicting nor moving on writes into the history."""
    past = _past(model)
    past.grid.values.setflags(write=False)
    before = past.static.copy(deep=True)
    fitted = model.fit(past)
    fitted.predict(future(past, HORIZON))
    fitted.update(past)
    assert past.static.equals(before), "the attributes of the series were changed"


def moving_on_answers_as_fitting_does(model: Forecaster) -> None:
    """After an update the answer begins where the longer history ends, for the same series; the old answer stays."""
    longer = _past(model)
    past = seen_by(model, _until(longer, 4))
    fitted = model.fit(past)
    before = fitted.predict(future(past, HORIZON))
    _assert_answers(fitted.update(longer), longer)
    _assert_same(before, fitted.predict(future(past, HORIZON)), "an update changed the fitted model")


def a_state_predicts_the_same_bits(model: Forecaster) -> None:
    """A fitted model written as JSON and arrays, without pickle, and read again predicts bit by bit the same."""
    past = _past(model)
    fitted = model.fit(past)
    asked = future(past, HORIZON, levels=QUANTILES)
    again = model.from_state(stored(fitted.state()))
    _assert_same(fitted.predict(asked), again.predict(asked), "the stored model predicts otherwise")
    assert dict(again.failures) == dict(fitted.failures), "the stored model has other failures"


def other_series_do_not_matter(model: Forecaster) -> None:
    """A local method forecasts a series alike whatever the other series hold, and when they are not there at all."""
    past = _past(model)
    asked = future(past, HORIZON)
    expected = model.fit(past).predict(asked).yhat
    past.grid.values[1:] = past.grid.values[1:] * 3 + 1e4
    np.testing.assert_array_equal(model.fit(past).predict(asked).yhat[0], expected[0], "other values elsewhere")
    np.testing.assert_array_equal(model.fit(past.take([0])).predict(asked).yhat[0], expected[0], "alone")


def the_order_of_series_does_not_matter(model: Forecaster) -> None:
    """A local method forecasts a series alike wherever it stands."""
    past = _past(model)
    order = np.arange(len(past.grid.ids))[::-1]
    asked = future(past, HORIZON)
    turned = model.fit(past.take(order)).predict(asked)
    assert turned.ids.tolist() == past.grid.ids[order].tolist(), "the answer does not keep the order of the history"
    np.testing.assert_array_equal(turned.yhat[order], model.fit(past).predict(asked).yhat, "another order")


def _past(model: Forecaster) -> History:
    return seen_by(model, history(1, 3, 26, "M", 12))


def _until(past: History, periods: int) -> History:
    values = past.grid.values[:, :-periods]
    return replace(past, grid=Grid(past.grid.ids, past.grid.ds[:-periods], values), base=None)


def _assert_answers(fitted: Fitted, past: History) -> None:
    asked = future(past, HORIZON)
    answer = fitted.predict(asked)
    assert answer.ids.tolist() == past.grid.ids.tolist(), "not the series of the history in their order"
    assert answer.ds.equals(asked.ds), "not the periods that were asked for"
    assert answer.yhat.shape == (len(past.grid.ids), HORIZON), f"shape {answer.yhat.shape}"
    assert set(fitted.failures) <= set(past.grid.ids.tolist()), "a failure of a series that is not there"
    silent = [
        str(name)
        for name, row in zip(answer.ids, answer.yhat, strict=True)
        if not np.isfinite(row).all() and str(name) not in fitted.failures
    ]
    assert not silent, f"no finite forecast and no failure listed: {', '.join(silent)}"
    assert all(fitted.failures.values()), "a failure without a reason"


def _assert_same(one: Forecast, other: Forecast, message: str) -> None:
    np.testing.assert_array_equal(one.yhat, other.yhat, message)
    assert set(one.quantiles) == set(other.quantiles), message
    for level in one.quantiles:
        np.testing.assert_array_equal(one.quantiles[level], other.quantiles[level], message)


CHECKS: tuple[Check, ...] = (
    each_series_is_answered_once,
    hard_series_are_answered_or_listed,
    the_line_always_has_a_forecast,
    a_gap_moves_the_window_only,
    quantiles_are_ordered,
    it_is_deterministic,
    the_past_is_left_as_it_was,
    moving_on_answers_as_fitting_does,
    a_state_predicts_the_same_bits,
)
LOCAL: tuple[Check, ...] = (other_series_do_not_matter, the_order_of_series_does_not_matter)
"""Checks of methods that say they are local."""
