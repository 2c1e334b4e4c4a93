"""Studies on disk: every finished run of a question, kept where no cache is ever pruned."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from forecastlab.cache.store import Store
from forecastlab.flow.outcome import Outcome
from forecastlab.recipe.settings import Tuned
from forecastlab.schema import ConfigError, Fault, nearest
from forecastlab.task.naming import distinct, method, name_runs, slug, tuned
from forecastlab.tracking.addresses import RUN_ONE

RUNS = "runs"
REPORT = "report.html"


@dataclass(frozen=True)
class StudyFolder:
    """The folder of one study: ``runs/`` with one folder per finished run, and the leaderboard beside it."""

    path: Path

    @property
    def _store(self) -> Store:
        return Store(self.path)

    def find(self, name: str, key: str) -> Outcome | None:
        """The finished run of that identity, if the study has it. A run in which folds failed is not finished."""
        found = self._store.find(f"{RUNS}/{slug(name)}", key)
        return Outcome.read(found) if found is not None else None

    def keep(self, outcome: Outcome, recipe: Mapping[str, Any]) -> Path:
        """Keep a finished run and the config that made it."""

        def write(folder: Path) -> None:
            outcome.write(folder)
            write_recipe(recipe, folder)

        stage = f"{RUNS}/{slug(method(outcome.facts.choices))}"
        return self._store.keep(stage, outcome.facts.key, write, {"name": outcome.facts.name})

    def recipe(self, outcome: Outcome) -> dict[str, Any]:
        """The config that made a finished run; empty if the run was not kept."""
        return yaml.safe_load(self.recipe_text(outcome)) or {}

    def recipe_text(self, outcome: Outcome) -> str:
        """The same as it was written; empty if the run was not kept."""
        found = self._store.find(f"{RUNS}/{slug(method(outcome.facts.choices))}", outcome.facts.key)
        return (found / "recipe.yaml").read_text(encoding="utf-8") if found is not None else ""

    def record(self, key: str, mark: str) -> None:
        """Note that a finished run was recorded in the tracking store of that mark."""
        place = self.path / "recorded" / key[:32]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(mark, encoding="utf-8")

    def recorded(self, key: str, mark: str) -> bool:
        """Whether a finished run was recorded in the tracking store of that mark, and not in one that was deleted."""
        place = self.path / "recorded" / key[:32]
        return place.is_file() and place.read_text(encoding="utf-8") == mark

    def label(self, key: str, tuned: Tuned) -> None:
        """Note which search found the values of a run."""
        place = self.path / "tuned" / f"{key[:32]}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(asdict(tuned)), encoding="utf-8")

    def search_of(self, key: str) -> Tuned | None:
        """Which search found the values of a run; None if none did."""
        place = self.path / "tuned" / f"{key[:32]}.json"
        return Tuned(**json.loads(place.read_text(encoding="utf-8"))) if place.is_file() else None

    def names(self, outcomes: Sequence[Outcome]) -> list[str]:
        """Names of its runs by what differs between them; what a search found is called so."""
        named = name_runs([o.facts.choices for o in outcomes], [o.facts.overrides for o in outcomes])
        found = [self.search_of(outcome.facts.key) for outcome in outcomes]
        return distinct([tuned(name, by.trials) if by else name for name, by in zip(named, found, strict=True)])

    def outcomes(self) -> list[Outcome]:
        """Every finished run, the oldest first."""
        entries = [entry for entry in self._store.ls() if entry.stage.startswith(RUNS)]
        return [Outcome.read(entry.path) for entry in sorted(entries, key=lambda entry: -entry.age)]


def write_recipe(recipe: Mapping[str, Any], folder: Path) -> None:
    """Write a resolved config, in the order in which it was composed."""
    text = yaml.safe_dump(dict(recipe), sort_keys=False, allow_unicode=True)
    (folder / "recipe.yaml").write_text(text, encoding="utf-8")


def study_folder(root: Path, study: str) -> StudyFolder:
    """The folder of a study, which need not exist yet."""
    return StudyFolder(root / "studies" / slug(study))


def existing(root: Path, study: str) -> StudyFolder:
    """The folder of a study that has runs. Raises ConfigError with the studies there are."""
    found = study_folder(root, study)
    if not found.path.is_dir():
        there = sorted(path.name for path in (root / "studies").glob("*")) if (root / "studies").is_dir() else []
        what = f"there is no study {study} in {root}, there are {', '.join(there) or 'none'}"
        if not root.is_dir():
            what = f"there is no study {study}, for there is no folder {root}"
        raise ConfigError(Fault("unknown-study", "study", what, nearest(study, there) or RUN_ONE))
    return found


def nothing_run(study: str) -> ConfigError:
    """What is said of a study without a finished run."""
    fix = f"run one first: forecastlab run study={shlex.quote(study)}"
    return ConfigError(Fault("empty-study", "study", f"{study} has no finished run", fix))
