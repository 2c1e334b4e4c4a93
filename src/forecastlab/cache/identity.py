"""What decides a result, as a short text: equal questions get equal keys, different ones never do."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.cache._closure import changed, code, source

__all__ = ["changed", "code", "digest", "machine", "source", "versions"]

# Every library whose release may change a figure in its last bits. Those that are not installed cannot.
_NUMERIC = (
    "coreforecast",
    "duckdb",
    "lifetimes",
    "lightgbm",
    "llvmlite",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "scikit-learn",
    "scipy",
    "sktime",
    "statsforecast",
    "statsmodels",
    "utilsforecast",
    "xgboost",
    "xgboost-cpu",
)


def digest(value: object) -> str:
    """The fingerprint of a setting: the same for the same content, whatever the order of its keys.

    SHA-256 in hex over a canonical JSON text. Allowed are None, bool, int, float, str, numpy scalars, pandas
    Timestamps, lists and tuples (equal to each other), mappings and dataclasses of these. ``1`` and ``1.0`` differ.
    Raises TypeError, with the place inside ``value``, for anything else; for paths too, since where a file lies does
    not decide a result (its content does).
    """
    text = json.dumps(_canonical(value, "value"), separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def versions() -> dict[str, str]:
    """The releases of Python (major and minor) and of the installed numeric libraries, by name."""
    found = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for name in _NUMERIC:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def machine() -> str:
    """The CPU architecture, such as ``x86_64``: arithmetic may differ in the last bit between architectures."""
    return platform.machine()


def _canonical(value: object, where: str) -> Any:
    # Whatever is not a scalar becomes a list that starts with its kind, so that no two kinds can be taken for another.
    match value:
        case np.generic():
            return _canonical(_plain(value, where), where)
        case None | bool() | int() | float() | str() if not isinstance(value, Enum):
            return value
        case pd.Timestamp():
            return ["time", value.isoformat()]
        case list() | tuple():
            return ["list", *(_canonical(item, f"{where}[{i}]") for i, item in enumerate(value))]
        case Mapping():
            pairs = [[_canonical(k, f"a key of {where}"), _canonical(v, f"{where}[{k!r}]")] for k, v in value.items()]
            return ["map", *sorted(pairs, key=lambda pair: json.dumps(pair[0]))]
        case _ if is_dataclass(value) and not isinstance(value, type):
            pairs = [[f.name, _canonical(getattr(value, f.name), f"{where}.{f.name}")] for f in fields(value)]
            return ["class", f"{type(value).__module__}.{type(value).__qualname__}", *sorted(pairs)]
    raise TypeError(f"{where} is a {type(value).__name__}, which has no place in a key")


def _plain(value: np.generic, where: str) -> object:
    if isinstance(value, np.bool_ | np.integer | np.floating | np.str_):
        return value.item()
    raise TypeError(f"{where} is a {type(value).__name__}, which has no place in a key")
