"""``tune``: search values on the selection folds, and judge the winner once on the test folds."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastlab.cache.store import Store
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.flow.trial import TrialJob, measured_job, selection, trial_job
from forecastlab.recipe import NOBODY, Recipe, Trusted
from forecastlab.recipe.space import Searchable
from forecastlab.schema import ConfigError, Fault, ForecastlabError, PartialError
from forecastlab.task import data_gate, run
from forecastlab.task.judge import Found, Judged, judge
from forecastlab.task.run import study_name
from forecastlab.task.same_search import check_same
from forecastlab.task.search_files import TRIALS
from forecastlab.task.search_record import SearchRecorder
from forecastlab.task.searches import Asked, searches
from forecastlab.task.studies import study_folder
from forecastlab.tuning import ledger
from forecastlab.tuning.space import Proposal, Trial, best


@dataclass(frozen=True)
class SearchesAsked:
    """These searches are to come, by the runs that they are of; one name, empty, where there is no sweep."""

    names: Sequence[str]


@dataclass(frozen=True)
class SearchBegins:
    """A search starts, or goes on after ``done`` trials; ``trials`` is how many there will be.

    ``name`` is the run that is searched, empty if it is the only one; ``budget`` says how trials came of seconds.
    """

    name: str
    trials: int
    done: int
    budget: Mapping[str, Any]


@dataclass(frozen=True)
class TrialEnds:
    """A trial is over; ``best`` is the best one so far, if any has finished all folds."""

    trial: Trial
    best: Trial | None


@dataclass(frozen=True)
class SearchEnds:
    """The search is over: its trials, the best of them, how its values are typed, and what was to be small."""

    trials: Sequence[Trial]
    best: Trial
    overrides: Sequence[str]
    objectives: Sequence[str]


Event = SearchesAsked | SearchBegins | TrialEnds | SearchEnds | Judged | run.Event


def tune(
    overrides: Sequence[str],
    folder: Path | None,
    allow_change: bool,
    trusted: Trusted = NOBODY,
    multirun: bool = False,
) -> Iterator[Event]:
    """Search, then run the default and the winner as a study of two; events come as things happen.

    With ``tuning.nested`` every run of a sweep has a search of its own, and all of them are then one study. Killed
    anywhere and started again it ends with the same trials. Raises ConfigError where a search was begun with another
    config, other data, code or libraries, unless ``allow_change``; DataError where the data fails its gate.
    """
    plan = searches(overrides, folder, multirun, trusted)
    yield SearchesAsked([asked.name for asked in plan.searches])
    found: list[Found] = []
    first = plan.searches[0].first
    for asked in plan.searches:
        data_gate.check(asked.first, Store(Path(first.settings.root) / "cache"))
    with ledger.coordinated(study_folder(Path(first.settings.root), study_name(first)).path):
        try:
            for asked in plan.searches:
                found.append((yield from _searched(asked, allow_change)))  # noqa: PERF401 (none for generators)
        except BaseException:
            for each in found:
                each.recorder.stop()
            raise
        yield from judge(found, plan.plain)


def _searched(asked: Asked, allow_change: bool) -> Generator[Event, None, Found]:
    """One search, begun or gone on with."""
    space, first, files = asked.space, asked.first, asked.files
    trials: list[Trial] = []
    objectives = len(first.tuning.objectives)
    with ledger.opened(first.tuning.storage, files.folder, asked.title, space.space, objectives) as kept:
        check_same(kept, first, space, allow_change)
        asked, budget = _afforded(kept, asked)
        space, first = asked.space, asked.first
        files.ask(asked.overrides, asked.folder, first.tuning.objectives, budget)
        trials = kept.trials()
        recorder = _recorder(kept, asked, files.folder)
        yield SearchBegins(asked.name, first.tuning.possible(space.space), len(trials), budget)
        try:
            recorder.note(trials)
            for trial in trials:
                _stop_at(trial, asked)
            for trial in _search(first, space, trials):
                kept.add(trial)
                trials.append(trial)
                recorder.note([trial])
                yield TrialEnds(trial, best(trials))
                _stop_at(trial, asked)
        except BaseException:
            recorder.stop()
            raise
        finally:
            files.write(trials, space.space, first.tuning.objectives, space.overrides)
    winner = best(trials)
    if winner is None:
        recorder.close(space.space, trials, [files.folder / TRIALS], None)
        what = f"none of the {len(trials)} trials was finished"
        raise ConfigError(Fault("no-winner", "tuning", what, "see the reasons of the failed trials"))
    yield SearchEnds(trials, winner, space.overrides(winner.params), first.tuning.objectives)
    return Found(asked, trials, winner, recorder)


def _stop_at(trial: Trial, asked: Asked) -> None:
    """Raise PartialError at a failed trial, now or when the search goes on, if it was asked to stop there."""
    if trial.state == "failed" and asked.first.tuning.fail_fast:
        fix = "mend it and type another study=…, or tuning.fail_fast=false to go on without it"
        raise PartialError(Fault("failed-trial", f"trial {trial.index}", trial.reason, fix))


def _afforded(kept: ledger.Ledger, asked: Asked) -> tuple[Asked, dict[str, Any]]:
    """The search with as many trials as its budget pays, and how that was found; it is measured once for all time."""
    search = asked.first.tuning
    if search.budget is None:
        return asked, {}
    seconds = kept.identity().get("seconds") or repr(_measured(asked))
    kept.identify({"seconds": seconds})
    trials = search.affordable(float(seconds))
    told = {"seconds": search.budget, "seconds_per_trial": float(seconds), "trials": trials}
    return dataclasses.replace(asked, space=asked.space.limited(trials)), told


def _measured(asked: Asked) -> float:
    """CPU seconds of a trial: that of the config's own values. Raises ConfigError if they cannot be tried."""
    first = asked.first
    store = Store(Path(first.settings.root) / "cache")
    job = _job(first, asked.space, 0, Proposal(asked.own, {}), (), store, {})
    try:
        (outcome,) = first.executor.map(measured_job, [job])
    finally:
        first.executor.close()
    trial = _finished(job, outcome)
    if trial.state != "done":
        raise ConfigError(Fault("failed-trial", "tuning.budget", trial.reason, "mend it, or type tuning.budget=null"))
    return trial.seconds


def _recorder(kept: ledger.Ledger, asked: Asked, folder: Path) -> SearchRecorder:
    first, space = asked.first, asked.space
    token = kept.identity().get("token")
    if token is None:
        token = secrets.token_hex(8)
        kept.identify({"token": token})
    search = {
        "tuning." + key: value
        for key, value in first.plain["tuning"].items()
        if key not in ("trials", "storage", "budget")
    }
    params = search | {f"space.{dimension.key}": str(dimension) for dimension in space.space}
    name, question = study_name(first), first.settings.question
    return SearchRecorder(first.tracking, name, question, folder, token, params, first.tuning.objectives, asked.name)


def _search(first: Recipe, space: Searchable, known: Sequence[Trial]) -> Iterator[Trial]:
    """The trials that are missing, batch by batch; proposals know the trials of earlier batches only."""
    search, store = first.tuning, Store(Path(first.settings.root) / "cache")
    done = {trial.index: trial for trial in known}
    prepared: dict[str, Prepared] = {}
    executor = first.executor
    try:
        for start in range(0, search.trials, search.batch):
            before = [done[i] for i in sorted(done) if i < start]
            wanted = [i for i in range(start, min(start + search.batch, search.trials)) if i not in done]
            jobs = []
            for index in wanted:
                proposal = search.propose(space.space, before, index)
                if proposal is None:
                    break
                jobs.append(_job(first, space, index, proposal, before, store, prepared))
            for job, outcome in zip(jobs, executor.map(trial_job, jobs), strict=True):
                done[job.index] = _finished(job, outcome)
                yield done[job.index]
    finally:
        executor.close()


def _job(
    first: Recipe,
    space: Searchable,
    index: int,
    proposal: Proposal,
    before: Sequence[Trial],
    store: Store,
    prepared: dict[str, Prepared],
) -> TrialJob:
    """What a worker needs for a trial; ``prepared`` has the data that earlier trials have laid out."""
    search, recipe = first.tuning, space.recipe(proposal.params)
    data = prepare(recipe.experiment, store)
    data = prepared.setdefault(data.key + str(data.driver_keys), selection(data))
    compare = first.settings.compare
    bar = search.bar(before, len(data.folds))
    return TrialJob(
        store.root, index, proposal, recipe.experiment, data, compare.level, compare.metric, bar, search.objectives
    )


def _finished(job: TrialJob, outcome: Trial | Exception) -> Trial:
    if isinstance(outcome, Trial):
        return outcome
    if isinstance(outcome, ForecastlabError):
        raise outcome
    reason = f"{type(outcome).__name__}: {outcome}"
    return Trial(job.index, job.proposal, "failed", (), (), 0.0, reason)
