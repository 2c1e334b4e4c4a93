"""Look at a data set, write the page about it, and record one run."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow.profiled import Profiled, profiled
from forecastlab.page import texts
from forecastlab.recipe import NOBODY, Recipe, Trusted, build, compose
from forecastlab.schema import EnvironmentFault, Fault
from forecastlab.stages.profiling.told import Told
from forecastlab.task import data_gate
from forecastlab.task.data_gate import Verdict
from forecastlab.task.naming import slug
from forecastlab.task.privacy import veiled_tables
from forecastlab.task.profile.page import page_of
from forecastlab.task.profile.record import record
from forecastlab.task.replay import replayed
from forecastlab.task.studies import StudyFolder

OUT = "out="
"""The command's own word: where the page is written."""

PAGE = "profile.html"


@dataclass(frozen=True)
class Profile:
    """A profile of a data set: what every look told, with pseudonyms, the verdict if one was required, and the files.

    ``shares`` are the five shares of quality and ``accuracy``; ``tables`` are all tables by look and name; ``absent``
    says in a sentence why a look told nothing. ``reused`` if the same was recorded before.
    """

    name: str
    looks: Mapping[str, Told]
    shares: Mapping[str, float]
    absent: Mapping[str, str]
    verdict: Verdict | None
    page: Path
    folder: Path
    reused: bool

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by ``<look>.<table>``, such as ``cohorts.cohorts``; money in cents."""
        return {f"{look}.{name}": table for look, told in self.looks.items() for name, table in told.tables.items()}


def profile(words: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> Profile:
    """Profile the dataset that the words compose, ``out=FILE`` for the page. Nothing is fitted.

    The page, the tables and the run are there even where the data is not as good as ``quality.require``; whoever asks
    looks at ``verdict``. Raises ConfigError, DataError, EnvironmentFault.
    """
    out = next((word.removeprefix(OUT).strip("'") for word in words if word.startswith(OUT)), "")
    rest = [word for word in words if not word.startswith(OUT)]
    recipe = build(compose(replayed(rest, folder, trusted), folder, trusted))
    settings, root = recipe.settings, Path(recipe.settings.root)
    name = settings.study or recipe.composed.choices.get("dataset") or "data"
    found = profiled(recipe.experiment, settings.quality, settings.profile, Store(root / "cache"))
    recipe.executor.close()
    looks = dict(found.looks)
    if settings.privacy == "pseudonym":
        looks = {key: _veiled(told, root) for key, told in looks.items()}
    quality = looks["quality"]
    required = settings.quality.require
    verdict = data_gate.verdict(quality, data_gate.source(recipe), required) if required is not None else None
    place = root / "profiles" / slug(name)
    said = texts(settings.report.language)
    text, absent = page_of(name, found, looks, verdict, said)
    page = _written(Path(out) if out else place / PAGE, text)
    _tables(looks, place / "tables")
    shares = {key: float(quality.figures[key]) for key in (*quality.tables["shares"]["dimension"], "accuracy")}
    reused = _record(recipe, name, found, looks, verdict, page, place)
    return Profile(name, looks, shares, absent, verdict, page, place, reused)


def _veiled(told: Told, root: Path) -> Told:
    return Told(veiled_tables(told.tables, root), told.figures, told.words, told.absent)


def _written(path: Path, text: str) -> Path:
    """Write a file whole or not at all. Raises EnvironmentFault."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        what = str(error.strerror or error)
        raise EnvironmentFault(
            Fault("not-written", f"out {path}", what, "type out=FILE in a folder of yours")
        ) from error
    return path


def _tables(looks: Mapping[str, Told], folder: Path) -> None:
    """Every table as a CSV file, and none that an earlier profile left."""
    names = {f"{look}.{name}.csv": table for look, told in looks.items() for name, table in told.tables.items()}
    for path in folder.glob("*.csv"):
        if path.name not in names:
            path.unlink()
    for name, table in names.items():
        _written(folder / name, table.to_csv(index=False))


def _record(
    recipe: Recipe,
    name: str,
    found: Profiled,
    looks: Mapping[str, Told],
    verdict: Verdict | None,
    page: Path,
    place: Path,
) -> bool:
    """Record the profile, unless the same is in this store already; true if it is."""
    noted, required = StudyFolder(place), verdict.required if verdict is not None else None
    if not recipe.tracking.mark:
        return False
    if noted.recorded(found.key, f"{recipe.tracking.mark} {required}"):
        return True
    record(recipe, name, found, looks, verdict, page, place / "tables")
    noted.record(found.key, f"{recipe.tracking.mark} {required}")  # a store that was made just now has its mark now
    return False
