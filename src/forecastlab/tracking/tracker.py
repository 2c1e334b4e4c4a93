"""What a tracker can do: a study holds runs, a run holds what one experiment left behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from forecastlab.tracking.models import Models

from forecastlab.tracking.views import View

Status = Literal["FINISHED", "FAILED", "KILLED"]


@dataclass(frozen=True)
class FoundRun:
    """A run as the store knows it.

    ``id`` is the store's own id; ``key`` the identity of the question (empty if it has none); ``metrics`` holds the
    last value of each.
    """

    id: str
    name: str
    status: str
    key: str
    parent: str | None
    metrics: Mapping[str, float]
    params: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Ended:
    """A run that is over, and all there is to say of it; ``metrics`` holds ``(name, value, step)``.

    ``id`` is its own for good, 32 hexadecimal digits: recorded again it is the same run.
    """

    id: str
    name: str
    status: Status
    tags: Mapping[str, str]
    params: Mapping[str, Any]
    metrics: Sequence[tuple[str, float, int]]


@dataclass(frozen=True)
class SyncReport:
    """What became of the runs that had not reached the store.

    ``shipped``: runs that are in the store now. ``ended``: those among them, and those found in the store, whose
    process had died without saying how it ended. ``active``: unfinished runs of living processes, left alone.
    ``elsewhere``: runs meant for another store. ``damaged``: runs whose record had torn or altered lines; what was
    whole is shipped, but never as FINISHED. ``refused``: run → why the store did not take it. ``left``: not tried.
    ``unreachable``: why the store could not be reached, or empty. Runs are named by their spool id.
    """

    shipped: tuple[str, ...]
    ended: tuple[str, ...]
    active: tuple[str, ...]
    elsewhere: tuple[str, ...]
    damaged: tuple[str, ...]
    refused: Mapping[str, str]
    left: tuple[str, ...]
    unreachable: str

    @property
    def complete(self) -> bool:
        """Whether nothing that could be shipped is left."""
        return not (self.refused or self.left or self.unreachable)


class Run(Protocol):
    """One run being recorded. Nothing here waits for a server except ``finish``, and that only for a short time."""

    @property
    def id(self) -> str:
        """Our own id of the run; the tag ``forecastlab.run`` in the store."""
        ...

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        """Numbers by name. What is not finite is not sent but counted; names are made legal (see ``legal_key``)."""
        ...

    def artifact(self, path: Path, folder: str | None) -> None:
        """A file to keep. It is copied at once, so that it may be changed or deleted afterwards."""
        ...

    def tags(self, values: Mapping[str, str]) -> None:
        """Words about the run; a later value replaces an earlier one."""
        ...

    def dataset(
        self,
        name: str,
        digest: str,
        source: str,
        schema: Mapping[str, str],
        profile: Mapping[str, Any],
        context: str,
    ) -> None:
        """The data that was used: where from, its fingerprint, column → type, figures (JSON), and what for."""
        ...

    def note(self, markdown: str) -> None:
        """The description shown at the top of the run's page."""
        ...

    def link(self, found: FoundRun) -> None:
        """Say that an earlier run's result is used here again."""
        ...

    def present(self, words: str, views: Sequence[View], others: Mapping[str, Mapping[str, str]]) -> None:
        """What a reader finds on the study's own page: words in Markdown (none: they stay as they are), and views.

        ``others`` gives words (tags) to further runs of the study, found by their identity. In ``words``, in the run's
        own note and in those words ``⟨study⟩``, ``⟨run⟩`` and ``⟨key⟩`` (any identity in ``others``) stand for the
        store's ids.
        """
        ...

    def finish(self, status: Status) -> bool:
        """The end of the run; true if it is in the store now, false if it waits for ``sync``."""
        ...


class Study(Protocol):
    """The runs that belong to one question."""

    @property
    def id(self) -> str | None:
        """The store's id of the study, or None while the store is out of reach."""
        ...

    def start(
        self, name: str, parent: Run | None, tags: Mapping[str, str], params: Mapping[str, Any], own: str = ""
    ) -> Run:
        """A new run, or with the id ``own`` one that goes on; the tag ``forecastlab.key`` is its identity."""
        ...

    def add(self, parent: Run, runs: Sequence[Ended]) -> None:
        """Record runs below ``parent`` that are over, in few messages; what is there already is left as it is."""
        ...

    def find(self, key: str) -> FoundRun | None:
        """The newest FINISHED run with this identity, or None (also when the store is out of reach)."""
        ...

    def replace(self, key: str) -> None:
        """Take away the runs of this identity that failed or were killed: one that is begun now stands for them."""
        ...

    def runs(self) -> tuple[FoundRun, ...]:
        """All runs of the study, newest first. Raises EnvironmentFault when the store is out of reach."""
        ...

    def fetch(self, found: FoundRun, artifact: str, target: Path) -> Path:
        """Copy one kept file into the folder ``target``. Raises EnvironmentFault when it cannot be had."""
        ...


class Tracker(Protocol):
    """Where runs are kept."""

    @property
    def mark(self) -> str:
        """Which store this is; another word once it was deleted and made anew; empty for one that keeps nothing."""
        ...

    def open(self, study: str, description: str) -> Study:
        """The study of this name, made if it is new. Raises ConfigError, EnvironmentFault."""
        ...

    def models(self) -> Models:
        """The registered models. Raises ConfigError, and EnvironmentFault for a tracker that keeps nothing."""
        ...
