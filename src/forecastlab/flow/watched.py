"""What a method that is in use can be judged by: its backtest, what was foretold since, and what it is made from."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import keys
from forecastlab.flow.experiment import AnyExperiment
from forecastlab.flow.prepare import Prepared
from forecastlab.schema import Evidence, SeriesSegmenter, names
from forecastlab.schema.names import SELECT, TEST
from forecastlab.stages import composition, inputs
from forecastlab.stages.ranking import Of
from forecastlab.stages.watching import whole_too


def inputs_of(
    experiment: AnyExperiment, prepared: Prepared, trained: pd.Timestamp, until: pd.Timestamp, store: Store
) -> pd.DataFrame:
    """The rows of ``Evidence.inputs`` up to the period that ends on ``until``, found or computed.

    Segments are labelled by the segmentation as it was learnt when the method was ``trained``.
    """
    segmenter, rhythm, log = experiment.segmentation, prepared.calendar, prepared.log
    key = keys.key(
        data=prepared.key,
        segmentation=keys.of_part(segmenter),
        calendar=rhythm,
        span=(trained, until),
        drivers=prepared.driver_keys,
        code=[keys.of_module("stages.inputs"), keys.of_module("stages.composition")],
    )

    def write(folder: Path) -> None:
        parts = [
            inputs.of_log(log, rhythm, trained, until),
            inputs.of_drivers(prepared.drivers, prepared.ends, trained, until),
        ]
        if log.facts.kind == "log" and not isinstance(segmenter, SeriesSegmenter) and len(segmenter.segments) > 1:
            parts.append(inputs.of_segments(composition.composition(log, segmenter, trained, until, rhythm)))
        full = [part for part in parts if len(part)]
        pd.concat(full, ignore_index=True).to_parquet(folder / "inputs.parquet")

    found = store.find("inputs", key) or store.keep("inputs", key, write, {"until": str(until.date())})
    return pd.read_parquet(found / "inputs.parquet")


def replayed(forecasts: pd.DataFrame, figures: pd.DataFrame, of: Of) -> Evidence:
    """A finished run as if its method had gone into use at the first test cutoff.

    Its selection folds are the band, its test folds what was foretold since. ``figures`` are ``Evidence.inputs``.
    """
    rows = forecasts if of == "series" else whole_too(forecasts)
    band, live = (rows[rows["role"] == role] for role in (SELECT, TEST))
    return Evidence(band, live, figures, live[names.CUTOFF].min(), live[names.DS].max(), of)
