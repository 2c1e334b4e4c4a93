"""The default combinations on series that are hard: nothing sold, seldom sold, short, constant, shifted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecastlab.flow.members import Assembly, leaves
from forecastlab.schema import Fold, Frequency, Grid, History
from forecastlab.stages.forecast import ask, forecast
from forecastlab.testing.parts import build_parts

WEEKS = Frequency("W-SUN")
PERIODS, HORIZON = 120, 6
DRAW = np.random.default_rng(12)
SELDOM = np.where(DRAW.random(PERIODS) < 0.25, DRAW.poisson(3, PERIODS) + 1.0, 0.0)
SERIES = {
    "nothing": np.zeros(PERIODS),
    "constant": np.full(PERIODS, 7.0),
    "seldom": SELDOM,
    "once": np.r_[np.zeros(60), 50.0, np.zeros(59)],
    "ended": np.r_[DRAW.poisson(20, 60), np.zeros(60)].astype(float),
    "shifted": np.r_[np.full(80, 10.0), np.full(40, 100.0)] + DRAW.normal(0, 0.5, PERIODS),
    "yearly": 100 + 40 * np.sin(2 * np.pi * np.arange(PERIODS) / 52) + DRAW.normal(0, 2, PERIODS),
    **{f"{n} values": np.array([12.0, 15, 11, 14, 18, 13, 16, 12])[:n] for n in range(1, 9)},
}


@pytest.fixture(scope="module", params=["combined", "combined_fast"])
def said(request, tmp_path_factory) -> pd.DataFrame:
    """What a combination says of each series, in the order of SERIES."""
    place: Path = tmp_path_factory.mktemp("parts")
    values = {("model", request.param): {}}
    method = build_parts([("model", request.param)], None, values, place)["model", request.param]
    rows = np.full((len(SERIES), PERIODS), np.nan)
    for row, y in zip(rows, SERIES.values(), strict=True):
        row[PERIODS - len(y) :] = y
    ids = np.array([*SERIES])
    static = pd.DataFrame({"level": "series", "segment": ""}, index=pd.Index(ids, name="unique_id"))
    past = History(Grid(ids, WEEKS.after(pd.Timestamp("2022-01-02"), PERIODS), rows), WEEKS, 52, static)
    fold = Fold(past.cutoff, HORIZON, 0, WEEKS, "test", 0)
    answers = {leaf.name: forecast(leaf.model, [ask(past, fold, ())], True)[0].frame for leaf in leaves(method)}
    frame, _ = Assembly(method).assemble(answers, fold)
    return frame.pivot(index="unique_id", columns="step", values="yhat").loc[ids]


def test_when_series_are_hard_then_every_forecast_is_a_number_that_could_be_sold(said: pd.DataFrame) -> None:
    largest = pd.Series({name: y.max() for name, y in SERIES.items()})
    assert np.isfinite(said.to_numpy()).all() and (said.to_numpy() >= 0).all()
    assert (said.max(axis=1) <= 1.5 * largest + 1e-6).all()


def test_when_nothing_was_sold_or_always_the_same_then_it_stays_so(said: pd.DataFrame) -> None:
    assert said.loc["nothing"].to_numpy() == pytest.approx(0, abs=1e-6)
    assert said.loc["constant"].to_numpy() == pytest.approx(7, rel=0.01)
    assert said.loc["ended"].max() < 2 and said.loc["once"].max() < 2


def test_when_demand_is_rare_then_the_forecast_is_near_its_mean(said: pd.DataFrame) -> None:
    assert said.loc["seldom"].mean() == pytest.approx(SELDOM.mean(), rel=0.6)


def test_when_the_level_has_shifted_then_the_new_level_is_foretold(said: pd.DataFrame) -> None:
    assert said.loc["shifted"].to_numpy() == pytest.approx(100, rel=0.1)


def test_when_two_cycles_of_a_year_of_weeks_are_there_then_the_season_is_foretold(said: pd.DataFrame) -> None:
    coming = 100 + 40 * np.sin(2 * np.pi * np.arange(PERIODS, PERIODS + HORIZON) / 52)
    assert said.loc["yearly"].to_numpy() == pytest.approx(coming, rel=0.08)


@pytest.mark.parametrize("length", range(1, 9))
def test_when_a_series_is_short_then_the_forecast_is_within_what_was_seen(said: pd.DataFrame, length: int) -> None:
    seen = SERIES[f"{length} values"]
    assert said.loc[f"{length} values"].between(seen.min() * 0.5, seen.max() * 1.5).all()
