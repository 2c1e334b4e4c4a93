"""Where packaged configs and experiments lie: inside the wheel, or beside the source in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent.parent


def conf() -> Path:
    """The folder of the packaged config groups."""
    return _first("conf")


def experiments() -> Path:
    """The folder of the packaged experiments."""
    return _first("experiments")


def _first(name: str) -> Path:
    packaged = _PACKAGE / name
    return packaged if packaged.is_dir() else _CHECKOUT / name
