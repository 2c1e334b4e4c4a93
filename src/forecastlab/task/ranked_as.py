"""By what a study, or a registered method, is ranked where a command does not say so itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecastlab.bundle.contents import Bundle
from forecastlab.recipe import Recipe
from forecastlab.recipe.ranking import usual
from forecastlab.recipe.settings import Compare


def as_in_study(recipe: Recipe, kept: Mapping[str, Any]) -> Compare:
    """The comparison of a study as its config was ``kept``, but for what the command itself says of it."""
    typed = {line.lstrip("+~").partition("=")[0] for line in recipe.composed.overrides}
    now = vars(recipe.settings.compare)
    was = kept.get("compare", now)
    return Compare(
        **{key: now[key] if {"compare", f"compare.{key}"} & typed else was.get(key, now[key]) for key in now}
    )


def as_usual(recipe: Recipe, bundle: Bundle) -> Compare:
    """What the command says of the comparison, and what is usual for the kind of the registered method."""
    of = "series" if bundle.about.asks == "series" else bundle.table.kind
    return usual(Compare(**recipe.composed.values["compare"]), of)
