"""The fingerprint of code: it follows the statements of a module and of what it imports, and nothing else."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from forecastlab.cache.identity import changed, code, source

NUMBERS = count()
FILES = {
    "__init__.py": "",
    "model/__init__.py": "",
    "model/naive.py": '"""Doc."""\nfrom {top}.words import NAME\ndef fit(x):\n    """Doc."""\n    return x + 1\n',
    "model/other.py": "def fit(x):\n    return x\n",
    "words.py": "NAME = 'naive'\n",
    "deep/__init__.py": "from {top}.deep.inner import depth\n",
    "deep/inner.py": "depth = 3\n",
}

Fingerprint = Callable[[dict[str, str]], str]


@pytest.fixture
def fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fingerprint:
    """The fingerprint of ``model.naive`` in a new package of these files (over ``FILES``), under one and the same name.

    What was read before is forgotten between the packages, as it is between two programs.
    """

    def of(changes: dict[str, str]) -> str:
        root = tmp_path / f"v{next(NUMBERS)}"
        for name, text in {**FILES, **changes}.items():
            file = root / "shop_parts" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.format(top="shop_parts"))
        with monkeypatch.context() as patch:
            patch.syspath_prepend(root)
            forget()
            key = code("shop_parts.model.naive")
        forget()
        assert not [name for name in sys.modules if name.startswith("shop_parts")]  # nothing was imported
        return key

    return of


def forget() -> None:
    importlib.invalidate_caches()
    for function in (code, *(getattr(sys.modules[code.__module__], name) for name in ("_read", "_locate", "_home"))):
        function.cache_clear()


def naive(imports: str, body: str = "return x + 1") -> dict[str, str]:
    return {"model/naive.py": f"{imports}\ndef fit(x):\n    {body}\n"}


@pytest.mark.parametrize(
    "text",
    [
        "from {top}.words import NAME\ndef fit(x):\n    return x + 1\n",
        '"""Other."""\n# a comment\nfrom {top}.words import NAME\n\ndef fit(x):  # why\n    "O"\n    return (x + 1)\n',
        "from {top}.words import (\n    NAME,\n)\n'about NAME'\ndef fit(x):\n    return x+1\n",
    ],
)
def test_when_only_comments_docstrings_or_layout_change_then_the_fingerprint_stays(
    fingerprint: Fingerprint, text: str
) -> None:
    assert fingerprint({"model/naive.py": text}) == fingerprint({})


def test_when_a_statement_changes_then_the_fingerprint_changes(fingerprint: Fingerprint) -> None:
    assert fingerprint(naive("from {top}.words import NAME", "return x + 2")) != fingerprint({})


@pytest.mark.parametrize(
    "imports",
    [
        "from {top}.words import NAME",
        "from {top}.words import *",
        "from {top} import words",
        "import {top}.words",
        "import {top}.words as w",
        "from .. import words",
        "from ..words import NAME",
        "try:\n    from {top}.words import NAME\nexcept ImportError:\n    NAME = ''",
        "def late():\n    from {top} import words\n    return words",
        "class Late:\n    def late(self):\n        if self:\n            import {top}.words",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\nelse:\n    import {top}.words",
        "from {top}.middle import more",
    ],
)
def test_when_an_imported_module_changes_then_the_fingerprint_changes(fingerprint: Fingerprint, imports: str) -> None:
    base = naive(imports) | {"middle.py": "from {top}.words import NAME as more\n"}
    assert fingerprint(base | {"words.py": "NAME = 'other'\n"}) != fingerprint(base)
    assert fingerprint(base | {"words.py": "# a comment\nNAME = 'naive'\n"}) == fingerprint(base)


@pytest.mark.parametrize(
    "imports",
    [
        "import json",
        "from {top}.model import other",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from {top}.words import NAME",
        "import typing\nif typing.TYPE_CHECKING:\n    import {top}.words",
        "from words import NAME",
    ],
)
def test_when_a_module_that_is_not_imported_changes_then_the_fingerprint_stays(
    fingerprint: Fingerprint, imports: str
) -> None:
    assert fingerprint(naive(imports) | {"words.py": "NAME = 'other'\n"}) == fingerprint(naive(imports))


def test_when_a_sibling_model_or_a_package_passed_through_changes_then_the_fingerprint_stays(
    fingerprint: Fingerprint,
) -> None:
    changes = {
        "model/other.py": "def fit(x):\n    return 0\n",
        "model/__init__.py": "A = 1\n",
        "__init__.py": "B = 2\n",
    }
    assert fingerprint(changes) == fingerprint({})


@pytest.mark.parametrize("imports", ["import {top}.deep", "from {top}.deep import depth", "from {top} import deep"])
def test_when_a_package_is_imported_then_what_its_init_imports_counts(fingerprint: Fingerprint, imports: str) -> None:
    for inner in ("from {top}.deep.inner import depth\n", "from .inner import depth\n", "from . import inner\n"):
        base = naive(imports) | {"deep/__init__.py": inner}
        assert fingerprint(base | {"deep/inner.py": "depth = 4\n"}) != fingerprint(base)


def test_when_modules_import_each_other_then_the_fingerprint_is_found_all_the_same(fingerprint: Fingerprint) -> None:
    circle = {"words.py": "import {top}.model.naive\nNAME = 'naive'\n"}
    assert fingerprint(circle) == fingerprint(circle) != fingerprint({})


def test_when_an_optional_module_appears_then_the_fingerprint_changes(fingerprint: Fingerprint) -> None:
    base = naive("try:\n    from {top}.fast import go\nexcept ImportError:\n    go = None")
    assert fingerprint(base) != fingerprint(base | {"fast.py": "go = 1\n"})


def test_when_code_moves_between_modules_of_the_closure_then_the_fingerprint_changes(fingerprint: Fingerprint) -> None:
    base = naive("from {top} import words\nfrom {top}.model import other")
    swapped = {"words.py": FILES["model/other.py"], "model/other.py": FILES["words.py"]}
    assert fingerprint(base | swapped) != fingerprint(base)


def test_when_the_same_package_lies_elsewhere_then_the_fingerprint_stays(fingerprint: Fingerprint) -> None:
    assert fingerprint({}) == fingerprint({})


def test_when_a_user_keeps_all_in_one_file_then_that_file_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    name = f"my_parts_{next(NUMBERS)}"
    (tmp_path / f"{name}.py").write_text("X = 1\n")
    first = code(name)
    forget()
    (tmp_path / f"{name}.py").write_text("X = 2\n")
    assert code(name) != first


@pytest.mark.parametrize("name", ["no_such_package", "no_such_package.part", "forecastlab.no_such_module", "sys.x"])
def test_when_there_is_no_such_module_then_it_is_named(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=name):
        code(name)


def test_when_our_own_part_is_asked_then_other_parts_and_layers_are_not_in_it() -> None:
    from forecastlab.cache import _closure

    key = code("forecastlab.executor.serial")
    assert len(key) == 64
    assert code("forecastlab.executor.processes") != key
    seen = {path.name for path in map(_closure._locate, _names_behind("forecastlab.executor.serial")) if path}
    assert seen == {"serial.py", "_call.py", "_threads.py"}


def _names_behind(module: str) -> set[str]:
    from forecastlab.cache import _closure

    todo, found = [module], set[str]()
    while todo:
        name = todo.pop()
        path = _closure._locate(name)
        if name not in found and path:
            found.add(name)
            todo.extend(_closure._read(name, path)[1])
    return found


@pytest.mark.parametrize(("marker", "follows"), [(None, True), ("other-1.0.dist-info", False)])
def test_when_a_file_beside_is_imported_then_it_counts_unless_the_folder_is_one_of_installed_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marker: str | None, follows: bool
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    if marker:
        (tmp_path / marker).mkdir()
    part, rule = (f"{word}_{next(NUMBERS)}" for word in ("my_part", "my_rule"))
    (tmp_path / f"{part}.py").write_text(f"import json\nfrom {rule} import X\n")
    (tmp_path / f"{rule}.py").write_text("X = 1\n")
    forget()
    first = code(part)
    (tmp_path / f"{rule}.py").write_text("X = 2\n")
    assert changed(part) is follows
    forget()
    assert (code(part) != first) is follows


def test_when_code_of_ours_is_imported_then_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    name = f"my_parts_{next(NUMBERS)}"
    (tmp_path / f"{name}.py").write_text("from forecastlab.model.naive import Naive\n")
    assert {"naive.py", "state.py", f"{name}.py"} <= {
        path.name for path in map(source, _names_behind(name)) if path is not None
    }
