"""A neural network that learns from windows of all series at once, and foretells several periods at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from forecastlab.learned.net import NetRule
from forecastlab.model._pooled import FittedPooled, Rule, fit_pooled, pooled_from
from forecastlab.model._windows import FURTHEST, Floats, Lessons
from forecastlab.schema import History
from forecastlab.schema.parts import State

_Neurons = Annotated[int, Field(ge=1, le=1024)]

WIDEST = 15.0
"""Columns of a window are cut off at so many usual moves: a net draws its lines on without end."""


@dataclass(frozen=True)
class PooledNet:
    """A small neural network that has seen how all series went on after stretches like the latest one.

    The windows are those of ``pooled_trees``; a multilayer perceptron (Rumelhart, Hinton & Williams 1986) by
    scikit-learn foretells all periods of a block together, and the answers of several ones that began with other
    random weights are averaged. It has no use for drivers and needs many series.
    """

    block: Annotated[int, Field(ge=1, description="periods foretold at once; later ones are foretold from these")]
    width: Annotated[int | None, Field(ge=2, description="periods of a window; null: the block, 3 seasons up to 18, 6")]
    windows: Annotated[int, Field(ge=1, description="windows of each series, the latest ones")]
    min_series: Annotated[int, Field(ge=1, description="fewer series that are long enough teach nothing: all fail")]
    layers: Annotated[list[_Neurons], Field(min_length=1, max_length=5, description="neurons of each hidden layer")]
    l2: Annotated[float, Field(ge=0, description="squared penalty on the weights")]
    learning_rate: Annotated[float, Field(gt=0, le=1, description="size of the first steps")]
    batch: Annotated[int, Field(ge=1, description="windows of one step")]
    iterations: Annotated[int, Field(ge=1, description="how often the windows are gone through")]
    copies: Annotated[int, Field(ge=1, description="networks with other random weights, whose answers are averaged")]
    seed: Annotated[int, Field(ge=0, description="start of the random weights")]

    @property
    def local(self) -> bool:
        """All series teach together."""
        return False

    def fit(self, history: History) -> FittedPooled:
        """Train the networks."""
        return fit_pooled(self, history)

    def from_state(self, state: State) -> FittedPooled:
        """The fitted model that ``state`` describes."""
        return pooled_from(lambda content: BoundedNet(NetRule(**content)), state)

    def learn(self, lessons: Lessons) -> list[Rule]:
        """One network for each copy."""
        import warnings

        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPRegressor

        x = _bounded(lessons.x)
        means, spread = x.mean(axis=0), x.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        unit = float(lessons.y.std()) or 1.0
        y = lessons.y.ravel() / unit if lessons.y.shape[1] == 1 else lessons.y / unit
        rules: list[Rule] = []
        for seed in range(self.seed, self.seed + self.copies):
            net = MLPRegressor(
                hidden_layer_sizes=tuple(self.layers),
                alpha=self.l2,
                batch_size=min(self.batch, len(x)),
                learning_rate_init=self.learning_rate,
                max_iter=self.iterations,
                random_state=seed,
            )
            with warnings.catch_warnings():
                # a fixed number of rounds is meant to be an end
                warnings.simplefilter("ignore", ConvergenceWarning)
                net.fit((x - means) / spread, y)
            weights = [np.asarray(each, dtype=np.float64) for each in net.coefs_]
            offsets = [np.asarray(each, dtype=np.float64) for each in net.intercepts_]
            rules.append(BoundedNet(NetRule("relu", weights, offsets, means, spread, 0.0, unit)))
        return rules


@dataclass(frozen=True)
class BoundedNet:
    """A network that sees, and says, nothing beyond bounds: what it was taught lay within them."""

    net: NetRule

    def answers(self, x: Floats) -> Floats:
        """What comes after each window, in usual moves: (rows, columns) → (rows, block)."""
        return np.clip(self.net.answers(_bounded(x)), -FURTHEST, FURTHEST)

    def state(self) -> dict[str, object]:
        """The numbers and arrays of the network."""
        return self.net.state()


def _bounded(x: Floats) -> Floats:
    """Columns within bounds; what lies before the start of a series is as the last value."""
    return np.clip(np.nan_to_num(x), -WIDEST, WIDEST)


PART = PooledNet
