"""A found config as an experiment: a YAML file of overrides that a modeller can keep, read and run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from forecastlab.recipe import Recipe, build, compose
from forecastlab.recipe.compose import Composed
from forecastlab.schema import ConfigError, Fault

LEFT_OUT = ("study", "root", "executor", "tracking", "tuning", "sweep")
"""What says how a run is done: an experiment leaves it to who runs it."""
SEVERAL = ("driver", "metric")
"""Groups of which there may be several parts, by name."""


def experiment(recipe: Recipe, study: str, head: Sequence[str]) -> str:
    """The recipe as an experiment's text: everything that differs from the packaged config, and a comment on top.

    Composed again it makes an equal recipe; that is tried here. Raises ConfigError where overrides cannot say it.
    """
    wanted = recipe.composed
    lines = _choices(wanted)
    plain = compose(lines, wanted.folder, wanted.trusted)
    values = _difference(_kept(wanted.values), _kept(plain.values))
    again = build(_with(plain, values))
    if again.experiment != recipe.experiment:
        what = "something was taken out of the config (~key), which an experiment cannot say"
        raise ConfigError(Fault("no-export", f"study {study}", what, "use the run's recipe.yaml"))
    known = compose([], wanted.folder).choices
    body: dict[str, Any] = {"defaults": [_default(line, known) for line in lines]} if lines else {}
    body |= {"study": study} | values
    comment = "".join(f"# {line}\n" for line in head)
    return f"# @package _global_\n{comment}{yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=110)}"


def _choices(wanted: Composed) -> list[str]:
    """The choices of groups that differ from the packaged ones, as overrides; those inside other choices come last."""
    first = compose([], wanted.folder)
    lines = [f"{group}={choice}" for group, choice in wanted.choices.items() if _differs(group, choice, first.choices)]
    for group in SEVERAL:
        names = list(wanted.values.get(group) or {})
        if names != list(first.values.get(group) or {}):
            lines.append(f"{group}=[{','.join(names)}]")
    outer = compose(lines, wanted.folder, wanted.trusted)
    for group, choice in wanted.choices.items():
        if "@" in group and outer.choices.get(group) != choice:
            lines.append(f"{group}={choice}")
    return lines


def _differs(group: str, choice: str, known: Mapping[str, str]) -> bool:
    apart = "@" in group or group == "experiments" or group in LEFT_OUT
    return not apart and known.get(group) != choice


def _default(line: str, known: Mapping[str, str]) -> dict[str, Any]:
    """An entry of a defaults list."""
    group, _, choice = line.partition("=")
    entry = f"override /{group}" if group in known or group in SEVERAL or "@" in group else f"/{group}"
    return {entry: yaml.safe_load(choice)}


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in LEFT_OUT}


def _difference(wanted: Mapping[str, Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    """What must be said to make ``wanted`` of ``plain``: values that are new or other, nested as they are."""
    found: dict[str, Any] = {}
    for key, value in wanted.items():
        if key in ("space", "smoke") or (key in plain and plain[key] == value):
            continue
        inner = plain.get(key)
        found[key] = _difference(value, inner) if isinstance(value, dict) and isinstance(inner, dict) else value
    return {key: value for key, value in found.items() if value != {} or key not in plain}


def _with(plain: Composed, values: Mapping[str, Any]) -> Composed:
    return Composed(_merged(plain.values, values), plain.choices, plain.overrides, plain.folder, plain.trusted)


def _merged(plain: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values laid over the plain ones, as Hydra does it."""
    over = dict(plain)
    for key, value in values.items():
        inner = over.get(key)
        over[key] = _merged(inner, value) if isinstance(value, dict) and isinstance(inner, dict) else value
    return over
