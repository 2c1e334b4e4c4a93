"""Every YAML of every group keeps the contract of its kind: a new file is tested the day it appears."""

import contextlib
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from forecastlab.recipe.registry import GROUPS
from forecastlab.testing.checks import checks_of
from forecastlab.testing.parts import build_parts, choices

LEFT_OPEN = {
    ("dataset", "csv"): {"customer": "who", "time": "day", "amount": "paid", "path": "{csv}", "warmup": None},
    ("dataset", "parquet"): {"customer": "who", "time": "day", "amount": "paid", "path": "{parquet}", "warmup": None},
    ("dataset", "sql"): {
        "customer": "who",
        "time": "day",
        "amount": "paid",
        "path": "{sqlite}",
        "warmup": None,
        "query": "SELECT * FROM sales",
    },
    ("dataset", "panel_csv"): {"series": "who", "time": "day", "value": "paid", "path": "{csv}"},
    ("dataset", "panel_parquet"): {"series": "who", "time": "day", "value": "paid", "path": "{parquet}"},
    ("driver", "promotions"): {"departments": ["GROCERY", "DELI"]},
    ("driver", "column"): {"columns": ["price", "income"], "future": "last"},
    ("driver", "table"): {"path": "{csv}", "time": "day", "columns": {"paid": "paid"}, "future": "last"},
    ("backtest", "cutoffs"): {"select": ["2017-03-25", "2017-04-22"], "test": ["2017-06-24"]},
}
"""Values that a file leaves to its user."""


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    place = tmp_path_factory.mktemp("contract")
    csv = place / "sales.csv"
    csv.write_text("who,day,paid\n007,2024-01-03,1.50\n,2024-01-04,2.00\n008,2024-02-01,-0.25\n", encoding="utf-8")
    sales = pd.read_csv(csv, dtype={"who": str})
    with contextlib.closing(sqlite3.connect(place / "sales.sqlite")) as con:
        sales.to_sql("sales", con, index=False)
    sales.assign(day=pd.to_datetime(sales["day"])).to_parquet(place / "sales.parquet")
    files = {"{csv}": str(csv), "{parquet}": str(place / "sales.parquet"), "{sqlite}": str(place / "sales.sqlite")}
    values = {choice: {k: files.get(str(v), v) for k, v in node.items()} for choice, node in LEFT_OPEN.items()}
    return build_parts(choices(None), None, values, place / "root")


@pytest.mark.parametrize(("group", "name"), choices(None), ids=lambda word: word)
def test_when_a_part_is_checked_then_it_keeps_every_law_of_its_kind(group, name, built):
    ran, broken = 0, []
    for law, check in checks_of(group, built[group, name]):
        ran += 1
        try:
            check()
        except Exception as error:
            error.add_note(f"{group}/{name} breaks: {law}")
            broken.append(error)
    assert ran, "no check ran for this part"
    if broken:
        raise ExceptionGroup(f"{group}/{name} breaks {len(broken)} of {ran} laws", broken)


@pytest.mark.parametrize("group", GROUPS)
def test_when_a_group_is_listed_then_it_has_choices(group):
    assert [name for where, name in choices(None) if where == group]


def test_when_files_are_counted_then_every_one_was_among_the_choices():
    files = {(path.parent.name, path.stem) for path in Path("conf").glob("*/*.yaml")}
    assert files == set(choices(None))
