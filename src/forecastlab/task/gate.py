"""The gate: what a challenger must have shown before it may take the champion's place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.flow.outcome import Outcome
from forecastlab.recipe.settings import Compare, Promote
from forecastlab.schema import names, quantile_column
from forecastlab.schema.names import SEGMENT, SERIES, TEST
from forecastlab.stages.customers import OWN
from forecastlab.stages.paired import difference, enough
from forecastlab.stages.ranking import figure
from forecastlab.task import customer_gate
from forecastlab.task.board import comparable
from forecastlab.task.finding import FEW, Finding, more_folds
from forecastlab.task.losses import losses, overlap, segment_level, shared_levels


def findings(
    challenger: Outcome,
    champion: Outcome | None,
    quality: Mapping[str, Any],
    looks: int,
    settings: Promote,
    compare: Compare,
) -> list[Finding]:
    """Every bar, in the order in which it is told. ``champion`` is judged on the same folds; None: there is none yet.

    ``quality`` is the account of the data that was fitted, ``looks`` how often its test folds were looked at.
    """
    of = customer_gate.bars if shared_levels([challenger]) == [OWN] else _bars
    found = of(challenger, champion, settings, compare)
    return [*found, _quality(challenger, quality, settings), _looks(looks, settings)]


def _bars(challenger: Outcome, champion: Outcome | None, settings: Promote, compare: Compare) -> list[Finding]:
    """The bars of series."""
    found = []
    if champion is not None:
        found += [_better(challenger, champion, settings, compare), _segments(challenger, champion, settings, compare)]
    return [*found, _error(challenger, settings, compare), _coverage(challenger, settings)]


def _rows(outcome: Outcome, level: str, settings: Promote) -> pd.DataFrame:
    """The scored forecasts of a level in the folds that count."""
    frame = outcome.forecasts
    chosen = frame[names.LEVEL] == level
    return frame[chosen & (frame["role"] == TEST)] if settings.folds == TEST else frame[chosen]


def _better(challenger: Outcome, champion: Outcome, settings: Promote, compare: Compare) -> Finding:
    """Paired losses per series and origin at the finest level of both; origins are the clusters.

    Losses of one origin move together, so they are summed, and the test looks at the origins (``stages.paired``).
    """
    level = comparable([challenger, champion])[-1]
    pairs = paired(challenger, champion, level, settings, compare)
    by_origin = pairs.groupby(names.CUTOFF, sort=True)[["gap", "weight"]].sum()
    money, n = float(by_origin["weight"].mean()) if len(by_origin) else 0.0, len(by_origin)
    if not money > 0:
        return Finding("better", False, f"there is no fold that both foretold at level {level}", {"origins": n})
    reach = max(overlap(challenger), overlap(champion))
    gap = difference(by_origin["gap"].to_numpy(dtype=float) / money, reach, compare.alpha)
    numbers = {"difference": gap.mean, "low": gap.low, "high": gap.high, "p": gap.p, "origins": n, "pairs": len(pairs)}
    numbers = {name: value for name, value in numbers.items() if math.isfinite(value)}
    told = f"{_points(gap.mean)} points against the champion over {len(pairs)} series and origins ({level})"
    if n >= settings.origins and enough(n, reach):
        sure = f"{100 * (1 - compare.alpha):g} % interval [{_points(gap.low)}, {_points(gap.high)}]"
        return Finding("better", gap.high < 0, f"{told}, {sure}, {n} origins", numbers)
    words = f"{told}; {n} origins, {settings.origins} are needed to call it better: it must be within"
    words = f"{words} {_points(settings.margin)} points"
    return Finding("better", gap.mean <= settings.margin, words, numbers, FEW)


def paired(challenger: Outcome, champion: Outcome, level: str, settings: Promote, compare: Compare) -> pd.DataFrame:
    """One row per series and origin that both foretold: ``gap`` (loss less the champion's) and ``weight`` (sales)."""
    keys = [SERIES, names.CUTOFF, names.DS]
    mine, theirs = (_rows(outcome, level, settings) for outcome in (challenger, champion))
    both = mine.merge(theirs[[*keys, names.Y, names.YHAT]], on=keys, suffixes=("", "_old"))
    both = both[np.isclose(both[names.Y], both[f"{names.Y}_old"], rtol=1e-9, atol=1e-9)]
    loss = (both[names.Y] - both[names.YHAT]).abs() - (both[names.Y] - both[f"{names.YHAT}_old"]).abs()
    weight = both[names.Y].abs()
    if compare.metric == "mase":
        usable = both["mae_scale"] > 0
        both, loss, weight = both[usable], (loss / both["mae_scale"])[usable], pd.Series(1.0, both.index)[usable]
    told = both[[SERIES, names.CUTOFF]].assign(gap=loss, weight=weight)
    return told.groupby([SERIES, names.CUTOFF], as_index=False)[["gap", "weight"]].sum()


def _segments(challenger: Outcome, champion: Outcome, settings: Promote, compare: Compare) -> Finding:
    """No segment that carries money may be served worse."""
    level = segment_level([challenger, champion])
    if level is None or level not in comparable([challenger, champion]):
        words = "the two cut customers up in different ways, so their segments do not compare"
        return Finding("segments", True, words, label="not compared")
    sums = losses({"new": challenger, "old": champion}, level, compare.metric, [SEGMENT])
    sums = sums[sums["role"] == TEST] if settings.folds == TEST else sums
    total = sums.groupby(["method", SEGMENT])[["loss", "weight"]].sum()
    new, old = total.loc["new"], total.loc["old"]
    share = new["weight"] / new["weight"].sum()
    worse = (new["loss"] / new["weight"] - old["loss"] / old["weight"])[share >= settings.share]
    if worse.dropna().empty:
        return Finding("segments", True, "no segment has that much money", label="not compared")
    name, most = str(worse.idxmax()), float(worse.max())
    words = f"the worst served of {len(worse)} segments with {settings.share:.0%} of the money or more, {name}:"
    words = f"{words} {_points(most)} points; {_points(settings.worse)} are allowed"
    return Finding("segments", most <= settings.worse, words, {str(k): float(v) for k, v in worse.dropna().items()})


def _error(challenger: Outcome, settings: Promote, compare: Compare) -> Finding:
    levels = shared_levels([challenger])
    level = compare.level if compare.level in levels else levels[0]
    sums = losses({"new": challenger}, level, compare.metric)
    sums = sums[sums["role"] == TEST] if settings.folds == TEST else sums
    weight = float(sums["weight"].sum())
    if not weight > 0:
        return Finding("error", False, more_folds(challenger.facts.choices.get("backtest", "")))
    value = float(sums["loss"].sum()) / weight
    folds = sums[names.CUTOFF].nunique()
    words = f"{compare.metric.upper()} of the {level} {figure(compare.metric, value)} over {folds} folds"
    allowed = f"{figure(compare.metric, settings.ceiling)} is allowed"
    return Finding("error", value <= settings.ceiling, f"{words}; {allowed}", {"error": value})


def _coverage(challenger: Outcome, settings: Promote) -> Finding:
    """Whether 80 % intervals hold about 80 % of what came true, at the finest level, where there is most to count."""
    level = shared_levels([challenger])[-1]
    rows = _rows(challenger, level, settings)
    low, high = quantile_column(0.1), quantile_column(0.9)
    known = rows.dropna(subset=[low, high]) if {low, high} <= set(rows) else rows.iloc[:0]
    if known.empty:
        return Finding("coverage", False, "there are no intervals; type calibrate=conformal and run it again")
    share = float(known[names.Y].between(known[low], known[high]).mean())
    least, most = settings.coverage
    words = f"80 % intervals hold {share:.0%} of {len(known)} truths ({level}); {least:.0%} to {most:.0%} are allowed"
    return Finding("coverage", least <= share <= most, words, {"coverage": share, "rows": len(known)})


def _quality(challenger: Outcome, quality: Mapping[str, Any], settings: Promote) -> Finding:
    """Rows that were left out, series that fell back, folds that failed."""
    facts = challenger.facts
    rows = sum(amount[0] for amount in quality["dropped"].values())
    dropped = rows / quality["rows_in"] if quality["rows_in"] else 0.0
    fell = facts.sources.get("fallback", 0) / max(sum(facts.sources.values()), 1)
    failed = len(facts.failed)
    words = f"{dropped:.1%} of the rows were left out ({settings.dropped:.0%} allowed), {fell:.1%} of the forecasts"
    words = f"{words} fell back ({settings.fallback:.0%} allowed), {failed} folds failed"
    passed = dropped <= settings.dropped and fell <= settings.fallback and not failed
    return Finding("quality", passed, words, {"dropped": dropped, "fallback": fell, "failed": failed})


def _looks(looks: int, settings: Promote) -> Finding:
    """Who looks often enough finds something that pleases by luck."""
    words = f"these test folds were looked at {looks} times, by runs and by this gate"
    words += f"; {settings.looks} are allowed" if settings.looks is not None else ""
    passed = settings.looks is None or looks <= settings.looks
    return Finding("looks", passed, words, {"looks": looks})


def told(found: list[Finding]) -> Iterator[dict[str, Any]]:
    """The findings as plain values."""
    for each in found:
        yield {
            "name": each.name,
            "passed": each.passed,
            "words": each.words,
            "numbers": dict(each.numbers),
            "label": each.label,
        }


def _points(value: float) -> str:
    return f"{100 * value:+.1f}"
