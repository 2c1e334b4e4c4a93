"""A method as a tree: composites and routes above, the methods that are fitted at its leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import Composite, Fold, Forecaster, Router, names
from forecastlab.stages.settle import combine, remember

Method = Forecaster | Composite | Router

Said = dict[str, dict[str, pd.DataFrame]]
"""The frames of the members of every composite, by the place of the composite in the tree."""

OTHER = "other"
"""The name of the member that takes all segments without a route of their own."""


@dataclass(frozen=True)
class Where:
    """Which series a member answers: those of the segments ``only`` (None: all), and of none of ``but``."""

    only: tuple[str, ...] | None = None
    but: tuple[str, ...] = ()

    def of(self, static: pd.DataFrame) -> NDArray[np.intp]:
        """The rows of the series, by their attribute ``segment``."""
        segment = static[names.SEGMENT]
        taken = ~segment.isin(self.but) & (segment.isin(self.only) if self.only is not None else True)
        return np.flatnonzero(taken.to_numpy(dtype=bool))

    def route(self, segment: str) -> Where:
        """The part that one route takes."""
        return Where((segment,) if self.only is None or segment in self.only else (), self.but)

    def rest(self, segments: tuple[str, ...]) -> Where:
        """The part that the routes leave."""
        return Where(self.only, (*self.but, *segments))


@dataclass(frozen=True)
class Leaf:
    """A method that is fitted: its name within the run (empty if it is alone), and the series it answers."""

    name: str
    model: Forecaster
    where: Where


def leaves(method: Method, name: str = "", where: Where = Where()) -> Iterator[Leaf]:
    """The methods that are fitted, in the order in which they are written."""
    match method:
        case Composite():
            for member, inner in _inner(method).items():
                yield from leaves(inner, _join(name, member), where)
        case Router():
            for segment, inner in method.routes.items():
                yield from leaves(inner, _join(name, segment), where.route(segment))
            if method.other is not None:
                yield from leaves(method.other, _join(name, OTHER), where.rest(tuple(method.routes)))
        case _:
            yield Leaf(name, method, where)


class Assembly:
    """Stored forecasts of the leaves made into one frame; it remembers what members said, for weights that learn.

    At a fold only those earlier rows are looked at whose date is at or before its cutoff (embargo). ``said`` is what is
    remembered of an earlier backtest.
    """

    def __init__(self, method: Method, said: Mapping[str, pd.DataFrame] | None = None) -> None:
        self._method = method
        self._said: dict[str, list[pd.DataFrame]] = {name: [frame] for name, frame in (said or {}).items()}

    def assemble(self, answers: Mapping[str, pd.DataFrame], fold: Fold) -> tuple[pd.DataFrame, Said]:
        """One frame ``unique_id, segment, cutoff, ds, step, yhat, q…, source`` of all leaves; and what members said."""
        return self._made(self._method, "", answers, fold)

    def learn(self, said: Said, truth: pd.DataFrame, reference: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """Keep what the members of every composite said of a fold beside what came true, and return it."""
        told = {name: remember(members, truth, reference) for name, members in said.items()}
        for name, frame in told.items():
            self._said.setdefault(name, []).append(frame)
        return told

    def _made(
        self, method: Method, name: str, answers: Mapping[str, pd.DataFrame], fold: Fold
    ) -> tuple[pd.DataFrame, Said]:
        if not isinstance(method, (Composite, Router)):
            return answers[name], {}
        inner = _inner(method)
        made = {member: self._made(part, _join(name, member), answers, fold) for member, part in inner.items()}
        said = {place: members for _, below in made.values() for place, members in below.items()}
        frames = {member: frame for member, (frame, _) in made.items()}
        if isinstance(method, Router):
            return pd.concat(frames.values(), ignore_index=True), said
        before = pd.concat(self._said[name], ignore_index=True) if name in self._said else None
        known = before[before[names.DS] <= fold.cutoff] if before is not None else None
        return combine(frames, method.combine, known), said | {name: frames}


def _inner(method: Composite | Router) -> dict[str, Method]:
    if isinstance(method, Composite):
        return {name: inner for name, inner in method.members.items() if method.use is None or name in method.use}
    other = {OTHER: method.other} if method.other is not None else {}
    return dict(method.routes) | other


def _join(name: str, member: str) -> str:
    return f"{name}.{member}" if name else member
