"""The how-to of uplift, carried out on a small made-up shop."""

from __future__ import annotations

import pandas as pd
import pytest

pytestmark = pytest.mark.xdist_group("docs")


def test_when_the_how_to_of_uplift_is_followed_then_two_models_beat_an_order_by_chance(tmp_path, carried_out) -> None:
    carried_out("docs/how-to/uplift.md", tmp_path, lambda *_: ["executor=serial", "tracking=none"])
    board = pd.read_csv(tmp_path / "mlruns/studies/because/leaderboard.csv").set_index("method")
    assert set(board.index) == {"naive", "reaction", "two_models"}
    assert (board["n_ok"] == board["n"]).all()
    assert board.loc["naive", "qini.select"] == 0
    assert {"auuc.select", "uplift30.select"} <= set(board.columns)
    report = (tmp_path / "mlruns/studies/because/report.html").read_text(encoding="utf-8")
    assert 'id="uplift"' in report and 'class="broken"' not in report
