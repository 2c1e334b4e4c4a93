"""Why a method was registered, in words for whoever has to decide."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from forecastlab.bundle.contents import About
from forecastlab.flow.outcome import Outcome
from forecastlab.stages.ranking import MORE_IS_BETTER, change, figure
from forecastlab.task.board import Board


def why(about: About, outcome: Outcome, table: Board, data: str) -> str:
    """Markdown: what it is, what it came to on which folds, what it beat and by how much, on which data."""
    rows = table.table.to_dict("records")
    place = next(i for i, row in enumerate(rows) if row["method"] == about.name)
    mine = {str(name): value for name, value in rows[place].items()}
    select, test = (figure(table.metric, mine[f"{table.metric}.{role}"]) for role in ("select", "test"))
    ok, n = outcome.facts.folds.get("test", [0, 0])
    lines = [
        f"{about.name} of study {about.study}: {_place(table, place)}.",
        "",
        f"- {table.metric.upper()} of the {table.level}: {select} on the {mine['n_origins']} folds that chose it,"
        f" {test} on {ok} of {n} later test folds that only confirm",
        f"- against the baseline {table.baseline}: {_against(mine, table)}",
        *_beaten(table, place),
        f"- {_foretells(about, outcome)} {about.horizon} periods of {about.freq};"
        f" fitted to all data up to {about.cutoff}",
    ]
    if outcome.facts.n_fallback:
        things = "series and folds" if about.asks == "series" else "customers and folds"
        other = "seasonal naive" if about.asks == "series" else "the mean of what was learned from"
        lines.append(f"- {outcome.facts.n_fallback} {things} of the backtest fell back to {other}")
    lines += [f"- {note}" for note in outcome.facts.notes]
    return "\n".join([*lines, "", "Data:", "", data])


def _foretells(about: About, outcome: Outcome) -> str:
    if about.asks == "series":
        return "foretells"
    return f"gives every customer who is asked a score for {outcome.facts.choices.get('target', 'what comes')} within"


def _place(table: Board, place: int) -> str:
    methods = [str(name) for name in table.table["method"]]
    if len(methods) == 1:
        return "the only method that was run, so nothing was beaten"
    if place:
        return f"number {place + 1} of {len(methods)} methods; {methods[0]} was first, this one was asked for by name"
    return f"first of {len(methods)} methods; {table.verdict()}"


def _against(mine: Mapping[str, Any], table: Board) -> str:
    if mine["evidence"] == "baseline":
        return "it is the baseline itself"
    gap = mine["lo"], mine["diff"], mine["hi"]
    gap = tuple(-value for value in reversed(gap)) if table.metric in MORE_IS_BETTER else gap  # losses: of 1 - measure
    low, middle, high = (change(table.metric, value) for value in gap)
    interval = "" if math.isnan(mine["lo"]) else f" [{low}, {high}]"
    unit = " points" if table.metric == "wape" else ""
    return f"{middle}{interval}{unit}, {mine['evidence']}"


def _beaten(table: Board, place: int) -> list[str]:
    behind = table.table.to_dict("records")[place + 1 :]
    if not behind:
        return []
    told = []
    for row in behind[:5]:
        tied = ", cannot be told apart" if row["tied_with_best"] and not place else ""
        told.append(f"{row['method']} ({figure(table.metric, row[f'{table.metric}.select'])}{tied})")
    return [f"- it stands before {', '.join(told)}{f' and {len(behind) - 5} more' if len(behind) > 5 else ''}"]
