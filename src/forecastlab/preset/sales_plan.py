"""The plan of the sales department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.preset._ahead import level_of
from forecastlab.schema import ConfigError, Fault, Outlook, Plan, names, quantile_column

ALL = "(all)"
"""What stands in a column by which a row is not cut."""


@dataclass(frozen=True)
class SalesPlan:
    """What will be sold, by segment and region and in all, period by period, with an interval.

    Rows of all levels up to the finest one, which agree: the regions of a segment sum to the segment. ``before`` is
    what was sold as many periods earlier as the plan is long.
    """

    by: Annotated[tuple[str, ...], Field(min_length=1, description="columns that the plan is cut by")]
    interval: Annotated[float, Field(gt=0, lt=1, description="share of truths that low and high should hold")]

    def plan(self, outlook: Outlook) -> Plan:
        """One row per series and period: the columns of ``by``, ``period, plan, low, high, before``."""
        level_of(outlook, self.by)
        low, high = (quantile_column(round((1 + side * self.interval) / 2, 6)) for side in (-1, 1))
        if not {low, high} <= set(outlook.forecast.columns):
            what = f"the forecasts have no {low} and {high}"
            raise ConfigError(Fault("no-quantiles", "preset.interval", what, "type preset.interval=0.8"))
        rows = outlook.forecast[outlook.forecast[names.LEVEL].map(lambda level: _within(str(level), self.by))]
        periods = sorted(rows[names.DS].unique())
        table = rows[[names.SERIES, names.DS, names.YHAT, low, high]].copy()
        before = sorted(outlook.past[names.DS].unique())[-len(periods) :]
        then = outlook.past.set_index([names.SERIES, names.DS])[names.Y]
        earlier = dict(zip(periods, before, strict=len(before) == len(periods)))
        places = [(series, earlier.get(ds)) for series, ds in zip(table[names.SERIES], table[names.DS], strict=True)]
        table["before"] = then.reindex(places).to_numpy()
        for key in reversed(self.by):
            table.insert(0, key, outlook.keys[key].reindex(table[names.SERIES]).replace("", ALL).to_numpy())
        table = table.rename(columns={names.DS: "period", names.YHAT: "plan", low: "low", high: "high"})
        cut = (table[list(self.by)] != ALL).sum(axis=1)
        table = table.assign(cut=cut).sort_values(["cut", *self.by, "period"], kind="stable")
        notes = (
            f"low and high hold {self.interval:.0%} of what comes true, if the errors of the backtest are a guide",
            "intervals of parts do not add up to the interval of their sum; plans do",
        )
        return Plan(table.drop(columns=[names.SERIES, "cut"]).reset_index(drop=True), notes)


def _within(level: str, by: tuple[str, ...]) -> bool:
    return level == names.TOTAL or set(level.split("/")) <= set(by)


PART = SalesPlan
