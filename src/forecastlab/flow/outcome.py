"""What a run comes to: forecasts, scores, failures and their cost, in memory and as files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab.flow.run import FoldResult
from forecastlab.schema import Metric, written
from forecastlab.schema.names import SELECT, TEST
from forecastlab.stages.score import score, score_before

FRAMES = ("forecasts", "scores", "failures", "composition", "migration", "effects", "what_if")


@dataclass(frozen=True)
class Facts:
    """What a run says of itself beside its frames.

    ``folds`` maps a role to ``[n_ok, n]``; ``failed`` maps the cutoff of a failed fold to its reason, ``failed_roles``
    to its role; ``account`` maps what became of the rows before the last cutoff to rows and cents; ``aside`` maps
    series that were set aside before any fit to the reason; ``seconds`` are CPU seconds of fitting and predicting when
    that was last computed; ``data`` says what was read of the source, dropped and noted; ``notes`` say what a reader
    must know to take the figures for what they are.
    """

    name: str
    key: str
    choices: dict[str, str]
    overrides: list[str]
    oracle: bool
    folds: dict[str, list[int]]
    failed: dict[str, str]
    failed_roles: dict[str, str]
    sources: dict[str, int]
    quantile_sources: dict[str, int]
    n_fallback: int
    n_clipped: int
    seconds: float
    peak_mb: float
    season: int
    account: dict[str, list[int]]
    aside: dict[str, str]
    data: dict[str, Any]
    notes: list[str]


@dataclass(frozen=True)
class Outcome:
    """One finished run. ``effects`` and ``what_if`` are those of the last fold (see ``FoldResult``)."""

    facts: Facts
    forecasts: pd.DataFrame
    scores: pd.DataFrame
    failures: pd.DataFrame
    composition: pd.DataFrame
    migration: pd.DataFrame
    effects: pd.DataFrame
    what_if: pd.DataFrame

    @property
    def complete(self) -> bool:
        """Whether every fold was answered."""
        return not self.facts.failed

    @property
    def of(self) -> str:
        """What is foretold: ``series``, or of customers ``event``, ``amount`` or ``wait``; a run kept long ago tells
        nothing of it."""
        return str(self.facts.data.get("of", ""))

    def write(self, folder: Path) -> None:
        """Write frames and facts into a folder."""
        for name in FRAMES:
            getattr(self, name).to_parquet(folder / f"{name}.parquet")
        (folder / "run.json").write_text(json.dumps(asdict(self.facts), indent=2), encoding="utf-8")

    @staticmethod
    def read(folder: Path) -> Outcome:
        """Read what ``write`` wrote."""
        return Outcome(read_facts(folder), **{name: pd.read_parquet(folder / f"{name}.parquet") for name in FRAMES})


def read_facts(folder: Path) -> Facts:
    """The facts of a run; one that was kept by an earlier version tells nothing of its data."""
    return Facts(**{"data": {}, **json.loads((folder / "run.json").read_text(encoding="utf-8"))})


def gather(
    results: Sequence[FoldResult],
    metrics: Mapping[str, Metric],
    composition: pd.DataFrame,
    migration: pd.DataFrame,
    **said: Any,
) -> Outcome:
    """The outcome of a run from the results of all its folds."""
    frames = [result.frame for result in results if result.frame is not None]
    forecasts = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    meant = Counter(result.fold.role for result in results)
    answered = Counter(result.fold.role for result in results if result.frame is not None)
    ledgers = [result.failures for result in results]
    failures = pd.concat([frame for frame in ledgers if len(frame)] or ledgers[:1], ignore_index=True)
    facts = Facts(
        folds={role: [answered[role], meant[role]] for role in (SELECT, TEST)},
        failed={written(result.fold.cutoff): result.reason for result in results if result.frame is None},
        failed_roles={written(result.fold.cutoff): result.fold.role for result in results if result.frame is None},
        sources=_counts(forecasts, "source"),
        quantile_sources=_counts(forecasts, "q_source"),
        n_fallback=len(failures),
        n_clipped=sum(result.clipped for result in results),
        seconds=sum(result.cost.seconds for result in results),
        peak_mb=max(result.cost.peak_mb for result in results),
        account={where: list(amount) for where, amount in results[-1].account.items()},
        aside={name: why for result in results for name, why in result.aside.items()},
        notes=list(dict.fromkeys(note for result in results for note in result.notes)),
        **said,
    )
    scores = pd.DataFrame()
    if frames:
        kept = [score(forecasts, metrics, meant), score_before(forecasts, metrics, meant)]
        scores = pd.concat([frame for frame in kept if len(frame)], ignore_index=True)
    last = results[-1]
    return Outcome(facts, forecasts, scores, failures, composition, migration, last.effects, last.what_if)


def _counts(frame: pd.DataFrame, column: str) -> dict[str, int]:
    return {str(k): int(v) for k, v in frame[column].value_counts().items()} if column in frame else {}
