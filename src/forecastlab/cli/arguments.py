"""What was typed: a command, Hydra overrides, and a few options of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from forecastlab.schema import ConfigError, Fault, nearest


@dataclass(frozen=True)
class Arguments:
    """A parsed command line; ``overrides`` are in Hydra's grammar and are read by the recipe.

    ``info`` is what is to be told of the config instead of doing anything, or empty; ``trust`` are names of modules;
    ``force`` is the reason for a promotion that the gate refuses. ``export`` is the file for a found config, empty
    where it is to be named after the study. ``replay`` tells a backtest again as if its method had been in use.
    """

    command: str
    overrides: tuple[str, ...]
    multirun: bool
    cfg: bool
    folder: Path | None
    help: bool
    allow_change: bool
    info: str
    trust: tuple[str, ...]
    export: str | None
    dry_run: bool
    rollback: bool
    force: str | None
    replay: bool


INFOS = ("all", "defaults", "searchpath", "config")
"""What ``--info`` can tell; the first is meant where nothing is said."""


def parse(words: Sequence[str], commands: Iterable[str]) -> Arguments:
    """Read the command line. Raises ConfigError for an unknown command or option."""
    allowed = list(commands)
    command, rest = words[0], list(words[1:])
    if command not in allowed:
        what = f"there is no command {command}, there are {', '.join(allowed)}"
        raise ConfigError(Fault("unknown-command", "command line", what, nearest(command, allowed)))
    overrides: list[str] = []
    flags: set[str] = set()
    values: dict[str, list[str]] = {name: [] for name in _VALUED.values()}
    while rest:
        word = rest.pop(0)
        name, _, given = word.partition("=")
        if word in _FLAGS:
            flags.add(_FLAGS[word])
        elif name == "--info":
            values["info"].append(given or (rest.pop(0) if rest and rest[0] in INFOS else INFOS[0]))
        elif name == "--export":
            values["export"].append(given or (rest.pop(0) if rest and _is_file(rest[0]) else ""))
        elif name in _VALUED:
            values[_VALUED[name]].append(given or _value(name, rest))
        elif word.startswith("-"):
            known = [*_FLAGS, *_VALUED]
            raise ConfigError(Fault("unknown-option", word, f"allowed are {', '.join(known)}", nearest(word, known)))
        else:
            overrides.append(word)
    for name, choices in (("cfg", ("job",)), ("info", INFOS)):
        for found in values[name]:
            if found not in choices:
                what = f"found {found}, allowed is {', '.join(choices)}"
                raise ConfigError(Fault("bad-option", f"--{name}", what, nearest(found, choices)))
    return Arguments(
        command,
        tuple(overrides),
        multirun="multirun" in flags,
        cfg=bool(values["cfg"]),
        folder=Path(values["folder"][-1]) if values["folder"] else None,
        help="help" in flags,
        allow_change="allow" in flags,
        info=(values["info"] or [""])[-1],
        trust=tuple(values["trust"]),
        export=values["export"][-1] if values["export"] else None,
        dry_run="dry" in flags,
        rollback="rollback" in flags,
        force=values["force"][-1] if values["force"] else None,
        replay="replay" in flags,
    )


def _is_file(word: str) -> bool:
    return word.endswith((".yaml", ".yml")) and "=" not in word


def _value(name: str, rest: list[str]) -> str:
    """The word after an option that needs one."""
    if rest and not rest[0].startswith("-"):
        return rest.pop(0)
    found = f"found {rest[0]}" if rest else "found nothing"
    needs = {"--trust": "MODULE", "--cfg": "job", "-c": "job", "--force": "REASON"}.get(name, "DIR")
    raise ConfigError(Fault("bad-option", name, f"{found}, allowed is {needs}", f"type {name} {needs}"))


_FLAGS = {
    "-m": "multirun",
    "--multirun": "multirun",
    "--allow-change": "allow",
    "--dry-run": "dry",
    "--rollback": "rollback",
    "--replay": "replay",
    "--debug": "debug",
    "-h": "help",
    "--help": "help",
}
_VALUED = {
    "--config-dir": "folder",
    "-cd": "folder",
    "--cfg": "cfg",
    "-c": "cfg",
    "--trust": "trust",
    "--info": "info",
    "--export": "export",
    "--force": "force",
}
