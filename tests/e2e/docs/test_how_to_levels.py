"""The how-tos of levels that agree and of methods by segment, carried out in the shop of the CSV how-to."""

from __future__ import annotations

import pandas as pd
import pytest

pytestmark = pytest.mark.xdist_group("docs")


def methods(shop, study: str) -> list[str]:
    """The methods of a leaderboard in which every fold was answered."""
    board = pd.read_csv(shop.folder / f"mlruns/studies/{study}/leaderboard.csv")
    assert (board["n_ok"] == board["n"]).all()
    return sorted(board["method"].str.split().str[-1])


def test_when_the_how_to_of_levels_is_followed_then_three_ways_stand_in_one_leaderboard(shop, carried_out) -> None:
    carried_out("docs/how-to/levels-that-agree.md", shop.folder, lambda *_: ["executor=serial", "tracking=none"])
    assert methods(shop, "agree") == ["bottom_up", "min_trace", "top_down"]


def test_when_the_how_to_of_methods_by_segment_is_followed_then_routes_stand_beside_one_method(
    shop, carried_out
) -> None:
    carried_out("docs/how-to/method-per-segment.md", shop.folder, lambda *_: ["executor=serial", "tracking=none"])
    assert methods(shop, "auto") == ["ets", "route_auto", "theta"]
