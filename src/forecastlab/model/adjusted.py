"""A method that sees series without their seasons, where these are several or long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.model._unseasoned import FittedAdjusted, fit_adjusted, taken_out
from forecastlab.schema import Fault, Forecaster, History, ReadsBase
from forecastlab.schema.parts import State
from forecastlab.schema.state import unpack


@dataclass(frozen=True)
class Adjusted:
    """Another method, asked about series without their seasons; these are put back into what it says.

    Methods know one season, and of a long one they estimate every period by itself. So where a history has several
    seasons (hours: a day and a week), or one longer than ``beyond``, and holds two cycles of it, they are taken out of
    each series before, each believed as far as it came back (shrinkage in blocks of waves, see Miller & Williams 2003,
    Cai 1999). A history with one short season is handed on as it is, bit by bit.
    """

    method: Annotated[Forecaster, Field(description="the method that is asked")]
    beyond: Annotated[int, Field(ge=1, description="a single season of up to so many periods is left to the method")]

    @property
    def local(self) -> bool:
        """As the method is."""
        return self.method.local

    def mistakes(self) -> Iterator[Fault]:
        """A method that is no method of its own, or that looks at customers, whose seasons nobody takes out."""
        if not isinstance(self.method, Forecaster):
            what = "an ensemble or a route has no fit of its own"
            yield Fault("not-fitted", "method", what, "put its members into model=adjusted instead")
        elif isinstance(self.method, ReadsBase) and self.method.reads_base:
            what = "it looks at customers, and only series can be freed of seasons"
            yield Fault("reads-base", "method", what, "choose it without model=adjusted")

    def chosen(self, seasons: tuple[int, ...], periods: int) -> Forecaster:
        """The method alone, where there is nothing to take out of a history of so many periods; else this one."""
        return self if taken_out(seasons, periods, self.beyond) else self.method

    def fit(self, history: History) -> FittedAdjusted:
        """Take out the seasons that are several or long, and fit the method to the rest."""
        return fit_adjusted(self.method, taken_out(history.seasons, len(history.grid.ds), self.beyond), history)

    def from_state(self, state: State) -> FittedAdjusted:
        """The fitted model that ``state`` describes."""
        tree, arrays = state
        if "own" not in tree:
            return FittedAdjusted((), (), self.method.from_state(state))
        own, inner = (
            (
                tree[part],
                {name.removeprefix(f"{part} "): a for name, a in arrays.items() if name.startswith(f"{part} ")},
            )
            for part in ("own", "inner")
        )
        return FittedAdjusted(**unpack(own), fitted=self.method.from_state(inner))


PART = Adjusted
