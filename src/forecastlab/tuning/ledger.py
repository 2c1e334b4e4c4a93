"""Finished trials, kept in an Optuna study: the only thing that is ever written to it, one transaction each."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastlab.schema import ConfigError, EnvironmentFault, Fault
from forecastlab.tuning._optuna import frozen, thawed
from forecastlab.tuning.space import Space, Trial


@dataclass(frozen=True)
class Ledger:
    """One search in its storage. Only who holds the lease may add to it."""

    study: Any
    space: Space

    def trials(self) -> list[Trial]:
        """The finished trials by their number, each once."""
        found = {t.user_attrs["index"]: t for t in self.study.get_trials(deepcopy=False) if t.state.is_finished()}
        return [thawed(self.space, found[index]) for index in sorted(found)]

    def add(self, trial: Trial) -> None:
        """Keep a finished trial."""
        self.study.add_trial(frozen(self.space, trial))

    def identity(self) -> dict[str, str]:
        """What the search was about when it began, by what it is called."""
        return {k.removeprefix(_MARK): v for k, v in self.study.user_attrs.items() if k.startswith(_MARK)}

    def identify(self, identity: Mapping[str, str]) -> None:
        """Write down what the search is about."""
        for name, digest in identity.items():
            self.study.set_user_attr(f"{_MARK}{name}", digest)


_MARK = "forecastlab."

OWN = ("journal", "sqlite")
"""Storages that are files beside the study."""


@contextmanager
def leased(folder: Path) -> Iterator[None]:
    """Hold the lease of a search: one process at a time coordinates it, others wait. It ends with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lease").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(str(os.getpid()))
        file.flush()
        yield


def opened(storage: str, folder: Path, name: str, space: Space) -> Ledger:
    """The search of that name in its storage, begun if it is not there. Raises ConfigError, EnvironmentFault."""
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        study = optuna.create_study(storage=_storage(storage, folder), study_name=name, load_if_exists=True)
    except (OSError, ImportError, ValueError, SQLAlchemyError) as error:  # no text of theirs: it may hold a password
        fix = "check the address and the server, or type tuning.storage=journal"
        raise EnvironmentFault(Fault("no-storage", "tuning.storage", type(error).__name__, fix)) from error
    return Ledger(study, space)


def _storage(storage: str, folder: Path) -> Any:
    from optuna.storages import JournalStorage, RDBStorage
    from optuna.storages.journal import JournalFileBackend

    if storage == "journal":
        return JournalStorage(JournalFileBackend(str(folder / "trials.journal")))
    if storage == "sqlite":
        return RDBStorage(f"sqlite:///{folder / 'trials.db'}")
    return RDBStorage(url_of(storage))


def url_of(storage: str) -> str:
    """The address of a storage that is a variable. Raises ConfigError where it is not set."""
    url = os.environ.get(storage)
    if not url:
        what = f"found {storage}, which is neither journal nor sqlite nor a variable that is set"
        raise ConfigError(Fault("no-storage", "tuning.storage", what, f"type export {storage}=postgresql+psycopg://…"))
    return url
