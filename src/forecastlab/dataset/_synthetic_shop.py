"""The made-up shop from its first day to its last: the days, the people, what they bought, and where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.dataset import _synthetic_tables as tables
from forecastlab.dataset._synthetic_days import Days, Shelves, lay_days, stock_shelves
from forecastlab.dataset._synthetic_lines import CHANNELS, Lines, bring_back, fill_baskets, product_names
from forecastlab.dataset._synthetic_people import STORES, Codes, People, settle_people
from forecastlab.dataset._synthetic_settings import AGES
from forecastlab.dataset._synthetic_trips import Drawn, Trips, own_trips, run_campaigns, walk_ins
from forecastlab.schema import names

if TYPE_CHECKING:
    import pyarrow as pa

    from forecastlab.dataset.synthetic import Synthetic

DIMENSIONS = ("category", "product", "store", "region", "age_group", "channel")
UNSEEN = "before the first day that is seen"


@dataclass(frozen=True)
class Shop:
    """Everything that happened. ``demand`` is the truth about it by day and category."""

    part: Synthetic
    days: Days
    shelves: Shelves
    people: People
    trips: Trips
    campaigns: list[Drawn]
    lines: Lines
    demand: pd.DataFrame

    def tables(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """The further tables of the log: ``customer_id, time, kind, value``."""
        yield "events", tables.events(self.part.seed, self.days, self.people, self.part.signals)
        yield "leads", tables.leads(self.days, self.people, list(self.part.leads.sources))
        yield "campaigns", tables.campaigns(self.days, self.people, self.campaigns)
        told = tables.feedback(self.part.seed, self.days, self.people, self.trips, self.part.signals)
        yield "feedback", told
        yield "complaints", tables.complaints(self.part.seed, self.people, told, self.part.signals)

    def prices(self) -> pd.DataFrame:
        """What stood on the shelves, by day and category."""
        return tables.prices(self.days, self.shelves)

    def truths(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """What no shop knows. Rounded, so that the last bit of a logarithm cannot tell machines apart."""
        yield "customers", tables.truth_customers(self.days, self.people).round(9)
        yield "campaigns", tables.truth_campaigns(self.days, self.campaigns).round(9)
        yield "uplift", tables.truth_uplift(self.people, self.campaigns)
        yield "demand", self.demand.round(9)


def simulate(part: Synthetic, start: date) -> Shop:
    """Let the shop happen, in the order of cause and effect."""
    days = lay_days(start, part.days, part.calendar)
    shelves = stock_shelves(part.seed, part.days, part.goods)
    people = settle_people(part.seed, part.customers, days, part.calendar, part.life, part.spend, part.leads)
    own = own_trips(part.seed, days, people)
    known, campaigns = run_campaigns(part.seed, days, people, own, part.campaigns)
    others = walk_ins(part.seed, days, len(known.person), part.goods.anonymous_share)
    trips = known.joined(others).sorted()
    sold, demand = fill_baskets(part.seed, days, people, trips, shelves, part.goods, part.spend)
    lines = sold.joined(bring_back(part.seed, days, sold, len(trips.person), part.goods))
    return Shop(part, days, shelves, people, trips, campaigns, lines, demand)


def write_lines(shop: Shop, seen_from: date, target: Path) -> None:
    """The lines as a source of a log: its columns, and why a line is dropped."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    lines, people = shop.lines, shop.people
    known = lines.person >= 0
    person = np.where(known, lines.person, 0)
    time = shop.days.stamp(lines.moment)
    regions = [store.rpartition(" ")[0] for store in STORES]
    columns = {
        names.CUSTOMER: _coded(lines.person, people.ids.tolist(), known),
        names.TIME: pa.array(time, pa.timestamp("us")),
        names.AMOUNT: pa.array(lines.cents, pa.int64()),
        names.QUANTITY: pa.array(lines.quantity.astype(float), pa.float64()),
        names.BASKET: pa.array(np.char.add("b", np.char.zfill(lines.basket.astype(str), 9))),
        "category": _coded(lines.category, list(shop.shelves.names), None),
        "product": _coded(lines.product, product_names(shop.part.goods), None),
        "store": _coded(lines.store, list(STORES), None),
        "region": _coded(lines.store, regions, None),
        "age_group": _coded(people.age[person], list(AGES), known),
        "channel": _coded(lines.channel, list(CHANNELS), None),
        "dropped": _coded(np.zeros(len(time), dtype=np.int64), [UNSEEN], time < np.datetime64(seen_from, "us")),
    }
    pq.write_table(pa.table(columns), target)


def _coded(codes: Codes, texts: list[str], there: NDArray[np.bool_] | None) -> pa.DictionaryArray:
    """Texts by their places in a list; NULL where they are not there."""
    import pyarrow as pa

    mask = None if there is None else ~there
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=mask), pa.array(texts, pa.string()))
