"""Series that did not exist at the cutoff: nothing, or what others of their kind are foretold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecastlab.cli import main
from forecastlab.stages.settle import alike

MONTHS = pd.date_range("2022-01-31", periods=30, freq="ME")


def test_when_there_is_a_kind_then_its_median_stands_else_that_of_the_level() -> None:
    rows = [("a", "x", 1, 10.0), ("b", "x", 1, 30), ("c", "x", 1, 20), ("d", "y", 1, 500), ("new", "x", 1, np.nan),
            ("odd", "unknown", 1, np.nan), ("a", "x", 2, 12), ("new", "x", 2, np.nan)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["unique_id", "segment", "ds", "yhat"]).assign(level="series")
    assert alike(frame)[frame["unique_id"].isin(["new", "odd"])].tolist() == [20, 25, 12]


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """The scored forecasts of six shops and of one that opens after the cutoff, by what is said of it."""
    place = tmp_path_factory.mktemp("cold")
    season = 100 + 30 * np.sin(2 * np.pi * MONTHS.month / 12)
    shops = [pd.DataFrame({"shop": f"s{i}", "month": MONTHS, "sold": season * (i + 1)}) for i in range(5)]
    late = pd.DataFrame({"shop": "late", "month": MONTHS, "sold": season * 2.5}).iloc[27:]
    pd.concat([*shops, late]).to_csv(place / "s.csv", index=False)
    mapped = [f"path={place / 's.csv'}", "series=shop", "time=month", "value=sold", "freq=M"]
    words = ["dataset=panel_csv", *(f"dataset.{each}" for each in mapped), "segmentation=none", "target.series_by=[]"]
    words += [
        "backtest.horizon=3",
        "backtest.select=0",
        "backtest.test=1",
        "backtest.min_train=14",
        "metric=[mae,wape]",
    ]
    words += ["compare.level=series", "executor=serial", "tracking=none"]
    found = {}
    for cold in ("zero", "profile"):
        assert main(["run", *words, f"cold={cold}", f"root={place / cold}"]) == 0
        (file,) = (place / cold).glob("studies/*/runs/*/forecasts.parquet")
        found[cold] = pd.read_parquet(file)
        assert ("without a past" in (file.parent / "run.json").read_text("utf-8")) == (cold == "profile")
    return found


def test_when_a_shop_opens_after_the_cutoff_then_it_is_nothing_or_as_the_usual_shop(scored) -> None:
    zero, like = (frame[frame["unique_id"] == "late"] for frame in (scored["zero"], scored["profile"]))
    assert set(zero["source"]) == {"unforeseen"} and (zero["yhat"] == 0).all()
    others = scored["profile"][scored["profile"]["unique_id"] != "late"].groupby("ds")["yhat"].median()
    assert set(like["source"]) == {"cold"} and like.set_index("ds")["yhat"].to_dict() == others.to_dict()


def test_when_a_shop_opens_after_the_cutoff_then_nothing_else_changes(scored) -> None:
    known = [frame[frame["unique_id"] != "late"].reset_index(drop=True) for frame in scored.values()]
    pd.testing.assert_frame_equal(*known, check_exact=True)
