"""Customers as the unit: what is asked of each, what a method sees of them, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema.parts import State

Kind = Literal["event", "amount", "wait", "uplift"]
"""What is foretold of a customer: the probability of an event (0 or 1 happens), an amount of money, days to wait, or
what approaching adds to the probability of a reaction."""

Event = Literal["silence", "purchase", "other"]
"""What it means that the event happens: nothing is bought within the horizon, something is, or something else."""

Floats = NDArray[np.float64]

LABEL = "label"
"""Column of the rows that methods learn from: what had happened."""

TREATED = "treated"
"""Column of the rows of campaigns: 1 for who was approached, 0 for who was held out, NaN for who was neither."""


@dataclass(frozen=True)
class Look:
    """What is looked at of a customer, and from how many earlier moments a method learns."""

    window: Annotated[str, Field(description="how long ago still counts as recent, such as 8 weeks")]
    origins: Annotated[int, Field(ge=1, description="earlier moments that are learned from, at most")]
    every: Annotated[int | None, Field(ge=1, description="periods between these moments; null: as long as the horizon")]
    breadth: Annotated[tuple[str, ...], Field(description="dimensions of which the different values are counted")]
    attributes: Annotated[
        tuple[str, ...], Field(description="last known dimensions, such as age, and figures of further tables")
    ]


@dataclass(frozen=True)
class CustomerPast:
    """All that a method sees: rows of earlier moments with what followed, and everybody as known at the cutoff.

    ``rows`` has one row per asked customer and earlier moment whose whole horizon lies at or before the cutoff: the
    features as-of that moment, ``label``, and for uplifts ``treated``, which is no feature. ``known`` has the features
    of all customers at the cutoff, those too of whom nothing is asked. ``numbers`` and ``categories`` name the features
    (NaN, None: not known); ``kind`` says what the label is, ``event`` what it means that one happens, ``margin`` what a
    unit of money counts for in an amount. The horizon is ``days`` long, the recent window ``window`` days.
    """

    rows: pd.DataFrame
    known: pd.DataFrame
    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    kind: Kind
    event: Event
    margin: float
    days: int
    window: int
    levels: tuple[float, ...]

    @property
    def label(self) -> Floats:
        """What had happened in each of the rows."""
        return self.rows[LABEL].to_numpy(dtype=np.float64)

    @property
    def treated(self) -> Floats:
        """Who in each of the rows of campaigns was approached (1) and who held out (0)."""
        return self.rows[TREATED].to_numpy(dtype=np.float64)

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which numbers an answer lies: a probability, days of the horizon, a difference of probabilities."""
        return bounds(self.kind, self.days)

    @property
    def average(self) -> float:
        """The answer for somebody of whom nothing is known: the mean, or of uplifts the difference of the arms'."""
        if self.kind != "uplift":
            return float(self.label.mean())
        return float(self.label[self.treated == 1].mean() - self.label[self.treated == 0].mean())


def bounds(kind: Kind, days: int) -> tuple[float, float]:
    """Between which numbers answers of a kind lie, where the horizon is ``days`` long."""
    known = {"event": (0.0, 1.0), "wait": (1.0, float(days)), "uplift": (-1.0, 1.0)}
    return known.get(kind, (-np.inf, np.inf))


@dataclass(frozen=True)
class CustomerScores:
    """The answer, one entry per asked row in its order; quantiles where there are any.

    A probability, an amount, or days: the mean of the wait, where one that outlasts the horizon counts as the horizon.
    """

    values: Floats
    quantiles: Mapping[float, Floats] = field(default_factory=dict)


class FittedCustomers(Protocol):
    """A method as fitted on the past of one fold; what it has to say of the fit may stand in ``remarks``."""

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The answer for each of these rows (columns as in ``CustomerPast.known``)."""
        ...

    def state(self) -> State:
        """All that is needed to answer again, bit by bit the same; no row of any customer, for it is shared."""
        ...


@runtime_checkable
class Additive(Protocol):
    """A fitted method whose answer is a sum of one term per feature."""

    def terms(self, customers: pd.DataFrame) -> pd.DataFrame:
        """One column per feature: what it adds to the answer of each row, on the scale on which terms add up.

        For events that is the log-odds, or the probability itself where the method adds that up; else the amount or the
        days (or the logarithm where the method works on that).
        """
        ...


@runtime_checkable
class Treats(Protocol):
    """A target that compares customers who were approached with others who were held out by lot."""

    @property
    def approached(self) -> str:
        """The further table, or ``<table>.<kind>``, of who was approached."""
        ...

    @property
    def control(self) -> str | None:
        """That of who was held out; None: the same table, rows with the value 0."""
        ...


@runtime_checkable
class CustomerModel(Protocol):
    """A method that gives every customer a score."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What it can foretell."""
        ...

    def fit(self, past: CustomerPast) -> FittedCustomers:
        """Learn from the past. Raises ConfigError, DataError where it cannot."""
        ...

    def from_state(self, state: State) -> FittedCustomers:
        """The fitted method that ``state`` describes."""
        ...


@runtime_checkable
class AsksProspects(Protocol):
    """A target that may ask of people who have not bought yet."""

    @property
    def prospects(self) -> str | None:
        """The further table, or ``<table>.<kind>``, of people who are asked before they buy; None: nobody is."""
        ...


@runtime_checkable
class CustomerTarget(Protocol):
    """What is foretold of every customer."""

    @property
    def freq(self) -> str:
        """Length of a period: the horizon of the backtest counts these."""
        ...

    @property
    def look(self) -> Look:
        """What is looked at, and from where is learned."""
        ...

    @property
    def kind(self) -> Kind:
        """Whether an event, an amount or a wait is foretold."""
        ...

    @property
    def event(self) -> Event:
        """What it means that the event happens; for amounts and waits ``purchase``."""
        ...

    @property
    def margin(self) -> float:
        """What a unit of money counts for in an amount."""
        ...

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Figures of further tables within the horizon that the label needs, such as ``events.redemption.count``."""
        ...

    def left_out(self, known: pd.DataFrame) -> NDArray[np.str_]:
        """Why nothing is asked of each row of features; empty for those of whom it is asked."""
        ...

    def label(self, known: pd.DataFrame, after: pd.DataFrame) -> Floats:
        """What happened to each row of ``known``.

        ``after`` has the same order: ``orders`` (days with a purchase) and ``money`` within the horizon, ``wait`` (days
        from the moment to the first purchase in it; NaN: none), ``days`` (its length), and the ``outcomes``.
        """
        ...
