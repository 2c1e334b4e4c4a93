"""Mutated files and configs through the real command: never a traceback, never a hang, never a total changed unseen."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import tempfile
import time
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from forecastlab.cli import main

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
FULL = settings(
    max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate], database=None
)
SLOWEST = 60.0
"""Seconds after which a command hangs."""

ROWS = [(f"k{i % 7:02d}", f"2024-{1 + i % 12:02d}-{1 + i % 28:02d}", f"{i % 90}.{i % 10}0") for i in range(60)]
CSV = ("who,day,money\n" + "".join(",".join(row) + "\n" for row in ROWS)).encode()
YAML = b"part: theta\nvariant: standard\ndecomposition: additive\nspace: {variant: {choices: [standard, optimized]}}\n"
MAPPED = ["dataset.customer=who", "dataset.time=day", "dataset.amount=money", "dataset.warmup=null"]

PIECES = st.sampled_from(
    [
        *(bytes([sign]) for sign in b',;"\n\r\0\xff-.\t[{#%'),
        *(b"1e9", b"NA", b": ", b"&a", b"*a", b"!!python/none", b"???", b"${x}", "€".encode(), b"  "),
        *(b"99999999999999", b"2024-13-01", b"PAR1"),
    ]
)
CUTS = st.tuples(st.integers(0, 10**6), st.integers(0, 6), PIECES)
"""Where, how many bytes go, and what comes instead."""


def mutated(raw: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    for where, gone, piece in cuts:
        at = where % (len(raw) + 1)
        raw = raw[:at] + piece + raw[at + gone :]
    return raw


def parquet() -> bytes:
    frame = pd.DataFrame(ROWS, columns=["who", "day", "money"])
    stream = io.BytesIO()
    frame.assign(day=pd.to_datetime(frame["day"]), money=frame["money"].astype(float)).to_parquet(stream)
    return stream.getvalue()


PARQUET = parquet()


def said(words: list[str]) -> tuple[int, str]:
    """Exit code and what was printed; fails on a traceback, a bug, or a hang."""
    out, err, start = io.StringIO(), io.StringIO(), time.monotonic()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    assert time.monotonic() - start < SLOWEST
    assert code in (0, 2, 3, 5), err.getvalue()
    assert "Traceback" not in err.getvalue()
    if code:
        lines = err.getvalue().splitlines()
        assert lines and all(re.match(r"forecastlab: error [a-z0-9-]+: .+: .+[.?!]$", line) for line in lines), lines
    return code, out.getvalue()


def money(raw: bytes) -> Decimal | None:
    """What Python's own csv module and decimals add up; None where they cannot."""
    total = Decimal(0)
    try:
        text = raw.decode("utf-8-sig").lstrip("\r\n")  # empty lines above the header are legal
        for row in csv.DictReader(io.StringIO(text, newline=""), strict=True):
            cell = (row["money"] or "").strip()
            number = f"-{cell[:-1]}" if cell.endswith("-") else cell  # so tills write what goes back
            total += Decimal(number) if cell else 0
    except (KeyError, InvalidOperation, UnicodeDecodeError, csv.Error):
        return None
    return total


def told(out: str, label: str) -> Decimal:
    found = re.search(rf"^{label} +[\d,]+ rows +([-\d,]+\.\d\d)", out, flags=re.M)
    assert found, out
    return Decimal(found[1].replace(",", ""))


def fuzz_csv(cuts: list[tuple[int, int, bytes]]) -> None:
    raw = mutated(CSV, cuts)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.csv"
        path.write_bytes(raw)
        code, out = said(["check", "data", "dataset=csv", f"dataset.path={path}", *MAPPED, f"root={folder}/out"])
    if code == 0:
        assert told(out, "in the source") == money(raw), "a total was changed without a word"


def fuzz_parquet(cuts: list[tuple[int, int, bytes]]) -> None:
    raw = mutated(PARQUET, cuts)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.parquet"
        path.write_bytes(raw)
        code, out = said(["check", "data", "dataset=parquet", f"dataset.path={path}", *MAPPED, f"root={folder}/out"])
    if code == 0:
        try:
            total = pd.read_parquet(io.BytesIO(raw))["money"].map(lambda value: Decimal(str(value))).sum()
        except (OSError, ValueError):
            return  # Arrow keeps a schema of its own in the file: where that is damaged, nobody can be asked
        assert told(out, "in the source") == total, "a total was changed without a word"


def fuzz_yaml(cuts: list[tuple[int, int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "model").mkdir()
        (Path(folder) / "model" / "mine.yaml").write_bytes(mutated(YAML, cuts))
        said(["check", "config", "--config-dir", folder, "model=mine", f"root={folder}/out"])


FUZZERS = {"csv": fuzz_csv, "parquet": fuzz_parquet, "yaml": fuzz_yaml}
ANY = st.lists(CUTS, min_size=1, max_size=4)


@pytest.mark.parametrize("kind", FUZZERS)
def test_when_a_few_bytes_are_others_then_nothing_breaks_and_no_total_changes(kind: str) -> None:
    QUICK(given(ANY)(FUZZERS[kind]))()


@pytest.mark.campaign
@pytest.mark.parametrize("kind", FUZZERS)
def test_when_bytes_are_others_five_thousand_times_then_nothing_breaks(kind: str) -> None:
    FULL(given(ANY)(FUZZERS[kind]))()
