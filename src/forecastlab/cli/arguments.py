"""What was typed: a command, Hydra overrides, and a few options of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from forecastlab.schema import ConfigError, Fault, nearest


@dataclass(frozen=True)
class Arguments:
    """A parsed command line; ``overrides`` are in Hydra's grammar and are read by the recipe."""

    command: str
    overrides: tuple[str, ...]
    multirun: bool
    cfg: bool
    folder: Path | None
    help: bool
    allow_change: bool


def parse(words: Sequence[str], commands: Iterable[str]) -> Arguments:
    """Read the command line. Raises ConfigError for an unknown command or option."""
    allowed = list(commands)
    command, rest = words[0], list(words[1:])
    if command not in allowed:
        what = f"there is no command {command}, there are {', '.join(allowed)}"
        raise ConfigError(Fault("unknown-command", "command line", what, nearest(command, allowed)))
    overrides: list[str] = []
    flags: set[str] = set()
    folder: Path | None = None
    while rest:
        word = rest.pop(0)
        name, _, given = word.partition("=")
        if name in ("--config-dir", "-cd", "--cfg", "-c"):
            found = given or (rest.pop(0) if rest else "")
            if name in ("--config-dir", "-cd"):
                if not found:
                    raise ConfigError(Fault("bad-option", name, "it needs a folder", "type --config-dir DIR"))
                folder = Path(found)
            elif found == "job":
                flags.add("cfg")
            else:
                raise ConfigError(Fault("bad-option", "--cfg", f"found {found or 'nothing'}, allowed is job"))
        elif word in _FLAGS:
            flags.add(_FLAGS[word])
        elif word.startswith("-"):
            known = [*_FLAGS, "--config-dir", "--cfg"]
            raise ConfigError(Fault("unknown-option", word, f"allowed are {', '.join(known)}", nearest(word, known)))
        else:
            overrides.append(word)
    return Arguments(
        command, tuple(overrides), "multirun" in flags, "cfg" in flags, folder, "help" in flags, "allow" in flags
    )


_FLAGS = {
    "-m": "multirun",
    "--multirun": "multirun",
    "--allow-change": "allow",
    "--debug": "debug",
    "-h": "help",
    "--help": "help",
}
