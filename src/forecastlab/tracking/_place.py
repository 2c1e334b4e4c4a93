"""Where runs are kept: the local folder, and the store that they are shipped to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from forecastlab.schema import ConfigError, Fault


@dataclass(frozen=True)
class Place:
    """A local folder (absolute) and a store: ``url`` as the client wants it, ``database`` if it is an sqlite file.

    ``name`` says in a run's record which store it is meant for: the address without a password, or ``local``.
    """

    root: Path
    url: str
    name: str
    database: Path | None

    @property
    def spool(self) -> Path:
        """The folder of what has not been shipped."""
        return self.root / "spool"

    @property
    def lock(self) -> Path:
        """The file whose lock is held while an sqlite store is written."""
        return self.root / ".lock"

    @property
    def served(self) -> bool:
        """Whether the store is a server, which then also decides where files are kept."""
        return self.url.startswith(("http://", "https://"))


def place(root: str | Path, uri: str | None) -> Place:
    """The place that the settings describe. Raises ConfigError."""
    folder = Path(root).expanduser().resolve()
    if "?" in str(folder) or "#" in str(folder):
        raise ConfigError(Fault("bad-root", "tracking.root", "found a path with '?' or '#'", "choose another folder"))
    if uri is None:
        return Place(folder, f"sqlite:///{folder / 'mlflow.db'}", "local", folder / "mlflow.db")
    if uri.startswith("sqlite:///") and uri.removeprefix("sqlite:///") and not set("?#") & set(uri):
        database = Path(uri.removeprefix("sqlite:///")).expanduser().resolve()
        return Place(folder, f"sqlite:///{database}", f"sqlite:///{database}", database)
    if re.match(r"(https?|postgresql|mysql|mssql)(\+\w+)?://[^/\s]", uri):
        return Place(folder, uri, without_password(uri), None)
    raise ConfigError(
        Fault(
            "bad-uri",
            "tracking.uri",
            f"found {without_password(uri)!r}, allowed are null, sqlite:///PATH, http(s)://HOST:PORT and database URLs",
            "leave it null to keep runs in tracking.root",
        )
    )


def without_password(text: str) -> str:
    """The text with user and password taken out of every address in it."""
    return re.sub(r"//[^/@\s]*@", "//***@", text)
