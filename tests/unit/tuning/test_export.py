"""A found config as an experiment: composed again by Hydra from its file it is the same recipe."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import yaml

from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError
from forecastlab.task.export import experiment

QUESTIONS = {
    "a value": ["model=regression", "model.ridge=2.5", "backtest.horizon=3"],
    "an experiment": ["+experiments=quickstart", "model=ets"],
    "parts inside parts": ["model=ensemble", "combine@model.combine=mean", "model.members.ets.damped=true"],
    "several parts of a group": ["driver=[holidays,promotions]", "metric=[wape,mase]"],
    "lists and nulls": ["model=regression", "model.fit_by=[unique_id]", "dataset.warmup=null", "dataset=cdnow"],
    "how it is run": ["executor=serial", "tracking=none", "tuning=grid", "root=elsewhere", "study=mine"],
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_when_a_config_is_exported_then_its_file_makes_the_same_run(name: str, tmp_path: Path) -> None:
    recipe = build(compose(QUESTIONS[name]))
    text = experiment(recipe, "found", ["Where it comes from.", "forecastlab tune …"])
    assert text.startswith("# @package _global_\n# Where it comes from.\n# forecastlab tune …\n")
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments/found.yaml").write_text(text, encoding="utf-8")
    again = build(compose(["+experiments=found"], tmp_path))
    assert again.experiment == recipe.experiment
    assert again.settings.compare == recipe.settings.compare
    assert again.settings.study == "found"


def test_when_a_config_is_the_packaged_one_then_its_file_says_nothing_but_its_study() -> None:
    text = experiment(build(compose(QUESTIONS["how it is run"])), "found", [])
    assert yaml.safe_load(text) == {"study": "found"}


def test_when_a_sweep_is_exported_then_only_the_winner_is_run_again() -> None:
    text = experiment(build(compose(["+experiments=quickstart"])), "found", [])
    assert "sweep" not in yaml.safe_load(text)


def test_when_parts_of_a_list_were_taken_out_then_the_others_are_named() -> None:
    recipe = build(compose(["~metric.smape", "~metric.mae"]))
    named = yaml.safe_load(experiment(recipe, "found", []))["defaults"][0]["override /metric"]
    assert named == list(recipe.composed.values["metric"]) and "smape" not in named


def test_when_a_file_would_make_another_run_then_nothing_is_exported() -> None:
    recipe = build(compose([]))
    other = dataclasses.replace(recipe, experiment=dataclasses.replace(recipe.experiment, levels=(0.5,)))
    with pytest.raises(ConfigError, match="no-export"):
        experiment(other, "found", [])
