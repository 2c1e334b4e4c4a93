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
    assert again.code == 0 and "was registered before as version 1 of plan (champion)" in again.out
    assert f"next: forecastlab promote model=plan --dry-run root={root}\n" in again.out
    assert "**" not in again.out


def test_when_the_artifact_in_the_store_was_swapped_then_nothing_of_it_is_used(shop, root):
    (artifact,) = root.glob("artifacts/**/data/bundle/band.parquet")
    before = artifact.read_bytes()
    try:
        artifact.write_bytes(before[:-1] + b"x")
        shutil.rmtree(root / "fetched")
        done = shop.here(["predict", f"root={root}", "mode=stored", "executor=serial"])
        assert done.code == 3 and "bad-bundle" in done.err and "band.parquet is not the file" in done.err
        assert not list(root.glob("fetched/plan/*")), "what was refused must not be kept"
    finally:
        artifact.write_bytes(before)
    assert shop.here(["predict", f"root={root}", "mode=stored", "executor=serial"]).code == 0


def test_when_words_are_wrong_then_each_is_told_what_to_type(shop, root):
    for words, code, told in (
        (
            ["predict", "model=plam"],
            2,
            "no model is registered as plam, there is plan. did you mean plan? type model=plan@champion.",
        ),
        (
            ["promote", "model=plam"],
            2,
            "no model is registered as plam, there is plan. did you mean plan? type model=plan@challenger.",
        ),
        (["predict", "model=plan/7"], 2, "plan has no 7, it has champion, 1. type model=plan@champion."),
        (["predict", "model=plan@champ"], 2, "did you mean champion?"),
        (["predict", "mode=kept"], 2, "allowed are refit, stored"),
        (["predict", "horizon=0"], 2, "horizon=4"),
        (["predict", "model.alpha=1"], 2, "fixed-by-model"),
        (["predict", "mode=stored", "as_of=2024-01-07"], 2, "mode=refit"),
        (["predict", "out=x.xlsx"], 2, "bad-out"),
        (["predict", "as_of=2024-01-08"], 2, "try as_of="),
        (
            ["predict", "as_of=2024-13-01"],
            2,
            "bad-value: as_of: found 2024-13-01, allowed is a day in the form YYYY-MM-DD",
        ),
        (["predict", "data=sales.txt"], 2, "bad-source"),
        (["register", "study=plan", "run=theta"], 2, "unknown-run"),
        (["register", "study=plann"], 2, "did you mean plan?"),
        (["register", "study=zzz"], 2, "run one first: forecastlab run study=NAME"),
        (["register", "study=plan", "model=theta"], 2, "unknown-word"),
        (["promote"], 2, "has no challenger"),
        (["promote", "model=plan/1"], 2, "is-champion"),
        (["promote", "--rollback"], 2, "no-rollback"),
        (["promote", "--force", " "], 2, "needs a reason"),
    ):
        done = shop.here([*words, f"root={root}", "executor=serial"])
        assert done.code == code and told in done.err, (words, done.err)
        assert all(line.startswith("forecastlab: error ") for line in done.err.splitlines()), done.err


def test_when_there_are_drivers_and_frozen_segments_then_both_ways_say_the_same(shop):
    """Holidays are known beyond the data, future customers have a profile, an assumption is answered beside it."""
    from forecastlab.bundle.contents import opened
    from forecastlab.bundle.loader import Served
    from forecastlab.recipe import NOBODY

    words = ["study=held", "executor=serial", "model=regression", "driver=[holidays]", "calibrate=native"]
    words += ["target.membership=frozen", "what_if={free: {holidays.days: 1}}"]
    assert shop.here(shop.words("run", "held", *words)).code == 0
    root = shop.place / "held"
    done = shop.here(["register", "study=held", f"root={root}", "executor=serial"])
    assert done.code == 0, done.err
    kept = forecast(shop, root, "model=challenger", "mode=stored")
    anew = forecast(shop, root, "model=challenger")
    pd.testing.assert_frame_equal(kept, anew, check_exact=True)
    assert "future_customers" in set(kept["segment"])
    told = [pd.read_parquet(path) for path in root.glob("predictions/held/*/what_if.parquet")]
    assert len(told) == 2 and len(told[0]) and (told[0]["yhat"] != told[0]["base"]).any()
    pd.testing.assert_frame_equal(*told, check_exact=True)
    (folder,) = root.glob("bundles/held/*/bundle")
    bundle = opened(folder, None)
    table = pd.read_parquet(bundle.tables[0].path)
    ahead = table[table["ds"] > pd.Timestamp(bundle.about.cutoff)]
    ahead = ahead.rename(columns={name: f"holidays.{name}" for name in table.columns if name != "ds"})
    served = Served(bundle, bundle.experiment(NOBODY))
    given = served.predict(ahead, {"horizon": 2})
    assert given["yhat"].tolist() == kept["yhat"].tolist()
    more = served.predict(ahead.assign(**{"holidays.days": 3.0}), {"horizon": 2})
    assert more["yhat"].tolist() != kept["yhat"].tolist()


def test_when_data_has_moved_on_then_the_champion_is_judged_on_the_challengers_folds(shop):
    """The old champion's config is backtested on the new folds, as if it had been run in the new study itself."""
    conf, csv = shop.place / "moving", shop.place / "moving.csv"
    (conf / "dataset").mkdir(parents=True)
    text = (shop.conf / "dataset/shop.yaml").read_text(encoding="utf-8")
    (conf / "dataset/shop.yaml").write_text(text.replace("sales.csv", "moving.csv"), encoding="utf-8")
    sales = pd.read_csv(shop.place / "sales.csv", dtype=str)
    root = shop.place / "moved"
    own = [f"root={root}", "executor=serial"]
    ask = ["run", "--config-dir", str(conf), *shop.words("run", "moved")[3:], "executor=serial", "study=moving"]
    sales[sales["Tag"] < "2024-02-12"].to_csv(csv, index=False)
    assert shop.here([*ask, "model=naive"]).code == 0
    assert shop.here(["register", "study=moving", *own]).code == 0
    assert shop.here(["promote", "model=moving", "--force", "the first", *own]).code == 0
    sales.to_csv(csv, index=False)
    stale = shop.here(["register", "study=moving", *own])
    assert stale.code == 2 and "stale-run" in stale.err
    assert shop.here([*ask, "-m", "model=naive,theta", "study=later"]).code == 0
    assert shop.here(["register", "study=later", "run=theta", "name=moving", *own]).code == 0
    done = shop.here(["promote", "model=moving@challenger", "--dry-run", *own])
    assert done.code in (0, 4) and "2 origins, 8 are needed" in done.out
    told = float(done.out.split("better: ")[1].split(" points")[0])
    frames = [shop.forecasts("moved", "later", name) for name in ("theta", "naive")]
    frames = [frame.query("level == 'segment' and role == 'test'") for frame in frames]
    lost = [(frame["y"] - frame["yhat"]).abs().sum() / frame["y"].abs().sum() for frame in frames]
    assert told == pytest.approx(100 * (lost[0] - lost[1]), abs=0.051)
