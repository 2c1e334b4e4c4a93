"""Load the data once and lay the folds: all that is known before anything is fitted."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import bases, keys
from forecastlab.flow.experiment import AnyExperiment, CustomerExperiment
from forecastlab.schema import Dataset, Driver, Facts, Fold, Frequency, Ledger, SalesLog, SeriesSegmenter, Split
from forecastlab.schema.customers import CustomerTarget
from forecastlab.schema.items import ItemTarget
from forecastlab.stages import asof, customers, item_table
from forecastlab.stages.calendar import Calendar, calendar
from forecastlab.stages.drivers import DriverTable, check_known
from forecastlab.stages.target import check


@dataclass(frozen=True)
class Prepared:
    """The loaded data and drivers, their periods, and the folds over them."""

    log: SalesLog
    fingerprint: str
    key: str
    calendar: Calendar
    ends: pd.DatetimeIndex
    split: Split
    drivers: tuple[DriverTable, ...]
    driver_keys: tuple[str, ...]

    @property
    def folds(self) -> Sequence[Fold]:
        """The folds in order of time."""
        return self.split.folds


def prepare(experiment: AnyExperiment, store: Store) -> Prepared:
    """Load (or find) the data and split it. Raises DataError, or ConfigError when the folds do not fit."""
    dataset = experiment.dataset
    log, fingerprint, key = load(dataset, store)
    facts = log.facts
    segmenter = experiment.segmentation
    if isinstance(experiment, CustomerExperiment):
        _check_customers(experiment, facts)
        segmenter = experiment.segmenter
    else:
        check(experiment.target, facts, segmenter)
        bases.check(experiment, facts)
    if facts.kind == "log" and not isinstance(segmenter, SeriesSegmenter):
        asof.check(segmenter, facts)
    rhythm = calendar(dataset, experiment.target.freq)
    ends = rhythm.ends(facts)
    split = experiment.backtest.split(ends, rhythm.freq)
    if isinstance(experiment, CustomerExperiment):
        if isinstance(experiment.target, CustomerTarget):
            for fold in split.folds[:1]:  # the first has the shortest past
                customers.origins(fold, experiment.target, log.span[0])
        return Prepared(log, fingerprint, key, rhythm, ends, split, (), ())
    asked = _with_asked(ends, split)
    drivers, driver_keys = load_drivers(experiment.drivers, log, key, rhythm.freq, asked, store)
    check_known(drivers, split.folds, experiment.oracle)
    return Prepared(log, fingerprint, key, rhythm, ends, split, drivers, driver_keys)


def _check_customers(experiment: CustomerExperiment, facts: Facts) -> None:
    target = experiment.target
    if isinstance(target, ItemTarget):
        item_table.check(target, facts)
    else:
        customers.check(target, facts)


def _with_asked(ends: pd.DatetimeIndex, split: Split) -> pd.DatetimeIndex:
    """The periods of the data, and those after them that are asked for: drivers may be known there."""
    last = max((fold.end for fold in split.folds), default=ends[-1])
    if last <= ends[-1]:
        return ends
    freq = split.folds[0].freq
    beyond = pd.date_range(ends[-1], last, freq=freq.offset)[1:]
    return pd.DatetimeIndex(ends.append(beyond))


def load(dataset: Dataset, store: Store) -> tuple[SalesLog, str, str]:
    """The data, read now or kept from before, its fingerprint and its identity. Raises DataError."""
    fingerprint = dataset.fingerprint()
    key = keys.key(stage="load", dataset=keys.of_part(dataset), fingerprint=fingerprint)
    found = store.find("load", key) or store.keep("load", key, lambda folder: _load(dataset, folder), _about(dataset))
    return SalesLog(found / "data.parquet", _facts(found / "facts.json")), fingerprint, key


def load_drivers(
    parts: Mapping[str, Driver], log: SalesLog, key: str, freq: Frequency, ends: pd.DatetimeIndex, store: Store
) -> tuple[tuple[DriverTable, ...], tuple[str, ...]]:
    """The drivers in the periods ``ends``, loaded now or before, and their identities; ``key`` is that of the log."""
    own = {
        name: keys.key(stage="driver", data=key, part=keys.of_part(part), source=part.fingerprint(), ends=list(ends))
        for name, part in parts.items()
    }
    tables = tuple(_driver(name, part, own[name], log, freq, ends, store) for name, part in parts.items())
    return tables, tuple(own.values())


def _driver(
    name: str, part: Driver, key: str, log: SalesLog, freq: Frequency, ends: pd.DatetimeIndex, store: Store
) -> DriverTable:
    """Load (or find) one driver."""

    def write(folder: Path) -> None:
        part.load(log, freq, ends).to_parquet(folder / "driver.parquet")

    found = store.find("driver", key) or store.keep("driver", key, write, {"driver": name})
    return DriverTable(name, found / "driver.parquet", part.by, part.future, part.lag, part.scenario)


def _load(dataset: Dataset, folder: Path) -> None:
    facts = dataset.load(folder / "data.parquet")
    (folder / "facts.json").write_text(json.dumps(dataclasses.asdict(facts), indent=2), encoding="utf-8")


def _facts(path: Path) -> Facts:
    raw = json.loads(path.read_text(encoding="utf-8"))
    ledger = raw.pop("ledger")
    for account in ("dropped", "noted"):
        ledger[account] = {reason: (rows, cents) for reason, (rows, cents) in ledger[account].items()}
    tuples = {key: tuple(raw[key]) for key in ("dimensions", "drivers", "clean") if key in raw}
    tables = {name: tuple(kinds) for name, kinds in raw["tables"].items()}
    return Facts(**{**raw, **tuples, "tables": tables, "ledger": Ledger(**ledger)})


def _about(part: object) -> dict[str, object]:
    return {"dataset": type(part).__name__}
