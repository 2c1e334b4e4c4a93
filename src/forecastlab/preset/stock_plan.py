"""The plan of whoever buys stock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.preset._ahead import level_of, named, reach, summed
from forecastlab.schema import ConfigError, Fault, Outlook, Plan, names


@dataclass(frozen=True)
class StockPlan:
    """How many pieces to have until the next delivery, so that they last with a stated chance.

    Demand over the lead time, and on top of it the safety stock: how far demand over such a time was above its forecast
    in the backtest, at the service level (prediction interval of a normal sample). ``order_up_to`` is both together.
    """

    by: Annotated[tuple[str, ...], Field(min_length=1, description="columns that name a product")]
    lead: Annotated[int | None, Field(ge=1, description="periods until the next delivery; null: all that is foretold")]
    service: Annotated[float, Field(ge=0.5, lt=1, description="chance that the stock lasts through the lead time")]

    def plan(self, outlook: Outlook) -> Plan:
        """One row per product: ``demand, safety_stock, order_up_to``, in pieces, and the ``origins`` behind them."""
        if outlook.value != "quantity":
            what = f"the registered method foretells {outlook.value}, and stock is counted in pieces"
            raise ConfigError(Fault("not-pieces", "preset", what, "register a run with target.value=quantity"))
        level = level_of(outlook, self.by)
        steps = outlook.forecast[names.STEP].nunique()
        found = summed(outlook, level, self.lead or steps)
        found["demand"] = (found["foretold"] + found["bias"]).clip(lower=0)
        found["safety_stock"] = reach(found, self.service)
        found["order_up_to"] = (found["demand"] + found["safety_stock"]).clip(lower=0)
        table = named(outlook, found[["demand", "safety_stock", "order_up_to", "origins"]], self.by)
        notes = (
            f"so much stock lasts for {self.lead or steps} periods with a chance of {self.service:.0%}, each product",
            "demand is the forecast with the mean error of the backtest taken out of it",
            "sales are not demand where a product was sold out: what was not on the shelf was not sold",
        )
        return Plan(table.sort_values("order_up_to", ascending=False, ignore_index=True), notes)


PART = StockPlan
