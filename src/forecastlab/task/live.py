"""What was foretold by a registered method, beside what came true since."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import entries
from forecastlab.flow.experiment import Experiment
from forecastlab.flow.prepare import Prepared
from forecastlab.flow.work import panels_of
from forecastlab.schema import Executor, Fold, Frequency, Split, names, quantile_columns
from forecastlab.schema.names import TEST
from forecastlab.task.located import main_file

KEYS = [names.SERIES, names.DS]


@dataclass(frozen=True)
class Folds:
    """Folds that are known beforehand: those of the predictions that were made."""

    folds: tuple[Fold, ...]

    def split(self, ends: pd.DatetimeIndex, freq: Frequency) -> Split:
        """The folds."""
        return Split(list(self.folds), [])


@dataclass(frozen=True)
class Stored:
    """A prediction that was kept: what it says of itself (``prediction.json``), and its forecasts."""

    about: Mapping[str, Any]
    frame: pd.DataFrame

    @property
    def cutoff(self) -> pd.Timestamp:
        """The last day that it knew."""
        return pd.Timestamp(self.about["cutoff"])


def stored(folder: Path, sha256: str) -> list[Stored]:
    """The predictions of one version, the oldest cutoff first; of several with one cutoff the one made last."""
    found: dict[str, Stored] = {}
    for path in sorted(folder.glob("*/prediction.json")):
        about = json.loads(path.read_text(encoding="utf-8"))
        kept = found.get(about["cutoff"])
        if about["sha256"] == sha256 and (kept is None or about["made_at"] >= kept.about["made_at"]):
            found[about["cutoff"]] = Stored(about, pd.read_parquet(path.parent / f"{main_file(about)}.parquet"))
    return [found[cutoff] for cutoff in sorted(found)]


def folds_over(predictions: Sequence[Stored], ends: pd.DatetimeIndex, freq: Frequency, train: int | None) -> list[Fold]:
    """For each prediction the periods of it that are over, as a fold; none for a prediction without such."""
    folds = []
    for each in predictions:
        asked = pd.DatetimeIndex(sorted(each.frame[names.DS].unique()))
        over = int((asked <= ends[-1]).sum())
        if over and main_file(each.about) == "customers":  # one answer for a whole horizon
            folds.append(Fold(each.cutoff, each.about["horizon"], each.about["gap"], freq, TEST, 0, train))
        elif over:
            gap = int(each.frame[names.STEP].min()) - 1
            folds.append(Fold(each.cutoff, over, gap, freq, TEST, 0, train))
    return folds


def came_true(
    predictions: Sequence[Stored],
    experiment: Experiment,
    prepared: Prepared,
    train: int | None,
    store: Store,
    executor: Executor,
) -> pd.DataFrame:
    """Every forecast of a period that is over beside its truth: the columns of ``Evidence.live``.

    The truth is cut into series as the method did at that cutoff; a series that did not exist then was foretold as
    zero, as in a backtest. Raises ForecastlabError where the data no longer reaches back to a cutoff.
    """
    folds = folds_over(predictions, prepared.ends, prepared.calendar.freq, train)
    over = dataclasses.replace(prepared, split=Split(folds, []))
    by_cutoff = {each.cutoff: each.frame for each in predictions}
    panels = panels_of(experiment, over, store, executor)
    parts = [
        joined(by_cutoff[fold.cutoff], entries.read_judged(panel).truth, fold)
        for fold, panel in zip(folds, panels, strict=True)
    ]
    return pd.concat(parts, ignore_index=True) if parts else _nothing(predictions)


def joined(forecast: pd.DataFrame, truth: pd.DataFrame, fold: Fold) -> pd.DataFrame:
    """One prediction beside the truth of the periods of ``fold``."""
    quantiles = list(quantile_columns(forecast).values())
    whole = truth.merge(forecast[[*KEYS, names.YHAT, *quantiles]], on=KEYS, how="left")
    unforeseen = whole[names.YHAT].isna()
    whole.loc[unforeseen, [names.YHAT, *quantiles]] = 0.0
    whole[names.CUTOFF] = fold.cutoff
    whole[names.STEP] = fold.gap + 1 + fold.dates.get_indexer(pd.DatetimeIndex(whole[names.DS]))
    return whole


def _nothing(predictions: Sequence[Stored]) -> pd.DataFrame:
    columns = [*KEYS, names.LEVEL, names.SEGMENT, names.CUTOFF, names.STEP, names.Y, names.YHAT]
    return pd.DataFrame(
        columns=[*columns, *(c for each in predictions[:1] for c in quantile_columns(each.frame).values())]
    )


def modes(predictions: Sequence[Stored]) -> Iterator[str]:
    """How each was made: ``refit`` or ``stored``."""
    return (str(each.about["mode"]) for each in predictions)
