"""The figures of a run by name: what is logged, looked up and told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from forecastlab.flow.outcome import Facts, Outcome
from forecastlab.schema import names
from forecastlab.schema.names import TOTAL
from forecastlab.stages.customers import OWN
from forecastlab.stages.ranking import CUSTOMERS, USUALS
from forecastlab.task.losses import segment_level

BY_FOLD = ("wape", "mase", "coverage80", "auc", "brier", "rmse", "gini")
"""Metrics that are also logged per fold, with the fold as step, so that a chart can be drawn."""

DIGITS = 5
"""Significant digits of a figure in the store: enough to compare, few enough to read. Files hold whole ones."""


def readable(values: Mapping[str, float]) -> dict[str, float]:
    """Figures with the digits that say something: pages show all there are."""
    return {name: short(value) for name, value in values.items()}


def short(value: float) -> float:
    """One figure with the digits that say something."""
    return float(f"{value:.{DIGITS}g}")


def readable_column(column: pd.Series[str]) -> pd.Series[str]:
    """A column of a table as text, its figures with the digits that say something; words and whole numbers stay."""
    numbers = pd.to_numeric(column.where(column != "", None), errors="coerce")
    if numbers.isna().ne(column == "").any() or not column.str.contains(".", regex=False).any():
        return column
    return column.where(
        numbers.isna(), numbers.map(lambda x: f"{x:.0f}" if abs(x) >= 10**DIGITS else f"{x:.{DIGITS}g}")
    )


def metrics(outcome: Outcome) -> dict[str, float]:
    """The figures of a run: ``wape.select`` of the total, of each level, and of each segment; counts and cost.

    Scores of a run that saw what the drivers came to be stand under ``oracle.`` and nowhere else.
    """
    counts = _counts(outcome.facts)
    if not len(outcome.scores):
        return counts
    found, further = dict[str, float](), dict[str, float]()
    whole = outcome.scores[(outcome.scores[names.STEP] == 0) & outcome.scores[names.CUTOFF].isna()]
    headline, segmented = headline_level(outcome), segment_level([outcome])
    for metric, role, level, segment, value in whole[_FIGURE].itertuples(index=False, name=None):
        name = f"{prefix(outcome.facts.oracle)}{metric}.{role}"
        if segment and level == segmented:
            further[f"{name}.segment.{segment}"] = value
        elif not segment and level == headline:
            found[name] = value
        elif not segment:
            further[f"{name}.level.{level}"] = value
    return {**found, **counts, **further}  # pages list them in this order


def _counts(facts: Facts) -> dict[str, float]:
    return {
        **{f"n_ok.{role}": float(ok) for role, (ok, _) in facts.folds.items()},
        "n_failed": float(len(facts.failed)),
        "n_fallback": float(facts.n_fallback),
        "n_clipped": float(facts.n_clipped),
        "seconds": facts.seconds,
        "peak_mb": facts.peak_mb,
    }


def prefix(oracle: bool) -> str:
    """What stands before the name of a score."""
    return "oracle." if oracle else ""


_FIGURE = ["metric", "role", names.LEVEL, names.SEGMENT, "value"]


def headline_level(outcome: Outcome) -> str:
    """The level that metrics without a suffix speak of: the total, or the only level of a ready-made panel."""
    levels = set(outcome.scores[names.LEVEL])
    return TOTAL if TOTAL in levels else sorted(levels)[0]


def by_fold(outcome: Outcome) -> Iterator[tuple[int, dict[str, float]]]:
    """Per fold in order of time: the fold's number and the headline figures of that fold."""
    if not len(outcome.scores):
        return
    rows = outcome.scores[
        outcome.scores[names.CUTOFF].notna()
        & outcome.scores["metric"].isin(BY_FOLD)
        & (outcome.scores[names.LEVEL] == headline_level(outcome))
    ]
    for i, (_, fold) in enumerate(rows.groupby(names.CUTOFF, sort=True)):
        figures = zip(fold["metric"], fold["value"].astype(float), strict=True)
        yield i, {f"{prefix(outcome.facts.oracle)}{metric}.by_fold": value for metric, value in figures}


def headline_name(outcome: Outcome) -> str:
    """The headline level in words."""
    level = headline_level(outcome) if len(outcome.scores) else ""
    return {TOTAL: "total", OWN: "customers"}.get(level, "series")


def headlines(outcome: Outcome) -> list[str]:
    """The measures that a reviewer reads first."""
    there = set(outcome.scores["metric"]) if len(outcome.scores) else set()
    if headline_name(outcome) != "customers":
        return [name for name in ("wape", "mase", "coverage80", "bias") if name in there]
    usual = [name for of in CUSTOMERS for name in (USUALS[of].metric, *USUALS[of].beside)]
    return [name for name in usual if name in there]
