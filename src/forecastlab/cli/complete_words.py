"""What may come next on a command line, for the shell; read from the config folders, without any library but YAML.

Whoever presses Tab does not wait for pandas, so nothing here may import what the commands do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from forecastlab import places

COMPOSING = (
    *("run", "plan", "profile", "tune", "compare", "report", "check", "sync"),
    *("register", "promote", "predict", "score", "monitor"),
)
"""Commands whose words are overrides of a config."""
OPTIONS = (
    *("--config-dir", "--trust", "--cfg", "--info", "--multirun", "--allow-change"),
    *("--dry-run", "--force", "--rollback", "--replay", "--debug", "--help"),
)
FIXED = {
    "--cfg": ("job",),
    "--info": ("all", "defaults", "searchpath", "config"),
    "check": ("config", "data", "leakage", "parts"),
    "cache": ("ls", "prune"),
    "completion": ("bash", "zsh"),
}
"""Words that may follow a word."""


def candidates(line: str, commands: Iterable[str]) -> list[str]:
    """All ways to finish the last word of a line (as typed up to the cursor, the program first), whole words each.

    A word that ends in ``=`` or ``.`` goes on.
    """
    *before, word = _words(line)
    before = before[1:]
    if not before:
        return _begin(word, [*commands, "--help", "--version"])
    last, command = before[-1], before[0]
    if last in ("--config-dir", "-cd"):
        return _folders(word)
    if last == "--trust":
        return _modules(word)
    if last in FIXED and (last.startswith("-") or len(before) == 1):
        return _begin(word, FIXED[last])
    if word.startswith("-"):
        return _begin(word, OPTIONS)
    own = _own(before)
    groups = _groups(own)
    if command == "list":
        return _begin(word, groups)
    if command == "check" and before[1:2] == ["parts"]:
        return _begin(word, [f"{group}/{name}" for group in groups for name in _names(group, own, mine=True)])
    return sorted(set(_overrides(word, before[1:], groups, own))) if command in COMPOSING else []


def _overrides(word: str, before: Sequence[str], groups: Sequence[str], own: Path | None) -> Iterator[str]:
    """Groups and their choices, keys of what is chosen, and experiments."""
    key, given, value = word.partition("=")
    sign = key[:1] if key[:1] in ("+", "~") else ""
    key = key.removeprefix(sign)
    if given:
        yield from (f"{sign}{key}={choice}" for choice in _values(key, value, before, own))
        return
    yield from _begin(word, [f"{sign}{group}=" for group in groups if (group == "experiments") is (sign == "+")])
    if "." in key or not sign:
        yield from (sign + found for found in _steps(key, _keys(before, own)))


def _values(key: str, value: str, before: Sequence[str], own: Path | None) -> list[str]:
    """The ways to finish a value: the choices of a group, also of the last of several; truth; names of studies."""
    group = key.partition("@")[0]
    done, comma, last = value.rpartition(",")
    opening = "[" if value.startswith("[") and not comma else ""
    if group in _groups(own):
        taken = re.split(r"[\[\],]", done)
        names = [name for name in _names(group, own) if name not in taken]
        return [f"{done}{comma}{opening}{name}" for name in _begin(last.removeprefix(opening), names)]
    if key == "study":
        root = next((word.partition("=")[2] for word in before if word.startswith("root=")), "mlruns")
        return _begin(value, sorted(path.name for path in Path(root, "studies").glob("*") if path.is_dir()))
    kept = _keys(before, own).get(key)
    return _begin(value, ["true", "false"]) if isinstance(kept, bool) else []


def _keys(before: Sequence[str], own: Path | None) -> dict[str, Any]:
    """The dotted keys of the config that the words so far choose, with their values in the files."""
    typed = dict(word.lstrip("+").split("=", 1) for word in before if "=" in word)
    top = _read("", "config", own)
    chosen: dict[str, Any] = {}
    for line in [
        *top.get("defaults", []),
        *_read("experiments", typed.get("experiments", ""), own).get("defaults", []),
    ]:
        if isinstance(line, dict):
            chosen |= {str(key).removeprefix("override ").lstrip("/"): choice for key, choice in line.items()}
    found = dict(_leaves({key: value for key, value in top.items() if key != "defaults"}, ""))
    for group, choice in {**chosen, **{key: value for key, value in typed.items() if key in chosen}}.items():
        several = isinstance(choice, list) or str(choice).startswith("[")
        names = choice if isinstance(choice, list) else re.split(r"[\[\],]+", str(choice))
        for name in filter(None, names):
            found |= _of_file(group, str(name), f"{group}.{name}" if several else group, own)
    return found


def _of_file(group: str, name: str, place: str, own: Path | None) -> dict[str, Any]:
    """The keys of a file, and those of the files that it builds on or takes parts from."""
    node = _read(group, name, own)
    found: dict[str, Any] = {}
    for line in node.get("defaults", []):
        if isinstance(line, str) and line not in ("_self_", name):
            found |= _of_file(group, line, place, own)
        for key, choice in line.items() if isinstance(line, dict) else ():
            inner, _, package = str(key).removeprefix("override ").lstrip("/").partition("@")
            if package and isinstance(choice, str):
                found |= _of_file(inner, choice, f"{place}.{package}", own)
    aside = ("defaults", "part", "space", "smoke")
    return found | dict(_leaves({key: value for key, value in node.items() if key not in aside}, place))


def _leaves(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, node


def _steps(typed: str, keys: Iterable[str]) -> Iterator[str]:
    """Keys that begin with what was typed, one level further: ``backtest.``, then ``backtest.horizon=``."""
    for key in keys:
        if key.startswith(typed):
            level, dot, _ = key[len(typed) :].partition(".")
            yield f"{typed}{level}{'.' if dot else '='}"


def _read(group: str, name: str, own: Path | None) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for root in _roots(group, own):
        path = root / f"{name}.yaml"
        if name and path.is_file():
            try:
                node = yaml.load(path.read_text(encoding="utf-8"), loader)
            except (yaml.YAMLError, OSError, UnicodeDecodeError):
                return {}
            return node if isinstance(node, dict) else {}
    return {}


def _groups(own: Path | None) -> list[str]:
    folders = [path for root in filter(None, (own, places.conf())) for path in root.glob("[a-z]*") if path.is_dir()]
    return sorted({path.name for path in folders} | {"experiments"})


def _names(group: str, own: Path | None, mine: bool = False) -> list[str]:
    roots = _roots(group, own)[:1] if mine else _roots(group, own)
    return sorted({path.stem for root in roots for path in root.glob("*.yaml")}) if own or not mine else []


def _roots(group: str, own: Path | None) -> list[Path]:
    packaged = places.experiments() if group == "experiments" else places.conf() / group
    return [*([own / group] if own else []), packaged]


def _own(before: Sequence[str]) -> Path | None:
    """The user's config folder among the words so far."""
    for word, following in zip(before, [*before[1:], ""], strict=True):
        name, _, given = word.partition("=")
        if name in ("--config-dir", "-cd") and (given or following):
            return Path(given or following).expanduser()
    return None


def _folders(word: str) -> list[str]:
    head = word.rpartition("/")[0] + "/" if "/" in word else ""
    paths = Path(head or ".").expanduser().glob("*/")
    return _begin(word, sorted(f"{head}{path.name}" for path in paths if not path.name.startswith((".", "_"))))


def _modules(word: str) -> list[str]:
    """Modules of the current folder that speak of PARTS; they are read, not imported."""
    files = sorted(Path.cwd().glob("*.py"))
    return _begin(word, [path.stem for path in files if re.search(rb"^PARTS\b", path.read_bytes(), flags=re.M)])


def _begin(word: str, words: Iterable[str]) -> list[str]:
    return [each for each in words if each.startswith(word)]


def _words(line: str) -> list[str]:
    """The words of an unfinished line, quotes taken away; the last one may be empty."""
    words = re.findall(r"""((?:[^\s"']|"[^"]*"?|'[^']*'?)+)""", line)
    words = [re.sub(r"[\"']", "", word) for word in words]
    return words if words and not line[-1:].isspace() else [*words, ""]
