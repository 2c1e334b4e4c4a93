"""Whatever the rows are: money in = money used + money dropped, as Python's own csv module and decimals count it."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecastlab.dataset.csv import Csv
from forecastlab.schema import Facts, ForecastlabError

HEAD = ["id", "day", "money", "note"]
VALUES = yaml.safe_load((Path(__file__).parents[2] / "conf" / "dataset" / "csv.yaml").read_text("utf-8"))
SHOP = {
    **{key: tuple(value) if isinstance(value, list) else value for key, value in VALUES.items() if key != "part"},
    **dict(zip(("customer", "time", "amount"), HEAD, strict=False)),
    "decimal": ",",
    "thousands": ".",
}
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs", "Cc"]), max_size=5)
IDS = st.one_of(st.sampled_from(["007", "7", "NA", "null", " 7 ", "", "#N/A", "Guest"]), TEXT)
DAYS = st.one_of(st.dates().map(str), st.just(""), st.sampled_from(["2024-02-29", "2023-12-31", "2024-01-01"]))
NOTES = st.one_of(TEXT, st.sampled_from(['a"b', "a,b", "a\nb", '"', ";"]))


def written(cents: int, style: int) -> str:
    """The amount as a German shop system may write it."""
    whole, part = divmod(abs(cents), 100)
    text = f"{whole:,}".replace(",", ".") if style % 2 else str(whole)
    text += f",{part:02d}" if part or style % 3 else ""
    return (f"{text}-" if style % 5 == 0 else f"-{text}") if cents < 0 else text


AMOUNTS = st.one_of(
    st.just(""),
    st.builds(written, st.integers(-(10**14), 10**14), st.integers(0, 30)),
    st.sampled_from(["5", "-5", "0,00"]),
)
ROWS = st.lists(st.tuples(IDS, DAYS, AMOUNTS, NOTES), min_size=1, max_size=12)


def load(content: bytes, **changed: Any) -> tuple[Facts, list[tuple[Any, ...]]]:
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder) / "shop.csv", Path(folder) / "log.parquet"
        path.write_bytes(content)
        facts = Csv(**{**SHOP, "path": str(path), **changed}).load(target)
        with duckdb.connect() as con:
            return facts, con.execute(f"SELECT customer_id, time, amount FROM '{target}'").fetchall()


def cents_of(text: str) -> int:
    text = text.strip()
    negative = text.startswith("-") or text.endswith("-")
    value = Decimal(text.strip("-+").replace(".", "").replace(",", ".") or "0") * 100
    return int(-value if negative else value)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=ROWS,
    copies=st.lists(st.integers(0, 11), max_size=4),
    returns=st.sampled_from(["net", "drop", "separate"]),
    duplicates=st.sampled_from(["keep", "drop"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_when_rows_are_random_then_no_cent_is_lost(
    rows: list[tuple[str, str, str, str]],
    copies: list[int],
    returns: str,
    duplicates: str,
    quoting: Any,
    end: str,
) -> None:
    rows = rows + [rows[i % len(rows)] for i in copies]
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=quoting, lineterminator=end)
    writer.writerows([HEAD, *rows])
    try:
        facts, log = load(
            stream.getvalue().encode(),
            returns=returns,
            duplicates=duplicates,
            anonymous_values=("Guest",),
            first_day="2000-01-01",
            last_day="2030-12-31",
        )
    except ForecastlabError as error:
        # The only thing that can be wrong with such a file is that nothing of it can be used.
        assert {fault.code for fault in error.faults} <= {"all-missing", "no-rows"}
        return
    expected: Counter[str] = Counter()
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        name, day, money, _ = (cell.strip() for cell in row)
        cents = cents_of(money)
        if not day or not money or not "2000-01-01" <= day <= "2030-12-31":
            continue
        if (duplicates == "drop" and row in seen) or (returns == "drop" and cents < 0):
            continue
        seen.add(row)
        expected["" if name in ("", "Guest") else name] += cents
    found: Counter[str] = Counter()
    for customer, _, cents in log:
        found[customer or ""] += cents
    assert found == expected
    assert facts.ledger.balanced
    assert facts.ledger.cents_in == sum(cents_of(row[2]) for row in rows)
    assert facts.ledger.rows_in == len(rows)


GOOD = b'id,day,money,note\n007,2024-01-01,"12,50",x\nNA,2024-01-02,"1.000,00","a ""b"""\n,2024-01-03,"-3,00",\n'


@settings(max_examples=40, deadline=None)
@given(
    changes=st.lists(
        st.tuples(
            st.integers(0, len(GOOD) - 1),
            st.one_of(
                st.binary(max_size=2), st.sampled_from([b'"', b",", b"\n", b"\r", b";", b"\0", b"\xff", b"9", b" "])
            ),
            st.booleans(),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_when_bytes_are_changed_then_the_file_is_refused_or_read_as_the_csv_module_reads_it(
    changes: list[tuple[int, bytes, bool]],
) -> None:
    content = bytearray(GOOD)
    for at, new, insert in changes:
        content[at : at if insert else at + 1] = new
    try:
        facts, _ = load(bytes(content))
    except ForecastlabError as error:
        assert all(fault.code and fault.what for fault in error.faults)
        return
    table = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) if row]
    at = table[0].index("money")
    assert facts.ledger.rows_in == len(table) - 1
    assert facts.ledger.cents_in == sum(cents_of(row[at]) for row in table[1:] if row[at].strip())
    assert facts.ledger.balanced
