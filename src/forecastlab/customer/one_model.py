"""Uplift from one method that knows who was approached, asked twice about everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.customer._arms import arm
from forecastlab.schema.customers import TREATED, CustomerModel, CustomerPast, CustomerScores, FittedCustomers, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import apart, pack, together, unpack

IF = "if approached: "
"""How the columns begin that repeat a feature for who was approached."""


@dataclass(frozen=True)
class FittedOne:
    """The method, and the features that it sees once more for who was approached."""

    inner: FittedCustomers
    crossed: tuple[str, ...]

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The probability of a reaction as if everybody was approached, less that as if nobody was."""
        with_it, without = (
            self.inner.score(told(customers, np.full(len(customers), value), self.crossed)).values
            for value in (1.0, 0.0)
        )
        return CustomerScores(with_it - without)

    def state(self) -> State:
        """That of the method, and the features."""
        return together(inner=self.inner.state(), crossed=pack(self.crossed))


@dataclass(frozen=True)
class OneModel:
    """One method learns from all customers, with a column that says who was approached; the uplift is its effect.

    The S-learner (Künzel et al. 2019). ``interactions`` repeats every feature for who was approached, so that a method
    that adds up columns can tell customers apart (Lo 2002); trees find that out by themselves.
    """

    learner: Annotated[CustomerModel, Field(description="the method: one that foretells events")]
    interactions: Annotated[bool, Field(description="whether features are there once more for who was approached")]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Uplifts."""
        return ("uplift",)

    def fit(self, past: CustomerPast) -> FittedOne:
        """Fit it to both arms. Raises DataError where one is empty or there is one outcome only."""
        for treated in (True, False):
            arm(past, treated)  # there is something to learn from
        numbers, categories = (past.numbers, past.categories) if self.interactions else ((), ())
        rows = told(past.rows, past.treated, (*numbers, *categories))
        known = told(past.known, np.zeros(len(past.known)), (*numbers, *categories))
        columns = (*past.numbers, TREATED, *(IF + name for name in numbers))
        texts = (*past.categories, *(IF + name for name in categories))
        event = replace(past, rows=rows, known=known, numbers=columns, categories=texts, kind="event")
        return FittedOne(self.learner.fit(event), (*numbers, *categories))

    def from_state(self, state: State) -> FittedOne:
        """The fitted method that ``state`` describes."""
        parts = apart(state)
        return FittedOne(self.learner.from_state(parts["inner"]), unpack(parts["crossed"]))


def told(customers: pd.DataFrame, treated: np.ndarray, crossed: Sequence[str]) -> pd.DataFrame:
    """Customers with a column that says who was approached, and the features of those who were, once more.

    For the others numbers are 0 there, and categories nothing.
    """
    again = {IF + name: _of_approached(customers[name], treated) for name in crossed}
    return customers.assign(**{TREATED: treated}, **again)


def _of_approached(values: pd.Series[Any], treated: np.ndarray) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(values):
        return np.where(treated > 0, values.to_numpy(dtype=float), 0.0)
    found = values.to_numpy(dtype=object, copy=True)
    found[treated <= 0] = None
    return found


PART = OneModel
