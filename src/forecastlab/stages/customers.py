"""Customers of a fold: what a method sees of them, and, apart from it, what happened to them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.schema import ConfigError, DataError, Facts, Fault, Fold, SalesLog, Segmenter, duration_days, nearest
from forecastlab.schema.customers import LABEL, TREATED, AsksProspects, CustomerTarget, Treats
from forecastlab.schema.names import CUSTOMER, PROSPECT, SEGMENT, SERIES, Y
from forecastlab.stages import approached, asof
from forecastlab.stages import attributes as further
from forecastlab.stages.customer_features import MOMENT, NUMBERS, features, gather
from forecastlab.stages.labels import assign, window_days
from forecastlab.stages.opened import opened
from forecastlab.stages.panel import fitted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WHY = "left_out"
"""Column of what is known of customers: why nothing is asked of one; empty where it is asked."""

OWN = "customer"
"""The one level of forecasts of customers."""

_EPOCH = pd.Timestamp("1970-01-01")


@dataclass(frozen=True)
class CustomerTable:
    """What is known of the customers of a fold.

    ``rows`` are the learning rows and ``known`` everybody at the cutoff (see ``CustomerPast``), with the ``segment``
    and why one is left out. ``account`` maps what became of every customer seen by the cutoff to customers and cents.
    """

    rows: pd.DataFrame
    known: pd.DataFrame
    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    account: dict[str, tuple[int, int]]


def check(target: CustomerTarget, facts: Facts) -> None:
    """Compare what is asked of customers with what the dataset has. Raises ConfigError with every fault."""
    check_log(facts)
    further.check_asked(target.look.attributes, facts, tuple(NUMBERS), "target.look.attributes")
    further.check_asked(target.outcomes, facts, (), "target")
    if isinstance(target, Treats):
        further.check_asked(approached.figures(target), facts, (), "target.approached")
    unknown = [each for each in target.look.breadth if each not in facts.dimensions]
    if unknown:
        there = ", ".join(facts.dimensions) or "none"
        fix = nearest(unknown[0], facts.dimensions)
        raise ConfigError(
            Fault("unknown-dimension", "target.look.breadth", f"found {', '.join(unknown)}, there are {there}", fix)
        )


def check_log(facts: Facts) -> None:
    """Raise ConfigError where the data has no customers."""
    if facts.kind != "log":
        what = "a ready-made panel has series and no customers"
        raise ConfigError(Fault("no-customers", "target", what, "choose a dataset with a sales log, or target=sales"))


def origins(fold: Fold, target: CustomerTarget, first: pd.Timestamp) -> list[pd.Timestamp]:
    """The earlier moments that are learned from, the latest first: their whole horizons end at or before the cutoff.

    Each has at least the recent window behind it. Of a target that learns from campaigns they are all moments at which
    one might have gone out. Raises ConfigError with the arithmetic where there is none.
    """
    look, freq = target.look, fold.freq
    reach = fold.gap + fold.horizon
    sought = isinstance(target, Treats)
    every = look.every or (1 if sought else fold.horizon)
    window = duration_days(look.window, "target.look.window")
    moments = (freq.shift(fold.cutoff, -reach - k * every) for k in itertools.count())
    within = itertools.takewhile(lambda moment: (moment - first).days + 1 >= window, moments)
    kept = list(within if sought else itertools.islice(within, look.origins))
    if not kept:
        what = (
            f"before the cutoff {fold.cutoff:%Y-%m-%d} no moment has a window of {look.window} behind it and a horizon "
            f"of {reach} periods ahead; the data begins on {first:%Y-%m-%d}"
        )
        fix = "type a shorter backtest.horizon or target.look.window, or a larger backtest.min_train"
        raise ConfigError(Fault("no-earlier-moment", "backtest", what, fix))
    return kept


def window_of(target: CustomerTarget) -> int:
    """The recent window in days. Raises ConfigError."""
    return duration_days(target.look.window, "target.look.window")


def build(log: SalesLog, segmenter: Segmenter, fold: Fold, target: CustomerTarget) -> CustomerTable:
    """What is known at the cutoff and at earlier moments, and what followed on those; later lines are not read.

    Raises ConfigError, DataError.
    """
    earlier = origins(fold, target, log.span[0])
    window = window_of(target)
    with opened(log, fold.cutoff) as con:
        assigner = fitted(con, segmenter, fold.cutoff)
        if isinstance(target, Treats):
            approached.gather(con, target)
            earlier = approached.campaigns(con, earlier, fold, target, target.look.origins)
        prospects = target.prospects if isinstance(target, AsksProspects) else None
        gather(con, [day_of(moment) for moment in (*earlier, fold.cutoff)], prospects)
        frame, numbers, categories = features(con, target.look, window)
        now = frame[MOMENT] == day_of(fold.cutoff)
        known = frame[now].reset_index(drop=True)
        rows = [_learned(con, frame, moment, fold, target) for moment in sorted(earlier)]
        profiles = asof.everyone(con, fold.cutoff, window_days(segmenter), segmenter.attributes)
        segments = assign(segmenter, assigner, profiles)
        money = con.execute("SELECT customer_id, CAST(sum(cents) AS BIGINT) AS cents FROM days GROUP BY ALL").df()
    segment_of = dict(zip(profiles[CUSTOMER], segments, strict=True))
    known[SEGMENT] = [segment_of.get(customer, PROSPECT) for customer in known[CUSTOMER]]
    known[WHY] = target.left_out(known)
    if not (known[WHY] == "").any():
        what = f"at the cutoff {fold.cutoff:%Y-%m-%d} there is no customer of whom anything is asked"
        raise DataError(Fault("nobody-asked", "target", what, "choose a later cutoff, or ask more of them"))
    account = _account(known, money)
    return CustomerTable(pd.concat(rows, ignore_index=True), known, tuple(numbers), tuple(categories), account)


def truth(log: SalesLog, fold: Fold, target: CustomerTarget, known: pd.DataFrame) -> pd.DataFrame:
    """What happened to the asked customers, for scoring only: ``unique_id, y, segment`` in the order of ``known``.

    Of a target that compares arms ``treated`` says who of them was in which (see ``approached.treated``).
    Raises DataError if the horizon is not complete yet.
    """
    if fold.end > log.span[1]:
        what = f"the data ends on {log.span[1]:%Y-%m-%d}, the horizon on {fold.end:%Y-%m-%d}"
        raise DataError(Fault("no-truth", "backtest", what, "choose an earlier cutoff"))
    asked = known[known[WHY] == ""].reset_index(drop=True)
    with opened(log, fold.end) as con:
        asof.gather_days(con)
        y = target.label(asked, _after(con, asked, fold.cutoff, fold, target))
        found = pd.DataFrame({SERIES: asked[CUSTOMER], Y: y, SEGMENT: asked[SEGMENT]})
        if isinstance(target, Treats):
            approached.gather(con, target)
            found[TREATED] = approached.treated(con, asked, fold.cutoff, fold)
    return found


def _learned(
    con: DuckDBPyConnection, frame: pd.DataFrame, moment: pd.Timestamp, fold: Fold, target: CustomerTarget
) -> pd.DataFrame:
    """The rows of one earlier moment with what followed on it."""
    rows = frame[frame[MOMENT] == day_of(moment)]
    rows = pd.DataFrame(rows[target.left_out(rows) == ""].reset_index(drop=True))
    rows = rows.assign(**{LABEL: target.label(rows, _after(con, rows, moment, fold, target))})
    if not isinstance(target, Treats):
        return rows
    rows[TREATED] = approached.treated(con, rows, moment, fold)
    return pd.DataFrame(rows.dropna(subset=[TREATED]).reset_index(drop=True))


def _after(
    con: DuckDBPyConnection, rows: pd.DataFrame, moment: pd.Timestamp, fold: Fold, target: CustomerTarget
) -> pd.DataFrame:
    """What followed on a moment for the customers of ``rows``, in their order (see ``CustomerTarget.label``)."""
    first, last = (day_of(fold.freq.shift(moment, periods)) for periods in (fold.gap, fold.gap + fold.horizon))
    con.register("asked_of", rows[[CUSTOMER]])
    bought = con.execute(
        f"""SELECT customer_id, count(*) FILTER (bought) AS orders, CAST(sum(cents) AS BIGINT) AS cents,
                   min(day) FILTER (bought) - {day_of(moment)} AS wait
            FROM days JOIN asked_of USING (customer_id) WHERE day > {first} AND day <= {last} GROUP BY ALL"""
    ).df()
    after = rows[[CUSTOMER]].merge(bought, on=CUSTOMER, how="left")
    found = pd.DataFrame(
        {
            "orders": after["orders"].fillna(0).astype(np.int64),
            "money": after["cents"].fillna(0) / 100,
            "wait": after["wait"].astype(float),
            "days": last - day_of(moment),
        }
    )
    for asked, values in _outcomes(con, target, first, last):
        found[asked] = rows[[CUSTOMER]].merge(values, on=CUSTOMER, how="left")["value"].to_numpy(dtype=float)
    return found


def _outcomes(
    con: DuckDBPyConnection, target: CustomerTarget, first: int, last: int
) -> Iterator[tuple[str, pd.DataFrame]]:
    """The figures of further tables within the horizon: counts and sums of the rows in it."""
    further.gather(con, target.outcomes)
    wanted = [further.parse(asked, ()) for asked in target.outcomes]
    places = {source: i for i, source in enumerate(dict.fromkeys(each.source for each in wanted))}
    values = {
        "count": "CAST(sum(b.n) AS BIGINT)",
        "mean": f"sum(b.micros) / (nullif(sum(b.valued), 0) * {further.MICRO}.0)",
        "recency": f"{last} - max(b.day)",
    }
    for each in wanted:
        yield (
            each.asked,
            con.execute(
                f"""SELECT b.customer_id, {values[each.figure]} AS value
                    FROM asked_{places[each.source]} b JOIN asked_of USING (customer_id)
                    WHERE b.day > {first} AND b.day <= {last} GROUP BY ALL"""
            ).df(),
        )


def _account(known: pd.DataFrame, money: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Every customer and prospect seen by the cutoff, and the cents: scored, or left out for a reason."""
    seen = money.merge(known[[CUSTOMER, WHY]], on=CUSTOMER, how="outer")
    place = seen[WHY].fillna("never bought, only brought back").replace("", "scored")
    sums = seen["cents"].fillna(0).astype(np.int64).groupby(place.to_numpy()).agg(["size", "sum"])
    return {str(where): (int(n), int(cents)) for where, n, cents in sums.itertuples(name=None)}


def day_of(moment: pd.Timestamp) -> int:
    """The day as a number, since 1970."""
    return (moment.normalize() - _EPOCH).days
