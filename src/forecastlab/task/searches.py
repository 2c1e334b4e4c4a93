"""Which searches a command asks for: one, or one for every run of a sweep (``tuning.nested``)."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from forecastlab.recipe import NOBODY, Recipe, Trusted, build, compose, expand
from forecastlab.recipe.space import Searchable, searchable
from forecastlab.schema import ConfigError, Fault
from forecastlab.task.naming import slug
from forecastlab.task.run import Named, recipes, study_name
from forecastlab.task.search_files import SearchFiles
from forecastlab.task.studies import study_folder
from forecastlab.tuning.space import Params

EMPTY = "no-space"
"""The fault of a config in which there is nothing to search."""


@dataclass(frozen=True)
class Asked:
    """One search: what the run is called whose values it searches (empty if it is the only one), and its config."""

    name: str
    overrides: tuple[str, ...]
    folder: Path | None
    space: Searchable

    @property
    def first(self) -> Recipe:
        """The config's own values: where a group is searched, with its first choice."""
        return self.space.recipe(self.own)

    @property
    def own(self) -> Params:
        """The choices of the searched groups that the config's own values go with."""
        return {d.key: d.choices[0] for d in self.space.space if d.key in self.space.groups}

    @property
    def files(self) -> SearchFiles:
        """Where its files lie."""
        first = self.first
        place = study_folder(Path(first.settings.root), study_name(first)).path / "tuning"
        return SearchFiles(place / slug(self.name) if self.name else place)

    @property
    def title(self) -> str:
        """Its name in a storage that several searches share."""
        return "/".join(word for word in (study_name(self.first), self.name) if word)

    def command(self) -> str:
        """What was typed, or what would have been for this search alone."""
        own = ["--config-dir", str(self.folder)] if self.folder is not None else []
        return shlex.join(["forecastlab", "tune", *own, *self.overrides])


@dataclass(frozen=True)
class Plan:
    """The searches of a command, and the runs of the sweep that have nothing to search and are run as they are."""

    searches: tuple[Asked, ...]
    plain: tuple[Named, ...]


def searches(overrides: Sequence[str], folder: Path | None, multirun: bool, trusted: Trusted = NOBODY) -> Plan:
    """What a command asks to be searched, all of it checked before any data is read. Raises ConfigError."""
    start = expand(overrides, {})[0] if multirun else tuple(overrides)
    base = compose(start, folder, trusted)
    if not build(base).tuning.nested:
        if multirun:
            fix = "type tuning.nested=true to search each of them, or take -m out"
            raise ConfigError(Fault("sweep", "-m", "one search has one config, and -m gives several", fix))
        return Plan((Asked("", start, folder, searchable(base)),), ())
    runs = recipes(overrides, folder, multirun, trusted)
    if len(runs) < 2:
        what = "each run of a sweep is to be searched, and there is one run"
        raise ConfigError(Fault("sweep", "tuning.nested", what, "type -m model=ridge,theta, or tuning.nested=false"))
    asked: list[Asked] = []
    plain: list[Named] = []
    faults: dict[Fault, None] = {}
    for run in runs:
        composed = run.recipe.composed
        try:
            asked.append(Asked(run.name, composed.overrides, folder, searchable(composed)))
        except ConfigError as error:
            faults |= dict.fromkeys(error.faults)
            if [fault.code for fault in error.faults] == [EMPTY]:
                plain.append(run)
    if not asked or any(fault.code != EMPTY for fault in faults):
        raise ConfigError(faults)
    return Plan(tuple(asked), tuple(plain))
