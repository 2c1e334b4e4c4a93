"""Data quality of a ready-made panel: the same five shares, of the values of its series."""

from __future__ import annotations

import math

import pandas as pd

from forecastlab.schema import Frequency, SalesLog
from forecastlab.stages.opened import text
from forecastlab.stages.profiling.quality import SHARES
from forecastlab.stages.profiling.told import Told

MISSING = ("no series", "no date", "no value", "empty row")


def panel_quality(log: SalesLog, freq: Frequency) -> Told:
    """The five shares of a panel, as ``quality`` tells those of a log; timeliness counts periods of each series."""
    import duckdb

    ledger = log.facts.ledger
    empty = sum(ledger.dropped.get(why, (0, 0))[0] for why in MISSING)
    ends = freq.ends(pd.Timestamp(log.facts.first_day), pd.Timestamp(log.facts.last_day))
    with duckdb.connect(config={"threads": 1}) as con:
        con.register("ends", pd.DataFrame({"ds": ends.astype("datetime64[us]")}))
        con.execute(
            "CREATE VIEW panel AS SELECT unique_id, CAST(ds AS TIMESTAMP) AS ds, y, "
            "CAST(ds AS TIMESTAMP) IN (SELECT ds FROM ends) AS ended "
            f"FROM read_parquet({text(str(log.path))}) WHERE y IS NOT NULL"
        )
        rows, finite, ended = con.execute(
            "SELECT count(*), count(*) FILTER (isfinite(y)), count(*) FILTER (ended) FROM panel"
        ).fetchall()[0]
        (different,) = con.execute("SELECT count(*) FROM (SELECT DISTINCT unique_id, ds FROM panel)").fetchall()[0]
        spans = con.execute(
            "SELECT min(ds) AS first, max(ds) AS last, count(DISTINCT ds) FILTER (ended) AS n "
            "FROM panel GROUP BY unique_id"
        ).df()
    after, before = ends.searchsorted(pd.DatetimeIndex(spans["last"]), "right"), ends.searchsorted(spans["first"])
    expected, there = int((after - before).sum()), int(spans["n"].sum())
    good = {
        "completeness": (rows, rows + empty),
        "validity": (finite, rows),
        "uniqueness": (different, rows),
        "timeliness": (there, expected),
        "consistency": (ended, rows),
    }
    shares = pd.DataFrame([(key, *good[key]) for key in SHARES], columns=["dimension", "good", "of"])
    shares["share"] = shares["good"] / shares["of"].where(shares["of"] > 0)
    figures = dict(zip(shares["dimension"], shares["share"], strict=True))
    figures |= {"accuracy": math.prod(figures.values()), "alike": 0.0, "rows": float(rows + empty)}
    kinds = ("no value", "not finite", "period of a series twice", "period without a row", "not the end of a period")
    faults = pd.DataFrame(
        [(key, why, of - ok, of) for (key, (ok, of)), why in zip(good.items(), kinds, strict=True)],
        columns=["dimension", "fault", "n", "of"],
    )
    return Told(
        {"shares": shares, "faults": faults, "fields": pd.DataFrame(columns=["field", "n", "of"])},
        figures,
        {"until": log.facts.last_day, "fields": "unique_id, ds, y", "freq": freq.code},
    )
