"""Sales as series: how much was bought in each period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field


@dataclass(frozen=True)
class Sales:
    """Sales of each period, cut into series by segment and by columns of the log."""

    value: Annotated[
        Literal["amount", "quantity", "orders", "customers"],
        Field(description="what is counted: money, pieces, orders, or customers who bought"),
    ]
    series_by: Annotated[
        tuple[str, ...],
        Field(description="what the total is cut by: segment and any dimensions of the log; [] foretells the total"),
    ]
    freq: Annotated[
        str,
        Field(
            description="length of a period: D, W-MON … W-SUN (its last day), M, Q, Y; of panels also 15min, 30min, h"
        ),
    ]
    membership: Annotated[
        Literal["rolling", "frozen"],
        Field(description="segment of a purchase: as-of the period before it, or as-of the cutoff"),
    ]
    nonnegative: Annotated[bool, Field(description="whether forecasts below zero are lifted to zero, and counted")]

    @property
    def additive(self) -> bool:
        """Whether values add up over stores and categories; orders and customers do not."""
        return self.value in ("amount", "quantity")


PART = Sales
