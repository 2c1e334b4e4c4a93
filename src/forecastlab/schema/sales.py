"""The sales log: every purchase line, once, with an account of what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Ledger:
    """Where every row and every cent of a source went: in = used + dropped, exactly.

    ``dropped`` and ``noted`` map a reason to ``(rows, cents)``; what is noted is still in the log (returns that were
    netted, sales without a customer, filled columns).
    """

    rows_in: int
    cents_in: int
    rows_used: int
    cents_used: int
    dropped: dict[str, tuple[int, int]] = field(default_factory=dict)
    noted: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def balanced(self) -> bool:
        """Whether rows and money add up."""
        rows = self.rows_used + sum(rows for rows, _ in self.dropped.values())
        cents = self.cents_used + sum(cents for _, cents in self.dropped.values())
        return rows == self.rows_in and cents == self.cents_in


@dataclass(frozen=True)
class Facts:
    """What is known of a loaded dataset without reading it again; all of it fits into JSON.

    ``kind`` is ``log`` or ``panel``. ``first_day`` and ``last_day`` bound what was observed. ``dimensions`` are the
    text columns by which a log can be cut into series (or a panel's static attributes). ``firsts_are_true`` says that
    a customer's first row is a first purchase; where it is false the data starts in mid-life (left-truncated).
    ``drivers`` are the number columns of a ready-made panel beside ``y``. ``tables`` maps each further table of a log
    (``events``, ``leads``, ``campaigns``, ``feedback``) to the kinds that occur in it. ``clean`` says what is done to
    the past of a ready-made panel at each cutoff: ``interpolate`` what is missing, ``clip`` what is far from its
    neighbours.
    """

    kind: str
    first_day: str
    last_day: str
    dimensions: tuple[str, ...]
    firsts_are_true: bool
    ledger: Ledger
    unit: str = ""
    has_quantity: bool = False
    has_basket: bool = False
    drivers: tuple[str, ...] = ()
    tables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    clean: tuple[str, ...] = ()


@dataclass(frozen=True)
class SalesLog:
    """A loaded log: a Parquet file and its facts.

    Columns: ``customer_id`` text or NULL (anonymous), ``time`` TIMESTAMP, ``amount`` BIGINT in cents, ``quantity``
    DOUBLE, ``basket_id`` text (both where the facts say so), and the dimensions as text without NULLs. A ready-made
    panel has ``unique_id`` text, ``ds`` TIMESTAMP, ``y`` DOUBLE, its static attributes as text and its drivers as
    DOUBLE. Each further table lies beside it as ``<table>.parquet``: ``customer_id`` text, ``time`` TIMESTAMP (when it
    was known), ``kind`` text, ``value`` DOUBLE or NULL.
    """

    path: Path
    facts: Facts

    def table(self, name: str) -> Path:
        """The file of a further table."""
        return self.path.with_name(f"{name}.parquet")

    @property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The first and the last observed day."""
        return pd.Timestamp(self.facts.first_day), pd.Timestamp(self.facts.last_day)
