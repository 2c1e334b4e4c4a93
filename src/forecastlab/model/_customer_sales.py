"""What today's customers will buy, each by their own past, added up by the segments that it will count for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecastlab.btyd import gamma_gamma
from forecastlab.btyd.buyers import Buyers, alike
from forecastlab.btyd.process import Process
from forecastlab.schema import CustomerBase
from forecastlab.schema.customer_base import Earlier

Floats = NDArray[np.float64]


def buyers_of(base: CustomerBase) -> Buyers:
    """The customers as the models of buying want them, in days."""
    return Buyers(base.x, base.t_x, base.age)


def spend_of(base: CustomerBase, shrink: bool) -> Floats:
    """What a purchase day of each customer is worth, shape (customers,).

    The mean over everybody's purchase days; with ``shrink`` that of the Gamma-Gamma model, between the customer's own
    mean and that of all, wherever that model can be fitted (values above zero that differ between customers).
    """
    pooled = float(base.value.sum() / max(base.days.sum(), 1.0))
    everybody = np.full(len(base.value), pooled)
    own = np.divide(base.value, base.days, out=np.zeros(len(base.value)), where=base.days > 0)
    told = (base.days > 0) & (own > 0)
    if not shrink or not told.any():
        return everybody
    found = gamma_gamma.fit(base.days[told], own[told])
    return found.model.spend(base.days, np.maximum(own, 0.0)) if found.converged and found.model.q > 1 else everybody


def expected_sales(base: CustomerBase, process: Process, spend: Floats, ends: Floats) -> Floats:
    """Expected value of each period, shape (segments, periods); one row where segments are not told apart.

    ``ends`` are the days from the cutoff to the end of each period, and ``spend`` is what a purchase of each customer
    is worth. A purchase counts for the segment that the customer had at the end of the period before. So what a
    customer is expected to buy in a period is parted in two: after a silence since the cutoff, of which the model says
    how likely it is and what is to be expected of somebody who was silent for so long, and the rest, after another
    purchase. The base knows the segment in both cases.
    """
    counted = alike(buyers_of(base))
    rows = counted.rows
    starts = np.append(0.0, ends[:-1])
    total = np.diff(process.expected(rows, np.append(0.0, ends)), axis=1)
    silence = 1 - process.p_active(rows, starts)
    sums = np.zeros((max(len(base.segments), 1), len(ends)))
    for period, (start, end) in enumerate(zip(starts, ends, strict=True)):
        later = Buyers(rows.x, rows.t_x, rows.age + start)
        after_silence = np.minimum(silence[:, period] * process.expected(later, [end - start])[:, 0], total[:, period])
        for segment, purchases in (
            (base.silent[:, period], after_silence),
            (base.bought[:, period], total[:, period] - after_silence),
        ):
            sums[:, period] += np.bincount(segment, spend * purchases[counted.of], len(sums))
    return sums


FEW = 30.0
"""Expected purchases of a segment at which half of what was seen of it is believed."""


def followed(base: CustomerBase, process: Process, spend: Floats, level: float, mix: float) -> Floats:
    """What expected sales of each segment are multiplied by to go on as they were lately, shape (segments,).

    Over the last periods, what customers bought in a period is held against what the process expects of them given
    what was known before it, for all customers together (``level``) and for each segment in comparison with all
    (``mix``). Each is a power: 0 leaves what the process says, 1 follows what was seen. The fewer purchases are
    expected of a segment, the less it is believed. No factor is below 1/4 or above 4.
    """
    seen, segments = base.earlier, max(len(base.segments), 1)
    purchases = _next_period(seen, process)
    expected = np.bincount(seen.segment, spend[seen.who] * purchases, segments)
    bought = np.bincount(seen.segment, seen.value, segments)
    counted = np.bincount(seen.segment, purchases, segments)
    ratio = bought.sum() / expected.sum() if bought.sum() > 0 and expected.sum() > 0 else 1.0
    usable = (bought > 0) & (expected > 0)
    against = np.ones(segments)
    against[usable] = bought[usable] / expected[usable] / ratio
    factor: Floats = ratio**level * against ** (mix * counted / (counted + FEW))
    return np.clip(factor, 0.25, 4.0)


def _next_period(seen: Earlier, process: Process) -> Floats:
    """Expected purchases of each row in the period after it."""
    purchases = np.zeros(len(seen.x))
    for days in np.unique(seen.days):
        rows = seen.days == days
        counted = alike(Buyers(seen.x[rows], seen.t_x[rows], seen.age[rows]))
        purchases[rows] = process.expected(counted.rows, [float(days)])[counted.of, 0]
    return purchases
