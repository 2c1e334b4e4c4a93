"""An experiment: the typed bundle of parts that one run is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forecastlab.schema import (
    Calibrator,
    Composite,
    Dataset,
    Forecaster,
    Metric,
    Reconciler,
    Segmenter,
    Splitter,
)
from forecastlab.target.sales import Sales


@dataclass(frozen=True)
class Experiment:
    """One question with one answer: what is foretold, of which data, by which method, judged how."""

    dataset: Dataset
    segmentation: Segmenter
    target: Sales
    model: Forecaster | Composite
    backtest: Splitter
    reconcile: Reconciler
    calibrate: Calibrator
    metrics: Mapping[str, Metric]
    levels: tuple[float, ...]

    @property
    def members(self) -> Mapping[str, Forecaster]:
        """The methods that are fitted: the model itself, or the members whose forecasts it combines."""
        return self.model.members if isinstance(self.model, Composite) else {"model": self.model}
