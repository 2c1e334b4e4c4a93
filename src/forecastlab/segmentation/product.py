"""Two segmentations crossed: every pair of their segments is a segment."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated

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
            raise ConfigError(Fault("two-windows", "segmentation.second", what, self._remedy()))
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

    def _remedy(self) -> str:
        """What to type so that one takes the window of the other."""
        for place, part, other in (("second", self.second, self.first), ("first", self.first, self.second)):
            window = f"'{other.window}'" if other.window else "null"
            typed = [f'"segmentation.{place}.{key}={window}"' for key in _settings(part)]
            if typed:
                return f"type {' '.join(typed)}"
        return "choose two that look back equally far"


def _looks_back(part: Segmenter) -> bool:
    """Whether a segmentation has a window, even if it is the whole past."""
    return part.window is not None or bool(_settings(part))


def _settings(part: object) -> list[str]:
    """The keys that set the window of a segmentation, or of those inside it."""
    if not dataclasses.is_dataclass(part):
        return []
    names = [field.name for field in dataclasses.fields(part)]
    inner = [f"{name}.{key}" for name in names for key in _settings(getattr(part, name))]
    return ["window"] if "window" in names else inner


def _days(window: str | None) -> int | None:
    return duration_days(window, "segmentation.window") if window else None


def _told(window: str | None) -> str:
    return window or "over the whole past"


PART = Product
