"""Questions of many kinds through the whole line, and the commands that look at what is there."""

import importlib

import numpy as np
import pandas as pd
import pytest

QUICK = ("executor=serial", "tracking=none", "model=naive", "backtest.select=1", "backtest.test=1")


@pytest.fixture(autouse=True)
def without_pictures(monkeypatch):
    """Pictures are tested elsewhere and would take half the time."""
    module = importlib.import_module("forecastlab.stages.plots.save")
    monkeypatch.setattr(module, "save_all", lambda *args, **more: [])
    monkeypatch.setattr(module, "save", lambda figure, path, **more: path)


@pytest.fixture
def ask(shop):
    """Ask a question about the shop and return its stored forecasts."""

    def run(name, *words):
        done = shop.here(shop.words("run", "variants", *QUICK, f"study={name}", *words))
        assert done.code == 0, done.err
        (path,) = shop.folder("variants", name).glob("runs/*/forecasts.parquet")
        frame = pd.read_parquet(path)
        assert frame["yhat"].notna().all() and not frame.duplicated(["unique_id", "ds", "cutoff"]).any()
        return frame

    return run


def test_when_orders_are_cut_by_segment_and_region_then_every_level_is_forecast_for_itself(ask):
    frame = ask("orders", "target.value=orders", "target.series_by=[segment,region]")
    levels = set(frame["level"])
    assert {"total", "segment", "region"} <= levels and len(levels) == 4
    sums = frame.groupby(["level", "ds", "cutoff"])["yhat"].sum()
    assert (sums.loc["total"] > 0).all()
    assert np.allclose(frame["y"], frame["y"].round())


@pytest.mark.parametrize("words", [("segmentation=none",), ("segmentation=rfm",)], ids=["none", "rfm"])
def test_when_the_segmentation_changes_then_the_total_stays(ask, words):
    expected = ask("lifecycle")
    found = ask(words[0].partition("=")[2], *words)
    keys = ["cutoff", "ds"]
    totals = [frame[frame["level"] == "total"].set_index(keys)[["y", "yhat"]] for frame in (expected, found)]
    pd.testing.assert_frame_equal(*totals)
    assert set(found["segment"]) != set(expected["segment"])


def test_when_segments_are_drawn_by_lot_then_they_are_as_many_and_no_money_is_lost(ask):
    real = ask("rfm", "segmentation=rfm")
    lots = ask("lots", "segmentation=random", "segmentation@segmentation.like=rfm")
    drawn = {name for name in lots["segment"] if name.startswith("random_")}
    assert drawn and len(drawn) <= len(set(real["segment"]) - {"", "new"})
    sums = [frame[frame["level"] == "segment"].groupby(["cutoff", "ds"])["y"].sum() for frame in (real, lots)]
    pd.testing.assert_series_equal(*sums)


def test_when_periods_are_months_then_dates_are_their_last_days(ask):
    frame = ask("months", "target.freq=M", "backtest.horizon=1", "backtest.step=1", "backtest.min_train=4")
    assert frame["ds"].dt.is_month_end.all() and frame["cutoff"].dt.is_month_end.all()
    assert frame["cutoff"].nunique() == 2


def test_when_the_past_is_a_window_then_only_what_is_in_it_sets_the_scale(ask):
    whole = ask("lifecycle")
    window = ask("window", "backtest=rolling")
    keys = ["cutoff", "ds", "unique_id"]
    both = whole.merge(window, on=keys, suffixes=("", "_window"))
    total = both[both["level"] == "total"]
    assert len(total) == 4 and total["yhat"].equals(total["yhat_window"])
    assert (total["mae_scale"] != total["mae_scale_window"]).all()


def test_when_cutoffs_are_dates_then_folds_lie_there(shop):
    words = ["run", "--config-dir", str(shop.conf), "dataset=shop", f"root={shop.place / 'variants'}", "study=dates"]
    days = ["backtest=cutoffs", "backtest.select=['2023-10-01']", "backtest.test=['2024-01-14']"]
    done = shop.here([*words, *days, "executor=serial", "tracking=none", "model=naive"])
    assert done.code == 0, done.err
    frame = shop.forecasts("variants", "dates", "naive")
    assert sorted(map(str, frame["cutoff"].dt.date.unique())) == ["2023-10-01", "2024-01-14"]
    assert frame.loc[frame["role"] == "test", "cutoff"].nunique() == 1


def test_when_parameters_are_moved_on_then_only_the_folds_between_differ(ask):
    every = ask("refit1", "model=ets", "backtest.select=2")
    second = ask("refit2", "model=ets", "backtest.select=2", "backtest.refit_every=2")
    cutoffs = sorted(every["cutoff"].unique())
    same = [np.array_equal(every[every["cutoff"] == c]["yhat"], second[second["cutoff"] == c]["yhat"]) for c in cutoffs]
    assert same == [True, False, True]


def test_when_a_plan_is_asked_for_then_folds_and_work_are_shown_and_nothing_is_fitted(shop):
    done = shop.here(shop.words("plan", "planned", "model=naive", "executor=serial", "backtest.horizon=4"))
    assert done.code == 0, done.err
    assert "47 complete periods of W-SUN" in done.out and done.out.count("test") >= 2 and "dropped" in done.out
    assert not (shop.place / "planned" / "cache" / "forecast").exists()


def test_when_parts_are_listed_then_choices_and_parameters_are_shown(shop):
    everything = shop.here(["list"])
    assert everything.code == 0 and "seasonal_naive" in everything.out and "quickstart" in everything.out
    one = shop.here(["list", "models"])
    assert one.code == 0 and "xgboost" in one.out and "max_depth" in one.out
    assert "shop" in shop.here(["list", "dataset", "--config-dir", str(shop.conf)]).out


def test_when_the_cache_is_pruned_then_it_is_smaller_and_work_is_done_again(shop):
    root = shop.place / "pruned"
    assert shop.here(shop.words("run", "pruned", *QUICK, "study=p")).code == 0
    shown = shop.here(["cache", "ls", f"root={root}"]).out
    assert "forecast/naive" in shown and "panel" in shown
    assert "0 entries" in shop.here(["cache", "prune", "unused=30 days", f"root={root}"]).out
    gone = shop.here(["cache", "prune", "mb=0", f"root={root}"])
    assert gone.code == 0 and not list(root.glob("cache/forecast/*"))
    assert len(list(root.glob("studies/p/runs/*"))) == 1, "pruning the cache took a finished run"
    assert "kept from before" in shop.here(shop.words("run", "pruned", *QUICK, "study=p")).out


@pytest.mark.parametrize("membership", ["rolling", "frozen"])
@pytest.mark.parametrize("how", ["top_down", "min_trace"])
def test_when_all_levels_are_foretold_then_they_agree_and_the_difference_is_scored(ask, shop, how, membership):
    words = [f"reconcile={how}", "target.series_by=[segment,region]", f"target.membership={membership}"]
    frame = ask(f"{how}-{membership}", *words, "model=theta", "backtest.select=2")
    bottom = frame[frame["level"].str.count("/") == 1].groupby(["cutoff", "ds"])["yhat"].sum()
    for level in ("total", "segment", "region"):
        sums = frame[frame["level"] == level].groupby(["cutoff", "ds"])["yhat"].sum()
        np.testing.assert_allclose(sums, bottom, rtol=1e-9, err_msg=level)
    total = frame[frame["level"] == "total"]
    assert total["base"].notna().all()
    assert np.allclose(total["base"], total["yhat"], rtol=1e-9) == (how == "top_down")
    (path,) = shop.folder("variants", f"{how}-{membership}").glob("runs/*/scores.parquet")
    scores = pd.read_parquet(path)
    whole = scores[(scores["step"] == 0) & scores["cutoff"].isna() & (scores["segment"] == "")]
    figures = whole.groupby(["metric", "role", "level"])["value"].first()
    was = (total["y"] - total["base"])[total["role"] == "select"].abs().sum()
    if how == "min_trace":
        expected = was / total.loc[total["role"] == "select", "y"].abs().sum()
        assert figures["before.wape", "select", "total"] == pytest.approx(expected)
    assert not any(name.startswith("before.coverage") for name in figures.index.get_level_values("metric"))


def test_when_segments_are_summed_then_nothing_is_scored_twice(ask, shop):
    frame = ask("plain", "target.series_by=[segment,region]")
    assert frame.loc[frame["level"] == "total", "base"].isna().all()
    (path,) = shop.folder("variants", "plain").glob("runs/*/scores.parquet")
    assert not pd.read_parquet(path)["metric"].str.startswith("before.").any()
