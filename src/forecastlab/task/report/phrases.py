"""Sentences that the computation wrote in English, in the language of the report where its dictionary knows them."""

from __future__ import annotations

import re
from functools import cache

from forecastlab.page import Html, Texts, tag, texts
from forecastlab.page.markup import inert
from forecastlab.task.report.study import Study


def phrase(study: Study, english: str) -> Html:
    """A reason or a note in the report's language; as it is, and marked as English, where there is no such text."""
    found = translated(study.said, english)
    if found is not None:
        return tag("span", found)
    return tag("span", inert(english), lang=None if study.said.language == "en" else "en")


def translated(said: Texts, english: str) -> str | None:
    """The text, None where there is none; what stands in its placeholders is translated, too, where it is known."""
    for key, pattern in _patterns():
        found = pattern.fullmatch(english)
        if found is not None:
            return said(key, **{place: translated(said, part) or part for place, part in found.groupdict().items()})
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The English texts below ``phrases``, each placeholder as what may stand there."""
    entries = {key: text for key, text in texts("en").entries.items() if key.startswith("phrases.")}
    return tuple((key, re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(text)), re.S)) for key, text in entries.items())


_PLACE = re.compile(r"\\\{(\w+)\\\}")
