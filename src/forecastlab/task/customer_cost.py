"""What a method for customers would cost, found out on a few made-up customers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.flow.experiment import CustomerExperiment
from forecastlab.flow.prepare import Prepared
from forecastlab.schema.customers import LABEL, TREATED, CustomerModel, CustomerPast
from forecastlab.schema.items import ItemModel, ItemTarget, Offer
from forecastlab.schema.names import CUSTOMER, SEGMENT
from forecastlab.stages.customer_features import NUMBERS
from forecastlab.stages.customer_scores import scores
from forecastlab.stages.customers import window_of
from forecastlab.stages.item_lists import ItemAsk, lists
from forecastlab.stages.item_table import ItemTable, past_of
from forecastlab.stages.opened import opened

SAMPLE = 300
"""Made-up customers that a method is timed on."""


def customers(prepared: Prepared) -> int:
    """Customers who are seen by the last cutoff."""
    with opened(prepared.log, prepared.folds[-1].cutoff) as con:
        row = con.execute("SELECT count(DISTINCT customer_id) FROM sales").fetchone()
    return int(row[0]) if row else 0


def seconds(experiment: CustomerExperiment, prepared: Prepared, n: int) -> float:
    """CPU seconds of one fit for ``n`` customers, about: as if the cost grew with them."""
    fold, target, method = prepared.folds[-1], experiment.target, experiment.customer
    if isinstance(target, ItemTarget):
        assert isinstance(method, ItemModel)
        return _timed(partial(lists, method, [_baskets(target.offer)])) * n / SAMPLE
    further = target.look.attributes
    rows, known = _made_up(SAMPLE * target.look.origins, 1, further), _made_up(SAMPLE, 2, further)
    days = (fold.end - fold.cutoff).days
    past = CustomerPast(
        rows, known, tuple(NUMBERS), (), target.kind, target.event, 1.0, days, window_of(target), experiment.levels
    )
    assert isinstance(method, CustomerModel)
    return _timed(partial(scores, method, [(past, known)], [fold])) * n / SAMPLE


def megabytes(experiment: CustomerExperiment, prepared: Prepared, n: int) -> float:
    """What ``n`` customers take in memory, about: rows to learn from, or the lines of their baskets."""
    if isinstance(experiment.target, ItemTarget):
        return prepared.log.facts.ledger.rows_in * 60 / 1e6
    return n * experiment.target.look.origins * 400 / 1e6


def _timed(work: Callable[[], object]) -> float:
    """CPU seconds of doing it, the second time: the first also imports libraries."""
    took = 0.0
    for _ in range(2):
        start = time.process_time()
        work()
        took = time.process_time() - start
    return took


def _baskets(offer: Offer) -> ItemAsk:
    """Customers with baskets of any things, a few of which are bought often."""
    rng = np.random.default_rng(3)
    basket, item = np.arange(20 * SAMPLE).repeat(6), np.minimum(rng.geometric(0.02, 120 * SAMPLE), 300) - 1
    held = pd.DataFrame({"basket": basket, "buyer": basket // 20, "day": basket % 20, "item": item}).drop_duplicates()
    items = pd.DataFrame({"item": [f"i{i:03d}" for i in range(300)], "popularity": np.arange(300)[::-1]})
    people = pd.DataFrame({CUSTOMER: [f"c{i}" for i in range(SAMPLE)], SEGMENT: "all"})
    return ItemAsk(past_of(ItemTable(items, people, held, {}), 19, 20), np.arange(SAMPLE), offer)


def _made_up(n: int, seed: int, attributes: Sequence[str]) -> pd.DataFrame:
    """Customers with any figures that could be one's."""
    rng = np.random.default_rng(seed)
    orders = 1 + rng.poisson(rng.gamma(1.0, 3.0, n))
    tenure = rng.integers(60, 300, n)
    recency = np.where(orders > 1, (tenure * rng.uniform(size=n)).astype(int), tenure)
    money = np.round(orders * rng.gamma(4.0, 10.0, n), 2)
    found: dict[str, Any] = {name: rng.gamma(2.0, 5.0, n) for name in (*NUMBERS, *attributes)}
    found |= {"recency": recency, "tenure": tenure, "orders": orders, "money": money, "basket": money / orders}
    found["repeat_money"] = money * (orders - 1) / orders
    label, treated = ((rng.uniform(size=n) < share).astype(float) for share in (0.3, 0.5))
    return pd.DataFrame({CUSTOMER: [f"c{i}" for i in range(n)]} | found | {LABEL: label, TREATED: treated})
