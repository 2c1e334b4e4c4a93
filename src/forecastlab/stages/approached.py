"""Who was approached by a campaign and who was held out, and at which moments methods can learn from both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import DataError, Fault, Fold
from forecastlab.schema.customers import TREATED, Treats
from forecastlab.schema.names import CUSTOMER
from forecastlab.stages import attributes as further

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_EPOCH = pd.Timestamp("1970-01-01")

_BY_VALUE = "SELECT customer_id, day, micros > 0 AS treated FROM asked_0 WHERE valued > 0"
_BY_TABLE = (
    "SELECT customer_id, day, true AS treated FROM asked_0 UNION ALL SELECT customer_id, day, false FROM asked_1"
)


def figures(target: Treats) -> tuple[str, ...]:
    """What is read of the further tables, as attributes."""
    return tuple(f"{source}.mean" for source in (target.approached, target.control) if source is not None)


def gather(con: DuckDBPyConnection, target: Treats) -> None:
    """Fill the table ``arms``: ``customer_id, day, treated``, of all campaigns that the connection sees."""
    further.gather(con, figures(target))
    con.execute(f"CREATE OR REPLACE TABLE arms AS {_BY_VALUE if target.control is None else _BY_TABLE}")


def treated(con: DuckDBPyConnection, customers: pd.DataFrame, moment: pd.Timestamp, fold: Fold) -> NDArray[np.float64]:
    """1 for who was approached within the first period after a moment, 0 for who was held out, NaN for all others.

    Of several campaigns in that period one approach counts.
    """
    con.register("asked_of", customers[[CUSTOMER]])
    first, last = _day(moment), _day(fold.freq.shift(moment, 1))
    found = con.execute(
        f"""SELECT customer_id, CAST(bool_or(treated) AS DOUBLE) AS treated FROM arms JOIN asked_of USING (customer_id)
            WHERE day > {first} AND day <= {last} GROUP BY ALL"""
    ).df()
    return customers[[CUSTOMER]].merge(found, on=CUSTOMER, how="left")["treated"].to_numpy(dtype=np.float64)


def campaigns(
    con: DuckDBPyConnection, moments: Sequence[pd.Timestamp], fold: Fold, target: Treats, wanted: int
) -> list[pd.Timestamp]:
    """Of the moments (the latest first) those after which a campaign with both arms went out, at most ``wanted``.

    Raises DataError where there is none: with the reason, which is often that nobody was held out.
    """
    days = con.execute(
        """SELECT day, count(*) FILTER (treated) AS approached, count(*) FILTER (NOT treated) AS held
           FROM arms GROUP BY day ORDER BY day"""
    ).df()
    found = [moment for moment in moments if _both(days, moment, fold)]
    if not found:
        raise DataError(_none(days, fold, target))
    return found[:wanted]


def unjudged(truth: pd.DataFrame, fold: Fold) -> tuple[str, ...]:
    """What to say of a fold after which no campaign with both arms went out: its scores cannot be judged."""
    if TREATED not in truth or truth[TREATED].nunique() == 2:
        return ()
    return (f"no campaign with a control group went out within a period after {fold.cutoff:%Y-%m-%d}: not judged",)


def _both(days: pd.DataFrame, moment: pd.Timestamp, fold: Fold) -> bool:
    within = days[days["day"].between(_day(moment) + 1, _day(fold.freq.shift(moment, 1)))]
    return bool(within["approached"].sum() and within["held"].sum())


def _none(days: pd.DataFrame, fold: Fold, target: Treats) -> Fault:
    approached, held = int(days["approached"].sum()), int(days["held"].sum())
    if not held or not approached:
        kind = "rows with the value 0" if target.control is None else f"rows of {target.control}"
        what = (
            f"up to the cutoff {fold.cutoff:%Y-%m-%d} {target.approached} says that {approached} were approached and "
            f"{held} held out ({kind}); without both, drawn by lot, who reacts because of it cannot be told from who "
            "would have anyway"
        )
        fix = "type target=conversion for who reacts, or give the dataset a control group"
        return Fault("no-control-group", "target.control", what, fix)
    both = days[(days["approached"] > 0) & (days["held"] > 0)]["day"]
    dates = ", ".join(f"{_EPOCH + pd.Timedelta(days=int(day)):%Y-%m-%d}" for day in both.tail(5)) or "no one day"
    what = (
        f"campaigns with a control group went out on {dates}; of none a window lies before it and the horizon "
        f"of {fold.gap + fold.horizon} periods ends at or before the cutoff {fold.cutoff:%Y-%m-%d}"
    )
    fix = "type later cutoffs (backtest=cutoffs), a shorter backtest.horizon or target.look.window"
    return Fault("no-earlier-campaign", "backtest", what, fix)


def _day(moment: pd.Timestamp) -> int:
    return (moment.normalize() - _EPOCH).days
