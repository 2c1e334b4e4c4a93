"""What a study and its runs leave in the tracking store, named so that a reviewer finds it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab import __version__
from forecastlab.cache import identity
from forecastlab.flow.outcome import Outcome
from forecastlab.flow.prepare import Prepared
from forecastlab.schema import Executor, names
from forecastlab.task import figures, product_lists, run_note, study_page, study_views
from forecastlab.task.board import Board
from forecastlab.task.privacy import veiled
from forecastlab.task.studies import write_recipe
from forecastlab.task.study_page import Scenery
from forecastlab.tracking.tracker import Run


def params(values: Mapping[str, Any]) -> dict[str, Any]:
    """The composed config as flat dotted keys."""
    return dict(_flat(values, ""))


def tags(fingerprint: str, key: str, kind: str = "method") -> dict[str, str]:
    """What a result can be traced back by: its identity, the code, the data, the libraries."""
    found = {
        "kind": kind,
        "forecastlab.key": key,
        "forecastlab.version": __version__,
        "forecastlab.data": fingerprint,
        **_git(),
    }
    libraries = ", ".join(f"{name} {version}" for name, version in identity.versions().items())
    return found | {"forecastlab.libraries": libraries}


@dataclass(frozen=True)
class DrawJob:
    """Some of the pictures of a run, for one worker to draw."""

    source: Path
    target: Path
    unit: str
    share: tuple[int, int]


def draw_job(job: DrawJob) -> list[Path]:
    """Draw pictures from the files of a run; the paths."""
    from forecastlab.stages.plots.save import save_all  # matplotlib comes with it

    outcome = Outcome.read(job.source)
    nothing = pd.DataFrame()  # segments are the same for all methods: the study shows them, once
    return save_all(
        job.target,
        outcome.forecasts,
        outcome.scores,
        nothing,
        nothing,
        outcome.facts.name,
        job.unit,
        job.share,
        outcome.of,
    )


def log(run: Run, outcome: Outcome, prepared: Prepared, recipe: Mapping[str, Any], executor: Executor) -> None:
    """Write one run: figures, forecasts, scores, failures, config and plots. Plots are drawn by the executor.

    Customers leave under pseudonyms, unless the config says that their ids may. Raises EnvironmentFault without a key.
    """
    if recipe.get("privacy") == "pseudonym":
        outcome = veiled(outcome, Path(recipe["root"]))
    run.metrics(figures.readable(figures.metrics(outcome)))
    for step, values in figures.by_fold(outcome):
        run.metrics(figures.readable(values), step)
    facts = prepared.log.facts
    run.dataset(
        outcome.facts.choices.get("dataset", "data"),
        prepared.fingerprint[:32],
        f"{facts.kind} {facts.first_day} to {facts.last_day}",
        dict.fromkeys(facts.dimensions, "str"),
        {"rows": facts.ledger.rows_used, "money": facts.ledger.cents_used / 100},
        "backtest",
    )
    run.note(run_note.note(outcome, prepared, recipe))
    if outcome.facts.notes:
        run.tags({"forecastlab.notes": "; ".join(outcome.facts.notes)})
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        folder, pictures = Path(place, "run"), Path(place, "plots")
        folder.mkdir()
        pictures.mkdir()
        outcome.write(folder)
        write_recipe(recipe, folder)
        _write_for_readers(outcome, folder)
        for path in sorted(folder.iterdir()):
            run.artifact(path, None)
        unit = prepared.log.facts.unit
        for drawn in executor.map(draw_job, [DrawJob(folder, pictures, unit, (i, SHARES)) for i in range(SHARES)]):
            for path in drawn if isinstance(drawn, list) else []:
                run.artifact(path, "plots")
            if isinstance(drawn, Exception):
                run.tags({"forecastlab.plots_failed": f"{type(drawn).__name__}: {drawn}"})


def _write_for_readers(outcome: Outcome, folder: Path) -> None:
    """What was learned of drivers and what would be otherwise, as tables that can be looked at in the browser."""
    if product_lists.has_lists(outcome):
        product_lists.write(outcome, folder)
    elif len(outcome.effects) and figures.headline_name(outcome) == "customers":
        outcome.effects.to_csv(folder / "customers.csv", index=False)
    elif len(outcome.effects):
        outcome.effects.to_csv(folder / "coefficients.csv", index=False)
    if len(outcome.what_if):
        sums = outcome.what_if.groupby(["scenario", names.SERIES], sort=False)[[names.YHAT, "base"]].sum()
        sums["change"] = sums[names.YHAT] / sums["base"] - 1
        sums.reset_index().to_csv(folder / "what_if.csv", index=False)


SHARES = 2
"""Jobs that the pictures of a run are drawn in."""


def log_study(
    run: Run, table: Board, outcomes: Mapping[str, Outcome], question: str, folder: Path, scene: Scenery | None
) -> None:
    """Write what a study comes to: verdict, leaderboard, comparison, their picture, and each segmentation's own.

    With its scenery the study's own page is written too, with the views of its runs.
    """
    from forecastlab.stages.plots.leaderboard import leaderboard_plot
    from forecastlab.stages.plots.save import save, save_all

    if table.metric == "wape":
        save(leaderboard_plot(table.table), folder / "leaderboard.png")
    for path in sorted(path for path in folder.iterdir() if path.suffix in (".png", ".html")):
        run.artifact(path, None)
    _log_tables(run, folder)
    if scene is not None:
        keys = {name: outcome.facts.key for name, outcome in outcomes.items()}
        words = study_page.page(question, table, scene, keys, folder)
        run.note(words)
        run.present(words, study_views.views(table, scene.metrics), study_page.words(table, keys))
    nothing = pd.DataFrame()
    for name, outcome in {
        outcome.facts.choices.get("segmentation", "segments"): outcome for outcome in outcomes.values()
    }.items():
        with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
            for path in save_all(Path(place), nothing, nothing, outcome.composition, outcome.migration, name):
                run.artifact(path, f"segments/{name}")


def _log_tables(run: Run, folder: Path) -> None:
    """The study's tables with figures that can be read; whole ones stay in the folder."""
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        for path in sorted(path for path in folder.glob("*.csv") if path.read_text(encoding="utf-8").strip()):
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
            rounded = Path(place, path.name)
            table.apply(figures.readable_column).to_csv(rounded, index=False)
            run.artifact(rounded, None)


def _flat(node: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping) and node:
        for key, value in node.items():
            yield from _flat(value, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, node


def _git() -> dict[str, str]:
    """The commit that is checked out here and whether it was changed; nothing outside a checkout."""
    try:
        commit = _ask("rev-parse", "HEAD")
        changed = _ask("status", "--porcelain")
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"forecastlab.git.commit": commit, "forecastlab.git.dirty": str(bool(changed)).lower()}


def _ask(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=True, timeout=5)
    return done.stdout.strip()
