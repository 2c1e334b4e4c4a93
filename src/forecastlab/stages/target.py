"""What is asked for, held against what the dataset has."""

from __future__ import annotations

from forecastlab.schema import ConfigError, Facts, Fault, Segmenter, nearest
from forecastlab.schema.names import DS, LEVEL, SEGMENT, SERIES, Y
from forecastlab.target.sales import Sales

RESERVED = {SEGMENT, LEVEL, SERIES, DS, Y, "kind", "n"}
"""Columns of panels, which a dimension may not be called."""


def check(target: Sales, facts: Facts) -> None:
    """Compare the target with the dataset before any row is read. Raises ConfigError, all faults at once."""
    allowed = (SEGMENT, *facts.dimensions) if facts.kind == "log" else (SEGMENT,)
    where = "target.series_by"
    faults = [
        Fault("unknown-dimension", where, f"found {key!r}, allowed are {', '.join(allowed)}", nearest(key, allowed))
        for key in target.series_by
        if key not in allowed
    ]
    if len(set(target.series_by)) < len(target.series_by):
        faults.append(Fault("duplicate-dimension", where, f"found {', '.join(target.series_by)}", "name each once"))
    reserved = sorted({*target.series_by} & {*facts.dimensions} & RESERVED)
    if reserved:
        what = f"the dataset calls a dimension {', '.join(reserved)}, a word with a meaning of its own"
        faults.append(Fault("reserved-dimension", where, what, "give the dimension another name in the dataset"))
    if facts.kind == "panel" and target.value != "amount":
        what = f"found {target.value!r}, a ready-made panel has one figure only"
        faults.append(Fault("panel-value", "target.value", what, "type target.value=amount"))
    if facts.kind == "log" and target.value == "quantity" and not facts.has_quantity:
        faults.append(Fault("no-quantity", "target.value", "the dataset has no quantity", "type target.value=amount"))
    if faults:
        raise ConfigError(faults)


def cuts(target: Sales, segmenter: Segmenter) -> tuple[str, ...]:
    """The cuts that make a difference: a segmentation that knows one segment only cuts nothing."""
    return tuple(key for key in target.series_by if key != SEGMENT or len(segmenter.segments) > 1)
