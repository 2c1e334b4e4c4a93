"""The code that decides a result: a module and what it imports of its own package, read but never run."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
from collections.abc import Callable, Iterator
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path


@cache
def code(module: str) -> str:
    """The fingerprint of the code behind a part: it changes when the code does, not when a comment does.

    SHA-256 in hex over the syntax trees, without comments and docstrings, of ``module`` (a dotted name) and of all
    that it imports, directly or not, at the top or inside functions: from its own top-level package, from forecastlab,
    and from modules that lie beside it in a folder of somebody's own (not one of installed packages). Not followed are
    imports for type checkers only, imports by a computed name, and packages that are merely passed through on the way
    to a module in them. Nothing is imported, and the answer is kept as long as the process runs, as the loaded code
    is. Raises ModuleNotFoundError, and SyntaxError for code that cannot run anyway.
    """
    return _digest(module, _read)


def changed(module: str) -> bool:
    """Whether the code behind a part is another one now than when ``code`` was first asked for it."""
    return _digest(module, _read.__wrapped__) != code(module)


def source(module: str) -> Path | None:
    """The file of a module, found without importing anything."""
    return _locate.__wrapped__(module)  # not the kept answer: a folder may have become importable meanwhile


def _digest(module: str, read: Callable[[str, Path], tuple[str, tuple[str, ...]]]) -> str:
    found: dict[str, str] = {}
    todo = [module]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        path = _locate(name)
        if path:
            found[name], imported = read(name, path)
            todo.extend(imported)
        elif name == module:  # others may be optional: should one appear, it is in the fingerprint
            raise ModuleNotFoundError(f"no source of module {name!r} was found", name=name)
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()


@cache
def _read(name: str, path: Path) -> tuple[str, tuple[str, ...]]:
    """The digest of one file, and the modules that it imports whose code decides, too."""
    if path.suffix != ".py":
        return hashlib.sha256(path.read_bytes()).hexdigest(), ()
    tree = ast.parse(path.read_bytes(), filename=path.name)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    top = name.partition(".")[0]
    imported = {target for target in _imports(tree, package) if _follows(top, target.partition(".")[0])}
    _strip(tree)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), tuple(sorted(imported))


def _follows(top: str, other: str) -> bool:
    """Whether the code of a top-level package counts for one that imports it; of libraries, their releases do."""
    if other in (top, "forecastlab"):
        return True
    home = _home(top)
    return home is not None and home == _home(other)


@cache
def _home(top: str) -> Path | None:
    """The folder that a top-level module lies in, unless that is one of installed packages or Python's own."""
    path = _locate(top)
    if path is None:
        return None
    folder = path.parent.parent if path.name == "__init__.py" else path.parent
    installed = folder == Path(os.__file__).parent or any(folder.glob("*.dist-info")) or any(folder.glob("*.egg-info"))
    return None if installed else folder


def _imports(node: ast.AST, package: str) -> Iterator[str]:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            for line in node.orelse:
                yield from _imports(line, package)
        case ast.Import():
            yield from (alias.name for alias in node.names)
        case ast.ImportFrom():
            source = _absolute(node, package)
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield inner if alias.name != "*" and _locate(inner) else source
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _imports(child, package)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _strip(tree: ast.AST) -> None:
    """Take out bare texts: docstrings of modules, classes, functions and attributes do nothing when run."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [line for line in body if not _is_text(line)]  # type: ignore[attr-defined]


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)


@cache
def _locate(name: str) -> Path | None:
    """The file of a module, by the place of its top-level package and arithmetic of paths (importing runs code)."""
    top, *inner = name.split(".")
    try:
        spec = importlib.util.find_spec(top) if top else None
    except ValueError:  # a module made by hand, such as __main__, that has no file of its own
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations is None:
        return Path(spec.origin) if spec.origin and not inner and spec.has_location else None
    for folder in map(Path, spec.submodule_search_locations):
        place = folder.joinpath(*inner)
        files = [place / "__init__.py"]
        if inner:
            files += [place.with_name(inner[-1] + suffix) for suffix in (".py", *EXTENSION_SUFFIXES)]
        for file in files:
            if file.is_file():
                return file
    return None
