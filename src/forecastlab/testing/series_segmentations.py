"""What every segmentation of series must do. A check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np

from forecastlab.schema import Frequency, Grid, SeriesSegmenter
from forecastlab.testing import synthetic

Check = Callable[[SeriesSegmenter], None]


def names_are_declared(segmenter: SeriesSegmenter) -> None:
    """Every series, hard ones too, gets exactly one of the declared names; each is declared once."""
    for grid in (_grid(), synthetic.pathological().grid):
        found = segmenter.classify(grid, 12)
        assert np.shape(found) == (len(grid.ids),), "not one class per series"
        assert {*map(str, found)} <= {*segmenter.segments}, "a name that is not declared"
    assert len({*segmenter.segments}) == len(segmenter.segments) > 1, "a name is declared twice, or there is only one"


def the_order_of_series_does_not_matter(segmenter: SeriesSegmenter) -> None:
    """The same series in another order have the same classes."""
    grid = _grid()
    order = np.random.default_rng(3).permutation(len(grid.ids))
    found = segmenter.classify(grid, 12)
    assert np.array_equal(segmenter.classify(grid.take(order), 12), found[order]), "another order, other classes"


def classifying_is_pure(segmenter: SeriesSegmenter) -> None:
    """Asked twice, or after a trip to a worker, it says the same; the series are left as they were."""
    grid = _grid()
    before = grid.values.copy()
    first = segmenter.classify(grid, 12)
    again = pickle.loads(pickle.dumps(segmenter)).classify(grid, 12)
    assert np.array_equal(first, again), "asked twice, other classes"
    assert grid.values.tobytes() == before.tobytes(), "the series were changed"


def what_was_before_a_series_does_not_count(segmenter: SeriesSegmenter) -> None:
    """Periods before all series begin change nothing."""
    grid = _grid()
    empty = np.full((len(grid.ids), 5), np.nan)
    longer = Grid(grid.ids, Frequency("M").after(grid.ds[0], 41), np.hstack([empty, grid.values]))
    assert np.array_equal(segmenter.classify(longer, 12), segmenter.classify(grid, 12)), "periods before it count"


def nothing_is_no_problem(segmenter: SeriesSegmenter) -> None:
    """No series, no classes; one period, or nothing sold, is classified too."""
    grid = _grid()
    assert len(segmenter.classify(grid.take([]), 12)) == 0, "a class of nothing"
    for values in (grid.values[:, -1:], np.zeros((len(grid.ids), 6))):
        found = segmenter.classify(Grid(grid.ids, grid.ds[-values.shape[1] :], values), 1)
        assert {*map(str, found)} <= {*segmenter.segments}, "a name that is not declared"


def _grid() -> Grid:
    """Series that sell always, often, seldom and in bursts, large and small; every third starts half-way."""
    history = synthetic.history(5, 24, 36, "M", 12)
    rng = np.random.default_rng(8)
    sells = rng.random(history.grid.values.shape) < np.linspace(0.05, 1.2, 24)[:, None]
    bursts = rng.lognormal(0, np.linspace(0, 1.5, 24)[::-1, None], history.grid.values.shape)
    values = np.where(np.isnan(history.grid.values), np.nan, np.round(history.grid.values * sells * bursts))
    return Grid(history.grid.ids, history.grid.ds, values)


CHECKS: tuple[Check, ...] = (
    names_are_declared,
    the_order_of_series_does_not_matter,
    classifying_is_pure,
    what_was_before_a_series_does_not_count,
    nothing_is_no_problem,
)
