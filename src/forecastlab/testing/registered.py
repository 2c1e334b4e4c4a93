"""What every method must do once it is registered. Each check raises AssertionError with the reason."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from forecastlab.flow import entries
from forecastlab.flow.members import Assembly, Leaf, leaves
from forecastlab.schema import Composite, Fold, Forecaster, Router
from forecastlab.schema.names import LIVE
from forecastlab.stages.forecast import Answer, Ask, ask, forecast, joined
from forecastlab.stages.kept import Kept, fits, rows_of
from forecastlab.testing.synthetic import QUANTILES, history, pathological, seen_by


def what_is_kept_in_files_foretells_the_same_bits(method: Forecaster | Composite | Router) -> None:
    """Fitted, written as JSON and arrays, read and asked: the guarded line says what it says of the method itself.

    Hard series are among them, so that what could not be fitted, or only apart from the others, is kept, too.
    """
    for past in (history(1, 3, 26, "M", 12), pathological()):
        fold = Fold(past.cutoff, 4, 0, past.freq, LIVE, 0)
        question = ask(past, fold, QUANTILES)
        anew, kept = {}, {}
        with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
            for leaf in leaves(method):
                part = question.take(leaf.where.of(past.static).tolist())
                part = replace(part, history=seen_by(leaf.model, part.history))
                (anew[leaf.name],) = forecast(leaf.model, [part], nonnegative=True)
                kept[leaf.name] = _through_files(leaf, part, Path(place))
        for name, answer in anew.items():
            _same(answer.frame, kept[name].frame, f"the member {name} foretells otherwise")
            _same(answer.failures, kept[name].failures, f"the member {name} has other failures")
        whole, _ = Assembly(method).assemble({name: answer.frame for name, answer in anew.items()}, fold)
        again, _ = Assembly(method).assemble({name: answer.frame for name, answer in kept.items()}, fold)
        _same(whole, again, "the whole foretells otherwise")


def _through_files(leaf: Leaf, part: Ask, place: Path) -> Answer:
    entries.write_fits({leaf.name: [fits(leaf.model, part)]}, place)
    found = [fit for fit in entries.read_fits(place).get(leaf.name, []) if fit]
    ids = part.history.grid.ids.tolist()
    told = [forecast(Kept(leaf.model, fit), [part.take(rows_of(fit, ids))], nonnegative=True)[0] for fit in found]
    return joined(told or forecast(leaf.model, [part], nonnegative=True))


def _same(one: pd.DataFrame, other: pd.DataFrame, message: str) -> None:
    assert list(one.columns) == list(other.columns), f"{message}: other columns"
    for column in one.columns:
        mine, theirs = one[column].to_numpy(), other[column].to_numpy()
        if column == "reason":  # where the method was asked again, its words come with the kind of the first error
            mine, theirs = mine[:0], theirs[:0]
        if mine.dtype.kind == "f":
            assert np.array_equal(mine, theirs, equal_nan=True), f"{message}: {column}"
        else:
            assert mine.tolist() == theirs.tolist(), f"{message}: {column}"


CHECKS = (what_is_kept_in_files_foretells_the_same_bits,)
