"""Items of a fold: the baskets that a method sees, and, apart from them, what each customer bought afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.schema import DataError, Facts, Fault, Fold, SalesLog, Segmenter, duration_days
from forecastlab.schema.items import ItemCustomers, ItemPast, ItemTarget
from forecastlab.schema.names import CUSTOMER, SEGMENT
from forecastlab.stages import asof
from forecastlab.stages.baskets import check_item, gather_baskets
from forecastlab.stages.customers import WHY, check_log, day_of
from forecastlab.stages.labels import assign, window_days
from forecastlab.stages.opened import opened, text
from forecastlab.stages.panel import fitted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from scipy.sparse import csr_array

WINDOW = "target.offer.window"


@dataclass(frozen=True)
class ItemTable:
    """What is known at the cutoff of a fold.

    ``items`` has the names in order and their ``popularity``; ``customers`` everybody who had bought, with the
    ``segment`` and why one is left out; ``held`` what each basket holds: ``basket, buyer`` (row of ``customers``),
    ``day`` and ``item`` (row of ``items``). ``account`` maps what became of every customer to customers and cents.
    """

    items: pd.DataFrame
    customers: pd.DataFrame
    held: pd.DataFrame
    account: dict[str, tuple[int, int]]


def check(target: ItemTarget, facts: Facts) -> None:
    """Compare what is asked with what the dataset has. Raises ConfigError."""
    check_log(facts)
    check_item(target.offer.item, facts, "target.offer.item")


def window_of(target: ItemTarget) -> int:
    """The window of what is popular, in days. Raises ConfigError."""
    return duration_days(target.offer.window, WINDOW)


def build(log: SalesLog, segmenter: Segmenter, fold: Fold, target: ItemTarget) -> ItemTable:
    """What is known at the cutoff; later lines are not read. Raises ConfigError, DataError."""
    cutoff = day_of(fold.cutoff)
    with opened(log, fold.cutoff) as con:
        assigner = fitted(con, segmenter, fold.cutoff)
        customers = con.execute(
            f"""SELECT customer_id, {cutoff} - max(day) FILTER (bought) AS recency, CAST(sum(cents) AS BIGINT) AS cents
                FROM days GROUP BY customer_id ORDER BY customer_id"""
        ).df()
        profiles = asof.everyone(con, fold.cutoff, window_days(segmenter), segmenter.attributes)
        segments = assign(segmenter, assigner, profiles)
        items, held = _baskets(con, log.facts, target, cutoff)
    full = _full(held, len(items)) if target.offer.only == "new" else frozenset()
    account, known = _account(customers, target, full)
    segment_of = dict(zip(profiles[CUSTOMER], segments, strict=True))
    known[SEGMENT] = [segment_of[customer] for customer in known[CUSTOMER]]
    code = pd.Index(known[CUSTOMER]).get_indexer(held[CUSTOMER])
    held = held.assign(buyer=code).drop(columns=CUSTOMER)
    if not len(items):
        what = f"up to the cutoff {fold.cutoff:%Y-%m-%d} no customer bought any {target.offer.item}"
        raise DataError(Fault("nobody-asked", "target.offer", what, "choose a later cutoff, or another item"))
    return ItemTable(items, known[[CUSTOMER, SEGMENT, WHY]], held[["basket", "buyer", "day", "item"]], account)


def _baskets(
    con: DuckDBPyConnection, facts: Facts, target: ItemTarget, cutoff: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The items by name, with how many customers bought each lately, and what the baskets of customers hold."""
    gather_baskets(con, facts, target.offer.item)
    out = ", ".join(text(each) for each in target.offer.without) or "NULL"
    items = con.execute(
        f"""SELECT item, count(DISTINCT customer_id) FILTER (day > {cutoff - window_of(target)}) AS popularity
            FROM held WHERE customer_id IS NOT NULL AND (item IN ({out})) IS NOT TRUE GROUP BY item ORDER BY item"""
    ).df()
    con.register("names", items[["item"]].assign(code=np.arange(len(items), dtype=np.int32)))
    held = con.execute(
        """SELECT basket, customer_id, day, code AS item FROM held JOIN names USING (item)
           WHERE customer_id IS NOT NULL ORDER BY basket, code"""
    ).df()
    # Baskets are numbered anew: some held nothing that counts.
    return items, held.assign(basket=np.unique(held["basket"], return_inverse=True)[1].astype(np.int32))


def _full(held: pd.DataFrame, n: int) -> frozenset[str]:
    """Customers who have bought all there is: nothing is new to them."""
    counts = held.groupby(CUSTOMER)["item"].nunique()
    return frozenset(counts.index[counts == n])


def _account(
    customers: pd.DataFrame, target: ItemTarget, full: frozenset[str]
) -> tuple[dict[str, tuple[int, int]], pd.DataFrame]:
    """What became of every customer, with the cents, and those who had bought."""
    never = customers["recency"].isna().to_numpy()
    known = customers[~never].reset_index(drop=True)
    why = target.left_out(known)
    known[WHY] = np.where((why == "") & known[CUSTOMER].isin(full), f"bought every {target.offer.item} before", why)
    if not (known[WHY] == "").any():
        what = "at the cutoff there is no customer of whom anything is asked"
        raise DataError(Fault("nobody-asked", "target", what, "choose a later cutoff, or ask more of them"))
    place = np.full(len(customers), "never bought, only brought back", dtype=object)
    place[~never] = np.where(known[WHY] == "", "scored", known[WHY])
    sums = customers.groupby(place)["cents"].agg(["size", "sum"])
    return {str(where): (int(n), int(cents)) for where, n, cents in sums.itertuples(name=None)}, known


def truth(log: SalesLog, fold: Fold, target: ItemTarget, table: ItemTable) -> pd.DataFrame:
    """What the customers bought within the horizon, of the items known before: ``buyer, item`` (rows of the table).

    For scoring only. Raises DataError if the horizon is not complete yet.
    """
    if fold.end > log.span[1]:
        what = f"the data ends on {log.span[1]:%Y-%m-%d}, the horizon on {fold.end:%Y-%m-%d}"
        raise DataError(Fault("no-truth", "backtest", what, "choose an earlier cutoff"))
    first = day_of(fold.freq.shift(fold.cutoff, fold.gap))
    with opened(log, fold.end) as con:
        gather_baskets(con, log.facts, target.offer.item, first)
        con.register("names", table.items[["item"]].assign(code=np.arange(len(table.items), dtype=np.int32)))
        con.register("people", table.customers[[CUSTOMER]].assign(buyer=np.arange(len(table.customers))))
        return con.execute(
            """SELECT DISTINCT buyer, code AS item FROM held JOIN names USING (item) JOIN people USING (customer_id)
               ORDER BY buyer, code"""
        ).df()


def past_of(table: ItemTable, cutoff: int, window: int) -> ItemPast:
    """The table as methods see it."""
    held = table.held
    buyer, day = (held.groupby("basket")[column].first().to_numpy() for column in ("buyer", "day"))
    baskets = matrix(held["basket"].to_numpy(), held["item"].to_numpy(), len(buyer), len(table.items))
    owned = matrix(held["buyer"].to_numpy(), held["item"].to_numpy(), len(table.customers), len(table.items))
    customers = ItemCustomers(owned, table.customers[SEGMENT].to_numpy(dtype=str))
    return ItemPast(
        table.items["item"].to_numpy(dtype=str),
        baskets,
        buyer.astype(np.intp),
        day.astype(np.int64),
        customers,
        table.items["popularity"].to_numpy(dtype=np.int64),
        cutoff,
        window,
    )


def matrix(rows: np.ndarray, columns: np.ndarray, height: int, width: int) -> csr_array:
    """1 where a row has the column, however often, as int32; columns of a row are in order."""
    from scipy.sparse import csr_array

    found = csr_array((np.ones(len(rows), dtype=np.int32), (rows, columns)), shape=(height, width))
    found.sum_duplicates()
    found.data[:] = 1
    return found


def taken(customers: ItemCustomers, rows: np.ndarray) -> ItemCustomers:
    """Some of the customers."""
    return ItemCustomers(customers.owned[rows], customers.segments[rows])
