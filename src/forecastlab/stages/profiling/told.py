"""What one look at the data found: tables, figures, or why there is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

MEMORY = "1GB"
"""What a look may hold of a log in memory; the rest spills to the disk."""


@dataclass(frozen=True)
class Told:
    """The answer of one look. Money is in whole cents, in columns whose names end in ``cents``.

    ``absent`` is empty, or a word for why the data does not carry the look; ``words`` are what it was about, such as
    the dimension that was used.
    """

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    absent: str = ""


def absent(why: str, **words: str) -> Told:
    """Nothing, and why."""
    return Told(words=words, absent=why)
