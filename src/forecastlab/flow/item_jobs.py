"""What is sent to workers where items are foretold: tables to build, and methods that learn and make lists."""

from __future__ import annotations

import json
import resource
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow.customer_jobs import TABLE, ScoreJob, TableJob, read_facts
from forecastlab.flow.jobs import Cost
from forecastlab.schema import Fold, names
from forecastlab.schema.items import ItemModel, ItemTarget, Offer
from forecastlab.schema.names import CUSTOMER, SEGMENT
from forecastlab.stages import item_table as stage
from forecastlab.stages.customers import OWN, WHY, day_of
from forecastlab.stages.item_lists import ItemAsk, ItemLists, lists, popular

FRAMES = ("items", "customers", "held")
"""What a table holds that a method may see."""


def item_table_job(job: TableJob) -> Path:
    """Build and keep the items of one fold, and what is most popular: returns the folder."""
    target = job.target
    assert isinstance(target, ItemTarget)

    def write(folder: Path) -> None:
        built = stage.build(job.log, job.segmenter, job.fold, target)
        for name in FRAMES:
            getattr(built, name).to_parquet(folder / f"{name}.parquet")
        cutoff, window = day_of(job.fold.cutoff), stage.window_of(target)
        facts = {"account": built.account, "cutoff": cutoff, "window": window, "offer": asdict(target.offer)}
        (folder / "table.json").write_text(json.dumps(facts), encoding="utf-8")
        popular(read_ask(folder)).to_parquet(folder / "popular.parquet")
        stage.truth(job.log, job.fold, target, built).to_parquet(folder / "truth.parquet")

    return Store(job.root).keep(TABLE, job.key, write, {"cutoff": str(job.fold.cutoff.date())})


def read_ask(folder: Path) -> ItemAsk:
    """What a method may see, and of whom lists are asked. What happened lies in another file."""
    items, customers, held = (pd.read_parquet(folder / f"{name}.parquet") for name in FRAMES)
    facts = read_facts(folder)
    past = stage.past_of(stage.ItemTable(items, customers, held, {}), facts["cutoff"], facts["window"])
    return ItemAsk(past, np.flatnonzero(customers[WHY].to_numpy() == ""), Offer(**facts["offer"]))


def item_score_job(job: ScoreJob) -> Path:
    """Learn, ask and keep: returns the folder with a file of lists and of rules per fold, and the cost."""
    model = job.model
    assert isinstance(model, ItemModel)

    def write(folder: Path) -> None:
        start = time.process_time()
        found = lists(model, [read_ask(table) for table in job.tables])
        seconds = time.process_time() - start
        for i, each in enumerate(found):
            each.frame.to_parquet(folder / f"lists-{i}.parquet")
            each.rules.to_parquet(folder / f"rules-{i}.parquet")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        (folder / "cost.json").write_text(json.dumps({"seconds": seconds, "peak_mb": peak}), encoding="utf-8")

    about = {"model": job.name, "cutoffs": [str(fold.cutoff.date()) for fold in job.folds]}
    return Store(job.root).keep(job.stage, job.key, write, about)


def read_lists(folder: Path, n: int) -> list[tuple[ItemLists, Cost]]:
    """The answers to the ``n`` folds of a job, and the share of its cost that each had."""
    cost = json.loads((folder / "cost.json").read_text(encoding="utf-8"))
    both = [[pd.read_parquet(folder / f"{name}-{i}.parquet") for name in ("lists", "rules")] for i in range(n)]
    return [(ItemLists(*each), Cost(cost["seconds"] / n, cost["peak_mb"])) for each in both]


def judged(found: ItemLists, folder: Path, fold: Fold) -> pd.DataFrame:
    """Lists beside what was bought, one row per item on a list, in the columns of every run and four more.

    ``y`` is 1 for what was bought, ``item`` and ``because`` are in words, ``rank``, ``wanted`` and ``popular`` as in
    ``Listed``. Items that were not on sale before the cutoff count nowhere.
    """
    items, customers, held = (pd.read_parquet(folder / f"{name}.parquet") for name in FRAMES)
    bought = _keys(pd.read_parquet(folder / "truth.parquet"), len(items))
    if read_facts(folder)["offer"]["only"] == "new":
        bought = np.setdiff1d(bought, _keys(held, len(items)))
    wanted = np.bincount(bought // len(items), minlength=len(customers))
    rows = found.frame
    usual = pd.read_parquet(folder / "popular.parquet")
    usual = usual.assign(popular=np.isin(_keys(usual, len(items)), bought).astype(float))
    rows = rows.merge(usual[["buyer", "rank", "popular"]], on=["buyer", "rank"], how="left", validate="one_to_one")
    buyer = rows["buyer"].to_numpy()
    why = np.append(found.rules["antecedent"].to_numpy(dtype=object), "")  # place -1: no rule
    fixed: dict[str, Any] = {
        names.SERIES: customers[CUSTOMER].to_numpy(dtype=object)[buyer],
        names.SEGMENT: customers[SEGMENT].to_numpy(dtype=object)[buyer],
        names.LEVEL: OWN,
        names.CUTOFF: fold.cutoff,
        names.DS: fold.end,
        names.STEP: 1,
        "role": fold.role,
        "item": items["item"].to_numpy(dtype=object)[rows["item"].to_numpy()],
        "because": why[rows["because"].to_numpy()],
        names.Y: np.isin(_keys(rows, len(items)), bought).astype(float),
        "wanted": wanted[buyer],
        "mae_scale": np.nan,
        "mse_scale": np.nan,
        "naive2": np.nan,
        "base": rows["yhat"],
    }
    return rows.assign(**fixed).drop(columns="buyer")


def _keys(frame: pd.DataFrame, n: int) -> np.ndarray:
    """A number for each row: its customer and its item, of ``n``."""
    buyer, item = (frame[column].to_numpy(dtype=np.int64) for column in ("buyer", "item"))
    return np.asarray(buyer * n + item)
