"""A method for customers on its way to use, as it is typed: study, registry, gate, scores, and what came of them."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

import forecastlab

EXACT = ["score", "segment", "tier", "drivers", "reason"]
ASKED = ("target.look.window=4 weeks", "target.look.origins=2", "executor=serial")


@pytest.fixture(scope="module")
def root(shop):
    """Results in which a logistic regression of churn is the champion and has scored customers in both ways."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORECASTLAB_KEY_FILE", str(shop.place / "home" / "key"))
        words = ("target=churn", "target.alive=8 weeks", "study=leaving", *ASKED)
        assert shop.here(shop.words("run", "leave", *words, "customer=logistic")).code == 0
        assert shop.here(shop.words("run", "leave", *words, "customer=naive")).code == 0
        place = shop.place / "leave"
        gate = ["promote.customers.skill=0", "promote.customers.calibration=[0.3,3]"]
        for command in (["register", "study=leaving", "run=logistic"], ["promote", *gate]):
            done = shop.here([*command, f"root={place}", "executor=serial"])
            assert done.code == 0, done.err + done.out
        yield place


def scores(shop, root, *words):
    done = shop.here(["predict", f"root={root}", "executor=serial", *words])
    assert done.code == 0, done.err
    return pd.read_parquet(done.out.strip().splitlines()[-1])


def of_fold(root, customer):
    (kept,) = (root / "studies").glob(f"*/runs/{customer}-*")
    return pd.read_parquet(kept / "forecasts.parquet"), pd.read_parquet(kept / "effects.parquet")


def revealed(shop, table):
    """The customers by their own ids, as the command brings them back."""
    source, target = shop.place / "list.parquet", shop.place / "named.parquet"
    table.to_parquet(source)
    done = shop.here(["reveal", str(source), str(target), "--config-dir", str(shop.conf), "dataset=shop"])
    assert done.code == 0, done.err
    return pd.read_parquet(target).set_index("customer_id").sort_index()


def test_when_the_gate_opens_then_it_speaks_of_what_fits_customers(shop, root):
    (decision,) = root.glob("artifacts/**/decision.json")
    told = json.loads(decision.read_text(encoding="utf-8"))
    assert [each["name"] for each in told["findings"]] == ["skill", "calibration", "quality", "looks"]
    assert told["gate"]["customers"]["skill"] == 0


def test_when_customers_are_scored_then_what_was_kept_and_a_new_fit_say_the_same_bits(shop, root):
    kept = scores(shop, root, "mode=stored")
    shutil.rmtree(root / "cache")  # nothing that was computed before may help
    anew = scores(shop, root)
    pd.testing.assert_frame_equal(kept, anew, check_exact=True)
    assert kept["unique_id"].str.fullmatch("p[0-9a-f]{20}").all() and kept["unique_id"].is_unique
    assert kept["stake"].is_monotonic_decreasing and (kept["ds"] > kept["cutoff"]).all()
    assert set(kept["tier"]) <= {"high", "mid", "low"} and kept["drivers"].ne("").any()


def test_when_it_is_asked_as_of_a_fold_then_it_says_that_folds_scores_bit_by_bit(shop, root):
    shutil.rmtree(root / "cache")
    stored, last = of_fold(root, "logistic")
    for cutoff, fold in list(stored.groupby("cutoff"))[-2:]:
        told = revealed(shop, scores(shop, root, f"as_of={cutoff.date()}"))
        expected = fold.set_index("unique_id").sort_index()["yhat"]
        pd.testing.assert_series_equal(told["score"], expected, check_names=False, check_exact=True)
    exact = last.set_index("unique_id").sort_index()
    pd.testing.assert_frame_equal(told[EXACT], exact[EXACT], check_names=False, check_exact=True)


def test_when_later_rows_are_not_there_at_all_then_the_scores_as_of_then_are_the_same(shop, root):
    stored, _ = of_fold(root, "logistic")
    cutoff = stored["cutoff"].max()
    sales = pd.read_csv(shop.place / "sales.csv", dtype=str)
    sales[pd.to_datetime(sales["Tag"]) <= cutoff].to_csv(shop.place / "until.csv", index=False)
    short = scores(shop, root, f"data={shop.place / 'until.csv'}")
    whole = scores(shop, root, f"as_of={cutoff.date()}")
    pd.testing.assert_frame_equal(short, whole, check_exact=True)


def test_when_a_kept_fit_would_have_to_forget_then_it_refuses(shop, root):
    stored, _ = of_fold(root, "logistic")
    day = stored["cutoff"].max().date()
    for words, told in (
        (["mode=stored", f"as_of={day}"], "seen-future"),
        (["mode=stored", "horizon=3"], "other-horizon"),
        (["target.alive=4 weeks"], "fixed-by-model"),
    ):
        done = shop.here(["predict", f"root={root}", "executor=serial", *words])
        assert done.code == 2 and told in done.err, (words, done.err)


def test_when_bundle_and_scores_are_searched_then_nobody_is_named_in_them(shop, root):
    (bundle,) = root.glob("bundles/leaving/*/bundle")
    names = {path.name for path in bundle.rglob("*") if path.is_file()}
    assert not names & {"known.parquet", "rows.parquet", "truth.parquet"} and "customers.json" in names
    ids = set(pd.read_csv(shop.place / "sales.csv", dtype=str)["Kunde"])
    for path in (*bundle.rglob("*.parquet"), *root.glob("predictions/**/*.parquet")):
        frame = pd.read_parquet(path)
        assert "unique_id" not in frame or not set(frame["unique_id"]) & ids, path


def test_when_the_model_is_loaded_by_mlflow_then_it_scores_who_is_described(shop, root):
    from forecastlab.bundle.contents import opened
    from forecastlab.bundle.loader import _load_pyfunc
    from forecastlab.schema import DataError

    shutil.rmtree(root / "cache")
    listed = revealed(shop, scores(shop, root, "mode=stored"))
    (folder,), (known,) = root.glob("bundles/leaving/*/bundle"), root.glob("cache/customers/*/known.parquet")
    served, table = _load_pyfunc(str(folder)), opened(folder, None).table
    rows = pd.read_parquet(known)
    asked = rows[rows["left_out"] == ""][["customer_id", *table.numbers, *table.categories]]
    told = served.predict(asked).set_index("unique_id").sort_index()
    pd.testing.assert_series_equal(told["score"], listed["score"], check_names=False, check_exact=True)
    pd.testing.assert_series_equal(told["drivers"], listed["drivers"], check_names=False)
    with pytest.raises(DataError, match="there is no recency"):
        served.predict(asked.drop(columns="recency"))


def test_when_the_horizon_is_over_then_scores_are_held_against_what_happened(shop, root):
    told = revealed(shop, scores(shop, root))
    words = ["monitor", f"root={root}", "executor=serial", "monitor.error.min_origins=4", "monitor.bias.min_origins=4"]
    early = shop.here(words)
    assert early.code == 0 and "too early to tell" in early.out, early.err + early.out

    sales = pd.read_csv(shop.place / "sales.csv", dtype=str)
    days = pd.to_datetime(sales["Tag"])
    coming = days[days > days.max() - pd.Timedelta(weeks=3)] + pd.Timedelta(weeks=3)  # three weeks go as the last three
    again = sales.loc[coming.index].assign(Tag=coming.dt.strftime("%Y-%m-%d"))
    pd.concat([sales, again]).to_csv(shop.place / "later.csv", index=False)
    done = shop.here([*words, f"data={shop.place / 'later.csv'}"])
    assert done.code in (0, 6), done.err
    checks = [pd.read_parquet(path) for path in root.glob("monitor/leaving/*/findings.parquet")]
    found = max(checks, key=len).set_index(["check", "what"])

    until = told["ds"].iloc[0]
    bought = again[(coming > told["cutoff"].iloc[0]) & (coming <= until)]["Kunde"]
    left = ~told.index.isin(bought)
    assert 0 < left.sum() < len(left)
    assert found.loc[("error", "all customers"), "value"] == pytest.approx(((left - told["score"]) ** 2).mean())
    sums = left.sum(), told["score"].sum()
    assert found.loc[("bias", "all customers"), "value"] == pytest.approx((sums[0] - sums[1]) / (sum(sums) / 2))
    assert "Brier" in found.loc[("error", "all customers"), "words"] and "active" in found.loc["error"].index
    assert set(found.loc["coverage", "state"]) == set(found.loc["drivers", "state"]) == {"early"}
    assert "interval" in found.loc["coverage", "words"].iloc[0]
    assert {"inputs", "segments"} <= set(found.index.get_level_values("check"))
    page = (root / "monitor" / "leaving" / "leaving.html").read_text(encoding="utf-8")
    assert "Brier" in page and "of sales" not in page


def test_when_a_playbook_is_played_then_the_list_is_whole_pseudonymous_and_spends_what_it_says(shop, root):
    target = shop.place / "lists" / "keep.csv"
    words = ["score", f"root={root}", "executor=serial", "playbook=retention", "playbook.budget=300.01"]
    rules = ["playbook.rules.call_the_best.at_least=0.2", "playbook.rules.watch_the_best.below=0.2"]
    rules += ["playbook.rules.watch_the_best.at_least=0.1", "playbook.rules.mail_the_rest.at_least=0.05"]
    done = shop.here([*words, *rules, f"out={target}"])
    assert done.code == 0, done.err
    listed = pd.read_parquet(target.with_suffix(".parquet"))
    pd.testing.assert_frame_equal(pd.read_csv(target).fillna(""), listed.fillna(""))
    assert listed["unique_id"].str.fullmatch("p[0-9a-f]{20}").all() and listed["unique_id"].is_unique
    assert listed["budget"].sum() <= 300.01 and (listed["budget"] >= 0).all()
    told = scores(shop, root).set_index("unique_id").loc[listed["unique_id"]]
    assert (told["score"].to_numpy() == listed["probability"]).all()
    assert (told["tier"].to_numpy() == listed["tier"]).all()
    cheap = listed[listed["rule"] == "mail_the_rest"]
    assert (
        (cheap["tier"] == "low").all() and (cheap["probability"] >= 0.05).all() and (cheap["channel"] == "email").all()
    )
    assert "customers whom no rule meets" in done.err and target.with_suffix(".html").is_file()
    named = revealed(shop, listed)
    assert len(named) == len(listed) and named.index.notna().all()
    words = ["playbook=retention", "playbook.budget=300.01", *rules, f"out={target.with_name('again.csv')}"]
    made = forecastlab.score("leaving", "executor=serial", *words, root=root)
    pd.testing.assert_frame_equal(made.table, listed)
    assert made.parquet.is_file() and any("given away" in note for note in made.notes)


def test_when_a_plan_does_not_fit_the_method_then_it_is_said_which_would(shop, root):
    for words, code, told in (
        (["predict", "+preset=sales_plan"], 2, "other-unit"),
        (["score", "playbook=growth"], 2, "wrong-playbook"),
        (["score", "playbook=retentoin"], 2, "did you mean"),
        (["score", "playbook.rules.mail_the_rest.tier=[mid]"], 2, "overlapping-rules"),
        (["score", "playbook.rules.mail_the_rest.stage=[declinin]"], 2, "did you mean declining"),
        (["score", "playbook.rules.mail_the_rest.sahre=1"], 2, "rules.mail_the_rest.share?"),
    ):
        done = shop.here([words[0], f"root={root}", "executor=serial", *words[1:]])
        assert done.code == code and told in done.err, (words, done.code, done.err)
