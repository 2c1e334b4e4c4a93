"""Conversion: who of those that were approached lately reacts, customers or people who have not bought yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema import duration_days
from forecastlab.schema.customers import Event, Floats, Kind, Look

PURCHASE = "purchase"
"""The reaction that is in the log itself."""


@dataclass(frozen=True)
class Conversion:
    """Which people who were targeted lately will react within the horizon (1).

    Both are rows of further tables, or of one kind of them: ``targeted`` of those that hold who was approached and when
    (``campaigns``, ``campaigns.Type A``), ``reaction`` of those that hold who reacted (``events.redemption``), or
    ``purchase``. The days since the last of each are always looked at, because they say who is asked. A reaction counts
    whatever it is to: no row says which approach it answers. ``prospects`` are people of ``targeted`` without a
    purchase so far: with ``targeted: leads`` and ``reaction: purchase``, who of the leads becomes a customer is asked.
    """

    freq: Annotated[str, Field(description="length of a period: D, W-MON … W-SUN (its last day), M, Q, Y")]
    who: Annotated[
        Literal["customers", "prospects", "both"], Field(description="who is asked: who has bought, or has not yet")
    ]
    targeted: Annotated[str, Field(description="who was approached: a further table, or <table>.<kind>")]
    within: Annotated[str, Field(description="who was approached within this time is asked, such as 4 weeks")]
    reaction: Annotated[
        str, Field(description="what a reaction is: a further table, or <table>.<kind>; purchase: that")
    ]
    again: Annotated[bool, Field(description="whether who has reacted since the last approach is asked, too")]
    look: Look

    def __post_init__(self) -> None:
        """Look at what says who is asked, whatever else is looked at."""
        asks = (f"{self.targeted}.recency", *([] if self.reaction == PURCHASE else [f"{self.reaction}.recency"]))
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
        """How often each reacted, where that is not a purchase."""
        return () if self.reaction == PURCHASE else (f"{self.reaction}.count",)

    @property
    def prospects(self) -> str | None:
        """Those who were approached, unless only customers are asked."""
        return None if self.who == "customers" else self.targeted

    def left_out(self, known: pd.DataFrame) -> NDArray[np.str_]:
        """Whoever was not approached lately cannot react; whoever has reacted did. Raises ConfigError.

        Where prospects are asked, whoever has bought is none.
        """
        since = known[f"{self.targeted}.recency"].to_numpy(dtype=float)
        reaction = "recency" if self.reaction == PURCHASE else f"{self.reaction}.recency"
        reacted = known[reaction].to_numpy(dtype=float)
        late = ~(since < duration_days(self.within, "target.within"))
        done = (reacted <= since) & (not self.again)
        why = np.where(late, f"not targeted within {self.within}", np.where(done, "has reacted already", ""))
        if self.who != "prospects":
            return why
        return np.where(known["orders"].to_numpy(dtype=float) > 0, "has bought already", why)

    def label(self, known: pd.DataFrame, after: pd.DataFrame) -> Floats:
        """1 where a reaction came."""
        found = "orders" if self.reaction == PURCHASE else self.outcomes[0]
        return (after[found].to_numpy(dtype=float) > 0).astype(np.float64)


PART = Conversion
