"""How sales and customers are distributed over regions, channels, ages and whatever else the log can be cut by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from forecastlab.schema import SalesLog
from forecastlab.schema.names import UNKNOWN
from forecastlab.stages.opened import name, opened, text
from forecastlab.stages.profiling.told import MEMORY, Told, absent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PERSONAL = 0.95
"""From this share of customers with one value on, a dimension is told as a trait of people, not of purchases."""


def distribution(log: SalesLog) -> Told:
    """Lines, customers and cents by value of each dimension (table ``values``), and whose trait it is (``dimensions``).

    The most money first. ``personal`` says that customers hardly ever have two values, what is not known aside.
    """
    dimensions = log.facts.dimensions
    if not dimensions:
        return absent("dimensions")
    with opened(log, log.span[1], MEMORY) as con:
        values = pd.concat([_values(con, each) for each in dimensions], ignore_index=True)
        single = _single(con, dimensions)
    told = pd.DataFrame({"dimension": list(dimensions), "single": single})
    told["personal"] = told["single"] >= PERSONAL
    return Told({"values": values, "dimensions": told}, {}, {})


def _values(con: DuckDBPyConnection, dimension: str) -> pd.DataFrame:
    column = name(dimension)
    return con.execute(
        f"SELECT {text(dimension)} AS dimension, {column} AS value, count(*) AS lines, "
        f"count(DISTINCT customer_id) AS customers, CAST(sum(amount) AS BIGINT) AS cents "
        f"FROM sales GROUP BY {column} ORDER BY cents DESC, value"
    ).df()


def _single(con: DuckDBPyConnection, dimensions: tuple[str, ...]) -> list[float]:
    """The share of customers who have one value of each dimension, of those who have any."""
    known = [f"nullif({name(each)}, {text(UNKNOWN)})" for each in dimensions]
    columns = ", ".join(f"min({x}) AS a{i}, max({x}) AS b{i}" for i, x in enumerate(known))
    shares = ", ".join(
        f"CAST(count(*) FILTER (a{i} = b{i}) AS DOUBLE) / nullif(count(a{i}), 0)" for i in range(len(known))
    )
    people = f"SELECT customer_id, {columns} FROM sales WHERE customer_id IS NOT NULL GROUP BY customer_id"
    return [
        float("nan") if x is None else float(x) for x in con.execute(f"SELECT {shares} FROM ({people})").fetchall()[0]
    ]
