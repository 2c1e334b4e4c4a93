"""An experiment: the typed bundle of parts that one run is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forecastlab.schema import (
    Calibrator,
    Composite,
    Dataset,
    Driver,
    Forecaster,
    Metric,
    Reconciler,
    Router,
    Segmenter,
    SeriesSegmenter,
    Splitter,
)
from forecastlab.target.sales import Sales


@dataclass(frozen=True)
class Experiment:
    """One question with one answer: what is foretold, of which data, by which method, judged how.

    ``oracle`` lets the method see what the drivers came to be: such a score is no forecast's. ``what_if`` maps a name
    to changed drivers (``promotions.display: "+10%"``), asked at the last fold beside the forecast itself.
    """

    dataset: Dataset
    segmentation: Segmenter | SeriesSegmenter
    target: Sales
    drivers: Mapping[str, Driver]
    model: Forecaster | Composite | Router
    backtest: Splitter
    reconcile: Reconciler
    calibrate: Calibrator
    metrics: Mapping[str, Metric]
    levels: tuple[float, ...]
    oracle: bool
    what_if: Mapping[str, Mapping[str, float | str]]
