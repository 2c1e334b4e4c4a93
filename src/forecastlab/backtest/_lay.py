"""How folds are laid over the observed periods, and which of them the embargo takes away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from forecastlab.schema import ConfigError, Fault, Fold, Frequency, Split, day_of, written
from forecastlab.schema.names import SELECT, TEST


@dataclass(frozen=True)
class Shape:
    """What all folds of a backtest share: lengths in periods, and how often the parameters are fitted anew."""

    horizon: int
    gap: int
    refit_every: int
    min_train: int
    train: int | None

    @property
    def reach(self) -> int:
        """Periods from a cutoff to the last one asked for."""
        return self.gap + self.horizon


def backwards(ends: pd.DatetimeIndex, freq: Frequency, shape: Shape, step: int, select: int, test: int) -> Split:
    """Folds on a grid of ``step`` periods that ends with the data: the last ``test`` of them test, earlier ones select.

    A cutoff whose asked periods reach past the first test cutoff is dropped by the embargo. Raises ConfigError with
    the arithmetic when the data bears fewer folds than asked.
    """
    last = len(ends) - 1 - shape.reach
    tests = [last - i * step for i in reversed(range(test))]
    first_test = tests[0] if tests else len(ends) - 1
    grid = [first_test - i * step for i in range(1 if tests else 0, shape.reach + select + 1)]
    if not tests:
        grid = [last - i * step for i in range(select)]
    fitting = [position for position in grid if position + shape.reach <= first_test][:select]
    embargoed = [position for position in grid if position + shape.reach > first_test]
    chosen = sorted(fitting) + tests
    if chosen[0] + 1 < shape.min_train:
        _too_few(ends, shape, step, select, test, chosen[0])
    folds = [(position, SELECT) for position in sorted(fitting)] + [(position, TEST) for position in tests]
    dropped = [(position, SELECT, "embargo: it ends after the first test cutoff") for position in sorted(embargoed)]
    return _split(ends, freq, shape, folds, dropped)


def explicit(
    ends: pd.DatetimeIndex, freq: Frequency, shape: Shape, select: Sequence[str], test: Sequence[str]
) -> Split:
    """Folds at the given cutoffs; the embargo drops a selection fold that reaches past the first test cutoff."""
    faults: list[Fault] = []

    def position(date: str, key: str) -> int:
        day = day_of(date)
        found = int(ends.searchsorted(day))
        if found == len(ends) or ends[found] != day:
            near = written(ends[min(found, len(ends) - 1)])
            faults.append(
                Fault("bad-cutoff", f"backtest.{key}", f"{date} is not the last day of a period", f"try {near}")
            )
            return 0
        if found + 1 < shape.min_train or found + shape.reach > len(ends) - 1:
            faults.append(
                Fault(
                    "bad-cutoff",
                    f"backtest.{key}",
                    f"{date} leaves {found + 1} periods before and {len(ends) - 1 - found} after it;"
                    f" {shape.min_train} and {shape.reach} are needed (min_train; gap + horizon)",
                    f"choose between {written(ends[min(shape.min_train, len(ends)) - 1])}"
                    f" and {written(ends[max(len(ends) - 1 - shape.reach, 0)])}",
                )
            )
        return found

    selects = sorted(position(date, "select") for date in select)
    tests = sorted(position(date, "test") for date in test)
    if faults:
        raise ConfigError(faults)
    first_test = tests[0] if tests else len(ends) - 1
    kept = [p for p in selects if p + shape.reach <= first_test]
    dropped = [(p, SELECT, "embargo: it ends after the first test cutoff") for p in selects if p not in kept]
    if not kept and not tests:
        raise ConfigError(
            Fault("no-folds", "backtest", "there are no cutoffs", "give backtest.select or backtest.test")
        )
    return _split(ends, freq, shape, [(p, SELECT) for p in kept] + [(p, TEST) for p in tests], dropped)


def _split(
    ends: pd.DatetimeIndex,
    freq: Frequency,
    shape: Shape,
    folds: Sequence[tuple[int, str]],
    dropped: Sequence[tuple[int, str, str]],
) -> Split:
    def fold(position: int, role: str, block: int) -> Fold:
        return Fold(ends[position], shape.horizon, shape.gap, freq, role, block, shape.train)

    return Split(
        [fold(position, role, i // shape.refit_every) for i, (position, role) in enumerate(folds)],
        [(fold(position, role, -1), why) for position, role, why in dropped if position >= 0],
    )


def _too_few(ends: pd.DatetimeIndex, shape: Shape, step: int, select: int, test: int, first: int) -> None:
    missing = shape.min_train - (first + 1)
    raise ConfigError(
        Fault(
            "too-few-periods",
            "backtest",
            f"{test} test and {select} selection folds of gap {shape.gap} + horizon {shape.horizon}, {step} apart,"
            f" with {shape.min_train} periods to learn from and the embargo between them,"
            f" need {len(ends) + missing} periods; the panel has {len(ends)}",
            f"ask for {missing} periods less: fewer folds (backtest.select, backtest.test), a smaller backtest.step,"
            " backtest.horizon or backtest.min_train",
        )
    )
