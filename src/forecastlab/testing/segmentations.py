"""The checks of ``segmenters``, each on a small made-up log of its own, so that a segmentation is all they need."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial, update_wrapper
from pathlib import Path

import numpy as np

from forecastlab.schema import Frequency, SalesLog, Segmenter
from forecastlab.schema.names import UNKNOWN
from forecastlab.stages.attributes import LEADS, parse
from forecastlab.stages.calendar import Calendar
from forecastlab.testing import segmenters
from forecastlab.testing.logs import random_rows, random_table, write_log, write_tables

Check = Callable[[Segmenter], None]
CALENDAR = Calendar(Frequency("W-SUN"), 28, 52)
SOME = "some"
"""A kind that rows of every made-up table have."""
SPAN = ("2024-01-03", "2024-07-20")


def _on_a_small_log(check: segmenters.Check, segmenter: Segmenter) -> None:
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        check(segmenter, _log_for(segmenter, Path(place, "log.parquet")), CALENDAR)


def _log_for(segmenter: Segmenter, path: Path) -> SalesLog:
    """A small log that has whatever the segmentation asks for: made-up dimensions, and further tables of all kinds."""
    rows = random_rows(7, 60, 200, 1_500, SPAN[0])
    wanted = [parse(asked, rows.columns) for asked in segmenter.attributes]
    kinds: dict[str, set[str]] = {LEADS: {SOME}}
    for i, attribute in enumerate(wanted):
        if attribute.table:
            kinds.setdefault(attribute.table, {SOME}).add(attribute.kind or SOME)
        elif attribute.asked not in rows:
            rows[attribute.asked] = np.random.default_rng(i).choice(["a", "b", "c", UNKNOWN], len(rows))
    tables = {
        table: random_table(i, 60, 200, 400, SPAN[0], sorted(of_table))
        for i, (table, of_table) in enumerate(kinds.items())
    }
    return write_tables(write_log(rows, path, *SPAN, False), tables)


CHECKS: tuple[Check, ...] = tuple(update_wrapper(partial(_on_a_small_log, check), check) for check in segmenters.CHECKS)
