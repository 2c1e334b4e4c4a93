"""Series that cannot be forecast as they are, and odd ones that can: these are kept, and told."""

import json

import numpy as np
import pandas as pd
import pytest
from corpus_harness import SMALL, Case, check, config, data, here, later, parametrised
from corpus_tables import (
    SECRET,
    csv_file,
    edited,
    months,
    panel_csv,
    panel_frame,
    panel_parquet,
    raw_parquet,
    sheet,
    table,
    text,
    weather,
)

GOOD = text(months(), ("shop", "month", "sold", "price"))
BOTH = {"csv": (panel_csv, lambda rows: rows), "parquet": (panel_parquet, panel_frame)}
DRIVEN = ("+dataset.drivers.price=price", "driver=column", "driver.column.columns=[price]")


def cell(column, value, at=40):
    """The panel with one other cell."""
    rows, place = months(), ("shop", "month", "sold", "price").index(column)
    rows[at] = (*rows[at][:place], value, *rows[at][place + 1 :])
    return rows


def without(*places):
    """The panel without some rows."""
    return [row for i, row in enumerate(months()) if i not in places]


def planned(until):
    """A driver table that ends early, and is declared known."""
    return sheet(weather(until), future="known")


PANELS = [
    data("panel empty file", panel_csv(b""), "empty-file … series.csv … check dataset.path"),
    data(
        "panel latin-1",
        panel_csv(GOOD.replace(f"{SECRET}-1", "ü").encode("latin-1")),
        "bad-encoding … line 32 … set encoding: cp1252",
    ),
    data("panel utf-16", panel_csv(GOOD.encode("utf-16")), "bad-encoding … set encoding: utf-16"),
    data("panel separator", panel_csv(GOOD.replace(",", ";")), "wrong-separator … set separator: ';'"),
    data("panel column missing", panel_csv(GOOD.replace("sold", "sales")), "missing-column … dataset.value … 'sales'"),
    data("panel no header", panel_csv(GOOD.partition("\n")[2]), "no-header … add a line with the names of the columns"),
    data("panel short row", panel_csv(GOOD + "x,2024-07-31\n"), "short-rows … line 122 … mend these rows"),
    data("panel long row", panel_csv(GOOD + "x,2024-07-31,1,2,3\n"), "long-rows … line 122 … quotes"),
    data("panel is CSV", panel_parquet(GOOD.encode()), "not-parquet … dataset=csv"),
    data("panel cut off", panel_parquet(raw_parquet()[:-9]), "bad-parquet … cut off … fetch it again"),
    data(
        "panel other columns",
        panel_parquet(raw_parquet()),
        "missing-column … dataset.series … 'who'",
        "missing-column … dataset.time",
        "missing-column … dataset.value",
    ),
    data(
        "panel day first",
        panel_csv(cell("month", "31.05.2023")),
        "bad-date … column 'month' … in 1 row, … line 42 … mend these rows",
    ),
    data(
        "panel far future",
        panel_csv(cell("month", "9999-12-31")),
        "far-date … column 'month' … line 42 … mend these rows",
        "gaps … column 'month' … line 41",
    ),
    data("panel #REF!", panel_csv(cell("sold", "#REF!")), "bad-number … column 'sold' … line 42 … leave a cell empty"),
    data("panel inf", panel_csv(cell("sold", "inf")), "bad-number … column 'sold' … line 42 … leave a cell empty"),
    data(
        "panel inf in Parquet", panel_parquet(panel_frame(cell("sold", np.inf))), "bad-number … column 'sold' … row 41"
    ),
    data(
        "panel text in Parquet",
        panel_parquet(panel_frame(months()).astype({"sold": str})),
        "wrong-type … column 'sold' … VARCHAR … CAST(sold AS DOUBLE)",
    ),
    data(
        "panel ids are floats",
        panel_parquet(panel_frame(months()).assign(shop=1.0)),
        "wrong-type … column 'shop' … cast it to text or integer",
    ),
    data(
        "panel duplicate periods",
        panel_csv([*months(), months()[40]]),
        "duplicate-periods … column 'month' … same series and period of M … line 122 … sum them first",
    ),
    data(
        "panel duplicate periods in Parquet",
        panel_parquet([*months(), months()[40]]),
        "duplicate-periods … row 121 … sum them first",
    ),
    data(
        "panel gaps",
        panel_csv(without(40, 41, 70)),
        "gaps … column 'month' … 3 periods … 2 of 4 series … set gaps: zero",
    ),
    data(
        "panel gaps in Parquet", panel_parquet(without(40, 41, 70)), "gaps … 3 periods … 2 of 4 series … set gaps: zero"
    ),
    data(
        "panel hole in a driver",
        panel_csv(cell("price", ""), "+dataset.drivers.price=price"),
        "empty-driver … column 'price' … in 1 row … line 42 … fill it",
    ),
    data(
        "panel no value",
        panel_csv([(shop, month, "", price) for shop, month, _, price in months()]),
        "all-missing … column 'sold' … map another column",
    ),
    config(
        "panel driver tells the value",
        panel_csv(GOOD, "+dataset.drivers.price=sold"),
        "same-column … dataset.drivers.price … map another column",
    ),
    config(
        "panel driver without a future",
        panel_csv(GOOD, *DRIVEN),
        "missing-value … driver.column.future … type driver.column.future=",
    ),
    later(
        "panel too short",
        panel_csv([row for row in months() if row[1] < "2022-07-01"]),
        "too-few-periods … backtest … need 8 periods; the panel has 6 … ask for 2 periods less",
    ),
    later(
        "panel is cut",
        panel_csv(GOOD, "target.series_by=[region]"),
        "unknown-dimension … target.series_by … allowed are segment … type target.series_by=[]",
    ),
    later(
        "panel has no such driver",
        panel_csv(GOOD, *DRIVEN, "driver.column.columns=[prise]", "driver.column.future=last"),
        "unknown-column … driver.column.columns … did you mean price?",
    ),
]

LOGS = [
    later(
        "log too short",
        csv_file(table()[:120]),
        "too-few-periods … backtest … need 8 periods; the panel has 5 … ask for 3 periods less",
    ),
    later(
        "cutoff outside",
        csv_file(table(), "backtest=cutoffs", "backtest.select=['2030-01-06']", "backtest.test=[]"),
        "bad-cutoff … backtest.select … 2030-01-06 … try 2024-07-28",
    ),
    later(
        "dimension unknown",
        csv_file(table(), "target.series_by=[regio]"),
        "unknown-dimension … target.series_by … did you mean region?",
    ),
    later(
        "no pieces", csv_file(table(), "target.value=quantity"), "no-quantity … target.value … type target.value=amount"
    ),
    config(
        "driver without a future",
        sheet(weather(), future="???"),
        "missing-value … driver.table.future … type driver.table.future=",
    ),
    Case(
        "future known in part",
        planned(180),
        3,
        [
            "unknown-future … driver.table … table.warm is declared known … "
            "complete its source, or type driver.table.future=last"
        ],
        kept=("load", "driver"),
    ),
]


@parametrised(PANELS + LOGS)
def test_when_series_are_bad_then_one_line_says_so_and_nothing_is_written(case, tmp_path):
    check(case, tmp_path, lambda words, _: here(words))


def answered(make, folder):
    """Run to the end: what the run says of itself, and its forecasts."""
    done = here(["run", *SMALL, "tracking=none", f"root={folder / 'out'}", *make(folder)])
    assert done.code == 0, done.err
    (path,) = (folder / "out").rglob("run.json")
    return json.loads(path.read_text(encoding="utf-8")), pd.read_parquet(path.with_name("forecasts.parquet"))


def changed(change, of=1):
    """The panel with the values of one series changed: ``change`` of the number of the period."""
    place = [i for i, row in enumerate(months()) if row[0] == f"{SECRET}-{of}"]
    rows = months()
    for number, i in enumerate(place):
        rows[i] = (*rows[i][:2], change(number), rows[i][3])
    return rows


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(("name", "value"), [("zero", 0), ("constant", 7)])
def test_when_a_series_never_changes_then_it_is_kept(kind, name, value, tmp_path):
    make, form = BOTH[kind]
    _, found = answered(make(form(changed(lambda _: value))), tmp_path)
    own = found[found["unique_id"] == f"{SECRET}-1"]
    assert set(own["yhat"]) == {float(value)} and found["unique_id"].nunique() == 4


@pytest.mark.parametrize("kind", BOTH)
def test_when_a_series_is_short_then_it_is_kept(kind, tmp_path):
    make, form = BOTH[kind]
    _, found = answered(make(form(without(*range(30, 54)))), tmp_path)
    assert f"{SECRET}-1" in set(found["unique_id"]), "six periods are few and legal"


@pytest.mark.parametrize("kind", BOTH)
def test_when_a_series_ended_before_the_cutoff_then_it_is_set_aside_and_told(kind, tmp_path):
    make, form = BOTH[kind]
    said, found = answered(make(form(without(*range(50, 60)))), tmp_path)
    assert f"{SECRET}-1" not in set(found["unique_id"]) and found["unique_id"].nunique() == 3
    assert said["aside"] == {f"{SECRET}-1": "has no value in the last period before the cutoff"}


def test_when_gaps_are_filled_then_the_rows_are_told(tmp_path):
    done = here(
        ["check", "data", f"root={tmp_path / 'out'}", *panel_csv(without(40, 41, 70), "dataset.gaps=zero")(tmp_path)]
    )
    assert done.code == 0, done.err
    assert "period without a value, filled with zero" in done.out and " 3 rows" in done.out


def test_when_the_last_period_is_not_complete_then_it_is_no_part_of_the_panel(tmp_path):
    partial = [*table(), (f"{SECRET}-1", "2024-07-29", "999.00", "north")]
    _, found = answered(csv_file(partial), tmp_path)
    assert found["ds"].max() == pd.Timestamp("2024-07-28"), "the Sunday before the Monday that was begun"
    assert found["y"].max() < 999


def test_when_a_region_sells_nothing_for_long_then_it_is_kept_and_adds_up(tmp_path):
    rows = [row for i, row in enumerate(table()) if row[3] == "north" or i < 300]
    _, found = answered(csv_file(rows, "target.series_by=[region]", "backtest.test=1"), tmp_path)
    south = found[(found["level"] == "region") & (found["unique_id"].str.contains("south"))]
    assert (south["y"] == 0).all() and len(south)


def test_when_an_amount_is_refunded_in_full_then_the_week_is_zero_and_kept(tmp_path):
    week = [row for row in table() if "2024-03-04" <= row[1] <= "2024-03-10"]
    back = [(who, day, f"-{money}", region) for who, day, money, region in week]
    said, _ = answered(csv_file([*edited("who", f"{SECRET}-000"), *back]), tmp_path)
    assert said["account"]["panel"][0] + said["account"].get("incomplete", [0])[0] <= 630 + len(back)
