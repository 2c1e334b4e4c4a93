"""A search for better values: how many trials, which rule proposes them, and when a trial is given up."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from forecastlab.schema import ConfigError, Fault
from forecastlab.tuning._optuna import ask, seed_of
from forecastlab.tuning._storage import OWN, url_of
from forecastlab.tuning.space import Proposal, Space, Trial, grid

Objective = Literal["loss", "seconds", "coverage"]

LARGEST_GRID = 100_000
"""Points of a grid from which on it is refused: nobody waits for so many."""


@dataclass(frozen=True)
class Prune:
    """When a trial is given up before its last fold: it is behind others, and luck would not make it the best.

    Both must hold at a fold. Its loss so far is behind the ``quantile`` of earlier trials at that fold. And even if its
    later folds went better than usual by ``luck`` standard deviations, it would not beat the best finished trial; what
    is usual, and how much it differs, is the logarithm of final loss over loss so far of the finished trials. So a
    first fold that says little about the others gives few trials up, and one that says much gives most of them up.
    """

    quantile: Annotated[float, Field(gt=0, le=1, description="share of earlier trials that a trial must not be behind")]
    luck: Annotated[float, Field(ge=0, description="standard deviations of luck with later folds that are allowed for")]
    after: Annotated[int, Field(ge=1, description="folds that every trial is given")]
    among: Annotated[int, Field(ge=2, description="finished trials that there must be to compare with")]

    def bar(self, earlier: Sequence[Trial], fold: int, folds: int) -> float:
        """The loss after a fold (counted from 0, of so many) above which a trial is given up; infinite: never."""
        reached = [trial.losses[fold] for trial in earlier if trial.state != "failed" and len(trial.losses) > fold]
        done = np.array([trial.losses for trial in earlier if trial.state == "done" and len(trial.losses) == folds])
        if fold + 1 < self.after or len(done) < self.among or not (done > 0).all():
            return math.inf
        later = np.log(done[:, -1] / done[:, fold])
        best_case = later.mean() - self.luck * later.std(ddof=1)
        return max(float(np.quantile(reached, self.quantile)), float(done[:, -1].min() / np.exp(best_case)))


@dataclass(frozen=True)
class Search:
    """Tries values from the declared spaces and learns from the losses on the selection folds which to try next.

    ``tpe``: tree-structured Parzen estimators (Bergstra et al. 2011), values like those of good trials. ``random``:
    independent draws. ``grid``: every combination, in order. ``nsgaii``: an evolutionary search (Deb et al. 2002).
    Proposals are computed by Optuna from the seed, the number of the trial and the trials of earlier batches alone, so
    that a killed search goes on with the same values, whatever the number of workers. With more than one objective
    trials are not given up, and there is a front of trials that nothing beats; ``seconds`` are those of fitting and
    predicting, measured, so that such a search depends on the machine.
    """

    sampler: Annotated[Literal["tpe", "random", "grid", "nsgaii"], Field(description="the rule that proposes values")]
    trials: Annotated[int, Field(ge=1, description="trials in all; a longer search goes on from a shorter one")]
    batch: Annotated[int, Field(ge=1, description="trials that are proposed at a time, from what is known by then")]
    startup: Annotated[int, Field(ge=1, description="first trials, which are drawn at random (tpe)")]
    population: Annotated[int, Field(ge=2, description="trials of a generation (nsgaii)")]
    objectives: Annotated[
        tuple[Objective, ...],
        Field(min_length=1, description="what is to be small: loss, seconds (CPU), coverage (its distance from 80 %)"),
    ]
    seed: Annotated[int, Field(ge=0, description="start of the random draws")]
    prune: Annotated[Prune | None, Field(description="when a trial is given up early; null: never")]
    over: Annotated[
        Mapping[str, dict[str, Any] | None],
        Field(description="further dimensions by dotted key, {low, high, log, step} or {choices}; null takes one out"),
    ]
    only: Annotated[tuple[str, ...], Field(description="sections whose own space: is searched")]
    storage: Annotated[
        str, Field(min_length=1, description="journal, sqlite, or the name of a variable with a database URL")
    ]
    fail_fast: Annotated[bool, Field(description="whether the first failed trial ends the search")]
    budget: Annotated[
        float | None,
        Field(gt=0, description="CPU seconds of a search, measured once and turned into trials; null: trials alone"),
    ]
    nested: Annotated[bool, Field(description="whether every run of a sweep is searched on its own")]

    def affordable(self, seconds: float) -> int:
        """How many trials of that length the budget pays: at least one, and never more than ``trials``."""
        if self.budget is None:
            return self.trials
        return max(1, min(self.trials, int(self.budget / max(seconds, 1e-6))))

    def possible(self, space: Space) -> int:
        """How many trials there will be: a grid may have fewer points."""
        return sum(1 for _ in islice(grid(space), self.trials)) if self.sampler == "grid" else self.trials

    def propose(self, space: Space, finished: Sequence[Trial], index: int) -> Proposal | None:
        """The values of trial ``index``, from the finished trials of earlier batches; None when a grid is used up."""
        if self.sampler == "grid":
            point = next(islice(grid(space), index, None), None)
            return Proposal(point, {}) if point is not None else None
        return ask(self._sampler(index), space, finished, len(self.objectives))

    def check(self, space: Space) -> None:
        """Raise ConfigError for a space that the rule cannot search, or a storage that is not there."""
        if self.storage not in OWN:
            url_of(self.storage)
        if not space:
            fix = "type tuning.over={model.KEY: {low: …, high: …}}, or choose a method with a space of its own"
            raise ConfigError(Fault("no-space", "tuning.over", "there is nothing to search", fix))
        if self.sampler != "grid":
            return
        endless = [dimension.key for dimension in space if not dimension.points]
        if endless:
            what = f"{', '.join(endless)} has no countable values"
            raise ConfigError(Fault("endless-grid", "tuning.over", what, "give it a step or choices"))
        points = int(np.prod([float(dimension.points) for dimension in space]))
        if points > LARGEST_GRID:
            what = f"the grid has {points:,} points, {LARGEST_GRID:,} are allowed"
            raise ConfigError(Fault("large-grid", "tuning.over", what, "type tuning=tpe, or search fewer values"))

    def bar(self, finished: Sequence[Trial], folds: int) -> tuple[float, ...]:
        """For each fold the loss so far from which on a trial is given up; infinite where none is."""
        if self.prune is None or self.objectives != ("loss",):
            return (math.inf,) * folds
        return (*(self.prune.bar(finished, fold, folds) for fold in range(folds - 1)), math.inf)

    def _sampler(self, index: int) -> Any:
        from optuna import samplers

        seed = seed_of(self.seed, index)
        if self.sampler == "random" or (self.sampler == "tpe" and index < self.startup):
            return samplers.RandomSampler(seed=seed)
        if self.sampler == "nsgaii":
            return samplers.NSGAIISampler(population_size=self.population, seed=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # multivariate and group announce themselves as experimental
            return samplers.TPESampler(n_startup_trials=self.startup, multivariate=True, group=True, seed=seed)


PART = Search
