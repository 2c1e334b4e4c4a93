"""Rules kept as plain arrays against the scikit-learn objects that they were made of; intervals against statsmodels."""

import json

import numpy as np
import pytest
from scipy.special import stdtrit
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Lasso, Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from forecastlab.model._linear import learn_linear
from forecastlab.model.linear import Linear
from forecastlab.model.mlp import Mlp
from forecastlab.model.random_forest import RandomForest
from forecastlab.model.regression import Regression
from forecastlab.model.svr import Svr
from forecastlab.schema.state import pack, unpack

POOL = ({}, [], [], "level")


@pytest.fixture(scope="module")
def rows():
    draw = np.random.default_rng(4)
    x = draw.normal(size=(120, 5)) * [1, 10, 0.1, 5, 2] + [0, 3, 100, -2, 7]
    y = x[:, 0] + np.sin(x[:, 3]) + 0.2 * x[:, 4] ** 2 + draw.normal(size=120)
    return x, y, draw.normal(size=(40, 5)) * [1, 10, 0.1, 5, 2] + [0, 3, 100, -2, 7]


@pytest.mark.parametrize(("depth", "share"), [(None, 1.0), (4, 0.5)])
def test_when_the_forest_is_arrays_then_it_foretells_the_same_bits(rows, depth, share):
    x, y, new = rows
    x, new = x.copy(), new.copy()
    x[::7, 1], new[::3, 1], new[5, 3] = np.nan, np.nan, np.nan
    ours = RandomForest(*POOL, 40, depth, 3, 0.5, share, 9).learn(x, y)
    theirs = RandomForestRegressor(
        40, max_depth=depth, min_samples_leaf=3, max_features=0.5, max_samples=share, random_state=9
    ).fit(x, y)
    np.testing.assert_array_equal(ours.predict(new), theirs.predict(new))
    np.testing.assert_array_equal(ours.predict(new[:1]), theirs.predict(new[:1]))


@pytest.mark.parametrize(("bend", "solver"), [("relu", "adam"), ("tanh", "lbfgs")])
@pytest.mark.filterwarnings("ignore:lbfgs failed to converge|Stochastic Optimizer")
def test_when_the_network_is_arrays_then_it_foretells_the_same(rows, bend, solver):
    x, y, new = rows
    ours = Mlp(*POOL, [8, 4], bend, solver, 0.01, 0.01, 30, 3).learn(x, y)
    net = MLPRegressor(
        hidden_layer_sizes=(8, 4),
        activation=bend,
        solver=solver,
        alpha=0.01,
        learning_rate_init=0.01,
        max_iter=30,
        random_state=3,
    )
    level, unit = y.mean(), y.std()
    theirs = make_pipeline(StandardScaler(), net).fit(x, (y - level) / unit)
    np.testing.assert_allclose(ours.predict(new), level + unit * theirs.predict(new), rtol=1e-7)


@pytest.mark.parametrize("gamma", [None, 0.3])
def test_when_the_support_vectors_are_arrays_then_they_foretell_the_same(rows, gamma):
    x, y, new = rows
    ours = Svr(*POOL, 2.0, 0.1, gamma, 1000).learn(x, y)
    theirs = make_pipeline(StandardScaler(), SVR(C=2.0, gamma=gamma or 1 / 5)).fit(x, (y - y.mean()) / y.std())
    np.testing.assert_allclose(ours.predict(new), y.mean() + y.std() * theirs.predict(new), rtol=1e-9)


def test_when_there_are_more_rows_than_allowed_then_evenly_spaced_ones_are_learned_from(rows):
    x, y, _ = rows
    few = Svr(*POOL, 2.0, 0.1, 0.3, 40).learn(x, y)
    assert 10 < len(few.vectors) <= 40
    assert np.corrcoef(few.predict(x), y)[0, 1] > 0.6


@pytest.mark.parametrize("penalty", ["ridge", "lasso"])
def test_when_the_line_is_arrays_then_it_foretells_the_same(rows, penalty):
    x, y, new = rows
    ours = Linear(*POOL, penalty, 0.2, 500).learn(x, y)
    theirs = make_pipeline(StandardScaler(), Ridge(0.2 * 120) if penalty == "ridge" else Lasso(0.2)).fit(x, y)
    np.testing.assert_allclose(ours.predict(new), theirs.predict(new), rtol=1e-9)


def test_when_ridge_is_asked_of_either_part_then_the_same_rule(rows):
    x, y, new = rows
    one, other = Linear(*POOL, "ridge", 0.05, 1).learn(x, y), Regression(*POOL, 0.05 * 120).learn(x, y)
    np.testing.assert_allclose(one.predict(new), other.predict(new), rtol=1e-9)


def test_when_lasso_is_strict_then_few_weights_are_left(rows):
    x, y, _ = rows
    assert (Linear(*POOL, "lasso", 1.0, 500).learn(x, y).weights != 0).sum() < 5


@pytest.mark.parametrize(
    "part",
    [
        RandomForest(*POOL, 5, None, 3, 0.5, 1.0, 9),
        Mlp(*POOL, [4], "relu", "lbfgs", 0.01, 0.01, 5, 3),
        Svr(*POOL, 2.0, 0.1, None, 1000),
        Linear(*POOL, "lasso", 0.2, 500),
    ],
    ids=lambda part: type(part).__name__,
)
@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
def test_when_a_rule_went_through_json_then_the_same_bits(rows, part):
    x, y, new = rows
    rule = part.learn(x, y)
    tree, arrays = pack(rule.state())
    again = type(rule)(**unpack((json.loads(json.dumps(tree, allow_nan=False)), arrays)))
    assert again.predict(new).tobytes() == rule.predict(new).tobytes()


def test_when_nothing_is_pulled_then_intervals_are_those_of_least_squares(rows):
    import statsmodels.api as sm

    x, y, _ = rows
    ours, theirs = learn_linear(x, y, 0.0), sm.OLS(y, sm.add_constant(x)).fit()
    interval = theirs.conf_int(0.05)[1:]
    np.testing.assert_allclose(ours.weights, theirs.params[1:], rtol=1e-9)
    np.testing.assert_allclose(ours.weights - ours.margins, interval[:, 0], rtol=1e-8)
    np.testing.assert_allclose(ours.weights + ours.margins, interval[:, 1], rtol=1e-8)


def test_when_weights_are_pulled_then_intervals_tell_how_they_scatter():
    """Many draws of the same rows: the spread of the ridge weights is what the sandwich formula says."""
    draw = np.random.default_rng(8)
    x = draw.normal(size=(60, 3)) @ [[1, 0.8, 0], [0, 0.6, 0], [0, 0, 1]]
    found = [learn_linear(x, x @ [1.0, 2.0, 0.0] + draw.normal(size=60), 20.0) for _ in range(600)]
    scatter = np.std([rule.weights for rule in found], axis=0)
    told = np.mean([rule.margins for rule in found], axis=0) / stdtrit(56, 0.975)
    np.testing.assert_allclose(told, scatter, rtol=0.1)
