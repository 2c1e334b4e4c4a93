"""The funnel: of those who entered, how many came how far, step by step, within so many days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from forecastlab.schema import ConfigError, Facts, Fault, SalesLog, nearest
from forecastlab.stages.opened import FURTHER, name, opened, text
from forecastlab.stages.profiling.told import MEMORY, Told, absent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PURCHASE = "purchase"
"""The step of a purchase, on the day of the step before or later."""

LATER = "purchase_later"
"""The step of a purchase on a later day than that of the step before."""

CAMPAIGNS, LEADS, EVENTS = "campaigns", "leads", "events"


def usual(facts: Facts) -> tuple[str, ...]:
    """The steps that the tables of a dataset suggest: who was approached, the one thing they did, a purchase."""
    entry = next((table for table in (CAMPAIGNS, LEADS) if table in facts.tables), "")
    did = facts.tables.get(EVENTS, ())
    if entry == CAMPAIGNS and len(did) == 1:
        return entry, f"{EVENTS}.{did[0]}", LATER
    if entry:
        return entry, PURCHASE
    return (EVENTS, PURCHASE) if did else ()


def check(steps: Sequence[str], facts: Facts) -> None:
    """Raise ConfigError for steps that the dataset does not have."""
    allowed = [PURCHASE, LATER, *facts.tables]
    allowed += [f"{table}.{kind}" for table, kinds in facts.tables.items() for kind in kinds]
    faults = [
        Fault(
            "unknown-step",
            "profile.funnel",
            f"found {step}, this data has {', '.join(allowed)}",
            nearest(step, allowed),
        )
        for step in steps
        if step not in allowed
    ]
    if not faults and len(steps) < 2:
        faults = [Fault("short-funnel", "profile.funnel", "a funnel has two steps at least", f"add {PURCHASE}")]
    if faults:
        raise ConfigError(faults)


def funnel(log: SalesLog, steps: Sequence[str] | None, within: int) -> Told:
    """Entries and customers that reach each step (table ``steps``), all of it within ``within`` days of the entry.

    An entry is a customer on a day of the first step; of several later rows the earliest counts. Entries of the last
    ``within`` days are left out (figure ``young``): nobody knows yet how far they come. Of ``campaigns`` rows with the
    value 0, the control group, are left out. Raises ConfigError.
    """
    asked = tuple(steps) if steps is not None else usual(log.facts)
    if not asked:
        return absent("events")
    check(asked, log.facts)
    rows = []
    with opened(log, log.span[1], MEMORY) as con:
        (entries,) = _entered(con, asked[0], log.span[1], within)
        rows.append((asked[0], *_counted(con, 0)))
        for i, step in enumerate(asked[1:], 1):
            con.execute(f"CREATE TEMP TABLE step AS {_days(step)}")
            sign = "<" if step == LATER else "<="
            con.execute(
                f"CREATE TEMP TABLE reached{i} AS SELECT r.customer_id, r.entry, r.moment AS before, s.day AS moment "
                f"FROM reached{i - 1} r ASOF JOIN step s ON r.customer_id = s.customer_id AND r.moment {sign} s.day "
                f"WHERE s.day <= r.entry + {within}"
            )
            con.execute("DROP TABLE step")
            rows.append((step, *_counted(con, i)))
    table = pd.DataFrame(rows, columns=["step", "entries", "customers", "days"])
    if not table["entries"].iloc[0]:
        return absent("young", days=str(within))
    table["of_before"] = table["entries"] / table["entries"].shift().where(lambda n: n > 0)
    table["of_all"] = table["entries"] / table["entries"].iloc[0]
    young = float(entries - table["entries"].iloc[0])
    return Told({"steps": table}, {"within": float(within), "young": young}, {})


def _entered(con: DuckDBPyConnection, step: str, last: pd.Timestamp, within: int) -> tuple[int]:
    """All entries, counted; those that are old enough are in the table ``reached0``."""
    con.execute(f"CREATE TEMP TABLE entered AS {_days(step)}")
    con.execute(
        "CREATE TEMP TABLE reached0 AS SELECT customer_id, day AS entry, day AS before, day AS moment FROM entered "
        f"WHERE day + {within} <= DATE {text(str(last.date()))}"
    )
    (n,) = con.execute("SELECT count(*) FROM entered").fetchall()[0]
    return (int(n),)


def _days(step: str) -> str:
    """The days of each customer on which a step was taken."""
    table, _, kind = step.partition(".")
    if step in (PURCHASE, LATER):
        source, test = "sales", "amount >= 0"
    else:
        source = f"{FURTHER}.{name(table)}"
        test = f"kind = {text(kind)}" if kind else "true"
        test += " AND coalesce(value, 1) <> 0" if table == CAMPAIGNS else ""
    return (
        f"SELECT DISTINCT customer_id, CAST(time AS DATE) AS day FROM {source} WHERE customer_id IS NOT NULL AND {test}"
    )


def _counted(con: DuckDBPyConnection, i: int) -> tuple[int, int, float]:
    query = "SELECT count(*), count(DISTINCT customer_id), quantile_disc(moment - before, 0.5)"
    entries, customers, days = con.execute(f"{query} FROM reached{i}").fetchall()[0]
    return int(entries), int(customers), float("nan") if days is None or not i else float(days)
