"""What a search costs beside mlforecast's: 60 trials of one XGBoost for all series, the same search three ways.

forecastlab: ``tune`` as it is configured, on three selection folds. AutoMLForecast: as it comes, which gives trials up
(Optuna's median rule), and with that turned off. All three see the monthly series of M3, lags 1 to 12 of the values
divided by each series' mean, the same windows (a fit in each), space, number of trials and loss (MASE); rows with
missing lags are kept. Each round has a seed of its own and starts a new process for each contestant, in turn, one
thread each. Prints a table, one JSON line per row, and the ratios of the medians of CPU time to forecastlab's. What is
paid once (start, imports, a warm-up on a few series) is told apart.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import logging
import os
import resource
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

ALL, HORIZON, STEP, WINDOWS = 1428, 18, 6, 3
LAGS = list(range(1, 13))
SPACE: dict[str, dict[str, Any]] = {
    "trees": {"low": 30, "high": 200, "log": True},
    "learning_rate": {"low": 0.01, "high": 0.3, "log": True},
    "max_depth": {"low": 2, "high": 8},
    "min_child_weight": {"low": 1.0, "high": 50.0, "log": True},
    "subsample": {"low": 0.5, "high": 1.0},
    "colsample": {"low": 0.5, "high": 1.0},
    "l2": {"low": 0.01, "high": 100.0, "log": True},
}
THEIRS = {"trees": "n_estimators", "colsample": "colsample_bytree", "l2": "reg_lambda"}
"""What the values are called in xgboost's own interface, where it is something else."""

OURS, PRUNED, WHOLE = "forecastlab", "AutoMLForecast", "AutoMLForecast, no pruning"
CONTESTANTS = (OURS, PRUNED, WHOLE)
LIBRARY = {OURS: "forecastlab", PRUNED: "mlforecast", WHOLE: "mlforecast"}

Found = dict[str, float]
"""The best loss, and how many trials were finished and how many given up."""


def ours(path: Path, trials: int, seed: int, root: Path) -> Found:
    """forecastlab's search, up to the moment at which the winner is known."""
    from forecastlab.task.tune import SearchEnds, tune

    space = {f"model.{name}": values for name, values in SPACE.items()}
    over = json.dumps(space | dict.fromkeys(["model.target", "model.objective"])).replace('"', "")
    overrides = ["dataset=panel_parquet", f"dataset.path={path}", "dataset.series=unique_id", "dataset.time=ds"]
    overrides += ["dataset.value=y", "segmentation=none", "target.series_by=[]", "calibrate=none", "metric=[mase]"]
    overrides += [f"backtest.{key}={value}" for key, value in {"horizon": HORIZON, "step": STEP}.items()]
    overrides += [f"backtest.select={WINDOWS}", "backtest.test=1", "backtest.min_train=1"]
    overrides += ["compare.level=series", "compare.metric=mase", "model=xgboost", "model.statics=[]"]
    overrides += ["model.target=level", "model.objective=squared", f"model.features.lags.lags={LAGS}"]
    overrides += ["model.features.lags.means=[]", "~model.features.calendar", "~model.features.drivers"]
    overrides += [f"tuning.over={over}", f"tuning.trials={trials}", f"tuning.seed={seed}"]
    for event in tune([*overrides, "executor=serial", "tracking=none", f"root={root}"], None, False):
        if isinstance(event, SearchEnds):
            states = [trial.state for trial in event.trials]
            return {"loss": event.best.value, "done": states.count("done"), "given_up": states.count("pruned")}
    raise RuntimeError("the search did not end")


def theirs(path: Path, trials: int, seed: int, prune: bool) -> Found:
    """AutoMLForecast's search, and the fit of its winner, which it always makes."""
    import optuna
    from mlforecast.auto import AutoMLForecast, AutoModel
    from mlforecast.target_transforms import BaseTargetTransform
    from utilsforecast.losses import mase
    from xgboost import XGBRegressor

    class ByMean(BaseTargetTransform):
        """Values divided by their series' mean absolute value, as in forecastlab."""

        def fit_transform(self, df: pd.DataFrame) -> pd.DataFrame:
            self.mean = df[self.target_col].abs().groupby(df[self.id_col]).mean()
            return df.assign(**{self.target_col: df[self.target_col] / df[self.id_col].map(self.mean)})

        def inverse_transform(self, df: pd.DataFrame) -> pd.DataFrame:
            columns = [column for column in df if column not in (self.id_col, self.time_col)]
            return df.assign(**{column: df[column] * df[self.id_col].map(self.mean) for column in columns})

    def values(trial: optuna.Trial) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, bounds in SPACE.items():
            suggest = trial.suggest_int if isinstance(bounds["low"], int) else trial.suggest_float
            found[THEIRS.get(name, name)] = suggest(name, **bounds)
        return found

    def loss(df: pd.DataFrame, train_df: pd.DataFrame) -> float:
        return float(mase(df, models=["model"], seasonality=SEASON, train_df=train_df)["model"].mean())

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    frame = pd.read_parquet(path, columns=["unique_id", "ds", "y"])
    frame = frame[frame["ds"] <= frame["ds"].max() - pd.offsets.MonthEnd(HORIZON)]  # forecastlab's test fold
    study: dict[str, Any] = {"sampler": optuna.samplers.TPESampler(seed=seed)}
    if not prune:
        study["pruner"] = optuna.pruners.NopPruner()
    model = XGBRegressor(n_jobs=1, tree_method="hist", random_state=0)
    search = AutoMLForecast(
        {"xgboost": AutoModel(model, values)},
        freq="ME",
        init_config=lambda _: {"lags": LAGS, "target_transforms": [ByMean()]},
        fit_config=lambda _: {"static_features": [], "dropna": False},
    )
    search.fit(frame, WINDOWS, HORIZON, trials, step_size=STEP, refit=True, loss=loss, study_kwargs=study)
    states = [trial.state.name for trial in search.results_["xgboost"].trials]
    best = float(search.results_["xgboost"].best_value)
    return {"loss": best, "done": states.count("COMPLETE"), "given_up": states.count("PRUNED")}


def one(tool: str, series: int, trials: int, seed: int) -> None:
    """Do one contestant's work in this process and print its row."""
    logging.disable(logging.INFO)
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)

        def work(series: int, trials: int, place: Path) -> Callable[[], Found]:
            place.mkdir()
            path, _, _ = panel(series, place)
            if tool == OURS:
                return lambda: ours(path, trials, seed, place / "root")
            return lambda: theirs(path, trials, seed, tool == PRUNED)

        work(3, 2, place / "warm")()
        ready = work(series, trials, place / "real")
        start, wall = cpu(), time.perf_counter()
        found = ready()
        row = {
            "case": f"{trials} trials of XGBoost, {series} M3 monthly series x {WINDOWS} windows",
            "tool": tool,
            "version": importlib.metadata.version(LIBRARY[tool]),
            "seed": seed,
            "cpu_s": round(cpu() - start, 2),
            "wall_s": round(time.perf_counter() - wall, 2),
            "start_cpu_s": round(start, 2),
            "peak_mb": round(max(resource.getrusage(who).ru_maxrss for who in WHO) / 1024),
            **found,
        }
    print(json.dumps(row), flush=True)


def main() -> None:
    """Alternate the contestants, then print the table and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--series", type=int, default=ALL)
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--tools", nargs="+", choices=CONTESTANTS, default=CONTESTANTS)
    parser.add_argument("--quick", action="store_true", help="a handful of series and trials, to see that it runs")
    parser.add_argument("--one", choices=CONTESTANTS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    series, trials, seeds = (6, 4, [1]) if arguments.quick else (arguments.series, arguments.trials, arguments.seeds)
    if arguments.one:
        one(arguments.one, series, trials, seeds[0])
        return
    rows = []
    for seed in seeds:
        for tool in arguments.tools:
            size = ["--series", str(series), "--trials", str(trials), "--seeds", str(seed)]
            command = [sys.executable, __file__, "--one", tool, *size]
            done = subprocess.run(
                command, env={**os.environ, **SURROUNDINGS}, check=True, stdout=subprocess.PIPE, text=True
            )
            line = done.stdout.strip().splitlines()[-1]
            print(line, flush=True)
            rows.append(json.loads(line))
    table = pd.DataFrame(rows)
    print(table.drop(columns="case").to_string(index=False))
    median = table.groupby("tool")[["cpu_s", "loss"]].median()
    for tool in [tool for tool in (PRUNED, WHOLE) if {OURS, tool} <= set(arguments.tools)]:
        cost = median.loc[tool, "cpu_s"] / median.loc[OURS, "cpu_s"]
        worse = 100 * (median.loc[OURS, "loss"] / median.loc[tool, "loss"] - 1)
        print(f"{tool} takes {cost:.2f} times the CPU time of forecastlab, whose best loss is {worse:+.2f} % from its")


if __name__ == "__main__":
    main()
