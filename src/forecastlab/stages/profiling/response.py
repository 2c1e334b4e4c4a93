"""How sales went along with prices and promotions: elasticities from changes of one period to the next. No cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import SalesLog
from forecastlab.schema.names import DS
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.cells import lay_calendar
from forecastlab.stages.drivers import DriverTable
from forecastlab.stages.opened import name, opened
from forecastlab.stages.profiling.told import MEMORY, Told, absent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FEWEST = 20
"""Changes from one period to the next without which nothing is estimated."""

LARGEST = 12
"""Groups of goods that are looked at: those with the most money."""

COLUMNS = ["source", "column", "group", "form", "effect", "low", "high", "n", "per", "share"]

Floats = NDArray[np.float64]


def response(log: SalesLog, calendar: Calendar, items: str | None, drivers: Sequence[DriverTable]) -> Told:
    """Effects with 95 % intervals (table ``effects``) of the price paid, by group of goods, and of given drivers.

    From one period to the next: the change of log units on the change of log visits and of the log price (``form``
    elasticity), or of the driver as it is (``form`` unit: a lift of exp(effect · per) - 1 where it rises by ``per``).
    Least squares with intervals that bear unequal spread (HC1). The price is money over units, so what is bought more
    of at which price is in it: a correlation. A driver that runs from 0 to 1 says how much is promoted: ``per`` is 1,
    and ``share`` the share of the money that was sold under it. Of others ``per`` is the standard deviation.
    """
    if not log.facts.has_quantity:
        return absent("quantity")
    if items is None and not drivers:
        return absent("items")
    ends = pd.DatetimeIndex(calendar.freq.ends(*log.span))
    rows: list[tuple[object, ...]] = []
    with opened(log, log.span[1], MEMORY) as con:
        lay_calendar(con, calendar, ends)
        visits = con.execute(_visits(log)).df().set_index(DS)["visits"].reindex(ends)
        if items is not None:
            sold = _sold(con, (items,))
            for group, part in _largest(sold, (items,)):
                price = pd.Series(np.log(part["cents"].where(part["cents"] > 0) / part["units"]), index=part.index)
                found = effects(part["units"].reindex(ends), visits, {"price": price.reindex(ends)})
                rows += [("log", "price", group, "elasticity", *one, np.nan, np.nan) for one in found.values()]
        for table in drivers:
            rows += _of_driver(con, table, visits, ends)
    if not rows:
        return absent("few", n=str(FEWEST))
    return Told(
        {"effects": pd.DataFrame(rows, columns=COLUMNS)}, {}, {"items": items or "", "freq": calendar.freq.code}
    )


def effects(
    units: pd.Series[float], visits: pd.Series[float], columns: Mapping[str, pd.Series[float]]
) -> dict[str, tuple[float, float, float, int]]:
    """Of each column: its effect on log units with the ends of the 95 % interval, and the changes behind it.

    Nothing where there are too few changes, or where a column does not change. Series over the same periods; what is
    not known is NaN, and only changes between neighbours that are both known count.
    """
    levels = {"units": np.log(units.where(units > 0)), "visits": np.log(visits.where(visits > 0)), **columns}
    changes = pd.DataFrame(levels).astype(float).diff().dropna()
    n, k = len(changes), len(columns) + 2
    if n < max(FEWEST, k + 1) or any(changes[each].abs().max() < 1e-12 for each in columns):
        return {}
    x = np.column_stack([np.ones(n), changes["visits"], *(changes[each] for each in columns)])
    y = changes["units"].to_numpy(np.float64)
    if np.linalg.matrix_rank(x) < k:
        return {}
    coefficients, spread = least_squares(x, y)
    from scipy.stats import t

    reach = float(t.ppf(0.975, n - k)) * spread
    return {
        each: (float(b), float(b - r), float(b + r), n)
        for each, b, r in zip(columns, coefficients[2:], reach[2:], strict=True)
    }


def least_squares(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Coefficients and their standard errors where the spread of the errors differs (MacKinnon & White 1985, HC1)."""
    inverse = np.linalg.inv(x.T @ x)
    coefficients = inverse @ x.T @ y
    errors = y - x @ coefficients
    scale = len(y) / (len(y) - x.shape[1])
    covariance = scale * inverse @ (x.T * errors**2) @ x @ inverse
    return coefficients, np.sqrt(np.diag(covariance))


def _of_driver(
    con: DuckDBPyConnection, table: DriverTable, visits: pd.Series[float], ends: pd.DatetimeIndex
) -> Iterator[tuple[object, ...]]:
    """The effects of a driver's columns in each group that it has values for; a price as an elasticity."""
    given = pd.read_parquet(table.path)
    columns = [str(each) for each in given.columns if each not in (*table.by, DS)]
    prices = [each for each in columns if "price" in each.lower() and (given[each] > 0).all()]
    parts = [each for each in columns if given[each].dropna().between(0, 1).all() and given[each].max() == 1]
    for group, part in _largest(_sold(con, table.by), table.by):
        mine = given
        for key, value in zip(table.by, group.split(" · ") if table.by else (), strict=True):
            mine = mine[mine[key].astype(str) == value]
        own = mine.set_index(DS)[columns].astype(float)
        if own.index.has_duplicates or not len(own):
            continue
        laid = {
            each: pd.Series(np.log(own[each]) if each in prices else own[each], index=own.index).reindex(ends)
            for each in columns
            if own[each].nunique() > 1
        }
        found = effects(part["units"].reindex(ends), visits, laid)
        for each, one in found.items():
            if each in prices:
                yield (table.name, each, group, "elasticity", *one, np.nan, np.nan)
                continue
            level, money = own[each].reindex(ends), part["cents"].reindex(ends)
            under = float((money * level).sum() / money[level.notna()].sum()) if each in parts else np.nan
            yield (table.name, each, group, "unit", *one, 1.0 if each in parts else float(level.std()), under)


def _largest(sold: pd.DataFrame, by: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Units and cents by period of each group, those with the most money first."""
    label = sold[list(by)].astype(str).agg(" · ".join, axis=1) if by else pd.Series("", index=sold.index)
    money = sold.groupby(label)["cents"].sum().sort_values(ascending=False, kind="stable")
    for group in money.index[:LARGEST]:
        yield str(group), sold[label == group].set_index(DS)[["units", "cents"]].astype(float)


def _sold(con: DuckDBPyConnection, by: Sequence[str]) -> pd.DataFrame:
    """Units and cents of the lines that are no returns, by period and dimensions; sums of whole numbers only."""
    columns = "".join(f"s.{name(each)}, " for each in by)
    return con.execute(
        f"SELECT {columns}CAST(d.ds AS TIMESTAMP) AS ds, CAST(sum(s.amount) AS BIGINT) AS cents, "
        "CAST(sum(CAST(round(s.quantity * 1000000) AS BIGINT)) AS BIGINT) / 1000000 AS units "
        "FROM sales s JOIN daily d ON d.day = CAST(s.time AS DATE) "
        "WHERE s.amount >= 0 AND s.quantity > 0 GROUP BY ALL ORDER BY ALL"
    ).df()


def _visits(log: SalesLog) -> str:
    """Baskets by period; where there are none, customers and days."""
    one = "basket_id" if log.facts.has_basket else "{'c': s.customer_id, 'd': CAST(s.time AS DATE)}"
    return (
        f"SELECT CAST(d.ds AS TIMESTAMP) AS ds, CAST(count(DISTINCT {one}) AS DOUBLE) AS visits "
        "FROM sales s JOIN daily d ON d.day = CAST(s.time AS DATE) GROUP BY ALL ORDER BY ALL"
    )
