"""``+params=best``: the values of an earlier search in place of those of the config."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from forecastlab.recipe import NOBODY, Trusted, build, compose
from forecastlab.schema import ConfigError, Fault, nearest
from forecastlab.task.search_files import ASKED, SearchFiles
from forecastlab.task.studies import existing

HOW = ("study", "root", "executor", "tracking", "tuning", "tuned", "sweep", "params", "privacy")
"""What says how a search was done, not what was searched: a replay takes these from its own command line."""


def replayed(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> tuple[str, ...]:
    """The overrides with ``params=best`` (or the number of a trial) written out; without it they stay as they are.

    First what the search was asked, then the values of the trial, then what else is typed, which replaces either.
    Raises ConfigError where there is no such study, search or trial.
    """
    wanted = [line.partition("=")[2] for line in overrides if key_of(line) == "params"]
    if not wanted:
        return tuple(overrides)
    mine = [line for line in overrides if key_of(line) != "params"]
    settings = build(compose([line for line in mine if key_of(line) in ("study", "root")])).settings
    if settings.study is None:
        raise ConfigError(Fault("missing-value", "study", "params=… needs the study of a search", "type study=NAME"))
    search, _, trial = wanted[-1].rpartition("/")
    files = _files(existing(Path(settings.root), settings.study).path / "tuning", search, settings.study)
    asked, rows = files.asked(), files.rows()
    if asked is None or not rows:
        what = f"study {settings.study} has no search with trials"
        raise ConfigError(Fault("no-search", "params", what, f"type forecastlab tune … study={settings.study}"))
    if asked["config_dir"] is not None and folder is None:
        what = f"the search had configs of its own, in {asked['config_dir']}"
        raise ConfigError(Fault("missing-option", "params", what, f"type --config-dir {asked['config_dir']}"))
    row = _row(rows, asked["objectives"], trial)
    found = {"study": settings.study, "trials": len(rows), "trial": int(row["trial"])}
    label = ",".join(f"{key}:{_quoted(value)}" for key, value in found.items())
    base = [line for line in asked["overrides"] if key_of(line).partition(".")[0] not in HOW]
    return _merged(base, shlex.split(row["overrides"]), [f"tuned={{{label}}}"], mine)


def key_of(line: str) -> str:
    """The key or group that an override speaks of."""
    return line.lstrip("+~").partition("=")[0]


def _files(folder: Path, search: str, study: str) -> SearchFiles:
    """The files of a study's search; where there were several, of the one that is named before the slash."""
    several = sorted(path.parent.name for path in folder.glob(f"*/{ASKED}"))
    if several and search not in several and (search or not (folder / ASKED).is_file()):
        what = f"study {study} has a search for each of {', '.join(several)}"
        fix = nearest(search, several) or f"type +params={several[0]}/best"
        raise ConfigError(Fault("no-search", "params", what, fix))
    return SearchFiles(folder / search if search in several else folder)


def _row(rows: Sequence[dict[str, str]], objectives: Sequence[str], wanted: str) -> dict[str, str]:
    """The trial that is asked for: a finished one."""
    done = {row["trial"]: row for row in rows if row["state"] == "done"}
    if not done:
        raise ConfigError(
            Fault("no-winner", "params", f"none of the {len(rows)} trials was finished", "type more trials")
        )
    if wanted == "best":
        return min(done.values(), key=lambda row: ([float(row[name]) for name in objectives], int(row["trial"])))
    if wanted not in done:
        what = f"found {wanted}, allowed are best and the number of a finished trial"
        raise ConfigError(Fault("unknown-trial", "params", what, nearest(wanted, ["best", *done])))
    return done[wanted]


def _merged(*parts: Sequence[str]) -> tuple[str, ...]:
    """One list in which a later line replaces earlier ones of the same key."""
    last = {key_of(line): line for part in parts for line in part}
    return tuple(last.values())


def _quoted(value: object) -> str:
    if not isinstance(value, str):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
