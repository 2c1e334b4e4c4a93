"""From the rows of a ready-made panel to its series: one value per period, no gap inside, drivers beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from forecastlab.dataset._log import literal, quoted
from forecastlab.dataset._panel_mapping import FAR, PanelRows, attributes, numbers
from forecastlab.dataset._rows import together
from forecastlab.schema import DataError, Facts, Fault, Frequency, Ledger, names, written

if TYPE_CHECKING:
    from forecastlab.dataset._panel_mapping import PanelPart

_IN = "s.first <= ds AND ds <= s.last"
_FILLED = {
    "refuse": names.Y,
    "zero": f"CASE WHEN {_IN} THEN coalesce({names.Y}, 0) END",
    "interpolate": names.Y,
    "carry": f"CASE WHEN {_IN} THEN coalesce({names.Y}, last_value({names.Y} IGNORE NULLS) OVER "
    "(PARTITION BY unique_id ORDER BY ds ROWS UNBOUNDED PRECEDING)) END",
}
_NOTES = {
    "zero": "period without a value, filled with zero",
    "carry": "period without a value, filled with the last",
    "interpolate": "period without a value, interpolated in the past",
}


def settle_panel(con: Any, rows: PanelRows, part: PanelPart, folder: Path, target: Path) -> Facts:
    """Check the rows, write the panel to ``target`` and tell its facts. Raises DataError with every fault."""
    freq = Frequency(part.freq)
    _lay(con, rows, freq)
    checks: list[Callable[[], None]] = [rows.check, partial(_check, con, rows, part)]
    together(checks)
    made = folder / "panel.parquet"
    con.execute(f"COPY ({_query(rows, part)}) TO {literal(str(made))} (FORMAT parquet)")
    ledger = _ledger(con, rows, part, made)
    if not ledger.balanced:
        raise DataError(Fault("unbalanced-ledger", str(target), "rows were lost on the way into the panel"))
    first, last = con.execute("SELECT min(first), max(last) FROM spans").fetchone()
    made.replace(target)
    return Facts(
        kind="panel",
        first_day=written(freq.start(pd.Timestamp(first))),
        last_day=written(pd.Timestamp(last)),
        dimensions=tuple(part.attributes),
        firsts_are_true=False,
        ledger=ledger,
        unit=part.unit,
        clean=tuple(policy for policy in (part.gaps, part.outliers) if policy in ("interpolate", "clip")),
        drivers=tuple(part.drivers),
    )


def _lay(con: Any, rows: PanelRows, freq: Frequency) -> None:
    """The tables ``cells`` (rows with the last day of their period), ``spans`` and ``calendar``."""
    con.execute(
        f"CREATE TEMP TABLE cells AS SELECT *, {freq.sql_end('time')} AS ds FROM {rows.parsed} "
        f"WHERE dropped IS NULL AND time IS NOT NULL AND NOT {FAR}"
    )
    con.execute(
        "CREATE TEMP TABLE spans AS SELECT unique_id, min(ds) AS first, max(ds) AS last FROM cells "
        "WHERE y_given GROUP BY unique_id"
    )
    con.execute(
        "CREATE TEMP TABLE calendar AS SELECT ds, row_number() OVER (ORDER BY ds) AS number FROM "
        f"(SELECT DISTINCT {freq.sql_end('day')} AS ds FROM (SELECT unnest(generate_series(CAST(min(first) AS "
        f"TIMESTAMP), CAST(max(last) AS TIMESTAMP), INTERVAL '{freq.step}')) AS day FROM spans))"
    )


def _check(con: Any, rows: PanelRows, part: PanelPart) -> None:
    """Raise DataError with what is wrong among rows: periods that stand twice, gaps, attributes that change."""
    faults = [*_periods(con, rows, part), *_attributes(con, rows), *_drivers(con, rows)]
    if faults:
        raise DataError(faults)


def _periods(con: Any, rows: PanelRows, part: PanelPart) -> Iterator[Fault]:
    where = f"{rows.where}, column {rows.columns['time']!r}"
    twice, first = con.execute(
        "SELECT count(*), min(row) FROM (SELECT row, row_number() OVER (PARTITION BY unique_id, ds ORDER BY row) AS n "
        "FROM cells) WHERE n > 1"
    ).fetchone()
    if twice:
        what = f"a second value for the same series and period of {part.freq} stands in {_rows(twice)}"
        fix = "sum them first, or set a shorter freq"
        if Frequency(part.freq).of_clock:
            fix += "; where clocks are set back an hour comes twice, so write times in UTC"
        yield Fault("duplicate-periods", where, f"{what}, the first on {rows.place(first)}", fix)
    (unread,) = con.execute(f"SELECT count(*) FROM {rows.parsed} WHERE time_given AND time IS NULL").fetchone()
    if unread or part.gaps != "refuse":
        return
    missing, series, before = con.execute(
        "SELECT sum(missing), count(DISTINCT unique_id), min(row) FROM (SELECT unique_id, row, lead(number) OVER "
        "(PARTITION BY unique_id ORDER BY number) - number - 1 AS missing FROM (SELECT unique_id, number, min(row) AS "
        "row FROM cells JOIN calendar USING (ds) WHERE y_given GROUP BY ALL)) WHERE missing > 0"
    ).fetchone()
    if missing:
        (all_series,) = con.execute("SELECT count(*) FROM spans").fetchone()
        periods = f"{missing} period{'s' if missing > 1 else ''}"
        what = f"there is no value for {periods} of {part.freq} inside {series} of {all_series} series"
        fix = "set gaps: zero (nothing happened), carry (the last value stays) or interpolate; or complete the file"
        yield Fault("gaps", where, f"{what}, the first after {rows.place(before)}", fix)


def _attributes(con: Any, rows: PanelRows) -> Iterator[Fault]:
    for key, column in attributes(rows.columns).items():
        series, first = con.execute(
            f"SELECT count(DISTINCT unique_id), min(row) FROM (SELECT unique_id, row, {column}, first_value({column} "
            f"IGNORE NULLS) OVER (PARTITION BY unique_id ORDER BY row) AS one FROM cells) WHERE {column} <> one"
        ).fetchone()
        if series:
            what = f"it changes within {series} series, the first time on {rows.place(first)}"
            fix = f"an attribute has one text per series: make them series of their own, or leave {key} out"
            yield Fault("changing-attribute", f"{rows.where}, column {rows.columns[key]!r}", what, fix)


def _drivers(con: Any, rows: PanelRows) -> Iterator[Fault]:
    for key, column in numbers(rows.columns).items():
        if key == "value":
            continue
        # At the end of a series it may be empty: what is released late is not known yet.
        holes, series, first = con.execute(
            "SELECT count(*), count(DISTINCT unique_id), min(row) FROM (SELECT *, "
            f"max(ds) FILTER ({column}_given) OVER (PARTITION BY unique_id) AS told FROM cells) "
            f"WHERE y_given AND NOT {column}_given AND coalesce(ds < told, true)"
        ).fetchone()
        if holes:
            what = f"it is empty in {_rows(holes)} inside {series} series, the first on {rows.place(first)}"
            fix = "fill it; only at the end of a series, where it is not released yet, it may be empty"
            yield Fault("empty-driver", f"{rows.where}, column {rows.columns[key]!r}", what, fix)


def _query(rows: PanelRows, part: PanelPart) -> str:
    """The SQL of the panel: periods from a series' first to its last value, and others that have drivers."""
    static = [f"coalesce(max({column}), {literal(names.UNKNOWN)}) AS {column}" for column in _texts(rows)]
    own = [f"{column} AS {quoted(key.partition('.')[2])}" for key, column in attributes(rows.columns).items()]
    own += [
        f"{column} AS {quoted(key.partition('.')[2])}"
        for key, column in numbers(rows.columns).items()
        if key != "value"
    ]
    inside = f"SELECT unique_id, ds FROM spans s JOIN calendar ON {_IN}"
    periods = f"{inside} UNION SELECT unique_id, ds FROM cells SEMI JOIN spans USING (unique_id)"
    statics = f"SELECT {', '.join(['unique_id', *static])} FROM cells GROUP BY unique_id"
    cells = f"SELECT * EXCLUDE ({', '.join(['row', *_texts(rows)])}) FROM cells"
    return (
        f"SELECT {', '.join(['unique_id', 'CAST(ds AS TIMESTAMP) AS ds', f'{_FILLED[part.gaps]} AS y', *own])} "
        f"FROM ({periods}) LEFT JOIN ({cells}) USING (unique_id, ds) JOIN spans s USING (unique_id) "
        f"JOIN ({statics}) USING (unique_id) ORDER BY unique_id, ds"
    )


def _ledger(con: Any, rows: PanelRows, part: PanelPart, file: Path) -> Ledger:
    """Where every row went; a panel has no money. Filled periods are no rows of the source and stand in the notes."""
    (total,) = con.execute(f"SELECT count(*) FROM {rows.parsed}").fetchone()
    gone = con.execute(f"SELECT dropped, count(*) FROM {rows.parsed} WHERE dropped IS NOT NULL GROUP BY 1 ORDER BY 1")
    dropped = dict(gone.fetchall())
    (alone,) = con.execute("SELECT count(*) FROM cells ANTI JOIN spans USING (unique_id)").fetchone()
    dropped |= {"of a series without a value": alone} if alone else {}
    (made,) = con.execute(f"SELECT count(*) FROM read_parquet({literal(str(file))})").fetchone()
    used, empty, outside, ended = con.execute(
        f"SELECT count(*), count(*) FILTER (NOT y_given AND {_IN}), count(*) FILTER (NOT y_given AND NOT ({_IN})), "
        "count(*) FILTER (s.last < (SELECT max(last) FROM spans)) FROM cells JOIN spans s USING (unique_id)"
    ).fetchone()
    notes = {"no value, kept for its drivers": outside, "of a series that ended before the last period": ended}
    if part.gaps != "refuse":
        notes[_NOTES[part.gaps]] = made - used + empty
    for column, key in zip(_texts(rows), attributes(rows.columns), strict=True):
        (count,) = con.execute(
            f"SELECT count(*) FROM cells ANTI JOIN (SELECT unique_id FROM cells WHERE {column} IS NOT NULL) "
            "USING (unique_id)"
        ).fetchone()
        notes[f"{key.partition('.')[2]} filled with {names.UNKNOWN!r}"] = count
    return Ledger(
        rows_in=total,
        cents_in=0,
        rows_used=used,
        cents_used=0,
        dropped={reason: (count, 0) for reason, count in dropped.items()},
        noted={note: (count, 0) for note, count in notes.items() if count},
    )


def _texts(rows: PanelRows) -> list[str]:
    return list(attributes(rows.columns).values())


def _rows(count: int) -> str:
    return f"{count} row{'s' if count > 1 else ''}"
