"""Holes and outliers in the past of a panel: what is done to them, what is counted, and that truth stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecastlab.recipe import build, compose
from forecastlab.schema import Fold, Frequency, Grid, SalesLog
from forecastlab.stages import given
from forecastlab.stages.calendar import calendar
from forecastlab.stages.clean import clipped, interpolated

DAYS = Frequency("D")
NAN = np.nan


def grid(*rows: list[float]) -> Grid:
    values = np.array(rows, dtype=float)
    ids = np.array([f"s{i}" for i in range(len(rows))])
    return Grid(ids, DAYS.after(pd.Timestamp("2024-01-01"), values.shape[1]), values)


def test_when_there_are_holes_then_a_line_fills_them_and_ends_stay() -> None:
    found, count = interpolated(grid([NAN, 2, NAN, NAN, 8, NAN], [NAN, NAN, NAN, NAN, 3, NAN], [1, 2, 3, 4, 5, 6]))
    assert count == 2
    assert found.values[0] == pytest.approx([NAN, 2, 4, 6, 8, NAN], nan_ok=True)
    assert found.values[1:] == pytest.approx(np.array([[NAN] * 4 + [3, NAN], [1, 2, 3, 4, 5, 6]]), nan_ok=True)


def test_when_one_value_is_far_then_it_alone_is_drawn_in() -> None:
    y = 50 + np.random.default_rng(1).normal(0, 1, 60)
    y[30] = 500.0
    found, count = clipped(grid([*y]), ())
    assert count == 1 and 50 < found.values[0, 30] < 62
    assert (np.delete(found.values[0], 30) == np.delete(y, 30)).all()


def test_when_a_peak_comes_back_every_season_then_it_is_no_outlier() -> None:
    y = np.tile([10.0, 10, 10, 10, 10, 10, 100], 12) + np.random.default_rng(2).normal(0, 0.5, 84)
    assert clipped(grid([*y]), (7,))[1] == 0
    y[40] += 60
    found, count = clipped(grid([*y]), (7,))
    assert count == 1 and found.values[0, 40] < 20


@pytest.mark.parametrize("y", [[5.0] * 40, [0.0] * 30 + [9.0] + [0.0] * 9, [1.0, 900.0, 1.0]])
def test_when_a_series_stands_still_or_is_short_then_it_stays_as_it_is(y: list[float]) -> None:
    found, count = clipped(grid(y), (7,))
    assert count == 0 and (found.values == np.array([y])).all()


@pytest.fixture
def log(tmp_path: Path) -> SalesLog:
    """Forty days of two series: a hole in the past and one in what is asked, an outlier in each."""
    days = pd.date_range("2024-01-01", periods=40)
    sold = 20 + np.random.default_rng(3).uniform(-1, 1, 40)
    other = sold + 5
    sold[10], other[37] = 400.0, 500.0
    frame = pd.concat([pd.DataFrame({"shop": name, "day": days, "sold": y}) for name, y in (("a", sold), ("b", other))])
    frame.drop(frame.index[(frame["day"] == "2024-01-21") | (frame["day"] == "2024-02-06")]).to_csv(
        tmp_path / "s.csv", index=False
    )
    words = [f"path={tmp_path / 's.csv'}", "series=shop", "time=day", "value=sold", "freq=D", "gaps=interpolate",
             "outliers=clip"]  # fmt: skip
    part = build(compose(["dataset=panel_csv", *(f"dataset.{word}" for word in words), "model=naive"])).experiment
    return SalesLog(tmp_path / "panel.parquet", part.dataset.load(tmp_path / "panel.parquet"))


def test_when_policies_are_declared_then_the_past_is_mended_and_counted_and_the_truth_is_not(log: SalesLog) -> None:
    rhythm = calendar(type("Source", (), {"freq": "D", "season": 7, "warmup": None})(), "D")
    ends = rhythm.ends(log.facts)
    fold = Fold(pd.Timestamp("2024-02-04"), 4, 0, DAYS, "test", 0)
    built = given.build(log, (), fold, rhythm, ends[ends <= fold.cutoff])
    assert built.account == {"panel": (68, 0), "interpolated": (2, 0), "clipped": (1, 0)}
    assert not np.isnan(built.history.grid.values).any() and built.history.grid.values.max() < 40
    assert built.grid.values.max() == 400.0, "scales are those of what was seen"
    truth = given.truth(log, fold, built)
    assert len(truth) == 6 and truth["y"].max() == 500.0
