"""A study through the real command: leaderboard, MLflow, the same again, and after a kill."""

import json
import os
import signal
import time

import pandas as pd
import pytest

MODELS = ("naive", "regression", "ets")
ASKED = ("-m", f"model={','.join(MODELS)}", "study=weekly", "compare.baseline=naive")


def entries(root):
    """Every kept result with the time at which its files were written."""
    found = {}
    for facts in (path for path in root.glob("cache/*/*/entry.json") if path.parent.parent.name != "tmp"):
        written = [path.stat().st_mtime_ns for path in facts.parent.iterdir() if path.name != facts.name]
        found[facts.parent.relative_to(root).as_posix()] = max(written)
    return found


def board(shop, root):
    """The leaderboard without what differs from one machine, or hour, to the next."""
    return pd.read_csv(shop.folder(root, "weekly") / "leaderboard.csv").drop(columns="seconds")


@pytest.fixture(scope="module")
def done(shop):
    """The study, run once from nothing, tracked, in one process."""
    done = shop.call(shop.words("run", "tracked", *ASKED, "executor=serial"))
    assert done.code == 0, done.err
    return done


def test_when_a_study_ends_then_its_leaderboard_is_shown_and_kept(shop, done):
    found = board(shop, "tracked")
    assert sorted(found["method"]) == sorted(MODELS)
    assert found["rank"].tolist() == [1, 2, 3] and (found["n_ok"] == 5).all() and (found["n"] == 5).all()
    assert found["wape.select"].is_monotonic_increasing and found["wape.select"].between(0, 1).all()
    assert "weekly" in done.out and all(model in done.out for model in MODELS) and "leaderboard.csv" in done.out
    assert not [line for line in done.err.splitlines() if "error" in line.lower()]


def test_when_a_study_ends_then_each_run_lies_in_its_folder(shop, done):
    runs = sorted(path.name.rpartition("-")[0] for path in shop.folder("tracked", "weekly").glob("runs/*"))
    assert runs == sorted(MODELS)
    frame = shop.forecasts("tracked", "weekly", "regression")
    assert frame["yhat"].notna().all() and not frame.duplicated(["unique_id", "ds", "cutoff"]).any()
    facts = [
        json.loads(p.read_text("utf-8")) for p in shop.folder("tracked", "weekly").glob("runs/regression-*/run.json")
    ]
    assert facts[0]["folds"] == {"select": [3, 3], "test": [2, 2]} and facts[0]["failed"] == {}
    # the parts of the total add up, in truth and in forecast, and in every fold
    levels = frame.groupby(["level", "cutoff", "ds"])[["y", "yhat"]].sum()
    pd.testing.assert_frame_equal(levels.loc["segment"], levels.loc["total"])


@pytest.mark.filterwarnings("ignore")
def test_when_a_study_ends_then_mlflow_tells_it_as_it_was(shop, done):
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{shop.place / 'tracked' / 'mlflow.db'}")
    (study,) = client.search_experiments(filter_string="name = 'weekly'")
    runs = client.search_runs([study.experiment_id])
    parents = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    children = {run.info.run_name: run for run in runs if "mlflow.parentRunId" in run.data.tags}
    assert len(parents) == 1 and set(children) == set(MODELS) and len(runs) == 1 + len(MODELS)
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert {run.data.tags["mlflow.parentRunId"] for run in children.values()} == {parents[0].info.run_id}
    files = {file.path: file.file_size for file in client.list_artifacts(parents[0].info.run_id)}
    assert {"leaderboard.csv", "comparison.csv", "segments.csv", "report.html"} <= set(files)
    assert files["report.html"] > 1_900_000  # plotly is in it
    found = board(shop, "tracked").set_index("method")
    for name, run in children.items():
        assert run.data.params["model.part"] == name and run.data.params["backtest.horizon"] == "2"
        assert run.data.metrics["wape.select"] == pytest.approx(found.loc[name, "wape.select"], rel=1e-4)
        assert run.data.metrics["wape.test"] == pytest.approx(found.loc[name, "wape.test"], rel=1e-4)
        assert run.data.metrics["n_failed"] == 0 and run.data.metrics["n_ok.select"] == 3
        assert any(metric.startswith("wape.select.segment.") for metric in run.data.metrics)
        assert len(run.data.tags["forecastlab.key"]) >= 32 and run.data.tags["forecastlab.data"]
        assert run.data.tags["rank"] == f"{found.loc[name, 'rank']} of {len(MODELS)}" and run.data.tags["verdict"]
        assert f"#/experiments/{study.experiment_id}/runs/{run.info.run_id}" in study.tags["mlflow.note.content"]
        files = {file.path for file in client.list_artifacts(run.info.run_id)}
        assert {"forecasts.parquet", "scores.parquet", "failures.parquet", "recipe.yaml", "plots"} <= files
    assert len({run.data.tags["forecastlab.key"] for run in children.values()}) == len(MODELS)


@pytest.mark.filterwarnings("ignore")
def test_when_a_study_is_asked_again_then_everything_is_kept_from_before(shop, done):
    before = entries(shop.place / "tracked")
    again = shop.call(shop.words("run", "tracked", *ASKED, "executor=serial"))
    assert again.code == 0, again.err
    assert again.out.count("kept from before") == len(MODELS)
    assert entries(shop.place / "tracked") == before
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{shop.place / 'tracked' / 'mlflow.db'}")
    (study,) = client.search_experiments(filter_string="name = 'weekly'")
    runs = client.search_runs([study.experiment_id], filter_string="attributes.status = 'FINISHED'")
    assert sum("mlflow.parentRunId" in run.data.tags for run in runs) == len(MODELS), "children were doubled"


def test_when_a_study_is_compared_then_the_leaderboard_is_that_of_its_runs(shop, done):
    expected = board(shop, "tracked")
    found = shop.here(shop.words("compare", "tracked", "study=weekly", "compare.baseline=naive"))
    assert found.code == 0, found.err
    assert "weekly: WAPE" in found.out and all(model in found.out for model in MODELS)
    pd.testing.assert_frame_equal(board(shop, "tracked"), expected)


def test_when_a_study_is_reported_again_then_nothing_is_computed_and_the_page_is_the_same(shop, done):
    place, before = shop.folder("tracked", "weekly") / "report.html", entries(shop.place / "tracked")
    first = place.read_text(encoding="utf-8")
    assert "weekly" in first and all(model in first for model in MODELS)
    found = shop.here(shop.words("report", "tracked", "study=weekly"))
    assert found.code == 0 and found.out == f"{place}\n" and place.read_text(encoding="utf-8") == first
    words = shop.words("report", "tracked", "study=weekly", "report.language=zh", "report.within=0.25")
    chinese = place.read_text(encoding="utf-8") if shop.here(words).code == 0 else ""
    assert "排行榜" in chinese and "与 naive 之差" in chinese and "不超过 25%" in chinese and 'lang="en"' not in chinese
    assert 'class="broken"' not in first + chinese
    assert entries(shop.place / "tracked") == before
    missing = shop.here(shop.words("report", "tracked", "study=weakly"))
    assert missing.code == 2 and "unknown-study" in missing.err and "weekly" in missing.err


def test_when_a_study_is_killed_then_the_same_command_does_what_is_missing_and_the_answer_is_the_same(shop, done):
    words = shop.words("run", "killed", *ASKED, "tracking=none")
    root = shop.place / "killed"
    victim = shop.start([*words, "executor.workers=2"])
    try:
        end = time.monotonic() + 120
        while len(list(root.glob("cache/forecast/*/entry.json"))) < 6 and time.monotonic() < end:
            assert victim.poll() is None, "the study ended before it could be killed"
            time.sleep(0.005)
    finally:
        os.killpg(victim.pid, signal.SIGKILL)
        assert victim.wait() == -signal.SIGKILL
    survived = entries(root)
    assert survived, "nothing was kept before the kill"
    resumed = shop.call([*words, "executor.workers=1"])
    assert resumed.code == 0, resumed.err
    whole = entries(root)
    assert {name: whole[name] for name in survived} == survived, "kept work was done again"
    assert len(survived) < len(whole) and set(whole) == set(entries(shop.place / "tracked"))
    assert not list(root.glob("cache/tmp/*")), "half-written results are left"
    pd.testing.assert_frame_equal(board(shop, "killed"), board(shop, "tracked"))
    for model in MODELS:  # one process there; here two workers, a kill, and one worker
        pd.testing.assert_frame_equal(
            shop.forecasts("killed", "weekly", model), shop.forecasts("tracked", "weekly", model), check_exact=True
        )
