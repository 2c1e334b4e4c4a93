"""Ready-made panels through the real command: what is wrong with a file is said in one line, and the rest runs."""

from __future__ import annotations

import datetime
import json
import math

import pandas as pd
import pytest

SECRET = "K-SECRET-77"
MONTHS = [datetime.date(2022 + i // 12, 1 + i % 12, 1) for i in range(30)]
ASKED = ("segmentation=none", "target.series_by=[]", "compare.metric=mase", "compare.level=series", "model=naive")
SMALL = ("backtest.horizon=2", "backtest.select=1", "backtest.test=1", "backtest.min_train=6", "executor=serial")


def good() -> pd.DataFrame:
    """Two series of thirty months, the second one younger, with a price three months ahead."""
    ahead = [datetime.date(2024, 7, 1), datetime.date(2024, 8, 1), datetime.date(2024, 9, 1)]
    old = pd.DataFrame({"shop": SECRET, "month": [*MONTHS, *ahead], "sold": [*map(float, range(10, 40)), *[None] * 3]})
    young = pd.DataFrame({"shop": "007", "month": MONTHS[10:], "sold": [float(i % 7) for i in range(20)]})
    return pd.concat([old, young], ignore_index=True).assign(price=2.5, region="north")


def changed(row: int, **cells) -> pd.DataFrame:
    """The good table with other cells in a row (from 0)."""
    frame = good().astype({"price": object})
    for column, value in cells.items():
        frame.loc[row, column] = value
    return frame


@pytest.fixture
def ask(shop, tmp_path):
    """Type a command about a table, written as CSV or Parquet, in a process of its own or in this one."""

    def typed(kind, frame, *words, command="run", own_process=False):
        path = tmp_path / f"series.{kind}"
        if kind == "csv":
            frame.to_csv(path, index=False)
        else:
            frame.to_parquet(path, index=False)
        mapped = [f"dataset=panel_{kind}", f"dataset.path={path}", "dataset.series=shop", "dataset.time=month"]
        mapped += ["dataset.value=sold", "+dataset.drivers.price=price", "+dataset.attributes.region=region"]
        call = shop.call if own_process else shop.here
        return call([command, *mapped, *ASKED, *SMALL, "tracking=none", f"root={tmp_path / 'root'}", *words])

    return typed


def fault(done, tmp_path, code: int, words: list[str]) -> None:
    lines = [line for line in done.err.splitlines() if line.strip()]
    assert done.code == code, done.err
    assert len(lines) == 1 and lines[0].startswith(f"forecastlab: error {words[0]}: "), done.err
    assert all(word in lines[0] for word in words) and SECRET not in done.err
    root = tmp_path / "root"
    assert not [path for path in root.rglob("*") if path.is_file()], "something was kept"


WRONG = {
    "the same period twice": (pd.concat([good().iloc[[0]], good()]), ["duplicate-periods", "in 1 row,", "{3}"]),
    "a gap": (good().drop(index=5), ["gaps", "1 period", "{6}"]),
    "infinity": (changed(4, sold=math.inf), ["bad-number", "'sold'", "{6}"]),
    "an endless driver": (good().assign(price=[math.inf, *[2.5] * 52]), ["bad-number", "'price'", "{2}"]),
    "a hole in a driver": (good().assign(price=[*[2.5] * 3, None, *[2.5] * 49]), ["empty-driver", "'price'", "{5}"]),
    "an attribute that changes": (changed(7, region="west"), ["changing-attribute", "'region'", "{9}"]),
    "no value": (good().assign(sold=[None] * 53).astype({"sold": float}), ["all-missing", "'sold'"]),
    "no row": (good().iloc[:0].astype({"sold": float, "month": "datetime64[us]", "shop": str}), ["no-rows"]),
}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("name", WRONG)
def test_when_series_cannot_be_used_then_one_line_says_so_and_nothing_is_kept(ask, tmp_path, kind, name):
    frame, words = WRONG[name]
    frame = frame.astype({"price": float})
    lines = {f"{{{line}}}": f"line {line}" if kind == "csv" else f"row {line - 1}" for line in range(10)}
    fault(ask(kind, frame), tmp_path, 3, [lines.get(word, word) for word in words])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("dataset.value=solt",), 3, ["missing-column", "dataset.value", "did you mean sold?"]),
        (("dataset.path=nowhere.csv",), 3, ["missing-file", "nowhere.csv"]),
        (("dataset.value=shop",), 2, ["same-column", "three different columns"]),
        (("dataset.drivers.price=sold",), 2, ["same-column", "foretold"]),
        (("+dataset.drivers.y=price",), 2, ["bad-name", "dataset.drivers.y", "taken"]),
        (("dataset.gaps=fill",), 2, ["bad-value", "dataset.gaps"]),
        (("dataset.freq=H",), 2, ["bad-frequency", "'H'"]),
        (("target.series_by=[region]",), 2, ["unknown-dimension", "region"]),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_when_settings_are_wrong_then_one_line_says_so(ask, tmp_path, words, code, said):
    if words == ("target.series_by=[region]",):
        # The data is sound and stays in the cache: only the question is wrong.
        done = ask("csv", good(), *words)
        assert done.code == code and len(done.err.strip().splitlines()) == 1 and said[0] in done.err
        return
    fault(ask("csv", good(), *words), tmp_path, code, said)


def test_when_the_command_runs_in_a_process_of_its_own_then_it_ends_alike(ask, tmp_path):
    fault(ask("csv", good().drop(index=5), own_process=True), tmp_path, 3, ["gaps", "line 6"])


def test_when_series_come_as_csv_or_parquet_then_forecasts_are_the_same_bits(ask, tmp_path):
    frames = []
    for kind in ("csv", "parquet"):
        done = ask(kind, good(), f"study={kind}", "driver=[column]", "driver.column.columns=[price]",
                   "driver.column.future=known", "model=regression")  # fmt: skip
        assert done.code == 0, done.err
        (path,) = (tmp_path / "root/studies" / kind / "runs").glob("*/forecasts.parquet")
        frames.append(pd.read_parquet(path))
    pd.testing.assert_frame_equal(*frames, check_exact=True)
    assert set(frames[0]["unique_id"]) == {SECRET, "007"}
    assert frames[0]["ds"].max() == pd.Timestamp("2024-06-30"), "periods that have drivers only were scored"


def test_when_a_series_ended_early_then_it_is_set_aside_and_that_is_said(ask, tmp_path):
    frame = good()
    done = ask("csv", frame[~((frame["shop"] == "007") & (frame["month"] > datetime.date(2023, 12, 1)))])
    assert done.code == 0, done.err
    (folder,) = (tmp_path / "root/studies").glob("*/runs/*")
    assert set(pd.read_parquet(folder / "forecasts.parquet")["unique_id"]) == {SECRET}
    said = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert said["aside"] == {"007": "has no value in the last period before the cutoff"}


def test_when_the_economy_is_asked_for_then_its_drivers_are_read(shop, tmp_path):
    words = ["run", "+experiments=us_macro", "model=regression", "backtest.select=2", "backtest.test=1"]
    words += ["driver=[column]", "driver.column.columns=[income,unemployment]", "driver.column.future=last"]
    done = shop.here([*words, "executor=serial", "tracking=none", f"root={tmp_path}"])
    assert done.code == 0, done.err
    (path,) = (tmp_path / "studies").glob("*/runs/*/forecasts.parquet")
    frame = pd.read_parquet(path)
    assert set(frame["unique_id"]) == {"consumption", "investment", "government"}
    assert frame["cutoff"].nunique() == 3 and (frame["source"] == "model").all()
