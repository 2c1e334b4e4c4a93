"""Ids and amounts: what cannot be read is refused, what is odd and legal is kept and told, and no cent is lost."""

import re

import numpy as np
import pandas as pd
import pytest
from corpus_harness import check, config, data, driver, here, parametrised
from corpus_tables import (
    SECRET,
    csv_file,
    database,
    edited,
    every,
    frame,
    parquet_file,
    sheet,
    table,
    text,
    typed,
    weather,
)

MONEY = sum(round(100 * float(str(row[2]))) for row in table())
"""All the money of the table, in cents."""


def amounts(change):
    """The table as typed columns, with other amounts."""
    good = frame(table())
    return good.assign(money=change(good["money"].copy()))


def ids(change):
    """The table as typed columns, with other ids."""
    good = frame(table())
    return good.assign(who=change(good["who"].copy()))


def put(value, at=400):
    """A change of one cell."""

    def change(column):
        column.iloc[at] = value
        return column

    return change


def digits(column):
    """Ids as numbers."""
    return column.str[-3:].astype(float)


CASES = [
    data(
        "csv thousands",
        csv_file(edited("money", "1,234.50")),
        "bad-amount … column 'money' … line 402 … all rows read with decimal: '.', thousands: ','",
    ),
    data(
        "csv decimal comma",
        csv_file(every("money", lambda money: money.replace(".", ","))),
        "bad-amount … in 630 rows … all rows read with decimal: ',', thousands: null",
    ),
    data(
        "csv currency sign",
        csv_file(every("money", lambda money: f"{money} €")),
        "bad-amount … in 630 rows … currency_sign: '€'",
    ),
    data(
        "csv two currencies",
        csv_file(edited("money", "5 $", 7, every("money", lambda money: f"{money} €"))),
        "bad-amount … several currencies (€, $) … convert them first",
    ),
    data(
        "csv #REF!",
        csv_file(edited("money", "#REF!")),
        "bad-amount … column 'money' … in 1 row, … line 402 … mend these rows",
    ),
    data("csv inf", csv_file(edited("money", "inf")), "bad-amount … column 'money' … line 402 … mend these rows"),
    data(
        "csv no amounts",
        csv_file(every("money", lambda _: "")),
        "all-missing … column 'money' … none of the 630 rows … map another column",
    ),
    data(
        "csv too large",
        csv_file(edited("money", "9" * 14)),
        "amount-too-large … column 'money' … line 402 … mend these rows",
    ),
    data(
        "csv parts of a cent",
        csv_file(edited("money", "1.234")),
        "finer-than-cents … column 'money' … finer_than_cents: round",
    ),
    data("csv no ids", csv_file(every("who", lambda _: "")), "all-missing … column 'who' … map another column"),
    data(
        "csv copies",
        csv_file([*table(), table()[9]], "dataset.duplicates=refuse"),
        "duplicate-rows … shop.csv … line 632 … set duplicates: drop or keep",
    ),
    data(
        "csv bad quantity",
        csv_file(table(), "dataset.quantity=region"),
        "bad-quantity … column 'region' … in 630 rows … line 2 … mend these rows",
    ),
    config(
        "csv signs alike",
        csv_file(table(), "dataset.thousands='.'"),
        "same-sign … dataset.thousands … set thousands: null",
    ),
    config(
        "csv one column for two",
        csv_file(table(), "dataset.amount=day"),
        "same-column … dataset … map each to its own column",
    ),
    config(
        "csv unknown encoding",
        csv_file(table(), "dataset.encoding=utf-9"),
        "bad-encoding … dataset.encoding … did you mean utf-8?",
    ),
    config(
        "csv unknown separator",
        csv_file(table(), "dataset.separator='\"'"),
        "bad-separator … dataset.separator … use ; or ,",
    ),
    config(
        "dimension taken",
        csv_file(table(), "+dataset.dimensions.segment=region"),
        "bad-dimension … dataset.dimensions.segment … rename it",
    ),
    data(
        "parquet ids are floats",
        parquet_file(ids(digits)),
        "wrong-type … column 'who' … DOUBLE … cast it to text or integer in the source",
    ),
    data(
        "parquet amounts are text",
        parquet_file(amounts(lambda money: money.astype(str))),
        "wrong-type … column 'money' … VARCHAR … CAST(money AS DECIMAL(18, 2))",
    ),
    data(
        "parquet amounts are floats of 32 bits",
        parquet_file(amounts(lambda money: money.astype("float32"))),
        "wrong-type … column 'money' … DECIMAL(18, 2)",
    ),
    data(
        "parquet inf",
        parquet_file(amounts(put(np.inf))),
        "bad-amount … column 'money' … row 401 … leave NaN and infinity out",
    ),
    data(
        "parquet no amounts",
        parquet_file(amounts(lambda money: money * np.nan)),
        "all-missing … column 'money' … map another column",
    ),
    data(
        "parquet too large",
        parquet_file(amounts(put(1e14))),
        "amount-too-large … column 'money' … row 401 … mend these rows",
    ),
    data(
        "parquet parts of a cent",
        parquet_file(amounts(put(1.234))),
        "finer-than-cents … column 'money' … row 401 … finer_than_cents: round",
    ),
    data(
        "parquet no ids",
        parquet_file(ids(lambda who: who.where(who == "", None))),
        "all-missing … column 'who' … map another column",
    ),
    data(
        "parquet copies",
        parquet_file(frame([*table(), table()[9]]), "dataset.duplicates=refuse"),
        "duplicate-rows … row 631 … set duplicates: drop or keep",
    ),
    data(
        "sql ids are floats",
        database([(float(i), *row[1:]) for i, row in enumerate(typed(table()))]),
        "wrong-type … column 'who' … DOUBLE … cast it to text or integer",
    ),
    data("sql amounts are text", database(table()), "wrong-type … column 'money' … CAST(money AS DECIMAL(18, 2))"),
    data(
        "sql one amount is text",
        database(edited("money", "#REF!", 400, typed(table()))),
        "wrong-type … column 'money' … mixed types … cast it in the query",
    ),
    data(
        "sql inf",
        database(edited("money", float("inf"), 400, typed(table()))),
        "bad-amount … column 'money' … row 401 … leave NaN and infinity out",
    ),
    data(
        "sql no amounts",
        database(edited("money", None, 0, [(who, day, None, region) for who, day, _, region in table()])),
        "all-missing … column 'money' … map another column",
    ),
    data(
        "sql parts of a cent",
        database(edited("money", 1.234, 400, typed(table()))),
        "finer-than-cents … row 401 … finer_than_cents: round",
    ),
    data(
        "sql no ids",
        database([(None, *row[1:]) for row in typed(table())]),
        "all-missing … column 'who' … map another column",
    ),
    data(
        "sql copies",
        database([*typed(table()), typed(table())[9]], "dataset.duplicates=refuse"),
        "duplicate-rows … row 631 … set duplicates: drop or keep",
    ),
    driver(
        "driver #REF!",
        sheet(weather().replace("7.5", "#REF!", 1)),
        "not-a-number … column 'warm' … in 1 row, … row 8 … mend them; the decimal sign is '.'",
    ),
    driver("driver inf", sheet(weather().replace("7.5", "inf", 1)), "not-a-number … column 'warm' … row 8 … mend them"),
    driver(
        "driver decimal comma",
        sheet("day;warm\n2024-01-01;1,5\n", "driver.table.separator=';'"),
        "not-a-number … column 'warm' … row 1 … the decimal sign is '.'",
    ),
    driver(
        "driver all missing",
        sheet("day,warm\n" + "".join(f"2024-01-{i + 1:02d},\n" for i in range(30))),
        "outside-source … weather.csv … none of its 30 rows has a number … check the columns",
    ),
    driver(
        "driver inf in Parquet",
        sheet(pd.DataFrame({"day": pd.date_range("2024-01-01", periods=9), "warm": np.inf})),
        "not-a-number … column 'warm' … in 9 rows … mend them",
    ),
]


@parametrised(CASES)
def test_when_ids_or_amounts_are_bad_then_one_line_says_so_and_nothing_is_written(case, tmp_path):
    check(case, tmp_path, lambda words, _: here(words))


def told(make, folder):
    """What ``check data`` says of the rows: rows and money by what became of them."""
    done = here(["check", "data", f"root={folder / 'out'}", *make(folder)])
    assert done.code == 0, done.err
    assert "✓ in = used + left out" in done.out
    lines = re.findall(r"^(\S.*?) +([\d,]+) rows +([-\d,]+)[.](\d\d) ", done.out, flags=re.M)
    return {
        label: tuple(int(number.replace(",", "")) for number in (rows, whole + part))
        for label, rows, whole, part in lines
    }


def kept_ids(folder):
    """The ids in the log as it was kept."""
    (path,) = (folder / "out").rglob("data.parquet")
    return pd.read_parquet(path)["customer_id"]


ODD = {"csv": (csv_file, lambda rows: rows), "parquet": (parquet_file, frame), "sql": (database, typed)}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("odd", ["007", "0012345678901234567890", "NA", "null", "None", "123.0", "ns"])
def test_when_an_id_is_odd_then_it_is_kept_as_it_is(kind, odd, tmp_path):
    make, form = ODD[kind]
    found = told(make(form(edited("who", odd))), tmp_path)
    assert found["in the source"] == found["used"] == (630, MONEY)
    assert (kept_ids(tmp_path) == odd).sum() == 1
    if odd in ("NA", "null", "None"):
        assert found["used, and noted: customer id is a word like NA"][0] == 1
    if odd == "123.0":
        assert found["used, and noted: customer id ends in .0, as if once a number"][0] == 1


@pytest.mark.parametrize("kind", ODD)
def test_when_ids_are_blank_then_their_money_is_told(kind, tmp_path):
    make, form = ODD[kind]
    rows = edited("who", "  ", 10, edited("who", None if kind == "sql" else "", 20))
    cents = sum(round(100 * float(table()[i][2])) for i in (10, 20))
    found = told(make(form(rows)), tmp_path)
    assert found["used"] == (630, MONEY) and found["used, and noted: no customer"] == (2, cents)
    assert kept_ids(tmp_path).isna().sum() == 2


@pytest.mark.parametrize("kind", ODD)
def test_when_one_id_is_on_every_row_then_it_is_told(kind, tmp_path):
    make, form = ODD[kind]
    found = told(make(form(every("who", lambda _: SECRET))), tmp_path)
    assert found["used, and noted: the same customer id on every row that has one"] == (630, MONEY)


@pytest.mark.parametrize("kind", ODD)
def test_when_rows_repeat_or_outweigh_all_others_then_they_are_kept_and_told(kind, tmp_path):
    make, form = ODD[kind]
    rows = [*table(), table()[9]]
    rows = edited("money", "1000000000.00", 400, rows)
    extra = round(100 * float(rows[9][2])) - round(100 * float(table()[400][2]))
    found = told(make(form(rows)), tmp_path)
    assert found["used"] == found["in the source"] == (631, MONEY + extra + 10**11)
    assert found["used, and noted: repeats another row"] == (1, round(100 * float(rows[9][2])))
    assert found["used, and noted: more money than all other rows together"] == (1, 10**11)


def test_when_a_file_has_signs_between_thousands_then_they_are_read_as_declared(tmp_path):
    rows = edited("money", "1.234,50", 400, every("money", lambda money: money.replace(".", ",")))
    words = ["dataset.decimal=','", "dataset.thousands='.'", "dataset.separator=';'"]
    found = told(csv_file(text(rows, separator=";"), *words), tmp_path)
    assert found["used"] == (630, MONEY - round(100 * float(table()[400][2])) + 123450)
