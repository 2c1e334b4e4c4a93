"""Least-variance reconciliation against its published formula, written out with numpy.

Wickramasuriya, Athanasopoulos and Hyndman (2019): bottom = (S' W^-1 S)^-1 S' W^-1 yhat.
"""

import numpy as np
import pandas as pd
import pytest

from forecastlab.reconcile.min_trace import MinTrace

BOTTOM = ["a", "b", "c", "d"]
UPPER = {"total": BOTTOM, "x": ["a", "b"], "y": ["c", "d"], "odd": ["a", "c"]}
DATES = pd.date_range("2024-03-03", periods=2, freq="7D")
IDS = [*UPPER, *BOTTOM]
SUMS = np.array([[float(name in parts) for name in BOTTOM] for parts in [*UPPER.values(), *([n] for n in BOTTOM)]])
SUMMING = pd.DataFrame([(u, b) for u, parts in UPPER.items() for b in parts], columns=["unique_id", "bottom"])


def asked(seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Forecasts of all levels that do not agree, as a frame and as rows by series."""
    yhat = np.random.default_rng(seed).uniform(50, 100, (len(IDS), len(DATES)))
    frame = pd.DataFrame({"unique_id": np.repeat(IDS, 2), "ds": np.tile(DATES, len(IDS)), "yhat": yhat.ravel()})
    return frame, yhat


def erred(seed: int, n: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Earlier errors of every series at ``n`` cutoffs, one step ahead, as a frame and as rows by series."""
    rng = np.random.default_rng(seed)
    errors = rng.normal(0, rng.uniform(1, 9, len(IDS))[:, None], (len(IDS), n)) + rng.normal(0, 2, n)
    ends = pd.date_range("2023-10-01", periods=n + 1, freq="7D")
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(IDS, n),
            "cutoff": np.tile(ends[:-1], len(IDS)),
            "ds": np.tile(ends[1:], len(IDS)),
            "step": 1,
            "base": 0.0,
            "y": errors.ravel(),
        }
    )
    return frame, errors


def formula(yhat: np.ndarray, w: np.ndarray) -> np.ndarray:
    inverse = np.linalg.inv(w)
    return SUMS @ np.linalg.inv(SUMS.T @ inverse @ SUMS) @ SUMS.T @ inverse @ yhat


def shrunk(errors: np.ndarray) -> np.ndarray:
    """The covariance shrunk to its diagonal with the intensity of Schäfer and Strimmer (2005)."""
    n = errors.shape[1]
    centred = errors - errors.mean(axis=1, keepdims=True)
    cov = centred @ centred.T / (n - 1)
    scaled = centred / np.sqrt(np.diag(cov) * (n - 1) / n)[:, None]
    corr = scaled @ scaled.T / n
    products = scaled[:, None, :] * scaled[None, :, :]
    var = n / (n - 1) ** 3 * ((products - products.mean(axis=2, keepdims=True)) ** 2).sum(axis=2)
    off = ~np.eye(len(errors), dtype=bool)
    intensity = min(max(var[off].sum() / ((n / (n - 1) * corr[off]) ** 2).sum(), 0.0), 1.0)
    return np.where(off, (1 - intensity) * cov, cov)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("method", ["ols", "wls_struct", "wls_var", "mint_shrink"])
def test_when_levels_disagree_then_they_give_way_as_the_formula_says(method: str, seed: int) -> None:
    frame, yhat = asked(seed)
    past, errors = erred(seed + 10, 12)
    w = {
        "ols": np.eye(len(IDS)),
        "wls_struct": np.diag(SUMS.sum(axis=1)),
        "wls_var": np.diag((errors**2).mean(axis=1)),
        "mint_shrink": shrunk(errors),
    }[method]
    out = MinTrace(method, False).reconcile(frame, SUMMING, past)
    found = out.pivot(index="unique_id", columns="ds", values="yhat").loc[IDS].to_numpy()
    np.testing.assert_allclose(found, formula(yhat, w), rtol=1e-6, atol=1e-6)


def test_when_some_errors_are_not_known_then_variances_are_means_of_those_that_are() -> None:
    frame, yhat = asked(4)
    past, errors = erred(5, 12)
    known = past.drop(index=past.index[(past["unique_id"] == "x") & (past["cutoff"] < past["cutoff"].unique()[7])])
    squares = (errors**2).mean(axis=1)
    squares[IDS.index("x")] = (errors[IDS.index("x"), 7:] ** 2).mean()
    out = MinTrace("wls_var", False).reconcile(frame, SUMMING, known)
    found = out.pivot(index="unique_id", columns="ds", values="yhat").loc[IDS].to_numpy()
    np.testing.assert_allclose(found, formula(yhat, np.diag(squares)), rtol=1e-6)


def test_when_a_part_would_fall_below_zero_then_it_is_zero_and_the_sums_follow() -> None:
    frame, _ = asked(6)
    frame.loc[frame["unique_id"] == "total", "yhat"] = 10.0
    free = MinTrace("ols", False).reconcile(frame, SUMMING, pd.DataFrame())
    kept = MinTrace("ols", True).reconcile(frame, SUMMING, pd.DataFrame())
    assert (free["yhat"] < 0).any()
    assert (kept["yhat"] >= 0).all()
    wide = kept.pivot(index="unique_id", columns="ds", values="yhat")
    np.testing.assert_allclose(wide.loc["total"], wide.loc[BOTTOM].sum(), rtol=1e-12)


def test_when_a_part_is_seen_for_the_first_time_then_it_keeps_its_forecast() -> None:
    frame, yhat = asked(7)
    past, _ = erred(8, 12)
    out = MinTrace("mint_shrink", False).reconcile(frame, SUMMING, past[past["unique_id"] != "d"])
    found = out.pivot(index="unique_id", columns="ds", values="yhat")
    np.testing.assert_allclose(found.loc["d"], yhat[IDS.index("d")], rtol=1e-4)
    assert not np.allclose(found.loc["a"], yhat[IDS.index("a")], rtol=1e-4)
