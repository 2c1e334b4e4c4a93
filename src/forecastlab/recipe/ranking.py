"""What a config says of ranking, with what the target usually has in place of what it leaves open."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from forecastlab.recipe.settings import Compare
from forecastlab.schema import ConfigError, Fault, Metric, nearest
from forecastlab.stages.ranking import CUSTOMERS, USUAL, USUALS, Of

OF_SERIES = ("wape", "mase")
"""Measures that rank series."""

_WORDS = {"series": "series of sales", "items": "items for customers"}
_WORDS |= {of: f"{of}s of customers" for of in CUSTOMERS if of not in _WORDS}


def usual(compare: Compare, of: Of) -> Compare:
    """The settings with every ``usual`` replaced."""
    known = USUALS[of]
    open_ones = {name: getattr(known, name) for name in ("baseline", "level", "metric")}
    return dataclasses.replace(compare, **{k: v for k, v in open_ones.items() if getattr(compare, k) == USUAL})


def check_metrics(compare: Compare, kept: Mapping[str, Metric], of: Of) -> None:
    """Raise ConfigError where no measure says anything of this target, or none of them ranks."""
    faults = list(_faults(compare, kept, of))
    if faults:
        raise ConfigError(faults)


def _faults(compare: Compare, kept: Mapping[str, Metric], of: Of) -> Iterator[Fault]:
    if not kept:
        yield Fault("unserved-metric", "metric", f"none of the measures says anything of {_WORDS[of]}", "add one")
    elif of == "series" and compare.metric not in OF_SERIES:
        what = f"found {compare.metric}, series are ranked by {' or '.join(OF_SERIES)}"
        yield Fault("unserved-metric", "compare.metric", what, "type compare.metric=wape")
    elif of != "series" and compare.metric not in kept:
        what = f"found {compare.metric}, measures of this run are {', '.join(kept)}"
        yield Fault(
            "unserved-metric", "compare.metric", what, nearest(compare.metric, list(kept)) or "add it to metric"
        )
