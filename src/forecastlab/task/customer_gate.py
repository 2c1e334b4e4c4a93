"""The gate where customers are scored: bars that fit probabilities of events, and amounts of money."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from forecastlab.flow.outcome import Outcome
from forecastlab.recipe.settings import Compare, Promote
from forecastlab.schema import names, quantile_column
from forecastlab.schema.customers import TREATED
from forecastlab.schema.names import SEGMENT, TEST
from forecastlab.stages.customers import OWN
from forecastlab.stages.paired import difference, enough
from forecastlab.stages.rounding import FEWEST
from forecastlab.task.finding import FEW, Finding, more_folds
from forecastlab.task.losses import losses, overlap


def bars(challenger: Outcome, champion: Outcome | None, settings: Promote, compare: Compare) -> list[Finding]:
    """What takes the place of the bars on error, segments and coverage of sales.

    ``better``: the measure that ranks, fold by fold; ``segments``: none is scored worse; ``skill``: it says more than
    one mean for everybody; ``calibration``: what it foretells in all is what happens; ``coverage``: only of a method
    that gives intervals, for an event has none. Of uplifts only
    the order is judged (``skill``), by the measure that ranks.
    """
    uplift = TREATED in challenger.forecasts
    found = []
    if champion is not None and _same_question(challenger, champion):
        found.append(_better(challenger, champion, settings, compare))
        found += [] if uplift else [_segments(challenger, champion, settings)]
    elif champion is not None:
        words = "the champion answers another question: other customers, or something else was asked of them"
        found.append(Finding("better", False, words))
    rows = _rows(challenger, settings)
    if rows.empty:
        return [*found, Finding("skill", False, more_folds(challenger.facts.choices.get("backtest", "")))]
    if uplift:
        return [*found, _order(challenger, settings, compare)]
    return [*found, _skill(rows, settings), _calibration(rows, settings), *_coverage(rows, settings)]


def _order(challenger: Outcome, settings: Promote, compare: Compare) -> Finding:
    """Of uplifts only their order can be judged: what approaching adds is known of no single customer."""
    sums = losses({"new": challenger}, OWN, compare.metric)
    sums = sums[(sums["role"] == TEST) | (settings.folds != TEST)]
    told = sums.loc[sums["n_ok"] > 0, "loss"]
    if told.empty:
        return Finding("skill", False, f"there is no fold in which {compare.metric.upper()} could be told")
    value, least = 1 - float(told.mean()), settings.customers.skill
    words = f"{compare.metric.upper()} {value:.3f} over {len(told)} folds, 0 is an order by chance; {least:g} is needed"
    return Finding("skill", value >= least, words, {"skill": value})


def _rows(outcome: Outcome, settings: Promote) -> pd.DataFrame:
    """The scored customers of the folds that count."""
    frame = outcome.forecasts
    return frame[frame["role"] == TEST] if settings.folds == TEST else frame


def _same_question(one: Outcome, other: Outcome) -> bool:
    """Whether the same happened to as many customers in every fold that both have, and there is one."""
    if {OWN} != {str(level) for each in (one, other) for level in each.forecasts[names.LEVEL].unique()}:
        return False
    sums = [each.forecasts.groupby(names.CUTOFF)[names.Y].agg(["size", "sum"]) for each in (one, other)]
    mine, theirs = (each.loc[sums[0].index.intersection(sums[1].index)] for each in sums)
    return len(mine) > 0 and bool(np.allclose(mine, theirs, rtol=1e-6))


def _better(challenger: Outcome, champion: Outcome, settings: Promote, compare: Compare) -> Finding:
    """The measure that ranks, fold by fold, relative to the champion's; folds are the looks (``stages.paired``)."""
    sums = losses({"new": challenger, "old": champion}, OWN, compare.metric)
    sums = sums[sums["role"] == TEST] if settings.folds == TEST else sums
    wide = sums[sums["n_ok"] > 0].pivot(index=names.CUTOFF, columns="method", values="loss").sort_index()
    both = wide.reindex(columns=["new", "old"]).dropna()
    usual, n = float(both["old"].mean()) if len(both) else 0.0, len(both)
    if not usual > 0:
        words = f"there is no fold in which both have {compare.metric.upper()}"
        return Finding("better", False, words, {"origins": n})
    reach = max(overlap(challenger), overlap(champion))
    gap = difference((both["new"] - both["old"]).to_numpy(dtype=float) / usual, reach, compare.alpha)
    numbers = {"difference": gap.mean, "low": gap.low, "high": gap.high, "p": gap.p, "origins": n}
    numbers = {name: value for name, value in numbers.items() if math.isfinite(value)}
    told = f"{compare.metric.upper()} {gap.mean:+.1%} against the champion's {usual:.3g}, less is better"
    if n >= settings.origins and enough(n, reach):
        sure = f"{100 * (1 - compare.alpha):g} % interval [{gap.low:+.1%}, {gap.high:+.1%}]"
        return Finding("better", gap.high < 0, f"{told}, {sure}, {n} origins", numbers)
    margin = settings.customers.margin
    words = f"{told}; {n} origins, {settings.origins} are needed to call it better: it must be within {margin:+.1%}"
    return Finding("better", gap.mean <= margin, words, numbers, FEW)


def _segments(challenger: Outcome, champion: Outcome, settings: Promote) -> Finding:
    """No segment that many customers are in may be scored worse: root of the mean squared error, relative."""
    new, old = (_by_segment(_rows(each, settings)) for each in (challenger, champion))
    if not new.index.equals(old.index) or not np.allclose(new["n"], old["n"]):
        words = "the two cut customers up in different ways, so their segments do not compare"
        return Finding("segments", True, words, label="not compared")
    large = (new["n"] >= FEWEST) & (new["n"] >= settings.share * new["n"].sum()) & (old["wrong"] > 0)
    worse = (new["wrong"] / old["wrong"] - 1)[large]
    if worse.empty:
        return Finding("segments", True, "no segment has that many customers", label="not compared")
    name, most, allowed = str(worse.idxmax()), float(worse.max()), settings.customers.worse
    words = f"the worst scored of {len(worse)} segments with {settings.share:.0%} of the customers or more, {name}:"
    numbers = {str(k): float(v) for k, v in worse.items()}
    return Finding("segments", most <= allowed, f"{words} {most:+.1%}; {allowed:+.1%} is allowed", numbers)


def _by_segment(rows: pd.DataFrame) -> pd.DataFrame:
    squares = rows.assign(square=(rows[names.Y] - rows[names.YHAT]) ** 2)
    found = squares.groupby(SEGMENT)["square"].agg(["size", "mean"])
    return pd.DataFrame({"n": found["size"], "wrong": np.sqrt(found["mean"])})


def _skill(rows: pd.DataFrame, settings: Promote) -> Finding:
    """How much better than telling all customers of a fold the mean of what then happened to them.

    Of an event that is the Brier skill score against the share of the fold, of an amount the explained variance.
    """
    means = rows.groupby(names.CUTOFF)[names.Y].transform("mean")
    usual = float(((rows[names.Y] - means) ** 2).sum())
    wrong = float(((rows[names.Y] - rows[names.YHAT]) ** 2).sum())
    if not usual > 0:
        return Finding("skill", False, "the same happened to all customers, so nothing could be told apart")
    value, least = 1 - wrong / usual, settings.customers.skill
    words = f"it takes {value:.1%} of the squared error away that one mean for all would have had"
    folds = rows[names.CUTOFF].nunique()
    return Finding("skill", value >= least, f"{words}, over {folds} folds; {least:.1%} is needed", {"skill": value})


def _calibration(rows: pd.DataFrame, settings: Promote) -> Finding:
    """Whether as much happens in all as is foretold, be it events or money."""
    happened, foretold = float(rows[names.Y].sum()), float(rows[names.YHAT].sum())
    if not happened > 0:
        return Finding("calibration", False, "nothing happened to any customer, so nothing can be held against it")
    ratio = foretold / happened
    least, most = settings.customers.calibration
    words = f"in all {ratio:.2f} is foretold for each 1 that happens; {least:g} to {most:g} are allowed"
    return Finding("calibration", least <= ratio <= most, words, {"ratio": ratio})


def _coverage(rows: pd.DataFrame, settings: Promote) -> list[Finding]:
    low, high = quantile_column(0.1), quantile_column(0.9)
    known = rows.dropna(subset=[low, high]) if {low, high} <= set(rows) else rows.iloc[:0]
    if known.empty:
        return []
    share = float(known[names.Y].between(known[low], known[high]).mean())
    least, most = settings.coverage
    words = f"80 % intervals hold {share:.0%} of {len(known)} truths; {least:.0%} to {most:.0%} are allowed"
    return [Finding("coverage", least <= share <= most, words, {"coverage": share, "rows": len(known)})]
