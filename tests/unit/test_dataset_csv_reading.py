"""What a stranger's file becomes: ids stay text, money is exact, and the ledger says where every row went."""

from __future__ import annotations

import datetime
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from forecastlab.dataset.csv import Csv
from forecastlab.schema import DataError, Facts

HEAD = "Kunde;Datum;Betrag;Menge;Bon;Region\n"
VALUES = yaml.safe_load((Path(__file__).parents[2] / "conf" / "dataset" / "csv.yaml").read_text("utf-8"))
SHOP = {
    **{key: tuple(value) if isinstance(value, list) else value for key, value in VALUES.items() if key != "part"},
    "customer": "Kunde",
    "time": "Datum",
    "amount": "Betrag",
    "separator": ";",
    "decimal": ",",
    "date_format": "%d.%m.%Y",
}
Shop = Callable[..., tuple[Facts, list[tuple[Any, ...]]]]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Load a file with this content; answer its facts and the rows of the log."""

    def _shop(content: bytes | str, **changed: Any) -> tuple[Facts, list[tuple[Any, ...]]]:
        path = tmp_path / "shop.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        target = tmp_path / "log.parquet"
        facts = Csv(**{**SHOP, "path": str(path), **changed}).load(target)
        with duckdb.connect() as con:
            return facts, con.execute(f"SELECT * FROM '{target}'").fetchall()

    return _shop


def test_when_ids_look_like_numbers_or_nulls_then_they_stay_text(shop: Shop) -> None:
    ids = ["0012", "123.0", "NA", "null", "123456789012345678901", " 7 ", "\u00a08\t", '"9 ""x"""']
    _, log = shop(HEAD + "".join(f"{one};01.02.2024;1;1;1;x\n" for one in ids))
    assert sorted(row[0] for row in log) == sorted(
        ["0012", "123.0", "NA", "null", "123456789012345678901", "7", "8", '9 "x"']
    )


def test_when_ids_are_suspicious_then_the_ledger_remarks_it_with_the_money(shop: Shop) -> None:
    facts, _ = shop(
        HEAD + "NA;01.02.2024;2;1;1;x\n5.0;01.02.2024;3;1;1;x\nGAST;01.02.2024;4;1;1;x\n;1.2.2024;5;1;1;x\n"
    )
    assert facts.ledger.noted["customer id is a word like NA"] == (1, 200)
    assert facts.ledger.noted["customer id ends in .0, as if once a number"] == (1, 300)
    assert facts.ledger.noted["no customer"] == (1, 500)


def test_when_values_mean_nobody_then_their_sales_are_anonymous(shop: Shop) -> None:
    facts, log = shop(HEAD + "GAST;01.02.2024;4;1;1;x\n7;01.02.2024;1;1;1;x\n", anonymous_values=("GAST", "0"))
    assert [(row[0], row[2]) for row in log] == [("7", 100), (None, 400)]
    assert facts.ledger.noted == {"no customer": (1, 400)}


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,50", 1250),
        ("12,5", 1250),
        ("12", 1200),
        ("12,", 1200),
        (",05", 5),
        ("+1,00", 100),
        ("-1,00", -100),
        ("1,00-", -100),
        ("\u22121,00", -100),
        ("1.234.567,89", 123456789),
        ("1234567,89", 123456789),
        ("12,50 €", 1250),
        ("€ 12,50", 1250),
        ("-€12,50", -1250),
        ("0,1000000000", 10),
        ("9999999999999,99", 999999999999999),
    ],
)
def test_when_an_amount_is_written_in_a_legal_way_then_its_cents_are_exact(shop: Shop, text: str, cents: int) -> None:
    _, log = shop(f"{HEAD}1;01.02.2024;{text};1;1;x\n", thousands=".", currency_sign="€")
    assert log[0][2] == cents


@pytest.mark.parametrize(
    ("decimal", "thousands", "text"), [(".", ",", "1,234.5"), (".", "'", "1’234.5"), (",", " ", "1\u202f234,5")]
)
def test_when_the_signs_are_other_ones_then_amounts_read_as_well(
    shop: Shop, decimal: str, thousands: str, text: str
) -> None:
    _, log = shop(f"{HEAD}1;01.02.2024;{text};1;1;x\n", decimal=decimal, thousands=thousands)
    assert log[0][2] == 123450


def test_when_parts_of_a_cent_are_rounded_then_half_goes_away_from_zero_and_is_noted(shop: Shop) -> None:
    content = HEAD + "".join(f"1;01.02.2024;{text};1;1;x\n" for text in ("1,005", "-1,005", "1,0049", "1,00"))
    facts, log = shop(content, finer_than_cents="round")
    assert sorted(row[2] for row in log) == [-101, 100, 100, 101]
    assert facts.ledger.noted["rounded to cents"] == (3, 100)


def test_when_the_file_has_more_columns_then_the_log_has_quantity_basket_and_dimensions(shop: Shop) -> None:
    facts, log = shop(
        HEAD + "1;01.02.2024 10:30;1,00;2,5;0007;\n2;02.02.2024 11:00;1,00;;;Süd\n",
        quantity="Menge",
        basket="Bon",
        dimensions={"region": "Region"},
        date_format="%d.%m.%Y %H:%M",
    )
    assert log == [
        ("1", datetime.datetime(2024, 2, 1, 10, 30), 100, 2.5, "0007", "unknown"),
        ("2", datetime.datetime(2024, 2, 2, 11, 0), 100, None, None, "Süd"),
    ]
    assert (facts.has_quantity, facts.has_basket, facts.dimensions) == (True, True, ("region",))
    assert facts.ledger.noted == {
        "region filled with 'unknown'": (1, 100),
        "no quantity": (1, 100),
        "no basket": (1, 100),
    }


def test_when_rows_cannot_be_used_then_the_ledger_has_each_with_its_reason_and_money(shop: Shop) -> None:
    content = HEAD + (
        "1;01.02.2024;1,00;1;1;x\n1;;2,00;1;1;x\n1;01.02.2024;;1;1;x\n; ;\t;;;\n\n"
        "1;31.12.2023;4,00;1;1;x\n1;31.12.9999;8,00;1;1;x\n1;29.02.2024;16,00;1;1;x\n"
    )
    facts, log = shop(content, first_day="2024-01-01", last_day="2024-02-29")
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
    ("policy", "used", "dropped", "noted"),
    [
        ("keep", 5, {}, {"repeats another row": (2, 200)}),
        ("drop", 3, {"duplicate": (2, 200)}, {}),
    ],
)
def test_when_rows_repeat_exactly_then_the_policy_decides(
    shop: Shop, policy: str, used: int, dropped: dict[str, Any], noted: dict[str, Any]
) -> None:
    one, other = "1;01.02.2024;1,00;1;1;x\n", "1;01.02.2024;1,00;1;2;x\n"
    facts, log = shop(HEAD + one + other + one + "2;01.02.2024;1,00;1;1;x\n" + one, duplicates=policy)
    assert (len(log), facts.ledger.dropped, facts.ledger.noted) == (used, dropped, noted)


@pytest.mark.parametrize(
    ("policy", "amounts", "dropped", "dimensions"),
    [
        ("net", [-300, 500, 700], {}, ()),
        ("drop", [500], {"returns": (2, 400)}, ()),
        ("separate", [-300, 500, 700], {}, ("flow",)),
    ],
)
def test_when_goods_come_back_then_the_policy_decides(
    shop: Shop, policy: str, amounts: list[int], dropped: dict[str, Any], dimensions: tuple[str, ...]
) -> None:
    content = HEAD + "1;01.02.2024;5;1;1;x\n1;02.02.2024;-3;-1;1;x\n1;03.02.2024;7;-1;1;x\n"
    facts, log = shop(content, returns=policy, quantity="Menge")
    assert sorted(row[2] for row in log) == amounts
    assert (facts.ledger.dropped, facts.dimensions) == (dropped, dimensions)
    if policy == "separate":
        assert {row[2]: row[4] for row in log} == {500: "sale", -300: "return", 700: "return"}


@pytest.mark.parametrize(
    "form", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "gzip", "crlf", "cr", "mixed", "blank lines"]
)
def test_when_the_bytes_differ_then_the_log_is_the_same(shop: Shop, form: str) -> None:
    text = "\n".join([HEAD.strip(), "1;01.02.2024;1,00;1;1;Köln", '2;02.02.2024;2,00;1;1;"a;b"', ""])
    expected = shop(text, dimensions={"region": "Region"})
    line_ends = {
        "crlf": text.replace("\n", "\r\n"),
        "cr": text.replace("\n", "\r"),
        "mixed": text.replace("\n", "\r\n", 1),
    }
    content = {
        **{name: changed.encode() for name, changed in line_ends.items()},
        "gzip": gzip.compress(text.encode()),
        "blank lines": ("\n\n" + text.replace("\n", "\n\n")).encode(),
    }.get(form)
    encoding = "utf-8" if content else form
    assert shop(content or text.encode(form), dimensions={"region": "Region"}, encoding=encoding) == expected


def test_when_rows_come_in_another_order_then_the_file_is_the_same(shop: Shop, tmp_path: Path) -> None:
    rows = [f"{i % 7};0{1 + i % 9}.02.2024;{i},00;1;1;x\n" for i in range(50)]
    shop(HEAD + "".join(rows))
    first = (tmp_path / "log.parquet").read_bytes()
    shop(HEAD + "".join(reversed(rows)))
    assert (tmp_path / "log.parquet").read_bytes() == first


def test_when_the_whole_file_is_suspicious_then_the_ledger_remarks_it(shop: Shop) -> None:
    rows = "".join(f"7;{day:02}.02.2024;{1000 if day == 5 else 1};1;1;{day}\n" for day in [*range(1, 13)] * 2)
    facts, _ = shop(HEAD + rows)
    assert facts.ledger.noted["the same customer id on every row that has one"] == (24, 202200)
    assert facts.ledger.noted["dates would read with day and month exchanged, too"] == (24, 202200)
    assert "more money than all other rows together" not in facts.ledger.noted
    facts, _ = shop(HEAD + rows + "8;13.02.2024;1000000;1;1;x\n")
    assert facts.ledger.noted == {
        "repeats another row": (12, 101100),
        "more money than all other rows together": (1, 10**8),
    }


def test_when_times_carry_an_offset_then_they_are_counted_in_utc(shop: Shop) -> None:
    _, log = shop(f"{HEAD}1;2024-02-01T00:30:00+02:00;1;1;1;x\n", date_format="%Y-%m-%dT%H:%M:%S%z")
    assert log[0][1] == datetime.datetime(2024, 1, 31, 22, 30)


def test_when_names_hold_quotes_then_nothing_is_executed(shop: Shop) -> None:
    name = """a'); DROP TABLE "x"; --"""
    content = f'"{name.replace(chr(34), chr(34) * 2)}";Datum;Betrag\nx\'y;01.02.2024;1\n'
    _, log = shop(content, customer=name, anonymous_values=("'); --",), currency_sign="'")
    assert log[0][0] == "x'y"


def test_when_the_content_changes_then_so_does_the_fingerprint(tmp_path: Path) -> None:
    path, other = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_text("x")
    other.write_text("x")
    before = Csv(**{**SHOP, "path": str(path)}).fingerprint()
    assert before == Csv(**{**SHOP, "path": str(other), "decimal": "."}).fingerprint()
    path.write_text("y")
    assert Csv(**{**SHOP, "path": str(path)}).fingerprint() != before
    with pytest.raises(DataError, match=r"there is no such file. did you mean a\.csv"):
        Csv(**{**SHOP, "path": str(tmp_path / "aa.csv")}).fingerprint()
