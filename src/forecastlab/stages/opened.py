"""The sales log as DuckDB views that end at a date: what lies after it cannot be read by accident."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pandas as pd

from forecastlab.schema import SalesLog

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


FURTHER = "further"
"""The schema that holds the further tables of the log."""


@contextmanager
def opened(log: SalesLog, last_day: pd.Timestamp, memory: str | None = None) -> Iterator[DuckDBPyConnection]:
    """A connection whose view ``sales`` holds the rows up to and including ``last_day``, and which reads nothing else.

    So do the views of the further tables, such as ``further.events``. One thread, because work is spread over folds;
    what does not fit into ``memory`` (such as 1GB; None: most of the machine's) spills to a folder that is removed.
    """
    import duckdb

    before = last_day.normalize() + pd.Timedelta(days=1)
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as spill:
        limit = {} if memory is None else {"memory_limit": memory}
        con = duckdb.connect(config={"threads": 1, "temp_directory": spill, **limit})
        try:
            sources = {"sales": log.path}
            sources |= {f"{FURTHER}.{name(table)}": log.table(table) for table in log.facts.tables}
            con.execute("SET TimeZone = 'UTC'")
            con.execute("SET enable_progress_bar = false")  # a worker is taken for somebody at a terminal
            con.execute(f"SET allowed_paths = [{', '.join(text(str(path)) for path in sources.values())}]")
            con.execute("SET enable_external_access = false")
            con.execute("SET lock_configuration = true")
            con.execute(f"CREATE SCHEMA {FURTHER}")
            for view, path in sources.items():
                con.execute(
                    f"CREATE VIEW {view} AS SELECT * FROM read_parquet({text(str(path))}) "
                    f"WHERE time < TIMESTAMP {text(str(before))}"
                )
            yield con
        finally:
            con.close()


def text(value: str) -> str:
    """A text as a SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """A column name as a quoted SQL identifier."""
    return '"' + value.replace('"', '""') + '"'
