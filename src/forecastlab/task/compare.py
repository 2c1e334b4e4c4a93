"""``compare``: the leaderboard of everything that a study holds so far."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from forecastlab.recipe import NOBODY, Trusted, build, compose
from forecastlab.schema import ConfigError, Fault
from forecastlab.task.board import Board, board
from forecastlab.task.ranked_as import as_in_study
from forecastlab.task.studies import existing, nothing_run


def compare(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> tuple[str, Board, Path]:
    """Compare all finished runs of ``study=…`` as the study does, but for what is typed. Raises ConfigError."""
    recipe = build(compose(overrides, folder, trusted))
    settings = recipe.settings
    if settings.study is None:
        raise ConfigError(Fault("missing-value", "study", "compare needs the name of a study", "type study=NAME"))
    found = existing(Path(settings.root), settings.study)
    outcomes = found.outcomes()
    kept = found.recipe(outcomes[-1]) if outcomes else {}
    table = board(dict(zip(found.names(outcomes), outcomes, strict=True)), as_in_study(recipe, kept))
    if table is None:
        raise nothing_run(settings.study)
    table.write(found.path)
    return settings.study, table, found.path
