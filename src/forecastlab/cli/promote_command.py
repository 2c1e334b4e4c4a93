"""``forecastlab promote``: the challenger becomes the champion if it passes the gate."""

from __future__ import annotations

import sys

from forecastlab.cli.arguments import Arguments
from forecastlab.recipe import trust
from forecastlab.schema import ConfigError, Fault


def main(arguments: Arguments) -> int:
    """Tell what the gate found and what was decided; 4 if it refused."""
    from rich.console import Console

    from forecastlab.task.promote import promote, rollback

    console, trusted = Console(highlight=False), trust(arguments.trust)
    if arguments.rollback:
        if arguments.dry_run or arguments.force is not None:
            raise ConfigError(Fault("bad-option", "--rollback", "it goes with no other option", "take the other out"))
        old, new = rollback(arguments.overrides, arguments.folder, trusted)
        console.print(f"{new.name}: version {new.number} is the champion again, in place of {old.number}", markup=False)
        return 0
    if arguments.force is not None and not arguments.force.strip():
        raise ConfigError(Fault("bad-option", "--force", "it needs a reason", 'type --force "why it is right"'))
    made = promote(arguments.overrides, arguments.folder, arguments.dry_run, arguments.force or "", trusted)
    version = made.version
    against = f"against version {made.champion.number}" if made.champion is not None else "there is no champion yet"
    console.print(f"{version.name} version {version.number}: {against}", markup=False)
    for each in made.findings:
        label = f" ({each.label})" if each.label else ""
        console.print(
            f"  {'pass' if each.passed else 'FAIL'}  {each.name}: {each.words}{label}", markup=False, soft_wrap=True
        )
    if made.moved:
        forced = "" if made.passed else f", although the gate refused it: {made.reason}"
        console.print(f"version {version.number} is the champion{forced}", markup=False, soft_wrap=True)
        return 0
    if made.dry_run:
        console.print(f"it {'would pass' if made.passed else 'would be refused'}; nothing was changed", markup=False)
    else:
        print("forecastlab: refused: the champion stays", file=sys.stderr)
    return 0 if made.passed else 4
