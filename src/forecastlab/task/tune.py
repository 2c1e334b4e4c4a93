"""``tune``: search values on the selection folds, and judge the winner once on the test folds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from forecastlab.cache import identity
from forecastlab.cache.store import Store
from forecastlab.flow import keys
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.flow.trial import TrialJob, selection, trial_job
from forecastlab.recipe import NOBODY, Recipe, Trusted, compose
from forecastlab.recipe.space import Searchable, searchable
from forecastlab.schema import ConfigError, Fault, ForecastlabError
from forecastlab.task.run import Event, Named, run_study, study_name
from forecastlab.task.studies import study_folder
from forecastlab.tuning import ledger
from forecastlab.tuning.space import Params, Trial, best


@dataclass(frozen=True)
class SearchBegins:
    """A search starts, or goes on after ``done`` trials; ``trials`` is how many there will be."""

    trials: int
    done: int


@dataclass(frozen=True)
class TrialEnds:
    """A trial is over; ``best`` is the best one so far, if any has finished all folds."""

    trial: Trial
    best: Trial | None


@dataclass(frozen=True)
class SearchEnds:
    """The search is over: its trials, the best of them, and how its values are typed."""

    trials: Sequence[Trial]
    best: Trial
    overrides: Sequence[str]


def tune(
    overrides: Sequence[str], folder: Path | None, allow_change: bool, trusted: Trusted = NOBODY
) -> Iterator[SearchBegins | TrialEnds | SearchEnds | Event]:
    """Search, then run the default and the winner as a study of two; events come as things happen.

    Killed anywhere and started again it ends with the same trials. Raises ConfigError where the search was begun with
    another config, other data, code or libraries, unless ``allow_change``.
    """
    base = compose(overrides, folder, trusted)
    space = searchable(base)
    first = space.recipe(_first_of(space))
    where = study_folder(Path(first.settings.root), study_name(first)).path / "tuning"
    trials: list[Trial] = []
    with ledger.leased(where):
        kept = ledger.opened(first.tuning.storage, where, study_name(first), space.space)
        _check_same(kept, first, space, allow_change)
        trials = kept.trials()
        yield SearchBegins(first.tuning.trials, len(trials))
        for trial in _search(first, space, trials):
            kept.add(trial)
            trials.append(trial)
            yield TrialEnds(trial, best(trials))
            if trial.state == "failed" and first.tuning.fail_fast:
                raise ConfigError(
                    Fault("failed-trial", f"trial {trial.index}", trial.reason, "mend it, or take it out")
                )
    winner = best(trials)
    if winner is None:
        what = f"none of the {len(trials)} trials was finished"
        raise ConfigError(Fault("no-winner", "tuning", what, "see the reasons of the failed trials"))
    typed = space.overrides(winner.params)
    yield SearchEnds(trials, winner, typed)
    default = Named("default", first if not space.groups else space.recipe(_first_of(space)))
    yield from run_study([default, Named("tuned", space.recipe(winner.params))])


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
                recipe = space.recipe(proposal.params)
                data = prepare(recipe.experiment, store)
                data = prepared.setdefault(data.key + str(data.driver_keys), selection(data))
                jobs.append(
                    TrialJob(
                        store.root,
                        index,
                        proposal,
                        recipe.experiment,
                        data,
                        first.settings.compare.level,
                        first.settings.compare.metric,
                        search.bar(before, len(data.folds)),
                        search.objectives,
                    )
                )
            for job, outcome in zip(jobs, executor.map(trial_job, jobs), strict=True):
                done[job.index] = _finished(job, outcome)
                yield done[job.index]
    finally:
        executor.close()


def _finished(job: TrialJob, outcome: Trial | Exception) -> Trial:
    if isinstance(outcome, Trial):
        return outcome
    if isinstance(outcome, ForecastlabError):
        raise outcome
    reason = f"{type(outcome).__name__}: {outcome}"
    return Trial(job.index, job.proposal, "failed", (), (), 0.0, reason)


def _first_of(space: Searchable) -> Params:
    """The config's own values: where a group is searched, with its first choice."""
    return {dimension.key: dimension.choices[0] for dimension in space.space if dimension.key in space.groups}


def _check_same(kept: ledger.Ledger, first: Recipe, space: Searchable, allow_change: bool) -> None:
    now, then = _identity(first, space), kept.identity()
    changed = [name for name, digest in now.items() if then.get(name, digest) != digest]
    if changed and not allow_change:
        what = f"it was begun with another {', another '.join(changed)}"
        fix = "type another study=…, or --allow-change to go on with what there is"
        raise ConfigError(Fault("changed-search", f"study {study_name(first)}", what, fix))
    kept.identify(now | ({"changed": ", ".join(changed)} if changed else {}))


def _identity(first: Recipe, space: Searchable) -> dict[str, str]:
    """What decides a search, piece by piece."""
    how = ("root", "study", "question", "executor", "tracking", "tuning", "sweep")
    config = {key: value for key, value in first.plain.items() if key not in how}
    search = dataclasses.asdict(first.tuning) | {"trials": 0, "storage": "", "fail_fast": False}
    return {
        "config": identity.digest(config),
        "search": identity.digest([search, [dataclasses.asdict(dimension) for dimension in space.space]]),
        "data": identity.digest(first.experiment.dataset.fingerprint()),
        "code": identity.digest([keys.of_part(first.experiment.model), keys.of_module("flow.trial")]),
        "set of libraries": identity.digest(identity.versions()),
    }
