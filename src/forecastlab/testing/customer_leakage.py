"""Leakage where customers are the unit: rows after a cutoff are made up, and no score may change by a bit."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.executor.serial import Serial
from forecastlab.flow import item_jobs
from forecastlab.flow.customer_jobs import TABLE, read_past
from forecastlab.flow.customer_work import table_key
from forecastlab.flow.customers import run
from forecastlab.flow.experiment import CustomerExperiment
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.schema import DataError, Fault, Fold, quantile_columns
from forecastlab.schema.items import ItemTarget
from forecastlab.schema.names import SEGMENT, SERIES, YHAT
from forecastlab.testing.leakage import Leak
from forecastlab.testing.tampering import ON_LOGS, Tampered

Told = dict[pd.Timestamp, dict[str, pd.DataFrame]]
"""By cutoff: everything that was known or said there, by what it is called."""


def customer_leaks(experiment: CustomerExperiment, hows: Sequence[str] | None, seed: int) -> list[Leak]:
    """Every leak of a run of customers; it is run over and over, so make it small.

    The whole line runs on the data as it is, and again for each way ``hows`` of tampering with the rows after the
    cutoff of one of the folds (None: all ways). At that fold and at all before it what methods learn from, what is
    known of customers, who is asked, and the scores must be the same. Raises DataError where a fold has no scores.
    """
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        before, prepared = _told(experiment, Path(place, "before"))
        found = []
        for i, how in enumerate(hows or ON_LOGS):
            fold = prepared.folds[-1 - i % len(prepared.folds)]
            changed = replace(experiment, dataset=Tampered(experiment.dataset, fold.cutoff, how, seed))
            after, _ = _told(changed, Path(place, f"after-{i}"))
            found += [
                Leak(each.cutoff, fold.cutoff, how, what)
                for each in prepared.folds
                if each.cutoff <= fold.cutoff
                for what, frame in before[each.cutoff].items()
                if not frame.equals(after[each.cutoff][what])
            ]
    return found


def _told(experiment: CustomerExperiment, root: Path) -> tuple[Told, Prepared]:
    store = Store(root)
    prepared = prepare(experiment, store)
    told: Told = {}
    for result in run(experiment, prepared, store, Serial()):
        if result.frame is None:
            where = f"fold {result.fold.cutoff.date()}"
            raise DataError(Fault("no-forecast", where, result.reason, "mend the method first"))
        # Nothing of what came: y is left out. The account tells of the past only.
        account = pd.DataFrame(result.account)
        lists = [column for column in ("rank", "item", "because") if column in result.frame]
        scores = result.frame[[*_SAID, *lists, *quantile_columns(result.frame).values()]]
        told[result.fold.cutoff] = _known(experiment, prepared, store, result.fold) | {
            "scores": scores,
            "account": account,
            "fallbacks": result.failures,
            "terms": result.effects,
        }
    return told, prepared


_SAID = [SERIES, YHAT, SEGMENT, "source"]


def _known(experiment: CustomerExperiment, prepared: Prepared, store: Store, fold: Fold) -> dict[str, pd.DataFrame]:
    folder = store.find(TABLE, table_key(experiment, prepared, fold))
    assert folder is not None, "the customers of the fold are not kept"
    if isinstance(experiment.target, ItemTarget):
        return {name: pd.read_parquet(folder / f"{name}.parquet") for name in (*item_jobs.FRAMES, "popular")}
    past, asked = read_past(folder, experiment.levels)
    return {"rows learned from": past.rows, "customers": past.known, "asked": asked}
