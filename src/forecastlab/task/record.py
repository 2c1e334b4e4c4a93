"""What a study and its runs leave in the tracking store, named so that a reviewer finds it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab import __version__
from forecastlab.cache import identity
from forecastlab.flow.outcome import Outcome
from forecastlab.flow.prepare import Prepared
from forecastlab.schema import Executor, names
from forecastlab.schema.names import SELECT, TEST, TOTAL
from forecastlab.stages.customers import OWN
from forecastlab.stages.ranking import USUALS
from forecastlab.task import about
from forecastlab.task.board import Board
from forecastlab.task.losses import segment_level
from forecastlab.task.privacy import veiled
from forecastlab.task.studies import write_recipe
from forecastlab.tracking.tracker import Run

BY_FOLD = ("wape", "mase", "coverage80", "auc", "brier", "rmse", "gini")
"""Metrics that are also logged per fold, with the fold as step, so that a chart can be drawn."""


def params(values: Mapping[str, Any]) -> dict[str, Any]:
    """The composed config as flat dotted keys."""
    return dict(_flat(values, ""))


def tags(prepared: Prepared, outcome_key: str) -> dict[str, str]:
    """What a result can be traced back by: its identity, the code, the data, the libraries."""
    found = {
        "forecastlab.key": outcome_key,
        "forecastlab.version": __version__,
        "forecastlab.data": prepared.fingerprint,
        **_git(),
    }
    return found | {f"forecastlab.library.{name}": version for name, version in identity.versions().items()}


def metrics(outcome: Outcome) -> dict[str, float]:
    """The figures of a run: ``wape.select`` of the total, of each level, and of each segment; counts and cost.

    Scores of a run that saw what the drivers came to be stand under ``oracle.`` and nowhere else.
    """
    facts = outcome.facts
    found = {f"n_ok.{role}": float(ok) for role, (ok, _) in facts.folds.items()}
    found |= {
        "n_failed": float(len(facts.failed)),
        "n_fallback": float(facts.n_fallback),
        "n_clipped": float(facts.n_clipped),
        "seconds": facts.seconds,
        "peak_mb": facts.peak_mb,
    }
    if not len(outcome.scores):
        return found
    whole = outcome.scores[(outcome.scores[names.STEP] == 0) & outcome.scores[names.CUTOFF].isna()]
    headline, segmented = headline_level(outcome), segment_level([outcome])
    for metric, role, level, segment, value in whole[_FIGURE].itertuples(index=False, name=None):
        name = f"{prefix(facts.oracle)}{metric}.{role}"
        if segment and level == segmented:
            found[f"{name}.segment.{segment}"] = value
        elif not segment:
            found[name if level == headline else f"{name}.level.{level}"] = value
    return found


def prefix(oracle: bool) -> str:
    """What stands before the name of a score."""
    return "oracle." if oracle else ""


_FIGURE = ["metric", "role", names.LEVEL, names.SEGMENT, "value"]


def headline_level(outcome: Outcome) -> str:
    """The level that metrics without a suffix speak of: the total, or the only level of a ready-made panel."""
    levels = set(outcome.scores[names.LEVEL])
    return TOTAL if TOTAL in levels else sorted(levels)[0]


def fold_metrics(outcome: Outcome) -> Iterator[tuple[int, dict[str, float]]]:
    """Per fold in order of time: the fold's number and the headline figures of that fold."""
    if not len(outcome.scores):
        return
    rows = outcome.scores[
        outcome.scores[names.CUTOFF].notna()
        & outcome.scores["metric"].isin(BY_FOLD)
        & (outcome.scores[names.LEVEL] == headline_level(outcome))
    ]
    for i, (_, fold) in enumerate(rows.groupby(names.CUTOFF, sort=True)):
        figures = zip(fold["metric"], fold["value"].astype(float), strict=True)
        yield i, {f"{prefix(outcome.facts.oracle)}{metric}.by_fold": value for metric, value in figures}


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
        job.target, outcome.forecasts, outcome.scores, nothing, nothing, outcome.facts.name, job.unit, job.share
    )


def log(run: Run, outcome: Outcome, prepared: Prepared, recipe: Mapping[str, Any], executor: Executor) -> None:
    """Write one run: figures, forecasts, scores, failures, config and plots. Plots are drawn by the executor.

    Customers leave under pseudonyms, unless the config says that their ids may. Raises EnvironmentFault without a key.
    """
    if recipe.get("privacy") == "pseudonym":
        outcome = veiled(outcome, Path(recipe["root"]))
    run.metrics(metrics(outcome))
    for step, values in fold_metrics(outcome):
        run.metrics(values, step)
    facts = prepared.log.facts
    run.dataset(
        outcome.facts.choices.get("dataset", "data"),
        prepared.fingerprint[:32],
        f"{facts.kind} {facts.first_day} to {facts.last_day}",
        dict.fromkeys(facts.dimensions, "str"),
        {"rows": facts.ledger.rows_used, "money": facts.ledger.cents_used / 100},
        "backtest",
    )
    run.note(note(outcome, prepared))
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
    if len(outcome.effects):
        outcome.effects.to_csv(folder / "coefficients.csv", index=False)
    if len(outcome.what_if):
        sums = outcome.what_if.groupby(["scenario", names.SERIES], sort=False)[[names.YHAT, "base"]].sum()
        sums["change"] = sums[names.YHAT] / sums["base"] - 1
        sums.reset_index().to_csv(folder / "what_if.csv", index=False)


SHARES = 2
"""Jobs that the pictures of a run are drawn in."""


def log_study(run: Run, table: Board, outcomes: Iterable[Outcome], question: str, folder: Path) -> None:
    """Write what a study comes to: verdict, leaderboard, comparison, their picture, and each segmentation's own."""
    from forecastlab.stages.plots.leaderboard import leaderboard_plot
    from forecastlab.stages.plots.save import save, save_all

    run.note("\n\n".join(part for part in (question, f"**{table.verdict()}.**", *table.notes) if part))
    for path in sorted(folder.glob("*.csv")):
        run.artifact(path, None)
    if table.metric == "wape":
        run.artifact(save(leaderboard_plot(table.table), folder / "leaderboard.png"), None)
    nothing = pd.DataFrame()
    for name, outcome in {
        outcome.facts.choices.get("segmentation", "segments"): outcome for outcome in outcomes
    }.items():
        with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
            for path in save_all(Path(place), nothing, nothing, outcome.composition, outcome.migration, name):
                run.artifact(path, f"segments/{name}")


def note(outcome: Outcome, prepared: Prepared) -> str:
    """What a reviewer reads at the top of the run's page."""
    facts = outcome.facts
    lines = [f"## {facts.name}", ""]
    if facts.oracle:
        lines += ["**Oracle: this method saw what the drivers came to be. It is no forecast.**", ""]
    for role, meaning in ((SELECT, "choosing may look at"), (TEST, "that only confirm")):
        ok, n = facts.folds.get(role, [0, 0])
        told = ", ".join(f"{metric.upper()} **{_figure(outcome, metric, role)}**" for metric in _headlines(outcome))
        lines.append(f"- of the {headline_name(outcome)} over the {n} folds {meaning}: {told} ({ok} of {n} answered)")
    if facts.n_fallback:
        lines.append(f"- {facts.n_fallback} series and folds fell back to seasonal naive: see failures.parquet")
    lines += [f"- {text}" for text in facts.notes]
    if facts.failed:
        lines.append(f"- failed folds: {'; '.join(f'{day}: {why}' for day, why in facts.failed.items())}")
    for scenario, change in _changes(outcome).items():
        lines.append(f"- what if {scenario}: {change:+.1%} of the {headline_name(outcome)} after the last cutoff")
    if len(outcome.effects):
        lines.append("- coefficients and elasticities with 95 % intervals: see coefficients.csv")
    if facts.season == 1:
        lines.append("- no season: the past is not longer than one season, so scales and seasonal naive are naive")
    things = "customers" if headline_name(outcome) == "customers" else "rows"
    lines.append(about.account(facts.account, prepared.log.facts.unit, things))
    if facts.aside:
        lines.append(f"- {len(facts.aside)} series were set aside before any fit: see run.json")
    return "\n".join([*lines, "", "### Data", "", about.data(prepared)])


def _changes(outcome: Outcome) -> dict[str, float]:
    """How much each assumption changes the headline level's forecast after the last cutoff."""
    if not len(outcome.what_if):
        return {}
    last = outcome.forecasts[outcome.forecasts[names.LEVEL] == headline_level(outcome)]
    rows = outcome.what_if[outcome.what_if[names.SERIES].isin(last[names.SERIES].unique())]
    sums = rows.groupby("scenario", sort=False)[[names.YHAT, "base"]].sum()
    return {str(name): float(row[names.YHAT] / row["base"] - 1) for name, row in sums.iterrows()}


def headline_name(outcome: Outcome) -> str:
    """The headline level in words."""
    level = headline_level(outcome) if len(outcome.scores) else ""
    return {TOTAL: "total", OWN: "customers"}.get(level, "series")


def _headlines(outcome: Outcome) -> list[str]:
    """The measures that a reviewer reads first."""
    if headline_name(outcome) != "customers":
        return ["wape"]
    there = set(outcome.scores["metric"])
    usual = [name for of in ("event", "amount") for name in (USUALS[of].metric, *USUALS[of].beside)]
    return [name for name in usual if name in there]


def _figure(outcome: Outcome, metric: str, role: str) -> str:
    value = metrics(outcome).get(f"{prefix(outcome.facts.oracle)}{metric}.{role}")
    if value is None or pd.isna(value):
        return "not scored"
    return f"{value:.1%}" if metric == "wape" else f"{value:.4g}"


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
