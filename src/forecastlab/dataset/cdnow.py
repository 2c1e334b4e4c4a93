"""CDNOW: the purchases of a cohort of new customers, on which most work on customer value was published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from forecastlab.dataset._log import Returns, Shape, literal, locked, write
from forecastlab.schema import DataError, Facts, Fault
from forecastlab.schema.packages import content_hash, package_file

# The whole cohort has a header line; the tenth has none, and its own running number between customer and date.
_LAYOUTS = {
    "full": ("CDNOW_master.txt", True, r"(\d+)\s+(\d{8})\s+(\d+)\s+(\d+\.\d{2})"),
    "tenth": ("CDNOW_sample.txt", False, r"(\d+)\s+\d+\s+(\d{8})\s+(\d+)\s+(\d+\.\d{2})"),
}


@dataclass(frozen=True)
class Cdnow:
    """All purchases until mid-1998 of the 23,570 customers who first bought at CDNOW in the first quarter of 1997.

    Amounts are US cents, ``quantity`` counts CDs. ``tenth`` is the 1-in-10 sample of 2,357 customers on which the
    published figures of BG/NBD and Pareto/NBD rest; its ``customer_id`` is that of the whole cohort. Purchases of zero
    dollars and equal lines on one day are part of the data and stay. Source: Fader & Hardie; the package lifetimes.
    """

    freq: Annotated[str, Field(description="natural period")]
    season: Annotated[int | None, Field(ge=1, description="season length in periods; null: usual one of freq")]
    warmup: Annotated[str | None, Field(description="start of the data that feeds the segmentation only")]
    sample: Annotated[Literal["full", "tenth"], Field(description="the whole cohort or the published tenth")]
    returns: Annotated[Returns, Field(description="what becomes of returned goods (the data has none)")]

    def fingerprint(self) -> str:
        """A hash of the content of the source file. Raises EnvironmentFault if the package is missing."""
        return content_hash([self._file()])

    def load(self, target: Path) -> Facts:
        """Write the sales log to ``target``. Raises EnvironmentFault or DataError."""
        path = self._file()
        shape = Shape((), has_quantity=True, has_basket=False, returns=self.returns)
        with locked([path], target) as (con, folder):
            self._check(con, path)
            ledger = write(con, folder, target, self._lines(path), shape, {"amount of zero": "amount = 0"})
        return Facts(
            kind="log",
            first_day="1997-01-01",
            last_day="1998-06-30",
            dimensions=shape.cuts,
            firsts_are_true=True,  # the cohort is chosen by its first purchase ever
            ledger=ledger,
            unit="USD",
            has_quantity=True,
        )

    def _file(self) -> Path:
        return package_file("lifetimes", f"datasets/{_LAYOUTS[self.sample][0]}")

    def _text(self, path: Path) -> str:
        # One column: the separator is a character that the file does not hold.
        return (
            f"read_csv({literal(str(path))}, columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '', "
            f"header = {_LAYOUTS[self.sample][1]}, auto_detect = false)"
        )

    def _check(self, con: Any, path: Path) -> None:
        wrong = f"NOT regexp_full_match(trim(line), {literal(_LAYOUTS[self.sample][2])})"
        (count,) = con.execute(f"SELECT count(*) FROM {self._text(path)} WHERE {wrong}").fetchone()
        if count:
            raise DataError(Fault("not-cdnow", str(path), f"{count} lines do not have the layout of the CDNOW data"))

    def _lines(self, path: Path) -> str:
        fields = "['customer_id', 'day', 'cds', 'dollars']"
        pattern = literal(_LAYOUTS[self.sample][2])
        return f"""
            SELECT part.customer_id AS customer_id,
                   strptime(part.day, '%Y%m%d') AS time,
                   CAST(CAST(part.dollars AS DECIMAL(18, 2)) * 100 AS BIGINT) AS amount,
                   CAST(part.cds AS DOUBLE) AS quantity,
                   CAST(NULL AS VARCHAR) AS dropped
            FROM (SELECT regexp_extract(trim(line), {pattern}, {fields}) AS part FROM {self._text(path)})
        """


PART = Cdnow
