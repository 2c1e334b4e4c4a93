"""Boosted trees that learn from windows of all series at once, and foretell several periods at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from forecastlab.learned.trees import TreeRule
from forecastlab.model._pooled import FittedPooled, Rule, fit_pooled, pooled_from
from forecastlab.model._windows import Floats, Lessons
from forecastlab.schema import History
from forecastlab.schema.parts import State


@dataclass(frozen=True)
class StepTrees:
    """Trees to which the distance from the window is one more column."""

    block: int
    trees: TreeRule

    def answers(self, x: Floats) -> Floats:
        """What comes after each window, in usual moves: (rows, columns) → (rows, block)."""
        return self.trees.predict(_by_step(x, self.block)).reshape(len(x), self.block)

    def state(self) -> dict[str, Any]:
        """The trees' JSON and the block."""
        return {"block": self.block, **self.trees.state()}


@dataclass(frozen=True)
class PooledTrees:
    """Boosted trees that have seen how all series went on after stretches like the latest one.

    Each series is freed of its season (classical decomposition where a 90 % test finds one), put in logarithms where
    it stays well above zero, and seen from its last value in units of its usual move; its windows then teach gradient
    boosted trees (Chen & Guestrin 2016, absolute error) together with those of all others, each asked period directly.
    A global model in the sense of Montero-Manso & Hyndman (2021). It has no use for drivers and needs many series.
    """

    block: Annotated[int, Field(ge=1, description="periods foretold at once; later ones are foretold from these")]
    width: Annotated[int | None, Field(ge=2, description="periods of a window; null: the block, 3 seasons up to 18, 6")]
    windows: Annotated[int, Field(ge=1, description="windows of each series, the latest ones")]
    min_series: Annotated[int, Field(ge=1, description="fewer series that are long enough teach nothing: all fail")]
    trees: Annotated[int, Field(ge=1, description="how many trees")]
    learning_rate: Annotated[float, Field(gt=0, le=1, description="how much of its correction each tree may make")]
    max_depth: Annotated[int, Field(ge=1, le=20, description="questions asked one after another in a tree")]
    min_child_weight: Annotated[float, Field(ge=0, description="rows that a leaf must hold")]
    subsample: Annotated[float, Field(gt=0, le=1, description="share of the rows that each tree sees")]
    colsample: Annotated[float, Field(gt=0, le=1, description="share of the columns that each tree sees")]
    copies: Annotated[int, Field(ge=1, description="models with other random draws, whose answers are averaged")]
    seed: Annotated[int, Field(ge=0, description="start of the random draws of rows and columns")]

    @property
    def local(self) -> bool:
        """All series teach together."""
        return False

    def fit(self, history: History) -> FittedPooled:
        """Grow the trees."""
        return fit_pooled(self, history)

    def from_state(self, state: State) -> FittedPooled:
        """The fitted model that ``state`` describes."""
        return pooled_from(lambda content: StepTrees(content["block"], TreeRule(content["json"])), state)

    def learn(self, lessons: Lessons) -> list[Rule]:
        """One set of trees for each copy."""
        from xgboost import QuantileDMatrix, train

        block = lessons.y.shape[1]
        weight = np.repeat(lessons.weight, block)
        rows = QuantileDMatrix(_by_step(lessons.x, block), lessons.y.ravel(), weight=weight, nthread=1)
        settings = {
            "objective": "reg:absoluteerror",
            "tree_method": "hist",
            "learning_rate": self.learning_rate,
            "max_depth": self.max_depth,
            "min_child_weight": self.min_child_weight,
            "subsample": self.subsample,
            "colsample_bytree": self.colsample,
            # threads that wait for each other in a busy machine are slower than one
            "nthread": 1,
        }
        rules: list[Rule] = []
        for seed in range(self.seed, self.seed + self.copies):
            booster = train({**settings, "seed": seed}, rows, num_boost_round=self.trees)
            rules.append(StepTrees(block, TreeRule(np.frombuffer(booster.save_raw("json"), dtype=np.uint8))))
        return rules


def _by_step(x: Floats, block: int) -> Floats:
    """Each row once per step, with the step as a further column."""
    steps = np.tile(np.arange(1.0, block + 1), len(x))
    return np.column_stack([np.repeat(x, block, axis=0), steps])


PART = PooledTrees
