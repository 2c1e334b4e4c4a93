"""Words and numbers in pictures: names as they are, amounts that can be read, shares in per cent."""

from __future__ import annotations

import math
from functools import cache

_LONG = 28
"""Characters of a name that are shown."""


def plain(name: object, most: int = _LONG) -> str:
    """A name as text and nothing else: no line breaks, no formulas, no letters that the font lacks, not too long.

    A long name loses its middle, since many differ at the end only. Letters that matplotlib's own font does not have
    are written as their code, so that names stay apart.
    """
    shapes = _shapes()
    words = " ".join(str(name).split())
    known = "".join(c if ord(c) in shapes else c.encode("unicode_escape").decode() for c in words)
    end = most // 3
    short = known if len(known) <= most else f"{known[: most - 1 - end].rstrip()}…{known[-end:].lstrip()}"
    return short.replace("$", r"\$")


def percent(share: float) -> str:
    """``8.2 %``; a dash for what is not known; whole numbers from 100 % on."""
    if not math.isfinite(share):
        return "–"
    return f"{100 * share:,.0f} %" if abs(share) >= 0.9995 else f"{100 * share:.1f} %"


def amount(value: float, largest: float) -> str:
    """``12,500`` or ``1.3 M``: with the precision and the unit that fit the largest value on the same axis."""
    for floor, scale, suffix in ((1e13, 1e12, " tn"), (1e10, 1e9, " bn"), (1e7, 1e6, " M")):
        if largest >= floor:
            return f"{value / scale:,.6g}{suffix}" if value else "0"
    if largest < 10:
        return f"{value:.3g}"
    return f"{value:,.1f}" if largest < 100 and value != round(value) else f"{value:,.0f}"


def listed(words: list[str], most: int = 3) -> str:
    """``a, b and c``; of more than ``most`` words only their number."""
    if len(words) > most:
        return f"{len(words)} others"
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def counted(n: int, what: str) -> str:
    """``1 fold``, ``1,204 folds``."""
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


@cache
def _shapes() -> frozenset[int]:
    """The code points that the font of the pictures has."""
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())
