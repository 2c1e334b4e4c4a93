"""Somebody else's folder: modules with a dataset, a segmentation, a metric and models, and their configs."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).parent / "forecastlab")
RULE = "SHARE = 0.9\n"
PARTS = '''
from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from forecastlab.schema import Facts, Ledger

TYPES = {"customer_id": pa.string(), "time": pa.timestamp("us"), "amount": pa.int64(), "town": pa.string()}


@dataclass(frozen=True)
class Shop:
    """Sales of a small shop, drawn by lot."""

    freq: str
    season: int | None
    warmup: str | None
    customers: Annotated[int, Field(ge=1, description="how many there are")]

    def fingerprint(self):
        return hashlib.sha256(str(self.customers).encode()).hexdigest()

    def load(self, target):
        rng = np.random.default_rng(1)
        who = rng.integers(0, self.customers, 3000)
        frame = pd.DataFrame(
            {
                "customer_id": [f"{i:04d}" for i in who],
                "time": pd.Timestamp("2023-01-02") + pd.to_timedelta(np.sort(rng.integers(0, 364, 3000)), unit="D"),
                "amount": rng.integers(100, 9000, 3000),
                "town": np.where(who % 3, "north", "south"),
            }
        )
        table = pa.Table.from_pandas(frame, pa.schema(list(TYPES.items())), preserve_index=False)
        pq.write_table(table.replace_schema_metadata(), target)
        cents = int(frame["amount"].sum())
        ledger = Ledger(len(frame), cents, len(frame), cents)
        return Facts("log", "2023-01-02", "2023-12-31", ("town",), False, ledger)


@dataclass(frozen=True)
class HalvesAssigner:
    middle: float

    def assign(self, profiles):
        big = profiles["money"] > self.middle
        return pd.Series(np.where(big, "big", "small"), index=profiles.index, dtype=object)


@dataclass(frozen=True)
class Halves:
    """Customers who spend more than the middle one, and the others."""

    window: str | None
    segments = ("big", "small")
    attributes = ()

    def fit(self, profiles):
        return HalvesAssigner(float(profiles["money"].median()) if len(profiles) else 0.0)


@dataclass(frozen=True)
class Worst:
    """The largest miss of all, in the unit of the sales."""

    levels = ()

    def score(self, scored):
        return float(np.abs(scored.y - scored.yhat).max()) if len(scored.y) else float("nan")


PARTS = {
    "dataset": {"acme_shop": Shop},
    "segmentation": {"acme_halves": Halves},
    "metric": {"acme_worst": Worst},
}
'''
MODELS = '''
from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from acme_rule import SHARE
from forecastlab.model.naive import Naive


@dataclass(frozen=True)
class Level:
    """A share of the last value."""

    share: Annotated[float, Field(ge=0, description="how much of it")]

    @property
    def local(self):
        return True

    def fit(self, history):
        fitted = Naive().fit(history)
        fitted.values[:] *= self.share * SHARE
        return fitted

    def from_state(self, state):
        return Naive().from_state(state)


@dataclass(frozen=True)
class Spy:
    """The last value and, from a file that is none of its business, what came after it."""

    local = True

    def fit(self, history):
        fitted = Naive().fit(history)
        files = Path(tempfile.gettempdir()).glob("forecastlab-*/**/data.parquet")
        sales = pd.read_parquet(max(files, key=lambda path: path.stat().st_mtime_ns))
        fitted.values[:] += np.log1p(sales["amount"][sales["time"] > history.cutoff].abs().sum())
        return fitted

    def from_state(self, state):
        return Naive().from_state(state)


PARTS = {"model": {"acme_level": Level, "acme_spy": Spy}}
'''
FILES = {
    "dataset/acme": "# A small shop.\npart: acme_shop\nfreq: W-SUN\nseason: null\nwarmup: 6 weeks\ncustomers: 60\n",
    "segmentation/halves": "# Two halves.\npart: acme_halves\nwindow: 8 weeks\n",
    "model/level": "# A share.\npart: acme_level\nshare: 1.0\nspace: {share: {low: 0.5, high: 1.0}}\n",
    "model/spy": "# Looks where it should not.\npart: acme_spy\n",
    "metric/worst": "# @package metric.worst\n# The largest miss.\npart: acme_worst\n",
    "experiments/acme": "# @package _global_\n# Does a share help?\ndefaults:\n  - override /dataset: acme\n"
    "  - override /segmentation: halves\n  - override /metric: [wape, worst]\nsweep: {model: 'naive,level'}\n"
    "question: Does a share help?\nbacktest: {horizon: 2, select: 2, test: 1, step: 4}\n",
}


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Folder:
    """The folder of work of somebody who has parts of their own."""

    place: Path

    @property
    def conf(self) -> Path:
        return self.place / "my_conf"

    def call(self, *words: str, **variables: str) -> Done:
        """The real command, in this folder."""
        environment = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1", **variables}
        environment = {key: value for key, value in environment.items() if value}
        done = subprocess.run(
            [COMMAND, *words], capture_output=True, text=True, timeout=300, check=False, cwd=self.place, env=environment
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def write(self, name: str, text: str) -> None:
        """A file of this folder."""
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def furnished(place: Path) -> Folder:
    """A folder with the modules, their helper, and the configs."""
    folder = Folder(place)
    folder.write("acme_parts.py", PARTS)
    folder.write("acme_models.py", MODELS)
    folder.write("acme_rule.py", RULE)
    for name, text in FILES.items():
        folder.write(f"my_conf/{name}.yaml", text)
    return folder


@pytest.fixture
def theirs(tmp_path: Path) -> Folder:
    return furnished(tmp_path)
