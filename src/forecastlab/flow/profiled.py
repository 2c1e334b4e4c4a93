"""A profile of the data: every look that it carries, computed once per data and question and kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from forecastlab.cache.store import Store
from forecastlab.flow import keys
from forecastlab.flow.experiment import AnyExperiment, Experiment
from forecastlab.flow.prepare import load, load_drivers
from forecastlab.schema import SalesLog, Segmenter, SeriesSegmenter
from forecastlab.stages.calendar import Calendar, calendar
from forecastlab.stages.drivers import DriverTable
from forecastlab.stages.profiling.asked import Profile, Quality
from forecastlab.stages.profiling.baskets import baskets
from forecastlab.stages.profiling.cohorts import cohorts
from forecastlab.stages.profiling.distribution import distribution
from forecastlab.stages.profiling.funnel import funnel
from forecastlab.stages.profiling.items import item_of
from forecastlab.stages.profiling.jumps import jumps
from forecastlab.stages.profiling.lifecycle import lifecycle
from forecastlab.stages.profiling.panel_quality import panel_quality
from forecastlab.stages.profiling.quality import quality
from forecastlab.stages.profiling.recency_frequency import recency_frequency
from forecastlab.stages.profiling.response import response
from forecastlab.stages.profiling.told import Told, absent


@dataclass(frozen=True)
class Profiled:
    """What each look told, by its name, of which data, and the identity of all of it."""

    log: SalesLog
    fingerprint: str
    calendar: Calendar
    looks: Mapping[str, Told]
    key: str


@dataclass(frozen=True)
class _Look:
    """One look: the module that it is computed by, what decides it beside the data, and how it is made."""

    module: str
    asked: Mapping[str, object]
    make: Callable[[], Told]


def profiled(experiment: AnyExperiment, wanted: Quality, profile: Profile, store: Store) -> Profiled:
    """All looks, each computed now or found. Raises ConfigError, DataError."""
    log, fingerprint, key = load(experiment.dataset, store)
    own = calendar(experiment.dataset, experiment.target.freq)
    natural = calendar(experiment.dataset, experiment.dataset.freq)
    told = {"quality": quality_of(log, key, natural, wanted, store)}
    if log.facts.kind == "panel":
        told |= dict.fromkeys(LOOKS, absent("panel"))
        return Profiled(log, fingerprint, own, told, keys.key(stage="profile", data=key, quality=_asked(wanted)))
    tables: tuple[DriverTable, ...] = ()
    driver_keys: tuple[str, ...] = ()
    if isinstance(experiment, Experiment) and experiment.drivers:
        ends = pd.DatetimeIndex(own.freq.ends(*log.span))
        tables, driver_keys = load_drivers(experiment.drivers, log, key, own.freq, ends, store)
    looks = _looks(log, own, experiment.segmentation, profile, tables, driver_keys)
    told |= {name: _kept(store, name, looks[name], key) for name in LOOKS}
    asked = {name: look.asked for name, look in looks.items()}
    return Profiled(
        log, fingerprint, own, told, keys.key(stage="profile", data=key, quality=_asked(wanted), looks=asked)
    )


def quality_of(log: SalesLog, key: str, own: Calendar, wanted: Quality, store: Store) -> Told:
    """The quality of the loaded data, computed now or found; ``key`` is the identity of the log."""
    panel = log.facts.kind == "panel"
    look = _Look(
        "panel_quality" if panel else "quality",
        {"quality": _asked(wanted), "freq": own.freq},
        lambda: panel_quality(log, own.freq) if panel else quality(log, own.freq, wanted),
    )
    return _kept(store, "quality", look, key)


LOOKS = ("lifecycle", "rfm", "cohorts", "funnel", "baskets", "jumps", "response", "distribution")
"""All looks at a log beside its quality, in the order in which they are told."""


def _looks(
    log: SalesLog,
    own: Calendar,
    segmenter: Segmenter | SeriesSegmenter,
    profile: Profile,
    drivers: tuple[DriverTable, ...],
    driver_keys: tuple[str, ...],
) -> dict[str, _Look]:
    items = item_of(log.facts, profile.items)
    steps = profile.funnel
    listed = {"history": profile.history, "jump": profile.jump, "accounts": profile.accounts}
    paired = {"items": items, "support": profile.support, "pairs": profile.pairs}
    lives = {"calendar": own, "segmentation": keys.of_part(segmenter)}
    given = {"calendar": own, "items": items, "drivers": driver_keys}

    def lived() -> Told:
        return absent("series") if isinstance(segmenter, SeriesSegmenter) else lifecycle(log, segmenter, own)

    return {
        "lifecycle": _Look("lifecycle", lives, lived),
        "rfm": _Look("recency_frequency", {}, lambda: recency_frequency(log)),
        "cohorts": _Look("cohorts", {}, lambda: cohorts(log)),
        "funnel": _Look(
            "funnel", {"steps": steps, "within": profile.within}, lambda: funnel(log, steps, profile.within)
        ),
        "baskets": _Look("baskets", paired, lambda: baskets(log, items, profile.support, profile.pairs)),
        "jumps": _Look(
            "jumps",
            {"calendar": own, **listed},
            lambda: jumps(log, own, profile.history, profile.jump, profile.accounts),
        ),
        "response": _Look("response", given, lambda: response(log, own, items, drivers)),
        "distribution": _Look("distribution", {}, lambda: distribution(log)),
    }


def _asked(wanted: Quality) -> dict[str, object]:
    """What decides the shares; what is required of them does not."""
    return {key: value for key, value in asdict(wanted).items() if key != "require"}


def _kept(store: Store, name: str, look: _Look, key: str) -> Told:
    own = keys.key(data=key, asked=look.asked, code=keys.of_module(f"stages.profiling.{look.module}"))
    stage = f"profile/{name}"
    found = store.find(stage, own) or store.keep(stage, own, lambda folder: _write(look.make(), folder), {"look": name})
    return _read(found)


def _write(told: Told, folder: Path) -> None:
    for name, table in told.tables.items():
        table.to_parquet(folder / f"{name}.parquet")
    rest = {"figures": told.figures, "words": told.words, "absent": told.absent, "tables": list(told.tables)}
    (folder / "told.json").write_text(json.dumps(rest), encoding="utf-8")


def _read(folder: Path) -> Told:
    rest = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in rest["tables"]}
    return Told(tables, rest["figures"], rest["words"], rest["absent"])
