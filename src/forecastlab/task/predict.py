"""``predict``: what the registered method says of the periods to come, from new data or from what was kept."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab.bundle.contents import Bundle, opened
from forecastlab.bundle.loader import foretell
from forecastlab.cache.store import Store
from forecastlab.flow import keys
from forecastlab.flow.ahead import Foretold, asking, refit
from forecastlab.flow.experiment import Experiment, of_series
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.recipe import NOBODY, Recipe, Trusted
from forecastlab.recipe.changed import changed, completed
from forecastlab.schema import ConfigError, EnvironmentFault, Fault, nearest, written
from forecastlab.task.naming import slug
from forecastlab.task.register import CHALLENGER, CHAMPION, DATA
from forecastlab.task.source import other_source
from forecastlab.task.words import Words, read_words
from forecastlab.tracking.models import Models, Version

KEYS = ("model", "horizon", "as_of", "mode", "data", "table", "out")
MODES = ("refit", "stored")


@dataclass(frozen=True)
class Prediction:
    """A forecast as it is kept: the frame, what it is of (``prediction.json``), and the folder of both."""

    frame: pd.DataFrame
    what_if: pd.DataFrame
    failures: pd.DataFrame
    about: dict[str, Any]
    folder: Path
    out: Path | None


@dataclass(frozen=True)
class _Answer:
    """What was foretold, and a hash of the data and drivers that it was foretold from."""

    told: Foretold
    data: str


@dataclass(frozen=True)
class Located:
    """A version of a registered model and its bundle, fetched and found whole."""

    version: Version
    bundle: Bundle


def predict(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> Prediction:
    """Foretell with ``model=`` (the champion, unless another is named) and keep the forecast.

    ``mode=refit`` (the default) fits the registered config to the data as it is now; ``mode=stored`` fits nothing and
    reads no data. Raises ConfigError, DataError, EnvironmentFault.
    """
    typed = read_words(overrides, KEYS, folder, trusted, open_ended=True)
    mode = typed.own.get("mode") or "refit"
    if mode not in MODES:
        what = f"found {mode}, allowed are {', '.join(MODES)}"
        raise ConfigError(Fault("bad-value", "mode", what, nearest(mode, MODES)))
    out = out_of(typed)
    found = located(typed)
    answer = _refitted(found, typed, folder, trusted) if mode == "refit" else _stored(found, typed, trusted)
    kept = _kept(found, answer, mode, typed)
    if out is not None:
        export(kept.frame, out)
    return Prediction(kept.frame, kept.what_if, kept.failures, kept.about, kept.folder, out)


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


def _refitted(found: Located, typed: Words, folder: Path | None, trusted: Trusted) -> _Answer:
    executor = typed.recipe.executor
    try:
        experiment, prepared, store = question(found, typed, folder, trusted)
        told = refit(experiment, prepared, found.bundle.memory, store, executor)
        return _Answer(told, keys.key(data=prepared.key, drivers=prepared.driver_keys))
    finally:
        executor.close()


def question(found: Located, typed: Words, folder: Path | None, trusted: Trusted) -> tuple[Experiment, Prepared, Store]:
    """What ``mode=refit`` asks: the registered experiment over the data as it is now. Raises ForecastlabError."""
    bundle = found.bundle
    values = other_source(completed(bundle.recipe), typed.own.get("data", ""), typed.own.get("table", ""))
    recipe: Recipe = bundle.built(trusted, changed(values, typed.rest, folder, trusted))
    store = Store(Path(typed.recipe.settings.root) / "cache")
    series = of_series(recipe.experiment, "predict")
    experiment = asking(series, bundle.about.ahead(typed.number("horizon"), typed.own.get("as_of") or None))
    return experiment, prepare(experiment, store), store


def _stored(found: Located, typed: Words, trusted: Trusted) -> _Answer:
    unused = [key for key in ("data", "table", "as_of") if typed.own.get(key)]
    if unused or typed.rest:
        what = f"found {', '.join([*unused, *typed.rest])}; mode=stored reads no data and fits nothing"
        raise ConfigError(Fault("bad-value", "mode", what, "type mode=refit, or take these out"))
    told = foretell(found.bundle, trusted, typed.number("horizon"), pd.DataFrame())
    return _Answer(told, found.bundle.data["fingerprint"])


def _kept(found: Located, answer: _Answer, mode: str, typed: Words) -> Prediction:
    """The forecast in ``<root>/predictions/<model>/``, under an id that says what decided it: it is there once."""
    version, bundle, told = found.version, found.bundle, answer.told
    about: dict[str, Any] = {
        "name": version.name,
        "version": version.number,
        "key": bundle.about.key,
        "sha256": bundle.sha256,
        "study": bundle.about.study,
        "cutoff": written(told.fold.cutoff),
        "horizon": told.fold.horizon,
        "gap": told.fold.gap,
        "mode": mode,
        "data": answer.data,
        "recipe": f"{DATA}/recipe.yaml",
        "overrides": list(typed.rest),
        "notes": [*told.notes, *_notes(bundle, told)],
    }
    key = keys.key(**{name: value for name, value in about.items() if name != "notes"})
    made = {"id": key[:32], "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}

    def write(folder: Path) -> None:
        told.frame.to_parquet(folder / "forecast.parquet")
        told.what_if.to_parquet(folder / "what_if.parquet")
        told.failures.to_parquet(folder / "failures.parquet")
        (folder / "prediction.json").write_text(json.dumps(about | made, indent=1), encoding="utf-8")

    store = Store(Path(typed.recipe.settings.root) / "predictions")
    stage = slug(version.name)
    place = store.find(stage, key) or store.keep(stage, key, write, {"cutoff": about["cutoff"]})
    return read(place)


def read(folder: Path) -> Prediction:
    """A forecast that was kept."""
    frame, what_if, failures = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("forecast", "what_if", "failures")
    )
    about = json.loads((folder / "prediction.json").read_text(encoding="utf-8"))
    return Prediction(frame, what_if, failures, about, folder, None)


def _notes(bundle: Bundle, told: Foretold) -> list[str]:
    found = []
    if told.fold.horizon > bundle.about.horizon:
        found.append(
            f"the backtest looked {bundle.about.horizon} periods ahead: intervals of later ones are as wide as those of"
            " the last, which is too narrow"
        )
    if len(told.failures):
        found.append(f"{len(told.failures)} series fell back to seasonal naive: see failures.parquet")
    if told.aside:
        found.append(f"{len(told.aside)} series were set aside and are not foretold")
    return found


def out_of(typed: Words) -> Path | None:
    """The file for the forecast. Raises ConfigError for another form than CSV and Parquet, before anything is done."""
    if not typed.own.get("out"):
        return None
    path = Path(typed.own["out"])
    if path.suffix not in (".csv", ".parquet"):
        what = f"found {path.name}, allowed are files that end in .csv or .parquet"
        raise ConfigError(Fault("bad-out", "out", what, "type out=forecast.csv"))
    return path


def export(frame: pd.DataFrame, path: Path) -> None:
    """Write the forecast under another name and rename it, so that it is whole or absent."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".csv":
            frame.to_csv(part, index=False)
        else:
            frame.to_parquet(part, index=False)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        what = f"it cannot be written ({error.strerror})"
        raise EnvironmentFault(Fault("no-room", f"out={path}", what, "name another file")) from error
