"""Leakage, tested and not promised: the rows after a cutoff are made up, and nothing before it may change by a bit."""

from __future__ import annotations

import dataclasses
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.executor.serial import Serial
from forecastlab.flow import bases, entries
from forecastlab.flow.experiment import Experiment
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.flow.run import FoldResult, run
from forecastlab.flow.work import panel_key
from forecastlab.schema import DataError, Fault, Fold, SalesLog, SeriesSegmenter, written
from forecastlab.schema.names import CUSTOMER, CUTOFF, DS, FUTURE, LEVEL, NEW, SEGMENT, SERIES, UNKNOWN, Y
from forecastlab.stages import asof, panel
from forecastlab.stages.drivers import lay
from forecastlab.stages.labels import window_days
from forecastlab.stages.opened import opened, text
from forecastlab.stages.settle import COLD, UNFORESEEN
from forecastlab.stages.target import cuts
from forecastlab.testing.tampered_drivers import TamperedDriver
from forecastlab.testing.tampering import ON_LOGS, ON_PANELS, Tampered

FORECASTS = "forecasts"
"""What the settled forecasts of a fold are called among the things that are compared."""


@dataclass(frozen=True)
class Leak:
    """Something known at ``cutoff`` that was not the same after rows later than ``after`` had been tampered with."""

    cutoff: pd.Timestamp
    after: pd.Timestamp
    how: str
    what: str

    def __str__(self) -> str:
        return (
            f"fold {written(self.cutoff)}: {self.what} changed when rows after {written(self.after)} were {self.how!r}"
        )


def check_no_leak(experiment: Experiment, hows: Sequence[str] | None, seed: int) -> None:
    """Raise AssertionError if anything in the experiment sees the future; it is run over and over, so make it small.

    The whole line runs on the data as it is, and again for each way ``hows`` of tampering with the rows after the
    cutoff of one of the folds (each fold has its turn; None: all ways there are). The values of drivers that are not
    published by then are made up too, but for those declared known. At that fold and at all before it the panels, the
    drivers, the models' answers and the settled forecasts must be the same, bit by bit. Purchases must also get
    their segment from what was known before their period, which the truth of the first asked period tells. Raises
    DataError where there is no fold, no answer or no forecast to compare.
    """
    found = leaks(experiment, hows, seed)
    assert not found, "\n".join(map(str, found))


def leaks(experiment: Experiment, hows: Sequence[str] | None, seed: int) -> list[Leak]:
    """Every leak that ``check_no_leak`` would raise for."""
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as folder:
        before = _Told.of(experiment, Path(folder) / "before")
        kind = before.prepared.log.facts.kind
        found: list[Leak] = []
        for i, how in enumerate(hows or (ON_PANELS if kind == "panel" else ON_LOGS)):
            fold = before.prepared.folds[-1 - i % len(before.prepared.folds)]
            dataset = Tampered(experiment.dataset, fold.cutoff, how, seed)
            log = before.prepared.log
            drivers = {
                name: TamperedDriver(driver, str(log.path), log.facts, fold.cutoff, how, seed)
                for name, driver in experiment.drivers.items()
            }
            tampered = replace(experiment, dataset=dataset, drivers=drivers)
            after = _Told.of(tampered, Path(folder) / f"after-{i}-{how}")
            known = [each for each in before.prepared.folds if each.cutoff <= fold.cutoff]
            found += [
                Leak(each.cutoff, fold.cutoff, how, what)
                for each in known
                for what in _differing(before.at(each), after.at(each), kind == "panel")
            ]
        found += label_leaks(experiment, before.prepared)
    return found


def label_leaks(experiment: Experiment, prepared: Prepared) -> list[Leak]:
    """Leaks of a period's own purchases into the segments by which they are counted.

    The customers who buy in the period after the last cutoff are counted by the segment that each has where the log
    ends at the cutoff; the truth must count them alike.
    """
    log, last, segmenter = prepared.log, prepared.folds[-1], experiment.segmentation
    if log.facts.kind == "panel" or isinstance(segmenter, SeriesSegmenter):
        return []
    if SEGMENT not in cuts(experiment.target, segmenter):
        return []
    target = replace(experiment.target, value="customers", series_by=(SEGMENT,))
    fold = replace(last, horizon=1, gap=0)
    built = panel.build(log, segmenter, fold, target, prepared.calendar)
    came = panel.truth(log, segmenter, fold, target, prepared.calendar, built)
    counted = came.loc[(came[LEVEL] == SEGMENT) & (came[Y] > 0)].set_index(SEGMENT)[Y].astype(int).to_dict()
    profiles = asof.profiles(log, fold.cutoff, window_days(segmenter), segmenter.attributes)
    assert built.assigner is not None
    known = dict(zip(profiles[CUSTOMER], built.assigner.assign(profiles), strict=True))
    first = NEW if log.facts.firsts_are_true or prepared.calendar.warmup else UNKNOWN
    if target.membership == "frozen":
        first = FUTURE
        known = dict.fromkeys(_customers(log, log.span[0], fold.cutoff), UNKNOWN) | known
    buyers = _customers(log, fold.cutoff + pd.Timedelta(days=1), fold.end)
    expected = Counter(known.get(customer, first) for customer in buyers)
    what = "segments of the first asked period's purchases"
    return [] if counted == dict(expected) else [Leak(fold.cutoff, fold.cutoff, "left out", what)]


def _customers(log: SalesLog, first: pd.Timestamp, last: pd.Timestamp) -> list[str]:
    """Everybody who is in the log between the two days, both included."""
    with opened(log, last) as con:
        query = "SELECT DISTINCT customer_id FROM sales WHERE customer_id IS NOT NULL AND time >= TIMESTAMP "
        return [customer for (customer,) in con.execute(query + text(str(first))).fetchall()]


@dataclass(frozen=True)
class _Told:
    """All that a run says of its folds, by the store that it was kept in."""

    experiment: Experiment
    prepared: Prepared
    store: Store
    results: Mapping[pd.Timestamp, FoldResult]

    @staticmethod
    def of(experiment: Experiment, root: Path) -> _Told:
        store = Store(root)
        prepared = prepare(experiment, store)
        results = {result.fold.cutoff: result for result in run(experiment, prepared, store, Serial())}
        for cutoff, result in results.items():
            if result.frame is None:
                raise DataError(Fault("no-forecast", f"fold {written(cutoff)}", result.reason, "mend the model first"))
        return _Told(experiment, prepared, store, results)

    def at(self, fold: Fold) -> dict[str, Any]:
        """Everything that was known at a fold, by what it is called."""
        result = self.results[fold.cutoff]
        folder = self.store.find("panel", panel_key(self.experiment, self.prepared, fold))
        assert folder is not None and result.frame is not None
        history, judged = entries.read_history(folder), entries.read_judged(folder)
        told: dict[str, Any] = {
            "series": history.grid.ids,
            "periods": history.grid.ds.to_numpy(),
            "panel": history.grid.values,
            "seasons": (history.season, *history.longer),
            "attributes": history.static,
            "summing": judged.summing,
            "reference": judged.reference,
            "future customers": judged.newcomers,
            "account": judged.account,
            "set aside": judged.aside,
            "clipped": result.clipped,
            "failures": result.failures,
        }
        told |= self._base(fold)
        drivers = lay(self.prepared.drivers, history, fold, self.experiment.oracle)
        told |= {f"driver {name}": np.hstack([past, drivers.ahead[name]]) for name, past in drivers.past.items()}
        answers = self._answers(fold)
        # A route to a segment that nobody has is asked nothing.
        mute = [name for name, frame in answers.items() if len(frame) and not (frame["source"] == "model").any()]
        if mute or not any(map(len, answers.values())):
            what = f"every series fell back in {', '.join(mute) or 'every answer'}: {_reasons(result.failures)}"
            raise DataError(
                Fault("no-answer", f"fold {written(fold.cutoff)}", what, "take more data, or mend the model")
            )
        return told | answers | {FORECASTS: _foreseen(result.frame)}

    def _base(self, fold: Fold) -> dict[str, Any]:
        """The customer base of a fold, where a method looks at it."""
        if not bases.wanted(self.experiment):
            return {}
        (folder,) = bases.found(self.store, [panel_key(self.experiment, self.prepared, fold)])
        base = bases.read_base(folder)
        return {f"customer base {each.name}": getattr(base, each.name) for each in fields(base)}

    def _answers(self, fold: Fold) -> dict[str, pd.DataFrame]:
        """What each model said of the fold, before it was combined and settled."""
        found = {}
        for entry in self.store.ls():
            days = entry.about["cutoffs"] if entry.stage.startswith("forecast") else []
            if written(fold.cutoff) in days:
                place = days.index(written(fold.cutoff))
                name = f"answer of {entry.about['model']} {entry.about['rows'] or ''}".strip()
                found[name] = pd.read_parquet(entry.path / f"forecasts-{place}.parquet")
        return found


def _reasons(failures: pd.DataFrame) -> str:
    return "; ".join(sorted(set(failures["reason"].astype(str)))[:3])


def _foreseen(frame: pd.DataFrame) -> pd.DataFrame:
    """Settled forecasts without the truth, and without the series that only the truth told of."""
    rows: pd.DataFrame = frame.loc[~frame["source"].isin([UNFORESEEN, COLD])].drop(columns=Y)
    # Where an unforeseen series leaves a hole, a whole column of whole numbers is one of floats.
    floats = dict.fromkeys(rows.select_dtypes("integer").columns, float)
    return rows.astype(floats).set_index([SERIES, CUTOFF, DS])


def _differing(before: Mapping[str, Any], after: Mapping[str, Any], shared_only: bool) -> list[str]:
    """The names of what is not the same in both; ``shared_only`` compares forecasts where both have a truth."""
    found = sorted({*before} ^ {*after})
    for name in sorted({*before} & {*after}):
        a, b = before[name], after[name]
        if name == FORECASTS and shared_only:
            # Of a ready-made panel only what came true is settled, and that was tampered with.
            shared = a.index.intersection(b.index)
            a, b = a.loc[shared], b.loc[shared]
        if isinstance(a, pd.DataFrame):
            found += [f"{name}.{column}" if column else name for column in _differing_columns(a, b)]
        elif not _same(a, b):
            found.append(name)
    return found


def _differing_columns(a: pd.DataFrame, b: pd.DataFrame) -> list[str]:
    if list(a.columns) != list(b.columns) or not a.index.equals(b.index):
        return [""]
    return [str(column) for column in a.columns if not _same(a[column].to_numpy(), b[column].to_numpy())]


def _same(a: Any, b: Any) -> bool:
    """The same bits where there are bits to compare."""
    if isinstance(a, np.ndarray) and a.dtype != object:
        return bool(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes())
    if isinstance(a, np.ndarray):
        return bool(pd.Series(a).equals(pd.Series(b)))
    if dataclasses.is_dataclass(a) and type(a) is type(b):
        return all(_same(getattr(a, field.name), getattr(b, field.name)) for field in dataclasses.fields(a))
    if isinstance(a, pd.DataFrame):
        return not _differing_columns(a, b)
    return bool(a == b)
