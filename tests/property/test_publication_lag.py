"""Law: a value of a driver is known at a cutoff only if the periods of its publication lag have passed by then."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastlab.schema import Fold
from forecastlab.stages.drivers import DriverTable, lay
from forecastlab.testing.synthetic import of_rows

SHAPES = {
    "lag": st.integers(0, 6),
    "periods": st.integers(3, 30),
    "horizon": st.integers(1, 5),
    "gap": st.integers(0, 2),
    "rule": st.sampled_from(["last", "forecast", "scenario"]),
    "keyed": st.booleans(),
    "seed": st.integers(0, 2**16),
}


def laid(values, history, fold, rule, lag, keyed):
    months = history.grid.ds.append(history.freq.after(history.cutoff, fold.gap + fold.horizon))
    named = zip(("new", "loyal"), values, strict=True)
    frames = [pd.DataFrame({"segment": name, "ds": months, "x": row}) for name, row in named]
    frame = pd.concat(frames) if keyed else frames[0].drop(columns="segment")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "driver.parquet"
        frame.to_parquet(path, index=False)
        by = ("segment",) if keyed else ()
        table = DriverTable("d", path, by, rule, lag, {"x": "+10%"} if rule == "scenario" else None)
        found = lay((table,), history, fold, False)
    return np.hstack([found.past["d.x"], found.ahead["d.x"]])


@settings(max_examples=60, deadline=None)
@given(**SHAPES)
def test_when_unpublished_values_are_others_then_nothing_changes(lag, periods, horizon, gap, rule, keyed, seed):
    draw = np.random.default_rng(seed)
    history = of_rows(draw.uniform(1, 9, (2, periods)), "M", 12)
    fold = Fold(history.cutoff, horizon, gap, history.freq, "select", 0)
    values = draw.normal(size=(2, periods + gap + horizon))
    published = max(periods - lag, 0)
    others = values.copy()
    others[:, published:] = draw.normal(1e6, 1e5, others[:, published:].shape)
    found = laid(values, history, fold, rule, lag, keyed)
    np.testing.assert_array_equal(found, laid(others, history, fold, rule, lag, keyed))
    expected = values[:, :published] if keyed else values[[0, 0], :published]
    np.testing.assert_array_equal(found[:, :published], expected)


@settings(max_examples=30, deadline=None)
@given(lag=st.integers(0, 4), seed=st.integers(0, 2**16))
def test_when_the_last_published_value_is_another_then_the_rule_says_another(lag, seed):
    draw = np.random.default_rng(seed)
    history = of_rows(draw.uniform(1, 9, (2, 8)), "M", 12)
    fold = Fold(history.cutoff, 2, 0, history.freq, "select", 0)
    values = draw.normal(size=(2, 10))
    others = values.copy()
    others[:, 8 - lag - 1] += 5
    found, after = (laid(each, history, fold, "last", lag, False) for each in (values, others))
    np.testing.assert_array_equal(found[:, : 8 - lag - 1], after[:, : 8 - lag - 1])
    np.testing.assert_allclose(found[:, 8 - lag - 1 :] + 5, after[:, 8 - lag - 1 :])
