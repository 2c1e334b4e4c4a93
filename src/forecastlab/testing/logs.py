"""Small sales logs to test with: any rows, written as the Parquet file that a dataset would write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.schema import Facts, Ledger, SalesLog

COLUMNS = ["customer_id", "time", "amount", "quantity", "basket_id", "shop", "kind_of_goods"]
"""Columns of a small log; ``amount`` in cents; the last two are its dimensions, and so is every further column."""

TABLE = ["customer_id", "time", "kind", "value"]
"""Columns of a further table."""


def write_log(rows: pd.DataFrame, path: Path, first_day: str, last_day: str, firsts_are_true: bool) -> SalesLog:
    """Write rows with ``COLUMNS`` to ``path`` and tell their facts."""
    import pyarrow as pa

    further = [column for column in rows.columns if column not in COLUMNS]
    kinds = [pa.string(), pa.timestamp("us"), pa.int64(), pa.float64(), pa.string(), pa.string(), pa.string()]
    kinds += [pa.string()] * len(further)
    ordered = rows[[*COLUMNS, *further]].reset_index(drop=True)
    _write(ordered, dict(zip(ordered.columns, kinds, strict=True)), path)
    cents = int(ordered["amount"].sum())
    facts = Facts(
        kind="log",
        first_day=first_day,
        last_day=last_day,
        dimensions=("shop", "kind_of_goods", *further),
        firsts_are_true=firsts_are_true,
        ledger=Ledger(len(ordered), cents, len(ordered), cents),
        unit="EUR",
        has_quantity=True,
        has_basket=True,
    )
    return SalesLog(path, facts)


def write_tables(log: SalesLog, tables: Mapping[str, pd.DataFrame]) -> SalesLog:
    """Write further tables with the columns ``TABLE`` beside a log and tell them among its facts."""
    import pyarrow as pa

    for name, rows in tables.items():
        kinds = [pa.string(), pa.timestamp("us"), pa.string(), pa.float64()]
        _write(rows[TABLE].reset_index(drop=True), dict(zip(TABLE, kinds, strict=True)), log.table(name))
    kinds_of = {name: tuple(sorted(set(rows["kind"]))) for name, rows in tables.items()}
    return replace(log, facts=replace(log.facts, tables=kinds_of))


def _write(rows: pd.DataFrame, types: Mapping[str, Any], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(rows, schema=pa.schema(list(types.items())), preserve_index=False)
    pq.write_table(table.replace_schema_metadata(), path)


def buying_rows(seed: int, customers: int, days: int, first_day: str) -> pd.DataFrame:
    """Rows of a shop whose customers come to it in the first half, buy at random at a pace of their own, and are lost.

    Paces are gamma-distributed, lives exponential, spend scatters around a mean of each customer.
    """
    rng = np.random.default_rng(seed)
    since = rng.uniform(0, days / 2, customers)
    until = np.minimum(since + rng.exponential(days / 2, customers), days)
    counts = rng.poisson(rng.gamma(1.5, 6 / days, customers) * (until - since))
    who = np.concatenate([np.arange(customers), np.repeat(np.arange(customers), counts)])
    when = np.where(np.arange(len(who)) < customers, since[who], rng.uniform(since[who], until[who]))
    mean = rng.lognormal(3.0, 0.5, customers)[who]
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:04d}" for i in who],
            "time": pd.Timestamp(first_day) + pd.to_timedelta(np.floor(when), unit="D"),
            "amount": np.rint(100 * mean * rng.lognormal(0.0, 0.4, len(who))).astype(np.int64),
            "quantity": 1.0,
            "basket_id": [f"b{i}" for i in range(len(who))],
            "shop": rng.choice(["north", "south", "west"], len(who)),
            "kind_of_goods": rng.choice(["food", "drink"], len(who)),
        }
    )


def random_rows(seed: int, customers: int, days: int, lines: int, first_day: str) -> pd.DataFrame:
    """Rows of a shop whose customers come at their own pace, stop, and come back; with returns and nobody's sales."""
    rng = np.random.default_rng(seed)
    pace = rng.dirichlet(np.full(customers, 0.5))
    who = rng.choice(customers, size=lines, p=pace)
    centre, width = rng.uniform(0, days, customers), rng.uniform(days / 8, days, customers)
    day = np.clip(np.round(centre[who] + width[who] * rng.uniform(-1, 1, lines)), 0, days - 1).astype(int)
    time = (
        pd.Timestamp(first_day) + pd.to_timedelta(day, unit="D") + pd.to_timedelta(rng.integers(0, 86_400, lines), "s")
    )
    cents = rng.integers(0, 5_000, lines) * np.where(rng.random(lines) < 0.05, -1, 1)
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{i:04d}" for i in who],
            "time": time.astype("datetime64[us]"),
            "amount": cents,
            "quantity": rng.integers(1, 40, lines) / 8,
            "basket_id": [f"b{i}-{d}-{n}" for i, d, n in zip(who, day, rng.integers(0, 2, lines), strict=True)],
            "shop": rng.choice(["north", "south/east"], lines),
            "kind_of_goods": rng.choice(["food", "non=food", "100%"], lines),
        }
    )
    frame["customer_id"] = frame["customer_id"].mask(rng.random(lines) < 0.07)
    return frame.sort_values(["time", "basket_id", "amount"], ignore_index=True)


def random_table(seed: int, customers: int, days: int, rows: int, first_day: str, kinds: Sequence[str]) -> pd.DataFrame:
    """Rows of a further table: of the customers of ``random_rows`` and some who never buy, with and without values."""
    rng = np.random.default_rng(seed)
    times = pd.to_timedelta(rng.integers(0, days, rows), unit="D") + pd.to_timedelta(rng.integers(0, 86_400, rows), "s")
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:04d}" for i in rng.integers(0, customers + customers // 3, rows)],
            "time": (pd.Timestamp(first_day) + times).astype("datetime64[us]"),
            "kind": rng.choice(list(kinds), rows),
            "value": np.where(rng.random(rows) < 0.2, np.nan, rng.integers(-50, 500, rows) / 100),
        }
    )
