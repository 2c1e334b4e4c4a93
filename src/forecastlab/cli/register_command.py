"""``forecastlab register study=NAME``: the best run, or ``run=NAME``, becomes a challenger in the registry."""

from __future__ import annotations

import shlex

from forecastlab.cli.arguments import Arguments
from forecastlab.recipe import trust


def main(arguments: Arguments) -> int:
    """Fit to all data, register, and tell what was registered and why."""
    from rich.console import Console

    from forecastlab.task.advice import options
    from forecastlab.task.register import register

    trusted = trust(arguments.trust)
    found = register(arguments.overrides, arguments.folder, trusted)
    version, console = found.version, Console(highlight=False)
    state = "was registered before as" if found.reused else "is"
    title = f"{found.bundle.about.name} {state} version {version.number} of {version.name}"
    console.print(f"{title} ({', '.join(version.aliases)})", markup=False, soft_wrap=True)
    console.print(f"\n{version.description}\n", markup=False, soft_wrap=True)
    console.print(f"{found.bundle.folder}", markup=False, soft_wrap=True)
    again = options(arguments.overrides, arguments.folder, trusted)
    words = ["forecastlab", "promote", f"model={version.name}", "--dry-run", *again]
    console.print(f"next: {shlex.join(words)}", markup=False, soft_wrap=True)
    return 0
