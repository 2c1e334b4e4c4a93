"""How MLflow loads a registered method: ``forecastlab.bundle.loader`` is the loader module of every version."""

from __future__ import annotations

import inspect
import logging
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab.bundle.contents import Bundle, opened
from forecastlab.bundle.customers import ServedCustomers
from forecastlab.flow.ahead import Foretold, kept
from forecastlab.flow.experiment import Experiment
from forecastlab.recipe import Trusted, trust
from forecastlab.schema import ConfigError, DataError, Fault, nearest
from forecastlab.schema.names import DS
from forecastlab.stages.drivers import DriverTable

LOADER = __name__


@dataclass(frozen=True)
class Served:
    """A registered method that answers from what was kept: which periods ahead, and under which drivers."""

    bundle: Bundle
    experiment: Experiment

    def predict(self, model_input: Any, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Forecasts of the next ``params["horizon"]`` periods: ``unique_id, level, segment, ds, step, yhat, q…``.

        ``model_input`` holds what is known of drivers in these periods: ``ds``, the driver's keys, and its columns
        called ``driver.column``; a driver without a column there follows its declared rule. Raises ConfigError for
        anything else, and without a horizon.
        """
        given = dict(params or {})
        horizon = given.pop("horizon", 0)
        if given or not isinstance(horizon, Integral) or horizon < 1:
            there = ", ".join(given) or f"horizon {horizon!r}"
            what = f"found {there}; it takes one parameter, horizon, a number of periods from 1"
            raise ConfigError(Fault("bad-params", "params", what, 'send "params": {"horizon": 4}'))
        frame = model_input if isinstance(model_input, pd.DataFrame) else pd.DataFrame(model_input)
        told = _told(self.bundle, self.experiment, int(horizon), frame.dropna(axis=1, how="all"))
        return told.frame.drop(columns=["cutoff", "source", "q_source", "q_n"])


def _load_pyfunc(data_path: str) -> Served | ServedCustomers:
    """Called by MLflow. The hash in the registry is not known here; every other check is made."""
    _refuse_what_mlflow_drops()
    found = opened(Path(data_path), None)
    _ = found.fits  # other libraries are told when it is loaded, not when it is asked
    if found.about.asks == "customers":
        return ServedCustomers(found, found.of_customers(trust([])).scorer.from_state(found.learned))
    return Served(found, found.experiment(trust([])))


def foretell(bundle: Bundle, trusted: Trusted, horizon: int | None, ahead: pd.DataFrame) -> Foretold:
    """Foretell from what was kept, with drivers as ``ahead`` says. Raises ConfigError, DataError, EnvironmentFault."""
    return _told(bundle, bundle.experiment(trusted), horizon, ahead)


def _told(bundle: Bundle, experiment: Experiment, horizon: int | None, ahead: pd.DataFrame) -> Foretold:
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        tables = _with_ahead(bundle.tables, ahead, pd.Timestamp(bundle.about.cutoff), Path(place))
        asked = bundle.about.ahead(horizon, None)
        return kept(experiment, bundle.panel, bundle.fits, tables, asked, bundle.memory)


def _with_ahead(
    tables: Sequence[DriverTable], ahead: pd.DataFrame, cutoff: pd.Timestamp, place: Path
) -> tuple[DriverTable, ...]:
    """The drivers with what is known of them after the cutoff. Raises ConfigError for columns of no driver."""
    found: list[DriverTable] = []
    keys = {key for table in tables for key in table.by} | {DS}
    known = {f"{table.name}.{column}" for table in tables for column in _columns(table)}
    strange = [str(name) for name in ahead.columns if name not in known | keys]
    if strange:
        what = f"found {', '.join(strange)}, it takes {', '.join(sorted(known | keys))}"
        raise ConfigError(Fault("unknown-input", "drivers", what, nearest(strange[0], sorted(known | keys))))
    for number, table in enumerate(tables):
        mine = [f"{table.name}.{column}" for column in _columns(table)]
        if not set(mine) & set(ahead.columns):
            found.append(table)
            continue
        missing = [name for name in [*table.by, DS, *mine] if name not in ahead.columns]
        if missing:
            what = f"{table.name} is given without {', '.join(missing)}"
            raise DataError(Fault("missing-input", "drivers", what, "give all columns of a driver, or none of them"))
        before = pd.read_parquet(table.path)
        later = ahead[[*table.by, DS, *mine]].rename(columns=dict(zip(mine, _columns(table), strict=True)))
        later = later.assign(**{DS: pd.to_datetime(later[DS])})
        whole = pd.concat([before[before[DS] <= cutoff], later[later[DS] > cutoff]], ignore_index=True)
        path = place / f"{number}.parquet"
        whole.to_parquet(path)
        found.append(replace(table, path=path, future="known", scenario=None))
    return tuple(found)


def _columns(table: DriverTable) -> list[str]:
    return [str(name) for name in pd.read_parquet(table.path).columns if name not in (*table.by, DS)]


def _refuse_what_mlflow_drops() -> None:
    """Turn MLflow's warning that an unknown parameter or column is ignored into a refusal, for our models alone."""
    logger = logging.getLogger("mlflow.models.utils")
    if not any(isinstance(each, _Refuse) for each in logger.filters):
        logger.addFilter(_Refuse())


class _Refuse(logging.Filter):
    """Hears what MLflow says while it prepares the input of one of our models."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if said.startswith(("Unrecognized params", "Found extra inputs")) and _is_ours():
            raise ConfigError(
                Fault(
                    "unknown-input",
                    "request",
                    said.partition(".")[0],
                    "send what its page lists, and nothing else",
                )
            )
        return True


def _is_ours() -> bool:
    """Whether the call in which this happens prepares the input of a model that this module loaded."""
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_name == "_validate_prediction_input":
            return bool(frame.f_locals.get("flavor") == LOADER)
        frame = frame.f_back
    return False
