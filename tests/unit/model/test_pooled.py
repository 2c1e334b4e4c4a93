"""Models that learn from windows of all series: what they must find where it is known."""

import numpy as np
import pytest

from forecastlab.model.pooled_net import PooledNet
from forecastlab.model.pooled_trees import PooledTrees
from forecastlab.testing.synthetic import future, of_rows

TREES = PooledTrees(
    block=3, width=4, windows=40, min_series=3, trees=60, learning_rate=0.2, max_depth=3, min_child_weight=1.0,
    subsample=1.0, colsample=1.0, copies=1, seed=0,
)  # fmt: skip
NET = PooledNet(
    block=3,
    width=4,
    windows=40,
    min_series=3,
    layers=[16],
    l2=1e-4,
    learning_rate=0.01,
    batch=64,
    iterations=60,
    copies=2,
    seed=0,
)


def panel(values):
    return of_rows(values, "M", 1)


def zigzags():
    """Series that go up and down by turns, each by its own size: the last step tells the next."""
    sizes = np.linspace(1, 5, 20)[:, None]
    return 100 + sizes * (-1.0) ** np.arange(30)


@pytest.mark.parametrize("model", [TREES, NET])
def test_when_all_series_go_up_and_down_by_turns_then_it_goes_on(model):
    past = panel(zigzags())
    told = model.fit(past).predict(future(past, 3)).yhat
    expected = 100 + np.linspace(1, 5, 20)[:, None] * (-1.0) ** np.arange(30, 33)
    assert np.abs(told - expected).max() < 0.5, "half a step of the smallest series, a tenth of the largest"


@pytest.mark.parametrize("model", [TREES, NET])
def test_when_more_is_asked_than_a_block_then_it_is_told_from_the_block_before(model):
    past = panel(zigzags())
    fitted = model.fit(past)
    first = fitted.predict(future(past, 3)).yhat
    whole = fitted.predict(future(past, 5)).yhat
    np.testing.assert_array_equal(whole[:, :3], first)
    assert np.abs(whole[:, 3:] - (100 + np.linspace(1, 5, 20)[:, None] * (-1.0) ** np.arange(33, 35))).max() < 1


@pytest.mark.parametrize("model", [TREES, NET])
def test_when_a_series_is_measured_in_other_units_then_its_forecast_is_too(model):
    values = zigzags()
    past, cents = panel(values), panel(values * 100)
    np.testing.assert_allclose(
        model.fit(cents).predict(future(cents, 3)).yhat,
        100 * model.fit(past).predict(future(past, 3)).yhat,
        rtol=1e-3,
    )


@pytest.mark.parametrize("model", [TREES, NET])
def test_when_all_series_are_too_short_then_each_is_named_with_the_reason(model):
    past = panel(np.ones((3, 4)))
    fitted = model.fit(past)
    assert set(fitted.failures) == set(past.grid.ids)
    assert np.isnan(fitted.predict(future(past, 3)).yhat).all()


@pytest.mark.parametrize("model", [TREES, NET])
def test_when_no_series_is_long_enough_for_the_block_then_a_shorter_one_is_learned(model):
    past = panel(zigzags()[:, :6])
    fitted = model.fit(past)
    assert fitted.block == 2 and not fitted.failures
    assert np.isfinite(fitted.predict(future(past, 3)).yhat).all()


@pytest.mark.parametrize("model", [TREES, NET])
def test_when_there_are_fewer_series_than_must_teach_then_each_is_named_with_the_reason(model):
    past = panel(zigzags()[:2])
    assert set(model.fit(past).failures) == set(past.grid.ids)


def test_when_a_net_has_copies_then_their_answers_are_averaged():
    past = panel(zigzags())
    each = [
        PooledNet(**{**vars(NET), "copies": 1, "seed": seed}).fit(past).predict(future(past, 3)).yhat for seed in (0, 1)
    ]
    both = np.log(NET.fit(past).predict(future(past, 3)).yhat)
    np.testing.assert_allclose(both, (np.log(each[0]) + np.log(each[1])) / 2, rtol=1e-9)
