"""Optuna as a pure function: finished trials, a seed and a number → the values to try next."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from forecastlab.tuning.space import Dimension, Params, Proposal, Space, State, Trial

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial


def seed_of(seed: int, index: int) -> int:
    """A seed of its own for every trial, so that who computes it, and when, does not matter."""
    digest = hashlib.sha256(f"{seed}/{index}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def ask(sampler: BaseSampler, space: Space, finished: Sequence[Trial], objectives: int) -> Proposal:
    """What the sampler would try next, knowing the finished trials."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # experimental options announce themselves
        study = optuna.create_study(sampler=sampler, directions=["minimize"] * objectives)
        study.add_trials([frozen(space, trial) for trial in finished])
        trial = study.ask()
        chosen: Params = {}
        for dimension in space:
            if dimension.exists(chosen):
                chosen[dimension.key] = _suggest(trial, dimension)
        return Proposal(chosen, dict(study.trials[-1].system_attrs))


def frozen(space: Space, trial: Trial, label: Callable[[Any], str] = json.dumps) -> FrozenTrial:
    """A finished trial as Optuna keeps it; its number is the user attribute ``index``, ``label`` writes choices."""
    from optuna.trial import TrialState, create_trial

    states = {"done": TrialState.COMPLETE, "pruned": TrialState.PRUNED, "failed": TrialState.FAIL}
    known = {dimension.key: dimension for dimension in space}
    return create_trial(
        state=states[trial.state],
        values=list(trial.values) or None,
        params={key: _stored(known[key], value, label) for key, value in trial.params.items()},
        distributions={key: distribution(known[key], label) for key in trial.params},
        intermediate_values=dict(enumerate(trial.losses)),
        user_attrs={"index": trial.index, "seconds": trial.seconds, "reason": trial.reason},
        system_attrs=dict(trial.proposal.memo),
    )


def thawed(space: Space, found: FrozenTrial) -> Trial:
    """The finished trial that Optuna kept."""
    known = {dimension.key: dimension for dimension in space}
    params = {d.key: _read(known[d.key], found.params[d.key]) for d in space if d.key in found.params}
    losses = tuple(found.intermediate_values[i] for i in sorted(found.intermediate_values))
    states: dict[str, State] = {"COMPLETE": "done", "PRUNED": "pruned", "FAIL": "failed"}
    values = tuple(found.values or ()) if found.state.name == "COMPLETE" else ()
    told = found.user_attrs
    proposal = Proposal(params, dict(found.system_attrs))
    return Trial(told["index"], proposal, states[found.state.name], losses, values, told["seconds"], told["reason"])


def distribution(dimension: Dimension, label: Callable[[Any], str] = json.dumps) -> BaseDistribution:
    """The dimension as Optuna writes it."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if dimension.choices:
        return CategoricalDistribution([label(choice) for choice in dimension.choices])
    if dimension.whole:
        return IntDistribution(int(dimension.low), int(dimension.high), dimension.log, max(int(dimension.step), 1))
    return FloatDistribution(dimension.low, dimension.high, dimension.log, dimension.step or None)


def _suggest(trial: Any, dimension: Dimension) -> Any:
    if dimension.choices:
        return json.loads(trial.suggest_categorical(dimension.key, dimension.labels))
    if dimension.whole:
        step = max(int(dimension.step), 1)
        return trial.suggest_int(dimension.key, int(dimension.low), int(dimension.high), step=step, log=dimension.log)
    between = dimension.step or None
    return trial.suggest_float(dimension.key, dimension.low, dimension.high, step=between, log=dimension.log)


def _stored(dimension: Dimension, value: Any, label: Callable[[Any], str]) -> Any:
    return label(value) if dimension.choices else value


def _read(dimension: Dimension, value: Any) -> Any:
    return json.loads(value) if dimension.choices else value
