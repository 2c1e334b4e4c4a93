"""Bad files, one by one: the right kind of error, one fault per line, and no value of an id column in it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from forecastlab.dataset.csv import Csv
from forecastlab.schema import ConfigError, DataError, EnvironmentFault, Facts, ForecastlabError

SECRET = "K-SECRET-77"
HEAD = "Kunde;Datum;Betrag;Menge;Region\n"
GOOD = f"{HEAD}{SECRET};01.02.2024;12,50;1;Nord\n0012;02.02.2024;1,00;2;Süd\n"
VALUES = yaml.safe_load((Path(__file__).parents[2] / "conf" / "dataset" / "csv.yaml").read_text("utf-8"))
SHOP = {
    **{key: tuple(value) if isinstance(value, list) else value for key, value in VALUES.items() if key != "part"},
    "customer": "Kunde",
    "time": "Datum",
    "amount": "Betrag",
    "separator": ";",
    "decimal": ",",
    "date_format": "%d.%m.%Y",
    "dimensions": {"region": "Region"},
}
Load = Callable[..., Facts]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write the content to shop.csv and load it with some settings changed."""

    def _load(content: bytes | str, **changed: Any) -> Facts:
        path = tmp_path / "shop.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Csv(**{**SHOP, "path": str(path), **changed}).load(tmp_path / "out" / "log.parquet")

    return _load


def row(**cells: str) -> str:
    good = {"kunde": SECRET, "datum": "01.02.2024", "betrag": "12,50", "menge": "1", "region": "Nord"}
    return HEAD + "0012;02.02.2024;1,00;2;Süd\n" + ";".join((good | cells).values()) + "\n"


FILES: dict[str, tuple[bytes | str, dict[str, Any], list[str]]] = {
    "empty": (b"", {}, ["empty-file"]),
    "Excel named .csv": (b"PK\x03\x04" + GOOD.encode(), {}, ["not-csv", "Excel"]),
    "old Excel": (b"\xd0\xcf\x11\xe0" + GOOD.encode(), {}, ["not-csv", "Excel"]),
    "Parquet": (b"PAR1" + GOOD.encode(), {}, ["not-csv", "Parquet"]),
    "latin-1 bytes": (GOOD.encode("latin-1"), {}, ["bad-encoding", "line 3", "cp1252"]),
    "UTF-16": (GOOD.encode("utf-16"), {}, ["bad-encoding", "set encoding: utf-16"]),
    "UTF-16 without mark": (GOOD.encode("utf-16-le"), {}, ["bad-encoding", "set encoding: utf-16"]),
    "NUL byte": (GOOD.replace("Nord", "No\0rd"), {}, ["nul-byte", "line 2"]),
    "truncated gz": (gzip.compress(GOOD.encode())[:-9], {}, ["bad-gzip", "cut off"]),
    "damaged gz": (gzip.compress(GOOD.encode())[:14] + b"\xff\xff\xff\xff" * 9, {}, ["bad-gzip"]),
    "header only": (HEAD, {}, ["no-rows"]),
    "no header": (GOOD.removeprefix(HEAD), {}, ["no-header"]),
    "no header, wrong separator": (GOOD.removeprefix(HEAD), {"separator": ","}, ["no-header"]),
    "note for Excel": ("sep=;\n" + GOOD, {}, ["no-header", "delete that line"]),
    "blank lines only": ("\n\n\n", {}, ["no-header"]),
    "wrong separator": (GOOD, {"separator": ","}, ["wrong-separator", "'Kunde;Datum;", "set separator: ';'"]),
    "missing column": (GOOD, {"amount": "Betrags"}, ["missing-column", "'Kunde', 'Datum'", "did you mean Betrag?"]),
    "header in other case": (GOOD, {"customer": "kunde"}, ["missing-column", "case or blanks", "write it 'Kunde'"]),
    "header with blanks": (GOOD.replace("Datum", " Datum "), {}, ["missing-column", "case or blanks", "' Datum '"]),
    "column twice": (GOOD.replace("Menge", "Kunde"), {}, ["double-column", "2 columns 'Kunde'"]),
    "dimension missing": (GOOD, {"dimensions": {"store": "Filiale"}}, ["missing-column", "dataset.dimensions.store"]),
    "short row": (GOOD + "\n7;03.02.2024;1\n", {}, ["short-rows", "in 1 row,", "line 5"]),
    "long row": (GOOD + "7;03.02.2024;1;1;x;y\n", {}, ["long-rows", "line 4"]),
    "all rows longer": (GOOD.replace(";", ",").replace("Menge,", ""), {"separator": ","}, ["long-rows", "in 2 rows"]),
    "open quote": (GOOD + '7;03.02.2024;1;1;"x\n', {}, ["bad-quotes", "line 4"]),
    "text after a quote": (GOOD + '7;03.02.2024;1;1;"x"y\n', {}, ["bad-quotes", "line 4"]),
    "cell of 3 MB": (GOOD + f'7;03.02.2024;1;1;"{"x" * 3_000_000}"\n', {}, ["long-line", "line 4"]),
    "impossible date": (row(datum="31.02.2024"), {}, ["bad-date", "in 1 row,", "line 3", "mend these rows"]),
    "day and month exchanged": (
        row(datum="12.31.2024").replace("02.02.2024", "02.28.2024"), {}, ["bad-date", "in 2 rows", "'%m.%d.%Y'"]
    ),
    "other format": (
        row(datum="2024-02-01").replace("02.02.2024", "2024-02-02"), {}, ["bad-date", "date_format: '%Y-%m-%d'"]
    ),
    "year of two digits": (row(datum="01.02.24"), {}, ["implausible-date", "%y"]),
    "YYYYMMDD": (row(datum="20240201").replace("02.02.2024", "20240202"), {}, ["bad-date", "'%Y%m%d'"]),
    "epoch seconds": (
        row(datum="1706745600").replace("02.02.2024", "1706745601"), {}, ["bad-date", "since 1970"]
    ),
    "naive and aware mixed": (row(datum="01.02.2024 10:00:00+01:00"), {}, ["bad-date", "in 1 row,"]),
    "far future": (row(datum="31.12.9999"), {}, ["implausible-date", "set first_day or last_day"]),
    "thousands": (row(betrag="1.234,50"), {}, ["bad-amount", "all rows read with decimal: ',', thousands: '.'"]),
    "decimal point": (row(betrag="12.5").replace("1,00", "1.00"), {}, ["bad-amount", "decimal: '.', thousands: null"]),
    "broken thousands": (row(betrag="1.23,50"), {"thousands": "."}, ["bad-amount", "mend these rows"]),
    "currency sign": (row(betrag="12,50 €"), {}, ["bad-amount", "currency_sign: '€'"]),
    "two currencies": (row(betrag="12,50 €").replace("1,00", "1,00 $"), {}, ["bad-amount", "several currencies"]),
    "other currency": (row(betrag="12,50 $"), {"currency_sign": "€"}, ["bad-amount"]),
    "#REF!": (row(betrag="#REF!"), {}, ["bad-amount", "line 3"]),
    "inf": (row(betrag="inf"), {}, ["bad-amount"]),
    "nan": (row(betrag="nan"), {}, ["bad-amount"]),
    "scientific": (row(betrag="1e3"), {}, ["bad-amount"]),
    "brackets": (row(betrag="(12,50)"), {}, ["bad-amount"]),
    "two signs": (row(betrag="-5-"), {}, ["bad-amount"]),
    "a sign alone": (row(betrag="-"), {}, ["bad-amount"]),
    "astronomic": (row(betrag="10000000000000"), {}, ["amount-too-large"]),
    "beyond DECIMAL": (row(betrag="9" * 60), {}, ["bad-amount"]),
    "parts of a cent": (row(betrag="1,234"), {}, ["finer-than-cents", "finer_than_cents: round"]),
    "quantity": (row(menge="zwei"), {"quantity": "Menge"}, ["bad-quantity", "column 'Menge'", "line 3"]),
    "exact duplicates": (GOOD + "\n" + GOOD.removeprefix(HEAD), {"duplicates": "refuse"}, ["duplicate-rows", "line 5"]),
    "no amounts": (f"{HEAD}{SECRET};01.02.2024;;1;x\n", {}, ["all-missing", "column 'Betrag'"]),
    "no customers": (HEAD + "0;01.02.2024;1;1;x\n", {"anonymous_values": ("0",)}, ["all-missing", "column 'Kunde'"]),
    "nothing left": (GOOD, {"first_day": "2025-01-01"}, ["no-rows", "2 × before first_day"]),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_when_a_file_is_bad_then_one_line_says_what_and_what_to_type(load: Load, tmp_path: Path, case: str) -> None:
    content, changed, wanted = FILES[case]
    with pytest.raises(DataError) as raised:
        load(content, **changed)
    (fault,) = raised.value.faults
    for text in wanted:
        assert text in str(fault)
    assert "\n" not in str(fault)
    assert SECRET not in str(fault)
    assert list((tmp_path / "out").iterdir()) == []


def test_when_several_things_are_wrong_then_all_are_said(load: Load) -> None:
    content = f"{HEAD}{SECRET};31.02.2024;x;y;Nord\n0012;01.01.9999;1,234;1;Nord\n"
    with pytest.raises(DataError) as raised:
        load(content, quantity="Menge")
    codes = [fault.code for fault in raised.value.faults]
    assert codes == ["bad-date", "implausible-date", "bad-amount", "finer-than-cents", "bad-quantity"]


def test_when_several_columns_are_missing_then_each_is_said(load: Load) -> None:
    with pytest.raises(DataError) as raised:
        load(GOOD, customer="Kundin", time="datum", amount="Wert")
    assert [fault.where.rpartition(".")[2] for fault in raised.value.faults] == ["customer", "time", "amount"]


def test_when_a_cell_holds_line_breaks_then_the_line_told_is_still_right(load: Load) -> None:
    with pytest.raises(DataError, match="the first on line 6"):
        load(f'{HEAD}1;01.02.2024;1;1;"a\nb\nc"\n\n2;01.02.2024;x;1;Nord\n')


def test_when_the_path_is_wrong_then_the_nearest_file_is_named(load: Load, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"missing-file: .*did you mean shop.csv"):
        load(GOOD, path=str(tmp_path / "shops.csv"))
    with pytest.raises(DataError, match=r"there is no folder"):
        load(GOOD, path=str(tmp_path / "nowhere" / "shop.csv"))
    with pytest.raises(DataError, match=r"is-a-folder"):
        load(GOOD, path=str(tmp_path))


def test_when_the_file_cannot_be_opened_then_the_surroundings_are_to_blame(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    load(GOOD)
    monkeypatch.setattr(Path, "open", refuse)
    part = Csv(**{**SHOP, "path": str(tmp_path / "shop.csv")})
    with pytest.raises(EnvironmentFault, match="Permission denied"):
        part.load(tmp_path / "log.parquet")


SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown encoding": ({"encoding": "utf-9"}, "did you mean utf-8"),
    "not a text encoding": ({"encoding": "hex"}, "bad-encoding"),
    "unknown date part": ({"date_format": "%Q"}, "bad-format"),
    "same sign twice": ({"thousands": ","}, "same-sign"),
    "same column twice": ({"customer": "Datum"}, "same-column"),
    "name taken": ({"dimensions": {"Time": "Region"}}, "this name is taken"),
    "name with a blank": ({"dimensions": {"my region": "Region"}}, "letters, digits and _"),
    "names alike": ({"dimensions": {"region": "Region", "REGION": "Menge"}}, "differ in case only"),
    "no such day": ({"last_day": "2024-02-31"}, "which is no day"),
    "days exchanged": ({"first_day": "2024-02-02", "last_day": "2024-02-01"}, "exchange them"),
    "quote as separator": ({"separator": '"'}, "cannot separate cells"),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_when_settings_contradict_each_other_then_the_config_is_to_blame(load: Load, case: str) -> None:
    changed, wanted = SETTINGS[case]
    with pytest.raises(ConfigError, match=wanted):
        load(GOOD, **changed)


def test_when_all_is_well_then_nothing_is_raised(load: Load) -> None:
    try:
        facts = load(GOOD)
    except ForecastlabError as error:
        pytest.fail(str(error))
    assert facts.ledger.rows_used == 2
