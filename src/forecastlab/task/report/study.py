"""What the sections of a report look at: a study's leaderboard, its runs, and the words to say it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from forecastlab.flow.outcome import Outcome
from forecastlab.page import Texts
from forecastlab.recipe.settings import Report, Tuned
from forecastlab.schema import names
from forecastlab.schema.names import SELECT, TEST
from forecastlab.stages.customers import OWN
from forecastlab.stages.ranking import MORE_IS_BETTER
from forecastlab.task.board import Board, same_scheme
from forecastlab.task.losses import shared_levels
from forecastlab.task.report.cells import cells


@dataclass(frozen=True)
class Study:
    """A study to be told of.

    ``outcomes`` are its runs by name, oracles among them; ``searches`` says which search found a run's values;
    ``recipe`` is the config of the first method as YAML, empty where it was not kept.
    """

    name: str
    question: str
    board: Board
    outcomes: Mapping[str, Outcome]
    searches: Mapping[str, Tuned]
    recipe: str
    settings: Report
    said: Texts

    @property
    def methods(self) -> list[str]:
        """All ranked methods, best first."""
        return [str(method) for method in self.board.table["method"]]

    @property
    def best(self) -> Outcome:
        """The run of the first method."""
        return self.outcomes[self.methods[0]]

    @cached_property
    def shown(self) -> list[str]:
        """The methods that figures show: the first ones, and the baseline and the naive method wherever they stand."""
        first = self.methods[: self.settings.methods]
        return [*first, *(m for m in dict.fromkeys((self.board.baseline, self.naive)) if m and m not in first)]

    @cached_property
    def naive(self) -> str:
        """The run that others are held against in every cell: naive if it was run, else the baseline."""
        return next((m for m in ("naive", "seasonal_naive") if m in self.methods), self.board.baseline)

    @cached_property
    def levels(self) -> list[str]:
        """Levels that all ranked runs share, the total first."""
        return shared_levels([self.outcomes[method] for method in self.methods])

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Errors and money of every shown method by role, level, segment and step (see ``cells``)."""
        parts = [cells(self.outcomes[m].forecasts, self.settings.within).assign(method=m) for m in self.shown]
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def judged(self) -> str:
        """The role whose figures count: the test folds, or where there are none the selection folds."""
        return TEST if (self.best.forecasts["role"] == TEST).any() else SELECT

    @property
    def adds_up(self) -> bool:
        """Whether what is foretold are series that add up, so that errors can be told as shares of the money."""
        return self.board.metric in ("wape", "mase") and not self.of_customers

    @property
    def of_customers(self) -> bool:
        """Whether each forecast is of a customer."""
        return self.board.level == OWN

    @cached_property
    def of(self) -> str:
        """What is foretold: ``series``, or of customers ``event``, ``amount`` or ``wait``."""
        happened = self.of_customers and bool(self.best.forecasts[names.Y].isin((0.0, 1.0)).all())
        return self.best.of or ("event" if happened else "amount" if self.of_customers else "series")

    def answer(self, value: float) -> str:
        """What is foretold of customers, on average: a share, money or days."""
        if self.of == "event":
            return self.said.percent(value)
        return self.said("report.days", n=self.said.number(value, 1)) if self.of == "wait" else self.money(value)

    @cached_property
    def colours(self) -> dict[str, str]:
        """A colour of its own for each shown method, the same in every figure."""
        return {method: f"@c{i % 10}" for i, method in enumerate(self.shown)}

    def level(self, level: str) -> str:
        """A level in words; one with cuts is told by them."""
        known = f"report.level.{level}"
        if self.said.has(known):
            return self.said(known)
        cuts = [self.said(f"report.cut.{c}") if self.said.has(f"report.cut.{c}") else c for c in level.split("/")]
        return self.said("report.level.by", cuts=self.said("report.level.times").join(cuts))

    @property
    def the_level(self) -> str:
        """The ranked level within a sentence: ``the total``."""
        return self._level_as("the_level")

    @property
    def of_level(self) -> str:
        """The ranked level as what a figure is of: ``of the total``."""
        return self._level_as("of_level")

    def _level_as(self, form: str) -> str:
        known = f"report.{form}.{self.board.level}"
        return self.said(known if self.said.has(known) else f"report.{form}.other", level=self.level(self.board.level))

    def cell(self, level: str, segment: str) -> str:
        """A level or one segment of it, in words."""
        return self.segment(segment) if segment else self.level(level)

    def segment(self, segment: str) -> str:
        """A segment's name; of those that every segmentation has, in words."""
        return self.said.known("report.segment", segment)

    def figure(self, value: float) -> str:
        """A figure of the ranking metric: WAPE in per cent, others as they are."""
        return self.said.percent(value) if self.board.metric == "wape" else self.said.number(value, 3)

    def difference(self, value: float) -> str:
        """A difference of two such figures, WAPE in percentage points."""
        return self.said.points(value) if self.board.metric == "wape" else self.said.number(value, 3, signed=True)

    @property
    def more_is_better(self) -> bool:
        """Whether a higher figure of the ranking metric is the better one."""
        return self.board.metric in MORE_IS_BETTER

    def gap(self, low: float, middle: float, high: float) -> tuple[float, float, float]:
        """A difference of losses and its interval as one of the figures that are shown: more stays more."""
        return (-high, -middle, -low) if self.more_is_better else (low, middle, high)

    @property
    def metric(self) -> str:
        """The ranking metric's short name."""
        return self.short(self.board.metric)

    def short(self, metric: str) -> str:
        """A metric's short name."""
        known = f"report.short.{metric}"
        return self.said(known) if self.said.has(known) else metric

    @property
    def measure(self) -> str:
        """The ranking metric within a sentence."""
        known = f"report.metric.{self.board.metric}"
        return self.said(known) if self.said.has(known) else self.board.metric

    @cached_property
    def unit(self) -> str:
        """The currency or unit of what is foretold, empty where it is not known."""
        return str(self.best.facts.data.get("unit", ""))

    def money(self, value: float) -> str:
        """An amount with its unit."""
        return f"{self.said.amount(value)} {self.unit}".rstrip()

    @cached_property
    def segmentations(self) -> dict[str, list[str]]:
        """The methods whose segments mean the same, by the segmentation's name (and a method, if it is not alone)."""
        found: list[list[str]] = []
        for method in self.methods:
            own = self.outcomes[method]
            alike = next((each for each in found if same_scheme([self.outcomes[each[0]], own])), None)
            if alike is None:
                found.append([method])
            else:
                alike.append(method)
        called = [self.outcomes[methods[0]].facts.choices.get("segmentation", "") for methods in found]
        return {
            name if called.count(name) == 1 else f"{name} ({methods[0]})": methods
            for name, methods in zip(called, found, strict=True)
        }

    @property
    def dates(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The first and the last period that was foretold."""
        return self.best.forecasts[names.DS].min(), self.best.forecasts[names.DS].max()
