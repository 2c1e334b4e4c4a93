"""The how-to of next best products, carried out on a small made-up shop; what it promises of files is looked up."""

from __future__ import annotations

import pandas as pd
import pytest

pytestmark = pytest.mark.xdist_group("docs")


def test_when_the_how_to_of_cross_selling_is_followed_then_lists_rules_and_a_search_are_there(
    tmp_path, carried_out
) -> None:
    carried_out("docs/how-to/cross-sell.md", tmp_path, lambda *_: ["executor=serial", "tracking=none"])
    studies = tmp_path / "mlruns/studies"
    board = pd.read_csv(studies / "offers/leaderboard.csv").set_index("method")
    assert set(board.index) == {"most_popular", "apriori", "item_neighbours"} and (board["n_ok"] == board["n"]).all()
    assert board.loc["most_popular", "popular_lift5.select"] == 1.0
    assert {"hit_rate5.select", "precision_at5.select", "recall_at5.select"} <= set(board)
    report = (studies / "offers/report.html").read_text(encoding="utf-8")
    assert "Next best products" in report and 'class="broken"' not in report
    trials = pd.read_csv(studies / "sought/tuning/trials.csv")
    assert (trials["state"] == "done").any()
