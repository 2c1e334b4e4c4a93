"""What the Gamma-Gamma model expects a purchase to cost."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecastlab.btyd import gamma_gamma
from forecastlab.btyd.gamma_gamma import GammaGamma

MODEL = GammaGamma(6.0, 4.0, 15.0)


def test_when_nothing_was_bought_then_the_mean_of_all_and_with_purchases_between_it_and_their_own():
    assert MODEL.mean == 30.0  # 6 · 15 / (4 - 1)
    # 6 · (15 + 2 · 60) / (12 + 3), and for very many purchases their own mean
    assert_allclose(MODEL.spend(np.array([0.0, 2.0, 1e9]), np.array([np.nan, 60.0, 60.0])), [30.0, 54.0, 60.0])


def test_when_spend_has_no_mean_then_it_is_infinite_and_not_negative():
    wild = GammaGamma(0.5, 0.4, 15.0)
    assert wild.mean == np.inf
    assert wild.spend(np.array([0.0, 1.0]), np.array([0.0, 10.0])).tolist() == [np.inf, np.inf]


def test_when_spend_is_simulated_then_its_mean_is_the_expected_one():
    coming = np.full((2, 40_000), 3)
    drawn = MODEL.draw(np.array([0.0, 2.0]), np.array([np.nan, 60.0]), coming, np.random.default_rng(1))
    assert_allclose(drawn.mean(axis=1), [90.0, 162.0], rtol=0.02)
    assert (MODEL.draw(np.array([1.0]), np.array([9.0]), np.zeros((1, 5), int), np.random.default_rng(1)) == 0).all()


def test_when_values_are_known_then_the_fit_finds_them_again():
    draw = np.random.default_rng(2)
    x = draw.integers(1, 12, 20_000).astype(float)
    mean = draw.gamma(6 * x, 1.0) / draw.gamma(4, 1 / 15, 20_000) / x
    fit = gamma_gamma.fit(x, mean)
    assert fit.converged
    assert_allclose([fit.model.p, fit.model.q, fit.model.gamma], [6, 4, 15], rtol=0.06)


def test_when_somebody_has_no_spend_then_the_fit_refuses():
    with pytest.raises(ValueError, match="spend above 0"):
        gamma_gamma.fit(np.array([1.0, 2.0]), np.array([5.0, 0.0]))
    with pytest.raises(ValueError, match="nobody"):
        gamma_gamma.fit(np.array([]), np.array([]))
