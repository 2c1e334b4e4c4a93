"""What every measure of lists must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from forecastlab.schema import Listed, Metric, Scored

Check = Callable[[Metric], None]
LISTS, LENGTH = 30, 8


def all_hits_are_best_and_none_worst(metric: Metric) -> None:
    """Lists of which all is bought are scored best, lists of which nothing is bought worst: 0."""
    none, every = (_scored(np.full(LISTS * LENGTH, value)) for value in (0.0, 1.0))
    some = _scored(np.random.default_rng(1).integers(0, 2, LISTS * LENGTH).astype(float))
    low, middle, high = (metric.score(each) for each in (none, some, every))
    assert low == 0 and low < middle <= high, f"scores of nothing, some and all bought: {low}, {middle}, {high}"
    best = getattr(metric, "target", 0.0)
    assert math.isinf(best) or high == best, f"all bought is scored {high}, the best is {best}"


def rows_have_no_order(metric: Metric) -> None:
    """The score does not depend on the order of the rows, nor on how the lists are numbered."""
    scored = _noisy()
    turned = scored.take(np.random.default_rng(3).permutation(len(scored)))
    expected = metric.score(scored)
    assert math.isclose(metric.score(turned), expected, rel_tol=1e-12), "another order, another score"
    renumbered = replace(turned, series=1000 - turned.series)
    assert math.isclose(metric.score(renumbered), expected, rel_tol=1e-12), "other numbers, another score"


def it_only_looks(metric: Metric) -> None:
    """Scoring twice gives the same bits and changes nothing."""
    scored = _noisy()
    assert scored.listed is not None
    for array in (scored.y, scored.yhat, scored.series, scored.listed.rank, scored.listed.wanted):
        array.setflags(write=False)
    assert metric.score(scored) == metric.score(scored), "twice the same rows, two scores"


def what_is_no_list_is_undefined(metric: Metric) -> None:
    """Without rows, without lists, or with a score that is no number there is no measure, and never an infinite one."""
    scored = _noisy()
    no_number = replace(scored, yhat=np.where(np.arange(len(scored)) == 3, np.nan, scored.yhat))
    empty = scored.take(np.zeros(len(scored), dtype=bool))
    for case in (replace(scored, listed=None), no_number, empty):
        assert math.isnan(metric.score(case)), "what cannot be judged was judged"
    idle = Listed(np.ones_like(scored.series), np.zeros_like(scored.y), np.zeros_like(scored.y))
    assert not math.isinf(metric.score(replace(scored, listed=idle))), "infinite"


def _noisy() -> Scored:
    return _scored(np.random.default_rng(2).integers(0, 2, LISTS * LENGTH).astype(float))


def _scored(y: np.ndarray) -> Scored:
    series = np.repeat(np.arange(LISTS), LENGTH)
    rank = np.tile(np.arange(1, LENGTH + 1), LISTS)
    listed = Listed(rank, np.full(len(y), float(LENGTH)), (rank % 3 == 1).astype(float))
    hole = np.full(len(y), np.nan)
    if (y == 1).all():  # the best there can be: all that was wanted stands among the first of the list
        listed = replace(listed, wanted=np.full(len(y), 5.0))
    return Scored(y, 1.0 / rank, series, hole, hole, hole, {}, listed=listed)


CHECKS: tuple[Check, ...] = (
    all_hits_are_best_and_none_worst,
    rows_have_no_order,
    it_only_looks,
    what_is_no_list_is_undefined,
)
