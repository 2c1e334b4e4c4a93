"""What is sent to workers where customers are the unit: tables to build, and methods to fit and ask."""

from __future__ import annotations

import json
import resource
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import entries
from forecastlab.flow.jobs import Cost
from forecastlab.schema import Fold, SalesLog, Segmenter
from forecastlab.schema.customers import CustomerModel, CustomerPast, CustomerTarget, Event, Kind
from forecastlab.schema.items import ItemModel, ItemTarget
from forecastlab.schema.names import CUSTOMER, LIVE, SEGMENT, SERIES
from forecastlab.stages import customers as stage
from forecastlab.stages.customer_scores import Scores, fit, scores
from forecastlab.stages.customers import WHY
from forecastlab.stages.kept import Fit

TABLE = "customers"
"""The stage of tables in the store."""


FACTS = "table.json"
"""The file of what a table says of itself."""


@dataclass(frozen=True)
class TableFacts:
    """What a table of customers says of itself: see ``CustomerPast``, and ``CustomerTable`` for the ``account``."""

    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    account: dict[str, tuple[int, int]]
    kind: Kind
    event: Event
    margin: float
    days: int
    window: int


@dataclass(frozen=True)
class TableJob:
    """The customers of one fold: what a method may see, and apart from it what happened."""

    root: Path
    key: str
    log: SalesLog
    segmenter: Segmenter
    fold: Fold
    target: CustomerTarget | ItemTarget


@dataclass(frozen=True)
class ScoreJob:
    """One fit and the folds it serves."""

    root: Path
    key: str
    name: str
    tables: tuple[Path, ...]
    folds: tuple[Fold, ...]
    model: CustomerModel | ItemModel
    levels: tuple[float, ...]

    @property
    def stage(self) -> str:
        """The stage in the store."""
        return f"scores/{self.name}"


def table_job(job: TableJob) -> Path:
    """Build and keep the customers of one fold, with what happened if that is over: returns the folder."""
    target = job.target
    assert isinstance(target, CustomerTarget)

    def write(folder: Path) -> None:
        built = stage.build(job.log, job.segmenter, job.fold, target)
        built.rows.to_parquet(folder / "rows.parquet")
        built.known.to_parquet(folder / "known.parquet")
        if job.fold.role != LIVE or job.fold.end <= job.log.span[1]:
            stage.truth(job.log, job.fold, target, built.known).to_parquet(folder / "truth.parquet")
        facts = TableFacts(
            built.numbers,
            built.categories,
            built.account,
            target.kind,
            target.event,
            target.margin,
            (job.fold.end - job.fold.cutoff).days,
            stage.window_of(target),
        )
        (folder / FACTS).write_text(json.dumps(asdict(facts)), encoding="utf-8")

    return Store(job.root).keep(TABLE, job.key, write, {"cutoff": str(job.fold.cutoff.date())})


def read_past(folder: Path, levels: tuple[float, ...]) -> tuple[CustomerPast, pd.DataFrame]:
    """What a method may see, and the rows of those who are asked. What happened lies in another file."""
    facts = table_facts(folder / FACTS)
    known = pd.read_parquet(folder / "known.parquet")
    features = known.drop(columns=[WHY, SEGMENT])
    past = CustomerPast(
        pd.read_parquet(folder / "rows.parquet"),
        features,
        facts.numbers,
        facts.categories,
        facts.kind,
        facts.event,
        facts.margin,
        facts.days,
        facts.window,
        levels,
    )
    return past, features[known[WHY] == ""].reset_index(drop=True)


def read_truth(folder: Path) -> pd.DataFrame:
    """What happened: needed for scoring only."""
    return pd.read_parquet(folder / "truth.parquet")


def read_segments(folder: Path) -> pd.DataFrame:
    """Those who are asked, with their segment at the cutoff: ``unique_id, segment``."""
    known = pd.read_parquet(folder / "known.parquet", columns=[CUSTOMER, SEGMENT, WHY])
    asked = known[known[WHY] == ""].reset_index(drop=True)
    return asked[[CUSTOMER, SEGMENT]].rename(columns={CUSTOMER: SERIES})


def table_facts(path: Path) -> TableFacts:
    """What a table says of itself."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    account = {where: (int(n), int(cents)) for where, (n, cents) in raw["account"].items()}
    tuples = {name: tuple(raw[name]) for name in ("numbers", "categories")}
    return TableFacts(**{**raw, **tuples, "account": account})


def read_account(folder: Path) -> dict[str, tuple[int, int]]:
    """What became of all customers, with their cents."""
    return {where: (int(n), int(cents)) for where, (n, cents) in read_facts(folder)["account"].items()}


def read_facts(folder: Path) -> dict[str, Any]:
    """What is told of a table beside its frames, whatever is foretold."""
    found: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return found


def score_job(job: ScoreJob) -> Path:
    """Fit, ask and keep: returns the folder with a file of scores, of fallbacks and of terms per fold, and the cost."""
    model = job.model
    assert isinstance(model, CustomerModel)

    def write(folder: Path) -> None:
        start = time.process_time()
        pasts = [read_past(table, job.levels) for table in job.tables]
        answers = scores(model, pasts, job.folds)
        seconds = time.process_time() - start
        for i, each in enumerate(answers):
            each.frame.to_parquet(folder / f"scores-{i}.parquet")
            each.failures.to_parquet(folder / f"failures-{i}.parquet")
            each.terms.to_parquet(folder / f"terms-{i}.parquet")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        cost: dict[str, Any] = {"seconds": seconds, "peak_mb": peak, "clipped": [each.clipped for each in answers]}
        cost["remarks"] = [list(each.remarks) for each in answers]
        (folder / "cost.json").write_text(json.dumps(cost), encoding="utf-8")

    about = {"model": job.name, "cutoffs": [str(fold.cutoff.date()) for fold in job.folds]}
    return Store(job.root).keep(job.stage, job.key, write, about)


def fit_job(job: ScoreJob) -> Path:
    """Fit to the customers of the first fold and keep what was learned: returns the folder with the state."""

    model = job.model
    assert isinstance(model, CustomerModel)

    def write(folder: Path) -> None:
        past, _ = read_past(job.tables[0], job.levels)
        entries.write_fits({"": [[Fit((), fit(model, past).state())]]}, folder)

    return Store(job.root).keep("fit", job.key, write, {"model": job.name})


def read_scores(folder: Path, n: int) -> list[tuple[Scores, Cost]]:
    """The answers to the ``n`` folds of a job, and the share of its cost that each had."""
    cost = json.loads((folder / "cost.json").read_text(encoding="utf-8"))
    return [
        (
            Scores(
                pd.read_parquet(folder / f"scores-{i}.parquet"),
                pd.read_parquet(folder / f"failures-{i}.parquet"),
                pd.read_parquet(folder / f"terms-{i}.parquet"),
                cost["clipped"][i],
                tuple(cost["remarks"][i]),
            ),
            Cost(cost["seconds"] / n, cost["peak_mb"]),
        )
        for i in range(n)
    ]
