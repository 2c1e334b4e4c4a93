"""Parts of a user's own: modules that the command line, and never a config, allows to be imported."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from forecastlab.cache import identity
from forecastlab.recipe import registry
from forecastlab.recipe._offers import beside, declared
from forecastlab.recipe.registry import Part
from forecastlab.schema import ConfigError, Fault, nearest

VARIABLE = "FORECASTLAB_TRUST"
"""Modules in this environment variable, with commas between them, are trusted, too."""


@dataclass(frozen=True)
class Trusted:
    """The modules that are trusted, and their parts by group and name."""

    modules: tuple[str, ...]
    parts: Mapping[tuple[str, str], type]

    def find(self, group: str, name: str) -> Part | None:
        """Our part of that name, or else a trusted one, or None."""
        own = self.parts.get((group, name))
        return registry.find(group, name) or (Part(group, name, own) if own is not None else None)

    def names(self, group: str) -> list[str]:
        """The parts of a group that may be chosen, ours first."""
        return [*registry.names(group), *(name for where, name in self.parts if where == group)]


NOBODY = Trusted((), {})
"""No module but ours."""


def trust(words: Iterable[str]) -> Trusted:
    """Import the modules of these names (or lists of names), and those of FORECASTLAB_TRUST, for their ``PARTS``.

    A name is that of a module in the current folder or of an installed one, or an entry point of the group
    ``forecastlab.parts``. Its ``PARTS`` maps groups to names to classes. Raises ConfigError with every fault.
    """
    given = [name.strip() for word in [*words, os.environ.get(VARIABLE, "")] for name in word.split(",")]
    names = list(dict.fromkeys(name for name in given if name))
    faults: list[Fault] = []
    causes: list[BaseException] = []
    parts: dict[tuple[str, str], type] = {}
    offered: dict[tuple[str, str], str] = {}
    for name in names:
        module, fault = _resolved(name)
        if module is None or fault is not None:
            faults += [fault] if fault is not None else []
            continue
        try:
            loaded = importlib.import_module(module)
        except (Exception, SystemExit) as error:
            what = f"it cannot be imported: {type(error).__name__}: {error}"
            faults.append(Fault("bad-module", _where(name), what, "mend it; --debug shows the traceback"))
            causes.append(error)
            continue
        if identity.changed(module):
            what = "its files were changed after this process had imported them"
            faults.append(Fault("changed-module", _where(name), what, "start Python anew (a notebook: its kernel)"))
            continue
        for group, part, kind in _offers(name, loaded, faults):
            key = (group, part)
            if key in offered:
                what = f"{group} {part} is also that of {offered[key]}"
                faults.append(Fault("name-taken", _where(name), what, "give one of them another name"))
            parts[key], offered[key] = kind, name
    if faults:
        raise ConfigError(faults) from (causes[0] if causes else None)
    return Trusted(tuple(names), parts)


def _resolved(name: str) -> tuple[str | None, Fault | None]:
    """The module that a name stands for, importable from now on; or what is wrong with the name."""
    if not all(word.isidentifier() for word in name.split(".")) or name.startswith("__main__"):
        return None, Fault("bad-module", _where(name), "it is not the name of a module", "write it like my_module")
    importlib.invalidate_caches()
    points = sorted({value for point, value in declared() if point == name})
    top = name.partition(".")[0]
    local, spec = beside(Path.cwd(), name), _spec(top)
    if local is not None and spec is None:
        # At the end: what is installed is never shadowed by a file that happens to lie in the current folder.
        sys.path.append(str(Path.cwd()))
        spec = _spec(top)
    elif local is not None and not _lies_in(spec, Path.cwd()):
        what = f"there is one in the current folder, and another module called {top} is installed"
        return None, Fault("two-modules", _where(name), what, "give yours another name")
    module = name if spec is not None and identity.source(name) is not None else None
    others = [point for point in points if module is None or point.partition(".")[0] != top]
    if len(others) + (module is not None) > 1:
        what = f"several things are called that: {', '.join([*([module] if module else []), *others])}"
        return None, Fault("two-modules", _where(name), what, "type the name of the module that you mean")
    found = next(iter(others or points), module)
    if found is None:
        known = sorted({point for point, _ in declared()} | {path.stem for path in Path.cwd().glob("*.py")})
        what = "there is no such module in the current folder, none is installed, and no package offers parts under it"
        return None, Fault("no-module", _where(name), what, nearest(name, known))
    if identity.source(found) is None:
        return None, Fault("no-module", _where(name), f"its package names {found}, which is not there")
    return found, None


def _offers(name: str, module: Any, faults: list[Fault]) -> Iterator[tuple[str, str, type]]:
    """The parts of a module that are in order; what is not is added to ``faults``."""
    offers = getattr(module, "PARTS", None)
    if not isinstance(offers, Mapping) or not all(isinstance(inner, Mapping) for inner in offers.values()):
        what = "it has no PARTS" if offers is None else "its PARTS is not a mapping of mappings"
        faults.append(Fault("no-parts", _where(name), what, 'write PARTS = {"model": {"my_model": MyModel}}'))
        return
    for group, inner in offers.items():
        if group not in registry.GROUPS:
            what = f"there is no group {group}, there are {', '.join(registry.GROUPS)}"
            faults.append(Fault("unknown-group", _where(name), what, nearest(str(group), registry.GROUPS)))
            continue
        for part, kind in inner.items():
            wrong = _wrong(group, part, kind)
            if wrong:
                faults.append(Fault(wrong[0], f"{_where(name)}: {group} {part}", *wrong[1:]))
            else:
                yield group, part, kind


def _wrong(group: str, part: object, kind: object) -> Sequence[str]:
    """Code, what and fix, if something is wrong with an offered part."""
    if not isinstance(part, str) or not part.isidentifier() or part.startswith("_"):
        return "bad-name", "its name is not a plain word", "letters, digits and underscores will do"
    if registry.find(group, part) is not None:
        return "name-taken", f"{part} is one of ours", f"call it otherwise, such as my_{part}"
    if not isinstance(kind, type) or not dataclasses.is_dataclass(kind):
        return (
            "not-a-part",
            "it is not a dataclass",
            "write @dataclass(frozen=True) above the class and offer the class",
        )
    if not getattr(kind, "__dataclass_params__").frozen:  # noqa: B009
        return "not-a-part", "it is not frozen", "write @dataclass(frozen=True)"
    if "<locals>" in kind.__qualname__ or kind.__module__ == "__main__":
        return "not-a-part", "workers cannot import it", "define the class at the top of a module"
    try:
        get_type_hints(kind, include_extras=True)
    except Exception as error:
        what = f"the types of its fields cannot be read: {type(error).__name__}: {error}"
        return "bad-field", what, "import what they name at the top of the module"
    return ()


def _spec(top: str) -> Any:
    try:
        return importlib.util.find_spec(top)
    except ValueError:  # __main__ and the like
        return None


def _lies_in(spec: Any, folder: Path) -> bool:
    places = [*(spec.submodule_search_locations or ()), *([spec.origin] if spec.origin else [])]
    return any(Path(place).resolve().is_relative_to(folder.resolve()) for place in places)


def _where(name: str) -> str:
    return f"--trust {name}"
