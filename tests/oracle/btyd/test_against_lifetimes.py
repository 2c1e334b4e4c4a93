"""Our fits and expectations against those of the package lifetimes, on the same customers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecastlab.btyd import beta_geometric, gamma_gamma, pareto_nbd

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.fixture(scope="module")
def bg(buyers):
    from lifetimes import BetaGeoFitter

    return BetaGeoFitter().fit(buyers.x, buyers.t_x, buyers.age)


def test_when_bg_nbd_is_fitted_then_values_chances_and_expectations_are_theirs(buyers, bg):
    model = beta_geometric.fit(buyers, at_first=False).model
    assert_allclose([model.r, model.alpha, model.a, model.b], bg.params_, rtol=1e-3)
    same = beta_geometric.BetaGeometric(*bg.params_, at_first=False)
    args = (buyers.x, buyers.t_x, buyers.age)
    assert_allclose(same.p_alive(buyers), bg.conditional_probability_alive(*args), rtol=1e-9)
    theirs = [bg.conditional_expected_number_of_purchases_up_to_time(t, *args) for t in (1, 8, 39)]
    assert_allclose(same.expected(buyers, [1.0, 8.0, 39.0]), np.array(theirs).T, rtol=1e-6)


def test_when_mbg_nbd_is_fitted_then_values_chances_and_expectations_are_theirs(buyers):
    from lifetimes import ModifiedBetaGeoFitter

    theirs = ModifiedBetaGeoFitter().fit(buyers.x, buyers.t_x, buyers.age)
    model = beta_geometric.fit(buyers, at_first=True).model
    assert_allclose([model.r, model.alpha, model.a, model.b], theirs.params_, rtol=1e-3)
    same = beta_geometric.BetaGeometric(*theirs.params_, at_first=True)
    args = (buyers.x, buyers.t_x, buyers.age)
    assert_allclose(same.p_alive(buyers), theirs.conditional_probability_alive(*args), rtol=1e-9)
    expected = theirs.conditional_expected_number_of_purchases_up_to_time(39, *args)
    assert_allclose(same.expected(buyers, [39.0])[:, 0], expected, rtol=1e-6)


def test_when_pareto_nbd_has_the_same_values_then_the_same_chances_and_expectations(buyers):
    from lifetimes import ParetoNBDFitter

    theirs = ParetoNBDFitter()
    theirs.params_ = dict(zip(("r", "alpha", "s", "beta"), (0.5533, 10.5777, 0.6062, 11.6687), strict=True))
    same = pareto_nbd.Pareto(0.5533, 10.5777, 0.6062, 11.6687)
    args = (buyers.x, buyers.t_x, buyers.age)
    theirs._unload_params = lambda *_: (0.5533, 10.5777, 0.6062, 11.6687)
    assert_allclose(same.p_alive(buyers), theirs.conditional_probability_alive(*args), rtol=1e-7)
    expected = theirs.conditional_expected_number_of_purchases_up_to_time(39, *args)
    assert_allclose(same.expected(buyers, [39.0])[:, 0], expected, rtol=1e-7)
    nothing = theirs.conditional_probability_of_n_purchases_up_to_time(0, 39, *(arg[:40] for arg in args))
    assert_allclose(1 - same.p_active(buyers.take(slice(0, 40)), [39.0])[:, 0], nothing, rtol=1e-6)


def test_when_gamma_gamma_is_fitted_then_values_and_expected_spend_are_theirs(spend):
    from lifetimes import GammaGammaFitter

    theirs = GammaGammaFitter().fit(*spend)
    model = gamma_gamma.fit(*spend).model
    assert_allclose([model.p, model.q, model.gamma], theirs.params_, rtol=2e-3)
    same = gamma_gamma.GammaGamma(*theirs.params_)
    assert_allclose(same.spend(*spend), theirs.conditional_expected_average_profit(*spend), rtol=1e-9)
