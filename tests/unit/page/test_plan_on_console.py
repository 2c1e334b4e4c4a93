"""What ``predict +preset=…`` shows of a plan on the console."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from forecastlab.cli import predict_command
from forecastlab.cli.arguments import parse
from forecastlab.schema import Plan
from forecastlab.task.plans import Planned


@pytest.mark.parametrize(("rows", "said"), [(12, False), (72, True)])
def test_when_a_plan_is_longer_than_what_is_shown_then_it_is_said_where_the_rest_is(monkeypatch, capsys, rows, said):
    about = {"name": "tea", "version": 1, "cutoff": "2024-09-29", "notes": []}
    plan = Plan(pd.DataFrame({"plan": [float(i) for i in range(rows)]}), ())
    made = Planned("sales_plan", plan, SimpleNamespace(about=about), Path("sales.csv"), Path("sales.html"))
    monkeypatch.setattr("forecastlab.task.plans.planned", lambda *_: made)
    assert predict_command.main(parse(["predict", "+preset=sales_plan"], ["predict"])) == 0
    told = capsys.readouterr().out
    assert ("... 12 of 72 rows; all of them are in the files below" in told) is said
    assert "11.00" in told and "12.00" not in told
