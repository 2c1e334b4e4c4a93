"""Why a score is as high as it is: drivers in groups that somebody can act on, told apart from how leaving looks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema.names import SERIES

CAUSES: Mapping[str, tuple[str, ...]] = {
    "product": ("product", "quality", "assortment"),
    "service": ("service", "feedback", "complaint", "complaints", "satisfaction"),
    "price": ("price", "redemption", "campaigns", "promotion", "discount", "coupon"),
    "competition": ("competition", "competitor"),
}
"""What a driver speaks of, by a word of its name, the last one first: ``complaints.price.count`` is of the price."""

RHYTHM, PERSON = "rhythm", "person"

_HABITS = ("recency", "tenure", "orders", "money", "repeat_money", "basket", "rhythm", "overdue", "breadth", "events")

GROUPS = (*CAUSES, RHYTHM, PERSON)
"""All groups: what customers say or react to; how they buy; and who they are, such as age and income."""


def reason(driver: str) -> str:
    """The group that a driver belongs to."""
    words = driver.split(".")
    for word in reversed(words if words[0] != "breadth" else ()):
        for group, known in CAUSES.items():
            if word in known:
                return group
    return RHYTHM if words[0].startswith(_HABITS) else PERSON


def evident(terms: pd.DataFrame) -> pd.Series[bool]:
    """Which terms raise a score and rest on something that the customer did or said.

    A complaint that was never made raises nobody's score, whatever sign its weight has: its value is 0 or not known.
    """
    value = pd.to_numeric(terms["value"], errors="coerce")
    cause = terms["driver"].map(reason).isin(list(CAUSES))
    return (terms["term"] > 0) & (~cause | (value > 0))


def reasons(terms: pd.DataFrame) -> pd.Series[str]:
    """The reason of each customer, by ``unique_id``: what they said or reacted to, where that raises the score.

    Of several the group whose terms add most. Silence is how leaving looks and not why somebody leaves: rhythm and
    person are named only of customers who gave no other reason. Who is not in the answer has nothing that raises it.
    """
    found = terms[evident(terms)]
    found = found.assign(reason=found["driver"].map(reason))
    sums = found.groupby([SERIES, "reason"])["term"].sum().reset_index()
    sums["said"] = sums["reason"].isin(list(CAUSES))
    ordered = sums.sort_values([SERIES, "said", "term", "reason"])
    told: pd.Series[str] = ordered.groupby(SERIES)["reason"].last()
    return told


def given(terms: pd.DataFrame, asked: pd.DataFrame) -> NDArray[np.bool_]:
    """Which terms (customers, features) raise a score and are a reason that the customer gave."""
    found = np.zeros(terms.shape, dtype=bool)
    for i, driver in enumerate(map(str, terms.columns)):
        if reason(driver) in CAUSES and driver in asked:
            value = pd.to_numeric(asked[driver], errors="coerce").to_numpy(dtype=np.float64)
            found[:, i] = (value > 0) & (terms[driver].to_numpy(dtype=np.float64) > 0)
    return found
