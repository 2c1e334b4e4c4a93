"""Registered models: versions of a method with aliases, words and tags; MLflow keeps them."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from forecastlab.schema import ConfigError, EnvironmentFault, Fault, nearest
from forecastlab.tracking._names import legal_text
from forecastlab.tracking._store import RefusedError, Store, UnreachableError

if TYPE_CHECKING:
    from mlflow import MlflowClient

T = TypeVar("T")
TEXT = 4000
"""Letters of a tag's value; what is longer stands in a file."""

ALIASES = "The version with the alias **champion** is in use; **challenger** is the one that was registered last."
"""What a reader of a model's page has to know."""


@dataclass(frozen=True)
class Version:
    """One version of a registered model, as the store knows it; ``model`` is the store's id of its files."""

    name: str
    number: int
    aliases: tuple[str, ...]
    tags: Mapping[str, str]
    description: str
    model: str
    run: str


@dataclass(frozen=True)
class Signature:
    """What goes into a registered model and what comes out: columns with their types, and numbers beside them."""

    inputs: Sequence[tuple[str, str]]
    outputs: Sequence[tuple[str, str]]
    params: Sequence[tuple[str, str, Any]]


@dataclass(frozen=True)
class Offer:
    """What is to become a version: a folder of data, the module that loads it, and what it needs."""

    data: Path
    loader: str
    signature: Signature
    requirements: Sequence[str]
    description: str
    tags: Mapping[str, str]


class Models:
    """The registered models of one store. Every method raises EnvironmentFault where the store gives no answer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def names(self) -> list[str]:
        """The names of all registered models."""
        return sorted(str(each.name) for each in self._call(lambda client: list(client.search_registered_models())))

    def versions(self, name: str) -> list[Version]:
        """All versions of a model, the newest first; none where there is no such model."""

        def step(client: MlflowClient) -> list[Version]:
            found = client.search_model_versions(f"name='{_quotable(name)}'", max_results=1000)
            aliases = _aliases(client, name) if found else {}
            return [_version(each, aliases) for each in found]

        return sorted(self._call(step), key=lambda version: -version.number)

    def find(self, name: str, wanted: str) -> Version:
        """The version of that alias or number. Raises ConfigError where there is none."""
        every = self.versions(name)
        for version in every:
            if wanted in version.aliases or wanted == str(version.number):
                return version
        there = sorted({alias for version in every for alias in version.aliases}) + [str(v.number) for v in every]
        if not there:
            known = self.names()
            what = f"no model is registered as {name}, there are {', '.join(known) or 'none'}"
            raise ConfigError(Fault("not-registered", "model", what, nearest(name, known) or "register one first"))
        what = f"{name} has no {wanted}, it has {', '.join(there)}"
        first = {
            "champion": f"type forecastlab promote model={name}",
            "challenger": "register one first: forecastlab register study=NAME",
        }
        fix = nearest(wanted, there) or first.get(wanted, f"type model={name}@{there[0]}")
        raise ConfigError(Fault("not-registered", "model", what, fix))

    def offer(self, name: str, offer: Offer, study: str, run: str | None) -> Version:
        """Keep the files of a version and register it; ``study`` and ``run`` are the store's ids of its backtest."""
        with tempfile.TemporaryDirectory(prefix="forecastlab-") as place, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            saved = _saved(offer, Path(place, "model"))

            def step(client: MlflowClient) -> Version:
                model = client.create_logged_model(study, name=_plain(name), source_run_id=run, tags=dict(offer.tags))
                client.log_model_artifacts(model.model_id, str(saved))
                client.finalize_logged_model(model.model_id, "READY")
                if name not in {each.name for each in client.search_registered_models()}:
                    client.create_registered_model(name, {"forecastlab.made": "true"}, ALIASES)
                # Without a server the library looks a model up in its global store, which need not be this one.
                source = f"models:/{model.model_id}" if self._store.place.served else model.artifact_location
                made = client.create_model_version(
                    name, source, run, dict(offer.tags), description=offer.description, model_id=model.model_id
                )
                return _version(made, {})

            return self._call(step)

    def fetch(self, version: Version, target: Path) -> Path:
        """Copy the data of a version below the empty folder ``target``; where it then lies. Nothing of it is read."""

        def step(client: MlflowClient) -> str:
            from mlflow.artifacts import download_artifacts

            address = self._store.place.url
            uri = client.get_model_version_download_uri(version.name, str(version.number))
            return str(download_artifacts(uri, dst_path=str(target), tracking_uri=address))

        place = Path(self._call(step)) / "data"
        folders = [path for path in place.iterdir() if path.is_dir()] if place.is_dir() else []
        if len(folders) != 1:
            what = f"version {version.number} of {version.name} holds no bundle"
            raise EnvironmentFault(Fault("no-bundle", "model", what, "register the run again"))
        return folders[0]

    def point(self, name: str, alias: str, number: int) -> None:
        """Let an alias stand for a version from now on."""
        self._call(lambda client: client.set_registered_model_alias(name, alias, str(number)))

    def withdraw(self, name: str, alias: str) -> None:
        """Take an alias away."""
        self._call(lambda client: client.delete_registered_model_alias(name, alias))

    def tag(self, version: Version, tags: Mapping[str, str]) -> None:
        """Words about a version; a later value replaces an earlier one."""

        def step(client: MlflowClient) -> None:
            for key, value in tags.items():
                client.set_model_version_tag(version.name, str(version.number), key, legal_text(value)[:TEXT])

        self._call(step)

    def attach(self, version: Version, name: str, content: Mapping[str, Any]) -> None:
        """Keep a JSON file beside the files of a version."""
        with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
            path = Path(place, name)
            path.write_text(json.dumps(content, indent=1), encoding="utf-8")
            self._call(lambda client: client.log_model_artifact(version.model, str(path)))

    def _call(self, step: Callable[[MlflowClient], T]) -> T:
        try:
            return self._store.call(step)
        except (UnreachableError, RefusedError) as error:
            what = f"the store gives no answer: {error}"
            raise EnvironmentFault(Fault("no-store", "tracking.uri", what, "start the server")) from error


def _saved(offer: Offer, place: Path) -> Path:
    """A folder in MLflow's form: a description, the data, and no code."""
    from mlflow.models import ModelSignature
    from mlflow.pyfunc import save_model
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    bundle = place.with_name("bundle")
    shutil.copytree(offer.data, bundle)
    told = offer.signature
    signature = ModelSignature(
        Schema([ColSpec(kind, name, required=False) for name, kind in told.inputs]),
        Schema([ColSpec(kind, name) for name, kind in told.outputs]),
        ParamSchema([ParamSpec(name, kind, default) for name, kind, default in told.params]),
    )
    save_model(
        str(place),
        loader_module=offer.loader,
        data_path=str(bundle),
        signature=signature,
        pip_requirements=list(offer.requirements),
    )
    return place


def _aliases(client: MlflowClient, name: str) -> dict[str, str]:
    """Alias → number: a search does not tell them."""
    return dict(client.get_registered_model(name).aliases)


def _version(found: Any, aliases: Mapping[str, Any]) -> Version:
    number = int(found.version)
    mine = tuple(sorted(alias for alias, of in aliases.items() if int(of) == number))
    model = re.search(r"m-[0-9a-f]{32}", f"{found.model_id or ''} {found.source}")
    tags, told = dict(found.tags), found.description or ""
    return Version(found.name, number, mine, tags, told, model[0] if model else "", found.run_id or "")


def _quotable(name: str) -> str:
    if "'" in name or not name.isprintable():
        raise ConfigError(Fault("bad-name", "model", f"found {name!r}, a name has no quotes", "type model=NAME@ALIAS"))
    return name


def _plain(name: str) -> str:
    """A name without what the store does not take in names of files."""
    return "".join("-" if sign in "/:.%\"'" else sign for sign in name)
