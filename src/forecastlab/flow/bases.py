"""The customer bases of a run: built and kept beside the panels, for methods that look at customers, and only then."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import keys
from forecastlab.flow.experiment import Experiment
from forecastlab.flow.members import leaves
from forecastlab.schema import ConfigError, CustomerBase, Executor, Facts, Fault, ReadsBase
from forecastlab.schema.customer_base import Earlier
from forecastlab.stages import customer_base

if TYPE_CHECKING:
    from forecastlab.flow.jobs import PanelJob

STAGE = "base"


def reads(model: object) -> bool:
    """Whether a method that is fitted looks at customers."""
    return isinstance(model, ReadsBase) and model.reads_base


def wanted(experiment: Experiment) -> bool:
    """Whether any method of an experiment looks at customers."""
    return any(reads(leaf.model) for leaf in leaves(experiment.model))


def check(experiment: Experiment, facts: Facts) -> None:
    """Refuse a method that looks at customers where the data has none. Raises ConfigError."""
    if facts.kind == "panel" and wanted(experiment):
        what = "the method forecasts from customers, and a ready-made panel has none"
        raise ConfigError(Fault("no-customers", "model", what, "type model=ets, or give the sales as a log"))


def base_key(panel_key: str) -> str:
    """The identity of a customer base: all that decides the panel of its fold, and its own code."""
    return keys.key(panel=panel_key, code=keys.of_module("stages.customer_base"))


def build_all(experiment: Experiment, jobs: Sequence[PanelJob], store: Store, executor: Executor) -> None:
    """Build and keep the customer bases of the folds, if any method looks at them. Raises ForecastlabError."""
    if not wanted(experiment):
        return
    missing = [job for job in jobs if store.find(STAGE, base_key(job.key)) is None]
    for outcome in executor.map(base_job, missing):
        if isinstance(outcome, Exception):
            raise outcome


def base_job(job: PanelJob) -> Path:
    """Build and keep the customer base of one fold: returns its folder."""

    def write(folder: Path) -> None:
        write_base(customer_base.build(job.log, job.segmenter, job.fold, job.target, job.calendar), folder)

    return Store(job.root).keep(STAGE, base_key(job.key), write, {"cutoff": str(job.fold.cutoff.date())})


def found(store: Store, panel_keys: Sequence[str]) -> tuple[Path, ...]:
    """The folders of customer bases that were kept, in order. Raises LookupError for one that was not."""
    folders = [store.find(STAGE, base_key(key)) for key in panel_keys]
    if None in folders:
        raise LookupError("the customer bases must be built before they are asked for")
    return tuple(folder for folder in folders if folder is not None)


def write_base(base: CustomerBase, folder: Path) -> None:
    """Write a customer base as arrays and a table, without pickle."""
    arrays = {field.name: getattr(base, field.name) for field in fields(base)}
    base.cohorts.to_parquet(folder / "cohorts.parquet")
    (folder / "segments.json").write_text(json.dumps(base.segments), encoding="utf-8")
    arrays |= {f"earlier_{field.name}": getattr(base.earlier, field.name) for field in fields(base.earlier)}
    del arrays["cohorts"], arrays["segments"], arrays["earlier"]
    np.savez(folder / "base.npz", allow_pickle=False, **arrays)


def read_base(folder: Path) -> CustomerBase:
    """Read what ``write_base`` wrote."""
    with np.load(folder / "base.npz", allow_pickle=False) as found:
        arrays = {name: found[name] for name in found.files}
    segments = tuple(json.loads((folder / "segments.json").read_text(encoding="utf-8")))
    arrays["lately"] = int(arrays["lately"])
    earlier = Earlier(**{field.name: arrays.pop(f"earlier_{field.name}") for field in fields(Earlier)})
    return CustomerBase(
        **arrays, earlier=earlier, segments=segments, cohorts=pd.read_parquet(folder / "cohorts.parquet")
    )
