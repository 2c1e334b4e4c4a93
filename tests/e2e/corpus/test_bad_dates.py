"""Dates that cannot be read, that read as something else, or that no shop can mean."""

from datetime import date

import pandas as pd
from corpus_harness import check, config, data, driver, here, parametrised
from corpus_tables import SECRET, csv_file, database, edited, every, frame, parquet_file, sheet, table, typed, weather


def german(day):
    """A day as 31.12.2024."""
    return f"{day[8:]}.{day[5:7]}.{day[:4]}"


def day_column(change):
    """The table as typed columns, with other days."""
    good = frame(table())
    return good.assign(day=change(good["day"]))


CASES = [
    data(
        "csv contradicts the format",
        csv_file(every("day", german)),
        "bad-date … column 'day' … in 630 rows … line 2 … date_format: '%d.%m.%Y'",
    ),
    data(
        "csv month first",
        csv_file(every("day", lambda day: f"{day[5:7]}/{day[8:]}/{day[:4]}"), "dataset.date_format='%d/%m/%Y'"),
        "bad-date … column 'day' … date_format: '%m/%d/%Y'",
    ),
    data(
        "csv one impossible date",
        csv_file(edited("day", "2024-02-31")),
        "bad-date … column 'day' … in 1 row, … line 402 … mend these rows",
    ),
    data(
        "csv YYYYMMDD",
        csv_file(every("day", lambda day: day.replace("-", ""))),
        "bad-date … in 630 rows … date_format: '%Y%m%d'",
    ),
    data(
        "csv epoch seconds",
        csv_file(every("day", lambda day: str(int(pd.Timestamp(day).timestamp())))),
        "bad-date … since 1970 … write them as dates first",
    ),
    data(
        "csv epoch milliseconds",
        csv_file(every("day", lambda day: f"{int(pd.Timestamp(day).timestamp())}000")),
        "bad-date … since 1970 … write them as dates first",
    ),
    data(
        "csv years of two digits",
        csv_file(every("day", lambda day: day[2:]), "dataset.date_format='%Y-%m-%d'"),
        "implausible-date … column 'day' … %y",
    ),
    data(
        "csv naive and aware",
        csv_file(edited("day", "2024-05-13 10:00:00+02:00")),
        "bad-date … in 1 row, … line 402 … mend these rows",
    ),
    data(
        "csv far future",
        csv_file(edited("day", "9999-12-31")),
        "implausible-date … column 'day' … line 402 … set first_day or last_day",
    ),
    data("csv no dates", csv_file(every("day", lambda _: "")), "all-missing … column 'day' … map another column"),
    config(
        "csv no format",
        csv_file(table(), "dataset.date_format='%Q-%m'"),
        "bad-format … dataset.date_format … '%Q-%m' … write it like '%d.%m.%Y'",
    ),
    data(
        "parquet dates are text",
        parquet_file(day_column(lambda day: day.astype(str))),
        "wrong-type … column 'day' … VARCHAR … CAST(day AS TIMESTAMP)",
    ),
    data(
        "parquet YYYYMMDD",
        parquet_file(day_column(lambda day: day.dt.strftime("%Y%m%d").astype(int))),
        "wrong-type … column 'day' … BIGINT … cast it in the source",
    ),
    data(
        "parquet epoch seconds",
        parquet_file(day_column(lambda day: day.astype("int64") // 10**9)),
        "wrong-type … column 'day' … BIGINT",
    ),
    data(
        "parquet zone not declared",
        parquet_file(day_column(lambda day: day.dt.tz_localize("Europe/Berlin"))),
        "time-zone … column 'day' … set time_zone",
    ),
    data(
        "parquet zone declared in vain",
        parquet_file(table(), "dataset.time_zone=Europe/Berlin"),
        "time-zone … column 'day' … set time_zone: null",
    ),
    data(
        "parquet far future",
        parquet_file(day_column(lambda day: [*day.dt.date[:400], date(9999, 12, 31), *day.dt.date[401:]])),
        "implausible-date … column 'day' … row 401 … set first_day or last_day",
    ),
    config(
        "parquet no such zone",
        parquet_file(table(), "dataset.time_zone=Europe/Berlyn"),
        "bad-zone … dataset.time_zone … did you mean Europe/Berlin?",
    ),
    data(
        "sql contradicts the format",
        database(typed(every("day", german))),
        "bad-date … column 'day' … in 630 rows … mend them",
    ),
    data(
        "sql one impossible date",
        database(typed(edited("day", "2024-02-31"))),
        "bad-date … column 'day' … in 1 row, … row 401",
    ),
    data(
        "sql naive and aware",
        database(typed(edited("day", "2024-05-13 10:00:00+02:00"))),
        "bad-date … in 1 row, … row 401 … time_zone",
    ),
    data(
        "sql epoch seconds",
        database(typed(every("day", lambda day: int(pd.Timestamp(day).timestamp())))),
        "wrong-type … column 'day' … cast it in the source",
    ),
    data(
        "sql YYYYMMDD",
        database(typed(every("day", lambda day: int(day.replace("-", ""))))),
        "wrong-type … column 'day' … cast it in the source",
    ),
    data(
        "sql texts and numbers",
        database(typed(edited("day", 20240513))),
        "wrong-type … column 'day' … mixed … cast it in the query",
    ),
    data(
        "sql far future",
        database(typed(edited("day", "9999-12-31"))),
        "implausible-date … row 401 … set first_day or last_day",
    ),
    driver(
        "driver contradicts the format",
        sheet(weather().replace("2024-", "24/")),
        "bad-date … column 'day' … in 210 rows … date_format",
    ),
    driver(
        "driver one impossible date",
        sheet(weather().replace("2024-02-28", "2024-02-31")),
        "bad-date … column 'day' … in 1 row, … row 59 … mend",
    ),
    driver(
        "driver naive and aware",
        sheet(weather().replace("2024-02-28", "2024-02-28 00:00+01:00")),
        "bad-date … column 'day' … row 59 … mend",
    ),
    driver(
        "driver YYYYMMDD",
        sheet(pd.DataFrame({"day": [20240101, 20240102], "warm": [1.0, 2.0]})),
        "bad-date … column 'day' … numbers where dates are wanted … write dates",
    ),
    driver(
        "driver aware",
        sheet(pd.DataFrame({"day": pd.date_range("2024-01-01", periods=9, tz="Europe/Berlin"), "warm": 1.0})),
        "zoned-time … column 'day' … write the local day",
    ),
    driver(
        "driver of other years",
        sheet(weather().replace("2024-", "1924-")),
        "outside-source … weather.csv … check the columns, and date_format",
    ),
    driver(
        "driver repeats days",
        sheet(weather() + "2024-01-01,5\n"),
        "duplicate-rows … weather.csv … row 211 … leave one row each",
    ),
]


@parametrised(CASES)
def test_when_dates_are_bad_then_one_line_says_so_and_nothing_is_written(case, tmp_path):
    check(case, tmp_path, lambda words, _: here(words))


def test_when_dates_would_read_both_ways_then_they_are_kept_and_it_is_told(tmp_path):
    early = [(f"{SECRET}-{i}", f"2024-{1 + i % 6:02d}-{1 + i % 12:02d}", "1.00", "north") for i in range(60)]
    done = here(["check", "data", f"root={tmp_path / 'out'}", *csv_file(early)(tmp_path)])
    assert done.code == 0, done.err
    assert "dates would read with day and month exchanged, too" in done.out
