"""A search over a method of one's own, whose code was edited meanwhile: old and new trials are not mixed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MODEL = '''"""Last value, plus something."""

from dataclasses import dataclass

import numpy as np

from forecastlab.schema import Forecast


@dataclass(frozen=True)
class Fitted:
    ids: object
    last: object
    failures: dict

    def predict(self, future):
        return Forecast(self.ids, future.ds, np.repeat(self.last[:, None], len(future.ds), axis=1))

    def update(self, history):
        return Mine(1.0).fit(history)

    def state(self):
        return {}


@dataclass(frozen=True)
class Mine:
    share: float
    local = False

    def fit(self, history):
        return Fitted(history.grid.ids, history.grid.values[:, -1] * self.share, {})  # HERE

    def from_state(self, state):
        raise NotImplementedError


PARTS = {"model": {"mine": Mine}}
'''


def tune(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("forecastlab")),
        "tune",
        "--config-dir",
        "conf",
        "--trust",
        "minemodel",
    ]
    command += ["dataset=cdnow", "segmentation=none", "backtest.select=2", "backtest.test=1", "backtest.horizon=2"]
    command += ["executor=serial", "tracking=none", "study=hunt", "tuning=grid"]
    env = os.environ | {"PYTHONPATH": f"{place}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    return subprocess.run([*command, *words], cwd=place, capture_output=True, text=True, env=env, check=False)


def test_when_the_code_of_a_searched_method_was_edited_then_the_search_is_refused_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "minemodel.py").write_text(MODEL)
    (tmp_path / "conf/model").mkdir(parents=True)
    (tmp_path / "conf/model/mine.yaml").write_text("# Mine\npart: mine\nshare: 1.0\n")
    # the method is searched, too: also the code of what is not the first choice counts
    words = ("tuning.over={model: {choices: [naive, mine]}}", "tuning.trials=1")
    begun = tune(tmp_path, *words)
    assert begun.returncode == 0, begun.stderr
    (tmp_path / "minemodel.py").write_text(MODEL.replace("self.share, {})  # HERE", "self.share * 2, {})"))
    (tmp_path / "minemodel.py").touch()
    changed = tune(tmp_path, *words)
    assert changed.returncode == 2
    (line,) = changed.stderr.splitlines()
    assert "changed-search" in line and "it was begun with another code." in line
    (tmp_path / "minemodel.py").write_text(MODEL.replace("# HERE", "# a comment is no change"))
    assert tune(tmp_path, *words).returncode == 0
