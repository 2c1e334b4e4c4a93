"""The page of a profile: the verdict on the data, a section for each look, and what this data cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from forecastlab import __version__
from forecastlab.flow.profiled import Profiled
from forecastlab.page import Html, Section, Texts, document, tag
from forecastlab.page.markup import joined
from forecastlab.stages.profiling.told import Told
from forecastlab.task.data_gate import Verdict
from forecastlab.task.profile.scene import Scene
from forecastlab.task.profile.sections import (
    baskets,
    cohorts,
    distribution,
    funnel,
    jumps,
    lifecycle,
    quality,
    response,
    rfm,
)

SECTIONS: Mapping[str, Callable[[Told, Scene], Html]] = {
    "quality": quality.section,
    "lifecycle": lifecycle.section,
    "rfm": rfm.section,
    "cohorts": cohorts.section,
    "funnel": funnel.section,
    "baskets": baskets.section,
    "jumps": jumps.section,
    "response": response.section,
    "distribution": distribution.section,
}
"""What is told, in the order in which a reader asks: may I trust it, who are they, what do they do."""


def page_of(
    title: str, found: Profiled, looks: Mapping[str, Told], verdict: Verdict | None, said: Texts
) -> tuple[str, dict[str, str]]:
    """The page as HTML, and for each look that the data does not carry the sentence that says why."""
    scene = Scene(said, found.log.facts, found.calendar.freq)
    absent = {key: said(f"profile.absent.{told.absent}", **told.words) for key, told in looks.items() if told.absent}
    sections = [
        Section(key, said(f"profile.{key}.title"), said(f"profile.{key}.lead"), _told(make, looks[key], scene))
        for key, make in SECTIONS.items()
        if key not in absent
    ]
    if absent:
        reasons = {why: [key for key, each in absent.items() if each == why] for why in absent.values()}
        titles = {why: [said(f"profile.{key}.title") for key in keys] for why, keys in reasons.items()}
        listed = [tag("li", tag("strong", said.listed(each, 9)), ": ", why) for why, each in titles.items()]
        body = tag("ul", *listed, class_="notes")
        sections.append(Section("absent", said("profile.absent.title"), said("profile.absent.lead"), body))
    foot = tag("p", said("profile.foot", version=__version__))
    heading = said("profile.title", name=title)
    return document(heading, _opening(found, looks, verdict, scene), sections, foot, said), absent


def _told(make: Callable[[Told, Scene], Html], told: Told, scene: Scene) -> Html:
    """What a section says; if it breaks, that: the rest is not given up for it."""
    try:
        return make(told, scene)
    except Exception as error:
        return tag("p", scene.said("report.broken", error=f"{type(error).__name__}: {error}"), class_="broken")


def _opening(found: Profiled, looks: Mapping[str, Told], verdict: Verdict | None, scene: Scene) -> Html:
    said, facts = scene.said, found.log.facts
    accuracy = said.quality(looks["quality"].figures["accuracy"])
    if verdict is None:
        words, tone = said("profile.opening.accuracy", accuracy=accuracy), ""
    else:
        key, tone = ("passed", "good") if verdict.passed else ("failed", "bad")
        words = said(f"profile.opening.{key}", accuracy=accuracy, required=said.quality(verdict.required))
    box = tag("div", tag("p", words), tag("p", said("profile.opening.formula")), class_=f"verdict {tone}".rstrip())
    span = said("report.facts.span", first=said.date(facts.first_day), last=said.date(facts.last_day))
    told = [(said("profile.opening.span"), span), (said("profile.opening.rows"), said.number(facts.ledger.rows_used))]
    if facts.ledger.cents_used:
        money = f"{said.amount(facts.ledger.cents_used / 100)} {facts.unit}".rstrip()
        told.append((said("profile.opening.money"), money))
    if "customers" in looks["rfm"].figures:
        told.append((said("profile.opening.customers"), said.number(looks["rfm"].figures["customers"])))
    return joined(
        box, tag("dl", *(tag("div", tag("dt", what), tag("dd", value)) for what, value in told), class_="facts")
    )
