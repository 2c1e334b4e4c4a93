"""Sales from customers: what is added up, where it counts, and what newcomers add."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecastlab.btyd.beta_geometric import BetaGeometric
from forecastlab.model import _newcomer_sales, _shares
from forecastlab.model._customer_sales import expected_sales, followed, spend_of
from forecastlab.model.btyd import Btyd
from forecastlab.model.ensemble import Ensemble
from forecastlab.model.naive import Naive
from forecastlab.schema import CustomerBase, Frequency, Future, Grid, History
from forecastlab.schema.customer_base import Earlier

WEEKS = Frequency("W-SUN")
CUTOFF = pd.Timestamp("2024-02-04")
PROCESS = BetaGeometric(0.8, 20.0, 0.9, 2.5, True)
ENDS = np.array([7.0, 14.0, 21.0])
NOBODY = Earlier(*np.zeros((7, 0)).astype(int))


def base(**other):
    """Three customers; the first moves from segment 0 to segment 1 when silent."""
    given = {
        "x": np.array([3.0, 0.0, 1.0]),
        "t_x": np.array([50.0, 0.0, 20.0]),
        "age": np.array([60.0, 30.0, 90.0]),
        "value": np.array([40.0, 5.0, 20.0]),
        "days": np.array([4.0, 1.0, 2.0]),
        "silent": np.array([[0, 1, 1], [1, 1, 1], [0, 0, 0]], dtype=np.int16),
        "bought": np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]], dtype=np.int16),
        "segments": ("active", "sleeping"),
        "known": np.full(10, 50.0),
        "arrivals": np.array([0, 0, 0, 0, 0, 0, 2, 4, 4, 2.0]),
        "cohorts": pd.DataFrame({"unique_id": [], "since": [], "at": [], "value": []}),
        "lately": 10,
        "earlier": NOBODY,
    }
    return CustomerBase(**given | other)


def history(found, rows=("active", "sleeping"), values=None):
    ids = np.array([f"segment={row}" for row in rows])
    values = np.full((len(rows), 10), 25.0) if values is None else values
    static = pd.DataFrame({"level": "segment", "segment": list(rows)}, index=pd.Index(ids, name="unique_id"))
    return History(Grid(ids, WEEKS.after(CUTOFF - 70 * pd.Timedelta(days=1), 10), values), WEEKS, 1, static, found)


def test_when_purchases_are_added_up_then_segments_share_all_that_customers_are_expected_to_buy():
    found, spend = base(), np.array([10.0, 5.0, 8.0])
    buyers = _buyers(found)
    each = np.diff(PROCESS.expected(buyers, [0.0, *ENDS]), axis=1) * spend[:, None]
    told = expected_sales(found, PROCESS, spend, ENDS)
    assert_allclose(told.sum(axis=0), each.sum(axis=0))
    assert_allclose(told[:, 0], [each[0, 0] + each[2, 0], each[1, 0]])
    assert told[1, 1] > each[1, 1]  # some of the first customer's purchases come after a silence


def test_when_a_customer_was_silent_then_what_follows_is_what_a_simulation_says():
    found = base()
    told = expected_sales(found, PROCESS, np.array([1.0, 0.0, 0.0]), ENDS)
    draw, n = np.random.default_rng(4), 2_000_000
    rate = draw.gamma(PROCESS.r + 3, 1 / (PROCESS.alpha + 60), n)
    chance = draw.beta(PROCESS.a, PROCESS.b + 1 + 3, n)
    alive = draw.random(n) < PROCESS.p_alive(_buyers(found))[0]
    last = draw.geometric(chance)  # the purchase after which the customer is lost
    weeks = draw.poisson(rate[:, None] * 7, (n, 2)).cumsum(axis=1)
    bought = np.minimum(weeks, last[:, None]) * alive[:, None]
    after_silence = (bought[:, 1] - bought[:, 0]) * (bought[:, 0] == 0)
    assert told[1, 1] == pytest.approx(after_silence.mean(), abs=4 * after_silence.std() / np.sqrt(n))


def test_when_spend_is_not_shrunk_then_everybody_spends_the_mean_of_a_purchase_day():
    assert spend_of(base(), shrink=False).tolist() == [65 / 7] * 3


def test_when_spend_is_shrunk_then_who_spends_more_counts_more_but_less_than_they_spent():
    draw = np.random.default_rng(6)
    days = draw.integers(1, 5, 300).astype(float)
    own = draw.gamma(20 * days, 1 / days) / draw.gamma(5, 1.0, 300)
    told = spend_of(base(value=own * days, days=days), shrink=True)
    least, most = np.argmin(own), np.argmax(own)
    assert own[least] < told[least] < own.mean() < told[most] < own[most]


def test_when_nothing_tells_values_apart_then_their_mean_is_used():
    orders = base(value=np.array([4.0, 1.0, 2.0]))
    assert_allclose(spend_of(orders, shrink=True), 1.0, rtol=1e-3)


def test_when_segments_bought_otherwise_than_expected_then_they_are_followed_as_far_as_is_asked():
    n = 400
    seen = Earlier(
        who=np.zeros(n, dtype=int),
        x=np.full(n, 3.0),
        t_x=np.full(n, 50.0),
        age=np.full(n, 60.0),
        segment=np.repeat([0, 1], n // 2).astype(np.int16),
        value=np.repeat([0.6, 0.2], n // 2),
        days=np.full(n, 7.0),
    )
    spend = np.ones(3)
    one = PROCESS.expected(_buyers(base()).take(slice(0, 1)), [7.0])[0, 0]
    assert followed(base(earlier=seen), PROCESS, spend, 0.0, 0.0).tolist() == [1.0, 1.0]
    assert_allclose(followed(base(earlier=seen), PROCESS, spend, 1.0, 0.0), 0.4 / one)
    believed = one * 200 / (one * 200 + 30)
    assert_allclose(followed(base(earlier=seen), PROCESS, spend, 0.0, 1.0), [1.5**believed, 0.5**believed])


def test_when_newcomers_are_expected_then_their_number_times_what_people_bought_at_that_age():
    # two cohorts of 4 and one of 2 in the last weeks: first purchases of 10 each, a week later 3 each
    cohorts = pd.DataFrame(
        {
            "unique_id": ["new", "new", "new", "old", "old"],
            "since": [7, 8, 9, 7, 8],
            "at": [7, 8, 9, 8, 9],
            "value": [40.0, 40.0, 20.0, 12.0, 12.0],
        }
    )
    found = base(cohorts=cohorts)
    ids = np.array(["new", "old"])
    told = _newcomer_sales.newcomer_sales(found, ids, np.array([2.0, 3.0]), window=3)
    assert_allclose(told[0], [20.0, 30.0])
    assert_allclose(told[1], [0.0, 2 * 24 / 10])  # of 2 + 4 + 4 who could have, in the weeks before last


def test_when_a_segment_has_several_series_then_they_share_it_as_they_did_lately():
    values = np.vstack([np.full(10, 30.0), np.full(10, 10.0), np.full(10, 7.0)])
    past = history(base(), ("active", "active", "sleeping"), values)
    assert _shares.shares(past, base(), 4).tolist() == [0.75, 0.25, 1.0]
    whole = replace(past, static=past.static.assign(segment=""))
    assert _shares.shares(whole, base(), 4).tolist() == [0.6, 0.2, 0.14]  # of 50 a week that have a name to them


def test_when_nobody_has_bought_yet_then_every_series_is_a_failure_with_a_reason():
    none = {name: getattr(base(), name)[:0] for name in ("x", "t_x", "age", "value", "days", "silent", "bought")}
    fitted = part().fit(history(base(**none)))
    assert set(fitted.failures) == {"segment=active", "segment=sleeping"}


def test_when_more_periods_are_asked_than_it_was_fitted_for_then_it_says_so():
    past = history(base())
    fitted = part().fit(past)
    with pytest.raises(ValueError, match="fitted to tell 3 periods ahead, asked are 4"):
        fitted.predict(Future(WEEKS.after(CUTOFF, 4)))


def test_when_sales_have_no_customer_then_they_go_on_as_a_series_does():
    past = history(base(), ("active", "anonymous"), np.vstack([np.full(10, 25.0), np.arange(10.0)]))
    assert part().fit(past).yhat[1].tolist() == [9.0, 9.0, 9.0]


def test_when_the_rest_is_foretold_by_a_combination_then_it_is_refused():
    wrong = replace(part(), rest=Ensemble({"naive": Naive()}, None, None))
    assert [fault.where for fault in wrong.mistakes()] == ["rest"]
    assert [fault.where for fault in replace(part(), rest=part()).mistakes()] == ["rest"]


def part():
    return Btyd("mbg_nbd", "gamma_gamma", 0.0, 0.0, 8, Naive())


def _buyers(found):
    from forecastlab.model._customer_sales import buyers_of

    return buyers_of(found)
