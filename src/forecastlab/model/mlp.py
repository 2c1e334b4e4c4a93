"""A small neural network over lags and calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from forecastlab.learned.net import NetRule
from forecastlab.model._linear import standardise
from forecastlab.model._recursive import FittedRecursive, Floats, Target, fit_recursive, recursive_from
from forecastlab.schema import Feature, History
from forecastlab.schema.parts import State

_Neurons = Annotated[int, Field(ge=1, le=1024)]


@dataclass(frozen=True)
class Mlp:
    """A small neural network: layers of weighted sums that may bend, so it can learn what no straight line shows.

    Multilayer perceptron (Rumelhart, Hinton & Williams 1986) by scikit-learn on standardised columns, pooled over
    series that are each divided by their mean. Rows whose lags reach before the start of a series are left out, unless
    a group has no others; what is missing when a short series is forecast counts with its mean over the group.
    """

    features: Annotated[Mapping[str, Feature], Field(description="the columns that the network may use")]
    fit_by: Annotated[list[str], Field(description="one network per value of these columns; empty: one for all")]
    statics: Annotated[list[str], Field(description="attributes of series whose values become columns")]
    target: Annotated[Target, Field(description="whether the value itself or its change to the last one is foretold")]
    layers: Annotated[list[_Neurons], Field(min_length=1, max_length=5, description="neurons of each hidden layer")]
    activation: Annotated[Literal["relu", "tanh"], Field(description="how a neuron bends: cut off at zero, or tanh")]
    solver: Annotated[Literal["adam", "lbfgs"], Field(description="adam: row by row; lbfgs: all rows, for few of them")]
    l2: Annotated[float, Field(ge=0, description="squared penalty on the weights")]
    learning_rate: Annotated[float, Field(gt=0, le=1, description="size of the first steps of adam")]
    iterations: Annotated[int, Field(ge=1, description="how often the rows are gone through at most")]
    seed: Annotated[int, Field(ge=0, description="start of the random weights")]

    @property
    def local(self) -> bool:
        """Only where each series has a network of its own."""
        return list(self.fit_by) == ["unique_id"]

    def fit(self, history: History) -> FittedRecursive:
        """Train the network."""
        return fit_recursive(self, history)

    def from_state(self, state: State) -> FittedRecursive:
        """The fitted model that ``state`` describes."""
        return recursive_from(self, lambda content: NetRule(**content), state)

    def learn(self, x: Floats, y: Floats) -> NetRule:
        """Learn from rows (rows, columns); NaN marks what is missing."""
        from sklearn.neural_network import MLPRegressor

        rows = standardise(x, y)
        level, unit = float(rows.y.mean()), float(rows.y.std()) or 1.0
        net = MLPRegressor(
            hidden_layer_sizes=tuple(self.layers),
            activation=self.activation,
            solver=self.solver,
            alpha=self.l2,
            learning_rate_init=self.learning_rate,
            max_iter=self.iterations,
            random_state=self.seed,
        ).fit(rows.x, (rows.y - level) / unit)
        weights = [np.asarray(each, dtype=np.float64) for each in net.coefs_]
        offsets = [np.asarray(each, dtype=np.float64) for each in net.intercepts_]
        return NetRule(self.activation, weights, offsets, rows.means, rows.spread, level, unit)


PART = Mlp
