"""``report``: the report of what a study holds, without computing anything of it again."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from forecastlab.recipe import NOBODY, Recipe, Trusted, build, compose
from forecastlab.recipe.settings import Settings
from forecastlab.schema import ConfigError, Fault
from forecastlab.task.board import board
from forecastlab.task.ranked_as import as_in_study
from forecastlab.task.report.write import write_report
from forecastlab.task.studies import existing, nothing_run


def report(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> Path:
    """Write the report of all finished runs of ``study=…``, and the leaderboard with it. Raises ConfigError.

    The question and the way of comparing are those of the study, unless they are typed.
    """
    recipe = build(compose(overrides, folder, trusted))
    settings = recipe.settings
    if settings.study is None:
        raise ConfigError(Fault("missing-value", "study", "report needs the name of a study", "type study=NAME"))
    found = existing(Path(settings.root), settings.study)
    outcomes = found.outcomes()
    if outcomes:
        settings = _as_asked(recipe, found.recipe(outcomes[-1]), overrides)
    named = dict(zip(found.names(outcomes), outcomes, strict=True))
    table = board(named, settings.compare)
    if table is None:
        raise nothing_run(str(settings.study))
    table.write(found.path)
    return write_report(found, str(settings.study), settings, table, named)


def _as_asked(recipe: Recipe, kept: dict[str, Any], overrides: Sequence[str]) -> Settings:
    """The settings with the question and the comparison of the study's last run, where they were not typed now."""
    typed = {line.lstrip("+").partition("=")[0].partition(".")[0] for line in overrides}
    question = recipe.settings.question if "question" in typed else str(kept["question"])
    return dataclasses.replace(recipe.settings, question=question, compare=as_in_study(recipe, kept))
