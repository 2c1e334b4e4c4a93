"""What a search leaves to see and to replay: trials in MLflow and as a table, the winner's config, and its luck."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import yaml
from mlflow import MlflowClient
from mlflow.entities import Run

from forecastlab.cli import main

QUESTION = [
    "dataset=cdnow",
    "segmentation=none",
    "model=regression",
    "backtest.select=3",
    "backtest.test=1",
    "backtest.horizon=2",
    "executor=serial",
]
SEARCH = ["tuning.prune=null", "tuning.batch=2", "tuning.startup=2", "study=hunt"]


@dataclass(frozen=True)
class Hunt:
    """A search of four trials that was then made one of five, in a folder of its own."""

    place: Path

    @property
    def root(self) -> Path:
        return self.place / "mlruns"

    @property
    def tuning(self) -> Path:
        return self.root / "studies/hunt/tuning"

    def runs(self) -> dict[str, Run]:
        client = MlflowClient(f"sqlite:///{self.root / 'mlflow.db'}")
        study = client.get_experiment_by_name("hunt")
        assert study is not None
        found = client.search_runs([study.experiment_id])
        ours = [run for run in found if run.info.run_name.startswith(("search", "trial"))]
        named = {run.info.run_name: run for run in ours}
        assert len(named) == len(ours)
        return named

    def table(self) -> pd.DataFrame:
        return pd.read_csv(self.tuning / "trials.csv", float_precision="round_trip")

    def key(self, study: str, model: str) -> str:
        (path,) = (self.root / "studies" / study / "runs").glob(f"{model}-*/run.json")
        return str(json.loads(path.read_text())["key"])


@pytest.fixture(scope="module")
def hunt(tmp_path_factory: pytest.TempPathFactory) -> Hunt:
    place = tmp_path_factory.mktemp("hunt")
    base = [*QUESTION, *SEARCH, f"root={place / 'mlruns'}"]
    assert main(["tune", *base, "tuning.trials=4"]) == 0
    assert main(["tune", *base, "tuning.trials=5", "--export", str(place / "found.yaml")]) == 0
    return Hunt(place)


def test_when_a_search_ends_then_its_table_says_what_optuna_kept(hunt: Hunt) -> None:
    import optuna

    journal = optuna.storages.journal.JournalFileBackend(str(hunt.tuning / "trials.journal"))
    kept = optuna.load_study(study_name="hunt", storage=optuna.storages.JournalStorage(journal)).trials
    table = hunt.table()
    assert list(table["trial"]) == [0, 1, 2, 3, 4] == sorted(trial.user_attrs["index"] for trial in kept)
    for trial in kept:
        row = table.set_index("trial").loc[trial.user_attrs["index"]]
        assert row["loss"] == pytest.approx(trial.value, rel=1e-15)
        assert row["model.ridge"] == pytest.approx(trial.params["model.ridge"], rel=1e-15)
        losses = [row[f"loss.fold{fold}"] for fold in (1, 2, 3)]
        assert losses == pytest.approx([trial.intermediate_values[fold] for fold in range(3)], rel=1e-15)


def five_digits(value: float) -> float:
    return float(f"{value:.5g}")


def test_when_a_search_goes_on_then_mlflow_has_one_search_and_every_trial_once(hunt: Hunt) -> None:
    runs = hunt.runs()
    assert sorted(name[:9] for name in runs) == ["search hu", *(f"trial 00{i}" for i in range(5))]
    search = runs.pop("search hunt")
    assert search.info.status == "FINISHED"
    assert search.data.metrics["n_trials"] == search.data.metrics["n_done"] == 5
    table = hunt.table().set_index("trial")
    assert search.data.metrics["best.loss"] == five_digits(table["loss"].min())
    client = MlflowClient(f"sqlite:///{hunt.root / 'mlflow.db'}")
    for name, run in runs.items():
        row = table.loc[int(name.split()[1])]
        assert f"ridge={row['model.ridge']:.4g}" in name.split() and run.data.tags["kind"] == "trial"
        assert run.data.tags["mlflow.parentRunId"] == search.info.run_id
        assert float(run.data.params["model.ridge"]) == row["model.ridge"]
        history = client.get_metric_history(run.info.run_id, "loss")
        assert [point.step for point in history] == [0, 1, 2]
        assert [point.value for point in history] == [five_digits(row[f"loss.fold{fold}"]) for fold in (1, 2, 3)]
        assert run.data.metrics["final.loss"] == five_digits(row["loss"])


def test_when_a_search_ends_then_its_pictures_need_no_network(hunt: Hunt) -> None:
    client = MlflowClient(f"sqlite:///{hunt.root / 'mlflow.db'}")
    search = hunt.runs()["search hunt"]
    assert {each.path for each in client.list_artifacts(search.info.run_id)} == {
        "best.yaml",
        "optimism.csv",
        "plots",
        "trials.csv",
    }
    page = Path(client.download_artifacts(search.info.run_id, "plots/search.html")).read_text(encoding="utf-8")
    for word in ("History: loss", "Importances: which values decided", "Values side by side", "Slices: loss"):
        assert page.count(word) == 1
    assert page.count("plotly.js v") == 1
    assert '<script src="' not in page and "<link" not in page


def test_when_the_winner_is_judged_then_its_optimism_is_that_of_the_leaderboard(hunt: Hunt) -> None:
    board = pd.read_csv(hunt.root / "studies/hunt/leaderboard.csv").set_index("method")
    luck = pd.read_csv(hunt.tuning / "optimism.csv").set_index("method")
    assert list(luck.index) == ["default", "tuned (5 trials)"]
    assert sorted(board.index) == sorted(luck.index)
    for method in board.index:
        gap = board.loc[method, "wape.test"] - board.loc[method, "wape.select"]
        assert luck.loc[method, "optimism"] == pytest.approx(gap, abs=1e-15)
    noted = hunt.runs()["search hunt"].data.metrics
    assert noted["optimism.tuned"] == pytest.approx(luck.loc["tuned (5 trials)", "optimism"], rel=1e-4)
    assert noted["optimism.default"] == pytest.approx(luck.loc["default", "optimism"], rel=1e-4)


def test_when_a_study_is_compared_then_the_tuned_run_says_so(hunt: Hunt, capsys: pytest.CaptureFixture[str]) -> None:
    before = pd.read_csv(hunt.root / "studies/hunt/leaderboard.csv").set_index("method")
    assert main(["compare", "study=hunt", f"root={hunt.root}"]) == 0
    assert "regression tuned (5 trials)" in capsys.readouterr().out
    board = pd.read_csv(hunt.root / "studies/hunt/leaderboard.csv").set_index("method")
    assert board.loc["regression tuned (5 trials)", "wape.select"] == before.loc["tuned (5 trials)", "wape.select"]
    assert board.loc["regression", "wape.select"] == before.loc["default", "wape.select"]


def test_when_the_found_config_is_run_then_it_is_the_winner(hunt: Hunt, tmp_path: Path) -> None:
    (tmp_path / "experiments").mkdir()
    text = (hunt.place / "found.yaml").read_text(encoding="utf-8")
    (tmp_path / "experiments/found.yaml").write_text(text, encoding="utf-8")
    assert text.startswith("# @package _global_\n# Values of trial ")
    told = yaml.safe_load(text)
    assert set(told) == {"defaults", "study", "model", "backtest", "tuned"}  # what differs, and nothing else
    words = ["run", "--config-dir", str(tmp_path), "+experiments=found", "executor=serial", "tracking=none"]
    assert main([*words, f"root={hunt.root}"]) == 0
    winner = json.loads(next((hunt.root / "studies/hunt/tuned").glob("*.json")).read_text())
    assert told["tuned"] == winner == {"study": "hunt", "trials": 5, "trial": winner["trial"]}
    assert (hunt.root / "studies/hunt/tuned" / f"{hunt.key('hunt_best', 'regression')[:32]}.json").is_file()


def test_when_a_winner_is_replayed_then_nothing_is_computed(hunt: Hunt, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "+params=best", "study=hunt", f"root={hunt.root}", "tracking=none"]) == 0
    assert "regression tuned (5 trials): kept from before" in capsys.readouterr().out


def test_when_another_trial_is_replayed_then_it_has_that_trials_values(
    hunt: Hunt, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "+params=3", "study=hunt", f"root={hunt.root}", "--cfg", "job"]) == 0
    config = yaml.safe_load(capsys.readouterr().out)
    row = hunt.table().set_index("trial").loc[3]
    assert config["model"]["ridge"] == row["model.ridge"]
    assert config["backtest"]["select"] == 3
    assert config["tuned"] == {"study": "hunt", "trials": 5, "trial": 3}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["+params=best", "study=hnt"], "unknown-study: study: there is no study hnt"),
        (["+params=best"], "missing-value: study"),
        (["+params=77", "study=hunt"], "unknown-trial: params: found 77"),
    ],
)
def test_when_there_is_nothing_to_replay_then_one_line_says_what_to_type(
    hunt: Hunt, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *words, f"root={hunt.root}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_when_a_study_was_never_searched_then_a_replay_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "studies/plain").mkdir(parents=True)
    assert main(["run", "+params=best", "study=plain", f"root={tmp_path}"]) == 2
    assert "no-search: params: study plain has no search with trials" in capsys.readouterr().err
