"""``--info``: where a config comes from, instead of running it."""

from __future__ import annotations

from collections.abc import Iterator

from forecastlab.cache import identity
from forecastlab.recipe import Composed
from forecastlab.recipe.origins import origins, search_path


def show_info(what: str, composed: Composed) -> int:
    """Print the files, the folders that are searched, or what was typed; or all of it."""
    parts = {"defaults": _defaults, "searchpath": _searchpath, "config": _config}
    blocks = [list(tell(composed)) for name, tell in parts.items() if what in (name, "all")]
    print("\n\n".join("\n".join(block) for block in blocks))
    return 0


def _defaults(composed: Composed) -> Iterator[str]:
    found = origins(composed)
    labels = ["  " * each.depth + (each.place or "(all)") for each in found]
    wide, long = max(map(len, labels)), max(len(each.choice) for each in found)
    yield "files, each below the one that names it"
    for label, each in zip(labels, found, strict=True):
        yield f"  {label:<{wide}}  {each.choice:<{long}}  {each.file}{'  (yours)' if each.own else ''}"


def _searchpath(composed: Composed) -> Iterator[str]:
    yield "folders that are searched, first come first"
    for path in search_path(composed):
        yield f"  {path}"


def _config(composed: Composed) -> Iterator[str]:
    yield "typed"
    for line in composed.overrides or ("nothing",):
        yield f"  {line}"
    yield "trusted modules"
    for name in composed.trusted.modules or ("none",):
        yield f"  {name}"
    for (group, part), kind in composed.trusted.parts.items():
        yield f"    {group} {part}  {identity.source(kind.__module__)}"
