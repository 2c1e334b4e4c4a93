"""What a watch looks at while forecasts are in use, and what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import pandas as pd

State = Literal["fine", "warning", "alarm", "early"]
"""``early``: too early to tell, or there is too little to compare with."""

ALL_CUSTOMERS = "all customers"
"""What all customers together are called in findings, as ``total`` is all series."""

TOPICS = ("inputs", "segments", "drivers")
"""What is known per period beside sales themselves: see ``Evidence.inputs``."""


@dataclass(frozen=True)
class Evidence:
    """What is known by the end of the period ``now`` of a method whose data ended with ``trained``.

    ``band`` holds the backtest's scored forecasts, ``live`` those made since, of periods that are over; both have
    ``unique_id, level, segment, cutoff, ds, step, y, yhat, q…``. ``inputs`` is long, one row per figure and period:
    ``topic`` (one of ``TOPICS``), ``name``, ``kind`` (``counts`` of a distribution, a ``level`` or a ``share``),
    ``bin`` (of a distribution, else empty), ``ds``, ``value``. ``of`` says what the forecasts are: of series, or of
    customers, the probability of an event, an amount or a wait; there each horizon is one period, and the level
    ``customer`` is told with and without segments.
    """

    band: pd.DataFrame
    live: pd.DataFrame
    inputs: pd.DataFrame
    trained: pd.Timestamp
    now: pd.Timestamp
    of: Literal["series", "event", "amount", "wait", "uplift", "items"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was seen, what was to be expected, and how likely that is by chance.

    ``value`` and ``expected`` are in the same unit, shares of sales unless the words say otherwise. ``p`` is the chance
    to see as much if nothing has changed (of one look, not yet corrected for how many there are); NaN where it is too
    early to tell. ``n`` is how many looks at the past are behind it. ``words`` says all of it in a sentence.
    """

    what: str
    value: float
    expected: float
    p: float
    n: int
    words: str


@runtime_checkable
class Watch(Protocol):
    """Something to keep an eye on while forecasts are in use."""

    @property
    def false_alarms(self) -> float:
        """The chance that one check cries without reason."""
        ...

    @property
    def raises(self) -> Literal["alarm", "warning"]:
        """What a finding that is no likely chance is."""
        ...

    def watch(self, evidence: Evidence) -> Sequence[Finding]:
        """What there is to say, one finding per thing looked at; a single one with p NaN where it is too early."""
        ...
