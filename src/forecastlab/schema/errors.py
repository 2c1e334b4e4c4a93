"""Errors as a reader needs them: where, what was found, what to type next; and the exit code of each kind."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    ``code`` is a short stable word such as ``unknown-key``; ``where`` names file and key or column; ``what`` says
    what was found and what is allowed; ``fix`` says what to type next (may be empty).
    """

    code: str
    where: str
    what: str
    fix: str = ""

    def __str__(self) -> str:
        parts = [f"{self.code}: {self.where}: {_sentence(self.what)}", _sentence(self.fix)]
        return " ".join(part for part in parts if part)


class ForecastlabError(Exception):
    """An error that is shown to the user as one line per fault; ``exit_code`` is the command's exit code."""

    exit_code = 1

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[type[ForecastlabError], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)


class ConfigError(ForecastlabError):
    """The question is wrong: a key, a value, a combination."""

    exit_code = 2


class DataError(ForecastlabError):
    """The data is wrong or missing."""

    exit_code = 3


class PartialError(ForecastlabError):
    """Something failed, and it was asked to stop there; what was done by then is kept."""

    exit_code = 4


class EnvironmentFault(ForecastlabError):  # noqa: N818 (OSError's old alias has the name with Error)
    """The surroundings are wrong: disk, store, server, a missing extra."""

    exit_code = 5


def nearest(word: str, allowed: Sequence[str]) -> str:
    """The sentence ``did you mean X?`` for the allowed word nearest to ``word``, or an empty one."""
    close = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else ""


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if not text or text[-1] in ".?!" else text + "."
