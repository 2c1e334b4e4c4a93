"""The how-to of levels that agree, carried out in the shop of the CSV how-to."""

from __future__ import annotations

import pandas as pd
import pytest

pytestmark = pytest.mark.xdist_group("docs")
PAGE = "docs/how-to/levels-that-agree.md"


def test_when_the_how_to_is_followed_then_three_ways_stand_in_one_leaderboard(shop, carried_out) -> None:
    carried_out(PAGE, shop.folder, lambda words, block: ["executor=serial", "tracking=none"])
    board = pd.read_csv(shop.folder / "mlruns/studies/agree/leaderboard.csv")
    assert sorted(board["method"].str.rpartition(" ")[2]) == ["bottom_up", "min_trace", "top_down"]
    assert (board["n_ok"] == board["n"]).all()
