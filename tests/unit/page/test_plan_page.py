"""The page of a plan: every period of it is drawn, and what stands in its cells is in the page's language."""

import json
import re

import pandas as pd

from forecastlab.page import texts
from forecastlab.schema import Plan
from forecastlab.task.plan_page import page_of

ABOUT = {"name": "tea", "version": 1, "cutoff": "2024-09-29"}
DAYS = [pd.Timestamp("2024-10-06"), pd.Timestamp("2024-10-13"), pd.Timestamp("2024-10-20")]


def sales(days):
    rows = [
        {"segment": segment, "period": day, "plan": size + i, "low": size - 1.0, "high": size + 9.0, "before": size}
        for segment, size in (("(all)", 30.0), ("lost", 10.0))
        for i, day in enumerate(days)
    ]
    return Plan(pd.DataFrame(rows), ("a note",))


def figure_of(html):
    return json.loads(re.findall(r'<script type="application/json">(.*?)</script>', html)[0])


def test_when_a_plan_has_periods_then_all_of_them_are_drawn_the_total_first():
    html = page_of("sales_plan", sales(DAYS), ABOUT, texts("en"))
    arrays = figure_of(html)["arrays"]
    assert arrays["x/0"] == ["2024-10-06", "2024-10-13", "2024-10-20"]
    assert arrays["middle/0"] == [30, 31, 32] and arrays["middle/1"] == [10, 11, 12]
    assert arrays["band/1"] == [9, 9, 9, 19, 19, 19] and arrays["before/1"] == [10, 10, 10]
    assert re.findall(r'<option value="\d">([^<]+)</option>', html) == ["(all)", "lost"]


def test_when_a_plan_has_one_period_then_its_rows_stand_side_by_side():
    traces = figure_of(page_of("sales_plan", sales(DAYS[:1]), ABOUT, texts("en")))["traces"]
    assert [trace["x"] for trace in traces] == [["(all)", "lost"], ["(all)", "lost"]]
    assert [trace["y"] for trace in traces] == [[30, 10], [30, 10]]


def test_when_the_page_is_in_chinese_then_a_stage_of_life_is_too():
    html = page_of("sales_plan", sales(DAYS), ABOUT, texts("zh"))
    assert "流失" in html and "（全部）" in html and ">lost<" not in html
