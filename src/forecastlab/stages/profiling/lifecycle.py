"""The life cycle of the customers as a segmentation sees it: what it is made of over time, and who moved where."""

from __future__ import annotations

from forecastlab.schema import DataError, Fault, SalesLog, Segmenter
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.composition import composition, migration
from forecastlab.stages.profiling.told import Told


def lifecycle(log: SalesLog, segmenter: Segmenter, calendar: Calendar) -> Told:
    """Segments over the periods (table ``composition``) and moves in the last quarter of a season (``migration``).

    By the segmentation as learnt on the last complete period. Raises ConfigError for attributes that the data lacks.
    """
    ends = calendar.ends(log.facts)
    if not len(ends):
        what = f"there is no complete period of {calendar.freq.code} after the warm-up"
        raise DataError(Fault("no-period", "dataset.warmup", what, "type dataset.warmup=null, or another dataset.freq"))
    until, periods = ends[-1], max(calendar.season // 4, 1)
    moves = migration(log, segmenter, until, calendar, periods).rename_axis(index="from", columns=None).reset_index()
    tables = {"composition": composition(log, segmenter, until, until, calendar), "migration": moves}
    return Told(tables, {"periods": float(periods)}, {"until": str(until.date()), "freq": calendar.freq.code})
