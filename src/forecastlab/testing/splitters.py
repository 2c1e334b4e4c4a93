"""What every backtest must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them.

The periods are 156 weeks that end on Saturdays, from 2015-01-10 to 2017-12-30.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pandas as pd

from forecastlab.schema import ConfigError, Frequency, Split, Splitter
from forecastlab.schema.names import SELECT, TEST

Check = Callable[[Splitter], None]
FREQ = Frequency("W-SAT")
ENDS = FREQ.ends(pd.Timestamp("2015-01-04"), pd.Timestamp("2017-12-30"))


def folds_lie_inside_the_data(splitter: Splitter) -> None:
    """A fold starts at the end of a period, has a past, and its last asked period has come to pass."""
    folds = _split(splitter).folds
    assert len(folds), "there is no fold"
    for fold in folds:
        assert fold.cutoff in ENDS, f"{fold.cutoff.date()} is not the end of a period"
        assert fold.end <= ENDS[-1], f"the fold at {fold.cutoff.date()} asks for what has not come to pass"
        assert fold.horizon >= 1 and fold.gap >= 0 and fold.role in (SELECT, TEST), "a fold without sense"
        assert fold.train is None or fold.train >= 1, "a fold that may learn from nothing"
        assert fold.dates[0] > fold.cutoff and len(fold.dates) == fold.horizon, "a fold that asks for its own past"


def folds_are_in_order_of_time(splitter: Splitter) -> None:
    """Cutoffs rise, no two are the same, and folds come in one length."""
    folds = _split(splitter).folds
    cutoffs = [fold.cutoff for fold in folds]
    assert cutoffs == sorted(set(cutoffs)), "cutoffs are out of order or double"
    assert len({(fold.horizon, fold.gap, fold.train) for fold in folds}) == 1, "folds of different lengths"


def choosing_never_sees_the_test_folds(splitter: Splitter) -> None:
    """Every selection fold ends at or before the first test cutoff (the embargo)."""
    folds = _split(splitter).folds
    tests = [fold.cutoff for fold in folds if fold.role == TEST]
    late = [str(fold.cutoff.date()) for fold in folds if fold.role == SELECT and tests and fold.end > min(tests)]
    assert not late, f"selection folds that reach into the test: {', '.join(late)}"


def blocks_count_the_fits(splitter: Splitter) -> None:
    """Blocks are numbered from zero without holes; a block is a run of neighbouring folds."""
    blocks = [fold.block for fold in _split(splitter).folds]
    assert blocks[0] == 0, "the first block is not 0"
    assert all(b - a in (0, 1) for a, b in itertools.pairwise(blocks)), f"blocks {blocks}"


def what_is_dropped_says_why(splitter: Splitter) -> None:
    """Folds that were taken away come with a reason and are not among the others."""
    split = _split(splitter)
    kept = {(fold.cutoff, fold.role) for fold in split.folds}
    assert all(why for _, why in split.dropped), "a fold was dropped without a reason"
    assert not kept & {(fold.cutoff, fold.role) for fold, _ in split.dropped}, "a fold is both kept and dropped"


def too_little_data_is_an_error(splitter: Splitter) -> None:
    """With one period only there is no fold, and the config is told so."""
    try:
        splitter.split(ENDS[:1], FREQ)
    except ConfigError:
        return
    raise AssertionError("a single period was split without an error")


def it_is_deterministic(splitter: Splitter) -> None:
    """The same periods give the same folds."""
    assert _split(splitter) == _split(splitter), "twice the same periods, two splits"


def _split(splitter: Splitter) -> Split:
    return splitter.split(ENDS, FREQ)


CHECKS: tuple[Check, ...] = (
    folds_lie_inside_the_data,
    folds_are_in_order_of_time,
    choosing_never_sees_the_test_folds,
    blocks_count_the_fits,
    what_is_dropped_says_why,
    too_little_data_is_an_error,
    it_is_deterministic,
)
