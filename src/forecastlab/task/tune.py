"""``tune``: search values on the selection folds, and judge the winner once on the test folds."""

from __future__ import annotations

import dataclasses
import secrets
import shlex
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
from forecastlab.task.judge import Judged, judge
from forecastlab.task.run import Event, study_name
from forecastlab.task.search_files import TRIALS, SearchFiles
from forecastlab.task.search_record import SearchRecorder
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
) -> Iterator[SearchBegins | TrialEnds | SearchEnds | Judged | Event]:
    """Search, then run the default and the winner as a study of two; events come as things happen.

    Killed anywhere and started again it ends with the same trials. Raises ConfigError where the search was begun with
    another config, other data, code or libraries, unless ``allow_change``.
    """
    base = compose(overrides, folder, trusted)
    space = searchable(base)
    first = space.recipe(_first_of(space))
    study = study_name(first)
    files = SearchFiles(study_folder(Path(first.settings.root), study).path / "tuning")
    trials: list[Trial] = []
    objectives = len(first.tuning.objectives)
    with ledger.opened(first.tuning.storage, files.folder, study, space.space, objectives) as kept:
        _check_same(kept, first, space, allow_change)
        files.ask(overrides, folder, first.tuning.objectives)
        trials = kept.trials()
        recorder = _recorder(kept, first, space, files.folder)
        yield SearchBegins(first.tuning.trials, len(trials))
        try:
            recorder.note(trials)
            for trial in _search(first, space, trials):
                kept.add(trial)
                trials.append(trial)
                recorder.note([trial])
                yield TrialEnds(trial, best(trials))
                if trial.state == "failed" and first.tuning.fail_fast:
                    raise ConfigError(
                        Fault("failed-trial", f"trial {trial.index}", trial.reason, "mend it, or take it out")
                    )
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
    yield SearchEnds(trials, winner, space.overrides(winner.params))
    yield from judge(first, space, trials, winner, files, recorder, shlex.join(_command(overrides, folder)))


def _command(overrides: Sequence[str], folder: Path | None) -> list[str]:
    """What was typed."""
    return ["forecastlab", "tune", *(["--config-dir", str(folder)] if folder is not None else []), *overrides]


def _recorder(kept: ledger.Ledger, first: Recipe, space: Searchable, folder: Path) -> SearchRecorder:
    token = kept.identity().get("token")
    if token is None:
        token = secrets.token_hex(8)
        kept.identify({"token": token})
    search = {
        "tuning." + key: value for key, value in first.plain["tuning"].items() if key not in ("trials", "storage")
    }
    params = search | {f"space.{dimension.key}": str(dimension) for dimension in space.space}
    name, question = study_name(first), first.settings.question
    return SearchRecorder(first.tracking, name, question, folder, token, params, first.tuning.objectives)


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
    if changed:  # first, so that a process that is killed here has not changed the search unseen
        said = f"{', '.join(changed)} after {len(kept.trials())} trials"
        kept.identify({"changed": "; ".join(filter(None, [then.get("changed"), said]))})
    kept.identify(now)


def _identity(first: Recipe, space: Searchable) -> dict[str, str]:
    """What decides a search, piece by piece."""
    how = ("root", "study", "question", "executor", "tracking", "tuning", "tuned", "sweep")
    config = {key: value for key, value in first.plain.items() if key not in how}
    search = dataclasses.asdict(first.tuning) | {"trials": 0, "storage": "", "fail_fast": False}
    return {
        "config": identity.digest(config),
        "search": identity.digest([search, [dataclasses.asdict(dimension) for dimension in space.space]]),
        "data": identity.digest(first.experiment.dataset.fingerprint()),
        "code": identity.digest([keys.of_part(first.experiment.model), keys.of_module("flow.trial")]),
        "set of libraries": identity.digest(identity.versions()),
    }
