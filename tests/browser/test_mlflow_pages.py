"""A reviewer's way through the MLflow pages, in a real browser against the real server: one server, one study."""

from __future__ import annotations

import re
import subprocess
import urllib.error
import urllib.request

from board import KNOWN_ERRORS, expect_in_order
from playwright.sync_api import expect


def test_when_the_ui_starts_then_it_opens_on_the_study_with_what_decides_first(served, opened, shots, heard):
    assert served.said.startswith("board: http://127.0.0.1:")
    expect(opened.get_by_text("rank", exact=True).first).to_be_visible(timeout=60_000)
    expect(opened.locator(".ag-row").get_by_role("link", name="naive", exact=True)).to_be_visible(timeout=60_000)
    expect_in_order(opened, "rank", "verdict", "wape.select", "wape.test")
    assert {"naive", "theta"} <= set(opened.locator(".ag-row").get_by_role("link").all_inner_texts())
    assert opened.get_by_text("1 of 2", exact=True).count() == 1
    assert not [found for found in opened.get_by_text("MLflow Assistant").all() if found.is_visible()]
    assert not [url for url in heard.requests if not url.startswith(f"http://127.0.0.1:{served.port}/")]
    opened.screenshot(path=shots / "study.png")


def test_when_the_description_is_opened_then_it_tells_question_data_folds_and_columns(opened, shots):
    for button in opened.locator("button:visible").all():
        box = button.bounding_box()
        if box and box["x"] > 1380 and 95 < box["y"] < 125:
            button.click()
            break
    expect(opened.get_by_text("What will the customers of the shop spend?")).to_be_visible()
    for word in ("Segments", "Data", "Folds: what was known, and what was to be foretold", "Columns"):
        expect(opened.get_by_role("heading", name=word)).to_be_visible()
    expect(opened.get_by_text("forecasts below zero that were lifted to zero")).to_have_count(1)
    opened.screenshot(path=shots / "description.png")


def test_when_charts_are_asked_for_then_bars_and_folds_are_drawn(served, page, heard, shots):
    heard.pardon += KNOWN_ERRORS
    page.goto(f"{served.address}&compareRunsMode=CHART")
    expect(page.get_by_text("wape: less is better").first).to_be_visible(timeout=120_000)
    line = page.locator(".js-plotly-plot .scatterlayer .trace path.js-line")
    expect(line.first).to_be_visible(timeout=120_000)
    assert len({each.evaluate("line => getComputedStyle(line).stroke") for each in line.all()}) == 2  # a colour each
    assert "C" not in (line.first.get_attribute("d") or "")  # from fold to fold as they are, and not smoothed
    assert page.locator(".js-plotly-plot .barlayer .point path").count() >= 2
    page.screenshot(path=shots / "charts.png")


def test_when_a_run_is_opened_then_it_tells_what_it_is_and_how_to_do_it_again(opened, shots):
    opened.locator(".ag-row").get_by_role("link", name="theta", exact=True).click()
    expect(opened.get_by_role("heading", name="To do it again")).to_be_attached(timeout=120_000)
    expect(opened.get_by_text("forecastlab run").first).to_be_attached()
    expect(opened.get_by_text(re.compile(r"shop \(")).first).to_be_visible()
    expect(opened.get_by_text("About this run")).to_be_in_viewport()  # nothing on the page is wider than its column
    opened.screenshot(path=shots / "run.png")
    opened.get_by_text(re.compile(r"shop \(")).first.click()
    expect(opened.get_by_text("2023-01-03").first).to_be_visible(timeout=120_000)
    opened.screenshot(path=shots / "dataset.png")


def test_when_artifacts_are_opened_then_plots_and_the_leaderboard_are_seen(opened, shots):
    opened.locator(".ag-row").get_by_role("link", name="theta", exact=True).click()
    opened.get_by_role("tab", name="Artifacts").click()
    opened.get_by_text("plots", exact=True).first.click()
    opened.get_by_text(re.compile(r"against_actual|forecast.*png")).first.click()
    expect(opened.locator("img[src^='blob:'], img[src*='artifact']").first).to_be_visible(timeout=120_000)
    opened.screenshot(path=shots / "plot.png")
    opened.get_by_role("tab", name="Overview").click()
    opened.get_by_role("link", name="board").last.click()
    opened.get_by_role("tab", name="Artifacts").click()
    opened.get_by_text("leaderboard.csv").first.click()
    expect(opened.get_by_text("tied_with_best").first).to_be_visible(timeout=120_000)
    figures = opened.get_by_role("cell").filter(has_text=re.compile(r"^0\.\d+$")).all_inner_texts()
    assert figures and max(map(len, figures)) <= len("0.0123456")
    opened.screenshot(path=shots / "leaderboard.png")


def test_when_the_server_runs_then_it_listens_on_loopback_and_refuses_strangers(served):
    found = subprocess.run(["ss", "-ltn"], capture_output=True, text=True, check=True).stdout
    assert [line.split()[3] for line in found.splitlines() if line.split()[3].endswith(f":{served.port}")] == [
        f"127.0.0.1:{served.port}"
    ]
    store = f"http://127.0.0.1:{served.port}/ajax-api/2.0/mlflow/experiments/search?max_results=1"
    assert ask(store, {}) == 200
    assert ask(store, {"Host": "evil.example"}) == 403
    assert ask(store, {"Host": "127.0.0.1:1"}) == 403
    assert (
        ask(f"http://127.0.0.1:{served.port}/ajax-api/2.0/mlflow/runs/create", {"Origin": "http://evil.example"}) == 403
    )
    assert ask(f"http://127.0.0.1:{served.port}/ajax-api/3.0/mlflow/assistant/config", {}) == 404


def ask(url: str, headers: dict[str, str]) -> int:
    data = b"{}" if "create" in url else None
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
