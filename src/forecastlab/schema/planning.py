"""What a department's plan is made from, and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import pandas as pd


@dataclass(frozen=True)
class Outlook:
    """A prediction and what is needed to plan with it.

    ``forecast`` is the stored prediction (``unique_id, level, ds, step, yhat, q…``), ``band`` the backtest's scored
    forecasts, ``past`` what was sold up to the cutoff (``unique_id, ds, y``), all of all levels; ``keys`` has one row
    per series, indexed by ``unique_id``, with the value of each column that it is cut by (empty where it is not).
    ``value`` is what is foretold (``amount``, ``quantity`` …), ``unit`` its unit.
    """

    forecast: pd.DataFrame
    band: pd.DataFrame
    past: pd.DataFrame
    keys: pd.DataFrame
    value: str
    unit: str


@dataclass(frozen=True)
class Plan:
    """A table that a department can open, and what is to be known of it.

    ``notes`` are sentences for its readers.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]


@runtime_checkable
class Preset(Protocol):
    """A department's plan: what of a prediction it needs, in its own words."""

    def plan(self, outlook: Outlook) -> Plan:
        """The plan. Raises ConfigError where the registered method foretells something else."""
        ...


Meaning = Literal["silence", "purchase", "other", "uplift", "amount", "wait"]
"""What a customer's score means: the probability of one of three events, what approaching adds, money, or days."""


@dataclass(frozen=True)
class Roster:
    """Customers with their scores, for a playbook to act on.

    ``customers`` has one row each: ``unique_id, segment, tier, score, stake, drivers, reason`` (``stake`` is money:
    probability × value). ``segments`` are those that customers can have, ``meaning`` is that of the score.
    """

    customers: pd.DataFrame
    segments: tuple[str, ...]
    meaning: Meaning


@runtime_checkable
class Playbook(Protocol):
    """What is done about customers, in the words of whoever does it."""

    def play(self, roster: Roster) -> Plan:
        """The list to act on: one row per customer. Raises ConfigError where it is made for other scores."""
        ...


@runtime_checkable
class Lister(Protocol):
    """A department's plan of customers: a preset that is made from scores, not from forecasts of series."""

    def listed(self, roster: Roster) -> Plan:
        """The plan. Raises ConfigError where the scores are of another kind."""
        ...
