"""``forecastlab check``: a config, its data, its parts, and whether anything in it sees the future."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

from forecastlab.cli.arguments import Arguments
from forecastlab.recipe import trust
from forecastlab.schema import ConfigError, Facts, Fault, nearest

WHATS = ("config", "data", "leakage", "parts")
CUSTOMERS = 200
"""Customers (or series of a ready-made panel) of the sample on which leakage is looked for."""


def main(arguments: Arguments) -> int:
    """Check one of four things; 2 if a contract is broken or something leaks."""
    what, *rest = arguments.overrides or ("",)
    if what not in WHATS:
        found = f"found {what or 'nothing'}, allowed are {', '.join(WHATS)}"
        raise ConfigError(Fault("bad-option", "check", found, nearest(what, WHATS)))
    inner = dataclasses.replace(arguments, overrides=tuple(rest))
    return {"config": _config, "data": _data, "leakage": _leakage, "parts": _parts}[what](inner)


def _config(arguments: Arguments) -> int:
    """Whether a config, or every one of a sweep, can be built."""
    from forecastlab.task.run import recipes, study_name

    runs = recipes(arguments.overrides, arguments.folder, arguments.multirun, trust(arguments.trust))
    print(f"✓ study {study_name(runs[0].recipe)}: {len(runs)} run{'s' * (len(runs) > 1)} can be built")
    for named in runs:
        print(f"  {named.name}")
    return 0


def _data(arguments: Arguments) -> int:
    """What the data is, and what became of every row and every cent."""
    from forecastlab.cache.store import Store
    from forecastlab.flow.prepare import load
    from forecastlab.recipe import build, compose

    recipe = build(compose(arguments.overrides, arguments.folder, trust(arguments.trust)))
    log, _, _ = load(recipe.experiment.dataset, Store(Path(recipe.settings.root) / "cache"))
    for line in _told(log.facts):
        print(line)
    return 0


def _told(facts: Facts) -> list[str]:
    """The facts and the ledger of a dataset, line by line."""
    ledger, unit = facts.ledger, facts.unit or "units"
    rows = [("in the source", ledger.rows_in, ledger.cents_in), ("used", ledger.rows_used, ledger.cents_used)]
    rows += [(f"left out: {why}", *amount) for why, amount in ledger.dropped.items()]
    noted = [(f"used, and noted: {why}", *amount) for why, amount in ledger.noted.items()]
    wide = max(len(label) for label, _, _ in rows + noted)
    table = [f"{label:<{wide}} {count:>13,} rows {cents / 100:>18,.2f} {unit}" for label, count, cents in rows + noted]
    balance = "in = used + left out" if ledger.balanced else "in is not used + left out"
    about = [f"{'panel' if facts.kind == 'panel' else 'sales log'}, {facts.first_day} to {facts.last_day}"]
    about += [f"dimensions: {', '.join(facts.dimensions)}"] if facts.dimensions else []
    about += [f"drivers: {', '.join(facts.drivers)}"] if facts.drivers else []
    about += [f"table {name}: {', '.join(kinds)}" for name, kinds in facts.tables.items()]
    about += [] if facts.kind == "panel" or facts.firsts_are_true else ["first rows need not be first purchases"]
    return [*about, "", *table, f"{'✓' if ledger.balanced else '✗'} {balance}"]


def _leakage(arguments: Arguments) -> int:
    """Whether anything sees the future: later rows of a sample are made up, and no forecast may change."""
    from forecastlab.flow.experiment import CustomerExperiment
    from forecastlab.task.run import recipes
    from forecastlab.testing.customer_leakage import customer_leaks
    from forecastlab.testing.leakage import leaks
    from forecastlab.testing.parts import smoked_recipe
    from forecastlab.testing.sampled import sampled

    runs = recipes(arguments.overrides, arguments.folder, arguments.multirun, trust(arguments.trust))
    found = 0
    for named in runs:
        experiment = smoked_recipe(named.recipe).experiment
        with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
            small = sampled(experiment.dataset, CUSTOMERS, Path(place))
            if isinstance(experiment, CustomerExperiment):
                leaking = customer_leaks(dataclasses.replace(experiment, dataset=small), None, 1)
            else:
                leaking = leaks(dataclasses.replace(experiment, dataset=small), None, 1)
            lines = list(dict.fromkeys(map(str, leaking)))
        print(f"{'✗' if lines else '✓'} {named.name}: {'it sees the future' if lines else 'nothing sees the future'}")
        for line in lines:
            print(f"    {line}")
        found += bool(lines)
    return 2 if found else 0


def _parts(arguments: Arguments) -> int:
    """Whether own parts keep the contract of their kind: the files that are named, or all."""
    from forecastlab.testing.own import check_files, own_files

    if arguments.folder is None:
        what = "it looks at the files of your own config folder"
        raise ConfigError(Fault("missing-value", "check parts", what, "type --config-dir DIR"))
    files = own_files(arguments.folder, arguments.overrides)
    broken = 0
    for checked in check_files(files, arguments.folder, trust(arguments.trust)):
        broken += bool(checked.broken)
        reason = f": {checked.broken}" if checked.broken else ""
        print(f"{'✗' if checked.broken else '✓'} {checked.file}  {checked.check}{reason}", flush=True)
    print(f"{broken} broken" if broken else "all kept")
    return 2 if broken else 0
