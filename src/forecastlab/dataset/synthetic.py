"""A made-up shop whose truth is known: customers, goods, prices, campaigns, and what each of them really did."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from forecastlab.dataset._log import Returns, Shape, literal, locked, write
from forecastlab.dataset._synthetic_settings import (
    DAY,
    SHORTEST,
    Calendar,
    Campaign,
    Goods,
    Leads,
    Life,
    Signals,
    Spend,
    first_day,
)
from forecastlab.dataset._synthetic_shop import DIMENSIONS, simulate, write_lines
from forecastlab.schema import ConfigError, DataError, Facts, Fault, SalesLog, nearest

TRUTHS = ("customers", "campaigns", "uplift", "demand")


@dataclass(frozen=True)
class Synthetic:
    """A made-up shop whose truth is known: who is still a customer, what prices and campaigns do, what was not sold.

    Everything is drawn from ``seed``; the same settings give the same bytes with the same versions of the libraries.
    Purchases are Pareto/NBD in days (Schmittlein, Morrison & Colombo 1987) on a clock that runs faster on strong days,
    spending is Gamma-Gamma (Fader & Hardie 2013), units are Poisson with a constant elasticity of price. Beside the log
    lie the tables ``events, leads, campaigns, feedback`` and ``prices``, and the truth, which ``truth`` reads and no
    model sees. Amounts have no currency; ``quantity`` counts units.
    """

    freq: Annotated[str, Field(description="natural period")]
    season: Annotated[int | None, Field(ge=1, description="season length in periods; null: usual one of freq")]
    warmup: Annotated[str | None, Field(description="start of the data that feeds the segmentation only")]
    seed: Annotated[int, Field(ge=0, description="another seed is another shop of the same kind")]
    start: Annotated[str, Field(description="'YYYY-MM-DD': the first day of the shop", pattern=DAY)]
    days: Annotated[int, Field(ge=SHORTEST, le=36525, description="how many days there are")]
    customers: Annotated[int, Field(ge=1, le=9_000_000, description="customers who arrive without having been leads")]
    history: Annotated[
        Literal["whole", "midlife"], Field(description="whole: from the first day; midlife: the start is not seen")
    ]
    hidden_days: Annotated[int, Field(ge=1, description="length of the start that midlife hides")]
    returns: Annotated[Returns, Field(description="what becomes of returned goods")]
    calendar: Calendar
    life: Life
    spend: Spend
    goods: Goods
    leads: Leads
    campaigns: Annotated[Mapping[str, Campaign], Field(description="by name; {}: none")]
    signals: Signals

    def fingerprint(self) -> str:
        """A hash of all settings: there is no other source."""
        return hashlib.sha256(json.dumps(dataclasses.asdict(self), sort_keys=True).encode()).hexdigest()

    def load(self, target: Path) -> Facts:
        """Write the log to ``target``, and the further tables and the truth beside it.

        Raises ConfigError for settings that contradict each other, DataError for a shop that sells nothing.
        """
        start = first_day(self)
        shop = simulate(self, start)
        seen_from = start + timedelta(days=self.hidden_days if self.history == "midlife" else 0)
        shape = Shape(DIMENSIONS, has_quantity=True, has_basket=True, returns=self.returns)
        with locked([], target) as (con, folder):
            source = folder / "lines.parquet"
            write_lines(shop, seen_from, source)
            ledger = write(con, folder, target, f"SELECT * FROM read_parquet({literal(str(source))})", shape, {})
        facts = Facts(
            kind="log",
            first_day=str(seen_from),
            last_day=str(start + timedelta(days=self.days - 1)),
            dimensions=shape.cuts,
            firsts_are_true=self.history == "whole",
            ledger=ledger,
            has_quantity=True,
            has_basket=True,
        )
        log = SalesLog(target, facts)
        begin = pd.Timestamp(seen_from)
        kinds = {}
        for name, frame in shop.tables():
            seen = frame[frame["time"] >= begin]
            kinds[name] = tuple(sorted(seen["kind"].unique()))
            seen.to_parquet(log.table(name), index=False)
        prices = shop.prices()
        prices[prices["day"] >= begin].to_parquet(log.table("prices"), index=False)
        for name, frame in shop.truths():
            frame.to_parquet(log.table(f"truth_{name}"), index=False)
        return dataclasses.replace(facts, tables=kinds)


def truth(log: SalesLog, name: str) -> pd.DataFrame:
    """What is true of a made-up shop and no method may see: ``customers``, ``campaigns``, ``uplift`` or ``demand``.

    The truth covers the whole life of the shop, also what ``history: midlife`` hides. Raises ConfigError for a name
    that there is not, DataError for a log that has no truth because it is not made up.
    """
    if name not in TRUTHS:
        what = f"found {name!r}, there is {', '.join(TRUTHS)}"
        raise ConfigError(Fault("unknown-truth", "truth", what, nearest(name, TRUTHS)))
    path = log.table(f"truth_{name}")
    if not path.is_file():
        raise DataError(Fault("no-truth", path.name, "does not lie beside the log", "load the dataset synthetic"))
    return pd.read_parquet(path)


PART = Synthetic
