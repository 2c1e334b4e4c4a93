"""Totals as sums of their parts."""

import pandas as pd
import pytest

from forecastlab.reconcile.bottom_up import BottomUp
from forecastlab.schema import DataError

DATES = pd.to_datetime(["2024-01-07", "2024-01-14"])
BOTTOM = pd.DataFrame(
    {
        "unique_id": ["b", "b", "a", "a", "c", "c"],
        "ds": [*DATES, *DATES, *DATES],
        "yhat": [1.0, 2.0, 10.0, 20.0, 100.0, 200.0],
    }
)
NOTHING = pd.DataFrame()
SUMMING = pd.DataFrame(
    {"unique_id": ["total", "total", "total", "shops", "shops"], "bottom": ["a", "b", "c", "a", "c"]}
)


def test_when_segments_are_foretold_then_every_level_is_the_sum_of_its_own() -> None:
    out = BottomUp().reconcile(BOTTOM, SUMMING, NOTHING)
    assert list(out.columns) == ["unique_id", "ds", "yhat"]
    pd.testing.assert_frame_equal(out.head(6), BOTTOM)
    assert out["unique_id"].tolist()[6:] == ["shops", "shops", "total", "total"]
    assert out["yhat"].tolist()[6:] == [110, 220, 111, 222]
    assert out["ds"].tolist()[6:] == [*DATES, *DATES]


def test_when_upper_series_were_foretold_too_then_their_sums_replace_them() -> None:
    extra = pd.DataFrame({"unique_id": "total", "ds": DATES, "yhat": [5.0, 5.0]})
    out = BottomUp().reconcile(pd.concat([extra, BOTTOM]), SUMMING, NOTHING)
    pd.testing.assert_frame_equal(out, BottomUp().reconcile(BOTTOM, SUMMING, NOTHING))


def test_when_rows_are_shuffled_then_not_a_bit_of_the_sums_changes() -> None:
    uneven = BOTTOM.assign(yhat=[1e16, 0.2, 1.0, 0.7, -1e16, 0.9])
    turned = SUMMING.iloc[[1, 2, 0, 4, 3]]
    plain = BottomUp().reconcile(uneven, SUMMING, NOTHING).tail(4).reset_index(drop=True)
    mixed = BottomUp().reconcile(uneven.iloc[::-1], turned, NOTHING).tail(4).reset_index(drop=True)
    pd.testing.assert_frame_equal(plain, mixed, check_exact=True)


def test_when_a_part_is_named_twice_then_it_is_counted_once() -> None:
    doubled = pd.concat([SUMMING, SUMMING.head(2)])
    pd.testing.assert_frame_equal(
        BottomUp().reconcile(BOTTOM, doubled, NOTHING), BottomUp().reconcile(BOTTOM, SUMMING, NOTHING)
    )


def test_when_the_total_is_the_only_series_then_it_stays() -> None:
    alone = pd.DataFrame({"unique_id": "total", "ds": DATES, "yhat": [5.0, 6.0]})
    itself = pd.DataFrame({"unique_id": ["total"], "bottom": ["total"]})
    pd.testing.assert_frame_equal(BottomUp().reconcile(alone, itself, NOTHING), alone)
    pd.testing.assert_frame_equal(BottomUp().reconcile(alone, SUMMING.head(0), NOTHING), alone)


@pytest.mark.parametrize(
    ("forecasts", "code"),
    [
        (BOTTOM[BOTTOM["unique_id"] != "c"], "missing-series"),
        (BOTTOM.drop(index=3), "missing-periods"),
        (pd.concat([BOTTOM, BOTTOM.head(1)]), "doubled-rows"),
        (BOTTOM.assign(yhat=[1, 2, 3, None, 5, 6]), "missing-periods"),
    ],
)
def test_when_a_sum_would_lose_or_double_money_then_it_is_an_error(forecasts: pd.DataFrame, code: str) -> None:
    with pytest.raises(DataError) as error:
        BottomUp().reconcile(forecasts, SUMMING, NOTHING)
    assert [fault.code for fault in error.value.faults] == [code]
