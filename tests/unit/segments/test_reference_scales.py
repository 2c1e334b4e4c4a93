import numpy as np
import pandas as pd
import pytest

from forecastlab.schema import ConfigError, DataError, Facts, Fold, Frequency, Grid, Ledger, SalesLog
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.segmentation.none import NoSegments
from forecastlab.stages import panel
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.reference import offsets, reference, scales, seasons
from forecastlab.target.sales import Sales

NAN = np.nan
YEARS = Frequency("Y")


def grid(*rows):
    values = np.array(rows, dtype=float)
    ids = np.array([f"s{i}" for i in range(len(rows))])
    return Grid(ids, pd.date_range("2000-12-31", periods=values.shape[1], freq="YE"), values)


def test_when_scales_are_computed_then_they_are_the_mean_naive_errors_of_each_series():
    short_and_long = grid([1, 3, 2, 6, 4, 9], [NAN, NAN, NAN, NAN, 5, 8], [NAN, NAN, NAN, NAN, NAN, 7])
    season = seasons(short_and_long, 2)
    assert season.tolist() == [2, 1, 1]
    mae, mse = scales(short_and_long, season)
    np.testing.assert_allclose(mae, [(1 + 3 + 2 + 3) / 4, 3, NAN])
    np.testing.assert_allclose(mse, [(1 + 9 + 4 + 9) / 4, 9, NAN])


def test_when_errors_are_few_then_the_level_shares_them_in_units_of_each_series_scale():
    three = grid([0, 2, 0, 2], [0, 10, 20, 30], [7, 7, 7, 7])
    season = seasons(three, 1)
    mae, _ = scales(three, season)
    level = np.array(["a", "a", "a"])
    found = offsets(three, season, mae, level, np.array([1]), (0.5, 1.0))
    # Scaled errors of the level: 1, -1, 1 of the first series; 1, 1, 1 of the second; the third has no scale.
    np.testing.assert_allclose(found[:, 0, :], [[2, 2], [10, 10], [0, 0]])
    alone = offsets(three, season, mae, np.array(["a", "b", "b"]), np.array([1]), (0.0, 0.5))
    np.testing.assert_allclose(alone[:, 0, :], [[-2, 2], [10, 10], [0, 0]])


def test_when_a_series_has_errors_enough_then_the_quantiles_are_its_own_at_each_distance():
    rng = np.random.default_rng(1)
    one = grid(rng.normal(size=60), rng.normal(size=60) * 50)
    season = seasons(one, 1)
    found = offsets(one, season, scales(one, season)[0], np.array(["a", "a"]), np.array([1, 3]), (0.1, 0.9))
    apart = one.values[0, 3:] - one.values[0, :-3]
    np.testing.assert_allclose(found[0, 1], np.quantile(apart, [0.1, 0.9]))


def test_when_the_series_are_seasonal_then_distances_count_in_whole_seasons():
    rows = grid(np.tile([1.0, 5.0, 9.0], 20) + np.arange(60))
    season = seasons(rows, 3)
    found = offsets(rows, season, scales(rows, season)[0], np.array(["a"]), np.array([1, 3, 4]), (0.5,))
    assert found[0, :, 0].tolist() == [3, 3, 6]


def panel_log(tmp_path, rows):
    frame = pd.DataFrame(rows, columns=["unique_id", "ds", "y"]).assign(category="MICRO")
    frame["ds"] = pd.to_datetime(frame["ds"]).astype("datetime64[us]")
    frame.to_parquet(tmp_path / "panel.parquet")
    facts = Facts("panel", "2000-01-01", "2005-12-31", ("category",), False, Ledger(0, 0, 0, 0))
    return SalesLog(tmp_path / "panel.parquet", facts)


def years(name, first, values):
    return [(name, f"{first + i}-12-31", y) for i, y in enumerate(values)]


FOLD = Fold(pd.Timestamp("2004-12-31"), 1, 0, YEARS, "select", 0)
CALENDAR = Calendar(YEARS, 0, 1)
ANY = Sales("amount", ("segment",), "Y", "rolling", True)


def test_when_a_panel_is_ready_made_then_whole_series_are_kept_and_others_are_set_aside_with_a_reason(tmp_path):
    rows = [
        *years("whole", 2000, [1, 2, 3, 4, 5, 6]),
        *years("late", 2003, [7, 8, 9]),
        *years("ended", 2000, [1, 2]),
        *years("infinite", 2000, [1, float("inf"), 3, 4, 5]),
        *years("hole", 2000, [1]),
        *years("hole", 2002, [1, 1, 1]),
        *years("unborn", 2005, [1]),
    ]
    log = panel_log(tmp_path, rows)
    built = panel.build(log, NoSegments(), FOLD, ANY, CALENDAR)
    assert built.grid.ids.tolist() == ["late", "whole"]
    np.testing.assert_array_equal(built.grid.values, [[NAN, NAN, NAN, 7, 8], [1, 2, 3, 4, 5]])
    assert built.aside == {
        "ended": "has no value in the last period before the cutoff",
        "hole": "has a hole",
        "infinite": "has a hole",
    }
    assert built.history.static.loc["whole"].to_dict() == {"level": "series", "segment": "", "category": "MICRO"}
    truth = panel.truth(log, NoSegments(), FOLD, ANY, CALENDAR, built)
    assert dict(zip(truth["unique_id"], truth["y"], strict=True)) == {"late": 9, "unborn": 1, "whole": 6}
    table = reference(built, FOLD, (0.5,))
    assert table.set_index("unique_id").loc["whole", ["mae_scale", "naive2", "naive_q0.5"]].tolist() == [1, 5, 1]


def test_when_a_panel_is_to_be_segmented_or_has_strange_dates_then_it_says_so(tmp_path):
    log = panel_log(tmp_path, years("a", 2000, [1, 2, 3, 4, 5, 6]))
    with pytest.raises(ConfigError, match="segmentation=none"):
        panel.build(log, Lifecycle("days", 1, 2, None, "1 day", "1 day", 1, False), FOLD, ANY, CALENDAR)
    with pytest.raises(DataError, match="1 rows have a date"):
        panel.build(panel_log(tmp_path, [("a", "2003-06-30", 1.0)]), NoSegments(), FOLD, ANY, CALENDAR)
