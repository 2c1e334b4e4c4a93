"""``predict``: what the registered method says of the periods to come, from new data or from what was kept."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab.bundle.contents import Bundle
from forecastlab.bundle.loader import foretell
from forecastlab.cache.store import Store
from forecastlab.flow import keys
from forecastlab.flow.ahead import Foretold, asking, refit
from forecastlab.flow.experiment import Experiment, of_series
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.recipe import NOBODY, Recipe, Trusted
from forecastlab.recipe.changed import changed, completed
from forecastlab.schema import ConfigError, EnvironmentFault, Fault, nearest, written
from forecastlab.task.bundling import DATA
from forecastlab.task.customers_told import customers_told
from forecastlab.task.located import Answer, main_file
from forecastlab.task.located import Located as Located
from forecastlab.task.located import fetched as fetched
from forecastlab.task.located import located as located
from forecastlab.task.located import named as named
from forecastlab.task.naming import slug
from forecastlab.task.source import other_source
from forecastlab.task.words import Words, read_words

KEYS = ("model", "horizon", "as_of", "mode", "data", "table", "out")
MODES = ("refit", "stored")


@dataclass(frozen=True)
class Prediction:
    """A forecast as it is kept: the frame, what it is of (``prediction.json``), and the folder of both.

    Of a method for customers the frame is the list of customers: see ``flow.customers_ahead.Listed``.
    """

    frame: pd.DataFrame
    what_if: pd.DataFrame
    failures: pd.DataFrame
    about: dict[str, Any]
    folder: Path
    out: Path | None


def predict(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> Prediction:
    """Foretell with ``model=`` (the champion, unless another is named) and keep the forecast.

    ``mode=refit`` (the default) fits the registered config to the data as it is now; ``mode=stored`` fits nothing, and
    of series it reads no data. Raises ConfigError, DataError, EnvironmentFault.
    """
    typed = read_words(overrides, KEYS, folder, trusted, open_ended=True)
    mode = typed.own.get("mode") or "refit"
    if mode not in MODES:
        what = f"found {mode}, allowed are {', '.join(MODES)}"
        raise ConfigError(Fault("bad-value", "mode", what, nearest(mode, MODES)))
    out = out_of(typed)
    found = located(typed)
    kept = _kept(found, _answer(found, mode, typed, folder, trusted), mode, typed)
    if out is not None:
        export(kept.frame, out)
    return Prediction(kept.frame, kept.what_if, kept.failures, kept.about, kept.folder, out)


def _answer(found: Located, mode: str, typed: Words, folder: Path | None, trusted: Trusted) -> Answer:
    try:
        if found.bundle.about.asks == "customers":
            return customers_told(found, mode, typed, folder, trusted)
        return _refitted(found, typed, folder, trusted) if mode == "refit" else _stored(found, typed, trusted)
    finally:
        typed.recipe.executor.close()


def _refitted(found: Located, typed: Words, folder: Path | None, trusted: Trusted) -> Answer:
    experiment, prepared, store = question(found, typed, folder, trusted)
    told = refit(experiment, prepared, found.bundle.memory, store, typed.recipe.executor)
    return _of_series(found.bundle, told, keys.key(data=prepared.key, drivers=prepared.driver_keys))


def _of_series(bundle: Bundle, told: Foretold, data: str) -> Answer:
    frames = {"forecast": told.frame, "what_if": told.what_if, "failures": told.failures}
    return Answer(told.fold, frames, data, {}, [*told.notes, *_notes(bundle, told)])


def question(found: Located, typed: Words, folder: Path | None, trusted: Trusted) -> tuple[Experiment, Prepared, Store]:
    """What ``mode=refit`` asks: the registered experiment over the data as it is now. Raises ForecastlabError."""
    bundle = found.bundle
    values = other_source(completed(bundle.recipe), typed.own.get("data", ""), typed.own.get("table", ""))
    recipe: Recipe = bundle.built(trusted, changed(values, typed.rest, folder, trusted))
    store = Store(Path(typed.recipe.settings.root) / "cache")
    series = of_series(recipe.experiment, "predict")
    experiment = asking(series, bundle.about.ahead(typed.number("horizon"), typed.own.get("as_of") or None))
    return experiment, prepare(experiment, store), store


def _stored(found: Located, typed: Words, trusted: Trusted) -> Answer:
    unused = [key for key in ("data", "table", "as_of") if typed.own.get(key)]
    if unused or typed.rest:
        what = f"found {', '.join([*unused, *typed.rest])}; mode=stored reads no data and fits nothing"
        raise ConfigError(Fault("bad-value", "mode", what, "type mode=refit, or take these out"))
    told = foretell(found.bundle, trusted, typed.number("horizon"), pd.DataFrame())
    return _of_series(found.bundle, told, found.bundle.data["fingerprint"])


def _kept(found: Located, answer: Answer, mode: str, typed: Words) -> Prediction:
    """The forecast in ``<root>/predictions/<model>/``, under an id that says what decided it: it is there once."""
    version, bundle, fold = found.version, found.bundle, answer.fold
    about: dict[str, Any] = {
        "name": version.name,
        "version": version.number,
        "key": bundle.about.key,
        "sha256": bundle.sha256,
        "study": bundle.about.study,
        "cutoff": written(fold.cutoff),
        "horizon": fold.horizon,
        "gap": fold.gap,
        "mode": mode,
        "data": answer.data,
        "recipe": f"{DATA}/recipe.yaml",
        "overrides": list(typed.rest),
        "notes": list(answer.notes),
        **answer.told,
    }
    key = keys.key(**{name: value for name, value in about.items() if name != "notes"})
    made = {"id": key[:32], "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}

    def write(folder: Path) -> None:
        for name, frame in answer.frames.items():
            frame.to_parquet(folder / f"{name}.parquet")
        (folder / "prediction.json").write_text(json.dumps(about | made, indent=1), encoding="utf-8")

    store = Store(Path(typed.recipe.settings.root) / "predictions")
    stage = slug(version.name)
    place = store.find(stage, key) or store.keep(stage, key, write, {"cutoff": about["cutoff"]})
    return read(place)


def read(folder: Path) -> Prediction:
    """A forecast, or scores of customers, as they were kept; of customers there is no ``what_if``."""
    about = json.loads((folder / "prediction.json").read_text(encoding="utf-8"))
    files = {path.stem: path for path in folder.glob("*.parquet")}
    frame, failures = (pd.read_parquet(files[name]) for name in (main_file(about), "failures"))
    what_if = pd.read_parquet(files["what_if"]) if "what_if" in files else pd.DataFrame()
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
