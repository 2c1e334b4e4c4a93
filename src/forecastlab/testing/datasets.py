"""What every dataset must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecastlab.schema import Dataset, Facts, Frequency, duration_days, names

if TYPE_CHECKING:
    import pyarrow as pa

Check = Callable[[Dataset], None]

BESIDE = ("prices.", "truth_")
"""Files of a made-up shop that are no tables of its log: one is for a driver, the others for those who judge."""


def its_calendar_makes_sense(dataset: Dataset) -> None:
    """The frequency exists, the season is a number of periods, the warm-up a duration."""
    assert Frequency(dataset.freq).season >= 1
    declared = [dataset.season] if isinstance(dataset.season, int) else dataset.season or ()
    assert declared == "detect" or all(season >= 1 for season in declared), f"a season of {dataset.season}"
    assert dataset.warmup is None or duration_days(dataset.warmup, "warmup") > 0, f"a warm-up of {dataset.warmup}"


def the_fingerprint_stands_still(dataset: Dataset) -> None:
    """The same content has the same fingerprint."""
    assert dataset.fingerprint() and dataset.fingerprint() == dataset.fingerprint(), "no fingerprint, or a new one"


def what_is_loaded_fits_its_facts(dataset: Dataset) -> None:
    """The file has the columns, types, days, rows and money that the facts tell, and every row is accounted for."""
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        target = Path(place, "data.parquet")
        facts = dataset.load(target)
        wanted = {target.name, *(f"{name}.parquet" for name in facts.tables)}
        left = {path.name for path in Path(place).iterdir() if not path.name.startswith(BESIDE)}
        assert left == wanted, "what lies beside the file is not the tables that the facts tell of"
        table = pq.read_table(target)
    again = Facts(**json.loads(json.dumps(dataclasses.asdict(facts))))
    assert again.first_day == facts.first_day, "the facts do not survive JSON"
    assert pd.Timestamp(facts.first_day) <= pd.Timestamp(facts.last_day), "it ends before it begins"
    assert set(facts.dimensions) <= set(table.column_names), "a dimension that is not in the file"
    holes = [name for name in facts.dimensions if table[name].null_count]
    assert not holes, f"dimensions with holes: {', '.join(holes)}"
    assert facts.kind in ("log", "panel"), f"the kind {facts.kind} is not known"
    (_check_log if facts.kind == "log" else _check_panel)(table, facts, dataset)


def _check_log(table: pa.Table, facts: Facts, dataset: Dataset) -> None:
    ledger = facts.ledger
    assert ledger.balanced, "rows or money in are not rows or money used and dropped"
    assert len(table) == ledger.rows_used, f"{len(table)} rows, the ledger says {ledger.rows_used}"
    amounts = table[names.AMOUNT].to_numpy()
    assert amounts.dtype == np.int64, f"amounts are {amounts.dtype}, not whole cents"
    assert int(amounts.sum()) == ledger.cents_used, "the money is not that of the ledger"
    times = pd.DatetimeIndex(table[names.TIME].to_numpy())
    assert facts.first_day <= str(times.min().date()), "a row before the first day"
    assert str(times.max().date()) <= facts.last_day, "a row after the last day"
    customers = table[names.CUSTOMER].unique().to_pylist()
    assert all(name is None or (isinstance(name, str) and name) for name in customers), "ids are not text, or empty"
    assert facts.has_quantity == (names.QUANTITY in table.column_names), "quantity is not as the facts say"
    assert facts.has_basket == (names.BASKET in table.column_names), "basket_id is not as the facts say"


def _check_panel(table: pa.Table, facts: Facts, dataset: Dataset) -> None:
    assert {names.SERIES, names.DS, names.Y} <= set(table.column_names), "not unique_id, ds, y"
    assert facts.ledger.balanced, "rows in are not rows used and dropped"
    frame = table.to_pandas()
    assert not frame.duplicated([names.SERIES, names.DS]).any(), "a series and period is there twice"
    ends = Frequency(dataset.freq).ends(pd.Timestamp(facts.first_day), pd.Timestamp(facts.last_day))
    days = pd.DatetimeIndex(frame.loc[frame[names.Y].notna(), names.DS])
    assert days.isin(ends).all(), "dates that are not ends of periods"
    assert days.max() == pd.Timestamp(facts.last_day), "the last day is not that of the last value"
    changing = [name for name in facts.dimensions if (frame.groupby(names.SERIES)[name].nunique() > 1).any()]
    assert not changing, f"attributes that change within a series: {', '.join(changing)}"
    missing = sorted({*facts.drivers} - {*table.column_names})
    assert not missing, f"drivers that are not in the file: {', '.join(missing)}"
    endless = [name for name in facts.drivers if np.isinf(frame[name]).any()]
    assert not endless, f"drivers that are not finite: {', '.join(endless)}"


CHECKS: tuple[Check, ...] = (
    its_calendar_makes_sense,
    the_fingerprint_stands_still,
    what_is_loaded_fits_its_facts,
)
