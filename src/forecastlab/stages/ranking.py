"""By what methods are ranked: which measures, against which method, and whether more or less is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from forecastlab.schema import Metric
from forecastlab.schema.customers import CustomerTarget
from forecastlab.schema.items import ItemTarget
from forecastlab.schema.names import TOTAL
from forecastlab.stages.customers import OWN

Of = Literal["series", "event", "amount", "wait", "uplift", "items"]
"""What answers are: series of sales, or of customers probabilities of events, amounts, waits, uplifts, or lists."""

USUAL = "usual"
"""Stands in a config for what the target usually has."""

CUSTOMERS: tuple[Of, ...] = ("event", "amount", "wait", "uplift", "items")
"""What may be foretold of customers."""

MORE_IS_BETTER = frozenset(
    {"auc", "average_precision", "gini", "spearman", "concordance", "qini", "auuc"}
    | {"hit_rate5", "precision_at5", "recall_at5"}
)
"""Measures whose best is 1: their loss is what they lack of it."""


@dataclass(frozen=True)
class Usual:
    """The method that differences are taken to, the level and the measure that rank, and measures shown beside it."""

    baseline: str
    level: str
    metric: str
    beside: tuple[str, ...]


USUALS: dict[Of, Usual] = {
    "series": Usual("seasonal_naive", TOTAL, "wape", ()),
    "event": Usual("naive", OWN, "brier", ("auc", "average_precision", "lift10", "calibration")),
    "amount": Usual("naive", OWN, "rmse", ("wape", "gini", "capture10", "spearman")),
    "wait": Usual("naive", OWN, "rmse", ("mae", "concordance")),
    "uplift": Usual("naive", OWN, "qini", ("auuc", "uplift30")),
    "items": Usual("most_popular", OWN, "hit_rate5", ("popular_lift5", "precision_at5", "recall_at5")),
}


def of_target(target: object) -> Of:
    """What answers to a target are."""
    return target.kind if isinstance(target, (CustomerTarget, ItemTarget)) else "series"


def serves(metric: Metric, of: Of) -> bool:
    """Whether a measure says something of such answers; one that does not tell is of series."""
    return of in getattr(metric, "of", ("series",))


def figure(metric: str, value: float) -> str:
    """A figure of a measure as it is shown: WAPE in per cent, others as they are; NaN was not scored."""
    if value != value:
        return "not scored"
    return f"{value:.1%}" if metric == "wape" else f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def change(metric: str, value: float) -> str:
    """A difference of two figures as it is shown: of WAPE in points, else as it is."""
    return f"{100 * value:+.1f}" if metric == "wape" else f"{value:+.3f}" if abs(value) < 10 else f"{value:+,.1f}"


def loss_of(metric: str, value: float) -> float:
    """A measure as a loss: less is better."""
    return 1.0 - value if metric in MORE_IS_BETTER else value
