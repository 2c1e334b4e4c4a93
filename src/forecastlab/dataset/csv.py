"""Your own sales: a CSV file from any shop system, described in YAML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from forecastlab.dataset._csv_bytes import plain_text, unreadable
from forecastlab.dataset._csv_faults import Source, check_cells
from forecastlab.dataset._csv_header import locate, read_header
from forecastlab.dataset._csv_notes import remarks
from forecastlab.dataset._csv_parse import layers, parse, read_rows, structure
from forecastlab.dataset._csv_settings import check_date_format, check_settings
from forecastlab.dataset._log import Returns, Shape, days, literal, locked, write
from forecastlab.dataset._package import content_hash
from forecastlab.schema import Facts

_DAY = r"^\d{4}-\d{2}-\d{2}$"


@dataclass(frozen=True)
class Csv:
    """Your own sales log: a CSV file (plain or gzipped) with one row per purchase line, mapped in YAML.

    Nothing is guessed: every column is read as text, ids stay text, numbers and dates must have the declared form.
    A row without date or amount is left out and listed in the ledger with its money; a cell that cannot be read stops
    the load with the number of such rows and the first line. ``path`` counts from the folder the command runs in.
    """

    freq: Annotated[str, Field(description="natural period")]
    season: Annotated[int | None, Field(ge=1, description="season length in periods; null: usual one of freq")]
    warmup: Annotated[str | None, Field(description="start of the data that feeds the segmentation only")]
    path: Annotated[str, Field(min_length=1, description="the file")]
    customer: Annotated[str, Field(min_length=1, description="column of customer ids")]
    time: Annotated[str, Field(min_length=1, description="column of dates or times")]
    amount: Annotated[str, Field(min_length=1, description="column of amounts")]
    quantity: Annotated[str | None, Field(description="column of quantities; null: none")]
    basket: Annotated[str | None, Field(description="column of receipt or order ids; null: none")]
    dimensions: Annotated[dict[str, str], Field(description="columns to cut sales by: our name → column")]
    separator: Annotated[str, Field(min_length=1, max_length=1, description="what stands between cells")]
    encoding: Annotated[str, Field(description="encoding of the text")]
    date_format: Annotated[str, Field(min_length=2, description="form of the dates, as in strptime")]
    decimal: Annotated[Literal[".", ","], Field(description="decimal sign")]
    thousands: Annotated[Literal[".", ",", " ", "'"] | None, Field(description="sign between thousands; null: none")]
    currency_sign: Annotated[str | None, Field(description="sign that may stand at amounts; null: none")]
    unit: Annotated[str, Field(description="currency, for reports")]
    anonymous_values: Annotated[tuple[str, ...], Field(description="ids that mean nobody, beside empty ones")]
    first_day: Annotated[str | None, Field(pattern=_DAY, description="rows before are left out; null: none")]
    last_day: Annotated[str | None, Field(pattern=_DAY, description="rows after are left out; null: none")]
    finer_than_cents: Annotated[Literal["refuse", "round"], Field(description="amounts with parts of a cent")]
    returns: Annotated[Returns, Field(description="what becomes of returned goods")]
    duplicates: Annotated[Literal["keep", "drop", "refuse"], Field(description="rows that repeat another exactly")]
    firsts_are_true: Annotated[bool, Field(description="whether a customer's first row is a first purchase")]

    def fingerprint(self) -> str:
        """A hash of the content of the file. Raises DataError or EnvironmentFault if it cannot be read."""
        try:
            return content_hash([Path(self.path)])
        except OSError as error:
            raise unreadable(Path(self.path), error) from error

    def load(self, target: Path) -> Facts:
        """Write the sales log to ``target``.

        Raises ConfigError for settings that contradict each other, DataError with one fault per kind of wrong file,
        header, row or cell, EnvironmentFault where the file may not be read or the disk is full.
        """
        check_settings(self)
        source = Path(self.path)
        shape = Shape(tuple(self.dimensions), self.quantity is not None, self.basket is not None, self.returns)
        with locked([source], target) as (con, folder):
            check_date_format(con, self.date_format)
            text = plain_text(source, self.encoding, folder)
            parsed = self._parse(con, text, folder)
            self._check(con, parsed, text)
            notes = remarks(con, parsed, self.date_format, shape)
            ledger = write(con, folder, target, f"SELECT * FROM {parsed}", shape, notes)
            first, last = days(con)
        return Facts(
            kind="log",
            first_day=self.first_day or first,
            last_day=self.last_day or last,
            dimensions=shape.cuts,
            firsts_are_true=self.firsts_are_true,
            ledger=ledger,
            unit=self.unit,
            has_quantity=shape.has_quantity,
            has_basket=shape.has_basket,
        )

    @property
    def _columns(self) -> dict[str, str]:
        """The columns that are wanted of the file, by the key that names them."""
        single = {"customer": self.customer, "time": self.time, "amount": self.amount}
        optional = {"quantity": self.quantity, "basket": self.basket}
        single |= {key: name for key, name in optional.items() if name is not None}
        return single | {f"dimensions.{name}": column for name, column in self.dimensions.items()}

    def _parse(self, con: Any, text: Path, folder: Path) -> str:
        """Read the file once into a table of all its rows and tell the SQL that reads that table."""
        header, above = read_header(text, self.separator, self.path)
        at = locate(header, self._columns, self.separator, self.path)
        columns = layers(at, self.date_format, self.decimal, self.thousands, self.currency_sign, self.anonymous_values)
        width = len(header)
        rows = read_rows(text, width, self.separator, above, rejects=False)
        reasons = {"no date": "time_text = ''", "no amount": "amount_text = ''"}
        reasons |= {"before first_day": f"time < TIMESTAMP '{self.first_day}'"} if self.first_day else {}
        reasons |= {"after last_day": f"time >= TIMESTAMP '{self.last_day}' + INTERVAL 1 DAY"} if self.last_day else {}
        reasons |= {"duplicate": "copy > 1"} if self.duplicates == "drop" else {}
        table = folder / "parsed.parquet"
        if not parse(con, rows, width, columns, reasons, table):
            rejects = read_rows(text, width, self.separator, above, rejects=True)
            raise structure(con, rejects, text, self.separator, self.path)
        return f"read_parquet({literal(str(table))})"

    def _check(self, con: Any, parsed: str, text: Path) -> None:
        source = Source(self.path, text, self.separator, self._columns, self.date_format, self.decimal, self.thousands)
        check_cells(con, parsed, source, self.finer_than_cents == "refuse", self.duplicates == "refuse")


PART = Csv
