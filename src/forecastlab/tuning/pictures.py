"""What a search looked like, as one page: history, importances, values side by side, slices, and the Pareto front."""

from __future__ import annotations

import html
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from forecastlab.tuning._optuna import frozen
from forecastlab.tuning.space import Space, Trial

if TYPE_CHECKING:
    from optuna.study import Study

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body {{ font-family: sans-serif; margin: 2rem auto; max-width: 1100px }} figure {{ margin: 2rem 0 }}</style>
</head><body><h1>{title}</h1>
"""

BESIDE = 4
"""Slices in one row."""
MANY = 16
"""Dimensions in one picture at most: more cannot be told apart."""


def page(title: str, space: Space, trials: Sequence[Trial], objectives: Sequence[str]) -> str:
    """Optuna's pictures of a search as one HTML page that needs no network: the script is in it, once.

    A picture that the trials do not bear (an importance of one value, a front of one objective) is left out.
    """
    import plotly.io  # type: ignore[import-untyped]

    parts = [HEAD.format(title=html.escape(title))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # experimental pictures announce themselves
        for heading, figure in _figures(_study(space, trials, objectives), space, objectives):
            figure.update_layout(title=None, width=None)
            inner = plotly.io.to_html(figure, full_html=False, include_plotlyjs=len(parts) == 1)
            parts.append(f"<figure><h2>{html.escape(heading)}</h2>{inner}</figure>\n")
    return "".join([*parts, "</body></html>\n"])


def _study(space: Space, trials: Sequence[Trial], objectives: Sequence[str]) -> Study:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(directions=["minimize"] * len(objectives))
    apart = all(len(set(map(_label, dimension.choices))) == len(dimension.choices) for dimension in space)
    study.add_trials([frozen(space, trial, _label if apart else json.dumps) for trial in trials])
    return study


def _figures(study: Study, space: Space, objectives: Sequence[str]) -> Iterator[tuple[str, Any]]:
    from optuna import visualization as draw
    from optuna.trial import TrialState

    done = [set(trial.params) for trial in study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])]
    if not done:
        return
    keys = [dimension.key for dimension in space]
    tried = [key for key in keys if key in set.union(*done)][:MANY]
    shared = [key for key in keys if key in set.intersection(*done)][:MANY]  # a line needs a value on every axis
    for i, name in enumerate(objectives):
        said: dict[str, Any] = {"target": _value(i) if len(objectives) > 1 else None, "target_name": name}
        so_far = ", and the best so far" if len(objectives) == 1 else ""
        yield f"History: {name} of each trial{so_far}", draw.plot_optimization_history(study, **said)
        found = _importances(study, said) if min(len(shared), len(done)) > 1 else None
        if found is not None:
            yield f"Importances: which values decided about {name} (fANOVA)", found
        if shared:
            side_by_side = draw.plot_parallel_coordinate(study, shared, **said)
            yield f"Values side by side, coloured by {name}", side_by_side
        for first in range(0, len(tried), BESIDE):
            heading = f"Slices: {name} over each value" + (", continued" if first else "")
            yield heading, draw.plot_slice(study, tried[first : first + BESIDE], **said)
    if len(objectives) in (2, 3):
        front = draw.plot_pareto_front(study, target_names=list(objectives))
        yield "Pareto front: trials that nothing beats", front


def _label(choice: Any) -> str:
    """A choice as it is read: text without quotes, lists without their brackets' quotes."""
    return choice if isinstance(choice, str) else json.dumps(choice).replace('"', "")


def _importances(study: Study, said: Mapping[str, Any]) -> Any:
    """The importances, or None where there are too few trials, or all of them came to the same."""
    from optuna.importance import FanovaImportanceEvaluator
    from optuna.visualization import plot_param_importances

    try:
        return plot_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=0), **said)
    except (ValueError, RuntimeError):
        return None


def _value(i: int) -> Callable[[Any], float]:
    return lambda trial: float(trial.values[i])
