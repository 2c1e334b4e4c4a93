"""The whole line, top to bottom: a generator of the scored forecasts of one fold after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import customers, entries
from forecastlab.flow.experiment import AnyExperiment, CustomerExperiment, Experiment
from forecastlab.flow.jobs import Cost
from forecastlab.flow.members import Assembly
from forecastlab.flow.prepare import Prepared
from forecastlab.flow.replies import replies_of
from forecastlab.flow.results import FoldResult as FoldResult
from forecastlab.flow.work import panels_of
from forecastlab.schema import Executor, Fold, names, written
from forecastlab.stages import newcomers
from forecastlab.stages.forecast import FAILURES, Answer
from forecastlab.stages.settle import COLD, agreed, settle


def run(experiment: AnyExperiment, prepared: Prepared, store: Store, executor: Executor) -> Iterator[FoldResult]:
    """Scored forecasts fold by fold, in order of time; stop reading when you have seen enough.

    Panels and forecasts that were kept before are not computed again. Raises ForecastlabError if a panel cannot be
    built; a model that fails is a result with a reason.
    """
    if isinstance(experiment, CustomerExperiment):
        yield from customers.run(experiment, prepared, store, executor)
    else:
        yield from _series(experiment, prepared, store, executor)


def _series(experiment: Experiment, prepared: Prepared, store: Store, executor: Executor) -> Iterator[FoldResult]:
    panels = panels_of(experiment, prepared, store, executor)
    past: list[pd.DataFrame] = []
    assembly = Assembly(experiment.model)
    replies = replies_of(experiment, prepared, panels, store, executor)
    for fold, panel, reply in zip(prepared.folds, panels, replies, strict=True):
        judged = entries.read_judged(panel)
        failed = [
            f"{name}: {each.reason}" if len(reply) > 1 else each.reason
            for name, each in reply.items()
            if each.answer is None
        ]
        cost = Cost(
            sum(each.cost.seconds for each in reply.values()), max(each.cost.peak_mb for each in reply.values())
        )
        answers = {name: each.answer for name, each in reply.items() if each.answer is not None}
        clipped = sum(answer.clipped for answer in answers.values())
        found = FoldResult(
            fold, None, labelled(answers, "failures"), clipped, cost, judged.account, judged.aside, "; ".join(failed)
        )
        seasons = prepared.calendar.notes(judged.seasons)
        found = replace(found, notes=(*newcomers.notes(judged.newcomers, experiment.target, fold), *seasons))
        if failed:
            yield found
            continue
        forecasts, said = assembly.assemble({name: answer.frame for name, answer in answers.items()}, fold)
        before = pd.concat(past, ignore_index=True) if past else pd.DataFrame()
        frame = settle(
            newcomers.append(forecasts, judged.newcomers, fold),
            fold,
            judged.summing,
            judged.truth,
            judged.reference,
            before,
            experiment.reconcile,
            experiment.calibrate,
            experiment.levels,
            experiment.cold,
        )
        past.append(frame)
        found = replace(found, notes=(*found.notes, *started(frame, fold)))
        what_if = supposed(experiment, assembly, answers, forecasts, fold, judged, before)
        told = assembly.learn(said, judged.truth, judged.reference)
        yield replace(found, frame=frame, effects=labelled(answers, "effects"), what_if=what_if, said=told)


def started(frame: pd.DataFrame, fold: Fold) -> tuple[str, ...]:
    """What a reader has to know of series that had no past and were foretold as others of their kind."""
    count = frame.loc[frame["source"] == COLD, names.SERIES].nunique()
    told = f"series without a past, foretold as others of their kind: {count} at {written(fold.cutoff)}"
    return (told,) if count else ()


def supposed(
    experiment: Experiment,
    assembly: Assembly,
    answers: Mapping[str, Answer],
    forecasts: pd.DataFrame,
    fold: Fold,
    judged: entries.Judged,
    before: pd.DataFrame,
) -> pd.DataFrame:
    """Forecasts of all levels under each assumption, beside those without (``base``); empty where none was asked."""
    frames = []
    for name in next(iter(answers.values())).what_if:
        told, _ = assembly.assemble({leaf: answer.what_if[name] for leaf, answer in answers.items()}, fold)
        whole, base = (
            agreed(newcomers.append(each, judged.newcomers, fold), fold, judged.summing, before, experiment.reconcile)
            for each in (told, forecasts)
        )
        base = base.rename(columns={names.YHAT: "base"})
        frames.append(whole.merge(base, on=[names.SERIES, names.DS]).assign(scenario=name))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def labelled(answers: Mapping[str, Answer], what: str) -> pd.DataFrame:
    """One frame of all methods' failures or effects, with the method in ``model``."""
    frames: list[pd.DataFrame] = [getattr(answer, what).assign(model=name) for name, answer in answers.items()]
    full = [frame for frame in frames if len(frame)]
    if full:
        return pd.concat(full, ignore_index=True)
    return pd.DataFrame(columns=[*FAILURES, "model"]) if what == "failures" else pd.DataFrame()
