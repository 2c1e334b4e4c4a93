"""Classes of series held against another library's, and against pandas."""

import numpy as np
import pandas as pd
import pytest
from sktime.transformations.adi_cv import ADICVTransformer

from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError
from forecastlab.segmentation.abc_xyz import AbcXyz
from forecastlab.segmentation.demand_class import DemandClass
from forecastlab.testing.synthetic import of_rows

SBC = DemandClass(1.32, 0.49)
ABC = AbcXyz(0.8, 0.95, 0.5, 1.0)


def series(seed, n=200, periods=30):
    """Series of every kind, some of which begin late."""
    rng = np.random.default_rng(seed)
    sells = rng.random((n, periods)) < rng.uniform(0.1, 1.3, (n, 1))
    values = np.round(rng.lognormal(2, rng.uniform(0.1, 1.6, (n, 1)), (n, periods))) * sells
    values[np.arange(periods) < rng.integers(0, 15, (n, 1)) * (rng.random((n, 1)) < 0.3)] = np.nan
    return of_rows(values, "M", 12).grid


@pytest.mark.parametrize("seed", [1, 2])
def test_when_series_are_classified_by_demand_then_sktime_says_the_same(seed):
    grid = series(seed)
    found = SBC.classify(grid, 12)
    sold = np.array([grid.series(i).any() for i in range(len(grid.ids))])
    for i in np.flatnonzero(sold):
        told = ADICVTransformer().fit_transform(pd.Series(grid.series(i)))
        assert found[i] == told["class"].iloc[0], told
    assert (found[~sold] == "none").all()
    assert set(found[sold]) == {"smooth", "erratic", "intermittent", "lumpy"}


def test_when_demand_lies_on_a_threshold_then_it_is_often_and_even():
    # 33 periods with 25 sales are exactly 1.32; sales of 3 and 17 have mean 10 and deviation 7: CV² is exactly 0.49.
    even = [10.0] * 25 + [0.0] * 8
    assert SBC.classify(of_rows([even], "M", 12).grid, 12).tolist() == ["smooth"]
    assert SBC.classify(of_rows([[*even, 0.0]], "M", 12).grid, 12).tolist() == ["intermittent"]
    assert SBC.classify(of_rows([[3.0, 17.0] * 6], "M", 12).grid, 12).tolist() == ["smooth"]
    assert SBC.classify(of_rows([[2.9, 17.1] * 6], "M", 12).grid, 12).tolist() == ["erratic"]


@pytest.mark.parametrize("seed", [3, 4])
def test_when_series_are_ranked_by_money_then_pandas_says_the_same(seed):
    grid = series(seed)
    frame = pd.DataFrame(grid.values, index=grid.ids).T
    sums = frame.sum().sort_index().sort_values(ascending=False, kind="stable")
    before = (sums.cumsum() - sums) / sums.sum()
    value = pd.cut(before, [-1, 0.8, 0.95, 2], right=False, labels=list("ABC")).astype(str).where(sums > 0, "C")
    variation = (frame.std(ddof=0) / frame.mean()).where(frame.mean() > 0, np.inf)
    steadiness = pd.cut(variation, [-1, 0.5, 1.0, np.inf], labels=list("XYZ")).astype(str)
    expected = (value.reindex(grid.ids) + steadiness.reindex(grid.ids)).tolist()
    assert ABC.classify(grid, 12).tolist() == expected
    assert len(set(expected)) >= 6


def test_when_one_series_brings_nearly_all_the_money_then_it_is_still_an_a():
    values = [[97.0, 97.0], [2.0, 2.0], [1.0, 1.0], [0.0, 0.0], [-1.0, -1.0]]
    assert ABC.classify(of_rows(values, "M", 12).grid, 12).tolist() == ["AX", "CX", "CX", "CZ", "CZ"]


def test_when_thresholds_are_not_in_order_then_the_config_is_wrong():
    words = ["dataset=cdnow", "tracking=none", "segmentation=abc_xyz", "segmentation.b_share=0.7"]
    with pytest.raises(ConfigError, match=r"segmentation\.b_share: found 0\.7, it must be above a_share"):
        build(compose(words))
