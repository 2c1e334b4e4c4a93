"""Every dataset, cut by every segmentation, under both memberships: the parts sum to the whole, in whole cents.

What cannot be built is refused with a reason. New files of conf/dataset and conf/segmentation are tested the day they
appear.
"""

import contextlib
import sqlite3
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from forecastlab.schema import ConfigError, Fold, SalesLog
from forecastlab.schema.names import ANONYMOUS, FUTURE, SEGMENT
from forecastlab.segmentation.demographic import Demographic
from forecastlab.stages import panel
from forecastlab.stages.calendar import calendar
from forecastlab.target.sales import Sales
from forecastlab.testing.logs import random_rows
from forecastlab.testing.parts import build_parts, choices

ROWS = 4_000
"""About so many lines of a dataset are kept, of whole customers: what is lost is lost in a small log too."""

COLUMNS = {"customer": "customer_id", "time": "time", "amount": "paid", "warmup": "5 weeks"}
OPEN = {
    ("dataset", "csv"): COLUMNS | {"path": "{csv}", "dimensions": {"shop": "shop"}, "date_format": "%Y-%m-%d %H:%M:%S"},
    ("dataset", "parquet"): COLUMNS | {"path": "{parquet}", "dimensions": {"shop": "shop"}},
    ("dataset", "sql"): COLUMNS | {"path": "{sqlite}", "query": "SELECT * FROM sales", "dimensions": {"shop": "shop"}},
}
"""What files leave open: where a log lies, and how it is written."""

PANELS_OF_ONES_OWN = {"panel_csv", "panel_parquet"}
"""Sources of ready-made panels that leave open where they lie; panels have nothing that adds up."""

LEFT_OPEN = {path.stem for path in Path("conf/dataset").glob("*.yaml") if "???" in path.read_text(encoding="utf-8")}
DATASETS = [name for group, name in choices(None) if group == "dataset" and name not in PANELS_OF_ONES_OWN]
SEGMENTATIONS = [name for group, name in choices(None) if group == "segmentation"]
MEMBERSHIPS = ("rolling", "frozen")
REFUSED = {"frozen-segments", "frozen-panel", "no-series", "panel-cut", "unknown-attribute"}


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    place = tmp_path_factory.mktemp("sources")
    rows = random_rows(4, 30, 210, 900, "2024-01-01")
    sales = rows.assign(paid=rows["amount"] / 100)[["customer_id", "time", "paid", "shop"]]
    sales.to_csv(place / "sales.csv", index=False)
    sales.to_parquet(place / "sales.parquet")
    with contextlib.closing(sqlite3.connect(place / "sales.sqlite")) as con:
        sales.assign(time=sales["time"].astype(str)).to_sql("sales", con, index=False)
    files = {f"{{{kind}}}": str(place / f"sales.{kind}") for kind in ("csv", "parquet", "sqlite")}
    values = {choice: {k: files.get(str(v), v) for k, v in node.items()} for choice, node in OPEN.items()}
    wanted = [("dataset", name) for name in DATASETS] + [("segmentation", name) for name in SEGMENTATIONS]
    return build_parts(wanted, None, values, place / "root")


def small(dataset, place):
    """The loaded log with about ``ROWS`` lines: those of every n-th customer, and every n-th of nobody's."""
    path = place / "data.parquet"
    facts = dataset.load(path)
    if facts.kind == "panel":
        return SalesLog(path, facts)
    with duckdb.connect(config={"threads": 1}) as con:
        n = max(facts.ledger.rows_used // ROWS, 1)
        con.execute(
            f"COPY (SELECT * FROM read_parquet('{path}') WHERE hash(coalesce(customer_id, CAST(time AS VARCHAR))) "
            f"% {n} = 0) TO '{path.with_name('small.parquet')}' (FORMAT parquet)"
        )
    return SalesLog(path.with_name("small.parquet"), facts)


def cents_by_period(log, freq, ends):
    """The money of each period as SQL counts it."""
    spans = pd.DataFrame({"ds": ends, "first": [freq.start(end) for end in ends]}).astype("datetime64[us]")
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.register("spans", spans)
        query = (
            f"SELECT ds, coalesce(sum(amount), 0) FROM spans LEFT JOIN read_parquet('{log.path}') "
            "ON time >= first AND time < ds + INTERVAL 1 DAY GROUP BY ds"
        )
        return {pd.Timestamp(ds): int(cents) for ds, cents in con.execute(query).fetchall()}


def suited(segmenter, facts):
    """Groups of an attribute are those of the dataset's first dimension."""
    if isinstance(segmenter, Demographic) and facts.dimensions:
        return replace(segmenter, attribute=facts.dimensions[0])
    return segmenter


def whole(frame):
    """Money as cents, which must be whole."""
    cents = (frame * 100).round()
    assert (frame * 100 - cents).abs().to_numpy().max(initial=0) < 1e-6
    return cents.astype("int64")


def check_identity(log, segmenter, fold, target, rhythm, expected):
    """Every level of the past and of the truth has the money of the log, in every period; returns the segments."""
    built = panel.build(log, segmenter, fold, target, rhythm)
    truth = panel.truth(log, segmenter, fold, target, rhythm, built)
    past = pd.DataFrame(whole(pd.DataFrame(built.grid.values)).to_numpy(), built.levels.index, built.grid.ds)
    came = whole(truth.pivot(index="unique_id", columns="ds", values="y"))
    for level, rows in built.levels.groupby("level").groups.items():
        assert past.loc[rows].sum().to_dict() == {ds: expected[ds] for ds in built.grid.ds}, f"the past of {level}"
    for level, rows in truth.groupby("level")["unique_id"].unique().items():
        assert came.loc[rows].sum().to_dict() == {ds: expected[ds] for ds in fold.dates}, f"the truth of {level}"
    assert {*built.levels.index} <= {*came.index}, "a series of the past without a truth"
    return {*built.levels[SEGMENT]} | {*truth[SEGMENT]}


def check_dataset(dataset, segmenters, place):
    """Cut a dataset by each of the segmenters under the memberships named with it; how many added up, and segments."""
    log = small(dataset, place)
    rhythm = calendar(dataset, dataset.freq)
    ends = rhythm.ends(log.facts)
    fold = Fold(ends[-3], 2, 0, rhythm.freq, "select", 0)
    by, expected = (SEGMENT,), {}
    if log.facts.kind == "log":
        by = (*log.facts.dimensions[:1], SEGMENT)
        expected = cents_by_period(log, rhythm.freq, ends)
    added_up, segments = 0, set()
    for segmenter, membership in segmenters:
        target = Sales("amount", by, dataset.freq, membership, True)
        try:
            if log.facts.kind == "log":
                segments |= check_identity(log, suited(segmenter, log.facts), fold, target, rhythm, expected)
            else:
                panel.build(log, segmenter, fold, target, rhythm)
            added_up += 1
        except ConfigError as error:
            assert {fault.code for fault in error.faults} <= REFUSED, error
    return log.facts.kind, added_up, segments


def test_when_a_source_leaves_something_open_then_this_file_fills_it_in():
    assert {name for _, name in OPEN} | PANELS_OF_ONES_OWN == LEFT_OPEN


@pytest.mark.parametrize("i", range(len(DATASETS)), ids=DATASETS)
def test_when_a_dataset_is_cut_then_no_cent_is_lost(parts, tmp_path, i):
    """Every third pair of segmentation and membership, other ones for the next dataset; all of them in a campaign."""
    pairs = [(parts["segmentation", name], membership) for name in SEGMENTATIONS for membership in MEMBERSHIPS]
    kind, added_up, segments = check_dataset(parts["dataset", DATASETS[i]], pairs[i % 3 :: 3], tmp_path)
    assert added_up >= (len(pairs) // 6 if kind == "log" else 1)
    assert FUTURE in segments or kind != "log"
    if DATASETS[i] in ("csv", "synthetic"):
        assert ANONYMOUS in segments


@pytest.mark.campaign
@pytest.mark.parametrize("dataset", DATASETS)
def test_when_everything_meets_everything_then_no_cent_is_lost(parts, tmp_path, dataset):
    pairs = [(parts["segmentation", name], membership) for name in SEGMENTATIONS for membership in MEMBERSHIPS]
    check_dataset(parts["dataset", dataset], pairs, tmp_path)
