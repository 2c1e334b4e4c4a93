"""What modules offer, found out by reading them: nothing is imported that nobody trusts."""

from __future__ import annotations

import ast
import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

from forecastlab.cache import identity

ENTRY_POINTS = "forecastlab.parts"
"""The group of entry points by which an installed package tells of a module of parts."""


def beside(folder: Path, module: str) -> Path | None:
    """The file of a module that lies in a folder, if it does."""
    place = folder.joinpath(*module.split("."))
    files = (place.with_name(place.name + ".py"), place / "__init__.py")
    return next((file for file in files if file.is_file()), None)


def declared() -> Iterator[tuple[str, str]]:
    """Names and modules of the entry points that installed packages declare."""
    for point in importlib.metadata.entry_points(group=ENTRY_POINTS):
        yield point.name, point.module


def suggestion(group: str, part: str) -> str:
    """What to type so that a part is found, if it is certain; else nothing.

    Certain is: exactly one module, of those in the current folder and those that installed packages declare, has a
    ``PARTS`` in which the part is written out.
    """
    local = {path.stem: path for path in sorted(Path.cwd().glob("*.py"))}
    local |= {path.parent.name: path for path in sorted(Path.cwd().glob("*/__init__.py"))}
    found = {path: name for name, module in declared() if (path := identity.source(module)) is not None}
    found |= {path: name for name, path in local.items() if name.isidentifier()}
    names = [name for path, name in found.items() if (group, part) in _written(path)]
    return f"type --trust {names[0]}" if len(names) == 1 else ""


def _written(path: Path) -> set[tuple[str, str]]:
    """Groups and names that stand in the ``PARTS`` of a file."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return set()
    offers = [line.value for line in tree.body if isinstance(line, (ast.Assign, ast.AnnAssign)) and _is_parts(line)]
    return {(group, part) for offer in offers for group, inner in _items(offer) for part, _ in _items(inner)}


def _is_parts(line: ast.Assign | ast.AnnAssign) -> bool:
    targets = line.targets if isinstance(line, ast.Assign) else [line.target]
    return any(isinstance(target, ast.Name) and target.id == "PARTS" for target in targets)


def _items(node: ast.expr | None) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
