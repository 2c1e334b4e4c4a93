"""What the models of buying say of customers at the edges, and that their formulas agree with each other."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecastlab.btyd import beta_geometric, pareto_nbd
from forecastlab.btyd.beta_geometric import BetaGeometric
from forecastlab.btyd.buyers import Buyers, alike
from forecastlab.btyd.discounted import residual
from forecastlab.btyd.pareto_nbd import Pareto

MODELS = {
    "bg_nbd": BetaGeometric(0.24, 4.4, 0.79, 2.4, False),
    "mbg_nbd": BetaGeometric(0.52, 6.2, 0.89, 1.6, True),
    "a_is_one": BetaGeometric(0.5, 6.0, 1.0, 1.6, True),
    "pareto_nbd": Pareto(0.55, 10.6, 0.61, 11.7),
    "s_is_one": Pareto(0.55, 10.6, 1.0, 11.7),
    "alpha_above_beta": Pareto(0.55, 20.0, 3.0, 0.5),
}
every_model = pytest.mark.parametrize("name", list(MODELS))


def some():
    """Nobody's repeat; just born; regular; long silent; a very heavy buyer, active and gone."""
    return Buyers(
        np.array([0.0, 0.0, 5.0, 5.0, 4000.0, 4000.0]),
        np.array([0.0, 0.0, 30.0, 8.0, 51.9, 40.0]),
        np.array([38.9, 0.0, 32.0, 39.0, 52.0, 52.0]),
    )


@every_model
def test_when_customers_are_extreme_then_every_answer_is_a_number_within_its_bounds(name):
    model = MODELS[name]
    alive, active = model.p_alive(some()), model.p_active(some(), [1.0, 520.0])
    expected = model.expected(some(), [0.0, 1.0, 520.0])
    assert ((alive >= 0) & (alive <= 1)).all()
    assert (active >= 0).all() and (active <= alive[:, None] + 1e-12).all()
    assert np.isfinite(expected).all() and (np.diff(expected, axis=1) >= 0).all() and (expected[:, 0] == 0).all()
    assert alive[4] > 0.5 and alive[5] < 1e-6  # silence says most of who bought daily


@every_model
def test_when_the_rate_is_added_up_over_time_then_the_expected_purchases(name):
    model = MODELS[name]
    times = 39 * np.linspace(0, 1, 4001) ** 3  # closest at first, where rates fall fastest
    added = np.trapezoid(model.rate(some(), times), times, axis=1)
    assert_allclose(added, model.expected(some(), [39.0])[:, 0], rtol=1e-5)


@every_model
def test_when_the_future_is_simulated_then_means_and_chances_are_those_of_the_formulas(name):
    model, few = MODELS[name], some().take(slice(0, 4))
    drawn = model.draw(few, 39.0, 40_000, np.random.default_rng(5))
    error = drawn.std(axis=1) / 200 + 1e-5
    assert (np.abs(drawn.mean(axis=1) - model.expected(few, [39.0])[:, 0]) < 4.5 * error).all()
    assert_allclose((drawn > 0).mean(axis=1), model.p_active(few, [39.0])[:, 0], atol=0.012)


@every_model
def test_when_later_purchases_count_less_then_the_residual_is_the_discounted_sum_over_time(name):
    model, discount = MODELS[name], 0.05
    times = 600 * np.linspace(0, 1, 1501) ** 3
    bought = np.diff(model.expected(some(), times), axis=1)
    added = bought @ np.exp(-discount * (times[1:] + times[:-1]) / 2)
    assert_allclose(residual(model, some(), discount), added, rtol=1e-3)


def test_when_pareto_purchases_are_discounted_then_the_published_closed_form():
    from scipy.special import hyperu

    model, discount = MODELS["pareto_nbd"], 0.0027
    few = some().take(slice(0, 4))
    k, age, s, beta = model.r + few.x, few.age, model.s, model.beta
    closed = model.p_alive(few) * k / (model.alpha + age) * (beta + age) ** s * discount ** (s - 1)
    closed *= hyperu(s, s, discount * (beta + age))  # Fader, Hardie & Lee (2005), RFM and CLV, eq. 2
    assert_allclose(residual(model, few, discount), closed, rtol=1e-6)


def test_when_somebody_bought_once_then_bg_nbd_calls_them_alive_and_the_others_doubt_it():
    once = some().take(slice(0, 1))
    assert MODELS["bg_nbd"].p_alive(once)[0] == 1
    assert 0.2 < MODELS["mbg_nbd"].p_alive(once)[0] < 0.8
    assert 0.2 < MODELS["pareto_nbd"].p_alive(once)[0] < 0.8


def test_when_a_new_customer_has_no_age_then_pareto_is_sure_and_mbg_knows_the_share_that_never_returns():
    born = some().take(slice(1, 2))
    assert MODELS["pareto_nbd"].p_alive(born)[0] == 1
    assert MODELS["mbg_nbd"].p_alive(born)[0] == pytest.approx(1.6 / (1.6 + 0.89))


def test_when_customers_are_alike_then_they_are_counted_once_whatever_their_order():
    x = np.array([2.0, 0.0, 2.0, 1.0, 0.0])
    t_x = np.array([3.0, 0.0, 3.0, 2.5, 0.0])
    age = np.array([9.0, 4.0, 9.0, 9.0, 9.0])
    found = alike(Buyers(x, t_x, age))
    assert found.rows.x.tolist() == [0, 0, 1, 2] and found.rows.age.tolist() == [4, 9, 9, 9]
    assert found.weight.tolist() == [1, 1, 1, 2] and found.of.tolist() == [3, 0, 3, 2, 1]
    turned = alike(Buyers(x[::-1], t_x[::-1], age[::-1]))
    assert np.array_equal(turned.rows.x, found.rows.x) and np.array_equal(turned.weight, found.weight)


@pytest.mark.parametrize("fit", [lambda b: beta_geometric.fit(b, True), lambda b: beta_geometric.fit(b, False)])
def test_when_the_order_of_customers_changes_then_the_fit_is_the_same_to_the_last_bit(fit):
    draw = np.random.default_rng(3)
    age = draw.integers(20, 50, 800).astype(float)
    x = draw.poisson(draw.gamma(0.8, 2, 800)).astype(float)
    t_x = np.where(x > 0, np.ceil(age * draw.random(800)), 0.0)
    order = draw.permutation(800)
    assert fit(Buyers(x, t_x, age)) == fit(Buyers(x[order], t_x[order], age[order]))


@pytest.mark.parametrize("likelihood", ["bg_nbd", "mbg_nbd", "pareto_nbd"])
@pytest.mark.parametrize("values", [(0.3, 0.2, 0.7, 2.1), (1.5, 3.0, 0.4, 0.1), (0.5, 0.5, 0.5, 0.5)])
def test_when_the_slope_is_computed_then_it_is_that_of_the_likelihood(likelihood, values):
    rows, weight = some().take(slice(0, 4)), np.array([1.0, 2.0, 3.0, 4.0])
    if likelihood == "pareto_nbd":

        def score(v):
            return pareto_nbd._score(rows, weight, v)
    else:
        score = beta_geometric._Likelihood.of(rows, weight, likelihood == "mbg_nbd").score
    values = np.array(values)
    _, slope = score(values)
    for i in range(4):
        step = np.eye(4)[i] * 1e-6 * values[i]
        numeric = (score(values + step)[0] - score(values - step)[0]) / (2 * step[i])
        assert slope[i] == pytest.approx(numeric, rel=1e-6, abs=1e-6)


def test_when_nobody_ever_returns_then_the_fit_says_that_it_did_not_converge():
    nobody = Buyers(np.zeros(50), np.zeros(50), np.arange(1.0, 51.0))
    fit = beta_geometric.fit(nobody, True)
    assert not fit.converged and "bought twice" in fit.reason
    assert np.isfinite(fit.model.expected(nobody, [8.0])).all()


def test_when_times_contradict_each_other_then_customers_are_refused():
    with pytest.raises(ValueError, match="1 of 2 customers"):
        Buyers(np.array([1.0, 1.0]), np.array([5.0, 5.0]), np.array([4.0, 6.0]))
    with pytest.raises(ValueError, match="without a repeat"):
        Buyers(np.array([0.0]), np.array([5.0]), np.array([6.0]))
    with pytest.raises(ValueError, match="nobody"):
        beta_geometric.fit(Buyers(*np.zeros((3, 0))), True)
