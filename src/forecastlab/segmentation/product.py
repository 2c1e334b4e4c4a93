"""Two segmentations crossed: every pair of their segments is a segment."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any

import pandas as pd
from pydantic import Field

from forecastlab.schema import Assigner, ConfigError, Fault, Segmenter, duration_days
from forecastlab.schema.names import PROSPECT

SEPARATOR = "__"
"""Between the two names: plain enough for overrides, file names and metric names to take it as it is."""


@dataclass(frozen=True)
class ProductAssigner:
    """The two segmentations as fitted."""

    first: Assigner
    second: Assigner

    def assign(self, profiles: pd.DataFrame) -> pd.Series[str]:
        """The pair of the two segments of each profile."""
        first, second = (each.assign(profiles).astype(object) for each in (self.first, self.second))
        return first + SEPARATOR + second


@dataclass(frozen=True)
class Product:
    """Two segmentations crossed: a customer who is active under one and high under the other is active__high.

    Both look at the same profiles, so both must ask for the same window; one that asks for none (``demographic``) goes
    with either. Prospects have no second segment: they stay ``prospect``.
    """

    first: Annotated[Segmenter, Field(description="the segmentation whose name comes first")]
    second: Annotated[Segmenter, Field(description="the one whose name comes second")]

    @property
    def window(self) -> str | None:
        """The one window. Raises ConfigError if the two differ."""
        asked = [each for each in (self.first, self.second) if _looks_back(each)]
        if len({_days(each.window) for each in asked}) > 1:
            what = f"first looks back {_told(self.first.window)}, second {_told(self.second.window)}"
            wanted = "null" if self.first.window is None else f"'{self.first.window}'"
            raise ConfigError(
                Fault("two-windows", "segmentation.second.window", what, f'type "segmentation.second.window={wanted}"')
            )
        return asked[0].window if asked else None

    @property
    def segments(self) -> tuple[str, ...]:
        """All pairs, in the order of the first; prospects, if either knows them, ahead."""
        first, second = ([name for name in each.segments if name != PROSPECT] for each in (self.first, self.second))
        prospects = (PROSPECT,) if PROSPECT in (*self.first.segments, *self.second.segments) else ()
        return (*prospects, *(f"{a}{SEPARATOR}{b}" for a in first for b in second))

    @property
    def attributes(self) -> tuple[str, ...]:
        """Those of both, each once."""
        return tuple(dict.fromkeys((*self.first.attributes, *self.second.attributes)))

    def fit(self, profiles: pd.DataFrame) -> ProductAssigner:
        """Learn both. Raises ConfigError, also where two pairs would have one name."""
        twins = sorted({name for name in self.segments if self.segments.count(name) > 1})
        if twins:
            what = f"two pairs of segments are called {twins[0]}"
            raise ConfigError(Fault("ambiguous-name", "segmentation", what, f"use no {SEPARATOR} in the inner names"))
        return ProductAssigner(self.first.fit(profiles), self.second.fit(profiles))


def _looks_back(part: Any) -> bool:
    """Whether a segmentation, or one inside it, has a window to choose."""
    fields = [field.name for field in dataclasses.fields(part)] if dataclasses.is_dataclass(part) else []
    inner = [getattr(part, field) for field in fields]
    return "window" in fields or part.window is not None or any(_looks_back(each) for each in inner if _segments(each))


def _segments(value: object) -> bool:
    return dataclasses.is_dataclass(value) and isinstance(value, Segmenter)


def _days(window: str | None) -> int | None:
    return duration_days(window, "segmentation.window") if window else None


def _told(window: str | None) -> str:
    return window or "over the whole past"


PART = Product
