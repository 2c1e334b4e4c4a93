"""A total dealt out to its parts: numbers that can be checked by hand."""

import pandas as pd

from forecastlab.reconcile.top_down import TopDown

DATE = pd.Timestamp("2024-01-07")
NOTHING = pd.DataFrame()
SUMMING = pd.DataFrame({"unique_id": ["total", "total", "total", "ab", "ab"], "bottom": ["a", "b", "c", "a", "b"]})


def told(**values: float) -> dict[str, float]:
    rows = pd.DataFrame({"unique_id": list(values), "ds": DATE, "yhat": list(values.values())})
    out = TopDown().reconcile(rows, SUMMING, NOTHING)
    return dict(zip(out["unique_id"], out["yhat"], strict=True))


def test_when_the_total_is_higher_than_its_parts_then_each_gets_its_share_of_it() -> None:
    assert told(a=10, b=30, c=60, total=200, ab=5) == {"a": 20, "b": 60, "c": 120, "ab": 80, "total": 200}


def test_when_the_total_has_no_forecast_of_its_own_then_it_is_the_sum() -> None:
    assert told(a=10, b=30, c=60, ab=5) == {"a": 10, "b": 30, "c": 60, "ab": 40, "total": 100}


def test_when_no_part_sells_anything_then_all_get_the_same() -> None:
    assert told(a=0, b=0, c=0, total=9) == {"a": 3, "b": 3, "c": 3, "ab": 6, "total": 9}


def test_when_series_have_two_totals_then_each_is_dealt_out_to_its_own() -> None:
    rows = pd.DataFrame(
        {"unique_id": ["x1", "x2", "y1", "shop=x", "shop=y"], "ds": DATE, "yhat": [1.0, 3.0, 7.0, 8.0, 21.0]}
    )
    summing = pd.DataFrame({"unique_id": ["shop=x", "shop=x", "shop=y"], "bottom": ["x1", "x2", "y1"]})
    out = TopDown().reconcile(rows, summing, NOTHING)
    found = dict(zip(out["unique_id"], out["yhat"], strict=True))
    assert found == {"x1": 2, "x2": 6, "y1": 21, "shop=x": 8, "shop=y": 21}
