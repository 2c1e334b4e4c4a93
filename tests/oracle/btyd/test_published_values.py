"""Our fits against the figures that were published of CDNOW, to the digits that were given.

Fader, Hardie & Lee (2005), "Counting your customers" the easy way; Fader & Hardie, notes on the Pareto/NBD and the
Gamma-Gamma model (brucehardie.com, notes 008, 009, 025); Schmittlein, Morrison & Colombo (1987).
"""

import numpy as np
import pytest

from forecastlab.btyd import beta_geometric, gamma_gamma, pareto_nbd
from forecastlab.btyd.buyers import Buyers

FIRST = Buyers(np.array([2.0]), np.array([30.43]), np.array([38.86]))
LOYAL = Buyers(np.array([26.0]), np.array([30.86]), np.array([31.0]))


def test_when_the_sample_is_prepared_then_its_counts_are_the_published_ones(buyers, spend, days):
    assert (len(buyers), buyers.x.sum(), (buyers.x == 0).sum()) == (2357, 2457, 1411)
    assert len(spend[0]) == 946
    assert (days["date"] > "1997-09-30").sum() == 1882


def test_when_bg_nbd_is_fitted_then_the_published_values(buyers):
    fit = beta_geometric.fit(buyers, at_first=False)
    model = fit.model
    assert [round(v, 4) for v in (model.r, model.alpha, model.a, model.b)] == [0.2426, 4.4136, 0.7929, 2.4259]
    assert (round(fit.loglik, 2), fit.converged, fit.reason) == (-9582.43, True, "")
    assert round(float(model.expected(FIRST, [39.0])[0, 0]), 3) == 1.226
    assert round(float(model.p_alive(FIRST)[0]), 2) == 0.73
    assert round(float(model.expected(buyers, [39.0]).sum()), 1) == 1653.4


def test_when_pareto_nbd_is_fitted_then_the_published_values(buyers):
    fit = pareto_nbd.fit(buyers)
    model = fit.model
    assert [round(v, 4) for v in (model.r, model.alpha, model.s, model.beta)] == [0.5533, 10.5777, 0.6062, 11.6687]
    assert (round(fit.loglik, 2), fit.converged) == (-9594.98, True)
    assert round(float(model.p_alive(LOYAL)[0]), 4) == 0.9979


def test_when_gamma_gamma_is_fitted_then_the_published_values(spend):
    fit = gamma_gamma.fit(*spend)
    model = fit.model
    assert [round(v, 4) for v in (model.p, model.q, model.gamma)] == [6.2496, 3.7442, 15.4435]
    assert (round(fit.loglik, 2), fit.converged) == (-4055.92, True)


@pytest.mark.parametrize("at_first", [False, True])
def test_when_the_holdout_comes_then_its_purchases_are_near_what_was_expected(buyers, at_first):
    expected = beta_geometric.fit(buyers, at_first).model.expected(buyers, [39.0]).sum()
    assert expected == pytest.approx(1882, rel=0.17)
