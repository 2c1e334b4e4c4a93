"""What the gate finds: one bar, passed or not, in words and in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FEW = "not enough evidence"
"""The label of a comparison that was made over fewer origins than are asked for."""


def more_folds(backtest: str) -> str:
    """What to type where no fold that only confirms could tell: ``cutoffs`` takes dates, all others take a number."""
    typed = """'backtest.test=["DATE", …]'""" if backtest == "cutoffs" else "backtest.test=3"
    return f"there is no fold that could tell; type {typed} and run it again"


@dataclass(frozen=True)
class Finding:
    """One bar of the gate: whether it was passed, in words and in numbers; ``label`` says what limits it."""

    name: str
    passed: bool
    words: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    label: str = ""
