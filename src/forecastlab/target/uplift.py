"""Uplift: who reacts because of being approached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import Fault, duration_days
from forecastlab.schema.customers import Event, Floats, Kind, Look


@dataclass(frozen=True)
class Uplift:
    """How much likelier each customer is to react within the horizon if approached than if left alone.

    Campaigns teach it that held customers out by lot: ``approached`` and ``control`` name who was approached and who
    was held out. A campaign is looked at from the last period's end before it, so that nothing it changed is a feature;
    learned from is one whose horizon is over. Of several campaigns within a period one approach counts.
    """

    freq: Annotated[str, Field(description="length of a period: D, W-MON … W-SUN (its last day), M, Q, Y")]
    approached: Annotated[str, Field(description="who was approached, and when: a further table, or <table>.<kind>")]
    control: Annotated[
        str | None, Field(description="who was held out by lot: another one; null: the same, rows with the value 0")
    ]
    reaction: Annotated[
        str | None, Field(description="what a reaction is: a further table, or <table>.<kind>; null: a purchase")
    ]
    alive: Annotated[str | None, Field(description="who bought within this time is asked, such as 26 weeks; null: all")]
    look: Look

    def mistakes(self) -> Iterator[Fault]:
        """Nobody is approached and held out by the same rows."""
        if self.control == self.approached:
            what = f"found {self.control}, which says who was approached"
            yield Fault("same-arms", "control", what, "name another kind, or type target.control=null")

    @property
    def kind(self) -> Kind:
        """An uplift."""
        return "uplift"

    @property
    def event(self) -> Event:
        """The reaction."""
        return "purchase" if self.reaction is None else "other"

    @property
    def margin(self) -> float:
        """No amount is foretold."""
        return 1.0

    @property
    def outcomes(self) -> tuple[str, ...]:
        """How often each reacted; purchases are known anyway."""
        return () if self.reaction is None else (f"{self.reaction}.count",)

    def left_out(self, known: pd.DataFrame) -> NDArray[np.str_]:
        """Whoever did not buy for longer is left alone. Raises ConfigError for what is no duration."""
        if self.alive is None:
            return np.full(len(known), "")
        gone = known["recency"].to_numpy(dtype=float) >= duration_days(self.alive, "target.alive")
        return np.where(gone, f"not bought for {self.alive}", "")

    def label(self, known: pd.DataFrame, after: pd.DataFrame) -> Floats:
        """1 where a reaction came, whoever was approached."""
        count = after["orders" if self.reaction is None else self.outcomes[0]]
        return (count.to_numpy(dtype=float) > 0).astype(np.float64)


PART = Uplift
