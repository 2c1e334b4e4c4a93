"""Finished trials, kept in an Optuna study: the only thing that is ever written to it, one transaction each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastlab.schema import EnvironmentFault, Fault
from forecastlab.tuning import _lease, _storage
from forecastlab.tuning._optuna import frozen, thawed
from forecastlab.tuning.space import Space, Trial


@dataclass(frozen=True)
class Ledger:
    """One search in its storage. Only who holds the lease may add to it; ``check`` raises if it was lost."""

    study: Any
    space: Space
    check: Callable[[], None]

    def trials(self) -> list[Trial]:
        """The finished trials by their number, each once."""
        found = {t.user_attrs["index"]: t for t in self.study.get_trials(deepcopy=False) if t.state.is_finished()}
        return [thawed(self.space, found[index]) for index in sorted(found)]

    def add(self, trial: Trial) -> None:
        """Keep a finished trial. Raises EnvironmentFault if the storage does not take it or the lease was lost."""
        with _faults():
            self.check()
            self.study.add_trial(frozen(self.space, trial))

    def identity(self) -> dict[str, str]:
        """What the search was about when it began, by what it is called."""
        return {k.removeprefix(_MARK): v for k, v in self.study.user_attrs.items() if k.startswith(_MARK)}

    def identify(self, identity: Mapping[str, str]) -> None:
        """Write down what the search is about."""
        known = self.identity()
        with _faults():
            for name, digest in identity.items():
                if known.get(name) != digest:
                    self.study.set_user_attr(f"{_MARK}{name}", digest)


_MARK = "forecastlab."


@contextmanager
def coordinated(folder: Path) -> Iterator[None]:
    """Be the only process here that searches a study, judges its winners and records them; others wait their turn.

    Raises EnvironmentFault.
    """
    with ExitStack() as held:
        with _faults():
            held.enter_context(_lease.of_folder(folder))
        yield


@contextmanager
def opened(storage: str, folder: Path, name: str, space: Space, objectives: int) -> Iterator[Ledger]:
    """The search of that name in its storage, begun if it is not there, for one process at a time; others wait.

    The lease of the folder is held, and for a database its own, too, because other machines have other folders.
    Raises ConfigError, EnvironmentFault.
    """
    with ExitStack() as held:
        with _faults():
            held.enter_context(_lease.of_folder(folder))
            if storage in _storage.OWN:
                own = _storage.journal(folder) if storage == "journal" else _storage.sqlite(folder)
                ledger = Ledger(_study(held.enter_context(own), name, objectives), space, lambda: None)
            else:
                url = _storage.url_of(storage)
                lease = held.enter_context(_lease.of_database(url, name))
                place = held.enter_context(_storage.database(url))
                ledger = Ledger(_study(place, name, objectives), space, lease.check)
                lease.settle()
        yield ledger


def _study(storage: Any, name: str, objectives: int) -> Any:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(
        storage=storage, study_name=name, directions=["minimize"] * objectives, load_if_exists=True
    )


@contextmanager
def _faults() -> Iterator[None]:
    """Faults of storages in our words: theirs may hold a password."""
    from optuna.exceptions import OptunaError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (OSError, ImportError, ValueError, RuntimeError, OptunaError, SQLAlchemyError) as error:
        raise EnvironmentFault(Fault("no-storage", "tuning.storage", *_said(error))) from None


def _said(error: BaseException) -> tuple[str, str]:
    """What is wrong and what to do. Texts of theirs are looked at and never repeated."""
    from sqlalchemy.exc import OperationalError

    if isinstance(error, json.JSONDecodeError):
        return "a line of the journal is damaged", "take the journal from a backup, or type another study=…"
    if isinstance(error, ImportError):
        return "the driver for PostgreSQL is not installed", "type: pip install 'forecastlab[sql]'"
    if isinstance(error, OSError):
        return f"cannot be written: {error.strerror or type(error).__name__}", "make room, or choose another root=…"
    if isinstance(error, RuntimeError):
        return "it was made by another version of Optuna", "type another study=…, or tuning.storage=journal"
    text = str(error)
    fix = "check the address and the server, or type tuning.storage=journal"
    if "authentication failed" in text:
        return "the server does not accept this user and password", fix
    if "does not exist" in text:
        return "the server does not know this database or user", fix
    if isinstance(error, OperationalError):
        return "the server does not answer", fix
    return type(error).__name__, fix
