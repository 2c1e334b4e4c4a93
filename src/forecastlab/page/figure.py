"""Interactive figures: plotly's JSON, with colours by token and with lists to choose what is seen."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forecastlab.page.markup import Html, inert, tag

OURS = ("hovertemplate", "texttemplate")
"""Keys whose text is ours and may hold plotly's own markup; everything else that is shown is escaped."""

MARK = '<figure class="chart"'
"""What the markup of a figure begins with."""


@dataclass(frozen=True)
class Choice:
    """A list above a figure. ``key`` stands in braces in the traces' array names; ``options`` are values and words.

    ``groups`` names the group of each option, where there are any.
    """

    key: str
    label: str
    options: Sequence[tuple[str, str]]
    groups: Sequence[str] = ()


def figure(
    caption: str,
    traces: Sequence[Mapping[str, Any]],
    layout: Mapping[str, Any],
    note: str = "",
    height: int = 380,
    choices: Sequence[Choice] = (),
    arrays: Mapping[str, Sequence[Any]] | None = None,
) -> Html:
    """A figure as markup; the script of the page draws it when it comes into sight.

    ``traces`` and ``layout`` are plotly's. A colour is a token: ``@ink``, ``@muted``, ``@grid``, ``@good``, ``@bad``,
    ``@c0`` … ``@c9``, with ``/20`` behind it for 20 % of opacity. A trace may name its data instead of holding it:
    ``"y": "yhat/{series}/{fold}"`` is the array of that name with the chosen values in it, and the trace is left out
    where there is none; an option ``*`` stands for the arrays of all options 0, 1, … after each other. Names of others
    are shown as they are and never read as markup.
    """
    data = {"traces": traces, "layout": layout, "arrays": arrays or {}, "height": height}
    text = json.dumps(_safe(data, ""), ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace(
        "<", "\\u003c"
    )
    lists = [_select(choice) for choice in choices if len(choice.options) > 1]
    fixed = {choice.key: choice.options[0][0] for choice in choices if len(choice.options) == 1}
    return tag(
        "figure",
        tag("figcaption", caption),
        tag("div", *lists, class_="choices") if lists else "",
        tag("div", class_="plot", role="img", aria_label=caption),
        tag("p", note, class_="note") if note else "",
        Html(f'<script type="application/json">{text}</script>'),
        class_="chart",
        data_fixed=json.dumps(fixed) if fixed else None,
    )


def _select(choice: Choice) -> Html:
    groups = choice.groups or [""] * len(choice.options)
    made: dict[str, list[Html]] = {}
    for (value, words), group in zip(choice.options, groups, strict=True):
        made.setdefault(group, []).append(tag("option", words, value=value))
    options = [tag("optgroup", *found, label=group) if group else Html("".join(found)) for group, found in made.items()]
    chosen = tag("select", *options, data_key=choice.key, autocomplete="off")
    return tag("label", tag("span", choice.label), chosen)


def _safe(node: Any, key: str) -> Any:
    """Numbers with six figures, NaN as null, and texts without anything that plotly would read as markup."""
    if isinstance(node, Mapping):
        return {str(name): _safe(value, str(name)) for name, value in node.items()}
    if isinstance(node, str):
        return node if key in OURS else html.escape(inert(node), quote=False)
    if isinstance(node, (list, tuple)):
        return [_safe(value, key) for value in node]
    if isinstance(node, float):
        return float(f"{node:.6g}") if math.isfinite(node) else None
    return node if node is None or isinstance(node, (bool, int)) else _safe(getattr(node, "item", node.__str__)(), key)
