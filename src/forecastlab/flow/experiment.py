"""An experiment: the typed bundle of parts that one run is made of, whether series or customers are foretold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forecastlab.schema import (
    Calibrator,
    Composite,
    ConfigError,
    Dataset,
    Driver,
    Fault,
    Forecaster,
    Metric,
    Reconciler,
    Router,
    Segmenter,
    SeriesSegmenter,
    Splitter,
)
from forecastlab.schema.customers import CustomerModel, CustomerTarget
from forecastlab.schema.items import ItemModel, ItemTarget
from forecastlab.target.sales import Sales


@dataclass(frozen=True)
class Experiment:
    """One question with one answer: what is foretold, of which data, by which method, judged how.

    ``oracle`` lets the method see what the drivers came to be: such a score is no forecast's. ``what_if`` maps a name
    to changed drivers (``promotions.display: "+10%"``), asked at the last fold beside the forecast itself. ``cold``
    says what stands for a series of a ready-made panel without a past: ``zero``, or the ``profile`` of its kind.
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
    cold: str = "zero"


@dataclass(frozen=True)
class CustomerExperiment:
    """One question whose unit is the customer: what is foretold of each, by which method, judged how."""

    dataset: Dataset
    segmentation: Segmenter | SeriesSegmenter
    target: CustomerTarget | ItemTarget
    customer: CustomerModel | ItemModel
    backtest: Splitter
    metrics: Mapping[str, Metric]
    levels: tuple[float, ...]

    @property
    def segmenter(self) -> Segmenter:
        """The segmentation of customers. Raises ConfigError where it is one of series."""
        if isinstance(self.segmentation, SeriesSegmenter):
            what = "the segmentation gives classes to series, and customers are foretold"
            raise ConfigError(Fault("segments-series", "segmentation", what, "type segmentation=lifecycle"))
        return self.segmentation

    @property
    def scorer(self) -> CustomerModel:
        """The method of a target that scores customers."""
        assert isinstance(self.customer, CustomerModel), "lists of products are no scores"
        return self.customer


AnyExperiment = Experiment | CustomerExperiment


def of_customers(experiment: AnyExperiment) -> CustomerExperiment:
    """The experiment, if customers are scored. Raises ConfigError where series are foretold, or lists made."""
    if isinstance(experiment, Experiment):
        raise ConfigError(Fault("series-target", "target", "found sales, this serves targets of customers only"))
    no_lists(experiment, "this")
    return experiment


def no_lists(experiment: AnyExperiment, what: str) -> None:
    """Raise ConfigError where products are listed for customers, which ``what`` (a command) does not serve."""
    if isinstance(experiment, CustomerExperiment) and isinstance(experiment.target, ItemTarget):
        name = type(experiment.target).__module__.rpartition(".")[2]
        told = f"found {name}, {what} serves sales, and scores of customers"
        raise ConfigError(Fault("list-target", "target", told, "read its lists in the folder of the run"))


def of_series(experiment: AnyExperiment, what: str) -> Experiment:
    """The experiment, if series are foretold. Raises ConfigError where ``what`` (a command) serves those only."""
    if isinstance(experiment, CustomerExperiment):
        name = type(experiment.target).__module__.rpartition(".")[2]
        raise ConfigError(Fault("customer-target", "target", f"found {name}, {what} serves target=sales only"))
    return experiment
