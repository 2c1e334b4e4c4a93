"""What the whole line costs over the bare library: the same models on the same series and windows, both ways.

Bare: ``StatsForecast.cross_validation``. forecastlab: ``run_study`` with native quantiles, MLflow on, one process. Both
fit AutoETS and AutoTheta anew in every window of a sample of the M3 monthly series and ask for the same quantiles. Each
round starts a new process for each tool, in turn. Prints a table, one JSON line per row, and the ratio of the medians
of CPU time (the process and its children, one thread each). What is paid once is told apart (``start_cpu_s``): start,
imports and a warm-up on two series, in which forecastlab also makes the MLflow database.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from forecastlab.schema import Facts, Ledger

SURROUNDINGS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}
TOOLS = ("statsforecast", "forecastlab")
HORIZON, STEP, SEASON = 18, 6, 12
WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
SIDES = (20, 40, 60, 80, 90, 95)
"""Central intervals, whose ends are the quantiles that conf/config.yaml asks for."""


def panel(series: int, folder: Path) -> tuple[Path, Facts, pd.DataFrame]:
    """A sample of the M3 monthly series, evenly spread: the Parquet file, its facts, and the frame."""
    from dataclasses import replace

    from forecastlab.dataset.m3 import M3

    facts = M3("M", SEASON, None, "monthly").load(folder / "all.parquet")
    frame = pd.read_parquet(folder / "all.parquet")
    names = np.sort(frame["unique_id"].unique())
    some = names[np.linspace(0, len(names) - 1, series).round().astype(int)]
    frame = frame[frame["unique_id"].isin(some)].reset_index(drop=True)
    frame.to_parquet(folder / "some.parquet")
    ledger = Ledger(len(frame), 0, len(frame), 0)
    return folder / "some.parquet", replace(facts, ledger=ledger), frame


def bare(series: int, windows: int, folder: Path, root: Path) -> Callable[[], dict[str, float]]:
    """The library alone, ready to go; it keeps nothing under ``root``."""
    from statsforecast import StatsForecast
    from statsforecast.models import AutoETS, AutoTheta

    _, _, frame = panel(series, folder)
    models = [AutoETS(season_length=SEASON), AutoTheta(season_length=SEASON, decomposition_type="multiplicative")]

    def work() -> dict[str, float]:
        forecasts = StatsForecast(models=models, freq="ME", n_jobs=1).cross_validation(
            df=frame[["unique_id", "ds", "y"]],
            h=HORIZON,
            step_size=STEP,
            n_windows=windows,
            level=list(SIDES),
            refit=True,
        )
        y = forecasts["y"]
        return {
            name: float((200 * (y - forecasts[column]).abs() / (y.abs() + forecasts[column].abs())).mean())
            for name, column in (("ets", "AutoETS"), ("theta", "AutoTheta"))
        }

    return work


def whole_line(series: int, windows: int, folder: Path, root: Path) -> Callable[[], dict[str, float]]:
    """forecastlab, ready to go."""
    from dataclasses import replace

    from forecastlab.model.theta import Theta
    from forecastlab.task import run as task
    from forecastlab.testing.tampering import Loaded

    path, facts, _ = panel(series, folder)
    overrides = ["+experiments=m3_monthly", "model=ets,theta", f"backtest.horizon={HORIZON}"]
    overrides += [f"backtest.step={STEP}", "backtest.select=0", f"backtest.test={windows}", "target.nonnegative=false"]
    overrides += ["calibrate.nonnegative=false", "executor=serial", "tracking=mlflow", f"root={root}"]
    named = []
    for each in task.recipes(overrides, None, True):
        recipe = each.recipe
        model = recipe.experiment.model
        model = replace(model, variant="auto") if isinstance(model, Theta) else model
        experiment = replace(recipe.experiment, dataset=Loaded(str(path), facts, "M", SEASON, None), model=model)
        named.append(replace(each, recipe=replace(recipe, experiment=experiment)))

    def work() -> dict[str, float]:
        found = {}
        for event in task.run_study(named):
            if isinstance(event, task.RunEnds):
                assert event.outcome is not None and event.outcome.facts.n_fallback == 0, event.reason
                scores = event.outcome.scores
                whole = (scores["metric"] == "smape") & (scores["step"] == 0) & scores["cutoff"].isna()
                found[event.name.split()[0]] = float(scores.loc[whole & (scores["role"] == "test"), "value"].iloc[0])
        return found

    return work


def one(tool: str, series: int, windows: int) -> None:
    """Do one tool's work in this process and print its row."""
    import importlib.metadata

    logging.disable(logging.INFO)
    make = bare if tool == "statsforecast" else whole_line
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        make(2, 1, place / "warm", place / "root")()
        work = make(series, windows, place / "real", place / "root")
        start, wall = cpu(), time.perf_counter()
        smape = work()
        row = {
            "case": f"ets and theta, {series} M3 monthly series x {windows} windows",
            "tool": tool,
            "version": importlib.metadata.version(tool),
            "cpu_s": round(cpu() - start, 2),
            "wall_s": round(time.perf_counter() - wall, 2),
            "start_cpu_s": round(start, 2),
            "peak_mb": round(max(resource.getrusage(who).ru_maxrss for who in WHO) / 1024),
            "smape": {name: round(value, 4) for name, value in sorted(smape.items())},
        }
    print(json.dumps(row), flush=True)


def cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, WHO))


def main() -> None:
    """Alternate the tools, then print the table and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--series", type=int, default=180)
    parser.add_argument("--windows", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--one", choices=TOOLS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one(arguments.one, arguments.series, arguments.windows)
        return
    rows = []
    for _ in range(arguments.rounds):
        for tool in TOOLS:
            size = ["--series", str(arguments.series), "--windows", str(arguments.windows)]
            command = [sys.executable, __file__, "--one", tool, *size]
            done = subprocess.run(
                command, env={**os.environ, **SURROUNDINGS}, check=True, stdout=subprocess.PIPE, text=True
            )
            line = done.stdout.strip().splitlines()[-1]
            print(line, flush=True)
            rows.append(json.loads(line))
    print(pd.DataFrame(rows).drop(columns="case").to_string(index=False))
    median = {tool: statistics.median(row["cpu_s"] for row in rows if row["tool"] == tool) for tool in TOOLS}
    ratio = median["forecastlab"] / median["statsforecast"]
    print(f"{rows[0]['case']}: forecastlab takes {ratio:.3f} times the CPU time of the bare library")


if __name__ == "__main__":
    main()
