"""``forecastlab list GROUP``: what each part does, and its parameters."""

from __future__ import annotations

from forecastlab.cli.arguments import Arguments
from forecastlab.recipe import trust
from forecastlab.task import catalogue


def main(arguments: Arguments) -> int:
    """Print every group, or every choice of one group with its description and values."""
    from rich.console import Console
    from rich.markup import escape
    from rich.padding import Padding

    console = Console(highlight=False, soft_wrap=False)
    trusted = trust(arguments.trust)
    if not arguments.overrides:
        for group in catalogue.groups(arguments.folder):
            console.print(f"[bold]{group.name}[/]  {', '.join(group.choices)}")
        console.print("\ntype [bold]forecastlab list GROUP[/] for what each does and its parameters")
        return 0
    for name in arguments.overrides:
        for choice in catalogue.choices(name, arguments.folder, trusted):
            console.print(f"[bold]{choice.name}[/]  {escape(choice.summary)}", markup=True)
            for parameter in choice.parameters:
                text = f"[cyan]{parameter.name}[/]: {escape(parameter.value)}   [dim]{escape(parameter.description)}[/]"
                console.print(Padding(text, (0, 0, 0, 4)))
    return 0
