"""The log as a database that ends at a day."""

import pickle
import subprocess
import sys

from forecastlab.testing.logs import random_rows, write_log

PROGRAM = """
import pickle, sys
import pandas as pd
from forecastlab.stages.opened import opened
log = pickle.load(open(sys.argv[1], "rb"))
with opened(log, pd.Timestamp("2024-02-01")) as con:
    query = "SELECT current_setting('enable_progress_bar'), max(time) <= TIMESTAMP '2024-02-02' FROM sales"
    print(con.execute(query).fetchall())
"""


def test_when_a_worker_opens_a_log_then_it_is_not_taken_for_somebody_at_a_terminal(tmp_path):
    """A program given by -c, as workers are, has no file: DuckDB would draw a progress bar into its output."""
    log = write_log(
        random_rows(1, 5, 90, 60, "2024-01-01"), tmp_path / "log.parquet", "2024-01-01", "2024-03-30", False
    )
    (tmp_path / "log.pickle").write_bytes(pickle.dumps(log))
    words = [sys.executable, "-c", PROGRAM, str(tmp_path / "log.pickle")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[(False, True)]"
