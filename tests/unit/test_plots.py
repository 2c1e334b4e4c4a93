"""Pictures: what a reviewer can read in them, for plausible, extreme and hostile data."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from forecastlab.metric.wape import Wape
from forecastlab.stages import plots
from forecastlab.stages.plots._dates import period
from forecastlab.stages.plots._page import spread
from forecastlab.stages.plots._text import amount, percent, plain
from forecastlab.stages.plots.against_actual import apart
from forecastlab.stages.score import score

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
HORIZON, STEP, SELECT, TEST = 4, 2, 6, 3


def forecasts(segments: list[str], horizon: int = HORIZON, quantiles: bool = True) -> pd.DataFrame:
    """Weekly forecasts of segments and their total; folds overlap by half a horizon; segment i sells 1000 / (i + 1)."""
    rng = np.random.default_rng(1)
    days = pd.date_range("2016-01-03", periods=60, freq="W-SUN")
    sold = np.array([1000 / (i + 1) * rng.uniform(0.8, 1.2, 60) for i in range(len(segments))])
    y = np.vstack([sold, sold.sum(axis=0)])
    n = len(y)
    cutoffs = [(20 + STEP * i, "select") for i in range(SELECT)]
    cutoffs += [(20 + STEP * (SELECT - 1) + horizon + STEP * i, "test") for i in range(TEST)]
    frames = []
    for cutoff, role in cutoffs:
        asked = slice(cutoff + 1, cutoff + 1 + horizon)
        frame = pd.DataFrame({"unique_id": np.repeat([*(f"segment={name}" for name in segments), "total"], horizon)})
        frame["level"] = np.repeat(["segment"] * (n - 1) + ["total"], horizon)
        frame["segment"] = np.repeat([*segments, ""], horizon)
        frame["ds"] = np.tile(days[asked], n)
        frame["y"] = y[:, asked].ravel()
        frame["yhat"] = np.repeat(y[:, cutoff], horizon)
        frame = frame.assign(cutoff=days[cutoff], step=np.tile(np.arange(1, horizon + 1), n), role=role)
        frames.append(frame.assign(source="model", mae_scale=1.0, mse_scale=1.0, naive2=frame["yhat"]))
    whole = pd.concat(frames, ignore_index=True)
    bands = {f"q{level:g}": whole["yhat"] * (1 + 0.6 * (level - 0.5)) for level in LEVELS if quantiles}
    return whole.assign(**bands)


def scores(frame: pd.DataFrame) -> pd.DataFrame:
    return score(frame, {"wape": Wape()}, {"select": SELECT, "test": TEST})


def composition(segments: list[str]) -> pd.DataFrame:
    days = pd.date_range("2016-01-03", periods=30, freq="W-SUN")
    counted = np.where(np.arange(30) % 5 == 4, 100.0, np.nan)
    parts = [
        pd.DataFrame({"ds": days, "segment": name, "customers": counted, "buyers": 9.0, "money": 50.0 / (i + 1)})
        for i, name in enumerate(segments)
    ]
    return pd.concat(parts, ignore_index=True)


def migration(segments: list[str]) -> pd.DataFrame:
    counts = np.full((len(segments) + 1, len(segments)), 10) + 80 * np.eye(len(segments) + 1, len(segments), dtype=int)
    rows = pd.Index([*segments, "unseen"], name="from")
    return pd.DataFrame(counts, index=rows, columns=pd.Index(segments, name="to"))


def board(methods: list[str]) -> pd.DataFrame:
    n = len(methods)
    diff = np.linspace(-0.03, 0.02, n)
    frame = pd.DataFrame({"rank": range(1, n + 1), "method": methods, "wape.select": 0.1 + diff, "wape.test": np.nan})
    frame = frame.assign(diff=diff, lo=diff - 0.01, hi=diff + 0.01, p=0.01, evidence="clear", behind=0.0, p_best=0.5)
    frame = frame.assign(tied_with_best=frame["rank"] <= 2, n_origins=9, n_failed=0)
    frame.loc[n - 1, ["evidence", "diff", "lo", "hi"]] = ["baseline", 0.0, np.nan, np.nan]
    return frame


def texts(figure: Figure) -> list[str]:
    """All that can be read, drawn once so that warnings and errors of drawing come out."""
    figure.canvas.draw()
    found = [text.get_text() for text in figure.findobj(Text) if text.get_visible()]
    return [text for text in found if text]


def said(figure: Figure) -> str:
    return "\n".join(texts(figure))


def test_when_a_run_is_drawn_then_every_picture_is_a_png_of_1200_by_700(tmp_path: Path) -> None:
    frame = forecasts(["active", "new", "lost"])
    two = composition(["active", "new"])
    paths = plots.save_all(tmp_path / "new", frame, scores(frame), two, migration(["active", "new"]), "arima", "USD")
    assert [path.name for path in paths] == [
        "1_forecast_total.png",
        "2_forecast_segment.png",
        "3_error_by_horizon.png",
        "4_error_by_segment.png",
        "5_calibration.png",
        "6_segment_shares.png",
        "7_migration.png",
    ]
    for path in paths:
        head = path.read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", head[16:24]) == (1200, 700)


def test_when_a_run_has_no_data_then_nothing_is_written(tmp_path: Path) -> None:
    empty = pd.DataFrame()
    assert plots.save_all(tmp_path, empty, empty, empty, empty, "failed") == []
    assert list(tmp_path.iterdir()) == []


def test_when_a_run_has_neither_segments_nor_quantiles_then_their_pictures_are_left_out(tmp_path: Path) -> None:
    frame = forecasts(["a"], quantiles=False)
    frame = frame[frame["level"] == "total"]
    paths = plots.save_all(tmp_path, frame, scores(frame), pd.DataFrame(), pd.DataFrame(), "naive")
    assert [path.name for path in paths] == ["1_forecast_total.png", "2_error_by_horizon.png"]


@pytest.mark.parametrize(
    "figure",
    [
        lambda empty: plots.forecast_against_actual(empty, None, "total", "USD"),
        plots.error_by_horizon,
        lambda empty: plots.error_by_segment(empty, empty),
        plots.segment_shares,
        plots.migration_matrix,
        plots.leaderboard_plot,
        plots.calibration,
    ],
)
def test_when_a_frame_is_empty_then_the_picture_says_that_there_is_nothing(figure: object) -> None:
    drawn = figure(pd.DataFrame())  # type: ignore[operator]
    assert "Nothing to show" in texts(drawn)
    assert not drawn.axes


def test_when_segments_are_drawn_then_each_has_a_panel_with_name_wape_and_test_period() -> None:
    frame = forecasts(["active", "new", "lost"])
    figure = plots.forecast_against_actual(frame, None, "segment", "USD")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["active", "new", "lost"]
    part = frame[frame["segment"] == "active"]
    wape = (part["y"] - part["yhat"]).abs().sum() / part["y"].sum()
    assert figure.axes[0].get_title(loc="right") == f"WAPE {percent(wape)}"
    words = texts(figure)
    assert words.count("test") == 3
    assert {"USD per week", "actual", "forecast", "80 % band", "95 % band"} <= set(words)
    assert any(text.startswith("Forecast of 3 segments: WAPE ") for text in words)


def test_when_there_are_forty_segments_then_the_nine_largest_are_shown_and_said_to_be() -> None:
    names = [f"s{i}" for i in range(40)]
    frame = forecasts(names)
    figure = plots.forecast_against_actual(frame, None, "segment", "USD")
    assert [axes.get_title(loc="left") for axes in figure.axes] == names[:9]
    assert "Shown: the 9 largest of 40" in said(figure)
    assert "Shown: the 15 largest of 40 segments." in texts(plots.error_by_segment(scores(frame), frame))
    assert "31 others" in said(plots.segment_shares(composition(names)))
    assert "Shown: the 12 largest of 40 segments." in said(plots.migration_matrix(migration(names)))


def test_when_folds_overlap_then_each_period_is_drawn_once_per_role_and_the_number_is_said() -> None:
    frame = forecasts(["a"])
    total = frame[frame["level"] == "total"]
    drawn = apart(total)
    assert not drawn.duplicated(["ds", "role"]).any()
    assert drawn.groupby("role")["cutoff"].nunique().to_dict() == {"select": 3, "test": 2}
    figure = plots.forecast_against_actual(frame, None, "total", "USD")
    assert "Drawn: 5 of 9 folds" in said(figure)


def test_when_folds_follow_each_other_then_lines_are_cut_between_them() -> None:
    figure = plots.forecast_against_actual(forecasts(["a"]), None, "total", "USD")
    line = figure.axes[0].lines[1]
    assert np.isnan(line.get_xdata()).sum() == 4


def test_when_the_horizon_is_one_period_then_forecasts_are_one_line() -> None:
    frame = forecasts(["a"], horizon=1)
    line = plots.forecast_against_actual(frame, None, "total", "USD").axes[0].lines[1]
    assert len(line.get_xdata()) == SELECT + TEST
    assert np.isfinite(line.get_xdata()).all()


def test_when_one_forecast_of_one_period_is_all_then_it_is_a_point() -> None:
    frame = forecasts(["a"], horizon=1)
    first = frame[frame["cutoff"] == frame["cutoff"].min()]
    figure = plots.forecast_against_actual(first, None, "total", "")
    assert [line.get_marker() for line in figure.axes[0].lines] == ["o", "o"]
    assert "value per period" in texts(figure)


def test_when_a_history_is_given_then_the_actual_line_begins_earlier() -> None:
    frame = forecasts(["a"])
    days = pd.date_range("2016-01-03", periods=21, freq="W-SUN")
    history = pd.DataFrame({"unique_id": "total", "ds": days, "y": 1000.0})
    without = plots.forecast_against_actual(frame, None, "total", "USD").axes[0].lines[0]
    with_it = plots.forecast_against_actual(frame, history, "total", "USD").axes[0].lines[0]
    assert len(with_it.get_xdata()) > len(without.get_xdata())


def test_when_quantiles_are_missing_then_there_are_no_bands_and_no_sign_for_them() -> None:
    missing = forecasts(["a"]).assign(**{f"q{level:g}": np.nan for level in LEVELS})
    for frame in (missing, forecasts(["a"], quantiles=False)):
        figure = plots.forecast_against_actual(frame, None, "total", "USD")
        assert len(figure.axes[0].collections) == 0
        assert "80 % band" not in texts(figure)
        assert "Nothing to show" in texts(plots.calibration(frame))


def test_when_series_fell_back_then_the_picture_says_how_many_forecasts() -> None:
    frame = forecasts(["a"])
    frame.loc[(frame["level"] == "total") & (frame["cutoff"] == frame["cutoff"].min()), "source"] = "fallback"
    assert "4 forecasts drawn fell back" in said(plots.forecast_against_actual(frame, None, "total", "USD"))


def test_when_names_are_hostile_then_they_are_shown_as_text_and_kept_apart(tmp_path: Path) -> None:
    names = [
        "$x_1$ and $\\frac{1}",
        "<script>alert(1)</script>",
        "東京",
        "line\nbreak\ttab \x07",
        "name " * 40,
        "%s {0}",
    ]
    frame = forecasts(names)
    paths = plots.save_all(tmp_path, frame, scores(frame), composition(names), migration(names), names[0], "$")
    assert len(paths) == 7
    assert len(plots.save(plots.leaderboard_plot(board(names)), tmp_path / "board.png").read_bytes()) > 5_000
    figure = plots.forecast_against_actual(frame, None, "segment", "$")
    titles = {axes.get_title(loc="left") for axes in figure.axes}
    assert len(titles) == len(names)
    assert "\\$ per week" in texts(figure)
    assert "\\u6771\\u4eac" in titles


def test_when_values_are_nan_or_zero_then_the_picture_is_drawn_all_the_same() -> None:
    frame = forecasts(["a", "b"])
    frame.loc[frame["segment"] == "a", "y"] = np.nan
    frame.loc[frame["segment"] == "b", ["y", "yhat"]] = 0.0
    words = texts(plots.forecast_against_actual(frame, None, "segment", "USD"))
    assert {"WAPE 0.0 %", "WAPE –"} <= set(words)
    assert "for b" in said(plots.error_by_segment(scores(frame), frame))
    nothing = composition(["a", "b"]).assign(money=0.0, customers=np.nan)
    assert len(plots.segment_shares(nothing).axes) == 1


def test_when_errors_are_drawn_by_distance_then_lines_hold_the_scores_and_ends_are_named() -> None:
    frame = forecasts(["a", "b"])
    table = scores(frame)
    figure = plots.error_by_horizon(table)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Total", "Segments, each by itself"]
    is_total = (table["level"] == "total") & (table["role"] == "select") & (table["step"] > 0)
    expected = table[is_total].sort_values("step")["value"].to_numpy()
    np.testing.assert_array_equal(figure.axes[0].lines[0].get_ydata(), expected)
    assert f"selection folds\n{percent(expected[-1])}" in texts(figure)
    assert f"{percent(expected[0])} at 1 period ahead, {percent(expected[-1])} at 4" in said(figure)


def test_when_errors_are_drawn_by_segment_then_the_largest_is_first_and_shares_add_up() -> None:
    frame = forecasts(["small", "big"])
    frame.loc[frame["segment"] == "big", "y"] *= 10
    figure = plots.error_by_segment(scores(frame), frame)
    left, right = figure.axes
    assert [label.get_text() for label in left.get_yticklabels()] == ["big", "small"]
    assert sum(bar.get_width() for bar in right.patches) == pytest.approx(1)
    assert "Share of what was sold" in texts(figure)


def test_when_there_are_more_than_two_levels_then_total_and_segments_are_drawn() -> None:
    frame = forecasts(["a", "b"])
    third = frame[frame["level"] == "segment"].assign(level="department", segment="")
    frame = pd.concat([third, frame], ignore_index=True)
    for figure in (plots.error_by_horizon(scores(frame)), plots.calibration(frame)):
        assert [axes.get_title(loc="left") for axes in figure.axes] == ["Total", "Segments, each by itself"]


def test_when_bands_hold_half_of_the_truth_then_calibration_says_so() -> None:
    frame = forecasts(["a"])
    total = frame["level"] == "total"
    inside = np.arange(len(frame)) % 2 == 0
    frame.loc[total, "y"] = np.where(inside, frame["yhat"], 100 * frame["yhat"])[total]
    figure = plots.calibration(frame)
    assert "80 % bands of the total held 50.0 % of the truth in selection folds" in said(figure)
    np.testing.assert_allclose(figure.axes[0].lines[1].get_ydata(), 0.5)
    np.testing.assert_allclose(figure.axes[0].lines[1].get_xdata(), [0.95, 0.8])


def test_when_some_forecasts_have_no_quantiles_then_calibration_counts_them() -> None:
    frame = forecasts(["a"])
    frame.loc[frame.index[:3], "q0.9"] = np.nan
    assert f"3 forecasts of {len(frame)} had no quantiles." in texts(plots.calibration(frame))


def test_when_composition_is_drawn_then_segments_are_named_with_their_last_share_and_customers() -> None:
    figure = plots.segment_shares(composition(["a", "b"]))
    words = texts(figure)
    assert len(figure.axes) == 2
    assert {"a  66.7 %", "b  33.3 %", "a  100", "b  100"} <= set(words)
    assert "Share of the money of each week" in words


def test_when_returns_exceed_sales_then_the_share_is_not_negative() -> None:
    frame = composition(["a", "b"])
    frame.loc[frame["segment"] == "b", "money"] = -5.0
    assert {"a  100 %", "b  0.0 %"} <= set(texts(plots.segment_shares(frame)))


def test_when_migration_is_drawn_then_rows_are_in_per_cent_and_newcomers_are_left_out_of_the_title() -> None:
    matrix = pd.DataFrame([[60, 40], [0, 100], [7, 3]], index=["a", "b", "unseen"], columns=["a", "b"])
    long = matrix.rename_axis("from").rename_axis(columns="to").stack().rename("customers").reset_index()
    for given in (matrix, long):
        words = texts(plots.migration_matrix(given))
        assert "80.0 % of customers stayed in their segment" in words
        assert {"60%", "40%", "100%", "70%", "30%", "10"} <= set(words)
        assert any("had not bought before" in text for text in words)


def test_when_methods_are_compared_then_the_title_names_the_best_and_its_equals() -> None:
    figure = plots.leaderboard_plot(board(["ets", "arima", "theta", "naive"]))
    words = texts(figure)
    assert "ets is best: WAPE 7.0 %, but arima cannot be told apart" in words
    assert {"clearly better", "baseline"} <= set(words)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["ets", "arima", "theta", "naive"]


def test_when_there_are_many_methods_then_the_best_are_shown_and_said_to_be() -> None:
    figure = plots.leaderboard_plot(board([f"m{i}" for i in range(30)]))
    assert len(figure.axes[0].get_yticklabels()) == 18
    assert "Shown: the 18 best of 30 methods." in said(figure)


def test_when_amounts_are_written_then_unit_and_precision_follow_the_largest() -> None:
    assert [amount(12500.0, 50000), amount(12_500_000, 2e7), amount(2.5e10, 3e10)] == ["12,500", "12.5 M", "25 bn"]
    assert [amount(12.5, 20), amount(10.0, 20), amount(0.25, 1), amount(0, 2e7)] == ["12.5", "10", "0.25", "0"]
    assert [percent(v) for v in (0.0815, 0.999, 1.5, float("nan"))] == ["8.2 %", "99.9 %", "150 %", "–"]


def test_when_a_name_is_long_then_its_end_is_kept() -> None:
    assert plain("customers of the northern region A", 20) == "customers of…gion A"
    assert plain("a $ b") == "a \\$ b"


def test_when_dates_are_regular_then_the_period_has_a_word() -> None:
    words = {"D": "day", "W-SAT": "week", "ME": "month", "QE-DEC": "quarter", "YE-DEC": "year"}
    assert {freq: period(pd.date_range("2015-01-01", periods=9, freq=freq)) for freq in words} == words


def test_when_labels_would_overlap_then_they_are_moved_apart_in_the_same_order() -> None:
    places = spread([0.5, 0.51, 0.0, 1.0, 1.0], 0.1, 0.0, 1.0)
    assert np.diff(sorted(places)).min() == pytest.approx(0.1)
    assert np.argsort(places, kind="stable").tolist() == [2, 0, 1, 3, 4]
    assert min(places) >= 0
    assert max(places) <= 1
