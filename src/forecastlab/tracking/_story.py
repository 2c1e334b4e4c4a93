"""A run's record, told as a whole: what is sent to the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastlab.tracking._names import legal_text
from forecastlab.tracking._owner import Owner, fate
from forecastlab.tracking._spool import read

TAG_LENGTH = 8000


@dataclass(frozen=True)
class Story:
    """One run. ``metrics`` holds ``(key, value, milliseconds, step)``, ``files`` place → size.

    ``study_tags`` are for the study, ``others`` maps the
    identity of further runs to tags. ``status`` is None while the run goes on; ``silent`` says that its process died
    without an end.
    """

    id: str
    study: str
    description: str
    place: str
    name: str
    parent: str | None
    owner: Owner
    start: int
    end: int
    status: str | None
    silent: bool
    damaged: int
    metrics: tuple[tuple[str, float, int, int], ...]
    params: Mapping[str, str]
    tags: Mapping[str, str]
    files: Mapping[str, int]
    datasets: tuple[Mapping[str, Any], ...]
    study_tags: Mapping[str, str]
    others: Mapping[str, Mapping[str, str]]


def story(path: Path) -> Story | None:
    """What the spool at ``path`` tells; None if not even its first line is whole."""
    record = read(path)
    if not record.events or record.events[0].kind != "start":
        return None
    first, last = record.events[0], record.events[-1]
    metrics: list[tuple[str, float, int, int]] = []
    tags: dict[str, str] = {}
    files: dict[str, int] = {}
    datasets: list[Mapping[str, Any]] = []
    study_tags: dict[str, str] = {}
    others: dict[str, Mapping[str, str]] = {}
    status: str | None = None
    for event in record.events:
        match event.kind:
            case "metrics":
                metrics += [(key, value, event.at, event.data["step"]) for key, value in event.data["values"].items()]
            case "tags":
                tags |= event.data["values"]
            case "file":
                files[event.data["place"]] = event.data["size"]
            case "dataset":
                datasets.append(event.data)
            case "study":
                study_tags |= event.data["tags"]
                others |= event.data["others"]
            case "finish":
                status = event.data["status"]
    owner = Owner(**first.data["owner"])
    silent = status is None and fate(owner) == "dead"
    if silent:
        status, tags["forecastlab.end"] = "KILLED", "the process died without saying how the run ended"
    if record.damaged:
        tags["forecastlab.damaged"] = f"{record.damaged} lines of the record were torn or altered"
        status = "FAILED" if status == "FINISHED" else status
    return Story(
        id=path.stem,
        study=first.data["study"],
        description=first.data["description"],
        place=first.data["place"],
        name=first.data["name"],
        parent=first.data["parent"],
        owner=owner,
        start=first.at,
        end=last.at,
        status=status,
        silent=silent,
        damaged=record.damaged,
        metrics=tuple(metrics),
        params=first.data["params"],
        tags=tags,
        files=files,
        datasets=tuple(datasets),
        study_tags=study_tags,
        others=others,
    )


def short_tags(tags: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Tags that the store takes, and the JSON of those that had to be cut (empty if none)."""
    clean = {key: legal_text(value) for key, value in tags.items()}
    long = {key: value for key, value in clean.items() if len(value) > TAG_LENGTH}
    cut = {key: f"{value[: TAG_LENGTH - 40]}\n… (whole in long_tags.json)" for key, value in long.items()}
    return clean | cut, json.dumps(long, ensure_ascii=False, indent=1) if long else ""
