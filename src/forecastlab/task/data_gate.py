"""The gate of the data: how accurate it is against what the config requires, before anything is fitted to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow.prepare import load
from forecastlab.flow.profiled import quality_of
from forecastlab.page import floored
from forecastlab.recipe import Recipe
from forecastlab.schema import DataError, Fault
from forecastlab.stages.calendar import calendar
from forecastlab.stages.profiling.quality import SHARES
from forecastlab.stages.profiling.told import Told
from forecastlab.tracking.tracker import Run

WORST = 3
"""Faults that an error names: the ones that cost most."""


@dataclass(frozen=True)
class Verdict:
    """The accuracy of the data, its five shares, what was required, and the faults that cost most, in words."""

    source: str
    accuracy: float
    required: float
    shares: Mapping[str, float]
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the data is as accurate as was required."""
        return self.accuracy >= self.required

    @property
    def words(self) -> str:
        """The verdict as one line."""
        sign = "at least" if self.passed else "but"
        state = "passed" if self.passed else "failed"
        return f"{state}: accuracy {percent(self.accuracy)}, {sign} {percent(self.required)} is required"

    @property
    def error(self) -> DataError:
        """What is said where the data is not accurate enough."""
        low = ", ".join(f"{name} {percent(share)}" for name, share in self.shares.items() if share < 1)
        because = f" ({'; '.join(self.faults)})" if self.faults else ""
        what = f"accuracy is {percent(self.accuracy)}, quality.require is {percent(self.required)}: {low}{because}"
        fix = f"see all of it with forecastlab profile, mend the data, or type quality.require={_below(self.accuracy)}"
        return DataError(Fault("low-quality", self.source, what, fix))

    def log(self, run: Run) -> None:
        """Write it to a run that requires it."""
        run.metrics({f"quality.{name}": share for name, share in self.shares.items()})
        run.metrics({"quality.accuracy": self.accuracy, "quality.required": self.required})
        run.tags({"forecastlab.quality": self.words})

    @property
    def plain(self) -> dict[str, Any]:
        """The same as plain values."""
        return asdict(self) | {"passed": self.passed}


def judged(recipe: Recipe, store: Store) -> Verdict | None:
    """The verdict on the data of a recipe; None where nothing is required. Raises ConfigError, DataError."""
    wanted = recipe.settings.quality
    if wanted.require is None:
        return None
    experiment = recipe.experiment
    log, _, key = load(experiment.dataset, store)
    told = quality_of(log, key, calendar(experiment.dataset, experiment.dataset.freq), wanted, store)
    return verdict(told, source(recipe), wanted.require)


def check(recipe: Recipe, store: Store) -> None:
    """Raise DataError where the data is less accurate than the recipe requires."""
    found = judged(recipe, store)
    if found is not None and not found.passed:
        raise found.error


def verdict(told: Told, place: str, required: float) -> Verdict:
    """The verdict on measured shares."""
    shares = {name: float(told.figures[name]) for name in SHARES}
    faults = worst(told.tables["faults"])
    return Verdict(place, float(told.figures["accuracy"]), required, shares, faults)


def worst(faults: pd.DataFrame, most: int = WORST) -> tuple[str, ...]:
    """The faults that cost most, as ``repeats another row: 12 of 300``."""
    found = faults[faults["n"] > 0].assign(share=lambda table: table["n"] / table["of"])
    found = found.sort_values("share", ascending=False, kind="stable").head(most)
    return tuple(
        f"{why}: {int(n):,} of {int(of):,}" for why, n, of in zip(found["fault"], found["n"], found["of"], strict=True)
    )


def percent(share: float) -> str:
    """A share in per cent, rounded down: what is not whole is not called so."""
    return f"{floored(share):.2%}"


def source(recipe: Recipe) -> str:
    """What the data is read from: its file where the config names one, else the dataset's name."""
    path = getattr(recipe.experiment.dataset, "path", "")
    return str(path or f"dataset {recipe.composed.choices.get('dataset', 'data')}")


def _below(accuracy: float) -> str:
    """The accuracy in a form that can be typed, rounded down."""
    return f"{int(accuracy * 1000) / 1000:g}"
