"""How long customers wait: labels, means of waits and the rhythm of buying, worked out by hand or drawn."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from forecastlab.btyd import beta_geometric, rhythm
from forecastlab.btyd.beta_geometric import BetaGeometric
from forecastlab.btyd.buyers import Buyers
from forecastlab.btyd.rhythm import Gaps, Rhythm
from forecastlab.customer._waiting import CHUNK, mean_wait
from forecastlab.customer.mbg_nbd import PART as MBG_NBD
from forecastlab.customer.rhythm import PART as RHYTHM
from forecastlab.schema import ConfigError
from forecastlab.schema.customers import Look
from forecastlab.target.next_purchase import NextPurchase
from forecastlab.testing.customers import made_up

LOOK = Look("8 weeks", 2, None, (), ())


def test_when_nobody_came_within_the_horizon_then_the_wait_is_the_horizon():
    after = pd.DataFrame({"wait": [1.0, 28.0, np.nan], "days": [28, 28, 28]})
    target = NextPurchase("W-SUN", "4 weeks", LOOK)
    assert list(target.label(after, after)) == [1.0, 28.0, 28.0]
    known = pd.DataFrame({"recency": [0, 27, 28]})
    assert list(target.left_out(known)) == ["", "", "not bought for 4 weeks"]
    assert list(dataclasses.replace(target, alive=None).left_out(known)) == ["", "", ""]


@pytest.mark.parametrize("days", [1, 2, CHUNK, CHUNK + 1, 100])
def test_when_somebody_buys_each_day_with_the_same_chance_then_the_mean_wait_is_that_of_a_geometric_one(days):
    found = mean_wait(lambda t: np.array([[0.5], [0.9], [1.0]]) ** t, 3, days)
    # sum of s^t for t from 0 to days - 1
    assert found == pytest.approx([(1 - 0.5**days) / 0.5, (1 - 0.9**days) / 0.1, days])


def test_when_gaps_are_random_and_losses_alike_then_the_rhythm_is_that_of_mbg_nbd():
    n, total, silence = np.array([0.0, 3, 9]), np.array([0.0, 40, 200]), np.array([12.0, 30, 80])
    many = 1e6  # a beta distribution so narrow that all have the same chance
    other = BetaGeometric(0.8, 25.0, 0.2 * many, 0.8 * many, True)
    buyers = Buyers(n, total, total + silence)
    own = Rhythm(1.0, 0.8, 25.0, 0.2)
    gaps, horizons = Gaps(n, total, silence), [1.0, 28.0, 300.0]
    assert own.p_alive(gaps) == pytest.approx(other.p_alive(buyers), rel=1e-4)
    assert own.silent(gaps, horizons) == pytest.approx(1 - other.p_active(buyers, horizons), rel=1e-4)


def shoppers(count, p=4.0, lost=0.1):
    """Gaps of drawn customers, and how long each waits after what was seen (infinite: lost)."""
    draws = np.random.default_rng(7)
    rate, age = draws.gamma(3.0, 1 / 50.0, count), draws.uniform(20, 300, count)
    n, total = np.zeros(count), np.zeros(count)
    going, wait = draws.random(count) >= lost, np.full(count, np.inf)
    while going.any():
        gap = draws.gamma(p, 1 / rate)
        within = going & (total + gap <= age)
        wait = np.where(going & ~within, total + gap - age, wait)
        n, total = n + within, np.where(within, total + gap, total)
        going = within & (draws.random(count) >= lost)
    return Gaps(n, total, age - total), wait


def test_when_shoppers_are_drawn_then_their_rhythm_is_found_again_and_their_waits_are_foretold():
    gaps, wait = shoppers(4000)
    found = rhythm.fit(gaps)
    assert found.converged
    # 4000 customers: within some 3 standard errors of the values they were drawn with.
    assert [found.model.p, found.model.q, found.model.lost] == pytest.approx([4.0, 3.0, 0.1], rel=0.12)
    assert found.model.gamma == pytest.approx(50.0, rel=0.15)
    told = mean_wait(lambda days: found.model.silent(gaps, days), len(gaps), 60)
    came = np.minimum(np.ceil(wait), 60)
    assert told.mean() == pytest.approx(came.mean(), rel=0.02)
    late = gaps.silence > np.median(gaps.silence)
    for part in (late, ~late):
        assert told[part].mean() == pytest.approx(came[part].mean(), rel=0.04)
    assert np.mean((told - came) ** 2) < 0.9 * came.var()


def test_when_a_regular_shopper_is_due_then_she_comes_sooner_than_right_after_a_purchase():
    model = Rhythm(8.0, 3.0, 30.0, 0.05)
    day = Gaps(np.full(3, 10.0), np.full(3, 100.0), np.array([0.0, 8.0, 60.0]))
    told = mean_wait(lambda days: model.silent(day, days), 3, 28)
    fresh, due, gone = told
    assert due < fresh < gone and gone > 25


def test_when_waits_are_asked_of_mbg_nbd_then_days_with_nothing_are_added_up():
    past, asked = made_up("wait")
    told = MBG_NBD().fit(past).score(asked).values
    orders, tenure, recency = (asked[name].to_numpy(float) for name in ("orders", "tenure", "recency"))
    buyers = Buyers(orders - 1, tenure - recency, tenure)
    model = beta_geometric.fit(buyers, True).model  # everybody known is asked
    by_hand = 1 + sum(1 - model.p_active(buyers, [day])[:, 0] for day in range(1, past.days))
    assert told == pytest.approx(by_hand, rel=1e-3)
    assert told.min() >= 1 and told.max() <= past.days


def test_when_another_event_is_asked_of_a_rhythm_then_it_refuses():
    past, _ = made_up("event")
    with pytest.raises(ConfigError, match="type customer=logistic"):
        RHYTHM().fit(dataclasses.replace(past, event="other"))
