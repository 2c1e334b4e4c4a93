"""What is needed over several periods together: sums of forecasts, and how far such sums were off in the backtest."""

from __future__ import annotations

import pandas as pd

from forecastlab.schema import ConfigError, Fault, Outlook, names
from forecastlab.schema.origins import apart

SUM_KEYS = [names.SERIES, names.CUTOFF]


def level_of(outlook: Outlook, by: tuple[str, ...]) -> str:
    """The level that is cut by exactly these columns. Raises ConfigError with the levels there are."""
    levels = sorted({str(level) for level in outlook.forecast[names.LEVEL]})
    found = next((level for level in levels if sorted(level.split("/")) == sorted(by)), None)
    if found is None:
        what = f"the plan is cut by {', '.join(by)}, the registered method foretells {', '.join(levels)}"
        fix = f"register a run with 'target.series_by=[{','.join(by)}]', or set preset.by"
        raise ConfigError(Fault("other-cut", "preset.by", what, fix))
    return found


def summed(outlook: Outlook, level: str, periods: int) -> pd.DataFrame:
    """For each series of a level, over the first ``periods`` periods together: indexed by ``unique_id``.

    ``foretold``; ``bias`` and ``spread``: mean and standard deviation of the backtest's errors of such sums, over
    ``origins`` that share no period. A quantile of a sum is no sum of quantiles, so it is measured on sums. Where a
    series has fewer than three origins, its spread is that of the level in shares of its forecast. Raises ConfigError
    where the backtest did not look as far.
    """
    forecast = outlook.forecast[outlook.forecast[names.LEVEL] == level]
    wanted = sorted(forecast[names.STEP].unique())[:periods]
    band = outlook.band[outlook.band[names.LEVEL] == level]
    missing = set(wanted) - set(band[names.STEP].unique())
    if missing:
        what = f"{len(wanted)} periods together, the backtest looked {int(band[names.STEP].max())} ahead"
        raise ConfigError(
            Fault("too-far", "preset.periods", what, "plan fewer periods, or register a run that looks as far")
        )
    band = band[band[names.STEP].isin(wanted) & band[names.CUTOFF].isin(apart(band))]
    sums = band.groupby(SUM_KEYS)[[names.Y, names.YHAT]].sum()
    miss = sums[names.Y] - sums[names.YHAT]
    found = pd.DataFrame(
        {"foretold": forecast[forecast[names.STEP].isin(wanted)].groupby(names.SERIES)[names.YHAT].sum()}
    )
    own = miss.groupby(level=names.SERIES).agg(["mean", "std", "count"]).reindex(found.index)
    found["origins"] = own["count"].fillna(0).astype(int)
    relative = float(miss.std() / sums[names.YHAT].mean()) if sums[names.YHAT].mean() > 0 else 0.0
    enough = found["origins"] >= 3
    found["bias"] = own["mean"].where(enough, 0.0)
    found["spread"] = own["std"].where(enough, relative * found["foretold"])
    return found


def reach(found: pd.DataFrame, share: float) -> pd.Series[float]:
    """How far above its middle a sum may be with a chance of ``share`` that it is not more.

    Student's t with one degree of freedom less than origins, widened for the unknown mean: the prediction interval of
    a normal sample. With fewer than three origins the level's spread is taken for known.
    """
    from scipy.special import ndtri, stdtrit

    n = found["origins"].to_numpy(dtype=float)
    few = n < 3
    t = stdtrit(n.clip(min=3) - 1, share) * (1 + 1 / n.clip(min=3)) ** 0.5
    factor = pd.Series(t, index=found.index).mask(few, float(ndtri(share)))
    return factor * found["spread"]


def named(outlook: Outlook, frame: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """The frame with the columns that its series are cut by in front, in place of their ids."""
    keys = outlook.keys.loc[frame.index, list(by)].reset_index(drop=True)
    return pd.concat([keys, frame.reset_index(drop=True)], axis=1)
