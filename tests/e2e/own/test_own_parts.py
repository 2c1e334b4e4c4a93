"""Parts of somebody else: their own folder, the real command, worker processes, and what is computed anew."""

import pandas as pd

OWN = ("--config-dir", "my_conf")
TRUSTED = (*OWN, "--trust", "acme_parts,acme_models")
ASK = ("+experiments=acme", "tracking=none", "executor.workers=2")


def test_when_parts_are_trusted_then_they_run_in_workers_and_only_what_was_edited_is_computed_anew(theirs):
    refused = theirs.call("run", *OWN, *ASK)
    assert refused.code == 2 and not (theirs.place / "mlruns").exists()
    lines = refused.err.splitlines()
    assert len(lines) == 4 and sum(line.endswith("type --trust acme_parts.") for line in lines) == 3
    assert sum(line.endswith("type --trust acme_models.") for line in lines) == 1

    first = theirs.call("run", *TRUSTED, *ASK)
    assert first.code == 0, first.err
    study = theirs.place / "mlruns/studies/acme"
    board = pd.read_csv(study / "leaderboard.csv").set_index("method")
    assert set(board.index) == {"naive", "level"} and (board["n_fallback"] == 0).all()
    (run,), (naive,) = (list(study.glob(f"runs/{name}-*")) for name in ("level", "naive"))
    forecasts, plain = (pd.read_parquet(path / "forecasts.parquet") for path in (run, naive))
    assert {"big", "small"} <= set(forecasts["segment"])
    keys = ["unique_id", "cutoff", "ds"]
    both = forecasts.merge(plain, on=keys, suffixes=("", "_naive")).query("level == 'segment'")
    pd.testing.assert_series_equal(both["yhat"], 0.9 * both["yhat_naive"], check_names=False)
    scores = pd.read_parquet(run / "scores.parquet")
    total = forecasts[(forecasts["level"] == "total") & (forecasts["role"] == "test")]
    worst = scores[(scores["metric"] == "worst") & (scores["level"] == "total") & (scores["role"] == "test")]
    assert worst["value"].max() == (total["y"] - total["yhat"]).abs().max()

    theirs.write("acme_rule.py", "# A comment changes nothing.\nSHARE = 0.9\n")
    again = theirs.call("run", *OWN, *ASK, FORECASTLAB_TRUST="acme_models,acme_parts")
    assert again.code == 0 and again.out.count("kept from before") == 2

    theirs.write("acme_rule.py", "SHARE = 0.8\n")
    edited = theirs.call("run", *TRUSTED, *ASK)
    assert edited.code == 0, edited.err
    assert "naive: kept from before" in edited.out and "level: kept from before" not in edited.out
    assert len(list(study.glob("runs/level-*"))) == 2


def test_when_a_question_is_planned_listed_or_checked_then_own_parts_are_there(theirs):
    words = ("dataset=acme", "segmentation=halves", "model=level", "backtest.select=2")
    plan = theirs.call("plan", *TRUSTED, *words)
    assert plan.code == 0 and "level" in plan.out, plan.err
    listed = theirs.call("list", "models", "experiments", *TRUSTED)
    assert "level  A share of the last value." in listed.out and "share: 1.0   how much of it" in listed.out
    assert "acme  Does a share help?" in listed.out and "quickstart" in listed.out
    config = theirs.call("check", "config", *TRUSTED, "+experiments=acme")
    assert config.code == 0 and "study acme: 2 runs can be built" in config.out
    data = theirs.call("check", "data", *TRUSTED, "dataset=acme")
    assert data.code == 0 and "dimensions: town" in data.out and "✓ in = used + left out" in data.out
    assert [line.split()[1] for line in data.out.splitlines() if line.startswith("used")] == ["3,000"]


def test_when_their_module_cannot_be_imported_then_one_line_tells_and_debug_shows_where(theirs):
    theirs.write("acme_rule.py", "import no_such_library\n")
    done = theirs.call("run", *TRUSTED, *ASK)
    assert done.code == 2 and len(done.err.splitlines()) == 1
    assert "bad-module: --trust acme_models: it cannot be imported: ModuleNotFoundError: No module named" in done.err
    debug = theirs.call("run", *TRUSTED, *ASK, "--debug")
    assert 'acme_rule.py", line 1, in <module>' in debug.err


def test_when_a_file_shadows_a_packaged_one_then_it_is_the_one_that_counts(theirs):
    theirs.write("my_conf/model/theta.yaml", "# Mine.\npart: theta\nvariant: dynamic\ndecomposition: additive\n")
    done = theirs.call("run", *OWN, "model=theta", "--cfg", "job")
    assert done.code == 0 and "variant: dynamic" in done.out
    assert "variant: dynamic" not in theirs.call("run", "model=theta", "--cfg", "job").out


def test_when_it_is_asked_where_a_config_comes_from_then_each_file_is_told(theirs):
    whole = theirs.call("plan", *TRUSTED, "+experiments=acme", "model=regression", "model.ridge=2", "--info")
    assert whole.code == 0, whole.err
    files, folders, typed = whole.out.split("\n\n")
    rows = {line.split()[0]: line.split()[1:] for line in files.splitlines()[1:]}
    assert rows["dataset"] == ["acme", "my_conf/dataset/acme.yaml", "(yours)"]
    assert rows["metric.worst"][1:] == ["my_conf/metric/worst.yaml", "(yours)"]
    assert rows["model"][1].endswith("conf/model/regression.yaml") and len(rows["model"]) == 2
    assert rows["model.features.lags"][1].endswith("conf/feature/lags.yaml")
    assert folders.splitlines()[1].strip() == str(theirs.conf)
    assert typed.split()[1:4] == ["+experiments=acme", "model=regression", "model.ridge=2"]
    assert f"model acme_level  {theirs.place / 'acme_models.py'}" in typed
    path = theirs.call("run", *OWN, "--info", "searchpath")
    assert path.out.splitlines()[1].strip() == str(theirs.conf) and len(path.out.splitlines()) == 4
    assert not (theirs.place / "mlruns").exists()
