"""What is asked for, held against what the dataset has and what the segmentation can do."""

from __future__ import annotations

from collections.abc import Iterator

from forecastlab.schema import ConfigError, Facts, Fault, Frequency, Segmenter, SeriesSegmenter, nearest
from forecastlab.schema.names import DS, FUTURE, LEVEL, SEGMENT, SERIES, Y
from forecastlab.target.sales import Sales

RESERVED = {SEGMENT, LEVEL, SERIES, DS, Y, "kind", "n"}
"""Columns of panels, which a dimension may not be called."""


def check(target: Sales, facts: Facts, segmenter: Segmenter | SeriesSegmenter) -> None:
    """Compare the target with the data and the segmentation before any row is read. Raises ConfigError, all faults."""
    faults = [*_dimensions(target, facts), *_values(target, facts), *_segments(target, facts, segmenter)]
    if faults:
        raise ConfigError(faults)


def _dimensions(target: Sales, facts: Facts) -> Iterator[Fault]:
    allowed = (SEGMENT, *facts.dimensions) if facts.kind == "log" else (SEGMENT,)
    where = "target.series_by"
    for key in target.series_by:
        if key not in allowed:
            what, fix = f"found {key!r}, allowed are {', '.join(allowed)}", nearest(key, allowed)
            yield Fault("unknown-dimension", where, what, fix or "type target.series_by=[] for the total alone")
    if len(set(target.series_by)) < len(target.series_by):
        yield Fault("duplicate-dimension", where, f"found {', '.join(target.series_by)}", "name each once")
    reserved = sorted({*target.series_by} & {*facts.dimensions} & RESERVED)
    if reserved:
        what = f"the dataset calls a dimension {', '.join(reserved)}, a word with a meaning of its own"
        yield Fault("reserved-dimension", where, what, "give the dimension another name in the dataset")


def _values(target: Sales, facts: Facts) -> Iterator[Fault]:
    if facts.kind == "panel" and target.value != "amount":
        what = f"found {target.value!r}, a ready-made panel has one figure only"
        yield Fault("panel-value", "target.value", what, "type target.value=amount")
    if facts.kind == "log" and Frequency(target.freq).of_clock:
        what = f"found {target.freq}: who bought when, and segments, are counted by days"
        fix = "type target.freq=D, or sum the hours into a ready-made panel (dataset=panel_parquet)"
        yield Fault("hours-of-log", "target.freq", what, fix)
    if facts.kind == "log" and target.value == "quantity" and not facts.has_quantity:
        yield Fault("no-quantity", "target.value", "the dataset has no quantity", "type target.value=amount")


def _segments(target: Sales, facts: Facts, segmenter: Segmenter | SeriesSegmenter) -> Iterator[Fault]:
    if isinstance(segmenter, SeriesSegmenter) and facts.kind == "log" and not cuts(target, segmenter):
        there = ", ".join(facts.dimensions) or "none"
        what = f"the segmentation gives classes to series, and the total alone is foretold; dimensions are {there}"
        fix = f"type target.series_by=[{facts.dimensions[0]}]" if facts.dimensions else "type segmentation=lifecycle"
        yield Fault("no-series", "target.series_by", what, fix)
    if target.membership != "frozen":
        return
    rolling = "or target.membership=rolling"
    if facts.kind == "panel":
        what = "found frozen, a ready-made panel has no customers who could keep a segment"
        yield Fault("frozen-panel", "target.membership", what, "type target.membership=rolling")
    elif isinstance(segmenter, SeriesSegmenter) or len(segmenter.segments) < 2:
        what = "found frozen, the segmentation does not tell customers apart, so there is nothing to keep"
        yield Fault("frozen-segments", "target.membership", what, f"type segmentation=lifecycle, {rolling}")
    elif SEGMENT not in target.series_by:
        what = "found frozen, the target is not cut by segment, so there is nothing to keep"
        wanted = ",".join([*target.series_by, SEGMENT])
        yield Fault("frozen-uncut", "target.membership", what, f"type target.series_by=[{wanted}], {rolling}")
    elif FUTURE in segmenter.segments:
        what = f"the segmentation calls a segment {FUTURE}, the name of customers first seen after the cutoff"
        yield Fault("reserved-segment", "segmentation", what, "give the segment another name")


def cuts(target: Sales, segmenter: Segmenter | SeriesSegmenter) -> tuple[str, ...]:
    """The cuts that make a difference: no segment where there is one only, or where series have it, not customers."""
    tells = len(segmenter.segments) > 1 and not isinstance(segmenter, SeriesSegmenter)
    return tuple(key for key in target.series_by if key != SEGMENT or tells)
