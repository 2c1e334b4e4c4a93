"""The winners of searches beside the defaults: run once on the test folds, and kept as configs of their own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from forecastlab.recipe import Recipe
from forecastlab.recipe.settings import Tuned
from forecastlab.schema import ConfigError
from forecastlab.task.board import Board
from forecastlab.task.export import experiment
from forecastlab.task.naming import tuned
from forecastlab.task.optimism import Optimism, optimism
from forecastlab.task.run import Event, Named, StudyEnds, run_study, study_name
from forecastlab.task.search_files import TRIALS
from forecastlab.task.search_record import SearchRecorder
from forecastlab.task.searches import Asked
from forecastlab.tuning.space import Trial


@dataclass(frozen=True)
class Found:
    """A search that is over: its trials, the best of them, and where the rest of its story is written down."""

    asked: Asked
    trials: Sequence[Trial]
    winner: Trial
    recorder: SearchRecorder

    @property
    def default(self) -> Named:
        """The config's own values as a run."""
        return Named(self.asked.name or "default", self.asked.first)

    @property
    def best(self) -> Named:
        """The found values as a run that says where they are from."""
        first, best = self.asked.first, self.asked.space.recipe(self.winner.params)
        by = Tuned(study_name(first), len(self.trials), self.winner.index)
        if best.experiment != first.experiment:  # else it found nothing better than the default, and made nothing
            best = labelled(best, by)
        return Named(tuned(self.asked.name, len(self.trials)), best)


@dataclass(frozen=True)
class Judged:
    """A winner was run beside the default: how much of its gain is luck, and the found config as an experiment.

    ``search`` is the folder of its search below ``tuning``, empty if that was the only one. ``experiment`` is its file,
    or why it cannot be written.
    """

    search: str
    optimism: Optimism | None
    experiment: Path | ConfigError


def judge(found: Sequence[Found], plain: Sequence[Named]) -> Iterator[Judged | Event]:
    """Run defaults, winners and what was not searched as one study; write down what that says, and the found configs.

    This is the first and only time that a search's values meet the test folds.
    """
    table = None
    try:
        for event in run_study([*plain, *(each.default for each in found), *(each.best for each in found)]):
            table = event.board if isinstance(event, StudyEnds) else table
            yield event
        for each in found:
            yield _judged(each, table)
    except BaseException:
        for each in found:
            each.recorder.stop()
        raise


def _judged(found: Found, table: Board | None) -> Judged:
    """One search: what it is worth, written into its folder and into the store."""
    asked, best, files = found.asked, found.best, found.asked.files
    luck = optimism(table, found.default.name, best.name) if table is not None else None
    by = f"trial {found.winner.index} of {len(found.trials)} of the search of study {study_name(asked.first)}"
    head = [f"Values of {by}.", *(luck.lines() if luck is not None else []), asked.command()]
    kept: Path | ConfigError
    try:
        kept = files.keep(experiment(best.recipe, f"{study_name(best.recipe)}_best", head))
    except ConfigError as error:
        kept = error
    written = [files.folder / TRIALS, *([kept] if isinstance(kept, Path) else [])]
    written += [luck.write(files.folder)] if luck is not None else []
    found.recorder.close(asked.space.space, found.trials, written, luck)
    return Judged(files.folder.name if asked.name else "", luck, kept)


def labelled(recipe: Recipe, by: Tuned) -> Recipe:
    """The recipe with the name of the search that found its values."""
    composed = dataclasses.replace(recipe.composed, values={**recipe.composed.values, "tuned": dataclasses.asdict(by)})
    settings = dataclasses.replace(recipe.settings, tuned=by)
    return dataclasses.replace(recipe, settings=settings, composed=composed)
