"""All words of a page in one language, and numbers, money and dates in that language's form."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab.page.markup import Html, markup

_FOLDER = Path(__file__).parent / "languages"
LANGUAGES = tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))
"""Languages that a page can be written in: one file each, with the same keys."""

_UNITS = {
    "en": ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e4, "k", 1e3)),
    "zh": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
}
MISSING = "–"


@dataclass(frozen=True)
class Texts:
    """The dictionary of one language. ``entries`` maps a dotted key to a text with ``{placeholders}``."""

    language: str
    entries: Mapping[str, str]

    @property
    def tag(self) -> str:
        """The language as browsers know it."""
        return self.entries["page.language_tag"]

    def __call__(self, key: str, /, **values: object) -> str:
        """A text with its placeholders filled. Raises KeyError for a key that the language lacks."""
        return self.entries[key].format_map(values) if values else self.entries[key]

    def rich(self, key: str, /, **values: object) -> Html:
        """The same as markup: what is filled in may be markup, all else is escaped."""
        template = str(markup(self.entries[key]))
        return Html(template.format_map({name: markup(value) for name, value in values.items()}))

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self.entries

    def known(self, path: str, word: str) -> str:
        """A word of the data by its text below ``path``; as it is where the dictionary has none."""
        return self.entries.get(f"{path}.{word}", word)

    def count(self, key: str, n: int) -> str:
        """So many of something: ``1 fold``, ``6 folds``."""
        return self(f"{key}.{'one' if n == 1 else 'other'}", n=self.number(n))

    def listed(self, words: list[str], most: int = 4) -> str:
        """``a, b and c``; of more than ``most`` words the first ones and how many more there are."""
        if len(words) > most:
            head, rest = words[: most - 1], self("page.list.more", n=self.number(len(words) - most + 1))
            return self("page.list.comma").join(head) + self("page.list.and") + rest
        start = self("page.list.comma").join(words[:-1])
        return self("page.list.and").join(part for part in (start, *words[-1:]) if part)

    def number(self, value: float, digits: int = 0, signed: bool = False) -> str:
        """A number with separators; a dash for what is not known."""
        if not _known(value):
            return MISSING
        text = f"{value:{'+' if signed else ''},.{digits}f}"
        return (text.lstrip("+-") if not text.strip("+-0.,") else text).replace("-", "−")

    def percent(self, share: float, digits: int = 1, signed: bool = False) -> str:
        """A share in per cent; a dash for what is not known."""
        return self("page.percent", x=self.number(100 * share, digits, signed)) if _known(share) else MISSING

    def quality(self, share: float) -> str:
        """A share of what is right, rounded down: one fault in a million is not a hundred per cent."""
        return self.percent(floored(share), 2) if _known(share) else MISSING

    def points(self, share: float) -> str:
        """A difference of two shares in percentage points, with its sign."""
        return self.number(100 * share, 1, signed=True) if _known(share) else MISSING

    def amount(self, value: float) -> str:
        """Money or units, shortened to three or four figures: ``1.25M``, ``125万``."""
        if not _known(value):
            return MISSING
        for floor, word, *scale in _UNITS[self.language]:
            if abs(value) >= floor:
                part = value / (scale[0] if scale else floor)
                return self.number(part, 0 if abs(part) >= 100 else 1 if abs(part) >= 10 else 2) + str(word)
        return self.number(value, 0 if abs(value) >= 100 or value == round(value) else 2)

    def date(self, day: object) -> str:
        """A day: ``12 Mar 2024``, ``2024年3月12日``; a dash for none."""
        stamp = pd.NaT if day is None else pd.Timestamp(str(day))
        if not isinstance(stamp, pd.Timestamp):
            return MISSING
        month = self.entries["page.calendar.months"].split()[stamp.month - 1]
        told = self("page.date", day=stamp.day, month=month, year=stamp.year)
        return told if stamp == stamp.normalize() else f"{told} {stamp:%H:%M}"


@cache
def texts(language: str) -> Texts:
    """The dictionary of a language. Raises KeyError if there is none."""
    if language not in LANGUAGES:
        raise KeyError(language)
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    tree = yaml.load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"), loader)
    return Texts(language, dict(_flat(tree, "")))


def _flat(node: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        where = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            yield from _flat(value, where)
        else:
            yield where, str(value)


def floored(share: float) -> float:
    """A share rounded down to hundredths of a per cent."""
    return math.floor(share * 1e4 + 1e-6) / 1e4


def _known(value: float) -> bool:
    return value is not None and math.isfinite(value)
