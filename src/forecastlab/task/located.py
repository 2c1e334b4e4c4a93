"""The version of a registered model that a command names, its bundle, and what it answers."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab.bundle.contents import Bundle, opened
from forecastlab.cache.store import Store
from forecastlab.schema import ConfigError, EnvironmentFault, Fault, Fold, nearest
from forecastlab.task.bundling import DATA
from forecastlab.task.naming import slug
from forecastlab.task.register import CHALLENGER, CHAMPION
from forecastlab.task.words import Words
from forecastlab.tracking.models import Models, Version


@dataclass(frozen=True)
class Located:
    """A version of a registered model and its bundle, fetched and found whole."""

    version: Version
    bundle: Bundle


@dataclass(frozen=True)
class Answer:
    """What was foretold for a fold, by the name of its file: the answer itself, ``failures``, and what else there is.

    ``data`` is a hash of all that it was foretold from, ``told`` what is to be said of it beside what every prediction
    says of itself, ``notes`` what a reader must know.
    """

    fold: Fold
    frames: Mapping[str, pd.DataFrame]
    data: str
    told: Mapping[str, Any]
    notes: Sequence[str]


def located(typed: Words) -> Located:
    """The version that ``model=`` names, fetched from the registry. Raises ConfigError, DataError, EnvironmentFault."""
    models = typed.recipe.tracking.models()
    version = named(models, typed.own.get("model") or CHAMPION, CHAMPION)
    return Located(version, fetched(models, version, Path(typed.recipe.settings.root)))


def named(models: Models, text: str, usual: str) -> Version:
    """The version that a text such as ``champion``, ``shop@champion`` or ``shop/3`` names. Raises ConfigError.

    ``usual`` is the alias that the command is mostly asked about, which an error proposes.
    """
    for sign in ("@", "/"):
        name, found, wanted = text.rpartition(sign)
        if found and name and wanted:
            return models.find(name, wanted)
    every = models.names()
    if text in every:
        return models.find(text, CHAMPION)
    bare = text in (CHAMPION, CHALLENGER) or text.isdigit()
    if len(every) == 1 and (bare or any(text in version.aliases for version in models.versions(every[0]))):
        return models.find(every[0], text)
    raise ConfigError(_unknown(text, bare, every, usual))


def _unknown(text: str, bare: bool, every: Sequence[str], usual: str) -> Fault:
    """What is said of a word that leads to no version; ``bare`` if it is an alias or a number without a model."""
    if not every:
        fix = "register one first: forecastlab register study=NAME"
        return Fault("not-registered", "model", f"found {text}, and no models are registered", fix)
    if bare:
        what = f"found {text}, and {len(every)} models are registered: {', '.join(every)}"
        return Fault("not-registered", "model", what, f"type model={every[0]}@{text}")
    what = f"no model is registered as {text}, there {'is' if len(every) == 1 else 'are'} {', '.join(every)}"
    near, typed = nearest(text, [*every, CHAMPION, CHALLENGER]), f"type model={every[0]}@{usual}"
    return Fault("not-registered", "model", what, near if near and len(every) > 1 else f"{near} {typed}".strip())


def fetched(models: Models, version: Version, root: Path) -> Bundle:
    """The bundle of a version, held against the hash in the registry before anything of it is read."""
    sha256 = version.tags.get("forecastlab.sha256")
    if not sha256:
        what = f"version {version.number} of {version.name} has no hash, so it was not registered by forecastlab"
        raise EnvironmentFault(Fault("no-bundle", "model", what, "register the run again"))
    store = Store(root / "fetched")
    stage = slug(version.name)

    def write(folder: Path) -> None:
        place = folder / "fetched"
        place.mkdir()
        got = models.fetch(version, place)
        opened(got, sha256)
        got.rename(folder / DATA)
        shutil.rmtree(place)

    found = store.find(stage, sha256) or store.keep(stage, sha256, write, {"version": version.number})
    return opened(found / DATA, sha256)


def main_file(about: Mapping[str, Any]) -> str:
    """The name of the file with the answer itself: forecasts of series, or customers."""
    return "customers" if about.get("unit") == "customer" else "forecast"
