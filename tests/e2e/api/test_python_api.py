"""``import forecastlab as fl``: the answers of the command line as frames, and its errors as exceptions."""

import subprocess
import sys

import pandas as pd
import pytest

import forecastlab as fl
from forecastlab.cli import main

SMALL = (
    "dataset=cdnow",
    "dataset.sample=tenth",
    "segmentation=none",
    "backtest.select=2",
    "backtest.test=1",
    "metric=[wape,mae]",
    "executor=serial",
    "tracking=none",
    "study=asked",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("api")


@pytest.fixture(scope="module")
def study(place):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        return fl.run(*SMALL, "model=naive,theta")


def test_when_several_models_are_asked_then_there_are_tidy_frames_of_all(study, place):
    assert study.study == "asked" and sorted(study.leaderboard["method"]) == ["naive", "theta"]
    assert len(study.comparison) == 1 and study.comparison["n"].iloc[0] == 2
    assert set(study.forecasts["method"]) == set(study.scores["method"]) == {"naive", "theta"}
    assert not study.forecasts.duplicated(["method", "unique_id", "cutoff", "ds"]).any()
    assert set(study.scores["metric"]) == {"wape", "mae"}
    assert list(study.failures.columns)[:3] == ["method", "unique_id", "cutoff"] and study.failures.empty
    rows = study.forecasts.query("method == 'theta' and level == 'total' and role == 'select'")
    wape = (rows["y"] - rows["yhat"]).abs().sum() / rows["y"].abs().sum()
    found = study.leaderboard.set_index("method").loc["theta", "wape.select"]
    assert found == pytest.approx(wape, rel=1e-12)
    assert repr(study).startswith("asked: ") and "theta" in repr(study) and len(repr(study).splitlines()) == 4
    assert (place / study.folder / "leaderboard.csv").is_file()


def test_when_the_command_asks_the_same_then_it_has_the_same_leaderboard(study, place, monkeypatch, capsys):
    monkeypatch.chdir(place)
    assert main(["run", *SMALL, "-m", "model=naive,theta", "root=typed"]) == 0
    typed = pd.read_csv(place / "typed/studies/asked/leaderboard.csv").drop(columns="seconds")
    pd.testing.assert_frame_equal(
        study.leaderboard.drop(columns="seconds"), typed, check_dtype=False, check_exact=False, rtol=1e-12
    )
    assert not capsys.readouterr().err


def test_when_a_study_is_compared_then_it_holds_what_was_run(study, place, monkeypatch, capsys):
    again = fl.compare("asked", "compare.baseline=theta", root=place / "mlruns")
    assert set(again.leaderboard["method"]) == {"naive", "theta"}
    assert again.leaderboard.set_index("method").loc["theta", "evidence"] == "baseline"
    assert len(again.forecasts) == len(study.forecasts) and len(again.scores) == len(study.scores)
    with pytest.raises(fl.ConfigError, match=r"there is no study it.s in .*, there are asked"):
        fl.compare("it's", root=place / "mlruns")
    assert capsys.readouterr() == ("", "")


def test_when_something_is_wrong_then_all_of_it_is_raised_and_nothing_ends_the_program():
    with pytest.raises(fl.ForecastlabError) as caught:
        fl.run("model=naiv", "dataset=cdno")
    assert caught.type is fl.ConfigError and len(str(caught.value).splitlines()) == 2
    assert "did you mean naive?" in str(caught.value)
    with pytest.raises(fl.ConfigError, match="--trust no_such_module"):
        fl.run("model=naive", trust="no_such_module")
    with pytest.raises(fl.ConfigError, match="there is no such folder"):
        fl.run("model=naive", config_dir="no/such/folder")


def test_when_one_of_several_runs_fails_then_the_rest_is_kept_and_the_failure_is_told(place, monkeypatch):
    monkeypatch.chdir(place)
    found = fl.run(*SMALL, "model=naive", "backtest.min_train=16,1000")
    assert len(found.leaderboard) == 1 and len(found.failures) == 1
    assert found.failures["kind"].tolist() == ["run"] and "too-few-periods" in found.failures["reason"].iloc[0]
    with pytest.raises(fl.ConfigError, match="too-few-periods"):
        fl.run(*SMALL, "model=naive", "backtest.min_train=1000")


def test_when_the_package_is_imported_then_nothing_heavy_is():
    program = "import sys, forecastlab; assert 'run' in dir(forecastlab); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"pandas", "numpy", "hydra", "omegaconf", "mlflow", "rich"} & {*done.stdout.split()}
    with pytest.raises(AttributeError, match="has no attribute 'rum'"):
        fl.rum  # noqa: B018


def test_when_pictures_are_asked_for_then_each_is_a_png_of_the_method_that_is_named(study, tmp_path):
    for picture in (
        study.plot.leaderboard(),
        study.plot.forecasts(),
        study.plot.forecasts("naive", level="total"),
        study.plot.horizon("theta"),
    ):
        assert picture._repr_png_()[:8] == b"\x89PNG\r\n\x1a\n"
    total = study.forecasts.query("method == 'naive' and level == 'total'")
    wape = {
        role: (rows["y"] - rows["yhat"]).abs().sum() / rows["y"].abs().sum() for role, rows in total.groupby("role")
    }
    title = study.plot.forecasts("naive").figure.texts[0].get_text()
    assert f"{100 * wape['select']:.1f} % in selection folds" in title
    assert study.plot.horizon().save(tmp_path / "horizon.png").is_file()


def test_when_a_picture_is_asked_of_a_method_or_level_that_is_not_there_then_the_nearest_is_named(study):
    with pytest.raises(fl.ConfigError, match="did you mean theta"):
        study.plot.horizon("thetta")
    with pytest.raises(fl.ConfigError, match=r"not-in-study: level.*there are .*total"):
        study.plot.forecasts(level="region")


def test_when_a_notebook_shows_a_study_then_it_reads_verdict_and_leaderboard(study):
    shown = study._repr_html_()
    assert study.verdict in shown and "<td>theta</td>" in shown and "wape.select" in shown
    first = study.leaderboard["wape.select"].iloc[0]
    assert f"<td>{first:.1%}</td>" in shown
