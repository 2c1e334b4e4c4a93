"""``predict`` of a method for customers: everybody who is asked as known now, with a score, under a pseudonym."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow.ahead import asking
from forecastlab.flow.customers_ahead import Listed, kept, refit
from forecastlab.flow.experiment import of_customers
from forecastlab.flow.prepare import prepare
from forecastlab.recipe import Recipe, Trusted
from forecastlab.recipe.changed import changed, completed
from forecastlab.schema import ConfigError, Fault
from forecastlab.stages.rounding import FEWEST
from forecastlab.task.located import Answer, Located
from forecastlab.task.privacy import key_mark, listed, unnamed
from forecastlab.task.source import other_source
from forecastlab.task.words import Words


def customers_told(found: Located, mode: str, typed: Words, folder: Path | None, trusted: Trusted) -> Answer:
    """Score the customers at the latest moment of the data, or ``as_of=`` an earlier one.

    ``mode=stored`` asks what was learned when the method was registered; it was asked of the same horizon, and knows
    nothing that came after the moment. Raises ConfigError, DataError, EnvironmentFault.
    """
    about, root = found.bundle.about, Path(typed.recipe.settings.root)
    horizon = typed.number("horizon")
    if mode == "stored" and horizon not in (None, about.horizon):
        what = f"found {horizon}; what was learned is of {about.horizon} periods"
        raise ConfigError(Fault("other-horizon", "horizon", what, "type mode=refit, or take it out"))
    values = other_source(completed(found.bundle.recipe), typed.own.get("data", ""), typed.own.get("table", ""))
    recipe: Recipe = found.bundle.built(trusted, changed(values, typed.rest, folder, trusted))
    experiment = asking(of_customers(recipe.experiment), about.ahead(horizon, typed.own.get("as_of") or None))
    store, executor = Store(root / "cache"), typed.recipe.executor
    prepared = prepare(experiment, store)
    if mode == "stored":
        _not_before(prepared.folds[0].cutoff, pd.Timestamp(about.cutoff))
        told = kept(experiment, prepared, found.bundle.learned, store, executor)
    else:
        told = refit(experiment, prepared, store, executor)
    hidden = typed.recipe.settings.privacy == "pseudonym"
    frames = {"customers": told.frame, "failures": told.failures}
    if hidden:
        frames = {"customers": listed(told.frame, root), "failures": unnamed(told.failures, root)}
    said: dict[str, Any] = {
        "unit": "customer",
        "target": found.bundle.outcome.facts.choices.get("target", "target"),
        "kind": experiment.target.kind,
        "privacy": typed.recipe.settings.privacy,
        "pseudonyms": key_mark(root) if hidden else "",
    }
    return Answer(told.fold, frames, prepared.key, said, _notes(told, about.horizon))


def _not_before(cutoff: pd.Timestamp, learned: pd.Timestamp) -> None:
    """Raise ConfigError where what was learned has seen what is to be foretold."""
    if cutoff < learned:
        what = f"what was learned knows the data up to {learned.date()}, asked is as of {cutoff.date()}"
        raise ConfigError(Fault("seen-future", "as_of", what, "type mode=refit, which learns from the past only"))


def _notes(told: Listed, horizon: int) -> list[str]:
    found = list(told.remarks)
    if told.fold.horizon != horizon:
        found.append(f"the backtest asked for {horizon} periods ahead, not for {told.fold.horizon}")
    for why, (n, _) in told.account.items():
        if why != "scored":
            found.append(f"{n if n >= FEWEST else f'fewer than {FEWEST}'} customers are not asked: {why}")
    if len(told.failures):
        found.append(
            f"{len(told.failures)} customers got the mean of what was learned from, for want of a finite score"
        )
    return found
