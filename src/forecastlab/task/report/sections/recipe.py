"""How to make it again: the command of every shown method, and the config of the first."""

from __future__ import annotations

import shlex

from forecastlab.page import Html, tag
from forecastlab.page.markup import joined, short
from forecastlab.task.report.study import Study

HOW = ("root=", "tracking=", "tracking.", "executor=", "executor.", "study=", "report.", "question=")
"""Where results go and how they are made and shown: no part of what decides them."""


def section(study: Study) -> Html:
    """Commands, and the whole config of the first method in a fold."""
    said = study.said
    lines = [f"# {short(method)}\n{_command(study, method)}" for method in study.shown]
    again = f"forecastlab report {shlex.quote(f'study={study.name}')}"
    parts = [tag("pre", "\n".join(lines), class_="wrap"), tag("p", said("report.recipe.again")), tag("pre", again)]
    if study.recipe:
        title = tag("summary", said.rich("report.recipe.config", method=short(study.methods[0])))
        parts.append(tag("details", title, tag("pre", study.recipe)))
    data = study.best.facts.data
    told = {"key": study.best.facts.key[:16], "fingerprint": str(data["fingerprint"])[:16]} if data else {}
    return joined(*parts, tag("p", said("report.recipe.identity", **told), class_="note") if told else "")


def _command(study: Study, method: str) -> str:
    lines = study.outcomes[method].facts.overrides
    return shlex.join(["forecastlab", "run", *(line for line in lines if not line.lstrip("+").startswith(HOW))])
