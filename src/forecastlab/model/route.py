"""A method of its own for each segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.schema import Forecaster


@dataclass(frozen=True)
class Route:
    """Each segment forecast by the method that suits it: newcomers by one, faithful customers by another.

    It has no fit of its own: every method is fitted to the series of its segment alone, and stored like any other. A
    segment that has no route goes to ``other``; without one, every segment must have a route.
    """

    routes: Annotated[Mapping[str, Forecaster], Field(min_length=1, description="the method of each segment")]
    other: Annotated[Forecaster | None, Field(description="the method of all other segments; null: there are none")]


PART = Route
