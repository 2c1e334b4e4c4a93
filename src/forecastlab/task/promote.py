"""``promote``: a challenger becomes the champion through the gate, and every decision is kept with its numbers."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from forecastlab.bundle.contents import Bundle
from forecastlab.cache.store import Store
from forecastlab.flow.outcome import Outcome, gather
from forecastlab.flow.prepare import prepare
from forecastlab.flow.run import run
from forecastlab.recipe import NOBODY, Composed, Trusted
from forecastlab.recipe.changed import completed
from forecastlab.recipe.settings import Settings
from forecastlab.schema import ConfigError, Fault, names
from forecastlab.schema.names import TEST
from forecastlab.task import about
from forecastlab.task.finding import FEW, Finding
from forecastlab.task.gate import findings, told
from forecastlab.task.located import fetched, named
from forecastlab.task.privacy import veiled
from forecastlab.task.ranked_as import as_usual
from forecastlab.task.register import CHALLENGER, CHAMPION
from forecastlab.task.words import Words, read_words
from forecastlab.tracking.models import Models, Version

BEFORE = "forecastlab.champion.before"
"""Tag of a champion: the version that it took the place of."""

LOOKS = "looks.jsonl"
"""File below the root: one line for every time that the gate looked at test folds."""


@dataclass(frozen=True)
class Decision:
    """What the gate said of a version, and what became of it."""

    version: Version
    champion: Version | None
    findings: list[Finding]
    passed: bool
    moved: bool
    dry_run: bool
    reason: str

    @property
    def few(self) -> bool:
        """Whether the comparison with the champion rests on too few origins."""
        return any(each.label == FEW for each in self.findings)


def promote(
    overrides: Sequence[str], folder: Path | None, dry_run: bool, force: str, trusted: Trusted = NOBODY
) -> Decision:
    """Hold ``model=`` (the challenger) against the gate, and make it the champion if it passes.

    ``dry_run`` changes nothing but the count of looks. ``force`` is the reason why it is promoted whatever the gate
    says. Raises ConfigError, DataError, EnvironmentFault.
    """
    typed = read_words(overrides, ("model",), folder, trusted)
    settings, models = typed.recipe.settings, typed.recipe.tracking.models()
    version = _wanted(models, typed)
    if CHAMPION in version.aliases:
        what = f"version {version.number} of {version.name} is the champion already"
        raise ConfigError(Fault("is-champion", "model", what, "type model=NAME@challenger"))
    champion = next((each for each in models.versions(version.name) if CHAMPION in each.aliases), None)
    root = Path(settings.root)
    bundle = fetched(models, version, root)
    rival = _rival(fetched(models, champion, root), bundle, typed, trusted) if champion is not None else None
    looks = _looks(root, bundle, version, dry_run)
    compare = as_usual(typed.recipe, bundle)
    found = findings(bundle.outcome, rival, bundle.data["quality"], looks, settings.promote, compare)
    passed = all(each.passed for each in found)
    decision = Decision(version, champion, found, passed, (passed or bool(force)) and not dry_run, dry_run, force)
    if not dry_run:
        _keep(models, decision, settings)
    return decision


def rollback(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> tuple[Version, Version]:
    """Give the champion's place back to the version that had it before: the old champion and the new one."""
    typed = read_words(overrides, ("model",), folder, trusted)
    models = typed.recipe.tracking.models()
    champion = named(models, typed.own.get("model") or CHAMPION, CHAMPION)
    before = champion.tags.get(BEFORE, "")
    if CHAMPION not in champion.aliases or not before:
        what = f"version {champion.number} of {champion.name} took nobody's place"
        raise ConfigError(Fault("no-rollback", "model", what, f"type forecastlab promote model={champion.name}/NUMBER"))
    models.point(champion.name, CHAMPION, int(before))
    models.tag(champion, {"forecastlab.champion.until": _now(), BEFORE: before})
    return champion, models.find(champion.name, before)


def _wanted(models: Models, typed: Words) -> Version:
    text = typed.own.get("model") or CHALLENGER
    return models.find(text, CHALLENGER) if text in models.names() else named(models, text, CHALLENGER)


def _rival(champion: Bundle, challenger: Bundle, typed: Words, trusted: Trusted) -> Outcome:
    """The champion's backtest on the challenger's folds: as it is kept, or run anew where data has moved on."""
    if _cutoffs(challenger.outcome) <= _cutoffs(champion.outcome) and _same_data(champion, challenger):
        return champion.outcome
    same = {name: challenger.recipe[name] for name in ("dataset", "backtest", "metric", "levels")}
    recipe = champion.built(trusted, Composed(completed(champion.recipe | same), {}, (), None, trusted))
    store = Store(Path(typed.recipe.settings.root) / "cache")
    prepared = prepare(recipe.experiment, store)
    try:
        results = list(run(recipe.experiment, prepared, store, typed.recipe.executor))
    finally:
        typed.recipe.executor.close()
    facts = champion.outcome.facts
    nothing = champion.outcome.composition
    found = gather(
        results,
        recipe.experiment.metrics,
        nothing,
        nothing,
        name=facts.name,
        key=facts.key,
        choices=facts.choices,
        overrides=facts.overrides,
        oracle=False,
        data=about.kept(prepared, recipe.experiment.target),
        season=prepared.calendar.bearable(len(prepared.ends)),
    )
    # money of customers is rounded in bundles: only what was rounded alike compares
    return veiled(found, Path(recipe.settings.root)) if typed.recipe.settings.privacy == "pseudonym" else found


def _cutoffs(outcome: Outcome) -> set[Any]:
    frame = outcome.forecasts
    return set(frame.loc[frame["role"] == TEST, names.CUTOFF])


def _same_data(one: Bundle, other: Bundle) -> bool:
    return bool(one.data["fingerprint"] == other.data["fingerprint"])


def _looks(root: Path, bundle: Bundle, version: Version, dry_run: bool) -> int:
    """How often the test folds of this data were looked at: by finished runs of any study, and by this gate.

    Looking is counted even where nothing is decided: who has seen the figures has seen them.
    """
    ledger = root / LOOKS
    line = {"at": _now(), "model": version.name, "version": version.number, "dry_run": dry_run}
    with ledger.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    gates = sum(f'"model": {json.dumps(version.name)},' in text for text in ledger.read_text("utf-8").splitlines())
    dataset = bundle.outcome.facts.choices.get("dataset")
    runs = 0
    for path in (root / "studies").glob("*/runs/*/run.json"):
        facts = json.loads(path.read_text(encoding="utf-8"))
        runs += facts["choices"].get("dataset") == dataset and facts["folds"].get(TEST, [0, 0])[1] > 0
    return runs + gates


def _keep(models: Models, decision: Decision, settings: Settings) -> None:
    """Write the decision to the version, and move the alias if that was decided."""
    version, champion = decision.version, decision.champion
    state = "forced" if not decision.passed and decision.moved else "passed" if decision.passed else "refused"
    content: dict[str, Any] = {
        "decision": state,
        "reason": decision.reason,
        "made_at": _now(),
        "model": version.name,
        "version": version.number,
        "champion": champion.number if champion is not None else None,
        "evidence": FEW if decision.few else "" if champion is not None else "no champion to compare with",
        "gate": asdict(settings.promote),
        "findings": list(told(decision.findings)),
    }
    models.attach(version, "decision.json", content)
    tags = {f"forecastlab.gate.{each.name}": f"{_mark(each)}: {each.words}" for each in decision.findings}
    tags |= {"forecastlab.gate": state, "forecastlab.gate.at": content["made_at"]}
    tags |= {"forecastlab.gate.evidence": content["evidence"]} if content["evidence"] else {}
    tags |= {"forecastlab.gate.reason": decision.reason} if decision.reason else {}
    if decision.moved:
        tags |= {"forecastlab.champion.since": content["made_at"]}
        tags |= {BEFORE: str(champion.number)} if champion is not None else {}
    models.tag(version, tags)
    if decision.moved:
        models.point(version.name, CHAMPION, version.number)
        if CHALLENGER in version.aliases:
            models.withdraw(version.name, CHALLENGER)


def _mark(finding: Finding) -> str:
    state = "passed" if finding.passed else "failed"
    return f"{state} ({finding.label})" if finding.label else state


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
