"""The winner of a search beside the default: run once on the test folds, and kept as a config of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from forecastlab.recipe import Recipe
from forecastlab.recipe.settings import Tuned
from forecastlab.recipe.space import Searchable
from forecastlab.schema import ConfigError
from forecastlab.task.export import experiment
from forecastlab.task.naming import tuned
from forecastlab.task.optimism import Optimism, optimism
from forecastlab.task.run import Event, Named, StudyEnds, run_study, study_name
from forecastlab.task.search_files import TRIALS, SearchFiles
from forecastlab.task.search_record import SearchRecorder
from forecastlab.tuning.space import Trial


@dataclass(frozen=True)
class Judged:
    """The winner was run beside the default: how much of its gain is luck, and the found config as an experiment.

    ``experiment`` is its file, or why it cannot be written.
    """

    optimism: Optimism | None
    experiment: Path | ConfigError


def judge(
    first: Recipe,
    space: Searchable,
    trials: Sequence[Trial],
    winner: Trial,
    files: SearchFiles,
    recorder: SearchRecorder,
    command: str,
) -> Iterator[Judged | Event]:
    """Run the default and the winner, once on the test folds; write down what that says, and the found config."""
    study = study_name(first)
    by, found = Tuned(study, len(trials), winner.index), space.recipe(winner.params)
    if found.experiment != first.experiment:  # else it found nothing better than the default, and made nothing
        found = labelled(found, by)
    names = ("default", tuned("", len(trials)))
    table = None
    try:
        for event in run_study([Named(names[0], first), Named(names[1], found)]):
            table = event.board if isinstance(event, StudyEnds) else table
            yield event
        luck = optimism(table, *names) if table is not None else None
        kept = _kept(found, files, [f"Values of {by}.", *(luck.lines() if luck is not None else []), command])
        written = [files.folder / TRIALS, *([kept] if isinstance(kept, Path) else [])]
        written += [luck.write(files.folder)] if luck is not None else []
        recorder.close(space.space, trials, written, luck)
    except BaseException:
        recorder.stop()
        raise
    yield Judged(luck, kept)


def _kept(found: Recipe, files: SearchFiles, head: Sequence[str]) -> Path | ConfigError:
    try:
        return files.keep(experiment(found, f"{study_name(found)}_best", head))
    except ConfigError as error:
        return error


def labelled(recipe: Recipe, by: Tuned) -> Recipe:
    """The recipe with the name of the search that found its values."""
    composed = dataclasses.replace(recipe.composed, values={**recipe.composed.values, "tuned": dataclasses.asdict(by)})
    settings = dataclasses.replace(recipe.settings, tuned=by)
    return dataclasses.replace(recipe, settings=settings, composed=composed)
