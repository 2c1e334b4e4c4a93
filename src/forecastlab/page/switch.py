"""One of several panels at a time: which one is chosen from a list."""

from __future__ import annotations

from collections.abc import Sequence

from forecastlab.page.markup import Html, joined, tag


def switch(label: str, panels: Sequence[tuple[str, Html]]) -> Html:
    """A list of names and the panel of the chosen one, the first at first; a single panel stands alone.

    Without a script, and on paper, only the first is seen.
    """
    if len(panels) == 1:
        return panels[0][1]
    options = [tag("option", words, value=i) for i, (words, _) in enumerate(panels)]
    chosen = tag("label", tag("span", label), tag("select", *options, autocomplete="off"))
    bodies = [tag("div", body, class_="panel", hidden=i > 0) for i, (_, body) in enumerate(panels)]
    return tag("div", tag("div", chosen, class_="choices"), joined(*bodies), class_="switch")
