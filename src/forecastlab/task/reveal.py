"""``reveal``: the real ids beside pseudonyms, for whoever has the key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow.prepare import load
from forecastlab.recipe import Recipe
from forecastlab.schema import DataError, Fault
from forecastlab.schema.names import CUSTOMER, SERIES
from forecastlab.task.privacy import key_file, pseudonyms, read_key


def reveal(source: Path, target: Path, recipe: Recipe) -> int:
    """Write ``source`` (CSV or Parquet) to ``target`` with the column ``customer_id``; how many ids were found.

    A pseudonym cannot be turned round: those of all customers of the dataset are computed, and looked up. Raises
    DataError for a file without pseudonyms of this dataset under this key, EnvironmentFault without a key.
    """
    rows = _read(source)
    root = Path(recipe.settings.root)
    log, _, _ = load(recipe.experiment.dataset, Store(root / "cache"))
    ids = _people([log.path, *(log.table(name) for name in log.facts.tables)])
    by_name = {name: each for each, name in pseudonyms(ids, read_key(root)).items()}
    found = rows[SERIES].map(by_name)
    if not found.notna().any():
        what = f"none of its {len(rows)} pseudonyms is that of a customer of this dataset under the key {key_file()}"
        raise DataError(Fault("unknown-pseudonyms", str(source), what, "name the dataset it is of: dataset=NAME"))
    rows.insert(0, CUSTOMER, found)
    _write(rows, target)
    return int(found.notna().sum())


def _read(source: Path) -> pd.DataFrame:
    try:
        rows = pd.read_parquet(source) if source.suffix == ".parquet" else pd.read_csv(source, dtype={SERIES: str})
    except (OSError, ValueError) as error:
        what = str(error).split("\n")[0]
        raise DataError(Fault("unreadable", str(source), what, "name a CSV or Parquet file")) from error
    if SERIES not in rows:
        what = f"it has no column {SERIES}, it has {', '.join(map(str, rows.columns))}"
        raise DataError(Fault("no-pseudonyms", str(source), what, "name a file that forecastlab wrote"))
    return rows


def _people(paths: Sequence[Path]) -> list[str]:
    """Everybody in the log and in its further tables: prospects are in those only."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as con:
        query = """SELECT DISTINCT customer_id FROM read_parquet(?, union_by_name = true)
                   WHERE customer_id IS NOT NULL ORDER BY 1"""
        return [str(each) for (each,) in con.execute(query, [[str(path) for path in paths]]).fetchall()]


def _write(rows: pd.DataFrame, target: Path) -> None:
    """Write for the owner's eyes only, also where the file was there and open to others."""
    import os

    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        if target.suffix == ".parquet":
            rows.to_parquet(file, index=False)
        else:
            rows.to_csv(file, index=False)
