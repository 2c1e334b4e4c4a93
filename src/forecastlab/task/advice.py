"""What to do about an alarm: refit, search anew, or ask the question anew, each with the command to type."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from forecastlab.recipe import Trusted
from forecastlab.stages.ranking import Of
from forecastlab.stages.watching import LIVE

Kind = Literal["nothing", "refit", "retune", "new study"]
HOW = ("study", "root", "executor", "tracking")
"""What says how a run was done, not what it was."""
FEW_METHODS: dict[Of, str] = {
    "series": "naive,theta,ets,regression,xgboost",
    "event": "naive,logistic,xgboost,mbg_nbd",
    "amount": "naive,regression,xgboost,mbg_nbd",
    "wait": "naive,regression,xgboost,rhythm",
    "uplift": "naive,two_models,class_transformation",
}
"""A few methods of different kinds, for a question that is asked anew."""


@dataclass(frozen=True)
class Method:
    """The method that is watched: its registered name (empty in a replay), its study, what was typed for its run,
    whether its forecasts were made without a fit to the newest data (``stored``), and what they are ``of``.

    ``options`` are the words of the command line that find the same again, such as ``--config-dir my_conf``.
    """

    name: str
    study: str
    overrides: tuple[str, ...]
    options: tuple[str, ...]
    stored: bool
    of: Of


@dataclass(frozen=True)
class Advice:
    """What to do, why (a word, and a sentence), and what to type (empty: nothing)."""

    kind: Kind
    because: Literal["nothing", "stored", "moved", "lasted", "first"]
    why: str
    command: str


def options(typed: Sequence[str], folder: Path | None, trusted: Trusted) -> tuple[str, ...]:
    """What a command needs to find the same results, parts and configs again: ``root=`` if typed, and options."""
    root = [word for word in typed if _key(word) == "root"][-1:]
    own = ("--config-dir", str(folder)) if folder is not None else ()
    return (*root, *own, *(word for name in trusted.modules for word in ("--trust", name)))


def advise(history: pd.DataFrame, method: Method) -> Advice:
    """What the newest check of a history asks for. ``history`` has the findings of every check, with their ``now``.

    A first alarm asks for a refit: the newest data knows what happened. One that stays although the method is fitted
    anew each time asks for other values. Where what forecasts are made from has moved as well, the question is a new
    one: other segments, drivers and methods may answer it better.
    """
    checks = [part for _, part in history.groupby("now", sort=True)]
    now = checks[-1]
    loud = now[now["state"] == "alarm"]
    if not len(loud):
        return Advice("nothing", "nothing", "no alarm", "")
    moved = now[~now["check"].isin(LIVE) & now["state"].isin(["alarm", "warning"])]
    lasted = sum(1 for _ in _alarmed(checks))
    live = loud[loud["check"].isin(LIVE)]
    if method.stored and len(live):
        why = "the forecasts were made from a fit that has not seen the newest data"
        return Advice("refit", "stored", why, _command(["predict", f"model={method.name}", "mode=refit"], method))
    words = _asked(method)
    if len(moved):
        why = f"what forecasts are made from has moved as well: {', '.join(moved['what'].astype(str).head(3))}"
        kind = "model" if method.of == "series" else "customer"
        others = [word for word in words if _key(word) != kind]
        typed = ["run", "-m", *others, f"{kind}={FEW_METHODS[method.of]}", f"study={method.study}-new"]
        return Advice("new study", "moved", why, _command(typed, method))
    if lasted > 1 and len(live):
        why = f"{lasted} checks in a row cried although the method was fitted to the newest data"
        return Advice("retune", "lasted", why, _command(["tune", *words, f"study={method.study}-retuned"], method))
    why = "the newest data knows what happened: errors and intervals are then measured with it"
    return Advice("refit", "first", why, _command(["run", *words, f"study={method.study}"], method))


def _alarmed(checks: Sequence[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """The newest checks in a row that cried."""
    for check in reversed(checks):
        if not (check["state"] == "alarm").any():
            return
        yield check


def _asked(method: Method) -> list[str]:
    """What was typed for the method's run, without how and where it was done."""
    return [word for word in method.overrides if _key(word).partition(".")[0] not in HOW]


def _key(word: str) -> str:
    return word.lstrip("+~").partition("=")[0]


def _command(words: Sequence[str], method: Method) -> str:
    return f"forecastlab {shlex.join([*words, *method.options])}"
