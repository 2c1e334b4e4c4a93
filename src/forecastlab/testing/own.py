"""A user's own YAML files, one after the other, held against all that is asked of ours."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from forecastlab.recipe import Trusted
from forecastlab.recipe.registry import GROUPS
from forecastlab.schema import ConfigError, Fault, ForecastlabError, nearest
from forecastlab.task.run import recipes
from forecastlab.testing.checks import checks_of
from forecastlab.testing.leakage import check_no_leak
from forecastlab.testing.made_up import GROUPS as SEEING
from forecastlab.testing.made_up import made_up
from forecastlab.testing.parts import Choice, build_parts

HOWS = ("random", "gone", "newcomers", "again")
"""Ways of tampering with the future that together touch everything: amounts, absence, people, times."""


@dataclass(frozen=True)
class Checked:
    """What a check of one file found: nothing, or why the contract is broken."""

    file: str
    check: str
    broken: str


def own_files(folder: Path, wanted: Sequence[str]) -> list[Choice]:
    """The files of groups and experiments in a user's config folder: all, or those that are named ``group/name``.

    Raises ConfigError for one that is not there, or if there is none.
    """
    groups = (*GROUPS, "experiments")
    there = [(group, path.stem) for group in groups for path in sorted((folder / group).glob("*.yaml"))]
    if not there:
        what = f"there is no file of a group in it; groups are {', '.join(groups)}"
        raise ConfigError(Fault("no-files", f"--config-dir {folder}", what))
    known = {"/".join(choice): choice for choice in there}
    missing = [name for name in wanted if name not in known]
    if missing:
        what = f"there are {', '.join(known)}"
        raise ConfigError([Fault("unknown-file", name, what, nearest(name, list(known))) for name in missing])
    return [known[name] for name in wanted] or there


def check_files(files: Sequence[Choice], folder: Path, trusted: Trusted) -> Iterator[Checked]:
    """Build each file's part and hold it against the contract of its group, and against leakage where it may see data.

    The results come as they are found. A part that cannot be built is one broken check.
    """
    for group, name in files:
        file = f"{group}/{name}"
        with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
            if group == "experiments":
                ask = partial(_composed, name, folder, trusted)
                yield Checked(file, "all its runs can be built", _broken(ask))
                continue
            built: dict[Choice, Any] = {}
            broken = _broken(partial(_build, built, (group, name), folder, Path(place), trusted))
            yield Checked(file, "it can be built", broken)
            if broken:
                continue
            part = built[group, name]
            for check, run in _all(group, part, Path(place)):
                yield Checked(file, check.replace("_", " "), _broken(run))


def _all(group: str, part: Any, place: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    try:
        yield from checks_of(group, part)
    except AssertionError as error:  # it is of no known kind
        yield "it has the methods of its kind", partial(_raise, error)
        return
    if group in SEEING:
        yield "it does not see the future", lambda: check_no_leak(made_up(group, part, place), HOWS, 1)


def _composed(name: str, folder: Path, trusted: Trusted) -> None:
    recipes([f"+experiments={name}"], folder, True, trusted)


def _build(built: dict[Choice, Any], choice: Choice, folder: Path, place: Path, trusted: Trusted) -> None:
    built.update(build_parts([choice], folder, {}, place / "root", trusted))


def _raise(error: Exception) -> None:
    raise error


def _broken(run: Callable[[], None]) -> str:
    """Why a check does not pass, in one line; empty if it does."""
    try:
        run()
    except (AssertionError, ForecastlabError) as error:
        return " ".join(str(error).split()) or "it does not hold"
    except Exception as error:
        return " ".join(f"{type(error).__name__}: {error}".split())
    return ""
