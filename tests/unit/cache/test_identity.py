"""What belongs into a key, and what is refused."""

from __future__ import annotations

import datetime
import enum
import importlib.metadata
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecastlab.cache.identity import digest, machine, versions


class Colour(enum.IntEnum):
    RED = 1


@dataclass(frozen=True)
class Source:
    name: str
    options: dict[str, Any]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (Path("x"), "value is a PosixPath"),
        ({"data": {"file": Path("x")}}, r"value\['data'\]\['file'\] is a PosixPath"),
        (Source("a", {"file": [1, Path("x")]}), r"value\.options\['file'\]\[1\] is a PosixPath"),
        ({Path("x"): 1}, "a key of value is a PosixPath"),
        ({1, 2}, "value is a set"),
        (b"x", "value is a bytes"),
        (1j, "value is a complex"),
        (np.ones(2), "value is a ndarray"),
        (np.complex128(1), "value is a complex128"),
        (np.datetime64("2020-01-01"), "value is a datetime64"),
        (datetime.date(2020, 1, 1), "value is a date"),
        (datetime.datetime(2020, 1, 1), "value is a datetime"),
        (pd.NaT, "value is a NaTType"),
        (pd.Series([1]), "value is a Series"),
        (Colour.RED, "value is a Colour"),
        (Source, "value is a type"),
        (len, "value is a builtin_function_or_method"),
    ],
)
def test_when_a_value_has_no_place_in_a_key_then_it_is_refused_by_its_place(value: object, place: str) -> None:
    with pytest.raises(TypeError, match=f"^{place}, which"):
        digest(value)


def test_when_a_key_is_refused_then_the_value_is_not_quoted() -> None:
    with pytest.raises(TypeError) as raised:
        digest({"customer": Path("/home/erika-mustermann")})
    assert "erika" not in str(raised.value)


def test_when_numbers_look_alike_then_their_keys_still_differ() -> None:
    assert len({digest(value) for value in (0, 0.0, -0.0, False, "0", None, "", [], {}, [0], {0: 0}, {"0": 0})}) == 12


def test_when_python_starts_again_with_another_hash_seed_then_the_key_is_the_same() -> None:
    program = "from forecastlab.cache.identity import digest; print(digest({'b': 1, 'a': [2.5, None]}))"
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {program}"],
        env={"PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == digest({"a": [2.5, None], "b": 1})


def test_when_versions_are_asked_then_the_numeric_libraries_and_python_are_there() -> None:
    found = versions()
    assert found["numpy"] == np.__version__
    assert found["pandas"] == pd.__version__
    assert found["scikit-learn"] == importlib.metadata.version("scikit-learn")
    assert found["python"] == ".".join(platform.python_version_tuple()[:2])
    assert "pytest" not in found
    assert machine() == platform.machine()
