"""Data quality of a sales log: five shares, each by a formula, and their product as the one share of accuracy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from forecastlab.schema import ConfigError, Fault, Frequency, Ledger, SalesLog, names, nearest
from forecastlab.stages.opened import name, opened, text
from forecastlab.stages.profiling.asked import Quality
from forecastlab.stages.profiling.told import MEMORY, Told

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHARES = ("completeness", "validity", "uniqueness", "timeliness", "consistency")
"""The five shares, in the order in which they are told."""

CHOSEN = ("returns", "before first_day", "after last_day", "before the first day that is seen")
"""Reasons for which a row is left out because the config says so: nothing is wrong with it."""

MISSING = {names.TIME: ("no date", "empty row"), names.AMOUNT: ("no amount", "empty row")}
"""Reasons for which a row is left out because a field is empty."""

REPEATS = ("duplicate", "repeats another row")
DOUBTFUL = (
    "customer id is a word like NA",
    "customer id ends in .0, as if once a number",
    "the same customer id on every row that has one",
    "more money than all other rows together",
)
"""Remarks of the source about values that can be read and are hardly meant."""


def quality(log: SalesLog, freq: Frequency, rules: Quality) -> Told:
    """The five shares (table ``shares``), what is wrong how often (``faults``), how full fields are (``fields``).

    ``accuracy`` is the product of the shares: how much of what should be there is there and passes all five, were
    faults independent. Raises ConfigError for a field or a day that makes no sense.
    """
    until = _until(log, rules)
    fields = _fields(log, rules)
    ledger = log.facts.ledger
    rows = ledger.rows_in - sum(ledger.dropped.get(why, (0, 0))[0] for why in CHOSEN)
    with opened(log, log.span[1], MEMORY) as con:
        empty = {each: _empty(con, log, each) for each in fields}
        faults = [("completeness", f"{each}: empty", n, rows) for each, n in empty.items()]
        faults += [("validity", why, n, ledger.rows_used) for why, n in _invalid(con, log, rules).items()]
        faults += [("uniqueness", why, n, rows) for why, n in _account(ledger, REPEATS).items()]
        periods, holes = _holes(con, freq, log.span[0], until)
        faults += [("timeliness", "period without a row", holes, periods)]
        broken, either = _inconsistent(con, log)
        faults += [("consistency", why, n, ledger.rows_used) for why, n in broken.items()]
        alike = _alike(con, ledger.rows_used)
    told = pd.DataFrame(faults, columns=["dimension", "fault", "n", "of"])
    good = {
        "completeness": (rows * len(fields) - sum(empty.values()), rows * len(fields)),
        "validity": (max(ledger.rows_used - _sum(told, "validity"), 0), ledger.rows_used),
        "uniqueness": (rows - _sum(told, "uniqueness"), rows),
        "timeliness": (periods - holes, periods),
        "consistency": (ledger.rows_used - either, ledger.rows_used),
    }
    shares = pd.DataFrame([(key, *good[key]) for key in SHARES], columns=["dimension", "good", "of"])
    shares["share"] = shares["good"] / shares["of"].where(shares["of"] > 0)
    counted = sorted(_all_empty(log, empty, ledger).items(), key=lambda field: field[0] not in fields)
    filled = pd.DataFrame([(each, rows - n, rows) for each, n in counted])
    figures = dict(zip(shares["dimension"], shares["share"], strict=True))
    figures |= {"accuracy": math.prod(figures.values()), "alike": float(alike), "rows": float(rows)}
    tables = {"shares": shares, "faults": told, "fields": filled.set_axis(["field", "n", "of"], axis=1)}
    return Told(tables, figures, {"until": str(until.date()), "fields": ", ".join(fields), "freq": freq.code})


def _until(log: SalesLog, rules: Quality) -> pd.Timestamp:
    if rules.as_of is None:
        return log.span[1]
    try:
        return max(pd.Timestamp(rules.as_of).normalize(), log.span[1])
    except ValueError as error:
        what = f"found {rules.as_of!r}, which is no day"
        raise ConfigError(Fault("bad-value", "quality.as_of", what, "write it like '2024-12-31'")) from error


def _fields(log: SalesLog, rules: Quality) -> list[str]:
    facts = log.facts
    optional = [names.QUANTITY] * facts.has_quantity + [names.BASKET] * facts.has_basket
    usual = [names.CUSTOMER, names.TIME, names.AMOUNT, *optional]
    allowed = [*usual, *facts.dimensions]
    strange = [each for each in rules.fields or () if each not in allowed]
    if strange:
        what = f"found {strange[0]}, this data has {', '.join(allowed)}"
        raise ConfigError(Fault("unknown-field", "quality.fields", what, nearest(strange[0], allowed)))
    return list(dict.fromkeys(rules.fields or usual))


def _empty(con: DuckDBPyConnection, log: SalesLog, field: str) -> int:
    """Rows in which a field is empty: in the log, and among those left out for it."""
    test = f"{name(field)} = {text(names.UNKNOWN)}" if field in log.facts.dimensions else f"{name(field)} IS NULL"
    (n,) = con.execute(f"SELECT count(*) FROM sales WHERE {test}").fetchall()[0]
    return int(n) + sum(_account(log.facts.ledger, MISSING.get(field, ("empty row",))).values())


def _all_empty(log: SalesLog, counted: dict[str, int], ledger: Ledger) -> dict[str, int]:
    """The same for the dimensions that were not asked for, as the source's account tells them."""
    noted = {
        each: ledger.noted.get(f"{each} filled with {names.UNKNOWN!r}", (0, 0))[0] for each in log.facts.dimensions
    }
    return {**noted, **counted}


def _account(ledger: Ledger, reasons: Sequence[str]) -> dict[str, int]:
    both = {**ledger.noted, **ledger.dropped}
    return {why: both[why][0] for why in reasons if why in both}


def _invalid(con: DuckDBPyConnection, log: SalesLog, rules: Quality) -> dict[str, int]:
    """Rows with a value that is hardly meant."""
    found = _account(log.facts.ledger, DOUBTFUL)
    tests = {"amount beyond belief": f"abs(amount) > {rules.extreme!r} * (SELECT usual FROM median)"}
    if log.facts.has_quantity:
        tests["quantity not finite"] = "quantity IS NOT NULL AND NOT isfinite(quantity)"
    con.execute(_MEDIAN)
    counts = ", ".join(f"count(*) FILTER ({test})" for test in tests.values())
    return found | dict(zip(tests, map(int, con.execute(f"SELECT {counts} FROM sales").fetchall()[0]), strict=True))


_MEDIAN = """
CREATE OR REPLACE TEMP TABLE median AS
WITH counted AS (SELECT abs(amount) AS size, count(*) AS n FROM sales WHERE amount <> 0 GROUP BY ALL),
     running AS (SELECT size, sum(n) OVER (ORDER BY size) AS below, sum(n) OVER () AS whole FROM counted)
SELECT min(size) AS usual FROM running WHERE 2 * below >= whole
"""
"""The middle amount of a line, returns by their size; counted by value, so that no list of all lines is held."""


def _holes(con: DuckDBPyConnection, freq: Frequency, first: pd.Timestamp, until: pd.Timestamp) -> tuple[int, int]:
    """Complete periods up to the day, and how many of them have no row at all."""
    ends = freq.ends(first, until)
    seen = con.execute(f"SELECT DISTINCT {freq.sql_end('time')} FROM sales").fetchall()
    there = pd.DatetimeIndex([pd.Timestamp(day) for (day,) in seen])
    return len(ends), int((~ends.isin(there)).sum())


def _inconsistent(con: DuckDBPyConnection, log: SalesLog) -> tuple[dict[str, int], int]:
    """Rows that break each rule between columns, and rows that break any."""
    rules: dict[str, str] = {}
    if log.facts.has_quantity:
        rules["amount and quantity do not fit"] = "(amount > 0 AND quantity <= 0 OR amount < 0 AND quantity > 0)"
    if log.facts.has_basket:
        con.execute(_TORN)
        torn = "basket_id IN (SELECT basket_id FROM torn WHERE {})"
        rules["basket of several customers"] = torn.format("customers")
        rules["basket on several days"] = torn.format("days")
    if not rules:
        return {}, 0
    tests = [*(f"coalesce({test}, false)" for test in rules.values())]
    counts = ", ".join(f"count(*) FILTER ({test})" for test in [*tests, " OR ".join(tests)])
    *each, either = con.execute(f"SELECT {counts} FROM sales").fetchall()[0]
    return dict(zip(rules, map(int, each), strict=True)), int(either)


_TORN = """
CREATE OR REPLACE TEMP TABLE torn AS
SELECT basket_id, min(customer_id) <> max(customer_id) AS customers,
       CAST(min(time) AS DATE) <> CAST(max(time) AS DATE) AS days
FROM sales WHERE basket_id IS NOT NULL GROUP BY basket_id
HAVING min(customer_id) <> max(customer_id) OR CAST(min(time) AS DATE) <> CAST(max(time) AS DATE)
"""


def _alike(con: DuckDBPyConnection, rows: int) -> int:
    """Rows of the log that look like another one; without a product id these need not be repeats."""
    (different,) = con.execute("SELECT count(*) FROM (SELECT DISTINCT * FROM sales)").fetchall()[0]
    return rows - int(different)


def _sum(faults: pd.DataFrame, dimension: str) -> int:
    return int(faults.loc[faults["dimension"] == dimension, "n"].sum())
