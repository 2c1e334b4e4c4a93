"""All that a part of a group must do, as small named checks; for forecastlab's parts and for your own.

In a test file of yours::

    @pytest.mark.parametrize("check", [pytest.param(run, id=name) for name, run in checks_of("model", MyModel(3))])
    def test_contract(check):
        check()
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from forecastlab.schema import Composite, Forecaster, Lister, Router, SeriesSegmenter
from forecastlab.schema.customers import CustomerTarget
from forecastlab.schema.items import ItemModel, ItemTarget
from forecastlab.testing import (
    any_part,
    calibrators,
    combiners,
    composites,
    customer_targets,
    customers,
    datasets,
    drivers,
    executors,
    features,
    item_metrics,
    item_models,
    item_targets,
    metrics,
    models,
    playbooks,
    presets,
    reconcilers,
    registered,
    rosters,
    routers,
    segmentations,
    series_segmentations,
    splitters,
    targets,
    trackers,
    tuners,
    watches,
)

Check = Callable[[Any], None]

BY_GROUP: dict[str, tuple[Check, ...]] = {
    "dataset": datasets.CHECKS,
    "segmentation": segmentations.CHECKS,
    "target": targets.CHECKS,
    "customer": customers.CHECKS,
    "driver": drivers.CHECKS,
    "feature": features.CHECKS,
    "combine": combiners.CHECKS,
    "backtest": splitters.CHECKS,
    "reconcile": reconcilers.CHECKS,
    "calibrate": calibrators.CHECKS,
    "metric": metrics.CHECKS,
    "monitor": watches.CHECKS,
    "playbook": playbooks.CHECKS,
    "preset": presets.CHECKS,
    "executor": executors.CHECKS,
    "tuning": tuners.CHECKS,
    "tracking": trackers.CHECKS,
}


def checks_of(group: str, part: Any) -> Iterator[tuple[str, Callable[[], None]]]:
    """The name of each check that such a part must pass, and the check; it raises AssertionError with the reason."""
    for check in (*any_part.CHECKS, *_of_group(group, part)):
        yield check.__name__, partial(check, part)


def _of_group(group: str, part: Any) -> tuple[Check, ...]:
    if group == "segmentation" and isinstance(part, SeriesSegmenter):
        return series_segmentations.CHECKS
    if group == "target" and isinstance(part, CustomerTarget):
        return customer_targets.CHECKS
    if group == "target" and isinstance(part, ItemTarget):
        return item_targets.CHECKS
    if group == "customer" and isinstance(part, ItemModel):
        return item_models.CHECKS
    if group == "metric" and getattr(part, "of", ()) == ("items",):
        return item_metrics.CHECKS
    if group == "preset" and isinstance(part, Lister):
        return rosters.CHECKS
    if group != "model":
        return BY_GROUP[group]
    if isinstance(part, Composite):
        return (*composites.CHECKS, *registered.CHECKS)
    if isinstance(part, Router):
        return (*routers.CHECKS, *registered.CHECKS)
    assert isinstance(part, Forecaster), "it is neither a forecast method nor a combination or route of some"
    return (*models.CHECKS, *registered.CHECKS, *(models.LOCAL if part.local else ()))
