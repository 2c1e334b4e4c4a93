"""The how-to for sales from customers, carried out."""

from __future__ import annotations

import pandas as pd
import pytest

from forecastlab.cli import main

pytestmark = pytest.mark.xdist_group("docs")
PAGE = "docs/how-to/sales-from-customers.md"


def test_when_the_page_is_followed_then_customers_tell_more_than_the_last_week_and_join_other_methods(
    tmp_path, blocks_of, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in blocks_of(PAGE):
        for words in block.commands if not block.why_not else []:
            assert main([*words, "executor=serial", "tracking=none"]) == 0, capsys.readouterr().err
    found = pd.read_csv("mlruns/studies/people/comparison.csv").set_index(["a", "b"])["diff"]
    assert found["btyd", "naive"] < 0
    routed = pd.read_parquet(next(tmp_path.glob("mlruns/studies/routes/runs/*/forecasts.parquet")))
    assert (routed["source"] == "model").mean() > 0.9
