"""``monitor``: a registered method's stored predictions against what came true since, checked, kept and recorded."""

from __future__ import annotations

import dataclasses
import json
import shlex
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from forecastlab.bundle.contents import Bundle
from forecastlab.cache.store import Store
from forecastlab.flow import keys
from forecastlab.flow.ahead import last_day
from forecastlab.flow.experiment import AnyExperiment, CustomerExperiment
from forecastlab.flow.prepare import Prepared, prepare
from forecastlab.flow.watched import inputs_of
from forecastlab.recipe import NOBODY, Recipe, Trusted
from forecastlab.recipe.changed import changed, completed
from forecastlab.schema import ConfigError, Evidence, Fault
from forecastlab.schema.watching import ALL_CUSTOMERS
from forecastlab.stages.ranking import of_target
from forecastlab.stages.watching import known_by, look, whole_too, worst
from forecastlab.task.advice import Advice, Method, advise, options
from forecastlab.task.customers_live import became
from forecastlab.task.live import Folds, Stored, came_true, modes, stored
from forecastlab.task.monitor_page import write_page
from forecastlab.task.naming import slug
from forecastlab.task.predict import located
from forecastlab.task.source import other_source
from forecastlab.task.words import Words, read_words
from forecastlab.tracking.models import Version
from forecastlab.tracking.tracker import Run

KEYS = ("model", "data", "table", "as_of")


@dataclass(frozen=True)
class Checked:
    """One check: its findings with their day ``now``, all checks so far, what to do, and where the page is.

    ``reused`` if the same was checked before: the same predictions, data and watches are the same check.
    """

    findings: pd.DataFrame
    history: pd.DataFrame
    method: Method
    version: Version
    advice: Advice
    page: Path
    reused: bool

    @property
    def state(self) -> str:
        """The gravest state of this check."""
        return worst(self.findings)


def monitor(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> Checked:
    """Check ``model=`` (the champion, unless another is named) with the data as it is now, or as of an earlier day.

    ``data=`` and ``table=`` name another source of the same form, as in ``predict``. Raises ConfigError, DataError,
    EnvironmentFault.
    """
    typed = read_words(overrides, KEYS, folder, trusted, open_ended=True)
    found, again = located(typed), options(overrides, folder, trusted)
    bundle, version, root = found.bundle, found.version, Path(typed.recipe.settings.root)
    predictions = stored(root / "predictions" / slug(version.name), bundle.sha256)
    if not predictions:
        what = f"no prediction of version {version.number} of {version.name} is stored in {root}: nothing can come true"
        words = ["forecastlab", "predict", f"model={version.name}/{version.number}", *again]
        raise ConfigError(Fault("no-prediction", "model", what, f"type {shlex.join(words)}"))
    experiment = _recipe(bundle, typed, folder, trusted).experiment
    store = Store(root / "cache")
    prepared = prepare(dataclasses.replace(experiment, backtest=Folds(())), store)
    now = last_day(prepared.ends, typed.own.get("as_of") or None)
    key = keys.key(
        version=(version.name, version.number, bundle.sha256),
        predictions=[each.about["id"] for each in predictions],
        data=(prepared.key, prepared.driver_keys),
        watches=keys.of_part(dict(typed.recipe.watches)),
        now=now,
        code=[keys.of_module(f"stages.{name}") for name in ("watching", "inputs")],
    )
    kept = Store(root / "monitor")
    place, stage = kept.find(slug(version.name), key), slug(version.name)
    if place is None:
        evidence = _evidence(bundle, predictions, experiment, prepared, now, store, typed)
        place = _keep(kept, stage, key, look(typed.recipe.watches, evidence).assign(now=now), version)
        reused = False
    else:
        reused = True
    typed.recipe.executor.close()
    run, made = bundle.outcome.facts, "stored" in list(modes(predictions))
    method = Method(version.name, bundle.about.study, tuple(run.overrides), again, made, of_target(experiment.target))
    return _told(place, kept, version, method, typed, key, reused)


def _recipe(bundle: Bundle, typed: Words, folder: Path | None, trusted: Trusted) -> Recipe:
    values = other_source(completed(bundle.recipe), typed.own.get("data", ""), typed.own.get("table", ""))
    return bundle.built(trusted, changed(values, typed.rest, folder, trusted))


def _evidence(
    bundle: Bundle,
    predictions: Sequence[Stored],
    experiment: AnyExperiment,
    prepared: Prepared,
    now: pd.Timestamp,
    store: Store,
    typed: Words,
) -> Evidence:
    trained = pd.Timestamp(bundle.about.cutoff)
    since = [each for each in predictions if trained <= each.cutoff < now]
    figures = inputs_of(experiment, prepared, trained, now, store)
    band, train, executor = bundle.memory.scored, bundle.about.train, typed.recipe.executor
    if isinstance(experiment, CustomerExperiment):
        root = Path(typed.recipe.settings.root)
        live = became(since, experiment, prepared, train, store, executor, root)
        band = whole_too(band)
    else:
        live = came_true(since, experiment, prepared, train, store, executor)
    of = of_target(experiment.target)
    return known_by(Evidence(band, live, figures, trained, prepared.ends[-1], of), now)


def _keep(kept: Store, stage: str, key: str, findings: pd.DataFrame, version: Version) -> Path:
    made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    about = {"name": version.name, "version": version.number, "state": worst(findings), "made_at": made, "key": key}

    def write(folder: Path) -> None:
        findings.to_parquet(folder / "findings.parquet")
        (folder / "check.json").write_text(json.dumps(about, indent=1), encoding="utf-8")

    return kept.keep(stage, key, write, {"state": about["state"]})


def _told(
    place: Path,
    kept: Store,
    version: Version,
    method: Method,
    typed: Words,
    key: str,
    reused: bool,
) -> Checked:
    findings = pd.read_parquet(place / "findings.parquet")
    history = checks_of(kept.root / slug(version.name), version.number, findings["now"].iloc[0])
    advice = advise(history, method)
    folder = kept.root / slug(version.name)
    quiet = round(1 / max(watch.false_alarms for watch in typed.recipe.watches.values()))
    page = write_page(history, advice, method, folder, typed.recipe.settings.report.language, quiet)
    checked = Checked(findings, history, method, version, advice, page, reused)
    if not reused:
        _record(checked, typed, key)
    return checked


def checks_of(folder: Path, version: int, until: pd.Timestamp) -> pd.DataFrame:
    """The findings of all kept checks of a version up to a day; of several on one day those made last."""
    found: dict[pd.Timestamp, tuple[str, pd.DataFrame]] = {}
    for path in sorted(folder.glob("*/check.json")):
        about = json.loads(path.read_text(encoding="utf-8"))
        findings = pd.read_parquet(path.parent / "findings.parquet")
        day = findings["now"].iloc[0]
        newer = day not in found or about["made_at"] >= found[day][0]
        if about["version"] == version and day <= until and newer:
            found[day] = about["made_at"], findings
    return pd.concat([found[day][1] for day in sorted(found)], ignore_index=True)


def _record(checked: Checked, typed: Words, key: str) -> None:
    """One run in the tracking store, in a study of its own beside that of the method."""
    name, findings = checked.version.name, checked.findings
    question = f"Is {name} still as good as its backtest said? One run per check."
    study = typed.recipe.tracking.open(f"monitor {name}", question)
    day = f"{findings['now'].iloc[0]:%Y-%m-%d}"
    tags = {
        "forecastlab.key": key,
        "forecastlab.monitor.state": checked.state,
        "forecastlab.monitor.advice": checked.advice.kind,
    }
    run = study.start(f"{day} {checked.state}", None, tags, {"model": name, "version": checked.version.number})
    _log(run, checked)
    run.finish("FINISHED")


def _log(run: Run, checked: Checked) -> None:
    findings = checked.findings
    loud = findings[findings["state"].isin(["alarm", "warning"])]
    run.metrics({f"n_{state}": float(n) for state, n in findings["state"].value_counts().items()})
    run.metrics({f"{check}.p": float(p) for check, p in findings.groupby("check")["p_holm"].min().items()})
    whole = findings[findings["what"].isin(["total", ALL_CUSTOMERS])]
    for check, row in whole.set_index("check")[["value", "expected"]].iterrows():
        run.metrics({f"{check}.total": float(row["value"]), f"{check}.total.expected": float(row["expected"])})
    lines = [f"**{checked.state}** on {findings['now'].iloc[0]:%Y-%m-%d}", ""]
    lines += [f"- {row.check}: {row.words}" for row in loud.itertuples()]
    lines += [f"\n{checked.advice.kind}: {checked.advice.why}.\n\n    {checked.advice.command}"] if len(loud) else []
    run.note("\n".join(lines))
    run.artifact(checked.page, None)
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        path = Path(place, "findings.csv")
        findings.to_csv(path, index=False)
        run.artifact(path, None)
