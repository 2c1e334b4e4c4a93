"""What every driver must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from forecastlab.schema import ConfigError, DataError, Driver, Facts, Frequency, Ledger, SalesLog
from forecastlab.schema.names import AMOUNT, CUSTOMER, DS, SERIES, TIME, Y

Check = Callable[[Driver], None]

PANEL_DRIVERS = ("price", "promotion", "income")
"""The driver columns of the made-up panel that drivers are tried on."""

PRICES = "prices"
"""The table beside the made-up log: ``day, category, price, promotion, stockout``."""

_SPANS = (
    ("M", "1997-01-01", "1998-12-31"),
    ("W-SAT", "2017-01-01", "2017-12-30"),
    ("D", "2017-03-01", "2017-05-31"),
    ("M", "2024-01-01", "2024-12-31"),
)
"""Years of which some source knows something: those of CDNOW and The Complete Journey, and one for your own files."""


def its_rules_make_sense(driver: Driver) -> None:
    """Its future is declared, its lag is a number of periods, a scenario goes with ``future: scenario``."""
    assert driver.future in ("known", "last", "forecast", "scenario", "drop"), f"a future of {driver.future}"
    assert driver.lag >= 0, f"a lag of {driver.lag}"
    assert driver.future != "scenario" or driver.scenario, "future is scenario, and there is none"
    assert all(isinstance(name, str) and name for name in driver.by), "attributes that are no names"


def the_fingerprint_stands_still(driver: Driver) -> None:
    """The same content has the same fingerprint."""
    assert isinstance(driver.fingerprint(), str) and driver.fingerprint() == driver.fingerprint(), "another fingerprint"


def its_table_has_the_declared_form(driver: Driver) -> None:
    """Keys, ``ds`` and numbers: one row at most per key and period, all of them periods that were asked for."""
    tables = 0
    for (table,), ends in _tables(driver, 0):
        tables += 1
        keys = [*driver.by, DS]
        assert list(table.columns[: len(keys)]) == keys, f"the first columns are not {', '.join(keys)}"
        numbers = table.columns[len(keys) :]
        assert len(numbers) and numbers.is_unique, "no column of numbers, or two of one name"
        assert all(dtype == np.float64 for dtype in table[numbers].dtypes), "columns that are no float64"
        assert not np.isinf(table[numbers].to_numpy()).any(), "infinite values"
        assert len(table) and table[DS].isin(ends).all(), "no row, or periods that were not asked for"
        assert not table.duplicated(keys).any(), "a key and period is there twice"
        assert not table[keys].isna().to_numpy().any(), "keys with holes"
    assert tables, "it has nothing to say of any year that was tried"


def the_same_question_has_the_same_answer(driver: Driver) -> None:
    """Loading twice gives the same table."""
    for (first, again), _ in _tables(driver, 0, 0):
        pd.testing.assert_frame_equal(first, again, check_exact=True)


def later_periods_change_nothing(driver: Driver) -> None:
    """What it says of a period does not depend on whether later periods are asked for too."""
    keys = [*driver.by, DS]
    for (whole, short), ends in _tables(driver, 0, 7):
        common = whole[whole[DS] <= ends[-8]]
        shared = [name for name in whole.columns if name in short.columns]
        assert set(keys) < set(shared), "no column is the same"
        left, right = (frame[shared].sort_values(keys, ignore_index=True) for frame in (common, short))
        pd.testing.assert_frame_equal(left, right, check_exact=True)


def _tables(driver: Driver, *leave: int) -> Iterator[tuple[list[pd.DataFrame], pd.DatetimeIndex]]:
    """Its tables for a log and a panel of some years, where it has something to say, and the periods.

    One table for each of ``leave``, which is how many of the last periods are not asked for.
    """
    for code, first, last in _SPANS:
        freq = Frequency(code)
        ends = freq.ends(pd.Timestamp(first), pd.Timestamp(last))
        for write in (_log, _panel):
            with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
                log = write(Path(place), ends, first)
                try:
                    yield [driver.load(log, freq, ends[: len(ends) - fewer]) for fewer in leave], ends
                except (ConfigError, DataError):
                    continue


def _log(place: Path, ends: pd.DatetimeIndex, first: str) -> SalesLog:
    """A log of one purchase a period, and a table of prices by day and category beside it."""
    rows = pd.DataFrame({CUSTOMER: "c", TIME: ends, AMOUNT: 100, "category": "bread"})
    rows.to_parquet(place / "data.parquet")
    facts = Facts("log", first, str(ends[-1].date()), ("category",), True, Ledger(len(ends), 100 * len(ends), 0, 0))
    log = SalesLog(place / "data.parquet", facts)
    days = pd.date_range(first, ends[-1], freq="D")
    wave = np.sin(np.arange(len(days)) / 9)
    for number, category in enumerate(("bread", "wine")):
        part = pd.DataFrame({"day": days, "category": category, "price": 2.0 + number + wave.round(2)})
        part["promotion"], part["stockout"] = (np.arange(len(days)) % 5 == number) * 1, 0
        part.to_parquet(place / f"{category}.parquet")
    prices = pd.concat([pd.read_parquet(place / f"{category}.parquet") for category in ("bread", "wine")])
    prices.to_parquet(log.table(PRICES), index=False)
    return log


def _panel(place: Path, ends: pd.DatetimeIndex, first: str) -> SalesLog:
    """A panel of two series with driver columns."""
    wave = np.cos(np.arange(len(ends)))
    parts = [
        pd.DataFrame({SERIES: name, DS: ends, Y: 10.0 + wave, **dict.fromkeys(PANEL_DRIVERS, number + wave)})
        for number, name in enumerate(("north", "south"))
    ]
    pd.concat(parts, ignore_index=True).to_parquet(place / "data.parquet")
    ledger = Ledger(2 * len(ends), 0, 2 * len(ends), 0)
    facts = Facts("panel", first, str(ends[-1].date()), (), False, ledger, drivers=PANEL_DRIVERS)
    return SalesLog(place / "data.parquet", facts)


CHECKS: tuple[Check, ...] = (
    its_rules_make_sense,
    the_fingerprint_stands_still,
    its_table_has_the_declared_form,
    the_same_question_has_the_same_answer,
    later_periods_change_nothing,
)
