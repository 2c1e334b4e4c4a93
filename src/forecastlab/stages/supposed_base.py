"""A made-up customer base behind a history, to time or to test a method on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecastlab.schema import CustomerBase, History, names
from forecastlab.schema.customer_base import Earlier


def supposed(past: History, customers: int, reach: int) -> CustomerBase:
    """So many customers, who bought all there is in the history; the same for the same history."""
    rng, n = np.random.default_rng(7), customers
    age = rng.integers(0, 700, n).astype(float)
    x = np.minimum(rng.poisson(rng.gamma(0.8, 5, n)), age)
    sold = np.nansum(past.grid.values, axis=0)
    segments = (*sorted(set(past.static[names.SEGMENT])), names.UNKNOWN)
    silent, bought = rng.integers(0, len(segments), (2, n, 1)).repeat(reach, axis=2).astype(np.int16)
    arrivals = rng.poisson(3, len(sold)).astype(float)
    since = np.arange(len(sold) - 1)
    first = pd.DataFrame({names.SERIES: past.grid.ids[0], "since": since, "at": since, "value": arrivals[:-1] * 5})
    later = first.assign(at=since + 1, value=arrivals[:-1])
    return CustomerBase(
        x=x,
        t_x=np.where(x > 0, np.floor(age * rng.uniform(0, 1, n)), 0.0),
        age=age,
        value=rng.dirichlet(np.ones(n)) * sold.sum(),
        days=x + 1,
        silent=silent,
        bought=bought,
        segments=segments,
        known=sold,
        arrivals=arrivals,
        cohorts=pd.concat([first, later], ignore_index=True),
        lately=len(sold),
        earlier=Earlier(
            who=np.arange(n),
            x=np.zeros(n),
            t_x=np.zeros(n),
            age=age,
            segment=silent[:, 0],
            value=rng.gamma(1.0, max(float(sold[-1]), 0.0) / n, n),
            days=np.full(n, 30.0),
        ),
    )
