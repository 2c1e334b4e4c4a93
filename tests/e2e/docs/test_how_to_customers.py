"""The how-to of churn, win-back and value, carried out on a small made-up shop."""

from __future__ import annotations

import pandas as pd
import pytest

pytestmark = pytest.mark.xdist_group("docs")


def test_when_the_how_to_of_customers_is_followed_then_each_question_has_a_leaderboard(
    tmp_path, carried_out, monkeypatch
) -> None:
    def rest(words: list[str], block) -> list[str]:
        runs = words[0] in ("run", "tune")
        return [] if words[0] in ("reveal", "list") else ["executor=serial", *(["tracking=none"] if runs else [])]

    monkeypatch.setenv("FORECASTLAB_KEY_FILE", str(tmp_path / "home" / "key"))
    carried_out("docs/how-to/customers.md", tmp_path, rest)
    carried_out("docs/how-to/campaign-list.md", tmp_path, rest)  # goes on with the champion of that page
    boards = {
        study: pd.read_csv(tmp_path / f"mlruns/studies/{study}/leaderboard.csv")
        for study in ("leaving", "coming_back", "worth", "reacting", "leads", "returning")
    }
    assert {study: sorted(board["method"]) for study, board in boards.items()} == {
        "leaving": ["logistic", "naive"],
        "coming_back": ["logistic"],
        "worth": ["formula", "naive"],
        "reacting": ["logistic"],
        "leads": ["logistic", "naive"],
        "returning": ["mbg_nbd", "naive", "regression", "rhythm"],
    }
    assert all((board["n_ok"] == board["n"]).all() for board in boards.values())
    assert {"brier.select", "auc.select"} <= set(boards["leaving"]) and "gini.select" in boards["worth"]
    assert {"rmse.select", "concordance.select"} <= set(boards["returning"])
    report = (tmp_path / "mlruns/studies/leaving/report.html").read_text(encoding="utf-8")
    assert 'id="over_time"' in report and 'id="people"' in report and 'class="broken"' not in report
    assert (tmp_path / "mlruns/studies/searched/tuning/trials.csv").is_file()
    hidden, named = (pd.read_csv(tmp_path / f"{name}.csv", dtype=str) for name in ("leaving", "leaving_named"))
    assert named["unique_id"].tolist() == hidden["unique_id"].tolist()
    assert named["customer_id"].notna().all() and not set(named["customer_id"]) & set(hidden["unique_id"])
    keep, keep_named = (pd.read_csv(tmp_path / f"lists/{name}.csv", dtype=str) for name in ("keep", "keep_named"))
    assert len(keep) and keep_named["customer_id"].notna().all() and (tmp_path / "lists/keep.parquet").is_file()
    assert pd.read_csv(tmp_path / "lists/small.csv")["budget"].sum() <= 500
