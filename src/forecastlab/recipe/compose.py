"""From overrides to one resolved config, by Hydra's Compose API; every fault is shown at once."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecastlab import places
from forecastlab.recipe._own_files import faults_in, not_text
from forecastlab.recipe.trust import NOBODY, Trusted
from forecastlab.schema import ConfigError, Fault, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydra.core.override_parser.types import Override
    from omegaconf import DictConfig


@dataclass(frozen=True)
class Composed:
    """A resolved config: plain values, which file was chosen for each group, what was overridden, who is trusted."""

    values: Mapping[str, Any]
    choices: Mapping[str, str]
    overrides: tuple[str, ...]
    folder: Path | None
    trusted: Trusted

    def origin(self, dotted: str) -> str:
        """Where the value of a dotted key comes from: the nearest override, or the file chosen for its group."""
        keys = {line.lstrip("+~").partition("=")[0]: line for line in self.overrides}
        given = {key: f"override {line.removeprefix('++')}" for key, line in keys.items() if key not in self.choices}
        chosen = {_place(group): self._file(group, choice) for group, choice in self.choices.items()}
        near = {place: where for place, where in (chosen | given).items() if f"{dotted}.".startswith(f"{place}.")}
        return near[max(near, key=len)] if near else self._file("", "config")

    def _file(self, group: str, choice: str) -> str:
        name = "/".join(part for part in (group.partition("@")[0], f"{choice}.yaml") if part)
        own = self.folder / name if self.folder is not None else None
        return str(own) if own is not None and own.is_file() else f"conf/{name}"


def compose(overrides: Sequence[str], folder: Path | None = None, trusted: Trusted = NOBODY) -> Composed:
    """Compose and resolve the config that the overrides ask for. Raises ConfigError with every fault found.

    ``folder`` is a user's config folder: what it holds comes first and may shadow the packaged files. ``trusted`` are
    the user's own parts, which may be named beside ours.
    """
    faults: list[Fault] = []
    left = _legal(overrides, faults)
    if folder is not None or any("experiments" in line for line in left):
        _mount_experiments()
    with _hydra(folder):
        while True:
            config, fault, culprit = _attempt(left, folder)
            if fault is None:
                break
            faults.append(fault)
            if culprit is None:
                raise ConfigError(faults)
            left = [override for override in left if override != culprit]
    assert config is not None
    values, choices = _plain(config, faults)
    faults += _targets(values)
    faults += faults_in(folder, choices) if folder is not None else []
    if faults:
        raise ConfigError(faults)
    return Composed(values, choices, tuple(left), folder, trusted)


def expand(overrides: Sequence[str], sweep: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The override lists of a sweep: every combination of the values that ``a=1,2`` and the ``sweep:`` key give.

    A key that is on the command line replaces the same key of ``sweep:``.
    """
    axes: list[list[str]] = []
    named = set()
    for override in parsed(overrides):
        named.add(override.key_or_group)
        line = override.input_line or ""
        key = line.partition("=")[0]
        axes.append([f"{key}={value}" for value in _values(override)] if override.is_sweep_override() else [line])
    for key, values in sweep.items():
        if key not in named:
            options = values if isinstance(values, list) else [value.strip() for value in str(values).split(",")]
            axes.append([f"{key}={value}" for value in options])
    return [tuple(point) for point in itertools.product(*axes)]


def _values(override: Override) -> list[str]:
    """The values of a sweep. Raises ConfigError for a range without steps, which only a search can try."""
    from hydra.core.override_parser.types import Glob

    value = override.value()
    if override.is_interval_sweep():
        what = "an interval has no list of values"
        fix = f"type {override.key_or_group}=a,b,c or {override.key_or_group}=range(a,b,step)"
        raise ConfigError(Fault("sweep", f"override {override.input_line}", what, fix))
    if isinstance(value, Glob):
        return value.filter(options(override.key_or_group))
    return list(override.sweep_string_iterator())


def options(group: str, folder: Path | None = None) -> list[str]:
    """The choices of a config group, packaged and the user's own."""
    roots = [places.experiments()] if group == "experiments" else [places.conf() / group]
    roots += [folder / group] if folder else []
    return sorted({path.stem for root in roots if root.is_dir() for path in root.glob("*.yaml")})


def _attempt(overrides: Sequence[str], folder: Path | None) -> tuple[DictConfig | None, Fault | None, str | None]:
    """Compose once: the config, or a fault and the override to blame for it."""
    from hydra import compose as hydra_compose
    from hydra.errors import ConfigCompositionException, HydraException, MissingConfigException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    try:
        return hydra_compose("config", overrides=list(overrides), return_hydra_config=True), None, None
    except MissingConfigException as error:
        fault, culprit = _unknown_choice(str(error), overrides, folder)
    except ConfigCompositionException as error:
        fault, culprit = _unknown_key(f"{error} {error.__cause__ or ''}", overrides, folder)
    except UnicodeDecodeError as error:
        faults = not_text(folder) or [Fault("bad-yaml", "config", str(error), "save the files as UTF-8")]
        raise ConfigError(faults) from error
    except (YAMLError, OmegaConfBaseException, HydraException) as error:
        fault, culprit = Fault("bad-yaml", _yaml_place(str(error)), _one_line(str(error)), "mend the file"), None
    return None, fault, culprit


def _unknown_choice(message: str, overrides: Sequence[str], folder: Path | None) -> tuple[Fault, str | None]:
    found = re.search(r"Could not (?:find|load) '([^']+)'", message)
    group, _, choice = found[1].rpartition("/") if found else ("", "", "")
    mine = [line for line in overrides if re.split(r"[@=]", line.lstrip("+"))[0] == group]
    named = [line for line in mine if re.search(rf"(?<!\w){re.escape(choice)}(?!\w)", line.partition("=")[2])]
    culprit = next(iter(named or mine), None)
    allowed = options(group, folder)
    where = f"override {culprit}" if culprit else f"conf/{group}"
    what = f"found {choice}, allowed are {', '.join(allowed)}" if allowed else _one_line(message)
    return Fault("unknown-choice", where, what, nearest(choice, allowed)), culprit


def _unknown_key(message: str, overrides: Sequence[str], folder: Path | None) -> tuple[Fault, str | None]:
    found = re.search(r"Could not (?:override|append to|delete|find)[^']*'([^']+)'", message)
    key = found[1] if found else ""
    culprit = next((line for line in overrides if re.split(r"[@=]", line.lstrip("+~"))[0] == key), None)
    unmerged = next((line for line in overrides if f"Error merging override {line}" in message), None)
    if unmerged is not None:
        line = unmerged.removeprefix("++")
        key = line.partition("=")[0]
        what, fix = f"{key} cannot be a mapping or a list of that form", f"type {key}=VALUE of the form in the file"
        return Fault("bad-value", f"override {line}", what, fix), unmerged
    if not found or culprit is None:
        return Fault("bad-config", "config", _one_line(message), "mend the config"), None
    rest = [line for line in overrides if line != culprit]
    config, _, _ = _attempt(rest, folder)
    known = _dotted(config) if config is not None else []
    if key in known:
        what, fix = f"{key} cannot be given as a whole", f"give it key by key: +{key}.NAME=VALUE"
        return Fault("bad-override", f"override {culprit}", what, fix), culprit
    return Fault("unknown-key", f"override {culprit}", f"there is no key {key}", nearest(key, known)), culprit


def _legal(overrides: Sequence[str], faults: list[Fault]) -> list[str]:
    """The overrides that can be parsed and that do not reach for Hydra's own settings."""
    legal = []
    for line in overrides:
        try:
            (override,) = parsed([line])
        except ConfigError as error:
            faults.extend(error.faults)
            continue
        if override.key_or_group.split(".")[0].split("/")[0] == "hydra":
            faults.append(
                Fault("forbidden-key", f"override {line}", "Hydra's own settings cannot be set", "take it out")
            )
        elif _climbs(override):
            group, allowed = override.key_or_group, options(override.key_or_group)
            what = f"a choice is a name, no path; allowed are {', '.join(allowed)}"
            faults.append(Fault("unknown-choice", f"override {line}", what, f"type {group}=NAME"))
        elif override.is_sweep_override():
            fix = f"add -m to run every value, or quote it: '{override.key_or_group}=[…]' for one list"
            faults.append(Fault("sweep", f"override {line}", "it names several values, and this is one run", fix))
        else:
            legal.append(_whole(override, line))
    return legal


def _climbs(override: Override) -> bool:
    """Whether the choice of a group is a path that leads out of it."""
    found = override.value()
    choices = found if isinstance(found, list) else [found]
    return any(".." in str(choice).split("/") for choice in choices) and bool(options(override.key_or_group))


def _whole(override: Override, line: str) -> str:
    """A mapping given as a whole may have keys that are not there yet: which of them are known is checked later."""
    return f"++{line}" if isinstance(override.value(), dict) and not line.startswith(("+", "~")) else line


def parsed(overrides: Sequence[str]) -> list[Override]:
    """The overrides as Hydra reads them. Raises ConfigError with every one that it cannot read."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    parser, found, faults = OverridesParser.create(), [], []
    for line in overrides:
        try:
            found += parser.parse_overrides([line])
        except HydraException as error:
            what = _one_line(str(error).split("\nSee ")[0])
            faults.append(Fault("bad-override", f"override {line}", what, "write it like group=choice or key=value"))
    if faults:
        raise ConfigError(faults)
    return found


def _plain(config: DictConfig, faults: list[Fault]) -> tuple[dict[str, Any], dict[str, str]]:
    """Plain resolved values without Hydra's own node, and the choices of each group."""
    from omegaconf import OmegaConf, open_dict
    from omegaconf.errors import OmegaConfBaseException

    choices = {key: value for key, value in config.hydra.runtime.choices.items() if not key.startswith("hydra/")}
    with open_dict(config):
        del config["hydra"]
    try:
        values: Any = OmegaConf.to_container(config, resolve=True)
    except OmegaConfBaseException as error:
        where = str(getattr(error, "full_key", None) or "config")
        what, fix = _interpolation(str(error).split("\n")[0], _dotted(config))
        faults.append(Fault("bad-interpolation", where, what, fix))
        return {}, choices
    missing = [key for key, value in _leaves(values, "") if value == "???"]
    faults.extend(Fault("missing-value", key, "it has no value", f"type {key}=…") for key in missing)
    return values, choices


def _interpolation(message: str, known: Sequence[str]) -> tuple[str, str]:
    """What is wrong with an interpolation, and what to type."""
    if "Recursive interpolation" in message or "RecursionError" in message:
        return "the interpolation leads back to itself, in a circle", "give one of them a value"
    if variable := re.search(r"Environment variable '([^']+)' not found", message):
        return f"the environment variable {variable[1]} is not set", f"type export {variable[1]}=VALUE"
    if key := re.search(r"Interpolation key '([^']+)' not found", message):
        return f"there is no key {key[1]}", nearest(key[1], known) or "name a key that exists, or give a value"
    return _one_line(message), "give it a value"


def _targets(values: Any) -> Iterator[Fault]:
    """A fault for every ``_target_``: Hydra would take it for something to call."""
    for name, _ in _leaves(values, "", lists=True):
        if "_target_" in name.split("."):
            what = "a config cannot name what is called"
            yield Fault("forbidden-key", name, what, "take it out; a part is chosen with group=choice")


@contextmanager
def _hydra(folder: Path | None) -> Iterator[None]:
    """Hydra initialised on the user's folder first and ours after it."""
    from hydra import initialize_config_dir
    from hydra.core.config_search_path import ConfigSearchPath
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.plugins import Plugins
    from hydra.plugins.search_path_plugin import SearchPathPlugin

    if folder is not None and not folder.is_dir():
        raise ConfigError(Fault("no-folder", f"--config-dir {folder}", "there is no such folder"))

    class Packaged(SearchPathPlugin):
        """Our configs, after the user's own."""

        def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
            search_path.append(provider="forecastlab", path=f"file://{places.conf()}")

    GlobalHydra.instance().clear()
    plugins = Plugins.instance()
    if folder is not None:
        plugins.register(Packaged)
    try:
        root = folder.absolute() if folder is not None else places.conf()
        with initialize_config_dir(str(root), version_base="1.3"):
            yield
    finally:
        if folder is not None:
            plugins.class_name_to_class.pop(f"{Packaged.__module__}.{Packaged.__qualname__}", None)
            plugins.plugin_type_to_subclass_list[SearchPathPlugin].remove(Packaged)


@cache
def _mount_experiments() -> None:
    """Put every packaged experiment into Hydra's store: that folder alone is mounted, never the one around it."""
    from hydra.core.config_store import ConfigStore
    from omegaconf import OmegaConf

    for path in sorted(places.experiments().glob("*.yaml")):
        ConfigStore.instance().store(
            group="experiments", name=path.stem, package="_global_", node=OmegaConf.load(path), provider="forecastlab"
        )


def _dotted(config: DictConfig) -> list[str]:
    """Every key there is, Hydra's own aside."""
    from omegaconf import OmegaConf

    values = {key: value for key, value in OmegaConf.to_container(config, resolve=False).items() if key != "hydra"}  # type: ignore[union-attr]
    leaves = [name for name, _ in _leaves(values, "")]
    return sorted({".".join(name.split(".")[:depth]) for name in leaves for depth in range(1, name.count(".") + 2)})


def _leaves(node: Any, prefix: str, lists: bool = False) -> Iterator[tuple[str, Any]]:
    """Every value with its dotted key; ``lists`` looks into lists too."""
    inner = enumerate(node) if lists and isinstance(node, list) else node.items() if isinstance(node, dict) else ()
    if node and inner:
        for key, value in inner:
            yield from _leaves(value, f"{prefix}.{key}" if prefix else str(key), lists)
    else:
        yield prefix, node


def _place(group: str) -> str:
    """Where in the config the choice of a group lies."""
    option, _, package = group.partition("@")
    return package or option.replace("/", ".")


def _yaml_place(message: str) -> str:
    found = re.findall(r'in "([^"]+)", line (\d+)', message)
    return f"{found[-1][0]} line {found[-1][1]}" if found else "config"


def _one_line(message: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"Config search path:.*", "", message, flags=re.S)).strip()
