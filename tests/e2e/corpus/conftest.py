"""The corpus runs in one process, started once, so that a case costs only itself."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session", autouse=True)
def started(tmp_path_factory):
    """Everything is imported before the first case, as a case may use two seconds after the start."""
    from corpus_harness import SMALL, here
    from corpus_tables import csv_file, database, parquet_file, sheet, table, typed, weather

    place = tmp_path_factory.mktemp("run")
    done = here(["run", *SMALL, "tracking=none", f"root={place / 'out'}", *sheet(weather())(place)])
    assert done.code == 0, done.err
    for i, make in enumerate((csv_file(table()), parquet_file(table()), database(typed(table())), sheet(weather()))):
        place = tmp_path_factory.mktemp(f"start{i}")
        done = here(["plan", *SMALL, f"root={place / 'out'}", *make(place)])
        assert done.code == 0, done.err
