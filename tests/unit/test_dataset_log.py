"""The writer all logs share: it reads what was declared and nothing else, and it refuses to lose money."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from forecastlab.dataset._log import Shape, locked, write
from forecastlab.schema import DataError, EnvironmentFault
from forecastlab.schema.packages import package_file

SHAPE = Shape(("region",), has_quantity=False, has_basket=False, returns="net")
LINE = "SELECT '1' AS customer_id, TIMESTAMP '2024-01-01' AS time, {} AS amount, 'x' AS region, NULL AS dropped"


def test_when_another_file_is_asked_for_then_it_is_refused(tmp_path: Path) -> None:
    source, other = tmp_path / "a.csv", tmp_path / "b.csv"
    source.write_text("x\n1\n")
    other.write_text("x\n2\n")
    with locked([source], tmp_path / "out" / "log.parquet") as (con, folder):
        assert con.execute(f"SELECT * FROM read_csv('{source}')").fetchall() == [(1,)]
        for sql in (
            f"SELECT * FROM read_csv('{other}')",
            f"SELECT * FROM read_text('{folder}/../../b.csv')",
            f"COPY (SELECT 1) TO '{tmp_path}/c.parquet'",
            f"ATTACH '{tmp_path}/d.db'",
            "SET enable_external_access = true",
            "SET allowed_directories = ['/']",
        ):
            with pytest.raises((duckdb.PermissionException, duckdb.InvalidInputException)):
                con.execute(sql)


def test_when_the_load_ends_then_only_the_log_is_left(tmp_path: Path) -> None:
    target = tmp_path / "log.parquet"
    with locked([], target) as (con, folder):
        ledger = write(con, folder, target, LINE.format("5::BIGINT"), SHAPE, {})
    assert (ledger.rows_used, ledger.cents_used, list(tmp_path.iterdir())) == (1, 5, [target])


def test_when_rows_get_lost_then_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "log.parquet"
    # A view that answers differently each time is the only way to lose a row between source and file.
    fickle = LINE.format("CAST(1 + 1e6 * random() AS BIGINT)")
    with pytest.raises(DataError, match="unbalanced-ledger"), locked([], target) as (con, folder):
        write(con, folder, target, fickle, SHAPE, {})
    assert list(tmp_path.iterdir()) == []


def test_when_the_source_is_damaged_then_the_error_names_it_and_quotes_nothing(tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    source.write_bytes(b"PAR1 K-SECRET PAR1")
    with (
        pytest.raises(DataError, match=r"a\.parquet") as raised,
        locked([source], tmp_path / "log.parquet") as (con, _),
    ):
        con.execute(f"SELECT * FROM read_parquet('{source}')").fetchall()
    assert "SECRET" not in str(raised.value)


def test_when_a_package_is_missing_then_the_command_that_installs_it_is_told() -> None:
    with pytest.raises(EnvironmentFault, match=r"pip install 'forecastlab\[datasets\]'"):
        package_file("no_such_package_at_all", "data/x.parquet")
    with pytest.raises(EnvironmentFault, match=r"nothing\.txt"):
        package_file("forecastlab", "nothing.txt")
