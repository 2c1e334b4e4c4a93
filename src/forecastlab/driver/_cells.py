"""How cells become days and numbers; one that has another form is a fault, never a guess."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import Fault

_NUMBER = r"[+-]?([0-9]+({0}[0-9]*)?|{0}[0-9]+)([eE][+-]?[0-9]+)?"


def days_in(cells: pd.Series, date_format: str, clock: bool, where: str, faults: list[Fault]) -> pd.Series:
    """The days of a column of dates, or with ``clock`` its moments; cells that are none are added to ``faults``."""
    where = f"{where}, column {str(cells.name)!r}"
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        what = "its times have a time zone, so it is not clear which day they are"
        faults.append(Fault("zoned-time", where, what, "write the local day"))
        return pd.Series(pd.NaT, cells.index)
    if pd.api.types.is_numeric_dtype(cells.dtype):
        what = "it has numbers where dates are wanted"
        faults.append(Fault("bad-date", where, what, "write dates, or text with date_format"))
        return pd.Series(pd.NaT, cells.index)
    written = cells.dtype == object and isinstance(cells.dropna().iloc[0] if cells.notna().any() else "", str)
    days = pd.to_datetime(cells, format=date_format if written else None, errors="coerce")
    days = days if clock else days.dt.normalize()
    bad = days.isna().to_numpy()
    if bad.any():
        what = f"not a date as {date_format} in {_count(bad)}, the first {_row(bad)}"
        faults.append(Fault("bad-date", where, what, "mend them, or set driver.table.date_format"))
    return days


def numbers_in(cells: pd.Series, decimal: str, where: str, faults: list[Fault]) -> pd.Series:
    """The numbers of a column, NaN where a cell is empty; cells that are none are added to ``faults``."""
    if pd.api.types.is_numeric_dtype(cells.dtype):
        values = cells.to_numpy(dtype=float, na_value=np.nan)
        bad = np.isinf(values)
    else:
        form = re.compile(_NUMBER.format(re.escape(decimal)))
        text = ["" if pd.isna(cell) else str(cell) for cell in cells]
        fits = [form.fullmatch(cell) is not None for cell in text]
        pairs = zip(text, fits, strict=True)
        values = np.array([float(cell.replace(decimal, ".")) if fit else np.nan for cell, fit in pairs])
        bad = np.array([cell != "" for cell in text]) & ~np.isfinite(values)
    if bad.any():
        what = f"not a number in {_count(bad)}, the first {_row(bad)}"
        faults.append(
            Fault(
                "not-a-number",
                f"{where}, column {str(cells.name)!r}",
                what,
                f"mend them; the decimal sign is {decimal!r}",
            )
        )
    return pd.Series(values, cells.index)


def _count(bad: NDArray[np.bool_]) -> str:
    return f"{int(bad.sum())} row{'s' if bad.sum() > 1 else ''}"


def _row(bad: NDArray[np.bool_]) -> str:
    """Where the first bad cell is, counted from the first row after the header."""
    return f"in row {int(bad.argmax()) + 1}"
