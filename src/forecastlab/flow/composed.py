"""What the segments of a run are made of, computed once per data, segmentation and last cutoff."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import keys
from forecastlab.flow.experiment import AnyExperiment
from forecastlab.flow.prepare import Prepared
from forecastlab.schema import SeriesSegmenter
from forecastlab.stages import composition as stage


def composition(experiment: AnyExperiment, prepared: Prepared, store: Store) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Segments over time, and how many customers moved between them over the last quarter of a season.

    Both as-of the last cutoff; both empty for a ready-made panel, which has no customers, and for a segmentation of
    series.
    """
    segmenter, rhythm = experiment.segmentation, prepared.calendar
    if prepared.log.facts.kind == "panel" or isinstance(segmenter, SeriesSegmenter):
        return pd.DataFrame(), pd.DataFrame()
    fold = prepared.folds[-1]
    key = keys.key(
        data=prepared.key,
        segmentation=keys.of_part(segmenter),
        calendar=rhythm,
        cutoff=fold.cutoff,
        code=keys.of_module("stages.composition"),
    )

    def write(folder: Path) -> None:
        stage.composition(prepared.log, segmenter, fold.cutoff, fold.cutoff, rhythm).to_parquet(
            folder / "composition.parquet"
        )
        periods = max(rhythm.season // 4, 1)
        stage.migration(prepared.log, segmenter, fold.cutoff, rhythm, periods).to_parquet(folder / "migration.parquet")

    found = store.find("composition", key) or store.keep("composition", key, write, {"cutoff": str(fold.cutoff.date())})
    return pd.read_parquet(found / "composition.parquet"), pd.read_parquet(found / "migration.parquet")
