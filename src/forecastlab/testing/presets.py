"""What every plan must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from forecastlab.schema import ConfigError, Outlook, Preset, names, quantile_column
from forecastlab.stages.levels import series_id

Check = Callable[[Preset], None]
STEPS, ORIGINS = 4, 8
LEVELS = (0.05, 0.1, 0.5, 0.9, 0.95)


def it_writes_a_table_that_can_be_opened(preset: Preset) -> None:
    """At least one row, plain columns, every cell a text, a date or a finite number, and notes for its readers."""
    plan = preset.plan(_outlook(preset))
    assert len(plan.table), "the table is empty"
    assert plan.table.columns.is_unique, "a column is there twice"
    numbers = plan.table.select_dtypes("number").to_numpy(dtype=float)
    assert np.isfinite(numbers).all(), "a figure is not finite"
    assert plan.notes and all(plan.notes), "there are no notes for its readers"


def it_names_what_it_is_cut_by(preset: Preset) -> None:
    """Every row names its product, its segment or its region; no id of a series is shown."""
    table = preset.plan(_outlook(preset)).table
    by = _by(preset)
    assert set(by) <= set(table.columns), f"columns {', '.join(by)} are missing"
    assert not table.astype(str).apply(lambda column: column.str.contains("=")).any().any(), (
        "an id of a series is shown"
    )


def a_larger_error_makes_no_narrower_plan(preset: Preset) -> None:
    """Where the backtest was wrong by more, intervals and stocks are not smaller."""
    outlook = _outlook(preset)
    worse = outlook.band.assign(y=outlook.band[names.YHAT] + 3 * (outlook.band[names.Y] - outlook.band[names.YHAT]))
    small, large = (_width(preset.plan(each).table) for each in (outlook, dataclasses.replace(outlook, band=worse)))
    assert large >= small, f"with errors three times as large it is {large:.3g} wide, before {small:.3g}"


def what_is_not_foretold_is_refused(preset: Preset) -> None:
    """A method that foretells the total alone makes no plan of parts, and the error says what to register."""
    outlook = _outlook(preset)
    total = outlook.forecast[outlook.forecast[names.LEVEL] == names.TOTAL]
    try:
        preset.plan(dataclasses.replace(outlook, forecast=total))
    except ConfigError as error:
        assert "register" in str(error), f"it does not say what to register: {error}"
    else:
        raise AssertionError("it plans parts of a total that was never cut")


def frames_are_left_as_they_were(preset: Preset) -> None:
    """No frame is written into."""
    outlook = _outlook(preset)
    frames = {name: getattr(outlook, name).copy(deep=True) for name in ("forecast", "band", "past", "keys")}
    preset.plan(outlook)
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(getattr(outlook, name), frame)


def _by(preset: Preset) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(preset, "by", ("product",))
    return found


def _width(table: pd.DataFrame) -> float:
    """How wide a plan is: its interval, or its safety stock."""
    if {"low", "high"} <= set(table.columns):
        return float((table["high"] - table["low"]).sum())
    return float(table.filter(like="safety").sum().sum())


def _outlook(preset: Preset) -> Outlook:
    """Four parts and their total, in pieces: eight origins of a backtest, a past, and a forecast."""
    rng = np.random.default_rng(6)
    by = _by(preset)
    parts = [[f"{key} {number}" for key in by] for number in range(4)]
    level = "/".join(by)
    ids = [series_id(by, part) for part in parts]
    keys = pd.DataFrame([*parts, [""] * len(by)], index=[*ids, names.TOTAL], columns=list(by))
    ends = pd.date_range("2024-01-07", periods=60, freq="W-SUN")
    past = _long(rng, [*ids, names.TOTAL], ends[:40])
    cutoffs = [ends[39 - STEPS * i] for i in range(ORIGINS, 0, -1)]
    band = pd.concat([_told(rng, ids, level, cutoff) for cutoff in cutoffs], ignore_index=True)
    forecast = _told(rng, ids, level, ends[39]).drop(columns=names.Y)
    return Outlook(forecast, band, past, keys, "quantity", "pieces")


def _long(rng: np.random.Generator, ids: Sequence[str], ends: pd.DatetimeIndex) -> pd.DataFrame:
    frame = pd.MultiIndex.from_product([ids, ends], names=[names.SERIES, names.DS]).to_frame(index=False)
    return frame.assign(**{names.Y: rng.uniform(50, 150, len(frame))})


def _told(rng: np.random.Generator, ids: Sequence[str], level: str, cutoff: pd.Timestamp) -> pd.DataFrame:
    frame = _long(rng, [*ids, names.TOTAL], pd.date_range(cutoff, periods=STEPS + 1, freq="W-SUN")[1:])
    frame[names.STEP] = frame.groupby(names.SERIES).cumcount() + 1
    frame[names.CUTOFF] = cutoff
    frame[names.LEVEL] = np.where(frame[names.SERIES] == names.TOTAL, names.TOTAL, level)
    frame[names.SEGMENT] = ""
    frame[names.YHAT] = frame[names.Y] + rng.normal(0, 20, len(frame))
    for quantile in LEVELS:
        frame[quantile_column(quantile)] = frame[names.YHAT] + 60 * (quantile - 0.5)
    return frame


CHECKS: tuple[Check, ...] = (
    it_writes_a_table_that_can_be_opened,
    it_names_what_it_is_cut_by,
    a_larger_error_makes_no_narrower_plan,
    what_is_not_foretold_is_refused,
    frames_are_left_as_they_were,
)
