"""From what watches find to what is said: which findings are no likely chance, and what is known by a date."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, replace

import pandas as pd

from forecastlab.schema import Evidence, Finding, Watch, names
from forecastlab.stages.paired import holm

COLUMNS = ["check", "what", "state", "value", "expected", "p", "p_holm", "n", "words"]
NO_INPUTS = pd.DataFrame(columns=["topic", "name", "kind", "bin", "ds", "value"])


def look(watches: Mapping[str, Watch], evidence: Evidence) -> pd.DataFrame:
    """Everything that the watches find, one row each: ``COLUMNS``.

    ``p_holm`` accounts for how many things a watch looks at (Holm 1979), so that the watch as a whole cries without
    reason as seldom as it says. ``state`` is ``fine``, ``early``, or what the watch raises.
    """
    rows = []
    for name, watch in watches.items():
        found = watch.watch(evidence)
        adjusted = holm([finding.p for finding in found])
        rows += [
            {"check": name, **asdict(finding), "p_holm": p, "state": _state(watch, finding, p)}
            for finding, p in zip(found, adjusted, strict=True)
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _state(watch: Watch, finding: Finding, p: float) -> str:
    if math.isnan(finding.p):
        return "early"
    return watch.raises if p <= watch.false_alarms else "fine"


def known_by(evidence: Evidence, now: pd.Timestamp) -> Evidence:
    """The same evidence as it was at an earlier date: later periods have not come true yet."""
    live = evidence.live
    return replace(evidence, live=live[live[names.DS] <= now], now=now)


def whole_too(customers: pd.DataFrame) -> pd.DataFrame:
    """Rows of customers by segment, and once more without: a whole is looked at as well as its parts."""
    return pd.concat([customers, customers.assign(**{names.SEGMENT: ""})], ignore_index=True)


ORDER = ("alarm", "warning", "fine", "early")
"""States, the gravest first."""

LIVE = ("error", "bias", "coverage")
"""Checks that look at what forecasts came to; the others look at what they are made from."""


def worst(findings: pd.DataFrame) -> str:
    """The gravest state among findings.

    Where nothing cries, ``early`` as long as no forecast could be judged: inputs that are fine say little then.
    """
    there = set(findings["state"])
    judged = set(findings["state"][findings["check"].isin(LIVE)])
    if judged == {"early"} and not there & {"alarm", "warning"}:
        return "early"
    return next((state for state in ORDER if state in there), "early")
