"""The straight border's probabilities against scikit-learn's own, and its terms against them."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import LinearSVC

from forecastlab.customer._design import design
from forecastlab.customer.linear_svm import LinearSvm
from forecastlab.testing.customers import made_up


def test_when_the_border_is_straight_then_its_weighted_sum_gives_the_same_probabilities():
    past, asked = made_up("event")
    fitted = LinearSvm(c=0.1, iterations=5000).fit(past)
    columns = design(past, plain=False)
    machine = CalibratedClassifierCV(LinearSVC(C=0.1, dual=False, max_iter=5000), cv=3, ensemble=False)
    expected = machine.fit(columns.table(past.rows), past.label).predict_proba(columns.table(asked))[:, 1]
    told = fitted.score(asked).values
    assert told == pytest.approx(expected, rel=1e-9)
    sums = fitted.terms(asked).to_numpy().sum(axis=1)
    assert np.log(told / (1 - told)) == pytest.approx(sums + fitted.offset, abs=1e-9)
