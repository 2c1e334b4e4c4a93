"""The how-to of profiles, carried out on a small made-up shop."""

from __future__ import annotations

import pandas as pd
import pytest

pytestmark = pytest.mark.xdist_group("docs")


def test_when_the_how_to_of_profiles_is_followed_then_there_are_pages_in_both_languages(tmp_path, carried_out) -> None:
    carried_out("docs/how-to/profile-your-data.md", tmp_path, lambda *_: ["executor=serial", "tracking=none"])
    assert '<html lang="zh' in (tmp_path / "profile_zh.html").read_text(encoding="utf-8")
    assert 'id="response"' in (tmp_path / "mlruns/profiles/synthetic/profile.html").read_text(encoding="utf-8")
    steps = pd.read_csv(tmp_path / "mlruns/profiles/synthetic/tables/funnel.steps.csv")
    assert steps["step"].tolist() == ["campaigns", "purchase"] and steps["entries"].is_monotonic_decreasing
    assert len(list((tmp_path / "mlruns/studies/gated/runs").glob("naive-*"))) == 1
