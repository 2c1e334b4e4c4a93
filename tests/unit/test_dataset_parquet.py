"""Parquet of a stranger: what is read of which type, and what one line says where a file cannot be used."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from forecastlab.dataset.parquet import Parquet
from forecastlab.schema import ConfigError, DataError, EnvironmentFault, Facts

SECRET = "K-SECRET-77"
VALUES = yaml.safe_load((Path(__file__).parents[2] / "conf" / "dataset" / "parquet.yaml").read_text("utf-8"))
SHOP = {
    **{key: tuple(value) if isinstance(value, list) else value for key, value in VALUES.items() if key != "part"},
    "customer": "who",
    "time": "day",
    "amount": "paid",
}
DAY = datetime.date(2024, 2, 1)
NOON = datetime.datetime(2024, 2, 1, 12)
Load = Callable[..., tuple[Facts, list[tuple[Any, ...]]]]


def table(**columns: Any) -> pa.Table:
    """Two rows; columns given as an arrow array or a list."""
    good = {"who": [SECRET, "0012"], "day": [DAY, DAY], "paid": [Decimal("12.50"), Decimal("1.00")]}
    return pa.table({**good, **columns})


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write the tables to files (the bytes as they are) and load them with some settings changed."""

    def _load(*contents: pa.Table | bytes, **changed: Any) -> tuple[Facts, list[tuple[Any, ...]]]:
        folder = tmp_path / "sales"
        folder.mkdir(exist_ok=True)
        for i, content in enumerate(contents):
            path = folder / f"part-{i}.parquet"
            path.write_bytes(content) if isinstance(content, bytes) else pq.write_table(content, path)
        path = folder if len(contents) != 1 else folder / "part-0.parquet"
        target = tmp_path / "out" / "log.parquet"
        facts = Parquet(**{**SHOP, "path": str(path), **changed}).load(target)
        with duckdb.connect() as con:
            return facts, con.execute(f"SELECT * FROM '{target}'").fetchall()

    return _load


@pytest.mark.parametrize(
    ("ids", "read"),
    [
        (pa.array(["0012", " 7 ", "", None, "NA"]), ["0012", "7", "NA", None, None]),
        (pa.array(["a", "b", "a", None, "b"]).dictionary_encode(), ["a", "a", "b", "b", None]),
        (pa.array([9007199254740993, 7, 8, None, 0], pa.int64()), ["7", "8", "9007199254740993", None, None]),
        (pa.array([1, 2, 3, None, 0], pa.decimal128(20, 0)), ["1", "2", "3", None, None]),
        (pa.array([2**64 - 1, 2, 3, 4, 5], pa.uint64()), ["18446744073709551615", "2", "3", "4", "5"]),
    ],
    ids=["text", "categories", "integers", "decimals without places", "unsigned"],
)
def test_when_ids_are_texts_or_integers_then_no_digit_is_lost(load: Load, ids: pa.Array, read: list[Any]) -> None:
    days, money = [DAY] * 5, pa.array([1] * 5)
    _, log = load(pa.table({"who": ids, "day": days, "paid": money}), anonymous_values=("0",))
    assert sorted((row[0] for row in log), key=lambda one: (one is None, one)) == read


@pytest.mark.parametrize(
    ("values", "cents"),
    [
        (pa.array([12, -3], pa.int32()), [-300, 1200]),
        (pa.array([Decimal("12.50"), Decimal("-0.01")], pa.decimal128(18, 2)), [-1, 1250]),
        (pa.array([Decimal("12.5"), Decimal("0")], pa.decimal128(38, 30)), [0, 1250]),
        (pa.array([0.1 + 0.2, 9999999999999.99], pa.float64()), [30, 999999999999999]),
        (pa.array([1234567890.13, -19.99], pa.float64()), [-1999, 123456789013]),
    ],
    ids=["integers", "decimals", "decimals of many places", "doubles", "large doubles"],
)
def test_when_amounts_have_a_type_then_cents_are_exact(load: Load, values: pa.Array, cents: list[int]) -> None:
    facts, log = load(table(paid=values))
    assert sorted(row[2] for row in log) == cents
    assert facts.ledger.cents_in == sum(cents)


def test_when_parts_of_a_cent_are_rounded_then_half_goes_away_from_zero_and_is_noted(load: Load) -> None:
    facts, log = load(
        table(paid=pa.array([Decimal("1.005"), Decimal("-1.005")], pa.decimal128(10, 3))), finer_than_cents="round"
    )
    assert sorted(row[2] for row in log) == [-101, 101]
    assert facts.ledger.noted["rounded to cents"] == (2, 0)
    facts, log = load(table(paid=[0.125, 1.0]), finer_than_cents="round")
    assert sorted(row[2] for row in log) == [13, 100]
    assert facts.ledger.noted["rounded to cents"] == (1, 13)


@pytest.mark.parametrize(
    ("kind", "zone", "read"),
    [
        (pa.date32(), None, datetime.datetime(2024, 2, 1)),
        (pa.timestamp("ns"), None, NOON),
        (pa.timestamp("ms"), None, NOON),
        (pa.timestamp("us", "UTC"), "Europe/Berlin", datetime.datetime(2024, 2, 1, 13)),
        (pa.timestamp("us", "America/New_York"), "UTC", NOON),
    ],
    ids=["date", "nanoseconds", "milliseconds", "aware", "aware elsewhere"],
)
def test_when_times_have_a_type_then_they_are_on_the_clock_that_is_asked_for(
    load: Load, kind: pa.DataType, zone: str | None, read: datetime.datetime
) -> None:
    value = DAY if kind == pa.date32() else NOON
    _, log = load(table(day=pa.array([value, value], kind)), time_zone=zone)
    assert {row[1] for row in log} == {read}


def test_when_there_are_more_columns_then_the_log_has_quantity_basket_and_dimensions(load: Load) -> None:
    more = {"n": pa.array([2.5, None], pa.float32()), "bon": [7, None], "shop": ["north", None], "floor": [1, 2]}
    facts, log = load(table(**more), quantity="n", basket="bon", dimensions={"shop": "shop", "floor": "floor"})
    time = datetime.datetime(2024, 2, 1)
    assert log == [("0012", time, 100, None, None, "unknown", "2"), (SECRET, time, 1250, 2.5, "7", "north", "1")]
    assert (facts.has_quantity, facts.has_basket, facts.dimensions) == (True, True, ("shop", "floor"))
    assert facts.ledger.noted == {
        "shop filled with 'unknown'": (1, 100),
        "no quantity": (1, 100),
        "no basket": (1, 100),
    }


def test_when_rows_cannot_be_used_then_the_ledger_has_each_with_its_reason_and_money(load: Load) -> None:
    days = [DAY, None, DAY, None, datetime.date(2023, 12, 31), datetime.date(9999, 12, 31), datetime.date(2024, 2, 29)]
    money = pa.array([1, 2, None, None, 4, 8, 16], pa.int64())
    ids = ["1", "1", "1", None, "1", "1", "1"]
    facts, log = load(pa.table({"who": ids, "day": days, "paid": money}), first_day="2024-01-01", last_day="2024-02-29")
    assert facts.ledger.dropped == {
        "no date": (1, 200),
        "no amount": (1, 0),
        "empty row": (1, 0),
        "before first_day": (1, 400),
        "after last_day": (1, 800),
    }
    assert (facts.ledger.rows_in, facts.ledger.cents_in) == (7, 3100)
    assert sum(row[2] for row in log) == facts.ledger.cents_used == 1700
    assert (facts.first_day, facts.last_day) == ("2024-01-01", "2024-02-29")


@pytest.mark.parametrize(
    ("policy", "amounts", "dropped", "noted", "flows"),
    [
        ("net", [-300, 500, 700], {}, {"returns": (2, 400)}, None),
        ("drop", [500], {"returns": (2, 400)}, {}, None),
        ("separate", [-300, 500, 700], {}, {"returns": (2, 400)}, {500: "sale", -300: "return", 700: "return"}),
    ],
)
def test_when_goods_come_back_then_the_policy_decides_and_its_money_is_told(
    load: Load, policy: str, amounts: list[int], dropped: Any, noted: Any, flows: Any
) -> None:
    rows = pa.table({"who": ["1"] * 3, "day": [DAY] * 3, "paid": [5, -3, 7], "n": [1, -1, -1]})
    facts, log = load(rows, returns=policy, quantity="n")
    assert sorted(row[2] for row in log) == amounts
    assert (facts.ledger.dropped, facts.ledger.noted) == (dropped, noted)
    assert facts.dimensions == (("flow",) if flows else ())
    assert flows is None or {row[2]: row[4] for row in log} == flows


def test_when_rows_repeat_exactly_then_every_column_counts_and_the_policy_decides(load: Load) -> None:
    rows = table(who=["1", "1"], paid=[1, 1], till=[[1, 2], [1, 2]])
    others = table(who=["1", "1"], paid=[1, 1], till=[[1], [3]])
    facts, log = load(rows, others, duplicates="drop")
    assert (len(log), facts.ledger.dropped) == (3, {"duplicate": (1, 100)})
    assert load(rows, others)[0].ledger.noted == {"repeats another row": (1, 100)}


def test_when_texts_could_be_joined_alike_then_they_are_still_different_rows(load: Load) -> None:
    facts, _ = load(table(who=["1", "1"], paid=[1, 1], a=["1:x", "1"], b=["", ":x"]), duplicates="drop")
    assert facts.ledger.dropped == {}


@pytest.mark.parametrize("path", ["sales", "sales/*.parquet", "sales/**/*.parquet"])
def test_when_there_are_several_files_then_they_are_one_log(load: Load, tmp_path: Path, path: str) -> None:
    one, other = table(paid=[1, 2]), table(paid=[4, 8])
    load(one, other)
    (tmp_path / "sales" / "_SUCCESS").write_text("")
    facts, log = load(one, other, path=str(tmp_path / path))
    assert sorted(row[2] for row in log) == [100, 200, 400, 800]
    assert facts.ledger.rows_in == 4


def test_when_rows_come_in_another_order_then_the_file_is_the_same(load: Load, tmp_path: Path) -> None:
    rows = pa.table({"who": [f"{i % 7}" for i in range(50)], "day": [DAY] * 50, "paid": list(range(50))})
    load(rows)
    first = (tmp_path / "out" / "log.parquet").read_bytes()
    load(rows.slice(20), rows.slice(0, 20))
    assert (tmp_path / "out" / "log.parquet").read_bytes() == first


def parquet_bytes(content: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(content, sink)
    return sink.getvalue().to_pybytes()


def damaged(content: pa.Table) -> bytes:
    """A file whose first and last bytes are right and whose footer is not."""
    whole = bytearray(parquet_bytes(content))
    whole[-60:-8] = b"\xff" * 52
    return bytes(whole)


AWARE = pa.array([NOON, NOON], pa.timestamp("us", "UTC"))
FILES: dict[str, tuple[tuple[Any, ...], dict[str, Any], list[str]]] = {
    "empty": ((b"",), {}, ["empty-file"]),
    "CSV": ((b"who,day,paid\n1,2024-01-01,2\n",), {}, ["not-parquet", "dataset=csv"]),
    "bytes": ((b"\xff" * 99,), {}, ["not-parquet"]),
    "cut off": ((parquet_bytes(table())[:-20],), {}, ["bad-parquet", "cut off"]),
    "damaged": ((damaged(table()),), {}, ["bad-parquet", "damaged"]),
    "no rows": ((table().slice(0, 0),), {}, ["no-rows", "no row in it"]),
    "missing column": ((table(),), {"amount": "paidd"}, ["missing-column", "'who', 'day'", "did you mean paid?"]),
    "other case": ((table(),), {"customer": "Who"}, ["missing-column", "case or blanks", "write it 'who'"]),
    "dimension missing": ((table(),), {"dimensions": {"x": "store"}}, ["missing-column", "dataset.dimensions.x"]),
    "text amount": ((table(paid=["1.50", "2"]),), {}, ["wrong-type", "'paid'", "VARCHAR", "CAST(paid AS DECIMAL"]),
    "text date": ((table(day=["2024-01-01", "2"]),), {}, ["wrong-type", "'day'", "CAST(day AS TIMESTAMP)"]),
    "number as date": ((table(day=[20240101, 20240102]),), {}, ["wrong-type", "'day'", "BIGINT"]),
    "float ids": ((table(who=[1.0, 2.0]),), {}, ["wrong-type", "'who'", "7 becomes 7.0"]),
    "float basket": ((table(b=[1.0, 2.0]),), {"basket": "b"}, ["wrong-type", "'b'", "text or integer"]),
    "float dimension": ((table(b=[1.0, 2.0]),), {"dimensions": {"x": "b"}}, ["wrong-type", "'b'"]),
    "32-bit amount": ((table(paid=pa.array([1.5, 2], pa.float32())),), {}, ["wrong-type", "seven digits"]),
    "yes or no as amount": ((table(paid=[True, False]),), {}, ["wrong-type", "BOOLEAN"]),
    "list as id": ((table(who=[["a"], ["b"]]),), {}, ["wrong-type", "VARCHAR[]"]),
    "NaN": ((table(paid=[1.0, float("nan")]),), {}, ["bad-amount", "in 1 row,", "row 2", "finite"]),
    "infinity": ((table(paid=[float("-inf"), 1.0]),), {}, ["bad-amount", "row 1"]),
    "parts of a cent": ((table(paid=[1.0, 1.234]),), {}, ["finer-than-cents", "row 2", "finer_than_cents: round"]),
    "just beside a cent": ((table(paid=[1.0, 1.00000002]),), {}, ["finer-than-cents", "row 2"]),
    "decimal finer": ((table(paid=[Decimal("1.001"), Decimal(1)]),), {}, ["finer-than-cents", "row 1"]),
    "astronomic": ((table(paid=[10**13, 1]),), {}, ["amount-too-large", "row 1"]),
    "beyond DECIMAL": ((table(paid=[Decimal(10**37), Decimal(1)]),), {}, ["amount-too-large", "row 1"]),
    "astronomic double": ((table(paid=[1e300, 1.0]),), {}, ["amount-too-large", "row 1"]),
    "quantity": ((table(n=[float("nan"), 1]),), {"quantity": "n"}, ["bad-quantity", "'n'", "row 1"]),
    "far future": ((table(day=[DAY, datetime.date(9999, 12, 31)]),), {}, ["implausible-date", "last_day"]),
    "aware, no zone": ((table(day=AWARE),), {}, ["time-zone", "carry a zone", "set time_zone to"]),
    "naive, zone": (
        (table(day=[NOON, NOON]),), {"time_zone": "Europe/Berlin"}, ["time-zone", "no zone", "time_zone: null"]
    ),
    "naive and aware": ((table(day=AWARE), table(day=[NOON, NOON])), {"time_zone": "UTC"}, ["other-columns", "'day'"]),
    "other columns": ((table(), table(x=[1, 2])), {}, ["other-columns", "part-1", "'x' is BIGINT", "not there"]),
    "other order": ((table(), table().select(["day", "who", "paid"])), {}, ["other-columns", "another order"]),
    "second file": ((table(paid=[1.0, 2.0]), table(paid=[1.0, float("nan")])), {}, ["row 2 of", "part-1.parquet"]),
    "duplicates": ((table(who=["1", "1"], paid=[1, 1]),), {"duplicates": "refuse"}, ["duplicate-rows", "row 2"]),
    "no amounts": ((table(paid=pa.array([None, None], pa.int64())),), {}, ["all-missing", "column 'paid'"]),
    "no type at all": ((table(paid=pa.nulls(2)),), {}, ["'paid'"]),
    "nobody": ((table(who=["0", "0"]),), {"anonymous_values": ("0",)}, ["all-missing", "column 'who'"]),
    "nothing left": ((table(),), {"first_day": "2025-01-01"}, ["no-rows", "2 × before first_day"]),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_when_a_file_is_bad_then_one_line_says_what_and_what_to_type(load: Load, tmp_path: Path, case: str) -> None:
    contents, changed, wanted = FILES[case]
    with pytest.raises(DataError) as raised:
        load(*contents, **changed)
    (fault,) = raised.value.faults
    for text in wanted:
        assert text in str(fault)
    assert "\n" not in str(fault) and SECRET not in str(fault)
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_when_several_things_are_wrong_then_all_are_said(load: Load) -> None:
    with pytest.raises(DataError) as raised:
        load(table(who=[1.0, 2.0], day=["x", "y"]), amount="money", quantity="n")
    codes = [fault.code for fault in raised.value.faults]
    assert codes == ["wrong-type", "wrong-type", "missing-column", "missing-column"]
    with pytest.raises(DataError) as raised:
        load(table(day=[DAY, datetime.date(1800, 1, 1)], paid=[1.001, float("nan")], n=[float("inf"), 1]), quantity="n")
    codes = [fault.code for fault in raised.value.faults]
    assert codes == ["implausible-date", "bad-amount", "finer-than-cents", "bad-quantity"]


def test_when_the_path_is_wrong_then_it_is_told_what_is_there(load: Load, tmp_path: Path) -> None:
    load(table())
    with pytest.raises(DataError, match=r"missing-file: .*did you mean part-0.parquet"):
        load(path=str(tmp_path / "sales" / "part0.parquet"))
    with pytest.raises(DataError, match=r"no-files: .*name a file, a folder or"):
        load(path=str(tmp_path / "sales" / "*.pq"))
    (tmp_path / "bare").mkdir()
    with pytest.raises(DataError, match="no-files"):
        load(path=str(tmp_path / "bare"))


def test_when_the_file_cannot_be_opened_then_the_surroundings_are_to_blame(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(table())

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    part = Parquet(**{**SHOP, "path": str(tmp_path / "sales" / "part-0.parquet")})
    for action in (part.fingerprint, lambda: part.load(tmp_path / "log.parquet")):
        with pytest.raises(EnvironmentFault, match="Permission denied"):
            action()


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"time_zone": "Europe/Berln"}, "did you mean Europe/Berlin?"),
        ({"customer": "day"}, "same-column"),
        ({"dimensions": {"time": "x"}}, "this name is taken"),
        ({"last_day": "2024-02-31"}, "which is no day"),
    ],
)
def test_when_settings_contradict_each_other_then_the_config_is_to_blame(
    load: Load, changed: dict[str, Any], wanted: str
) -> None:
    with pytest.raises(ConfigError, match=wanted.replace("?", r"\?")):
        load(table(), **changed)


def test_when_the_content_changes_then_so_does_the_fingerprint(load: Load, tmp_path: Path) -> None:
    load(table(), table())
    part = Parquet(**{**SHOP, "path": str(tmp_path / "sales")})
    before = part.fingerprint()
    assert part.fingerprint() == before
    load(table(), table(who=["x", "y"]))
    assert part.fingerprint() != before


def test_when_names_hold_quotes_then_nothing_is_executed(load: Load) -> None:
    name = """a'); DROP TABLE "x"; --"""
    rows = pa.table({name: ["x'y", "z"], "day": [DAY, DAY], "paid": [1, 2]})
    _, log = load(rows, customer=name, anonymous_values=("'); --",))
    assert sorted(row[0] for row in log) == ["x'y", "z"]
