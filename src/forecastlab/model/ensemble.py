"""Several methods' forecasts made into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.schema import Combiner, Forecaster


@dataclass(frozen=True)
class Ensemble:
    """Several methods at once, combined period by period; it is usually safer than the best of them alone.

    It has no fit of its own: the members are fitted and stored like any other method, and their stored forecasts are
    combined (Bates & Granger 1969; the median follows Stock & Watson 2004).
    """

    members: Annotated[Mapping[str, Forecaster], Field(min_length=1, description="the methods that are combined")]
    combine: Annotated[Combiner, Field(description="how the members' forecasts become one")]
    use: Annotated[list[str] | None, Field(min_length=1, description="the members that take part, by name; null: all")]


PART = Ensemble
