"""By what methods are ranked: which measures, against which method, and whether more or less is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from forecastlab.schema import Metric
from forecastlab.schema.customers import CustomerTarget
from forecastlab.schema.names import TOTAL
from forecastlab.stages.customers import OWN

Of = Literal["series", "event", "amount", "wait", "uplift"]
"""What answers are: series of sales, or of customers probabilities of events, amounts, waits, or uplifts."""

USUAL = "usual"
"""Stands in a config for what the target usually has."""

CUSTOMERS: tuple[Of, ...] = ("event", "amount", "wait", "uplift")
"""What may be foretold of customers."""

MORE_IS_BETTER = frozenset({"auc", "average_precision", "gini", "spearman", "concordance", "qini", "auuc"})
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
}


def of_target(target: object) -> Of:
    """What answers to a target are."""
    return target.kind if isinstance(target, CustomerTarget) else "series"


def serves(metric: Metric, of: Of) -> bool:
    """Whether a measure says something of such answers; one that does not tell is of series."""
    return of in getattr(metric, "of", ("series",))


def loss_of(metric: str, value: float) -> float:
    """A measure as a loss: less is better."""
    return 1.0 - value if metric in MORE_IS_BETTER else value
