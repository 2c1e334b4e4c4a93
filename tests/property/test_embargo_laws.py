"""Folds of any shape over any number of periods: choosing never sees the test folds, and too few is said exactly."""

import itertools
import re
from functools import cache

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from forecastlab.backtest.cutoffs import Cutoffs
from forecastlab.backtest.expanding import Expanding
from forecastlab.backtest.rolling import Rolling
from forecastlab.schema import ConfigError, Frequency

LAST = pd.Timestamp("2024-12-29")


@st.composite
def shapes(draw):
    numbers = {
        "horizon": st.integers(1, 9),
        "gap": st.integers(0, 4),
        "step": st.integers(1, 7),
        "select": st.integers(0, 6),
        "test": st.integers(1, 5),
        "refit_every": st.integers(1, 4),
    }
    shape = {name: draw(number) for name, number in numbers.items()}
    least = draw(st.integers(1, 20))
    return draw(st.sampled_from([Expanding(**shape, min_train=least), Rolling(**shape, window=least)])), least


@cache
def periods(n, code="W-SUN"):
    freq = Frequency(code)
    return pd.date_range(end=LAST, periods=n, freq=freq.offset), freq


def split(part, n, code="W-SUN"):
    ends, freq = periods(n, code)
    assert len(ends) == n
    return ends, part.split(ends, freq)


def needed(part):
    """How many periods the part says that it needs when it is given one."""
    with pytest.raises(ConfigError) as caught:
        split(part, 1)
    return int(re.search(r"need (\d+) periods; the panel has 1\b", str(caught.value))[1])


@settings(max_examples=60, deadline=None)
@given(shapes(), st.integers(0, 30), st.sampled_from(["D", "W-SUN", "W-WED", "M", "Q"]))
def test_when_folds_are_laid_then_selection_ends_before_the_first_test_begins(shape, spare, code):
    part, least = shape
    n = part.horizon + part.gap + least + (part.test + part.select + part.horizon + part.gap) * part.step + spare
    ends, laid = split(part, n, code)
    selects = [fold for fold in laid.folds if fold.role == "select"]
    tests = [fold for fold in laid.folds if fold.role == "test"]
    first_test = tests[0].cutoff
    assert (len(selects), len(tests)) == (part.select, part.test)
    assert all(fold.end <= first_test for fold in selects)
    assert all(fold.end > first_test and fold.cutoff < first_test for fold, _ in laid.dropped)
    assert tests[-1].end == ends[-1]
    cutoffs = [fold.cutoff for fold in laid.folds]
    assert cutoffs == sorted(set(cutoffs))
    places = ends.get_indexer(pd.DatetimeIndex(cutoffs))
    assert places.min() + 1 >= least
    # Nothing lies between the selection folds, the dropped ones and the test folds: none was passed over.
    everything = sorted([*places, *ends.get_indexer(pd.DatetimeIndex([fold.cutoff for fold, _ in laid.dropped]))])
    between = [b - a for a, b in itertools.pairwise(everything) if a >= places.min()]
    assert set(between) <= {part.step}
    assert [fold.block for fold in laid.folds] == [i // part.refit_every for i in range(len(laid.folds))]


@settings(max_examples=60, deadline=None)
@given(shapes())
def test_when_periods_are_too_few_then_the_number_that_is_missing_is_exact(shape):
    part, least = shape
    assume(part.horizon + part.gap + least > 1)
    enough = needed(part)
    _, laid = split(part, enough)
    assert len(laid.folds) == part.select + part.test
    for n in {1, enough // 2, enough - 1} - {0}:
        with pytest.raises(ConfigError, match=rf"need {enough} periods; the panel has {n}[.;] ask for {enough - n} "):
            split(part, n)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(4, 38), max_size=6, unique=True),
    st.lists(st.integers(4, 38), max_size=4, unique=True),
    st.integers(1, 6),
    st.integers(0, 3),
)
def test_when_cutoffs_are_named_then_those_that_reach_into_the_test_are_dropped(select, test, horizon, gap):
    assume(all(place + gap + horizon <= 39 for place in [*select, *test]))
    assume(not set(select) & set(test))
    ends, freq = periods(40)
    named = [[str(ends[place].date()) for place in places] for places in (select, test)]
    part = Cutoffs(horizon, gap, *named, 1, 5)
    limit = min(test, default=39)
    kept = sorted(place for place in select if place + gap + horizon <= limit)
    if not kept and not test:
        with pytest.raises(ConfigError, match="no-folds"):
            part.split(ends, freq)
        return
    laid = part.split(ends, freq)
    assert [fold.cutoff for fold in laid.folds if fold.role == "select"] == list(ends[kept])
    assert [fold.cutoff for fold in laid.folds if fold.role == "test"] == list(ends[sorted(test)])
    assert {fold.cutoff for fold, _ in laid.dropped} == {ends[place] for place in select if place not in kept}
