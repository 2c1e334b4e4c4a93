"""The customers behind the series, as-of a cutoff, without their names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Earlier:
    """What was known of customers at the ends of a few earlier periods, and what they bought in the period after.

    One row per customer and date: ``who`` (the position in the base), ``x``, ``t_x``, ``age`` and ``segment`` as-of
    then, ``value`` of what was foretold in the next period, and its length in ``days``.
    """

    who: NDArray[np.int64]
    x: Floats
    t_x: Floats
    age: Floats
    segment: NDArray[np.int16]
    value: Floats
    days: Floats


@dataclass(frozen=True)
class CustomerBase:
    """What a model may know of every customer who has bought up to the cutoff, and of how customers were won.

    Arrays of shape (customers,), in days up to and including the cutoff: ``x`` purchase days after the first one,
    ``t_x`` days from the first to the last one, ``age`` days since the first one. ``value`` is what is foretold (money,
    pieces, orders, periods with a purchase), added up over the periods of the panel, and ``days`` the purchase days in
    these.

    ``silent`` and ``bought``, of shape (customers, periods ahead), say for which of ``segments`` (by position) a
    purchase in each coming period would count: if the customer has bought nothing since the cutoff, and if they have.
    Without ``segments`` the series do not tell customers apart.

    ``known`` is the value of each period of the panel that has a customer's name to it, ``arrivals`` how many customers
    were first seen in it. ``cohorts`` tells what those first seen of late bought: ``unique_id``, ``since`` and ``at``
    (positions of the period in which they were first seen, and of the purchase, in the panel) and ``value``, for those
    first seen in the last ``lately`` periods. ``earlier`` tells of the same customers at earlier dates.
    """

    x: Floats
    t_x: Floats
    age: Floats
    value: Floats
    days: Floats
    silent: NDArray[np.int16]
    bought: NDArray[np.int16]
    segments: tuple[str, ...]
    known: Floats
    arrivals: Floats
    cohorts: pd.DataFrame
    lately: int
    earlier: Earlier

    @property
    def reach(self) -> int:
        """How many periods ahead it tells of."""
        return int(self.silent.shape[1])
