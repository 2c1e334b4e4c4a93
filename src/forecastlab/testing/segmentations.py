"""The checks of ``segmenters``, each on a small made-up log of its own, so that a segmentation is all they need."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial, update_wrapper
from pathlib import Path

from forecastlab.schema import Frequency, Segmenter
from forecastlab.stages.calendar import Calendar
from forecastlab.testing import segmenters
from forecastlab.testing.logs import random_rows, write_log

Check = Callable[[Segmenter], None]
CALENDAR = Calendar(Frequency("W-SUN"), 28, 52)
SPAN = ("2024-01-03", "2024-07-20")


def _on_a_small_log(check: segmenters.Check, segmenter: Segmenter) -> None:
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        log = write_log(random_rows(7, 60, 200, 1_500, SPAN[0]), Path(place, "log.parquet"), *SPAN, False)
        check(segmenter, log, CALENDAR)


CHECKS: tuple[Check, ...] = tuple(update_wrapper(partial(_on_a_small_log, check), check) for check in segmenters.CHECKS)
