"""Where conformal quantiles come from, and their values, on small cases."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.calibrate._pools import needed
from forecastlab.calibrate.conformal import Conformal
from forecastlab.schema import quantile_column

LEVELS = (0.1, 0.5, 0.9)
COLUMNS = [quantile_column(level) for level in LEVELS]
CONFORMAL = Conformal(native=False, nonnegative=True)


def rows(
    series: str, errors: list[float], *, level: str = "segment", step: int = 1, scale: float = 1.0, yhat: float = 100.0
) -> pd.DataFrame:
    """Past rows of one series at one step; each error is in money."""
    n = len(errors)
    return pd.DataFrame(
        {
            "unique_id": [series] * n,
            "level": [level] * n,
            "ds": pd.date_range("2024-01-07", periods=n, freq="W"),
            "step": [step] * n,
            "yhat": [yhat] * n,
            "mae_scale": [scale] * n,
            "y": [yhat + error for error in errors],
        }
    )


def asked(
    series: str, *, level: str = "segment", step: int = 1, scale: float = 1.0, yhat: float = 100.0
) -> pd.DataFrame:
    """A row of now, with bootstrap offsets of ±50."""
    frame = rows(series, [0.0], level=level, step=step, scale=scale, yhat=yhat).drop(columns="y")
    return frame.assign(**{f"naive_{name}": (q - 0.5) * 125 for name, q in zip(COLUMNS, LEVELS, strict=True)})


def calibrated(past: pd.DataFrame, now: pd.DataFrame, part: Conformal = CONFORMAL) -> pd.DataFrame:
    return part.calibrate(past, now, LEVELS)


def values(frame: pd.DataFrame, row: int = 0) -> list[float]:
    return frame[COLUMNS].iloc[row].tolist()


NINE = [-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0]
NOTHING = rows("a", [])


@pytest.mark.parametrize(("levels", "n"), [((0.1, 0.9), 9), ((0.025, 0.975), 39), ((0.5,), 1), ((0.05, 0.2), 19)])
def test_when_levels_are_wanted_then_their_tail_says_how_many_errors_it_takes(
    levels: tuple[float, ...], n: int
) -> None:
    assert needed(levels) == n


def test_when_the_series_has_just_enough_errors_then_the_ends_are_its_extremes() -> None:
    out = calibrated(rows("a", NINE), asked("a"))
    assert values(out) == [96, 100, 105]
    assert out["q_source"].tolist() == ["series"]
    assert out["q_n"].tolist() == [9]


def test_when_there_are_more_errors_then_ranks_are_those_of_split_conformal_prediction() -> None:
    errors = [float(e) for e in range(1, 30)]  # n = 29: ranks 30·.1 = 3 and 30·.9 = 27
    assert values(calibrated(rows("a", errors), asked("a"))) == [103, 115, 127]
    errors = [float(e) for e in range(1, 25)]  # n = 24: floor(2.5) = 2 and ceil(22.5) = 23
    assert values(calibrated(rows("a", errors), asked("a"))) == [102, 112.5, 123]


def test_when_a_series_has_too_few_errors_then_those_of_its_level_come_in_units_of_each_scale() -> None:
    past = pd.concat([rows("a", NINE[:4], scale=1), rows("b", [10 * e for e in NINE[4:]], scale=10)])
    out = calibrated(past, asked("a", scale=2.0))
    assert values(out) == [92, 100, 110]
    assert out["q_source"].tolist() == ["level"]
    assert out["q_n"].tolist() == [9]


def test_when_one_step_has_too_few_errors_then_the_nearest_steps_join_and_no_further_ones() -> None:
    parts = [rows("a", [float(step)] * 3, step=step) for step in range(1, 8)]
    out = calibrated(pd.concat(parts), asked("a", step=4))
    assert out["q_source"].tolist() == ["level+steps"]
    assert out["q_n"].tolist() == [9]
    assert values(out) == [103, 104, 105]


def test_when_the_step_is_at_the_end_then_steps_of_one_side_join() -> None:
    parts = [rows("a", [float(step)] * 3, step=step) for step in range(1, 8)]
    assert values(calibrated(pd.concat(parts), asked("a", step=1))) == [101, 102, 103]


def test_when_all_steps_together_are_too_few_then_the_bootstrap_stands_in_and_says_so() -> None:
    out = calibrated(rows("a", NINE[:8]), asked("a"))
    assert values(out) == [50, 100, 150]
    assert out["q_source"].tolist() == ["bootstrap"]
    assert out["q_n"].tolist() == [0]


def test_when_there_are_no_earlier_errors_and_the_model_has_quantiles_then_they_stand_in() -> None:
    now = asked("a").assign(**dict(zip(COLUMNS, [90.0, 99.0, 120.0], strict=True)))
    out = calibrated(NOTHING, now)
    assert values(out) == [90, 99, 120]
    assert out["q_source"].tolist() == ["native"]


def test_when_the_model_lacks_one_of_the_levels_then_none_of_its_quantiles_is_used() -> None:
    out = calibrated(NOTHING, asked("a").assign(**{"q0.1": 90.0, "q0.9": 120.0}))
    assert values(out) == [50, 100, 150]
    assert out["q_source"].tolist() == ["bootstrap"]


def test_when_even_the_bootstrap_is_unknown_then_the_quantiles_are_and_it_says_none() -> None:
    now = asked("a").assign(**{f"naive_{name}": np.nan for name in COLUMNS})
    out = calibrated(NOTHING, now)
    assert np.isnan(values(out)).all()
    assert out["q_source"].tolist() == ["none"]


def test_when_the_model_has_levels_nobody_asked_for_then_they_do_not_stay_beside_calibrated_ones() -> None:
    out = calibrated(rows("a", NINE), asked("a").assign(**{"q0.3": 1.0}))
    assert "q0.3" not in out


def test_when_the_total_has_few_errors_then_those_of_other_levels_never_help() -> None:
    total = rows("total", NINE[:3], level="total")
    segments = pd.concat([rows(name, [40.0] * 30) for name in "abc"])
    out = calibrated(pd.concat([total, segments]), asked("total", level="total"))
    assert out["q_source"].tolist() == ["bootstrap"]


def test_when_series_differ_in_errors_then_each_is_calibrated_from_its_own_source() -> None:
    past = pd.concat([rows("rich", [e + 0.5 for e in NINE]), rows("poor", [20.0])])
    out = calibrated(past, pd.concat([asked("poor"), asked("rich")]))
    assert out["q_source"].tolist() == ["level", "series"]
    assert out["q_n"].tolist() == [10, 9]
    assert values(out, 1) == [96.5, 100.5, 105.5]


def test_when_a_past_never_changed_then_errors_count_in_units_of_mean_sales_and_it_says_so() -> None:
    twice = rows("b", [2 * e - 1 for e in NINE], yhat=201.0)  # sales of 200 on average, errors of 2 %
    out = calibrated(pd.concat([rows("flat", [0.0] * 8, scale=0.0), twice]), asked("flat", scale=0.0))
    mean = twice["y"].mean()
    assert values(out) == pytest.approx([100 - 900 / mean, 100, 100 + 900 / mean])
    assert out["q_source"].tolist() == ["level by mean"]
    assert out["q_n"].tolist() == [17]


def test_when_nothing_was_ever_sold_then_only_own_errors_count_as_they_are() -> None:
    silent = rows("silent", [-100.0] * 9, scale=0.0)
    out = calibrated(silent, asked("silent", scale=np.nan))
    assert values(out) == [0, 0, 0]
    assert out["q_source"].tolist() == ["series unscaled"]
    others = calibrated(pd.concat([silent.head(3), rows("b", NINE)]), asked("silent", scale=0.0))
    assert others["q_source"].tolist() == ["bootstrap"]


def test_when_silent_series_stand_in_the_level_then_their_errors_without_unit_do_not_mix_in() -> None:
    past = pd.concat([rows("silent", [-100.0] * 30, scale=0.0), rows("b", NINE[:5]), rows("c", NINE[5:])])
    out = calibrated(past, asked("b"))
    assert out["q_n"].tolist() == [9]
    assert values(out) == [96, 100, 105]


def test_when_an_earlier_error_is_unknown_then_it_is_not_counted() -> None:
    past = rows("a", [*NINE, np.nan])
    assert calibrated(past, asked("a"))["q_n"].tolist() == [9]


def test_when_quantiles_fall_below_zero_then_they_are_lifted_only_if_wanted() -> None:
    past, now = rows("a", NINE, yhat=2.0), asked("a", yhat=2.0)
    assert values(calibrated(past, now)) == [0, 2, 7]
    assert values(calibrated(past, now, Conformal(native=False, nonnegative=False))) == [-2, 2, 7]


def test_when_rows_are_calibrated_then_the_rest_of_the_frame_stays_as_it_was() -> None:
    now = pd.concat([asked("b"), asked("a")]).set_axis([7, 3])
    out = calibrated(rows("a", NINE), now)
    pd.testing.assert_frame_equal(out[now.columns], now)
