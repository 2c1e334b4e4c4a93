"""forecastlab: experiments in forecasting customer sales. ``run`` and ``compare`` answer with frames."""

from __future__ import annotations

import importlib
from typing import Any

_ERRORS = ("ConfigError", "DataError", "EnvironmentFault", "ForecastlabError")
_API = (*_ERRORS, "Study", "compare", "predict", "profile", "promote", "register", "run", "score")
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Only when it is asked for: a worker, a shell that completes, or --help must not wait for it.
    if name in _API:
        return getattr(importlib.import_module(f"{__name__}.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_API])
