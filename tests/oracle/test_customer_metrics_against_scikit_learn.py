"""Measures of customers' scores against scikit-learn's, scipy's and lifelines', ties included."""

import numpy as np
import pytest
from lifelines.utils import concordance_index
from scipy.stats import spearmanr
from sklearn import metrics
from sklearn.calibration import calibration_curve

from forecastlab.metric.auc import Auc
from forecastlab.metric.average_precision import AveragePrecision
from forecastlab.metric.brier import Brier
from forecastlab.metric.calibration import Calibration
from forecastlab.metric.concordance import Concordance
from forecastlab.metric.gini import Gini
from forecastlab.metric.log_loss import LogLoss
from forecastlab.metric.spearman import Spearman
from forecastlab.schema import Scored

SEEDS = range(5)


def scored(y, yhat):
    nothing = np.full(len(y), np.nan)
    return Scored(np.asarray(y, float), np.asarray(yhat, float), np.arange(len(y)), nothing, nothing, nothing, {})


def drawn(seed, digits):
    """Events with probabilities, rounded so that some are equal."""
    rng = np.random.default_rng(seed)
    p = np.round(rng.beta(2, 3, 400), digits).clip(0.01, 0.99)
    return (rng.uniform(size=400) < p).astype(float), p


@pytest.mark.parametrize("digits", [1, 8])
@pytest.mark.parametrize("seed", SEEDS)
def test_when_events_are_scored_then_the_figures_are_those_of_scikit_learn(seed, digits):
    y, p = drawn(seed, digits)
    found = {
        part.__class__.__name__: part.score(scored(y, p)) for part in (Auc(), AveragePrecision(), Brier(), LogLoss())
    }
    assert found == pytest.approx(
        {
            "Auc": metrics.roc_auc_score(y, p),
            "AveragePrecision": metrics.average_precision_score(y, p),
            "Brier": metrics.brier_score_loss(y, p),
            "LogLoss": metrics.log_loss(y, p),
        },
        rel=1e-12,
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_when_probabilities_are_cut_into_bins_then_their_gaps_are_those_of_the_calibration_curve(seed):
    y, p = drawn(seed, 8)
    came, told = calibration_curve(y, p, n_bins=10, strategy="quantile")
    assert Calibration(bins=10).score(scored(y, p)) == pytest.approx(np.mean(np.abs(came - told)), rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_when_money_is_ranked_then_rho_is_that_of_scipy_and_gini_that_of_the_area(seed):
    rng = np.random.default_rng(seed)
    money = rng.gamma(0.5, 40, 300) * (rng.uniform(size=300) < 0.6)
    yhat = money + rng.normal(0, 30, 300)
    assert Spearman().score(scored(money, yhat)) == pytest.approx(spearmanr(money, yhat).statistic, rel=1e-12)

    def area(order):  # Gini as twice the area between the curve of captured money and the diagonal
        held = np.append(0, np.cumsum(money[order])) / money.sum()
        return metrics.auc(np.linspace(0, 1, len(held)), held) - 0.5

    expected = area(np.argsort(-yhat)) / area(np.argsort(-money))
    assert Gini().score(scored(money, yhat)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("digits", [0, 8])
@pytest.mark.parametrize("seed", SEEDS)
def test_when_waits_end_with_the_horizon_then_concordance_is_that_of_lifelines(seed, digits):
    rng = np.random.default_rng(seed)
    wait = np.ceil(rng.exponential(20, 300))
    told = np.round(wait * rng.lognormal(0, 0.8, 300), digits)
    restricted = np.minimum(wait, 28)
    # Who bought on the last day is lumped with those who did not: both waited as long as the horizon.
    expected = concordance_index(restricted, told, restricted < 28)
    assert Concordance().score(scored(restricted, told)) == pytest.approx(expected, rel=1e-12)


def test_when_three_waits_are_ranked_then_pairs_are_counted_by_hand():
    told = scored([3, 9, 28, 28], [4, 20, 20, 2])
    # (3,9) right, (3,28a) right, (3,28b) wrong, (9,28a) half, (9,28b) wrong
    assert Concordance().score(told) == pytest.approx(2.5 / 5)
    assert np.isnan(Concordance().score(scored([28, 28], [1, 2])))
