"""Rows after a cutoff are made up, the whole line runs again, and no bit of any forecast may change.

Every model meets every segmentation (but for what is dear), every way of tampering meets every model; calibrations,
values, backtests and cuts take turns. `make campaign` lets everything meet everything.
"""

import pytest

from forecastlab.flow.experiment import Experiment
from forecastlab.model.ensemble import Ensemble
from forecastlab.schema import Composite, Router, Segmenter
from forecastlab.target.sales import Sales
from forecastlab.testing.leakage import check_no_leak
from forecastlab.testing.logs import random_rows, random_table, write_log, write_tables
from forecastlab.testing.parts import build_parts, choices
from forecastlab.testing.tampering import ON_LOGS, Loaded

FOLDS = {"horizon": 3, "step": 2, "select": 2, "test": 1}
OPEN = {
    ("backtest", "expanding"): FOLDS | {"gap": 1, "min_train": 14, "refit_every": 3},
    ("backtest", "short_range"): FOLDS | {"gap": 0, "min_train": 14, "refit_every": 1},
    ("backtest", "long_range"): FOLDS | {"gap": 1, "min_train": 14, "refit_every": 2},
    ("backtest", "rolling"): FOLDS | {"gap": 0, "window": 14, "refit_every": 2},
    ("backtest", "cutoffs"): {
        "horizon": 3,
        "select": ["2024-07-14", "2024-07-28"],
        "test": ["2024-08-18"],
        "refit_every": 2,
    },
    ("calibrate", "conformal"): {"nonnegative": True},
    ("calibrate", "native"): {"nonnegative": True},
    ("segmentation", "demographic"): {"attribute": "shop", "groups": {"north": ["north"], "south": ["south/east"]}},
    ("segmentation", "kmeans"): {
        "columns": ["money", "shop", "events.visit.count", "events.recency", "feedback.mean", "campaigns.count"]
    },
}
"""What the files leave open, or take from other parts of a config."""
GROUPS = ("segmentation", "model", "combine", "backtest", "reconcile", "calibrate")
NAMES = {group: [name for each, name in choices(None) if each == group] for group in GROUPS}
VALUES = ("amount", "quantity", "orders", "customers")
CUTS = (("segment",), ("shop", "segment"))
LEVELS = (0.2, 0.5, 0.8)
DEAR = {"arima": ("none",)}
"""Models that see each series alone and take long, and the segmentations that they meet outside the campaign."""


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    wanted = [(group, name) for group, names in NAMES.items() for name in names]
    return build_parts(wanted, None, OPEN, tmp_path_factory.mktemp("root"))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """A year of a shop: 40 customers, weeks that end on Sundays, the last one incomplete; and its further tables."""
    path = tmp_path_factory.mktemp("data") / "log.parquet"
    log = write_log(random_rows(1, 40, 280, 900, "2024-01-01"), path, "2024-01-01", "2024-10-04", False)
    kinds = {"events": ["visit", "click"], "feedback": ["complaint"], "campaigns": ["mail"]}
    log = write_tables(log, {name: random_table(2, 40, 280, 600, "2024-01-01", of) for name, of in kinds.items()})
    return Loaded(str(path), log.facts, "W-SUN", 4, "6 weeks")  # a season that the shortest past bears twice


def turn(names, i):
    return names[i % len(names)]


def everything(parts, dataset, segmentation, i, dear):
    """One experiment with every method there is; what else there is takes turns, the membership among it."""
    models = {
        name: parts["model", name] for name in NAMES["model"] if dear or segmentation in DEAR.get(name, [segmentation])
    }
    single = {name: model for name, model in models.items() if not isinstance(model, (Composite, Router))}
    assert len(single) >= 7
    of_customers = segmentation != "none" and isinstance(parts["segmentation", segmentation], Segmenter)
    membership = "frozen" if of_customers and i % 2 else "rolling"
    return Experiment(
        dataset=dataset,
        segmentation=parts["segmentation", segmentation],
        target=Sales(turn(VALUES, i), CUTS[0] if of_customers else CUTS[1], "W-SUN", membership, True),
        drivers={},
        model=Ensemble(single, parts["combine", turn(NAMES["combine"], i)], None),
        backtest=parts["backtest", turn(NAMES["backtest"], i)],
        reconcile=parts["reconcile", turn(NAMES["reconcile"], i)],
        calibrate=parts["calibrate", turn(NAMES["calibrate"], i)],
        metrics={},
        levels=LEVELS,
        oracle=False,
        what_if={},
    )


@pytest.mark.parametrize("i", range(len(NAMES["segmentation"])), ids=NAMES["segmentation"])
def test_when_later_rows_are_tampered_with_then_no_forecast_changes(parts, dataset, i):
    hows = ON_LOGS[i :: len(NAMES["segmentation"])] or [turn(ON_LOGS, i)]
    check_no_leak(everything(parts, dataset, NAMES["segmentation"][i], i, dear=False), hows, i)


@pytest.mark.campaign
@pytest.mark.parametrize("shift", range(len(VALUES)))
@pytest.mark.parametrize("segmentation", NAMES["segmentation"])
def test_when_everything_meets_everything_then_no_forecast_changes(parts, dataset, segmentation, shift):
    check_no_leak(everything(parts, dataset, segmentation, shift, dear=True), None, shift)
