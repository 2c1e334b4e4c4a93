"""``register``, ``promote`` and ``predict``, as they are typed: from a study to a champion that foretells."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

WEIGHTED = ("model=ensemble_weighted", "~model@model.members.arima", "model.combine.min_rows=2")


@pytest.fixture(scope="module")
def root(shop):
    """A folder of results with a study of two methods, of which the weighted ensemble is registered and champion."""
    words = ("study=plan", "executor=serial")
    assert shop.here(shop.words("run", "reg", *words, *WEIGHTED)).code == 0
    assert shop.here(shop.words("run", "reg", *words, "model=naive")).code == 0
    place = shop.place / "reg"
    for command in (["register", "study=plan", "run=ensemble_weighted"], ["promote", "promote.ceiling=0.5"]):
        done = shop.here([*command, f"root={place}", "executor=serial"])
        assert done.code == 0, done.err
    return place


def forecast(shop, root, *words):
    done = shop.here(["predict", f"root={root}", "executor=serial", *words])
    assert done.code == 0, done.err
    return pd.read_parquet(done.out.strip().splitlines()[-1])


def test_when_the_champion_foretells_then_what_was_kept_and_a_new_fit_say_the_same_bits(shop, root):
    kept = forecast(shop, root, "mode=stored")
    shutil.rmtree(root / "cache")  # nothing that was computed before may help
    anew = forecast(shop, root)
    pd.testing.assert_frame_equal(kept, anew, check_exact=True)
    assert (kept["ds"] > kept["cutoff"]).all() and set(kept["step"]) == {1, 2}
    bottom = kept[kept["level"] == "segment"].groupby("ds")["yhat"].sum()
    total = kept[kept["level"] == "total"].set_index("ds")["yhat"]
    pd.testing.assert_series_equal(bottom, total, check_names=False, rtol=1e-12)


def test_when_it_is_asked_as_of_a_fold_then_it_says_that_folds_forecast_bit_by_bit(shop, root):
    stored = shop.forecasts("reg", "plan", "ensemble_weighted")
    for cutoff, fold in stored.groupby("cutoff"):
        told = forecast(shop, root, f"as_of={cutoff.date()}")
        both = fold.merge(told, on=["unique_id", "ds"], suffixes=("", "_now"))
        foreseen = fold[fold["source"] != "unforeseen"]
        assert len(both) == len(foreseen) == len(told)
        for column in ["yhat", *[name for name in told if name.startswith("q0.")], "q_source", "q_n", "step"]:
            pd.testing.assert_series_equal(both[column], both[f"{column}_now"], check_names=False, check_exact=True)


def test_when_the_same_is_asked_again_then_nothing_doubles(shop, root):
    before = sorted(root.glob("predictions/plan/*/prediction.json"))
    forecast(shop, root, "horizon=3", "mode=stored")
    forecast(shop, root, "horizon=3", "mode=stored")
    (new,) = set(root.glob("predictions/plan/*/prediction.json")) - set(before)
    about = json.loads(new.read_text(encoding="utf-8"))
    assert (about["name"], about["version"], about["horizon"], about["mode"]) == ("plan", 1, 3, "stored")
    assert any("looked 2 periods ahead" in note for note in about["notes"])


def test_when_it_is_registered_again_then_it_is_the_same_version(shop, root):
    again = shop.here(["register", "study=plan", "run=ensemble_weighted", f"root={root}", "executor=serial"])
    assert again.code == 0 and "was registered before as version 1" in again.out
