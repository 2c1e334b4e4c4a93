"""``predict +preset=…``: a prediction as a department needs it, as a table and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from forecastlab.flow import entries
from forecastlab.flow.experiment import of_customers, of_series
from forecastlab.flow.work import panels_of
from forecastlab.recipe import NOBODY, Trusted
from forecastlab.schema import ConfigError, Fault, Lister, Outlook, Plan, Preset
from forecastlab.stages.fold_panel import FoldPanel
from forecastlab.task.naming import slug
from forecastlab.task.plan_page import write_plan_page
from forecastlab.task.predict import KEYS, Located, Prediction, export, located, out_of, predict, question
from forecastlab.task.roster import UNIT, other_unit, roster
from forecastlab.task.words import Words, read_words


@dataclass(frozen=True)
class Planned:
    """A department's plan, the prediction that it was made from, and its files: the table and the page."""

    name: str
    plan: Plan
    prediction: Prediction
    table: Path
    page: Path


def asks_for_plan(overrides: Sequence[str]) -> bool:
    """Whether a command names a preset."""
    return any(line.lstrip("+").partition("=")[0] == "preset" for line in overrides)


def planned(overrides: Sequence[str], folder: Path | None, trusted: Trusted = NOBODY) -> Planned:
    """Foretell as ``predict`` does, and plan with it. ``out=`` names the table; the page lies beside it.

    Raises ConfigError where the registered method does not foretell what the plan needs.
    """
    typed = read_words(overrides, KEYS, folder, trusted, open_ended=True)
    preset, name = typed.recipe.preset, typed.recipe.composed.choices.get("preset", "plan")
    if preset is None:
        raise ConfigError(Fault("missing-value", "preset", "no plan was named", "type +preset=sales_plan"))
    table = out_of(typed)
    told = predict([line for line in overrides if line.partition("=")[0] != "out"], folder, trusted)
    plan = _planned(preset, name, told, typed, folder, trusted)
    table = table or _place(typed, told, name)
    export(plan.table, table)
    language = typed.recipe.settings.report.language
    page = write_plan_page(name, plan, told.about, table.with_suffix(".html"), language)
    return Planned(name, plan, told, table, page)


def _planned(
    preset: Preset | Lister, name: str, told: Prediction, typed: Words, folder: Path | None, trusted: Trusted
) -> Plan:
    """The plan of series or of customers. Raises ConfigError for the one where the method foretells the other."""
    unit = told.about.get("unit", "series")
    if isinstance(preset, Lister):
        if unit != UNIT:
            raise other_unit(name, unit, "register a run with target=churn, or type +preset=sales_plan")
        return preset.listed(roster(told.frame, of_customers(located(typed).bundle.built(trusted).experiment)))
    if unit == UNIT:
        raise other_unit(name, unit, "type +preset=campaign_list, or name a model that foretells sales")
    return preset.plan(_outlook(told, typed, folder, trusted))


def _place(typed: Words, told: Prediction, name: str) -> Path:
    """Where a plan lies that was given no other place."""
    root = Path(typed.recipe.settings.root)
    return root / "plans" / slug(str(told.about["name"])) / f"{name}-{told.about['cutoff']}.csv"


def _outlook(told: Prediction, typed: Words, folder: Path | None, trusted: Trusted) -> Outlook:
    found = located(typed)
    panel = _panel(found, told, typed, folder, trusted)
    target = of_series(found.bundle.built(trusted).experiment, "a plan").target
    return Outlook(
        told.frame,
        found.bundle.memory.scored,
        panel.grid.to_long(),
        panel.levels.drop(columns=["level", "kind"]).astype(str),
        target.value,
        found.bundle.about.unit if target.value == "amount" else target.value,
    )


def _panel(found: Located, told: Prediction, typed: Words, folder: Path | None, trusted: Trusted) -> FoldPanel:
    """The series of all levels with their past, as the prediction saw them."""
    if told.about["mode"] == "stored":
        return found.bundle.panel
    experiment, prepared, store = question(found, typed, folder, trusted)
    return entries.read_levels(panels_of(experiment, prepared, store, typed.recipe.executor)[0])
