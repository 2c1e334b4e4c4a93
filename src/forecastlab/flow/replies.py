"""What the members of a method answer: kept or computed answers, joined and told when a worker was lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from forecastlab.cache.store import Store
from forecastlab.executor import WorkerLost
from forecastlab.flow import entries, jobs
from forecastlab.flow.experiment import Experiment
from forecastlab.flow.jobs import Cost, ForecastJob
from forecastlab.flow.prepare import Prepared
from forecastlab.flow.work import missing_of, wanted_of
from forecastlab.schema import Executor, ForecastlabError
from forecastlab.stages.forecast import Answer, joined


@dataclass(frozen=True)
class Reply:
    """What one member answers to one fold; no answer where it failed."""

    answer: Answer | None
    cost: Cost
    reason: str = ""


def replies_of(
    experiment: Experiment, prepared: Prepared, panels: Sequence[Path], store: Store, executor: Executor
) -> Iterator[dict[str, Reply]]:
    """What every member answers to each fold. All jobs go out as one stream and come back in the same order."""
    wanted = wanted_of(experiment, prepared, panels, store)
    missing = missing_of(wanted, store)
    outcomes = executor.map(jobs.forecast_job, list(missing.values()))
    for folds, members in wanted:
        replies = {}
        for name, parts in members.items():
            pieces = []
            for job in parts:
                found = next(outcomes) if missing.pop(job.key, None) else store.find(job.stage, job.key)
                pieces.append(_read(job, found, executor))
            replies[name] = [_joined([piece[i] for piece in pieces]) for i in range(folds)]
        for i in range(folds):
            yield {name: of_member[i] for name, of_member in replies.items()}


def _read(job: ForecastJob, outcome: Path | Exception | None, executor: Executor) -> list[Reply]:
    """The replies of one job to its folds. A local job that lost its worker is halved until the culprit is alone."""
    n = len(job.folds)
    if isinstance(outcome, Path):
        answers, cost = jobs.read_answers(outcome, n)
        return [Reply(answer, Cost(cost.seconds / n, cost.peak_mb)) for answer in answers]
    if isinstance(outcome, ForecastlabError):
        raise outcome
    reason = f"{type(outcome).__name__}: {outcome}"
    if not isinstance(outcome, WorkerLost) or not job.model.local:
        return [Reply(None, Cost(0.0, 0.0), reason)] * n
    first, last = job.rows or (0, entries.size(job.panels[0], job.where))
    if last - first == 1:
        return [Reply(answer, Cost(0.0, 0.0)) for answer in jobs.lost_job(job, reason)]
    middle = (first + last) // 2
    halves = [job.part((first, middle)), job.part((middle, last))]
    replies = [
        _read(half, found, executor)
        for half, found in zip(halves, executor.map(jobs.forecast_job, halves), strict=True)
    ]
    return [_joined([reply[i] for reply in replies]) for i in range(n)]


def _joined(parts: Sequence[Reply]) -> Reply:
    """The replies for some of the series each, as one; a part that failed fails the whole."""
    if len(parts) == 1:
        return parts[0]
    cost = Cost(sum(part.cost.seconds for part in parts), max(part.cost.peak_mb for part in parts))
    answers = [part.answer for part in parts if part.answer is not None]
    if len(answers) < len(parts):
        return Reply(None, cost, next(part.reason for part in parts if part.answer is None))
    return Reply(joined(answers), cost)
