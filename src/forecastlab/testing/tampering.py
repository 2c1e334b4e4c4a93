"""Sources whose rows after a date are made up: whoever looks at them is found out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copyfile
from typing import Literal

import pandas as pd

from forecastlab.schema import Dataset, Facts, SalesLog
from forecastlab.schema.names import AMOUNT, BASKET, CUSTOMER, DS, QUANTITY, SERIES, TIME, Y
from forecastlab.stages.opened import name, text

ON_LOGS = ("huge", "random", "halved", "gone", "swapped", "moved", "again", "newcomers", "nobody", "novelties")
"""What may happen to later lines of a log: amounts become huge or random; every second line, or all, are deleted;
customers or moments are dealt out anew among them; every line stands again on each of the next six days; all customers
are new ones, or nobody; all dimensions have values never seen before. Rows of further tables fare alike (values for
amounts, kinds for dimensions)."""

ON_PANELS = ("huge", "random", "halved", "missing", "swapped", "newcomers", "novelties")
"""What may happen to later values of a ready-made panel: all, or every second one, are taken away (``missing``,
``halved``), or they are dealt out anew in each period (``swapped``). Drivers beside them stay as they are: they are
tampered with apart, see ``TamperedDriver``."""

KIND, VALUE = "kind", "value"
Changes = tuple[dict[str, str], str]
"""New values of columns, as SQL, and the condition on the rows that stay."""

_KEPT = {"halved": "lot % 2 = 0", "gone": "false"}


def tampered(log: SalesLog, cutoff: pd.Timestamp, how: str, seed: int, target: Path) -> SalesLog:
    """The log with other rows after the day ``cutoff``, written to ``target``; not a bit changes in those before it.

    Its further tables are tampered with alike and written beside it. ``how`` is one of ``ON_LOGS`` or, for a ready-made
    panel, of ``ON_PANELS``. The facts stay as they were, the span of what was observed among them. Money stays in whole
    cents. Raises ValueError for a ``how`` that is not known, or if tables would be written over themselves.
    """
    panel = log.facts.kind == "panel"
    allowed = ON_PANELS if panel else ON_LOGS
    if how not in allowed:
        raise ValueError(f"found {how!r}, allowed are {', '.join(allowed)}")
    if target.parent == log.path.parent and log.facts.tables:
        raise ValueError("the tables of the log lie in that folder, choose another one")
    changes = (_on_panel if panel else _on_log)(how, log.facts)
    made = replace(log, path=target)
    _rewrite(log.path, target, DS if panel else TIME, cutoff, changes, how == "again", seed)
    for i, table in enumerate(log.facts.tables):
        _rewrite(log.table(table), made.table(table), TIME, cutoff, _on_table(how), how == "again", seed + i + 1)
    return made


def _rewrite(
    source: Path, target: Path, column: str, cutoff: pd.Timestamp, changes: Changes, again: bool, seed: int
) -> None:
    """Write the rows of a file anew, those whose ``column`` lies after the cutoff with ``changes``."""
    import duckdb

    moment = f"TIMESTAMP {text(str(_after(cutoff, column)))}"
    rows = f"read_parquet({text(str(source))}, file_row_number = true)"
    later = f"SELECT *, hash(file_row_number, {seed}) AS lot FROM {rows} WHERE {column} >= {moment}"
    changed, kept = changes
    new = f"REPLACE ({', '.join(f'{made} AS {name(old)}' for old, made in changed.items())})" if changed else ""
    spread = ", (SELECT unnest(range(7)) AS shift)" if again else ""
    made = f"SELECT * EXCLUDE (file_row_number, lot{', shift' if spread else ''}) {new} FROM ({later}){spread}"
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("SET TimeZone = 'UTC'")
        past = f"SELECT * EXCLUDE (file_row_number) FROM {rows} WHERE {column} < {moment}"
        con.execute(f"COPY ({past} UNION ALL BY NAME {made} WHERE {kept}) TO {text(str(target))} (FORMAT parquet)")


def _after(cutoff: pd.Timestamp, column: str) -> pd.Timestamp:
    """The first moment that was not known: a line counts for its whole day, a period of a panel for itself."""
    return cutoff + pd.Timedelta(microseconds=1) if column == DS else cutoff.normalize() + pd.Timedelta(days=1)


def _on_log(how: str, facts: Facts) -> Changes:
    """New values of columns of a log, and the condition on lines that stay."""
    changes: dict[str, dict[str, str]] = {
        "huge": {AMOUNT: f"CASE WHEN {AMOUNT} < 0 THEN -1 ELSE 1 END * 1000000000", QUANTITY: "1e9"},
        "random": {AMOUNT: "CAST(lot % 2000001 AS BIGINT) - 1000000", QUANTITY: "CAST(lot % 1000 AS DOUBLE)"},
        "swapped": {CUSTOMER: _dealt(CUSTOMER, "")},
        "moved": {TIME: _dealt(TIME, "")},
        "again": {
            TIME: f"{TIME} + to_days(CAST(shift AS INTEGER))",
            AMOUNT: "1000000000",
            BASKET: f"{BASKET} || ' again ' || shift",
        },
        "newcomers": {CUSTOMER: "'newcomer ' || lot % 7"},
        "nobody": {CUSTOMER: "CAST(NULL AS VARCHAR)"},
        "novelties": dict.fromkeys(facts.dimensions, "'novelty ' || lot % 3"),
    }
    found = changes.get(how, {})
    absent = {QUANTITY: facts.has_quantity, BASKET: facts.has_basket}
    changed = {column: made for column, made in found.items() if absent.get(column, True)}
    return changed, _KEPT.get(how, "true")


def _on_table(how: str) -> Changes:
    """New values of columns of a further table, and the condition on rows that stay."""
    changes: dict[str, dict[str, str]] = {
        "huge": {VALUE: "1e9"},
        "random": {VALUE: "CAST(lot % 2000001 AS DOUBLE) - 1e6"},
        "swapped": {CUSTOMER: _dealt(CUSTOMER, "")},
        "moved": {TIME: _dealt(TIME, "")},
        "again": {TIME: f"{TIME} + to_days(CAST(shift AS INTEGER))", VALUE: "1e9"},
        "newcomers": {CUSTOMER: "'newcomer ' || lot % 7"},
        "nobody": {CUSTOMER: "CAST(NULL AS VARCHAR)"},
        "novelties": {KIND: "'novelty ' || lot % 3"},
    }
    return changes.get(how, {}), _KEPT.get(how, "true")


def _on_panel(how: str, facts: Facts) -> Changes:
    """New values of columns of a ready-made panel, and the condition on rows that stay."""
    changes: dict[str, dict[str, str]] = {
        "huge": {Y: f"CASE WHEN {Y} < 0 THEN -1e9 ELSE 1e9 END"},
        "random": {Y: "CAST(lot % 2000001 AS DOUBLE) - 1e6"},
        "missing": {Y: "CAST('NaN' AS DOUBLE)"},
        "halved": {Y: f"CASE WHEN lot % 2 = 0 THEN {Y} END"},
        "swapped": {Y: _dealt(Y, f"PARTITION BY {DS}")},
        "newcomers": {SERIES: f"'newcomer ' || {SERIES}"},
        "novelties": dict.fromkeys(facts.dimensions, "'novelty ' || lot % 3"),
    }
    return changes.get(how, {}), "true"


def _dealt(column: str, among: str) -> str:
    """The values of a column, dealt out anew by lot: each row gets that of the next one, the last that of the first."""
    order = f"OVER ({among} ORDER BY lot, file_row_number"
    place = f"row_number() {order}) = count(*) OVER ({among})"
    return f"CASE WHEN {place} THEN first_value({column}) {order}) ELSE lead({column}) {order}) END"


@dataclass(frozen=True)
class Tampered:
    """Another dataset with made-up rows after a day, for asking whether anything before it depends on them."""

    inner: Dataset
    after: pd.Timestamp
    how: str
    seed: int

    @property
    def freq(self) -> str:
        """That of the dataset."""
        return self.inner.freq

    @property
    def season(self) -> int | Sequence[int] | Literal["detect"] | None:
        """That of the dataset."""
        return self.inner.season

    @property
    def warmup(self) -> str | None:
        """That of the dataset."""
        return self.inner.warmup

    def fingerprint(self) -> str:
        """That of the dataset; what is done to it is in the parameters."""
        return self.inner.fingerprint()

    def load(self, target: Path) -> Facts:
        """Load the dataset, then make up what lies after the day."""
        with tempfile.TemporaryDirectory(prefix="forecastlab-") as folder:
            whole = Path(folder) / "whole.parquet"
            facts = self.inner.load(whole)
            tampered(SalesLog(whole, facts), self.after, self.how, self.seed, target)
        return facts


@dataclass(frozen=True)
class Loaded:
    """A log that lies there already, with its further tables, as a dataset: for tests of what is done with it."""

    path: str
    facts: Facts
    freq: str
    season: int | Sequence[int] | Literal["detect"] | None
    warmup: str | None

    def fingerprint(self) -> str:
        """A hash of the files."""
        import hashlib

        log = SalesLog(Path(self.path), self.facts)
        files = [log.path, *map(log.table, self.facts.tables)]
        return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()

    def load(self, target: Path) -> Facts:
        """Copy the files."""
        copyfile(self.path, target)
        here, there = SalesLog(Path(self.path), self.facts), SalesLog(target, self.facts)
        for table in self.facts.tables:
            copyfile(here.table(table), there.table(table))
        return self.facts
