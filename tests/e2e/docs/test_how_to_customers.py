"""The how-to of churn, win-back and value, carried out on a small made-up shop."""

from __future__ import annotations

import pandas as pd
import pytest

pytestmark = pytest.mark.xdist_group("docs")


def test_when_the_how_to_of_customers_is_followed_then_each_question_has_a_leaderboard(tmp_path, carried_out) -> None:
    carried_out("docs/how-to/customers.md", tmp_path, lambda *_: ["executor=serial", "tracking=none"])
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
