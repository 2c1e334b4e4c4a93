"""What was foretold of customers by a registered method, beside what became of them since."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow.customer_jobs import read_truth
from forecastlab.flow.customer_work import tables_of
from forecastlab.flow.experiment import CustomerExperiment
from forecastlab.flow.prepare import Prepared
from forecastlab.schema import EnvironmentFault, Executor, Fault, Split, names, quantile_columns
from forecastlab.stages.customers import OWN
from forecastlab.stages.rounding import rounded
from forecastlab.stages.watching import whole_too
from forecastlab.task.live import Stored, folds_over
from forecastlab.task.privacy import KEY, key_mark, pseudonyms, read_key

COLUMNS = [names.SERIES, names.LEVEL, names.SEGMENT, names.CUTOFF, names.DS, names.STEP, names.Y, names.YHAT]


def became(
    predictions: Sequence[Stored],
    experiment: CustomerExperiment,
    prepared: Prepared,
    train: int | None,
    store: Store,
    executor: Executor,
    root: Path,
) -> pd.DataFrame:
    """Every score whose horizon is over beside what happened, by segment and as a whole: ``Evidence.live``.

    Segments are those of the prediction. Customers are joined by their pseudonyms; money is rounded as in bundles, so
    that both are measured alike. Raises EnvironmentFault for predictions made under another key.
    """
    folds = folds_over(predictions, prepared.ends, prepared.calendar.freq, train)
    over = dataclasses.replace(prepared, split=Split(folds, []))
    by_cutoff = {each.cutoff: each for each in predictions}
    parts = []
    for fold, table in zip(folds, tables_of(experiment, over, store, executor), strict=True):
        made = by_cutoff[fold.cutoff]
        truth = read_truth(table)
        parts.append(_joined(made, truth[[names.SERIES, names.Y]], root))
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return whole_too(pd.concat(parts, ignore_index=True))


def _joined(made: Stored, truth: pd.DataFrame, root: Path) -> pd.DataFrame:
    """One prediction beside what happened to its customers; who is no longer in the data is left out."""
    scores = made.frame.rename(columns={"score": names.YHAT})
    scores[names.LEVEL], scores[names.STEP] = OWN, 1
    if made.about["privacy"] == "pseudonym":
        secret = read_key(root)
        if key_mark(root) != made.about["pseudonyms"]:
            what = f"the scores of {made.cutoff.date()} were made under another key of pseudonyms than is here"
            fix = f"set {KEY} to the file with that key, or predict anew"
            raise EnvironmentFault(Fault("other-key", "model", what, fix))
        known = pseudonyms(truth[names.SERIES], secret)
        truth = truth.assign(**{names.SERIES: truth[names.SERIES].map(known)})
        if made.about["kind"] != "event":
            money = [names.YHAT, *quantile_columns(scores).values()]
            scores = scores.assign(**{name: rounded(scores[name]) for name in money})
            truth = truth.assign(**{names.Y: rounded(truth[names.Y])})
    return scores.merge(truth, on=names.SERIES, validate="one_to_one")
