"""Association rules against mlxtend's published example, mlxtend itself, and counts of the same lines by SQL."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from mlxtend.frequent_patterns import apriori as their_apriori
from mlxtend.frequent_patterns import association_rules
from scipy.sparse import csr_array

from forecastlab.customer._itemsets import apriori, fp_growth, least
from forecastlab.customer._rules import rules_of
from forecastlab.schema import ConfigError
from forecastlab.stages.baskets import analysis
from forecastlab.testing.logs import write_log

EXAMPLE = [
    {"Milk", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"},
    {"Dill", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"},
    {"Milk", "Apple", "Kidney Beans", "Eggs"},
    {"Milk", "Unicorn", "Corn", "Kidney Beans", "Yogurt"},
    {"Corn", "Onion", "Kidney Beans", "Ice cream", "Eggs"},
]
"""https://rasbt.github.io/mlxtend/user_guide/frequent_patterns/association_rules/, and what it prints there."""
PRINTED = {  # antecedent, consequent: support, confidence, lift, leverage
    ("Eggs", "Kidney Beans"): (0.8, 1.0, 1.0, 0.0),
    ("Kidney Beans", "Eggs"): (0.8, 0.8, 1.0, 0.0),
    ("Onion", "Eggs"): (0.6, 1.0, 1.25, 0.12),
    ("Eggs", "Onion"): (0.6, 0.75, 1.25, 0.12),
    ("Milk", "Kidney Beans"): (0.6, 1.0, 1.0, 0.0),
    ("Onion", "Kidney Beans"): (0.6, 1.0, 1.0, 0.0),
    ("Yogurt", "Kidney Beans"): (0.6, 1.0, 1.0, 0.0),
    ("Eggs + Onion", "Kidney Beans"): (0.6, 1.0, 1.0, 0.0),
    ("Eggs + Kidney Beans", "Onion"): (0.6, 0.75, 1.25, 0.12),
    ("Kidney Beans + Onion", "Eggs"): (0.6, 1.0, 1.25, 0.12),
}
"""Those with one item on the right; the page has two more, with two items there."""


def table(baskets):
    names = np.array(sorted(set().union(*baskets)))
    return csr_array(np.array([[name in basket for name in names] for basket in baskets], dtype=np.int32)), names


def ruled(find, rows, names, support, confidence, length):
    n = rows.shape[0]
    sets = find(rows, least(support, n), length, 10_000)
    counts = np.asarray(rows.sum(axis=0)).ravel()
    return rules_of(sets, n, confidence, "lift", names, counts).rules


@pytest.fixture(scope="module")
def random_baskets():
    rng = np.random.default_rng(5)
    chance = np.linspace(0.05, 0.7, 9)
    return [{f"i{j}" for j in np.flatnonzero(rng.random(9) < chance)} for _ in range(200)]


@pytest.mark.parametrize("find", [apriori, fp_growth])
def test_when_the_published_example_is_asked_then_its_rules_are_those_printed(find):
    found = ruled(find, *table(EXAMPLE), 0.6, 0.7, 3)
    told = {(row.antecedent, row.consequent): row for row in found.itertuples()}
    assert told.keys() == PRINTED.keys()
    for key, figures in PRINTED.items():
        row = told[key]
        assert (row.support, row.confidence, row.lift, row.leverage) == pytest.approx(figures)


@pytest.mark.parametrize("support", [0.05, 0.07, 0.15, 0.29])
def test_when_baskets_are_any_then_both_methods_and_mlxtend_find_the_same_sets(random_baskets, support):
    rows, _ = table(random_baskets)
    fewest = least(support, 200)
    assert fewest == round(support * 200)
    frame = pd.DataFrame(rows.toarray().astype(bool))
    theirs = their_apriori(frame, min_support=(fewest - 0.5) / 200, max_len=4)
    expected = {tuple(sorted(row.itemsets)): round(row.support * 200) for row in theirs.itertuples()}
    for find in (apriori, fp_growth):
        assert find(rows, fewest, 4, 10_000) == expected


def test_when_rules_are_made_of_sets_then_they_are_those_of_mlxtend(random_baskets):
    rows, names = table(random_baskets)
    mine = ruled(apriori, rows, names, 0.1, 0.3, 3)
    frame = pd.DataFrame(rows.toarray().astype(bool), columns=names)
    theirs = association_rules(their_apriori(frame, 0.0999, use_colnames=True, max_len=3), min_threshold=0.3 - 1e-12)
    theirs = theirs[theirs["consequents"].map(len) == 1]
    key = [(" + ".join(sorted(a)), *c) for a, c in zip(theirs["antecedents"], theirs["consequents"], strict=True)]
    theirs.index = pd.MultiIndex.from_tuples(key)
    mine = mine.set_index(["antecedent", "consequent"])
    assert len(mine) > 50 and set(mine.index) == set(theirs.index)
    both = theirs.loc[mine.index]
    for figure in ("support", "confidence", "lift", "leverage"):
        np.testing.assert_allclose(mine[figure].to_numpy(), both[figure].to_numpy(), rtol=1e-12, atol=1e-15)


def test_when_a_threshold_is_met_exactly_then_the_set_counts_as_floats_would_not_say():
    rows = csr_array(np.array([[1]] * 7 + [[0]] * 93, dtype=np.int32))
    assert 0.07 * 100 > 7  # in floating point it is missed
    assert least(0.07, 100) == 7 and apriori(rows, least(0.07, 100), 2, 10) == {(0,): 7}


@pytest.mark.parametrize("find", [apriori, fp_growth])
def test_when_more_sets_are_frequent_than_may_be_held_then_the_error_says_what_to_raise(random_baskets, find):
    with pytest.raises(ConfigError, match=r"more than 20 sets.*min_support"):
        find(table(random_baskets)[0], 2, 4, 20)


def test_when_baskets_are_analysed_then_every_count_is_that_of_plain_sql(tmp_path):
    rng = np.random.default_rng(3)
    n = 400
    rows = pd.DataFrame({"customer_id": [f"c{i}" for i in rng.integers(0, 20, n)], "amount": 100, "quantity": 1.0})
    rows = rows.assign(time=pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 30, n), unit="D"))
    rows = rows.assign(basket_id="b", shop="s", kind_of_goods=rng.choice(["tea", "jam", "rye", "oat", "unknown"], n))
    rows.loc[::17, "amount"] = -5
    log = write_log(rows, tmp_path / "log.parquet", "2024-01-01", "2024-01-31", True)
    found = analysis(log, "kind_of_goods", pd.Timestamp("2024-01-20"), 2, 100)
    con = duckdb.connect()
    con.register("lines", rows)
    kept = "amount >= 0 AND kind_of_goods <> 'unknown' AND time < TIMESTAMP '2024-01-21'"
    con.execute(f"CREATE TABLE held AS SELECT DISTINCT customer_id, time, kind_of_goods AS g FROM lines WHERE {kept}")
    (baskets,) = con.execute("SELECT count(*) FROM (SELECT DISTINCT customer_id, time FROM held)").fetchone()
    assert found.baskets == baskets == found.sizes["baskets"].sum() and len(found.pairs)
    for pair in found.pairs.itertuples():
        ask = "SELECT count(*) FROM held WHERE g = ?"
        (one,), (other,) = (con.execute(ask, [each]).fetchone() for each in (pair.item, pair.other))
        (both,) = con.execute(
            "SELECT count(*) FROM held a JOIN held b USING (customer_id, time) WHERE a.g = ? AND b.g = ?",
            [pair.item, pair.other],
        ).fetchone()
        assert (pair.baskets_item, pair.baskets_other, pair.together) == (one, other, both)
        assert pair.support == both / baskets and pair.confidence == both / one
        assert pair.lift == pytest.approx(both * baskets / (one * other), rel=1e-12)
        assert pair.leverage == pytest.approx(both / baskets - one * other / baskets**2, abs=1e-12)
    assert found.pairs["lift"].is_monotonic_decreasing or np.diff(found.pairs["lift"]).max() < 1e-12
