"""What conformal quantiles promise for any errors."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastlab.calibrate.conformal import Conformal
from forecastlab.schema import quantile_column

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
COLUMNS = [quantile_column(level) for level in LEVELS]
PART = Conformal(native=False, nonnegative=False)


def backtest(seed: int, series: int, steps: int, folds: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Skewed errors of differing size, some series without a scale, and one total."""
    rng = np.random.default_rng(seed)
    ids = np.array(["total", *(f"s{i}" for i in range(series))])
    scale = np.where(rng.random(len(ids)) < 0.2, rng.choice([0.0, np.nan]), rng.uniform(0.5, 40, len(ids)))
    shape = (folds + 1, len(ids), steps)
    frame = pd.DataFrame(
        {
            "fold": np.repeat(np.arange(folds + 1), len(ids) * steps),
            "unique_id": np.broadcast_to(ids[:, None], shape).ravel(),
            "level": np.broadcast_to(np.where(ids == "total", "total", "segment")[:, None], shape).ravel(),
            "ds": pd.Timestamp("2024-01-07"),
            "step": np.broadcast_to(np.arange(1, steps + 1), shape).ravel(),
            "yhat": rng.uniform(0, 100, shape).ravel(),
            "mae_scale": np.broadcast_to(scale[:, None], shape).ravel(),
        }
    )
    frame["y"] = frame["yhat"] + rng.gamma(1, 1, len(frame)) * frame["mae_scale"].fillna(0)
    for level, name in zip(LEVELS, COLUMNS, strict=True):
        frame[f"naive_{name}"] = (level - 0.5) * 10
    last = frame["fold"] == folds
    return frame[~last].drop(columns="fold"), frame[last].drop(columns=["fold", "y"])


sizes = st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 4), st.integers(0, 12))


@settings(deadline=None, max_examples=30)
@given(size=sizes)
def test_when_errors_are_any_then_quantiles_never_cross_and_every_row_names_its_source(
    size: tuple[int, int, int, int],
) -> None:
    past, now = backtest(*size)
    out = PART.calibrate(past, now, LEVELS)
    assert np.isfinite(out[COLUMNS].to_numpy()).all()
    assert (np.diff(out[COLUMNS].to_numpy(), axis=1) >= 0).all()
    tiers = out["q_source"].str.split(" ").str[0]
    assert tiers.isin(["series", "level", "level+steps", "native", "bootstrap"]).all()
    assert ((out["q_n"] >= 9) == tiers.isin(["series", "level", "level+steps"])).all()


@settings(deadline=None, max_examples=30)
@given(size=sizes, power=st.integers(-6, 6))
def test_when_rows_are_shuffled_and_money_has_another_unit_then_quantiles_follow(
    size: tuple[int, int, int, int], power: int
) -> None:
    past, now = backtest(*size)
    expected = PART.calibrate(past, now, LEVELS)
    units = 2.0**power
    money = ["yhat", "mae_scale", *(f"naive_{name}" for name in COLUMNS)]
    mixed = past.sample(frac=1, random_state=size[0]).assign(**{c: past[c] * units for c in ["y", "yhat", "mae_scale"]})
    out = PART.calibrate(mixed, now.assign(**{c: now[c] * units for c in money}), LEVELS)
    assert out[COLUMNS].to_numpy() == pytest.approx(expected[COLUMNS].to_numpy() * units, rel=1e-9)
    assert out["q_source"].tolist() == expected["q_source"].tolist()


@settings(deadline=None, max_examples=25)
@given(size=sizes)
def test_when_segments_err_otherwise_then_the_total_stays_as_it_was(size: tuple[int, int, int, int]) -> None:
    past, now = backtest(*size)
    segment = past["level"] == "segment"
    tampered = past.assign(y=past["y"].where(~segment, past["y"] * 7 + 1000))
    total = now["level"] == "total"
    before = PART.calibrate(past, now, LEVELS)[total.to_numpy()]
    after = PART.calibrate(tampered, now, LEVELS)[total.to_numpy()]
    pd.testing.assert_frame_equal(before, after)


def test_when_errors_are_exchangeable_then_intervals_hold_what_they_promise() -> None:
    rng = np.random.default_rng(3)
    inside, below = [], []
    for _ in range(60):
        past, now = backtest(int(rng.integers(2**32)), series=9, steps=2, folds=11)
        scaled = now["mae_scale"].gt(0).to_numpy() & (now["level"] == "segment").to_numpy()
        out = PART.calibrate(past, now, LEVELS)[scaled]
        y = out["yhat"] + rng.gamma(1, 1, len(out)) * out["mae_scale"]
        inside.append(((out["q0.1"] <= y) & (y <= out["q0.9"])).to_numpy())
        below.append((y <= out["q0.75"]).to_numpy())
    assert 0.79 <= np.concatenate(inside).mean() <= 0.86
    assert 0.74 <= np.concatenate(below).mean() <= 0.84
