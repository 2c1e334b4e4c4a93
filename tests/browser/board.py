"""A small shop, a study of it, and the command that serves the MLflow pages over it."""

from __future__ import annotations

import itertools
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

PATIENCE = 120_000
"""Milliseconds that a page may take where others work, too."""

BIN = Path(sys.executable).parent
COLUMNS = "customer: customer_id\ntime: time\namount: amount\nunit: EUR\n"
KNOWN_ERRORS = [r"404 .*users/current", r"404 .*mlflow/assistant/", r"ResizeObserver loop"]
"""What MLflow's own pages say on the console: they ask for accounts, which there are none, and for the assistant."""

STUDY = [
    "-m",
    "dataset=shop",
    "segmentation=lifecycle",
    "model=naive,theta",
    "study=board",
    "question=What will the customers of the shop spend?",
    "executor=serial",
    "backtest.horizon=2",
    "backtest.select=4",
    "backtest.test=3",
]


@dataclass(frozen=True)
class Served:
    """A server with a study, its address, and the line that the command printed."""

    server: subprocess.Popen[str]
    said: str
    address: str
    port: int

    def page(self, part: str) -> str:
        """The address of another page of the same server."""
        return f"http://127.0.0.1:{self.port}/#/{part}"


@dataclass(frozen=True)
class Shop:
    """A folder with a shop's data, its config, and everything that commands leave."""

    folder: Path

    def open(self) -> None:
        """Write two years of purchases, and the config that reads them."""
        (self.folder / "conf" / "dataset").mkdir(parents=True)
        days = [
            f"{year}-{month:02}-{day:02}" for year in (2023, 2024) for month in range(1, 13) for day in (3, 10, 17, 24)
        ]
        rows = [
            f"c{n},{day},{10 * n + (7 * k + 3 * n) % 11}.50"
            for k, day in enumerate(days)
            for n in range(1, 7)
            if (k + n) % 3
        ]
        (self.folder / "shop.csv").write_text("\n".join(["customer_id,time,amount", *rows]), encoding="utf-8")
        (self.folder / "conf" / "dataset" / "shop.yaml").write_text(
            f"defaults: [csv, _self_]\npath: {self.folder / 'shop.csv'}\n{COLUMNS}", encoding="utf-8"
        )

    def do(self, command: str, *words: str) -> str:
        """Do a command over the shop; what it said."""
        typed = [BIN / "forecastlab", command, *words, "--config-dir", self.folder / "conf"]
        done = subprocess.run(
            [*map(str, typed), f"root={self.folder / 'mlruns'}"],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    @contextmanager
    def served(self) -> Iterator[Served]:
        """The pages over its store, while they are looked at."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        command = [BIN / "forecastlab", "ui", f"root={self.folder / 'mlruns'}", f"port={port}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                said = server.stdout.readline()
                yield Served(server, said, said.split(": ", 1)[1].strip(), port)
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(60)


def expect_in_order(page: Page, *columns: str) -> None:
    """The heads of the table of runs stand from left to right in this order, once it is laid out."""
    heads = [page.locator(".ag-header-cell").filter(has=page.get_by_text(name, exact=True)) for name in columns]
    for left, right in itertools.pairwise(heads):
        expect(right).to_be_attached(timeout=PATIENCE)
        page.wait_for_function(
            "([a, b]) => a.getBoundingClientRect().x < b.getBoundingClientRect().x",
            arg=[left.element_handle(), right.element_handle()],
            timeout=PATIENCE,
        )
