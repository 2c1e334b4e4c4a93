"""Runs kept in MLflow, by way of a local record that no server can hold up."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from forecastlab.tracking._place import place
from forecastlab.tracking._store import Store
from forecastlab.tracking._study import LiveStudy
from forecastlab.tracking.models import Models
from forecastlab.tracking.sync import catch_up, within
from forecastlab.tracking.tracker import Study, Tracker


@dataclass(frozen=True)
class Mlflow:
    """Keep every run in MLflow: parameters, scores, forecasts, report.

    A run is first written to ``<root>/spool`` and shipped when it ends. A store that does not answer is reported
    once and not asked again by this process; `forecastlab sync` or the next run ships what waits.
    """

    uri: Annotated[
        str | None, Field(description="Address of an MLflow server, or sqlite:///PATH; null keeps runs under root")
    ]
    root: Annotated[str, Field(min_length=1, description="Folder of the local store, its files and the spool")]
    timeout: Annotated[int, Field(ge=1, description="Seconds to wait for a server that does not answer")]
    catch_up: Annotated[
        int, Field(ge=0, description="Seconds a start may spend on shipping what earlier runs could not ship")
    ]

    @property
    def mark(self) -> str:
        """The store's name, and for a database file which file it is."""
        here = place(self.root, self.uri)
        file = here.database
        return f"{here.name} {file.stat().st_ino if file is not None and file.exists() else ''}".strip()

    def open(self, study: str, description: str) -> Study:
        """The study of this name, made if it is new.

        Ships what waits and ends runs whose process has died. Raises ConfigError for a wrong address and
        EnvironmentFault for a local store that is broken or of another version.
        """
        store = Store(place(self.root, self.uri), self.timeout)
        opened = LiveStudy(store, study, description)
        if opened.id is not None:
            report = catch_up(store, within(self.catch_up))
            for run, reason in report.refused.items():
                logging.getLogger(__name__).warning("the store does not take run %s: %s", run, reason)
        return opened

    def models(self) -> Models:
        """The registered models of the store. Raises ConfigError for a wrong address."""
        return Models(Store(place(self.root, self.uri), self.timeout))


if TYPE_CHECKING:
    _tracker: Tracker = Mlflow(uri=None, root="", timeout=0, catch_up=0)

PART = Mlflow
