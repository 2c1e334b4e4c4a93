"""Frozen segments and classes of series through the real command."""

import importlib
import json

import pandas as pd
import pytest

FEW = ("executor=serial", "model=naive", "backtest.select=1", "backtest.test=1")


@pytest.fixture(scope="module")
def done(shop):
    """One study: rolling beside frozen, tracked."""
    with pytest.MonkeyPatch.context() as patched:
        module = importlib.import_module("forecastlab.stages.plots.save")
        patched.setattr(module, "save_all", lambda *args, **more: [])
        words = ("-m", "target.membership=rolling,frozen", "dataset.warmup=13 weeks", "study=kept")
        done = shop.here(shop.words("run", "memberships", *FEW, *words))
    assert done.code == 0, done.err
    return done


def outcome(shop, membership):
    """The facts and forecasts of one run of the study."""
    for place in shop.folder("memberships", "kept").glob("runs/naive-*"):
        facts = json.loads((place / "run.json").read_text("utf-8"))
        if membership in facts["name"]:
            return facts, pd.read_parquet(place / "forecasts.parquet")
    raise AssertionError(membership)


def test_when_segments_are_frozen_then_future_customers_are_in_the_total(shop, done):
    _, frame = outcome(shop, "frozen")
    future = frame[frame["segment"] == "future_customers"]
    assert len(future) == 2 * 2 and set(future["source"]) == {"profile"}
    assert (future["yhat"] == 0).all(), "nobody came in the weeks before"
    sums = frame.groupby(["level", "cutoff", "ds"])[["y", "yhat"]].sum()
    pd.testing.assert_frame_equal(sums.loc["segment"], sums.loc["total"])
    _, rolling = outcome(shop, "rolling")
    truth = [each[each["level"] == "total"].set_index(["cutoff", "ds"])["y"] for each in (frame, rolling)]
    pd.testing.assert_series_equal(*truth)
    assert "future_customers" not in set(rolling["segment"])


@pytest.mark.filterwarnings("ignore")
def test_when_segments_are_frozen_then_everybody_is_told_that_this_is_biased(shop, done):
    from mlflow.tracking import MlflowClient

    assert "note: frozen histories are biased by selection" in done.out
    assert "(of 1 of 2 runs: naive target.membership=frozen)" in done.out
    assert outcome(shop, "rolling")[0]["notes"] == []
    (note,) = outcome(shop, "frozen")[0]["notes"]
    client = MlflowClient(tracking_uri=f"sqlite:///{shop.place / 'memberships' / 'mlflow.db'}")
    (study,) = client.search_experiments(filter_string="name = 'kept'")
    told = {run.info.run_name: run.data.tags for run in client.search_runs([study.experiment_id])}
    (frozen,) = [tags for name, tags in told.items() if "frozen" in name]
    assert frozen["forecastlab.notes"] == note
    assert note in frozen["mlflow.note.content"]
    assert sum("forecastlab.notes" in tags for tags in told.values()) == 1


def test_when_runs_differ_in_membership_then_their_segments_are_not_compared(shop, done):
    assert pd.read_csv(shop.folder("memberships", "kept") / "segments.csv").empty


def test_when_series_have_classes_then_the_best_method_of_each_class_is_told(shop):
    words = (*FEW, "tracking=none", "segmentation=abc_xyz", "target.series_by=[region]", "study=classes")
    done = shop.here(shop.words("run", "memberships", *words))
    assert done.code == 0, done.err
    found = pd.read_csv(shop.folder("memberships", "classes") / "segments.csv")
    assert set(found["segment"]) == {"AX"}
    assert "best method of each segment" in done.out
