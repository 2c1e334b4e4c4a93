"""What each column adds to a forest's answer, worked out by hand on two small trees and against a slow walk."""

import itertools

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor

from forecastlab.learned.forest import ForestRule, forest_of


def test_when_a_row_goes_down_two_trees_then_each_question_moves_the_mean():
    rule = ForestRule(
        # The first tree asks column 0 (at 0.5), then on the right column 1 (at 2); the second asks column 1 (at 0).
        column=np.array([0, -2, 1, -2, -2, 1, -2, -2]),
        threshold=np.array([0.5, 0, 2.0, 0, 0, 0.0, 0, 0]),
        left=np.array([1, -1, 3, -1, -1, 6, -1, -1]),
        right=np.array([2, -1, 4, -1, -1, 7, -1, -1]),
        missing_left=np.array([False, False, True, False, False, False, False, False]),
        value=np.array([0.4, 0.1, 0.6, 0.5, 0.9, 0.4, 0.2, 0.5]),
        roots=np.array([0, 5]),
    )
    x = np.array([[1.0, 3.0], [0.0, -1.0], [1.0, np.nan]])
    expected = [
        [(0.6 - 0.4) / 2, ((0.9 - 0.6) + (0.5 - 0.4)) / 2],
        [(0.1 - 0.4) / 2, (0.2 - 0.4) / 2],
        [
            (0.6 - 0.4) / 2,
            ((0.5 - 0.6) + (0.5 - 0.4)) / 2,
        ],  # what is missing goes left in the first, right in the other
    ]
    assert rule.contributions(x) == pytest.approx(np.array(expected))
    assert rule.predict(x) == pytest.approx(0.4 + np.array(expected).sum(axis=1))


def test_when_a_forest_is_fitted_then_its_terms_add_up_and_are_those_of_its_decision_paths():
    draws = np.random.default_rng(1)
    x = draws.normal(size=(120, 4)).astype(np.float32).astype(float)
    y = x[:, 0] + (x[:, 2] > 0) + draws.normal(0, 0.2, 120)
    forest = RandomForestRegressor(5, min_samples_leaf=4, random_state=0).fit(x, y)
    by_hand = np.zeros_like(x)
    for tree in (each.tree_ for each in forest.estimators_):
        for row, path in enumerate(tree.decision_path(x.astype(np.float32))):
            nodes = path.indices  # from the root on: children are numbered after their parents
            for above, below in itertools.pairwise(nodes):
                by_hand[row, tree.feature[above]] += (tree.value[below] - tree.value[above]).item() / 5
    assert forest_of(forest).contributions(x) == pytest.approx(by_hand, abs=1e-12)
