"""Small sales logs to test with: any rows, written as the Parquet file that a dataset would write."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from forecastlab.schema import Facts, Ledger, SalesLog

COLUMNS = ["customer_id", "time", "amount", "quantity", "basket_id", "shop", "kind_of_goods"]
"""Columns of a small log; ``amount`` in cents; the last two are its dimensions."""


def write_log(rows: pd.DataFrame, path: Path, first_day: str, last_day: str, firsts_are_true: bool) -> SalesLog:
    """Write rows with ``COLUMNS`` to ``path`` and tell their facts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = [pa.string(), pa.timestamp("us"), pa.int64(), pa.float64(), pa.string(), pa.string(), pa.string()]
    ordered = rows[COLUMNS].reset_index(drop=True)
    pq.write_table(
        pa.Table.from_pandas(
            ordered, schema=pa.schema(list(zip(COLUMNS, kinds, strict=True))), preserve_index=False
        ).replace_schema_metadata(),
        path,
    )
    cents = int(ordered["amount"].sum())
    facts = Facts(
        kind="log",
        first_day=first_day,
        last_day=last_day,
        dimensions=("shop", "kind_of_goods"),
        firsts_are_true=firsts_are_true,
        ledger=Ledger(len(ordered), cents, len(ordered), cents),
        unit="EUR",
        has_quantity=True,
        has_basket=True,
    )
    return SalesLog(path, facts)


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
