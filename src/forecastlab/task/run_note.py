"""What a reviewer reads on a run's page: what it is, how good it is, what to be wary of, how to do it again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import pandas as pd

from forecastlab.flow.outcome import Outcome
from forecastlab.flow.prepare import Prepared
from forecastlab.schema import names
from forecastlab.schema.names import SELECT, TEST
from forecastlab.stages import customer_list
from forecastlab.task import about, catalogue, figures, product_lists
from forecastlab.task.naming import METHODS

WIDE = 70
"""Characters of a line of a command: MLflow's pages do not wrap one, they grow as wide as it is."""

SHARES = ("wape", "coverage80", "coverage95", "bias", "width", "within")


def note(outcome: Outcome, prepared: Prepared, recipe: Mapping[str, Any]) -> str:
    """The run in Markdown; ``recipe`` is its composed config."""
    facts = outcome.facts
    things = "customers" if figures.headline_name(outcome) == "customers" else "rows"
    parts = [
        f"## {facts.name}",
        "**Oracle: this method saw what the drivers came to be. It is no forecast.**" if facts.oracle else "",
        *(catalogue.meaning(group, recipe.get(group)) for group in METHODS if group in recipe),
        _scores(outcome, catalogue.meanings("metric", recipe)),
        _listed("What to be wary of", _wary(outcome)),
        _listed("What it says", _of_customers(outcome) if things == "customers" else _said(outcome)),
        f"### To do it again\n\n```\n{command(outcome)}\n```",
        f"### Data\n\n{about.data(prepared)}\n{about.account(facts.account, prepared.log.facts.unit, things)}",
    ]
    return "\n\n".join(part for part in parts if part)


def _of_customers(outcome: Outcome) -> list[str]:
    """What the list of customers says."""
    if product_lists.has_lists(outcome):
        return product_lists.said(outcome)
    if not len(outcome.effects):
        return []
    found = ["the customers of the last fold with score, tier, money at stake and drivers: see customers.csv"]
    reasons = customer_list.shares(outcome.effects)
    if len(reasons):
        told = ", ".join(f"{name} {share:.0%}" for name, share in reasons.items())
        found.append(f"what drives their scores: {told}")
    if outcome.forecasts[names.Y].isin((0.0, 1.0)).all():
        lead = customer_list.lead_times(outcome.forecasts, FLAGGED)
        early = lead["days"].dropna()
        told = f", half of them for {early.median():.0f} days or longer" if len(early) else ""
        found.append(
            f"of {len(lead):,} customers with the event {len(early) / max(len(lead), 1):.0%} were among the "
            f"{FLAGGED:.0%} with the highest scores at the last cutoff before it{told}"
        )
        return found
    held = customer_list.tier_shares(outcome.effects, outcome.forecasts)
    told = ", ".join(f"{row.tier} {row.share:.0%}" for row in held.itertuples())
    return [*found, f"share of the money that came, by the tier that was foretold: {told}"]


FLAGGED = 0.2
"""Share of the customers who count as warned of, those with the highest scores."""


def command(outcome: Outcome) -> str:
    """What to type to get this run again, in lines that a page need not be widened for."""
    lines = ["forecastlab run"]
    for word in map(shlex.quote, outcome.facts.overrides):
        if len(lines[-1]) + len(word) < WIDE:
            lines[-1] += f" {word}"
        else:
            lines.append(f"  {word}")
    return " \\\n".join(lines)


def _scores(outcome: Outcome, meanings: Mapping[str, str]) -> str:
    known = figures.metrics(outcome)
    before = figures.prefix(outcome.facts.oracle)
    told = figures.headlines(outcome) or list(meanings)[:4]
    rows = []
    for name in told:
        both = [_figure(known, f"{before}{name}.{role}", name) for role in (SELECT, TEST)]
        rows.append(f"| {name} | {' | '.join(both)} | {meanings.get(name, '')} |")
    heads = [_head(outcome, role, words) for role, words in ((SELECT, "selection folds"), (TEST, "test folds"))]
    table = f"| {figures.headline_name(outcome)} | {' | '.join(heads)} | |\n|---|---|---|---|\n" + "\n".join(rows)
    return f"{table}\n\nMethods are chosen by the selection folds; the test folds come later in time and only confirm."


def _head(outcome: Outcome, role: str, words: str) -> str:
    ok, n = outcome.facts.folds.get(role, [0, 0])
    return f"{n} {words}" if ok == n else f"{n} {words}, {ok} answered"


def _figure(known: Mapping[str, float], key: str, metric: str) -> str:
    value = known.get(key)
    if value is None or pd.isna(value):
        return "not scored"
    return f"{value:.1%}" if metric in SHARES else f"{value:.3g}"


def _wary(outcome: Outcome) -> list[str]:
    """What biases the figures, or makes them mean less than they seem to."""
    facts, found = outcome.facts, list(outcome.facts.notes)
    if facts.failed:
        found.append(f"failed folds: {'; '.join(f'{day}: {why}' for day, why in facts.failed.items())}")
    if facts.n_fallback:
        found.append(f"{facts.n_fallback} series and folds fell back to seasonal naive: see failures.parquet")
    if facts.n_clipped:
        found.append(f"{facts.n_clipped} forecasts were below zero and lifted to zero")
    if facts.season == 1:
        found.append("no season: the past is not longer than one season, so scales and seasonal naive are naive")
    if facts.aside:
        found.append(f"{len(facts.aside)} series were set aside before any fit: see run.json")
    return found


def _said(outcome: Outcome) -> list[str]:
    found = [
        f"what if {scenario}: {change:+.1%} of the {figures.headline_name(outcome)} after the last cutoff"
        for scenario, change in _changes(outcome).items()
    ]
    if len(outcome.effects):
        found.append("coefficients and elasticities with 95 % intervals: see coefficients.csv")
    return found


def _listed(heading: str, lines: list[str]) -> str:
    return f"### {heading}\n\n" + "\n".join(f"- {line}" for line in lines) if lines else ""


def _changes(outcome: Outcome) -> dict[str, float]:
    """How much each assumption changes the headline level's forecast after the last cutoff."""
    if not len(outcome.what_if):
        return {}
    last = outcome.forecasts[outcome.forecasts[names.LEVEL] == figures.headline_level(outcome)]
    rows = outcome.what_if[outcome.what_if[names.SERIES].isin(last[names.SERIES].unique())]
    sums = rows.groupby("scenario", sort=False)[[names.YHAT, "base"]].sum()
    return {str(name): float(row[names.YHAT] / row["base"] - 1) for name, row in sums.iterrows()}
