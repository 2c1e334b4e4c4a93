"""Revealing never writes over its input, and its file is for the owner's eyes only."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from forecastlab.cli import main
from forecastlab.task.reveal import _write

HIDDEN = "unique_id,score\nc-1,2\n"


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "leave.csv"
    path.write_text(HIDDEN, encoding="utf-8")
    return path


@pytest.mark.parametrize("target", ["leave.csv", "./leave.csv", "link.csv", "hard.csv"])
def test_when_the_file_to_write_is_the_input_under_any_name_then_it_is_refused(source: Path, target, capsys) -> None:
    Path("link.csv").symlink_to(source)
    Path("hard.csv").hardlink_to(source)
    assert main(["reveal", "leave.csv", target, "dataset=cdnow"]) == 2
    told = capsys.readouterr().err
    assert "the file with the pseudonyms, which would be lost" in told and "leave-revealed.csv" in told
    assert source.read_text(encoding="utf-8") == HIDDEN


def test_when_the_file_to_write_is_neither_csv_nor_parquet_then_it_is_refused(source: Path, capsys) -> None:
    assert main(["reveal", "leave.csv", "leave.xlsx", "dataset=cdnow"]) == 2
    assert "found leave.xlsx, allowed are files that end in .csv or .parquet" in capsys.readouterr().err
    assert not Path("leave.xlsx").exists()


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_when_the_file_to_write_was_open_to_others_then_it_no_longer_is(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    target.touch(mode=0o644)
    _write(pd.DataFrame({"customer_id": ["anna"], "unique_id": ["c-1"]}), target)
    assert target.stat().st_mode & 0o777 == 0o600
    assert b"anna" in target.read_bytes()
