"""The code that decides a result: a module and what it imports of its own package, read but never run."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from collections.abc import Iterator
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path


@cache
def code(module: str) -> str:
    """The fingerprint of the code behind a part: it changes when the code does, not when a comment does.

    SHA-256 in hex over the syntax trees, without comments and docstrings, of ``module`` (a dotted name) and of all
    that it imports from its own top-level package, directly or not, at the top or inside functions. Not followed are
    imports for type checkers only, imports by a computed name, and packages that are merely passed through on the way
    to a module in them. Nothing is imported, and the answer is kept as long as the process runs, as the loaded code
    is. Raises ModuleNotFoundError, and SyntaxError for code that cannot run anyway.
    """
    found: dict[str, str] = {}
    todo = [module]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        path = _locate(name)
        if path:
            found[name], imported = _read(name, path)
            todo.extend(imported)
        elif name == module:  # others may be optional: should one appear, it is in the fingerprint
            raise ModuleNotFoundError(f"no source of module {name!r} was found", name=name)
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()


@cache
def _read(name: str, path: Path) -> tuple[str, tuple[str, ...]]:
    """The digest of one file, and the modules of the same top-level package that it imports."""
    if path.suffix != ".py":
        return hashlib.sha256(path.read_bytes()).hexdigest(), ()
    tree = ast.parse(path.read_bytes(), filename=path.name)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    top = name.partition(".")[0]
    imported = {target for target in _imports(tree, package) if target.partition(".")[0] == top}
    _strip(tree)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), tuple(sorted(imported))


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
