"""A small piece of real data: some customers with all that is known of them, or some series."""

from __future__ import annotations

from pathlib import Path

from forecastlab.schema import Dataset, SalesLog
from forecastlab.schema.names import CUSTOMER, SERIES
from forecastlab.stages.opened import text
from forecastlab.testing.tampering import Loaded


def sampled(dataset: Dataset, most: int, folder: Path) -> Loaded:
    """Load a dataset and keep at most so many of its customers (of its series, if it is a ready-made panel).

    Who is kept is decided by lot, the same lot on every machine. Sales without a customer are kept in the same share.
    The files are written to ``folder``, which exists and is empty. Raises DataError.
    """
    import duckdb

    whole, kept = folder / "whole", folder / "kept"
    whole.mkdir()
    kept.mkdir()
    facts = dataset.load(whole / "data.parquet")
    log, piece = SalesLog(whole / "data.parquet", facts), SalesLog(kept / "data.parquet", facts)
    column = SERIES if facts.kind == "panel" else CUSTOMER
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("SET TimeZone = 'UTC'")
        source = f"read_parquet({text(str(log.path))}, file_row_number = true)"
        lots = f"SELECT DISTINCT hash({column}) AS lot FROM {source} WHERE {column} IS NOT NULL"
        row = con.execute(f"SELECT max(lot) FROM ({lots} ORDER BY lot LIMIT {int(most)})").fetchone()
        bar = row[0] if row and row[0] is not None else 2**64 - 1
        for old, new in [(log.path, piece.path), *((log.table(name), piece.table(name)) for name in facts.tables)]:
            source = f"read_parquet({text(str(old))}, file_row_number = true)"
            lot = f"hash(coalesce(CAST({column} AS VARCHAR), 'row ' || file_row_number))"
            rows = f"SELECT * EXCLUDE (file_row_number) FROM {source} WHERE {lot} <= {bar}::UBIGINT"
            con.execute(f"COPY ({rows} ORDER BY file_row_number) TO {text(str(new))} (FORMAT parquet)")
    return Loaded(str(piece.path), facts, dataset.freq, dataset.season, dataset.warmup)
