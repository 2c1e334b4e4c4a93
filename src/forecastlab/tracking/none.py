"""No tracking."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecastlab.schema import EnvironmentFault, Fault
from forecastlab.tracking.models import Models
from forecastlab.tracking.tracker import Ended, FoundRun, Run, Status, Study, Tracker
from forecastlab.tracking.views import View


@dataclass(frozen=True)
class Untracked:
    """Keep nothing: results are shown and forgotten."""

    @property
    def mark(self) -> str:
        """No store."""
        return ""

    def open(self, study: str, description: str) -> Study:
        """A study that remembers nothing."""
        return UntrackedStudy()

    def models(self) -> Models:
        """There are none. Raises EnvironmentFault."""
        raise EnvironmentFault(Fault("not-tracked", "tracking", "models are not kept", "set tracking=mlflow"))


@dataclass(frozen=True)
class UntrackedStudy:
    """A study that remembers nothing."""

    @property
    def id(self) -> None:
        """No store, no id."""
        return

    def start(
        self, name: str, parent: Run | None, tags: Mapping[str, str], params: Mapping[str, Any], own: str = ""
    ) -> Run:
        """A run that is not recorded."""
        return UntrackedRun(own or secrets.token_hex(16))

    def add(self, parent: Run, runs: Sequence[Ended]) -> None:
        """Not kept."""

    def find(self, key: str) -> FoundRun | None:
        """Nothing is remembered, so nothing is found."""
        return None

    def replace(self, key: str) -> None:
        """Nothing is there to be replaced."""

    def runs(self) -> tuple[FoundRun, ...]:
        """None."""
        return ()

    def fetch(self, found: FoundRun, artifact: str, target: Path) -> Path:
        """There is nothing to fetch. Raises EnvironmentFault."""
        raise EnvironmentFault(Fault("not-tracked", "tracking", "runs are not kept", "set tracking=mlflow"))


@dataclass(frozen=True)
class UntrackedRun:
    """A run that is not recorded."""

    id: str

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        """Not kept."""

    def artifact(self, path: Path, folder: str | None) -> None:
        """Not kept."""

    def tags(self, values: Mapping[str, str]) -> None:
        """Not kept."""

    def dataset(
        self,
        name: str,
        digest: str,
        source: str,
        schema: Mapping[str, str],
        profile: Mapping[str, Any],
        context: str,
    ) -> None:
        """Not kept."""

    def note(self, markdown: str) -> None:
        """Not kept."""

    def link(self, found: FoundRun) -> None:
        """Not kept."""

    def present(self, words: str, views: Sequence[View], others: Mapping[str, Mapping[str, str]]) -> None:
        """Not kept."""

    def finish(self, status: Status) -> bool:
        """Nothing waits for anything."""
        return True


if TYPE_CHECKING:
    _tracker: Tracker = Untracked()

PART = Untracked
