"""One SELECT and nothing else: what reads is let through, what could write or hide something is refused."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastlab.dataset._sql_statement import check_statements
from forecastlab.schema import ConfigError

GOOD = {
    "plain": ("SELECT a, b FROM t", "sqlite"),
    "semicolon at the end": ("select 1 ;  -- done\n", "postgresql"),
    "common table": ("WITH x AS (SELECT 1 AS a) SELECT * FROM x", "postgresql"),
    "comments": ("/* DROP TABLE t; */ SELECT 1 -- ; DELETE\n, 2", "sqlite"),
    "texts": ("SELECT 'it''s; DROP TABLE t', \"update\", `delete` FROM t", "mysql"),
    "brackets": ("SELECT [drop] FROM [set]", "mssql"),
    "dollars": ("SELECT $$; DROP TABLE t$$, $x$ $$ ; $x$", "postgresql"),
    "names with such words in them": ("SELECT last_update, offset_set, dropped, created FROM updates", "sqlite"),
    "a function": ("SELECT replace(name, 'a', 'b'), left(x, 2) FROM t", "postgresql"),
    "a hash as operator": ("SELECT 5 # 3", "postgresql"),
    "an array": ("SELECT (ARRAY[1, 2])[1]", "postgresql"),
    "a cast and a percent sign": ("SELECT a::date, b LIKE '50%' FROM t", "postgresql"),
    "a hash as comment": ("SELECT 1 # ; DROP TABLE t\n", "mysql"),
}
BAD = {
    "nothing": (" -- SELECT 1", "sqlite", "no-query"),
    "insert": ("INSERT INTO t VALUES (1)", "sqlite", "not-one-select"),
    "update": ("update t set a = 1", "sqlite", "not-one-select"),
    "delete": ("DELETE FROM t", "postgresql", "not-one-select"),
    "drop behind a comment": ("/* SELECT */ DROP TABLE t", "postgresql", "not-one-select"),
    "pragma": ("PRAGMA query_only = OFF", "sqlite", "not-one-select"),
    "attach": ("ATTACH 'x' AS y", "sqlite", "not-one-select"),
    "set": ("SET TRANSACTION READ WRITE", "postgresql", "not-one-select"),
    "copy": ("COPY t TO PROGRAM 'sh'", "postgresql", "not-one-select"),
    "explain": ("EXPLAIN ANALYZE DELETE FROM t", "postgresql", "not-one-select"),
    "values": ("VALUES (1)", "postgresql", "not-one-select"),
    "two statements": ("SELECT 1; SELECT 2", "sqlite", "not-one-select"),
    "two without a semicolon": ("SELECT 1 DROP TABLE t", "mssql", "not-one-select"),
    "select into": ("SELECT * INTO copied FROM t", "postgresql", "not-one-select"),
    "into a file": ("SELECT * FROM t INTO OUTFILE '/tmp/x'", "mysql", "not-one-select"),
    "a writing common table": ("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "postgresql", "not-one-select"),
    "locks": ("SELECT * FROM t FOR UPDATE", "postgresql", "not-one-select"),
    "dollars that are no quotes here": ("SELECT $$; DROP TABLE t; $$", "mysql", "not-one-select"),
    "brackets that are no quotes here": ("SELECT a[1; DROP TABLE t]", "postgresql", "not-one-select"),
    "dashes that are no comment here": ("SELECT 1 --1; DROP TABLE t", "mysql", "not-one-select"),
    "a hash that is no comment here": ("SELECT 1 # ; DROP TABLE t", "postgresql", "not-one-select"),
    "a name before dollars": ("SELECT a$$ ; DROP TABLE t; $$", "postgresql", "not-one-select"),
    "open text": ("SELECT 'a", "sqlite", "bad-query"),
    "open comment": ("SELECT 1 /* a", "sqlite", "bad-query"),
    "Oracle's own quotes": ("SELECT q'[a'; DROP TABLE t; --]' FROM dual", "oracle", "bad-query"),
    "backslash before a quote": ("SELECT 'a\\'; DROP TABLE t; --'", "mysql", "odd-query"),
    "comment that is run": ("SELECT 1 /*!; DROP TABLE t */", "mysql", "odd-query"),
    "comment in a comment": ("SELECT 1 /* /* */ ; DROP TABLE t */", "postgresql", "odd-query"),
    "lone carriage return": ("SELECT 1 -- a\r; DROP TABLE t", "sqlite", "odd-query"),
    "NUL": ("SELECT 1\0; DROP TABLE t", "sqlite", "odd-query"),
}


@pytest.mark.parametrize("case", GOOD)
def test_when_a_query_only_reads_then_it_is_let_through(case: str) -> None:
    query, dialect = GOOD[case]
    check_statements({"dataset.query": query}, dialect)


@pytest.mark.parametrize("case", BAD)
def test_when_a_query_does_more_than_read_then_one_line_says_so(case: str) -> None:
    query, dialect, code = BAD[case]
    with pytest.raises(ConfigError) as raised:
        check_statements({"dataset.query": query}, dialect)
    (fault,) = raised.value.faults
    assert fault.code == code and fault.where == "dataset.query" and "\n" not in str(fault)


def test_when_several_queries_are_wrong_then_each_has_its_line() -> None:
    with pytest.raises(ConfigError) as raised:
        check_statements({"dataset.query": "DELETE FROM t", "dataset.tables.leads.query": "DROP TABLE t"}, "sqlite")
    assert [fault.where for fault in raised.value.faults] == ["dataset.query", "dataset.tables.leads.query"]


WORDS = ["SELECT 1", "DELETE FROM t", "INSERT INTO t VALUES (7)", "DROP TABLE t", "UPDATE t SET a = 2", "x"]
SIGNS = [
    "; ",
    "'",
    '"',
    "`",
    "[",
    "]",
    "--",
    "\n",
    "/*",
    "*/",
    "\\",
    "$$",
    "#",
    " ",
    "\r",
    "''",
    "WITH x AS (SELECT 1) ",
]
PIECES = st.sampled_from([*WORDS, *SIGNS])


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(PIECES, max_size=9), start=st.sampled_from(["SELECT 1 ", "WITH x AS (SELECT 1) SELECT 1 ", ""]))
def test_when_pieces_are_put_together_then_nothing_that_is_let_through_changes_a_database(
    pieces: list[str], start: str
) -> None:
    query = start + "".join(pieces)
    try:
        check_statements({"q": query}, "sqlite")
    except ConfigError:
        return
    con = sqlite3.connect(":memory:")
    con.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
    before = list(con.iterdump())
    with contextlib.suppress(sqlite3.Error, ValueError):
        con.executescript(query)  # more than the reader ever does: here several statements would all be run
    assert list(con.iterdump()) == before
    con.close()
