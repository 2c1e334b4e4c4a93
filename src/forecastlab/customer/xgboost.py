"""Boosted trees over what is known of a customer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.customer._design import Design, design
from forecastlab.learned.trees import TreeRule
from forecastlab.schema.customers import CustomerPast, CustomerScores, Kind
from forecastlab.schema.parts import State
from forecastlab.schema.state import pack, unpack

_AMOUNTS = {"squared": "reg:squarederror", "absolute": "reg:absoluteerror", "tweedie": "reg:tweedie"}


@dataclass(frozen=True)
class FittedTrees:
    """The trees, and the columns that they look at."""

    columns: Design
    trees: TreeRule

    def score(self, customers: pd.DataFrame) -> CustomerScores:
        """The probability, or the money."""
        return CustomerScores(self.trees.predict(self.columns.table(customers)))

    def terms(self, customers: pd.DataFrame) -> pd.DataFrame:
        """What each feature adds to the log-odds, or to the money (with tweedie its logarithm).

        The exact contributions of trees (Lundberg et al. 2018, TreeSHAP), as xgboost computes them.
        """
        return self.columns.by_feature(self.trees.contributions(self.columns.table(customers)))

    def state(self) -> State:
        """The columns and the trees."""
        return pack(asdict(self))


@dataclass(frozen=True)
class Xgboost:
    """Many small decision trees, each correcting the ones before; what is not known of a customer is no obstacle.

    Gradient boosting (Chen & Guestrin 2016): logistic loss for events; ``objective`` for amounts, where money below
    zero counts as none under tweedie.
    """

    objective: Annotated[
        Literal["squared", "absolute", "tweedie"], Field(description="for amounts: which error the trees make small")
    ]
    trees: Annotated[int, Field(ge=1, description="how many trees")]
    learning_rate: Annotated[float, Field(gt=0, le=1, description="how much of its correction each tree may make")]
    max_depth: Annotated[int, Field(ge=1, le=20, description="questions asked one after another in a tree")]
    min_child_weight: Annotated[float, Field(ge=0, description="customers that a leaf must hold, by what they tell")]
    subsample: Annotated[float, Field(gt=0, le=1, description="share of the rows that each tree sees")]
    colsample: Annotated[float, Field(gt=0, le=1, description="share of the features that each tree sees")]
    l2: Annotated[float, Field(ge=0, description="squared penalty on what leaves say")]
    seed: Annotated[int, Field(ge=0, description="start of the random draws of rows and features")]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """All."""
        return ("event", "amount", "wait")

    def fit(self, past: CustomerPast) -> FittedTrees:
        """Grow the trees."""
        from xgboost import QuantileDMatrix, train

        columns = design(past, plain=True)
        tweedie = past.kind == "amount" and self.objective == "tweedie"
        settings = {
            "objective": "binary:logistic" if past.kind == "event" else _AMOUNTS[self.objective],
            "tree_method": "hist",
            "learning_rate": self.learning_rate,
            "max_depth": self.max_depth,
            "min_child_weight": self.min_child_weight,
            "subsample": self.subsample,
            "colsample_bytree": self.colsample,
            "lambda": self.l2,
            "seed": self.seed,
            "nthread": 1,
        }
        label = np.maximum(past.label, 0.0) if tweedie else past.label
        matrix = QuantileDMatrix(columns.table(past.rows), label, nthread=1)
        booster = train(settings, matrix, num_boost_round=self.trees)
        return FittedTrees(columns, TreeRule(np.frombuffer(booster.save_raw("json"), dtype=np.uint8)))

    def from_state(self, state: State) -> FittedTrees:
        """The fitted method that ``state`` describes."""
        found = unpack(state)
        return FittedTrees(Design(**found["columns"]), TreeRule(**found["trees"]))


PART = Xgboost
