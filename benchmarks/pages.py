"""How long a reviewer waits for a study of 300 runs, and for one of 8 in turn: from the address to the table, and to
the charts beside it, in a browser that was never there before.

The runs are recorded through our own tracker, each with 60 parameters, 120 figures and 9 folds. Needs Chromium at
/usr/bin/chromium. Type: python benchmarks/pages.py
"""

from __future__ import annotations

import math
import socket
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from forecastlab.tracking import serve, stop, wait_until_ready
from forecastlab.tracking.addresses import page_of
from forecastlab.tracking.mlflow import Mlflow
from forecastlab.tracking.tracker import Ended
from forecastlab.tracking.views import Column, Section, View

SIZES, TIMES = (8, 300), 3
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def ended(n: int) -> Ended:
    """One finished run, whose figures follow from its number."""
    metrics = [("wape.select", 0.05 + 0.1 * abs(math.sin(n)), 0), ("wape.test", 0.06 + 0.1 * abs(math.sin(n + 1)), 0)]
    metrics += [(f"wape.select.segment.{k}", 0.1 + 0.01 * k, 0) for k in range(118)]
    metrics += [("wape.by_fold", 0.05 + 0.05 * abs(math.sin(n * fold)), fold) for fold in range(9)]
    tags = {"kind": "method", "forecastlab.key": f"{n:032x}", "rank": f"{n + 1}"}
    return Ended(f"{n:032x}", f"method {n:03}", "FINISHED", tags, {f"model.p{k}": k * n for k in range(60)}, metrics)


def record(root: Path, size: int) -> None:
    """A study of so many runs, with the view that a study of ours has."""
    name = f"study of {size}"
    study = Mlflow(uri=None, root=str(root), timeout=30, catch_up=0).open(name, "")
    parent = study.start(name, None, {"kind": "study"}, {"runs": size})
    study.add(parent, [ended(1000 * size + n) for n in range(size)])
    first = Column("metrics", "wape.select")
    section = Section("wape: less is better", ["wape.select", "wape.test"], ["wape.by_fold"])
    columns = [Column("tags", "rank"), first, Column("metrics", "wape.test")]
    view = View("leaderboard", "Leaderboard", columns, first, True, "tags.kind = 'method'", [section])
    parent.present(name, [view], {})
    assert parent.finish("FINISHED")


def wait(page: Page, address: str, seen: str) -> float:
    """Seconds until what is looked for is on the page, in a browser that was never there."""
    start = time.perf_counter()
    page.goto(address)
    page.locator(seen).first.wait_for(timeout=120_000)
    return time.perf_counter() - start


def main() -> None:
    """Record, serve, look, and print the medians."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        root = Path(place)
        for size in SIZES:
            start = time.perf_counter()
            record(root, size)
            print(f"{size} runs recorded in {time.perf_counter() - start:.1f} s", flush=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        server = serve(root, "127.0.0.1", port)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        try:
            wait_until_ready(server, "127.0.0.1", port, 180)
            measure(browser, root, f"http://127.0.0.1:{port}")
        finally:
            browser.close()
            stop(server)


def measure(browser: Browser, root: Path, at: str) -> None:
    """Open both studies in turn, as a table and as charts."""
    addresses = {size: at + page_of(root, None, f"study of {size}")[1] for size in SIZES}
    for what, more, seen in (
        ("table", "", ".ag-row"),
        ("charts", "&compareRunsMode=CHART", ".js-plotly-plot .scatterlayer path.js-line"),
    ):
        times: dict[int, list[float]] = {size: [] for size in SIZES}
        for _ in range(TIMES):
            for size in SIZES:
                context = browser.new_context()
                times[size].append(wait(context.new_page(), addresses[size] + more, seen))
                context.close()
        for size in SIZES:
            print(f"{what} of {size} runs: median {statistics.median(times[size]):.1f} s of {TIMES}", flush=True)


if __name__ == "__main__":
    main()
