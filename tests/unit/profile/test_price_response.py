"""Effects of prices and promotions: against a reference library, and against a shop whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecastlab.cache.store import Store
from forecastlab.flow.prepare import load, load_drivers
from forecastlab.recipe import build, compose
from forecastlab.stages.calendar import calendar
from forecastlab.stages.profiling.response import effects, response


def made(n=60):
    draws = np.random.default_rng(3)
    visits = pd.Series(np.exp(draws.normal(5, 0.2, n)))
    price = pd.Series(np.log(draws.uniform(1, 2, n)))
    units = pd.Series(np.exp(1.0 + 0.8 * np.log(visits) - 1.5 * price + draws.normal(0, 0.1, n) * (1 + price)))
    return units, visits, price


def test_when_effects_are_estimated_then_they_are_those_of_a_reference_library():
    import statsmodels.api as sm

    units, visits, price = made()
    units[20] = 0  # nothing was sold: both changes that it is part of are left out
    (middle, low, high, n) = effects(units, visits, {"price": price})["price"]
    changes = pd.DataFrame({"q": np.log(units.replace(0, np.nan)), "v": np.log(visits), "p": price}).diff().dropna()
    reference = sm.OLS(changes["q"], sm.add_constant(changes[["v", "p"]])).fit(cov_type="HC1", use_t=True)
    assert n == len(changes) == 57
    assert middle == pytest.approx(reference.params["p"], rel=1e-9)
    assert (low, high) == pytest.approx(tuple(reference.conf_int().loc["p"]), rel=1e-9)


def test_when_nothing_changes_or_too_little_is_known_then_nothing_is_estimated():
    units, visits, price = made()
    assert effects(units, visits, {"price": price * 0 + 1}) == {}
    assert effects(units[:20], visits[:20], {"price": price[:20]}) == {}
    assert effects(units, visits, {"price": price, "again": price}) == {}


def test_when_the_truth_is_known_then_shelf_prices_and_promotions_find_it(tmp_path):
    """Two years of a shop whose wine sells 2.4 % less per per cent of price and 80 % more in promoted weeks."""
    store = Store(tmp_path)
    words = ["dataset=synthetic", "dataset.customers=3000", "dataset.seed=4", "driver=[synthetic_prices]"]
    experiment = build(compose([*words, "tracking=none"])).experiment
    log, _, key = load(experiment.dataset, store)
    own = calendar(experiment.dataset, "W-SUN")
    tables, _ = load_drivers(experiment.drivers, log, key, own.freq, own.freq.ends(*log.span), store)
    found = response(log, own, None, tables).tables["effects"].set_index(["column", "group"])
    goods = experiment.dataset.goods.categories
    held = []
    for name in ("coffee", "fruit", "wine", "cheese"):
        for column, truth in (("price", goods[name].elasticity), ("promotion", np.log1p(goods[name].uplift))):
            row = found.loc[(column, name)]
            held.append(row["low"] <= truth <= row["high"])
            assert row["form"] == ("elasticity" if column == "price" else "unit")
    assert sum(held) >= 7  # of eight intervals that hold the truth 19 times in 20
    assert found.loc[("price", "wine"), "high"] < -1.2 and found.loc[("promotion", "wine"), "low"] > 0.2
    assert found.loc[("price", "bread"), "low"] < 0 < found.loc[("price", "bread"), "high"]
    assert found.xs("promotion")["share"].between(0.05, 0.6).all()
