"""What a backtest costs here and in other libraries: the same series, windows and method, each library by its own loop.

Cases: ``ets`` (automatic exponential smoothing, each series for itself), ``boosting`` (one XGBoost for all series, lags
1 to 12, 200 trees) and ``six`` (six methods with conformal intervals: one comparison here, six calls there). Series are
monthly ones of M3, divided by their mean before the windows, and long enough for all windows; parameters are fitted
anew in each window. Each round starts a new process for each library, in turn, one thread each. Prints a table, one
JSON line per row, and for each case the ratios of the medians of CPU time to the fastest other library; the errors show
that the work is the same. What is paid once (start, imports, a warm-up on a few series) is told apart.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from overhead import SEASON, SURROUNDINGS, WHO, cpu, panel

HORIZON, STEP, WINDOWS = 18, 6, 3
TREES = {"n_estimators": 200, "learning_rate": 0.05, "max_depth": 6, "min_child_weight": 5, "tree_method": "hist"}
LEVELS = [80, 95]
SIX = ("naive", "seasonal_naive", "theta", "dynamic_optimized_theta", "ces", "ets")
LONG = SEASON * 2 + 3 * HORIZON + (WINDOWS - 1) * STEP
"""Periods of a series: all windows, those that others take for intervals before the first, and two seasons."""

Forecasts = pd.DataFrame
"""``unique_id, cutoff, ds`` and one column per method."""
Work = Callable[[pd.DataFrame, Path], Forecasts]


def cutoffs(frame: pd.DataFrame) -> list[pd.Timestamp]:
    """The last date before each window, oldest first."""
    ends = sorted(frame["ds"].unique())
    return [ends[-1 - HORIZON - STEP * back] for back in reversed(range(WINDOWS))]


def forecastlab(models: tuple[str, ...], *overrides: str) -> Work:
    """Our own line, from a Parquet file to the leaderboard."""

    def work(frame: pd.DataFrame, place: Path) -> Forecasts:
        from forecastlab.task import run as task

        frame.to_parquet(place / "panel.parquet")
        words = ["dataset=panel_parquet", f"dataset.path={place / 'panel.parquet'}", "dataset.series=unique_id"]
        words += ["dataset.time=ds", "dataset.value=y", "dataset.freq=M", "segmentation=none", "target.series_by=[]"]
        words += ["target.nonnegative=false", f"backtest.horizon={HORIZON}", f"backtest.step={STEP}"]
        words += ["backtest.select=0", f"backtest.test={WINDOWS}", "backtest.min_train=1", "metric=[smape,mase]"]
        words += ["compare.level=series", "compare.metric=mase", f"compare.baseline={models[0]}"]
        words += [f"model={','.join(models)}", "executor=serial", "tracking=none", f"root={place / 'root'}"]
        frames = []
        for event in task.run_study(task.recipes([*words, *overrides], None, True)):
            if isinstance(event, task.RunEnds):
                assert event.outcome is not None and event.outcome.complete, event.reason
                told = event.outcome.forecasts.set_index(["unique_id", "cutoff", "ds"])["yhat"]
                frames.append(told.rename(event.outcome.facts.choices["model"]))
        return pd.concat(frames, axis=1).reset_index()

    return work


def statsforecast_ets(frame: pd.DataFrame, place: Path) -> Forecasts:
    """The library that our own ``ets`` calls, by its own cross-validation."""
    from statsforecast import StatsForecast
    from statsforecast.models import AutoETS

    library = StatsForecast([AutoETS(season_length=SEASON, alias="ets")], freq="ME", n_jobs=1)
    return library.cross_validation(df=frame, h=HORIZON, step_size=STEP, n_windows=WINDOWS, refit=True)


def statsforecast_six(frame: pd.DataFrame, place: Path) -> Forecasts:
    """Six methods, each in a call of its own, with conformal intervals."""
    from statsforecast import StatsForecast
    from statsforecast.models import AutoCES, AutoETS, DynamicOptimizedTheta, Naive, SeasonalNaive, Theta
    from statsforecast.utils import ConformalIntervals

    six = [
        Naive(alias="naive"),
        SeasonalNaive(SEASON, alias="seasonal_naive"),
        Theta(SEASON, alias="theta"),
        DynamicOptimizedTheta(SEASON, alias="dynamic_optimized_theta"),
        AutoCES(SEASON, alias="ces"),
        AutoETS(SEASON, alias="ets"),
    ]
    frames = []
    for model in six:
        found = StatsForecast([model], freq="ME", n_jobs=1).cross_validation(
            df=frame,
            h=HORIZON,
            step_size=STEP,
            n_windows=WINDOWS,
            refit=True,
            level=LEVELS,
            prediction_intervals=ConformalIntervals(h=HORIZON, n_windows=2),
        )
        frames.append(found.set_index(["unique_id", "cutoff", "ds"])[str(model)])
    return pd.concat(frames, axis=1).reset_index()


def sktime_ets(frame: pd.DataFrame, place: Path) -> Forecasts:
    """Its wrapper of the same method, series by series: its evaluation of panels fits the same."""
    import numpy as np
    from sktime.forecasting.statsforecast import StatsForecastAutoETS

    rows = []
    for name, series in frame.groupby("unique_id"):
        y = series.set_index(pd.PeriodIndex(series["ds"], freq="M"))["y"]
        for cutoff in cutoffs(frame):
            past = y[: pd.Period(cutoff, "M")]
            told = StatsForecastAutoETS(season_length=SEASON).fit(past, fh=np.arange(1, HORIZON + 1)).predict()
            dates = told.index.to_timestamp(how="end").normalize()
            rows.append(pd.DataFrame({"unique_id": name, "cutoff": cutoff, "ds": dates, "ets": told.to_numpy()}))
    return pd.concat(rows, ignore_index=True)


def darts_series(frame: pd.DataFrame) -> tuple[list[str], list[object]]:
    """The series as darts wants them."""
    from darts import TimeSeries

    names = sorted(frame["unique_id"].unique())
    parts = dict(iter(frame.groupby("unique_id")))
    return names, [TimeSeries.from_dataframe(parts[name], "ds", "y", freq="ME") for name in names]


def darts_long(names: list[str], found: list[list[object]], column: str) -> Forecasts:
    """Its lists of forecasts as one long frame."""
    rows = []
    for name, windows in zip(names, found, strict=True):
        for told in windows:
            ds = told.time_index
            cutoff = ds[0] - pd.offsets.MonthEnd(1)
            rows.append(pd.DataFrame({"unique_id": name, "cutoff": cutoff, "ds": ds, column: told.values().ravel()}))
    return pd.concat(rows, ignore_index=True)


def darts(make: Callable[[], object], column: str, **how: bool) -> Work:
    """Its historical forecasts, fitted anew in each window."""

    def work(frame: pd.DataFrame, place: Path) -> Forecasts:
        names, series = darts_series(frame)
        found = make().historical_forecasts(
            series,
            start=cutoffs(frame)[0] + pd.offsets.MonthEnd(1),
            forecast_horizon=HORIZON,
            stride=STEP,
            retrain=True,
            last_points_only=False,
            **how,
        )
        return darts_long(names, found, column)

    return work


def darts_ets() -> object:
    """Its wrapper of the same method."""
    from darts.models import AutoETS

    return AutoETS(season_length=SEASON)


def darts_boosting() -> object:
    """Its XGBoost over lags."""
    from darts.models import XGBModel

    return XGBModel(lags=12, output_chunk_length=1, random_state=0, n_jobs=1, **TREES)


def mlforecast_boosting(frame: pd.DataFrame, place: Path) -> Forecasts:
    """Its cross-validation, rows with missing lags kept as ours are."""
    from mlforecast import MLForecast
    from xgboost import XGBRegressor

    models = {"xgboost": XGBRegressor(n_jobs=1, random_state=0, **TREES)}
    library = MLForecast(models=models, freq="ME", lags=list(range(1, 13)), num_threads=1)
    return library.cross_validation(
        frame, n_windows=WINDOWS, h=HORIZON, step_size=STEP, refit=True, static_features=[], dropna=False
    )


def skforecast_boosting(frame: pd.DataFrame, place: Path) -> Forecasts:
    """Its backtest of one estimator for many series."""
    from skforecast.model_selection import TimeSeriesFold, backtesting_forecaster_multiseries
    from skforecast.recursive import ForecasterRecursiveMultiSeries
    from xgboost import XGBRegressor

    wide = frame.pivot(index="ds", columns="unique_id", values="y").asfreq("ME")
    first = cutoffs(frame)[0]
    size = len(wide[:first])
    how = {"refit": True, "fixed_train_size": False, "allow_incomplete_fold": False, "verbose": False}
    cv = TimeSeriesFold(HORIZON, size, fold_stride=STEP, **how)
    estimator = XGBRegressor(n_jobs=1, random_state=0, **TREES)
    library = ForecasterRecursiveMultiSeries(estimator, lags=12, encoding=None)
    _, told = backtesting_forecaster_multiseries(
        library, wide, cv, "mean_absolute_error", n_jobs=1, show_progress=False, suppress_warnings=True
    )
    told = told.rename_axis("ds").reset_index().rename(columns={"level": "unique_id", "pred": "xgboost"})
    starts = dict(enumerate(cutoffs(frame)))
    return told.assign(cutoff=told["fold"].map(starts)) if "fold" in told else told.assign(cutoff=pd.NaT)


OVER_LAGS = ["model.target=level", "model.objective=squared", "model.statics=[]", "calibrate=none"]
OVER_LAGS += [f"model.features.lags.lags={list(range(1, 13))}", "model.features.lags.means=[]"]
OVER_LAGS += ["~model.features.calendar", "~model.features.drivers", "model.trees=200", "model.learning_rate=0.05"]

CASES: dict[str, dict[str, Work]] = {
    "ets": {
        "forecastlab": forecastlab(("ets",), "calibrate=none"),
        "statsforecast": statsforecast_ets,
        "sktime": sktime_ets,
        "darts": darts(darts_ets, "ets"),
    },
    "boosting": {
        "forecastlab": forecastlab(("xgboost",), *OVER_LAGS),
        "mlforecast": mlforecast_boosting,
        "darts": darts(darts_boosting, "xgboost", apply_globally=True),
        "skforecast": skforecast_boosting,
    },
    "six": {"forecastlab": forecastlab(SIX, "calibrate=conformal"), "statsforecast": statsforecast_six},
}


def sample(series: int, place: Path) -> pd.DataFrame:
    """Some of the monthly series of M3 that are long enough, each divided by its mean before the windows."""
    frame = panel(1428, place)[2][["unique_id", "ds", "y"]]
    length = frame.groupby("unique_id")["y"].transform("size")
    frame = frame[length >= LONG]
    names = sorted(frame["unique_id"].unique())
    some = names[:: max(len(names) // series, 1)][:series]
    frame = frame[frame["unique_id"].isin(some)].sort_values(["unique_id", "ds"], ignore_index=True)
    before = frame[frame["ds"] <= cutoffs(frame)[0]]
    return frame.assign(y=frame["y"] / frame["unique_id"].map(before.groupby("unique_id")["y"].mean()))


def errors(found: Forecasts, frame: pd.DataFrame) -> dict[str, float]:
    """The sMAPE of each method over all rows, and how many rows there are."""
    rows = found.drop(columns="y", errors="ignore").merge(frame, on=["unique_id", "ds"])
    methods = [name for name in rows if name not in ("unique_id", "cutoff", "ds", "y", "fold")]
    told = {
        name: round(float((200 * (rows["y"] - rows[name]).abs() / (rows["y"].abs() + rows[name].abs())).mean()), 3)
        for name in sorted(methods)
    }
    return told | {"rows": len(rows)}


def one(case: str, tool: str, series: int) -> None:
    """Do one library's work in this process and print its row."""
    logging.disable(logging.INFO)
    warnings.simplefilter("ignore")
    work = CASES[case][tool]
    with tempfile.TemporaryDirectory() as folder:
        warm, real = Path(folder, "warm"), Path(folder, "real")
        warm.mkdir()
        real.mkdir()
        few, frame = sample(3, warm), sample(series, real)
        work(few, warm)
        start, wall = cpu(), time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = work(frame, real)
        row = {
            "case": case,
            "tool": tool,
            "version": importlib.metadata.version(tool),
            "series": series,
            "cpu_s": round(cpu() - start, 2),
            "wall_s": round(time.perf_counter() - wall, 2),
            "start_cpu_s": round(start, 2),
            "peak_mb": round(max(resource.getrusage(who).ru_maxrss for who in WHO) / 1024),
            "smape": errors(found, frame),
        }
    print(json.dumps(row), flush=True)


def measured(case: str, tool: str, series: int) -> dict[str, Any]:
    """One library's row, made in a process of its own."""
    command = [sys.executable, __file__, "--one", case, tool, "--series", str(series)]
    surroundings = {**os.environ, **SURROUNDINGS}
    done = subprocess.run(command, env=surroundings, check=True, stdout=subprocess.PIPE, text=True)
    line = done.stdout.strip().splitlines()[-1]
    print(line, flush=True)
    row: dict[str, Any] = json.loads(line)
    return row


def main() -> None:
    """Alternate the libraries, then print the table and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--series", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--tools", nargs="+", help="some of the libraries only")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one(*arguments.one, arguments.series)
        return
    rows = []
    for case in arguments.cases:
        tools = [tool for tool in CASES[case] if tool in (arguments.tools or CASES[case])]
        rows += [measured(case, tool, arguments.series) for _ in range(arguments.rounds) for tool in tools]
    print(pd.DataFrame(rows).to_string(index=False))
    for case in arguments.cases:
        seconds: dict[str, list[float]] = {}
        for row in rows:
            if row["case"] == case:
                seconds.setdefault(row["tool"], []).append(row["cpu_s"])
        median = {tool: statistics.median(found) for tool, found in seconds.items()}
        fastest = min((tool for tool in median if tool != "forecastlab"), key=median.__getitem__)
        shown = ", ".join(f"{tool} {found / median[fastest]:.2f}" for tool, found in median.items())
        print(f"{case}: CPU time as a multiple of {fastest}'s: {shown}")


if __name__ == "__main__":
    main()
