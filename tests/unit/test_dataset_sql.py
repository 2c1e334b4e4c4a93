"""A database as a source, on SQLite: what is read of it, that it is only read, and what each fault says."""

from __future__ import annotations

import contextlib
import datetime
import importlib.util
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from forecastlab.dataset._sql_address import Address, address_of
from forecastlab.dataset._sql_read import BATCH, database
from forecastlab.dataset.sql import Sql
from forecastlab.schema import ConfigError, DataError, EnvironmentFault, Facts, ForecastlabError

SECRET = "K-SECRET-77"
CANARY = "Zf9-canary@/word"
VALUES = yaml.safe_load((Path(__file__).parents[2] / "conf" / "dataset" / "sql.yaml").read_text("utf-8"))
SHOP = {
    **{key: tuple(value) if isinstance(value, list) else value for key, value in VALUES.items() if key != "part"},
    "query": "SELECT * FROM sales",
    "customer": "who",
    "time": "day",
    "amount": "paid",
}
GOOD = f"CREATE TABLE sales (who, day, paid, n); INSERT INTO sales VALUES ('{SECRET}', '2024-02-01', 12.5, 1), "
GOOD += "('0012', '2024-02-02 18:30:00', 1, 2)"
Load = Callable[..., tuple[Facts, list[tuple[Any, ...]]]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Make a database with a script and load it with some settings changed."""

    def _load(script: str = GOOD, **changed: Any) -> tuple[Facts, list[tuple[Any, ...]]]:
        path = tmp_path / "shop.sqlite"
        path.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(path)) as con:
            con.executescript(script)
        target = tmp_path / "out" / "log.parquet"
        facts = Sql(**{**SHOP, "path": str(path), **changed}).load(target)
        with duckdb.connect() as con:
            return facts, con.execute(f"SELECT * FROM '{target}'").fetchall()

    return _load


def sales(*rows: tuple[Any, ...]) -> str:
    """A script that makes the table with these rows (each one SQL literal per cell)."""
    return "CREATE TABLE sales (who, day, paid, n); INSERT INTO sales VALUES " + ", ".join(
        "(" + ", ".join(map(str, row)) + ")" for row in rows
    )


def test_when_a_database_is_read_then_ids_times_and_cents_are_its_own(load: Load) -> None:
    facts, log = load()
    assert log == [
        ("0012", datetime.datetime(2024, 2, 2, 18, 30), 100),
        (SECRET, datetime.datetime(2024, 2, 1), 1250),
    ]
    assert (facts.first_day, facts.last_day, facts.ledger.cents_in) == ("2024-02-01", "2024-02-02", 1350)


def test_when_integers_and_reals_are_mixed_then_both_are_amounts(load: Load) -> None:
    _, log = load(
        sales(("'a'", "'2024-02-01'", 3, 1), ("'a'", "'2024-02-01'", 0.29, 1), (7, "'2024-02-01'", 1, 1)).replace(
            "(7,", "('7',"
        )
    )
    assert [row[2] for row in log] == [100, 29, 300]


def test_when_the_answer_is_larger_than_a_batch_then_no_row_is_lost(load: Load, tmp_path: Path) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)"
    query = f"{numbers} SELECT i % 99 AS who, '2024-02-01' AS day, i AS paid FROM n"
    facts, log = load(query=query)
    assert len(log) == facts.ledger.rows_in == 50_000
    assert facts.ledger.cents_used == 100 * sum(range(1, 50_001))
    with (
        database(Address("sqlite", tmp_path / "shop.sqlite", None, ()), 60) as source,
        source.answer(query, "query") as (_, batches),
    ):
        assert [len(batch) for batch in batches] == [BATCH, BATCH, 50_000 - 2 * BATCH]


@pytest.mark.parametrize("returns", ["net", "drop", "separate"])
def test_when_goods_come_back_then_the_policy_decides_and_its_money_is_told(load: Load, returns: str) -> None:
    script = sales(*((1, "'2024-02-01'", paid, n) for paid, n in ((5, 1), (-3, -1), (7, -1))))
    facts, log = load(script, returns=returns, quantity="n")
    where = facts.ledger.dropped if returns == "drop" else facts.ledger.noted
    assert where == {"returns": (2, 400)}
    assert sum(row[2] for row in log) == (500 if returns == "drop" else 900)
    assert facts.dimensions == (("flow",) if returns == "separate" else ())


def test_when_times_carry_an_offset_then_they_are_counted_in_the_zone(load: Load) -> None:
    script = sales((1, "'2024-02-01T00:30:00+02:00'", 1, 1), (1, "'2024-01-31 22:30:00Z'", 2, 1))
    _, log = load(script, time_zone="Europe/Berlin")
    assert {row[1] for row in log} == {datetime.datetime(2024, 1, 31, 23, 30)}
    with pytest.raises(DataError, match=r"bad-date.* in 2 rows, the first is row 1"):
        load(script)


def test_when_rows_come_in_another_order_then_fingerprint_and_file_are_the_same(load: Load, tmp_path: Path) -> None:
    def made(order: str, **changed: Any) -> tuple[str, bytes]:
        query = f"SELECT * FROM sales ORDER BY paid {order}"
        load(query=query, **changed)
        part = Sql(**{**SHOP, "path": str(tmp_path / "shop.sqlite"), "query": query})
        return part.fingerprint(), (tmp_path / "out" / "log.parquet").read_bytes()

    assert made("ASC") == made("DESC")
    before = made("ASC")[0]
    load(GOOD.replace("12.5", "12.6"))
    assert Sql(**{**SHOP, "path": str(tmp_path / "shop.sqlite")}).fingerprint() != before


FAULTS: dict[str, tuple[str, dict[str, Any], type[ForecastlabError], list[str]]] = {
    "unknown table": (GOOD, {"query": "SELECT * FROM sale"}, DataError, ["unknown-table", "no such table: sale"]),
    "unknown column": (GOOD, {"query": "SELECT hwo FROM sales"}, DataError, ["unknown-column", "hwo"]),
    "syntax": (GOOD, {"query": "SELECT FROM WHERE"}, ConfigError, ["bad-query", "syntax error"]),
    "no SELECT": (GOOD, {"query": "DELETE FROM sales"}, ConfigError, ["not-one-select", "'DELETE'"]),
    "several": (GOOD, {"query": "SELECT 1; DROP TABLE sales"}, ConfigError, ["not-one-select", "several statements"]),
    "no rows": (GOOD, {"query": "SELECT * FROM sales WHERE paid > 99"}, DataError, ["no-rows", "dataset.query"]),
    "missing column": (GOOD, {"amount": "payd"}, DataError, ["missing-column", "'who', 'day'", "did you mean paid?"]),
    "column twice": (GOOD, {"query": "SELECT who, day, paid, paid FROM sales"}, DataError, ["double-column"]),
    "text amount": (sales((1, "'2024-02-01'", "'x'", 1)), {}, DataError, ["wrong-type", "VARCHAR", "CAST(paid AS"]),
    "mixed amount": (
        sales((1, "'2024-02-01'", "'x'", 1), (1, "'2024-02-01'", 1, 1)), {}, DataError, ["wrong-type", "mixed types"]
    ),
    "float id": (sales((1.0, "'2024-02-01'", 1, 1)), {}, DataError, ["wrong-type", "'who'", "DOUBLE"]),
    "blob": (sales(("x'00'", "'2024-02-01'", 1, 1)), {}, DataError, ["wrong-type", "BLOB"]),
    "date": (sales((1, "'01.02.2024'", 1, 1), (1, "'2024-02-31'", 1, 1)), {}, DataError, ["bad-date", "in 2 rows"]),
    "parts of a cent": (sales((1, "'2024-02-01'", 1.234, 1)), {}, DataError, ["finer-than-cents", "row 1"]),
    "timeout": (
        GOOD,
        {"query": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
         "timeout": 0.3},
        EnvironmentFault,
        ["query-timeout", "raise dataset.timeout"],
    ),
    "both": (GOOD, {"connection": "X"}, ConfigError, ["no-database", "exactly one"]),
    "neither": (GOOD, {"path": None}, ConfigError, ["no-database", "exactly one"]),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_when_something_is_wrong_then_one_line_says_what_and_nothing_is_written(
    load: Load, tmp_path: Path, case: str
) -> None:
    script, changed, kind, wanted = FAULTS[case]
    with pytest.raises(kind) as raised:
        load(script, **changed)
    (fault,) = raised.value.faults
    for text in wanted:
        assert text in str(fault), str(fault)
    assert "\n" not in str(fault) and SECRET not in str(fault)
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_when_the_path_is_wrong_then_no_file_is_made(load: Load, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing-file"):
        load(path=str(tmp_path / "none.sqlite"))
    assert not (tmp_path / "none.sqlite").exists()
    with pytest.raises(DataError, match="is-a-folder"):
        load(path=str(tmp_path))
    (tmp_path / "text.sqlite").write_text("who,day,paid\n" * 99)
    with pytest.raises(DataError, match="not-sqlite"):
        load(path=str(tmp_path / "text.sqlite"))


def test_when_the_check_of_the_statement_is_passed_by_then_the_file_is_still_not_written(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecastlab.dataset.sql.check_statements", lambda queries, dialect: None)
    with pytest.raises(ConfigError, match="would write"):
        load(query="INSERT INTO sales VALUES (1, 2, 3, 4) RETURNING *")
    with contextlib.closing(sqlite3.connect(tmp_path / "shop.sqlite")) as con:
        assert con.execute("SELECT count(*) FROM sales").fetchone() == (2,)


URLS: dict[str, tuple[str | None, list[str]]] = {
    "unset": (None, ["unset-variable", "SHOP_DB is not set", "export SHOP_DB="]),
    "empty": ("", ["unset-variable"]),
    "no URL": (f"host=x password={CANARY}", ["bad-url"]),
    "old scheme": (f"postgres://u:{CANARY}@h/d", ["bad-scheme", "found postgres,", "did you mean postgresql?"]),
    "other driver": (f"postgresql+asyncpg://u:{CANARY}@h/d", ["bad-scheme", "postgresql+psycopg"]),
    "a file of code": (f"shillelagh://u:{CANARY}@h/d", ["bad-scheme"]),
    "memory": ("sqlite:///:memory:", ["bad-url", "no file"]),
}


@pytest.mark.parametrize("case", URLS)
def test_when_the_variable_is_wrong_then_it_is_named_and_its_content_is_not(
    load: Load, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    value, wanted = URLS[case]
    monkeypatch.setenv("SHOP_DB", value) if value is not None else monkeypatch.delenv("SHOP_DB", raising=False)
    with pytest.raises(ConfigError) as raised:
        load(path=None, connection="SHOP_DB")
    (fault,) = raised.value.faults
    assert all(text in str(fault) for text in [*wanted, "SHOP_DB"]), str(fault)
    assert CANARY not in str(fault)


def test_when_a_url_stands_where_the_name_of_a_variable_should_then_it_is_not_repeated(load: Load) -> None:
    with pytest.raises(ConfigError, match="bad-name") as raised:
        load(path=None, connection=f"postgresql://u:{CANARY}@h/d")
    assert CANARY not in str(raised.value)


def test_when_the_variable_names_a_file_then_it_is_read(load: Load, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("SHOP_DB", f"sqlite:///{tmp_path}/shop.sqlite")
    assert load(path=None, connection="SHOP_DB")[0].ledger.rows_used == 2


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "mssql", "oracle"])
def test_when_a_driver_is_not_installed_then_the_command_that_installs_it_is_told(
    load: Load, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    real = importlib.util.find_spec
    missing = ("pymysql", "pyodbc", "oracledb")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in missing else real(name))
    monkeypatch.setenv("SHOP_DB", f"{scheme}://u:{CANARY}@h/d")
    with pytest.raises(EnvironmentFault, match=r"missing-extra: .* type: pip install") as raised:
        load(path=None, connection="SHOP_DB")
    assert CANARY not in str(raised.value)


def test_when_a_message_quotes_the_address_then_every_form_of_its_secrets_is_taken_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sqlalchemy

    made = sqlalchemy.URL.create("postgresql", "u", CANARY, "h", 5432, "d", {"options": "x;PWD=other-secret"})
    text = made.render_as_string(hide_password=False)
    monkeypatch.setenv("SHOP_DB", text)
    address = address_of("SHOP_DB", None)
    said = address.redacted(f"cannot use {text}\nwith password '{CANARY}' and PWD=other-secret")
    escaped = text.partition("u:")[2].partition("@h")[0]
    assert not [secret for secret in (CANARY, "other-secret", escaped) if secret in said]
    assert "\n" not in said and said.startswith("cannot use postgresql://u:***@h:5432/d")
    assert not [secret for secret in (CANARY, "other-secret", escaped) if secret in repr(address)]
