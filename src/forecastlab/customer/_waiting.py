"""From how likely it is that nothing has been bought yet, day by day, to how long is waited on average."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from forecastlab.schema.customers import Floats

CHUNK = 32
"""Days that are asked for at a time, so that memory does not grow with the horizon."""


def mean_wait(silent: Callable[[Floats], Floats], customers: int, days: int) -> Floats:
    """Mean of min(wait, days) in whole days, shape (customers,).

    ``silent`` gives the probability of no purchase within each of some numbers of days, shape (customers, days). A wait
    of whole days lasts longer than t with that probability, so its mean up to the horizon is the sum over t from 0 to
    days - 1, exactly; nobody has bought within no days.
    """
    mean = np.ones(customers)
    for first in range(1, days, CHUNK):
        mean += silent(np.arange(first, min(first + CHUNK, days), dtype=np.float64)).sum(axis=1)
    return mean
