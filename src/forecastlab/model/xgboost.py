"""Boosted trees over lags and calendar, one model for many series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from forecastlab.learned.trees import TreeRule
from forecastlab.model._matrix import matrix
from forecastlab.model._recursive import FittedRecursive, Floats, Target, fit_recursive, recursive_from
from forecastlab.schema import ConfigError, Fault, Feature, History
from forecastlab.schema.parts import State

_OBJECTIVES = {"squared": "reg:squarederror", "absolute": "reg:absoluteerror", "tweedie": "reg:tweedie"}


@dataclass(frozen=True)
class Xgboost:
    """Many small decision trees, each correcting the ones before, that learn from all series together.

    Gradient boosting (Chen & Guestrin 2016) over lags and calendar, pooled over series that are each divided by their
    mean. A lag that reaches before the start of a series is missing, which the trees know how to handle.
    """

    features: Annotated[Mapping[str, Feature], Field(description="the columns that the trees may use")]
    fit_by: Annotated[list[str], Field(description="one model per value of these columns; empty: one model for all")]
    statics: Annotated[list[str], Field(description="attributes of series whose values become columns")]
    target: Annotated[Target, Field(description="whether the value itself or its change to the last one is foretold")]
    objective: Annotated[
        Literal["squared", "absolute", "tweedie"], Field(description="which error the trees make small")
    ]
    trees: Annotated[int, Field(ge=1, description="how many trees")]
    learning_rate: Annotated[float, Field(gt=0, le=1, description="how much of its correction each tree may make")]
    max_depth: Annotated[int, Field(ge=1, le=20, description="questions asked one after another in a tree")]
    min_child_weight: Annotated[float, Field(ge=0, description="rows that a leaf must hold")]
    subsample: Annotated[float, Field(gt=0, le=1, description="share of the rows that each tree sees")]
    colsample: Annotated[float, Field(gt=0, le=1, description="share of the columns that each tree sees")]
    l1: Annotated[float, Field(ge=0, description="absolute penalty on what leaves say")]
    l2: Annotated[float, Field(ge=0, description="squared penalty on what leaves say")]
    seed: Annotated[int, Field(ge=0, description="start of the random draws of rows and columns")]

    @property
    def local(self) -> bool:
        """Only where each series has a model of its own."""
        return list(self.fit_by) == ["unique_id"]

    def fit(self, history: History) -> FittedRecursive:
        """Grow the trees. Raises ConfigError for a target that the objective cannot have."""
        if self.objective == "tweedie" and self.target == "change":
            what = "tweedie needs a target without negative values, and a change may be one"
            raise ConfigError(Fault("bad-combination", "model.objective", what, "type model.target=level"))
        return fit_recursive(self, history)

    def from_state(self, state: State) -> FittedRecursive:
        """The fitted model that ``state`` describes."""
        return recursive_from(self, lambda content: TreeRule(**content), state)

    def learn(self, x: Floats, y: Floats) -> TreeRule:
        """Learn from rows (rows, columns); NaN marks what is missing."""
        from xgboost import train

        settings = {
            "objective": _OBJECTIVES[self.objective],
            "tree_method": "hist",
            "learning_rate": self.learning_rate,
            "max_depth": self.max_depth,
            "min_child_weight": self.min_child_weight,
            "subsample": self.subsample,
            "colsample_bytree": self.colsample,
            "alpha": self.l1,
            "lambda": self.l2,
            "seed": self.seed,
            # threads that wait for each other in a busy machine are slower than one
            "nthread": 1,
        }
        booster = train(settings, matrix(x, y), num_boost_round=self.trees)
        return TreeRule(np.frombuffer(booster.save_raw("json"), dtype=np.uint8))


PART = Xgboost
