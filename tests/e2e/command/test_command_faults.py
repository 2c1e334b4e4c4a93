"""What is wrong ends with the right exit code, one line per fault on stderr, and nothing written."""

import json

import pandas as pd
import pytest
import yaml


def lines(done):
    """The faults, which must be all that is said (a progress bar that ends may leave an empty line)."""
    said = [line for line in done.err.splitlines() if line.strip()]
    assert all(line.startswith("forecastlab: error ") for line in said), done.err
    return said


def test_when_the_config_is_wrong_then_exit_code_2_and_a_line_per_fault_and_nothing_written(shop):
    done = shop.call(shop.words("run", "never", "model=naiv", "segmentation=rfmm", "executor=serial"))
    assert done.code == 2 and done.out == ""
    assert len(lines(done)) == 2
    assert "did you mean naive?" in done.err and "did you mean rfm?" in done.err
    assert not (shop.place / "never").exists()


def test_when_the_data_is_wrong_then_exit_code_3_and_a_line_per_fault(shop, tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_text("Kunde,Tag,Betrag,Bon,Region\n1,2023-13-45,1.00,b,n\n2,2023-01-02,abc,b,n\n", encoding="utf-8")
    done = shop.call(shop.words("run", "wrong-data", f"dataset.path={broken}", "tracking=none", "executor=serial"))
    assert done.code == 3, done.err
    assert len(lines(done)) == 2
    assert not list((shop.place / "wrong-data").rglob("*.parquet")), "something was kept of data that cannot be read"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["run", "dataset=shop"], 2, "unknown-choice: override dataset=shop"),
        (["runn"], 2, "did you mean run?"),
        (["run", "--config"], 2, "unknown-option: --config"),
        (["run", "--config-dir", "/nowhere/at/all"], 2, "no-folder: --config-dir /nowhere/at/all"),
        (["run", "--cfg", "hydra"], 2, "allowed is job"),
        (["list", "modell"], 2, "did you mean model?"),
        (["compare", "study=no_such_study", "root=/nowhere/at/all"], 2, "there is no study no_such_study"),
        (["compare"], 2, "type study=NAME"),
        (["cache", "prune"], 2, "it needs a limit"),
        (["cache", "empty"], 2, "cache prune"),
        (["cache", "prune", "mb=many"], 2, "allowed is a number"),
        (["ui", "port=http"], 2, "port"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_when_a_command_is_mistyped_then_one_line_says_so(words, code, said, shop):
    done = shop.here(words)
    assert done.code == code and done.out == ""
    assert len(lines(done)) == 1 and said in done.err


def test_when_nothing_is_asked_for_then_the_usage_is_shown(shop):
    assert shop.here([]).code == 2
    done = shop.here(["--help"])
    assert done.code == 0 and "exit codes" in done.out
    assert shop.here(["--version"]).out.startswith("forecastlab ")


def test_when_folds_do_not_fit_then_the_arithmetic_is_shown(shop):
    done = shop.here(shop.words("run", "folds", "backtest.select=40", "tracking=none", "executor=serial"))
    assert done.code == 2 and len(lines(done)) == 1
    assert "too-few-periods" in done.err and "the panel has 47" in done.err


def test_when_a_dimension_does_not_exist_then_the_nearest_is_named(shop):
    done = shop.here(shop.words("run", "folds", "target.series_by=[regio]", "tracking=none", "executor=serial"))
    assert done.code == 2 and "did you mean region?" in done.err


def test_when_some_folds_fail_then_exit_code_4_and_the_rest_is_kept_and_counted(shop):
    def run(models, folds, *words):
        sizes = (f"backtest.select={folds}", "backtest.test=1", "tracking=none", "study=part")
        return shop.here(shop.words("run", "partly", "-m", f"model={models}", *sizes, *words))

    cheap = ("model.trees=3",)
    assert run("xgboost", 2, "executor=serial", *cheap).code == 0
    assert run("naive", 3, "executor=serial").code == 0  # so that the third panel is there before time runs out
    late = run("xgboost", 3, "executor.workers=1", "executor.timeout=0.001", *cheap)
    assert late.code == 4, late.err
    failed = [line for line in late.err.splitlines() if line.startswith("forecastlab: failed: ")]
    assert len(failed) == 1 and "0.001" in failed[0]
    assert not list(shop.folder("partly", "part").glob("runs/xgboost-*/run.json"))[1:], "a part was kept as the whole"
    found = pd.read_csv(shop.folder("partly", "part") / "leaderboard.csv").set_index("method")
    row = found.loc[next(name for name in found.index if "xgboost" in name)]
    assert (row["n_ok"], row["n"]) == (3, 4)


def test_when_the_config_is_asked_for_then_it_is_printed_whole_and_nothing_is_written(shop):
    done = shop.here(shop.words("run", "printed", "model=regression", "--cfg", "job"))
    found = yaml.safe_load(done.out)
    assert done.code == 0 and found["model"]["part"] == "regression" and found["backtest"]["horizon"] == 2
    assert found["dataset"]["customer"] == "Kunde" and found["target"]["freq"] == "W-SUN"
    assert "space" not in json.dumps(found)
    assert not (shop.place / "printed").exists()
