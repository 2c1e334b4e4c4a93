"""What every section of a profile's page shares: its words, its unit of money, and the data it is about."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from forecastlab.page import Cell, Html, Texts, name
from forecastlab.page.table import heat
from forecastlab.schema import Facts, Frequency
from forecastlab.task.report.phrases import translated


@dataclass(frozen=True)
class Scene:
    """The language, the facts of the data, and its periods."""

    said: Texts
    facts: Facts
    freq: Frequency

    def money(self, cents: float) -> Cell:
        """An amount of cents, shortened; sorted by what it is."""
        return Cell(self.said.amount(cents / 100), float(cents)) if math.isfinite(cents) else self.hidden

    def count(self, n: float, share: float | None = None) -> Cell:
        """A number of things, with the heat of a share."""
        return Cell(self.said.number(n), float(n), heat(share) if share is not None and n else "")

    def share(self, share: float, warm: bool = False) -> Cell:
        """A share in per cent."""
        return Cell(self.said.percent(share), float(share), heat(share) if warm else "")

    @property
    def hidden(self) -> Cell:
        """What stands in place of the money of too few customers."""
        return Cell(self.said("profile.hidden"), math.nan, "quiet")

    @property
    def unit(self) -> str:
        """The currency in brackets behind a heading, where it is known."""
        return f" ({self.facts.unit})" if self.facts.unit else ""

    def phrase(self, english: str) -> str:
        """A sentence that the computation wrote, in the language of the page where its dictionary knows it."""
        return translated(self.said, english) or english

    def segment(self, segment: str) -> str:
        """A segment's name; of those that every segmentation has, in words."""
        return self.said.known("report.segment", segment)

    def dimension(self, dimension: str) -> Html:
        """A dimension's name: a name of others."""
        return name(dimension)

    def between(self, low: float, high: float) -> str:
        """A class of whole numbers: ``7 to 20``, ``1``."""
        if low == high:
            return self.said.number(low)
        return self.said("profile.between", low=self.said.number(low), high=self.said.number(high))


def of_most(values: Sequence[float]) -> list[float]:
    """Each value as a share of the largest one, for heat."""
    most = max((value for value in values if math.isfinite(value)), default=0.0)
    return [value / most if most > 0 and math.isfinite(value) else math.nan for value in values]
