"""What a profile leaves in the tracking store: its figures, its tables, and the page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from forecastlab.flow.profiled import Profiled
from forecastlab.recipe import Recipe
from forecastlab.stages.profiling.told import Told
from forecastlab.task import record as recording
from forecastlab.task.data_gate import Verdict, percent, worst

QUESTION = "How good is the data of {name}, and who are its customers? One run per profile."
PARAMS = ("dataset", "segmentation", "quality", "profile")
"""Sections of the config that a profile reads."""


def record(
    recipe: Recipe,
    name: str,
    found: Profiled,
    looks: Mapping[str, Told],
    verdict: Verdict | None,
    page: Path,
    tables: Path,
) -> None:
    """One finished run in a study of its own; what the store cannot take now waits for ``sync``."""
    study = recipe.tracking.open(f"profile {name}", QUESTION.format(name=name))
    asked = {key: value for key, value in recipe.plain.items() if key in PARAMS}
    tags = recording.tags(found.fingerprint, found.key, "profile")
    run = study.start(f"profile {name}", None, tags, recording.params(asked))
    run.metrics(figures(looks))
    if verdict is not None:
        verdict.log(run)
    facts = found.log.facts
    run.dataset(
        name,
        found.fingerprint[:32],
        f"{facts.kind} {facts.first_day} to {facts.last_day}",
        dict.fromkeys(facts.dimensions, "str"),
        {"rows": facts.ledger.rows_used, "money": facts.ledger.cents_used / 100},
        "profile",
    )
    run.note(note(name, looks, verdict))
    run.artifact(page, None)
    for path in sorted(tables.glob("*.csv")):
        run.artifact(path, "tables")
    run.finish("FINISHED")


def figures(looks: Mapping[str, Told]) -> dict[str, float]:
    """All figures by look, without those that are not known."""
    found = {f"{look}.{name}": value for look, told in looks.items() for name, value in told.figures.items()}
    return {name: float(value) for name, value in found.items() if math.isfinite(value)}


def note(name: str, looks: Mapping[str, Told], verdict: Verdict | None) -> str:
    """The run in Markdown: the shares, what costs most, and where the rest stands."""
    quality = looks["quality"]
    shares = quality.tables["shares"]
    lines = [f"## {name}", "", "| share | |", "|---|---|"]
    lines += [f"| {key} | {percent(share)} |" for key, share in zip(shares["dimension"], shares["share"], strict=True)]
    lines += [f"| **accuracy** | **{percent(quality.figures['accuracy'])}** |", ""]
    lines += [f"**{verdict.words}**", ""] if verdict is not None else []
    lines += [f"- {fault}" for fault in worst(quality.tables["faults"])]
    lines.append("\nThe page and its tables are among the artifacts; customers stand under pseudonyms.")
    return "\n".join(lines)
