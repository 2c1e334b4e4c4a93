"""A database as a source, on a real PostgreSQL: money as its own SQL counts it, only reading, and no password told."""

from __future__ import annotations

import contextlib
import datetime
import io
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from postgres import PASSWORD, Cluster

from forecastlab.cli import main
from forecastlab.dataset._sql_address import address_of
from forecastlab.dataset._sql_read import BATCH, database
from forecastlab.dataset.sql import Sql
from forecastlab.schema import ConfigError, DataError, EnvironmentFault, Facts, ForecastlabError

pytestmark = pytest.mark.xdist_group("postgres")
VARIABLE = "FORECASTLAB_TEST_DATABASE"
VALUES = yaml.safe_load((Path(__file__).parents[2] / "conf" / "dataset" / "sql.yaml").read_text("utf-8"))
SHOP = {
    **{key: tuple(value) if isinstance(value, list) else value for key, value in VALUES.items() if key != "part"},
    "connection": VARIABLE,
    "query": "SELECT * FROM sales",
    "customer": "who",
    "time": "day",
    "amount": "paid",
    "warmup": None,
}
MAKE = """
CREATE TABLE sales AS
SELECT CASE WHEN i % 17 > 0 THEN lpad((i % 97)::text, 5, '0') END AS who,
       DATE '2023-01-02' + i % 700 AS day,
       ((i * 7919) % 100000 - 20000)::numeric / 100 AS paid,
       (i % 5)::double precision AS n,
       (ARRAY['north', 'south', NULL])[1 + i % 3] AS shop,
       TIMESTAMPTZ '2023-01-01 22:30:00+00' + i * INTERVAL '1 hour' AS seen,
       gen_random_uuid() AS bon
FROM generate_series(1, 60000) AS i
"""


@pytest.fixture(scope="module")
def url(postgres: Cluster) -> str:
    found = postgres.fresh()
    postgres.execute(found, MAKE, "CREATE VIEW broken AS SELECT (who || 'x')::int AS who, day, paid FROM sales")
    return found


@pytest.fixture
def load(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Load with some settings changed: the facts, and the log as a DuckDB relation's rows."""
    monkeypatch.setenv(VARIABLE, url)

    def _load(sql: str = "SELECT * FROM log", **changed: Any) -> tuple[Facts, list[tuple[Any, ...]]]:
        target = tmp_path / "out" / "log.parquet"
        facts = Sql(**{**SHOP, **changed}).load(target)
        with duckdb.connect() as con:
            con.execute(f"CREATE VIEW log AS SELECT * FROM '{target}'")
            return facts, con.execute(sql).fetchall()

    return _load


@pytest.mark.parametrize("returns", ["net", "drop", "separate"])
def test_when_a_table_is_loaded_then_its_money_is_that_of_the_database(
    load: Any, postgres: Cluster, url: str, returns: str
) -> None:
    facts, found = load(
        "SELECT coalesce(customer_id, ''), CAST(time AS DATE), shop, sum(amount), count(*), sum(quantity) "
        "FROM log GROUP BY ALL ORDER BY ALL",
        quantity="n",
        dimensions={"shop": "shop"},
        returns=returns,
    )
    where = "WHERE paid >= 0" if returns == "drop" else ""
    expected = postgres.execute(
        url,
        "SELECT coalesce(who, ''), day, coalesce(shop, 'unknown'), (sum(paid) * 100)::bigint, count(*), sum(n) "
        f"FROM sales {where} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    )
    assert [tuple(map(float, row[3:])) for row in found] == [tuple(map(float, row[3:])) for row in expected]  # type: ignore[arg-type]
    assert [row[:3] for row in found] == [row[:3] for row in expected]
    ((rows, cents, back, returned),) = postgres.execute(
        url,
        "SELECT count(*), (sum(paid) * 100)::bigint, count(*) FILTER (WHERE paid < 0), "
        "(sum(paid) FILTER (WHERE paid < 0) * 100)::bigint FROM sales",
    )
    assert (facts.ledger.rows_in, facts.ledger.cents_in) == (rows, cents)
    place = facts.ledger.dropped if returns == "drop" else facts.ledger.noted
    assert place["returns"] == (back, returned)


def test_when_times_carry_a_zone_then_days_are_those_of_the_database_there(
    load: Any, postgres: Cluster, url: str
) -> None:
    _, found = load(
        "SELECT CAST(time AS DATE), sum(amount) FROM log GROUP BY ALL ORDER BY ALL",
        time="seen",
        time_zone="Europe/Berlin",
        basket="bon",
    )
    expected = postgres.execute(
        url,
        "SELECT (seen AT TIME ZONE 'Europe/Berlin')::date, (sum(paid) * 100)::bigint FROM sales GROUP BY 1 ORDER BY 1",
    )
    assert [(day, int(cents)) for day, cents in found] == expected
    with pytest.raises(DataError, match="time-zone"):
        load(time="seen")


def test_when_the_same_rows_come_in_another_order_then_the_fingerprint_is_the_same(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, url)
    marks = {
        Sql(**{**SHOP, "query": f"SELECT * FROM sales WHERE n < 3 ORDER BY {order}"}).fingerprint()
        for order in ("day", "random()", "paid DESC")
    }
    assert len(marks) == 1
    assert Sql(**{**SHOP, "query": "SELECT * FROM sales WHERE n < 2"}).fingerprint() not in marks


def test_when_types_are_the_databases_own_then_each_is_read_or_refused(load: Any) -> None:
    _, log = load(query="SELECT 7::bigint AS who, TIMESTAMP '2024-02-01 10:00' AS day, 19.99::float8 AS paid")
    assert log == [("7", datetime.datetime(2024, 2, 1, 10), 1999)]
    _, log = load(query="SELECT 'a' AS who, DATE '2024-02-01' AS day, 10::numeric / 4 AS paid LIMIT 1")
    assert log[0][2] == 250
    for query, code in {
        "SELECT 1 AS who, DATE '2024-02-01' AS day, 'NaN'::numeric AS paid": "bad-amount",
        "SELECT 1 AS who, DATE '2024-02-01' AS day, 10::numeric / 3 AS paid": "finer-than-cents",
        "SELECT 1 AS who, '2024-02-01' AS day, 1 AS paid": "wrong-type",
        "SELECT 1.5::float8 AS who, DATE '2024-02-01' AS day, 1 AS paid": "wrong-type",
        "SELECT 1 AS who, DATE '2024-02-01' AS day, '(1,2)'::point AS paid": "wrong-type",
        "SELECT 1 AS who, DATE '2024-02-01' AS day, 1 AS paid WHERE false": "no-rows",
    }.items():
        with pytest.raises(DataError, match=code):
            load(query=query)


def test_when_an_answer_has_no_end_then_its_first_batches_come_all_the_same(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, url)
    endless = "SELECT generate_series(1, 100000000000) AS i"
    with database(address_of(VARIABLE, None), 60) as source, source.answer(endless, "query") as (names, batches):
        first = [next(batches) for _ in range(3)]
    assert names == ["i"]
    assert [(len(batch), batch[0][0]) for batch in first] == [(BATCH, 1), (BATCH, BATCH + 1), (BATCH, 2 * BATCH + 1)]


FAULTS: dict[str, tuple[dict[str, Any], type[ForecastlabError], list[str]]] = {
    "unknown table": ({"query": "SELECT * FROM sale"}, DataError, ["unknown-table", '"sale" does not exist']),
    "unknown schema": ({"query": "SELECT * FROM x.sales"}, DataError, ["unknown-table"]),
    "unknown column": ({"query": "SELECT hwo FROM sales"}, DataError, ["unknown-column", '"hwo" does not exist']),
    "syntax": ({"query": "SELECT FROM WHERE"}, ConfigError, ["bad-query"]),
    "timeout": ({"query": "SELECT pg_sleep(60), 1", "timeout": 0.3}, EnvironmentFault, ["query-timeout"]),
    "several": ({"query": "SELECT 1; DROP TABLE sales"}, ConfigError, ["not-one-select"]),
    "a value": ({"query": "SELECT * FROM broken"}, DataError, ["bad-value", "InvalidTextRepresentation"]),
}


@pytest.mark.parametrize("case", FAULTS)
def test_when_the_database_refuses_then_one_line_says_why(load: Any, tmp_path: Path, case: str) -> None:
    changed, kind, wanted = FAULTS[case]
    with pytest.raises(kind) as raised:
        load(**changed)
    (fault,) = raised.value.faults
    assert all(text in str(fault) for text in wanted), str(fault)
    assert "\n" not in str(fault) and '00001x"' not in str(fault)
    assert list((tmp_path / "out").iterdir()) == [] if (tmp_path / "out").exists() else True


@pytest.mark.parametrize(
    "query",
    [
        "WITH x AS (DELETE FROM sales RETURNING *) SELECT * FROM x",
        "SELECT * INTO copied FROM sales",
        "SELECT nextval('numbers'), 1",
        "SELECT lo_create(0), 1",
        "SELECT set_config('transaction_read_only', 'off', true), lo_create(0)",
    ],
)
def test_when_the_check_of_the_statement_is_passed_by_then_the_transaction_still_cannot_write(
    load: Any, postgres: Cluster, url: str, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    postgres.execute(url, "CREATE SEQUENCE IF NOT EXISTS numbers")
    monkeypatch.setattr("forecastlab.dataset.sql.check_statements", lambda queries, dialect: None)
    with pytest.raises(ForecastlabError):
        load(query=query)
    assert postgres.execute(url, "SELECT count(*) FROM sales") == [(60_000,)]
    assert postgres.execute(url, "SELECT is_called FROM numbers") == [(False,)]
    assert postgres.execute(url, "SELECT count(*) FROM pg_largeobject_metadata") == [(0,)]
    assert postgres.execute(url, "SELECT to_regclass('copied') IS NULL") == [(True,)]


def command(*words: str) -> tuple[int, str]:
    """The exit code and all that the command printed."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(list(words))
    return code, said.getvalue()


def test_when_runs_succeed_and_fail_then_the_password_is_nowhere(
    tmp_path: Path, postgres: Cluster, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folds = ["backtest.horizon=2", "backtest.select=1", "backtest.test=1", "executor=serial", "model=naive"]
    folds.append("segmentation=none")
    mapping = ["dataset.customer=who", "dataset.time=day", "dataset.amount=paid", "dataset.query='SELECT * FROM sales'"]
    words = ["run", "dataset=sql", f"dataset.connection={VARIABLE}", *mapping, *folds, "root=results"]
    closed = url.replace(f":{postgres.port}/", ":1/")
    wrong, option = "not-the-" + PASSWORD, "Zf9 hidden".replace(" ", "-")
    cases = {
        "good": (url, [], 0, "leaderboard.csv"),
        "wrong password": (postgres.url("postgres", wrong), [], 5, "login-refused"),
        "wrong user": (postgres.url("postgres", user="nobody_here"), [], 5, "login-refused"),
        "no server": (closed, [], 5, "no-connection"),
        "no database": (postgres.url("nowhere"), [], 5, "no-connection"),
        "unknown column": (url, ["dataset.query='SELECT x FROM sales'"], 3, "unknown-column"),
        "bad URL": (url.replace("://", ":"), [], 2, "bad-url"),
        "bad scheme": (url.replace("psycopg", "pg8000"), [], 2, "bad-scheme"),
        "a secret option": (f"{url}?sslpassword={option}&sslmode=nonsense", [], 5, "no-connection"),
    }
    secrets = [PASSWORD, wrong, option, url.partition(f"//{'lab'}:")[2].partition("@")[0]]
    for name, (address, more, code, wanted) in cases.items():
        monkeypatch.setenv(VARIABLE, address)
        found, said = command(*words, *more)
        assert (found, wanted in said) == (code, True), f"{name}: {said}"
        assert not [secret for secret in secrets if secret in said], name
        assert code == 0 or len(said.strip().splitlines()) == 1, said
    monkeypatch.setenv(VARIABLE, closed)
    with pytest.raises(EnvironmentFault) as raised:
        main([*words, "--debug"])
    assert raised.value.__cause__ is None and raised.value.__suppress_context__
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in written) and any(path.suffix == ".json" for path in written)
    leaks = [path for path in written if any(secret.encode() in path.read_bytes() for secret in secrets)]
    assert not leaks
