"""What the gate finds: one bar, passed or not, in words and in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FEW = "not enough evidence"
"""The label of a comparison that was made over fewer origins than are asked for."""


@dataclass(frozen=True)
class Finding:
    """One bar of the gate: whether it was passed, in words and in numbers; ``label`` says what limits it."""

    name: str
    passed: bool
    words: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    label: str = ""
