"""The review of the assortment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from forecastlab.preset._ahead import level_of, named, reach, summed
from forecastlab.schema import Outlook, Plan, names


@dataclass(frozen=True)
class ProductReview:
    """Which products grow and which decline: the periods to come against as many periods before.

    The interval is that of the sum, from the backtest's errors of such sums. A product grows or declines where all of
    the interval lies on one side of what it sold before; otherwise the data does not tell.
    """

    by: Annotated[tuple[str, ...], Field(min_length=1, description="columns that name a product")]
    interval: Annotated[float, Field(gt=0, lt=1, description="share of truths that low and high should hold")]

    def plan(self, outlook: Outlook) -> Plan:
        """One row per product: ``before, foretold, low, high, change, change_low, change_high, share, verdict``."""
        level = level_of(outlook, self.by)
        steps = outlook.forecast[names.STEP].nunique()
        found = summed(outlook, level, steps)
        half = reach(found, (1 + self.interval) / 2)
        middle = found["foretold"] + found["bias"]
        last = sorted(outlook.past[names.DS].unique())[-steps:]
        sold = outlook.past[outlook.past[names.DS].isin(last)].groupby(names.SERIES)[names.Y].sum()
        found["before"] = sold.reindex(found.index).fillna(0.0)
        found["foretold"], found["low"], found["high"] = (
            middle.clip(lower=0),
            (middle - half).clip(lower=0),
            middle + half,
        )
        base = found["before"].where(found["before"] > 0)
        for column, value in (("change", "foretold"), ("change_low", "low"), ("change_high", "high")):
            found[column] = found[value] / base - 1
        found["share"] = found["foretold"] / max(float(found["foretold"].sum()), 1e-12)
        found["verdict"] = np.select(
            [found["low"] > found["before"], found["high"] < found["before"]], ["grows", "declines"], "unclear"
        )
        columns = ["before", "foretold", "low", "high", "change", "change_low", "change_high", "share", "verdict"]
        order = (found["foretold"] - found["before"]).sort_values(ascending=False).index
        notes = (
            f"the {steps} periods to come against the {steps} before; low and high hold {self.interval:.0%}",
            "a season that begins or ends is growth and decline here, too: compare with the same weeks of other years",
        )
        return Plan(named(outlook, found.loc[order, columns], self.by), notes)


PART = ProductReview
