"""What a reviewer finds of a search in MLflow: trials named by what they tried, notes in words, and a saved view."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from typing import Any

from forecastlab.task.naming import slug
from forecastlab.task.optimism import Optimism
from forecastlab.task.study_page import COLOURS
from forecastlab.tracking.views import Column, Section, View
from forecastlab.tuning.space import Params, Space, Trial, front

MOST = 10
"""Trials, values or failures that are listed; all are in trials.csv."""

WIDE = 100
"""Characters of a trial's name."""

ENDS = {"done": "done", "pruned": "given up, others did better on the same folds", "failed": "failed"}


def name(trial: Trial) -> str:
    """A trial by its number and what it tried: ``trial 007 depth=8 rate=0.1``, not longer than a column is wide."""
    return textwrap.shorten(f"{number(trial)} {values(trial.params)}", WIDE, placeholder=" …")


def number(trial: Trial) -> str:
    """A trial by its number."""
    return f"trial {trial.index:03d}"


def values(params: Params) -> str:
    """Values as words, without the dots before a key where that leaves no doubt."""
    last = [key.rpartition(".")[2] for key in params]
    short = [end if last.count(end) == 1 else key for key, end in zip(params, last, strict=True)]
    return " ".join(f"{key}={_value(value)}" for key, value in zip(short, params.values(), strict=True))


def looks(trial: Trial, objectives: Sequence[str]) -> dict[str, str]:
    """The tags by which the pages show a trial: its note in Markdown, and its colour in charts."""
    told = "; ".join(f"{goal} {value:.5g}" for goal, value in zip(objectives, trial.values, strict=False))
    folds = ", ".join(f"{loss:.5g}" for loss in trial.losses)
    parts = [
        f"**{number(trial).capitalize()}: {told or ENDS[trial.state]}**{' (less is better)' if told else ''}",
        trial.reason,
        f"The loss over the folds so far, fold by fold: {folds}" if folds else "",
        "Trials see the selection folds only: which values are best is judged once, by the study's leaderboard.",
    ]
    note = "\n\n".join(part for part in parts if part)
    return {"mlflow.note.content": note, "mlflow.runColor": COLOURS[trial.index % len(COLOURS)]}


def search_note(
    title: str, label: str, trials: Sequence[Trial], objectives: Sequence[str], luck: Optimism | None
) -> str:
    """A search in Markdown: its best trials, what its gain is worth, and where the rest is."""
    done = sorted((trial for trial in trials if trial.state == "done"), key=lambda trial: (trial.values, trial.index))
    lines = [f"- {line}" for line in (luck.lines() if luck is not None else [])]
    failed = [trial for trial in trials if trial.state == "failed"][:MOST]
    lines += [f"- {number(trial)} failed: {trial.reason}" for trial in failed]
    if len(objectives) > 1:
        names = ", ".join(map(number, front(trials)))
        lines.append(f"- trials that nothing beats in {', '.join(objectives)}: {names}")
    view = f"#/experiments/⟨study⟩/runs?workflowType=machine_learning&viewStateShareKey={_view(label)}"
    parts = [
        f"[All trials, the best first]({view}) · pictures: plots/search.html · as a table: trials.csv",
        f"**{title.capitalize()}: {_winner(done, objectives)}.**",
        _best(done[:MOST], objectives, len(done)),
        "\n".join(lines),
        "Trials see the selection folds only; the winner is judged once on the test folds, beside the default.",
    ]
    return "\n\n".join(part for part in parts if part)


def view(label: str, token: str, space: Space, objectives: Sequence[str]) -> View:
    """The trials of one search, the best first: what was tried, what it came to, and both side by side."""
    keys = [dimension.key for dimension in space][:MOST]
    final = [f"final.{objective}" for objective in objectives]
    columns = [*(Column("metrics", each) for each in final), *(Column("params", key, 150) for key in keys)]
    columns += [Column("tags", "forecastlab.state", 150), Column("metrics", "seconds")]
    sections = [
        Section("Values and loss: less is better", parallel=(keys, final)),
        Section("Loss over the folds so far: less is better", final, ["loss"]),
    ]
    wanted = f"tags.kind = 'trial' and tags.`forecastlab.search` = '{token}'"
    return View(_view(label), f"Search {label}".strip(), columns, Column("metrics", final[0]), True, wanted, sections)


def _view(label: str) -> str:
    return f"search-{slug(label)}" if label else "search"


def _winner(done: Sequence[Trial], objectives: Sequence[str]) -> str:
    if not done:
        return "no trial was finished"
    return f"{number(done[0])} did best, {objectives[0]} {done[0].value:.5g} with {values(done[0].params)}"


def _best(done: Sequence[Trial], objectives: Sequence[str], among: int) -> str:
    if not done:
        return ""
    rows = [
        f"| {number(trial)} | {' | '.join(f'{value:.5g}' for value in trial.values)} | {_cell(trial)} |"
        for trial in done
    ]
    head = f"| | {' | '.join(objectives)} | values |\n|---|{'---|' * len(objectives)}---|"
    more = f"the best {len(done)} of {among}" if among > len(done) else f"{among}"
    return f"### Best trials\n\n{head}\n" + "\n".join(rows) + f"\n\nFinished trials: {more}; less is better."


def _cell(trial: Trial) -> str:
    return values(trial.params).replace("|", "\\|")


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return value if isinstance(value, str) else json.dumps(value)
