"""A bundle that was found whole: what it says of itself, and what a forecast needs of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from forecastlab import __version__
from forecastlab.bundle.manifest import hash_of, verify
from forecastlab.cache import identity
from forecastlab.flow import entries
from forecastlab.flow.ahead import Ahead, Memory
from forecastlab.flow.customer_jobs import TableFacts, table_facts
from forecastlab.flow.experiment import CustomerExperiment, Experiment, of_customers, of_series
from forecastlab.flow.outcome import Outcome, read_facts
from forecastlab.recipe import Composed, Recipe, Trusted, build
from forecastlab.recipe.changed import completed
from forecastlab.schema import ConfigError, DataError, EnvironmentFault, Fault
from forecastlab.schema.parts import State
from forecastlab.stages.drivers import DriverTable
from forecastlab.stages.fold_panel import FoldPanel
from forecastlab.stages.kept import Fit

Asks = Literal["series", "customers"]
"""What a registered method is asked about."""


@dataclass(frozen=True)
class About:
    """What a bundle says of itself.

    ``asks`` says whether it foretells series or scores customers.
    ``key`` is the identity of the run that was registered, ``cutoff`` the last day that was seen, ``horizon``, ``gap``
    and ``train`` those of the backtest, in periods of ``freq``. ``drivers`` holds the rules of each driver and the
    periods after the cutoff for which it is known; ``composites`` the places of methods made of methods.
    """

    name: str
    study: str
    model: str
    key: str
    cutoff: str
    horizon: int
    gap: int
    train: int | None
    freq: str
    unit: str
    drivers: list[dict[str, Any]]
    composites: list[str]
    package: str
    versions: dict[str, str]
    machine: str
    asks: Asks

    def ahead(self, horizon: int | None, as_of: str | None) -> Ahead:
        """The fold that asks for the next ``horizon`` periods (None: as many as the backtest did)."""
        return Ahead(horizon or self.horizon, self.gap, self.train, as_of)


@dataclass(frozen=True)
class Bundle:
    """A registered method on disk. Make it with ``opened``, which looks at every file first."""

    folder: Path
    sha256: str

    @cached_property
    def about(self) -> About:
        """What it says of itself."""
        told = json.loads((self.folder / "bundle.json").read_text(encoding="utf-8"))
        return About(**{"asks": "series", **told})  # those of earlier versions asked of nothing else

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """What of the composed config that made it decides its answers."""
        import yaml

        found: dict[str, Any] = yaml.safe_load((self.folder / "recipe.yaml").read_text(encoding="utf-8"))
        return found

    @cached_property
    def data(self) -> dict[str, Any]:
        """Figures of the data that it was fitted to: shares of segments, money, drivers."""
        found: dict[str, Any] = json.loads((self.folder / "data.json").read_text(encoding="utf-8"))
        return found

    @cached_property
    def memory(self) -> Memory:
        """What its backtest has taught."""
        said = {
            place: pd.read_parquet(self.folder / f"members/{number:03d}.parquet")
            for number, place in enumerate(self.about.composites)
        }
        return Memory(pd.read_parquet(self.folder / "band.parquet"), said)

    @cached_property
    def outcome(self) -> Outcome:
        """Its backtest: facts, scored forecasts, scores and failures."""
        nothing = pd.DataFrame()
        scores, failures = (pd.read_parquet(self.folder / f"{name}.parquet") for name in ("scores", "failures"))
        return Outcome(
            read_facts(self.folder), self.memory.scored, scores, failures, nothing, nothing, nothing, nothing
        )

    @cached_property
    def panel(self) -> FoldPanel:
        """The series that it was fitted to."""
        return entries.read_levels(self.folder / "panel")

    @cached_property
    def fits(self) -> Mapping[str, list[list[Fit]]]:
        """What each member learned. Raises EnvironmentFault where the libraries are others: states are theirs."""
        here = identity.versions()
        other = [f"{name} {version}" for name, version in self.about.versions.items() if here.get(name) != version]
        if other or self.about.machine != identity.machine():
            what = f"it was fitted with {', '.join(other) or self.about.machine}, here are others"
            fix = "install these, type mode=refit, or register the run again"
            raise EnvironmentFault(Fault("other-versions", f"bundle {self.folder.name}", what, fix))
        return entries.read_fits(self.folder / "states")

    @cached_property
    def tables(self) -> tuple[DriverTable, ...]:
        """Its drivers as they were known."""
        return tuple(
            DriverTable(
                each["name"],
                self.folder / f"drivers/{number:03d}.parquet",
                tuple(each["by"]),
                each["future"],
                each["lag"],
                each["scenario"],
            )
            for number, each in enumerate(self.about.drivers)
        )

    def built(self, trusted: Trusted, changes: Composed | None = None) -> Recipe:
        """The parts that its config names, with changes. Raises ConfigError, such as for parts that are not trusted.

        Raises EnvironmentFault where another version of this package made it, whose parts took other values.
        """
        if self.about.package != __version__:
            try:
                build(Composed(completed(self.recipe), {}, (), None, trusted))
            except ConfigError as error:
                what = f"it was made by forecastlab {self.about.package}, this is {__version__}: {error.faults[0]}"
                fix = f"install forecastlab {self.about.package}, or run the study again and register"
                raise EnvironmentFault(Fault("other-versions", f"bundle {self.folder.name}", what, fix)) from error
        return build(changes or Composed(completed(self.recipe), {}, (), None, trusted))

    def experiment(self, trusted: Trusted) -> Experiment:
        """The experiment that it answers."""
        return of_series(self.built(trusted).experiment, "a bundle")

    def of_customers(self, trusted: Trusted) -> CustomerExperiment:
        """The experiment that it answers, of customers."""
        return of_customers(self.built(trusted).experiment)

    @cached_property
    def table(self) -> TableFacts:
        """What it looks at of customers, and what became of all of them when it was fitted."""
        return table_facts(self.folder / "customers.json")

    @cached_property
    def learned(self) -> State:
        """What a method for customers learned. Raises EnvironmentFault as ``fits``."""
        state = self.fits[""][0][0].state
        assert state is not None, "a method for customers is kept fitted or not at all"
        return state


def opened(folder: Path, sha256: str | None) -> Bundle:
    """The bundle in a folder, after every file was held against its hash, and the whole against ``sha256``.

    Raises DataError where anything is not as it was written; then nothing of it was parsed.
    """
    verify(folder, sha256)
    found = Bundle(folder, hash_of(folder))
    try:
        _ = found.about, found.recipe
    except (TypeError, ValueError, OSError) as error:
        what = "it does not say of itself what a bundle says"
        raise DataError(Fault("bad-bundle", f"bundle {folder.name}", what, "register the run again")) from error
    return found


def plain(about: About) -> dict[str, Any]:
    """What a bundle says of itself as JSON."""
    return dataclasses.asdict(about)
