"""Conversion: who of those that were approached lately reacts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import duration_days
from forecastlab.schema.customers import Event, Floats, Kind, Look


@dataclass(frozen=True)
class Conversion:
    """Which customers who were targeted lately will react within the horizon (1).

    Both are rows of further tables, or of one kind of them: ``targeted`` of those that hold who was approached and when
    (``campaigns``, ``campaigns.Type A``), ``reaction`` of those that hold who reacted (``events.redemption``). The days
    since the last of each are always looked at, because they say who is asked. A reaction counts whatever it is to: no
    row says which approach it answers.
    """

    freq: Annotated[str, Field(description="length of a period: D, W-MON … W-SUN (its last day), M, Q, Y")]
    targeted: Annotated[str, Field(description="who was approached: a further table, or <table>.<kind>")]
    within: Annotated[str, Field(description="who was approached within this time is asked, such as 4 weeks")]
    reaction: Annotated[str, Field(description="what a reaction is: a further table, or <table>.<kind>")]
    again: Annotated[bool, Field(description="whether who has reacted since the last approach is asked, too")]
    look: Look

    def __post_init__(self) -> None:
        """Look at what says who is asked, whatever else is looked at."""
        asks = (f"{self.targeted}.recency", f"{self.reaction}.recency")
        attributes = tuple(dict.fromkeys((*self.look.attributes, *asks)))
        object.__setattr__(self, "look", replace(self.look, attributes=attributes))

    @property
    def kind(self) -> Kind:
        """An event."""
        return "event"

    @property
    def event(self) -> Event:
        """A reaction need not be a purchase."""
        return "other"

    @property
    def margin(self) -> float:
        """No amount is foretold."""
        return 1.0

    @property
    def outcomes(self) -> tuple[str, ...]:
        """How often each reacted."""
        return (f"{self.reaction}.count",)

    def left_out(self, known: pd.DataFrame) -> NDArray[np.str_]:
        """Whoever was not approached lately cannot react; whoever has reacted did. Raises ConfigError."""
        since = known[f"{self.targeted}.recency"].to_numpy(dtype=float)
        reacted = known[f"{self.reaction}.recency"].to_numpy(dtype=float)
        late = ~(since < duration_days(self.within, "target.within"))
        done = (reacted <= since) & (not self.again)
        return np.where(late, f"not targeted within {self.within}", np.where(done, "has reacted already", ""))

    def label(self, known: pd.DataFrame, after: pd.DataFrame) -> Floats:
        """1 where a reaction came."""
        return (after[self.outcomes[0]].to_numpy(dtype=float) > 0).astype(np.float64)


PART = Conversion
