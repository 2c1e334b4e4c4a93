"""A small neural network over what is known of a customer."""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.customer._design import Design, design
from forecastlab.customer._one_class import both_happened
from forecastlab.learned.net import NetRule
from forecastlab.schema.customers import CustomerPast, CustomerScores, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack

_Neurons = Annotated[int, Field(ge=1, le=1024)]


@dataclass(frozen=True)
class FittedNet:
    """The network and the columns that it looks at; of an event it says the log-odds."""

    columns: Design
    net: NetRule
    event: bool

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The probability, or the money."""
        from scipy.special import expit

        told = self.net.predict(self.columns.table(customers))
        return CustomerScores(np.asarray(expit(told)) if self.event else told)

    def state(self) -> State:
        """The columns and the network."""
        return pack(asdict(self))


@dataclass(frozen=True)
class Mlp:
    """A small neural network: layers of weighted sums that may bend, so it can learn what no straight line shows.

    Multilayer perceptron (Rumelhart, Hinton & Williams 1986) by scikit-learn on logarithms that are standardised.
    """

    layers: Annotated[list[_Neurons], Field(min_length=1, max_length=5, description="neurons of each hidden layer")]
    l2: Annotated[float, Field(ge=0, description="squared penalty on the weights")]
    learning_rate: Annotated[float, Field(gt=0, le=1, description="size of the first steps")]
    iterations: Annotated[int, Field(ge=1, description="how often the rows are gone through at most")]
    seed: Annotated[int, Field(ge=0, description="start of the random weights")]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """All."""
        return ("event", "amount", "wait")

    def fit(self, past: CustomerPast) -> FittedNet:
        """Train the network. Raises DataError for an event that happened to all or to none."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPClassifier, MLPRegressor

        columns = design(past, plain=False)
        event = past.kind == "event"
        if event:
            both_happened(past)
        level, unit = (0.0, 1.0) if event else (float(past.label.mean()), float(past.label.std()) or 1.0)
        kind = MLPClassifier if event else MLPRegressor
        net = kind(
            hidden_layer_sizes=tuple(self.layers),
            alpha=self.l2,
            learning_rate_init=self.learning_rate,
            max_iter=self.iterations,
            random_state=self.seed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # to stop after so many iterations is what was asked
            net.fit(columns.table(past.rows), (past.label - level) / unit)
        weights, offsets = ([np.asarray(layer) for layer in layers] for layers in (net.coefs_, net.intercepts_))
        n = len(columns.names)
        rule = NetRule("relu", weights, offsets, np.zeros(n), np.ones(n), level, unit)  # columns are standardised
        return FittedNet(columns, rule, event)

    def from_state(self, state: State) -> FittedNet:
        """The fitted method that ``state`` describes."""
        found = unpack(state)
        return FittedNet(Design(**found["columns"]), NetRule(**found["net"]), found["event"])


PART = Mlp
