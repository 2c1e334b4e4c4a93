"""Rows in bins are made once; trees grown on kept ones are those grown on fresh ones, bit by bit."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest
from numpy.typing import NDArray

from forecastlab.model import _matrix
from forecastlab.model.xgboost import Xgboost

Rows = tuple[NDArray[np.float64], NDArray[np.float64]]


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_matrix, "_kept", OrderedDict())


def rows(seed: int) -> Rows:
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(300, 4))
    x[draw.random(x.shape) < 0.1] = np.nan
    return x, np.nan_to_num(x[:, 0]) * 3 + draw.normal(size=300)


def trees(depth: int, shares: float) -> Xgboost:
    return Xgboost({}, [], [], "level", "squared", 9, 0.3, depth, 1.0, shares, shares, 0.0, 1.0, 7)


def test_when_the_same_rows_are_asked_for_again_then_they_are_binned_once() -> None:
    x, y = rows(1)
    assert _matrix.matrix(x, y) is _matrix.matrix(x.copy(), y.copy())
    assert _matrix.matrix(x, y) is not _matrix.matrix(x, y + 1)
    assert _matrix.matrix(x[:, :3], y) is not _matrix.matrix(x, y)


@pytest.mark.parametrize("shares", [1.0, 0.7])
def test_when_trees_are_grown_on_kept_rows_then_they_are_the_same_bits(shares: float) -> None:
    x, y = rows(2)
    fresh = {}
    for depth in (2, 5):
        _matrix._kept.clear()
        fresh[depth] = trees(depth, shares).learn(x, y).json.tobytes()
    for depth in (5, 2, 5):
        assert trees(depth, shares).learn(x, y).json.tobytes() == fresh[depth]


def test_when_there_is_no_more_room_then_what_was_not_used_for_longest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (rows(seed) for seed in (3, 4, 5))
    monkeypatch.setattr(_matrix, "ROOM", 2 * first[0].size)
    kept = _matrix.matrix(*first)
    _matrix.matrix(*second)
    assert _matrix.matrix(*first) is kept
    _matrix.matrix(*third)
    assert _matrix.matrix(*first) is kept
    assert len(_matrix._kept) == 2
