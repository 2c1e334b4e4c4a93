"""What is asked for, held against what the dataset has."""

from __future__ import annotations

from forecastlab.schema import ConfigError, Facts, Fault, Segmenter, nearest
from forecastlab.schema.names import SEGMENT
from forecastlab.target.sales import Sales


def check(target: Sales, facts: Facts) -> None:
    """Compare the target with the dataset before any row is read. Raises ConfigError, all faults at once."""
    allowed = (SEGMENT, *facts.dimensions)
    where = "target.series_by"
    faults = [
        Fault("unknown-dimension", where, f"found {key!r}, allowed are {', '.join(allowed)}", nearest(key, allowed))
        for key in target.series_by
        if key not in allowed
    ]
    if len(set(target.series_by)) < len(target.series_by):
        faults.append(Fault("duplicate-dimension", where, f"found {', '.join(target.series_by)}", "name each once"))
    if target.value == "quantity" and not facts.has_quantity:
        faults.append(Fault("no-quantity", "target.value", "the dataset has no quantity", "type target.value=amount"))
    if faults:
        raise ConfigError(faults)


def cuts(target: Sales, segmenter: Segmenter) -> tuple[str, ...]:
    """The cuts that make a difference: a segmentation that knows one segment only cuts nothing."""
    return tuple(key for key in target.series_by if key != SEGMENT or len(segmenter.segments) > 1)
