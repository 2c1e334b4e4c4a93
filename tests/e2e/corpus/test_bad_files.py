"""Files that are not what they should be: missing, empty, of another kind, of another shape."""

import gzip
import os
from pathlib import Path

import pytest
from corpus_harness import Case, apart, check, config, data, driver, here, parametrised, surroundings
from corpus_tables import (
    SECRET,
    csv_file,
    database,
    edited,
    frame,
    parquet_file,
    raw_parquet,
    sheet,
    table,
    text,
    typed,
    weather,
)

GOOD = text(table())
ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT max(i) AS who, 1 AS day, 2 AS money, 3 AS region FROM n"
)
SPOILT = raw_parquet()[:-40] + b"\xff" * 32 + raw_parquet()[-8:]


def gone(make, name):
    """The same words, but the file is not there."""

    def without(folder):
        words = make(folder)
        (folder / name).unlink()
        return words

    return without


def folder_instead(make, name):
    """The same words, but a folder lies where the file should be."""

    def instead(folder):
        words = gone(make, name)(folder)
        (folder / name).mkdir()
        return words

    return instead


def other_file(make, content):
    """The same words, but the database holds other bytes."""

    def other(folder):
        words = make(folder)
        (folder / "shop.sqlite").write_bytes(content)
        return words

    return other


def two_files(folder):
    """A folder of Parquet files of which one has another column."""
    (folder / "sales").mkdir()
    frame(table()).to_parquet(folder / "sales" / "a.parquet")
    frame(table()).rename(columns={"money": "price"}).to_parquet(folder / "sales" / "b.parquet")
    return [*parquet_file(table())(folder), f"dataset.path={folder / 'sales'}"]


CSV = [
    data(
        "csv missing",
        gone(csv_file(GOOD), "shop.csv"),
        "missing-file … shop.csv … there is no such file … dataset.path",
    ),
    data("csv near", csv_file(GOOD, name="shops.csv"), "missing-file … did you mean shops.csv?"),
    data("csv empty", csv_file(b""), "empty-file … shop.csv … the file is empty … dataset.path"),
    data("csv folder", folder_instead(csv_file(GOOD), "shop.csv"), "is-a-folder … shop.csv … name one file"),
    data(
        "csv latin-1",
        csv_file(text(edited("region", "süd")).encode("latin-1")),
        "bad-encoding … line 402 … set encoding: cp1252 or latin-1",
    ),
    data("csv utf-16", csv_file(GOOD.encode("utf-16")), "bad-encoding … set encoding: utf-16"),
    data("csv nul", csv_file(text(edited("region", "no\0rth"))), "nul-byte … line 402 … save it as text again"),
    data(
        "csv separator", csv_file(text(table(), separator=";")), "wrong-separator … who;day;money … set separator: ';'"
    ),
    data(
        "csv long row",
        csv_file(GOOD + f"{SECRET},2024-07-01,1.00,north,x\n"),
        "long-rows … in 1 row, … line 632 … quotes",
    ),
    data(
        "csv all rows longer",
        csv_file(GOOD.replace("\n", ",x\n").replace("region,x", "region", 1)),
        "long-rows … in 630 rows … line 2 … quotes",
    ),
    data("csv short row", csv_file(GOOD + f"{SECRET},2024-07-01\n"), "short-rows … in 1 row, … line 632 … mend"),
    data(
        "csv header in other case",
        csv_file(GOOD.replace("money", "Money")),
        "missing-column … dataset.amount … write it 'Money'",
    ),
    data(
        "csv header with blanks",
        csv_file(GOOD.replace("money", " money ")),
        "missing-column … dataset.amount … write it ' money '",
    ),
    data(
        "csv column missing",
        csv_file(GOOD.replace("money", "price")),
        "missing-column … dataset.amount … 'who', 'day', 'price', 'region' … dataset.amount=",
    ),
    data(
        "csv two columns missing",
        csv_file(GOOD.replace("who,day", "whom,days")),
        "missing-column … dataset.customer … did you mean whom?",
        "missing-column … dataset.time … did you mean days?",
    ),
    data("csv no header", csv_file(GOOD.partition("\n")[2]), "no-header … add a line with the names of the columns"),
    data("csv truncated gz", csv_file(gzip.compress(GOOD.encode())[:-9]), "bad-gzip … cut off … fetch it again"),
    data("csv is Excel", csv_file(b"PK\x03\x04" + GOOD.encode()), "not-csv … an Excel workbook … save it as CSV"),
    data("csv is Parquet", csv_file(raw_parquet()), "not-csv … a Parquet file … dataset=parquet"),
    data("csv header only", csv_file("who,day,money,region\n"), "no-rows … shop.csv … check path"),
    data("csv open quote", csv_file(GOOD + f'{SECRET},2024-07-01,1.00,"north\n'), "bad-quotes … line 632 … mend"),
]

PARQUET = [
    data("parquet missing", gone(parquet_file(table()), "shop.parquet"), "missing-file … shop.parquet … dataset.path"),
    data("parquet empty", parquet_file(b""), "empty-file … shop.parquet … dataset.path"),
    data(
        "parquet empty folder",
        folder_instead(parquet_file(table()), "shop.parquet"),
        "no-files … name a file, a folder or *.parquet",
    ),
    data("parquet is CSV", parquet_file(GOOD.encode()), "not-parquet … dataset=csv"),
    data("parquet cut off", parquet_file(raw_parquet()[:-9]), "bad-parquet … cut off … fetch it again"),
    data("parquet damaged", parquet_file(SPOILT), "bad-parquet … damaged … fetch it again"),
    data("parquet files differ", two_files, "other-columns … b.parquet … write all files with the same columns"),
    data(
        "parquet column missing",
        parquet_file(frame(table()).rename(columns={"money": "price"})),
        "missing-column … dataset.amount … 'price' … dataset.amount=",
    ),
    data("parquet no rows", parquet_file(frame(table()).head(0)), "no-rows … shop.parquet"),
]

SQL = [
    data(
        "sql file missing", gone(database(typed(table())), "shop.sqlite"), "missing-file … shop.sqlite … dataset.path"
    ),
    data(
        "sql file is text",
        other_file(database(typed(table())), GOOD.encode()),
        "not-sqlite … no SQLite database … dataset.path",
    ),
    data(
        "sql file cut off",
        other_file(database(typed(table())), b"SQLite format 3\0" + b"\1" * 900),
        "not-sqlite … dataset.path",
    ),
    config(
        "sql deletes",
        database(typed(table()), query="DELETE FROM sales"),
        "not-one-select … dataset.query … 'DELETE' … one SELECT",
    ),
    config(
        "sql two statements",
        database(typed(table()), query="SELECT * FROM sales; SELECT 1"),
        "not-one-select … dataset.query … several statements … one SELECT",
    ),
    config("sql is empty", database(typed(table()), query="  "), "no-query … dataset.query … one SELECT"),
    data(
        "sql unknown table",
        database(typed(table()), query="SELECT * FROM sale"),
        "unknown-table … dataset.query … no such table: sale … check the names of tables",
    ),
    data(
        "sql unknown column",
        database(typed(table()), query="SELECT price FROM sales"),
        "unknown-column … dataset.query … no such column: price … check the names of columns",
    ),
    config(
        "sql syntax", database(typed(table()), query="SELECT FROM WHERE"), "bad-query … dataset.query … mend the query"
    ),
    data(
        "sql column missing",
        database(typed(table()), query="SELECT who, day, money AS price, region FROM sales"),
        "missing-column … dataset.amount … 'price' … dataset.amount=",
    ),
    data("sql no rows", database([]), "no-rows … dataset.query"),
    surroundings(
        "sql too slow",
        database(
            typed(table()),
            "dataset.timeout=0.2",
            query=ENDLESS,
        ),
        "query-timeout … dataset.query … raise dataset.timeout",
    ),
    config(
        "sql nowhere", database(typed(table()), "dataset.path=null"), "no-database … dataset … type dataset.path=FILE"
    ),
    config(
        "sql variable unset",
        database(typed(table()), "dataset.path=null", "dataset.connection=CORPUS_UNSET"),
        "unset-variable … dataset.connection … type export CORPUS_UNSET=",
    ),
    config(
        "sql URL in the config",
        database(typed(table()), "dataset.path=null", f"dataset.connection='postgresql://u:{SECRET}@h/d'"),
        "bad-name … dataset.connection … give the variable's name",
    ),
    config(
        "sql variable without URL",
        database(typed(table()), "dataset.path=null", "dataset.connection=CORPUS_NO_URL"),
        "bad-url … variable CORPUS_NO_URL … write it like postgresql://",
    ),
    config(
        "sql other database",
        database(typed(table()), "dataset.path=null", "dataset.connection=CORPUS_DUCKDB"),
        "bad-scheme … variable CORPUS_DUCKDB … allowed are sqlite",
    ),
    surroundings(
        "sql no connection",
        database(typed(table()), "dataset.path=null", "dataset.connection=CORPUS_CLOSED"),
        "no-connection … dataset.connection … check the address",
    ),
]

DRIVER = [
    driver(
        "driver missing",
        gone(sheet(weather()), "weather.csv"),
        "missing-file … weather.csv … there is no such file … did you mean shop.csv?",
    ),
    driver("driver empty", sheet(b""), "empty-file … weather.csv … driver.table.path"),
    driver(
        "driver folder", folder_instead(sheet(weather()), "weather.csv"), "is-a-folder … weather.csv … name one file"
    ),
    driver(
        "driver latin-1",
        sheet((weather() + "2024-08-01,süd\n").encode("latin-1")),
        "bad-encoding … weather.csv … save it as UTF-8",
    ),
    driver("driver utf-16", sheet(weather().encode("utf-16")), "bad-encoding … weather.csv … save it as UTF-8"),
    driver(
        "driver nul",
        sheet(weather().replace("1.5", "1\0.5", 1)),
        "nul-byte … weather.csv … line 3 … save it as text again",
    ),
    driver(
        "driver separator",
        sheet(weather().replace(",", ";")),
        "wrong-separator … weather.csv … type driver.table.separator=';'",
    ),
    driver(
        "driver long row",
        sheet(weather() + "2024-08-01,1,2\n"),
        "long-rows … more cells than the header's 2 in 1 row … line 212 … mend",
    ),
    driver(
        "driver short row",
        sheet(weather() + "2024-08-01\n"),
        "short-rows … fewer cells than the header's 2 in 1 row … line 212 … mend",
    ),
    driver(
        "driver header in other case",
        sheet(weather().replace("warm", "Warm")),
        "missing-column … weather.csv … did you mean Warm?",
    ),
    driver(
        "driver no header", sheet(weather().partition("\n")[2]), "no-header … add a line with the names of the columns"
    ),
    driver("driver header only", sheet("day,warm\n"), "no-rows … weather.csv"),
    driver(
        "driver is Excel", sheet(b"PK\x03\x04" + weather().encode()), "not-a-table … an Excel workbook … save it as CSV"
    ),
    driver("driver zipped", sheet(gzip.compress(weather().encode())), "not-a-table … a gzip archive … unpack it"),
    driver("driver damaged Parquet", sheet(raw_parquet()[:-9]), "bad-table … weather.csv … mend it"),
    driver("driver open quote", sheet(weather() + '2024-08-01,"1\n'), "bad-table … weather.csv … mend it"),
    driver(
        "driver one column twice",
        sheet(weather().replace("day,warm", "warm,warm")),
        "missing-column … column 'day' … there are warm, warm … map another column",
        "duplicate-column … column 'warm' … rename one",
    ),
]

CASES = [*CSV, *PARQUET, *SQL, *DRIVER]


@pytest.fixture(autouse=True)
def variables(monkeypatch):
    monkeypatch.delenv("CORPUS_UNSET", raising=False)
    monkeypatch.setenv("CORPUS_NO_URL", "localhost")
    monkeypatch.setenv("CORPUS_DUCKDB", "duckdb:///shop.db")
    monkeypatch.setenv("CORPUS_CLOSED", f"postgresql://user:{SECRET}@127.0.0.1:1/shop")


@parametrised(CASES)
def test_when_a_file_is_bad_then_one_line_says_so_and_nothing_is_written(case, tmp_path):
    check(case, tmp_path, lambda words, _: here(words))


@parametrised([CSV[0], CSV[4], PARQUET[5], SQL[3], DRIVER[0]])
def test_when_a_file_is_bad_then_the_real_command_says_the_same(case, tmp_path):
    check(case, tmp_path, apart)


@pytest.mark.parametrize(
    "make",
    [csv_file(GOOD), parquet_file(table()), database(typed(table())), sheet(weather())],
    ids=["csv", "parquet", "sql", "driver"],
)
def test_when_a_file_may_not_be_read_then_the_surroundings_are_to_blame(make, tmp_path, monkeypatch):
    words = make(tmp_path)
    secret = tmp_path / next(
        name for name in ("weather.csv", "shop.sqlite", "shop.parquet", "shop.csv") if (tmp_path / name).exists()
    )
    secret.chmod(0)
    if os.geteuid() == 0:  # root may read everything, so the refusal is made up
        forbid(monkeypatch, secret)
    case = Case(
        "forbidden",
        lambda _: words,
        5,
        [f"unreadable-file … {secret.name} … Permission denied … check permissions"],
        kept=["load"] if secret.name == "weather.csv" else [],
    )
    check(case, tmp_path, lambda typed, _: here(typed))


def forbid(monkeypatch, secret):
    opened = Path.open

    def refuse(self, *args, **named):
        if self == secret:
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **named)

    monkeypatch.setattr(Path, "open", refuse)
