"""A whole page in one file: style, script and plotly are in it, and its policy lets nothing else run or load."""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from forecastlab.page.figure import MARK
from forecastlab.page.markup import Html, joined, tag
from forecastlab.page.texts import Texts

_ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True)
class Section:
    """A part of a page with a heading: ``ident`` is its anchor, ``lead`` says in a sentence what is seen."""

    ident: str
    title: str
    lead: str
    body: Html


def document(title: str, opening: Html, sections: Sequence[Section], foot: Html, said: Texts) -> str:
    """The page as HTML: the opening under the title, a list of the sections, the sections, and the foot.

    The policy in its head allows exactly the scripts that are in it, by their hashes, and no connection at all; so a
    name that got past the escaping could still run nothing. The size is that of the content and 2 MB where there is
    a figure (plotly, compressed).
    """
    body = joined(*(_section(section) for section in sections))
    style, script = _asset("page.css"), _asset("page.js")
    drawn = MARK in opening or MARK in body
    plotly = [_plotly()] if drawn else []
    hashes = [_hash(script), *(digest for _, digest in plotly)]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(hashes)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        Html(f"<style>{style}</style>"),
    )
    top = tag(
        "header",
        tag("div", tag("h1", tag("bdi", title)), _theme(said), class_="title"),
        opening,
    )
    links = tag("ul", *(tag("li", tag("a", each.title, href=f"#{each.ident}")) for each in sections))
    code = Html("".join(f'<script type="text/plain" id="plotly">{packed}</script>' for packed, _ in plotly))
    whole = tag(
        "body",
        top,
        tag("nav", links, aria_label=said("page.contents")) if sections else "",
        tag("main", body),
        tag("footer", foot),
        code,
        Html(f"<script>{script}</script>"),
        data_language=said.tag,
        data_months=said("page.calendar.months"),
        data_year=said("page.calendar.year"),
        data_month=said("page.calendar.month"),
        data_day=said("page.calendar.day"),
        data_full=said("page.calendar.full"),
        data_old=said("page.figure.old"),
    )
    return f'<!doctype html>\n<html lang="{said.tag}">{head}{whole}</html>\n'


def _section(section: Section) -> Html:
    lead = tag("p", section.lead, class_="lead") if section.lead else ""
    return tag("section", tag("h2", section.title), lead, section.body, id=section.ident)


def _theme(said: Texts) -> Html:
    words = {mode: said(f"page.theme.{mode}") for mode in ("auto", "light", "dark")}
    options = [tag("option", text, value=mode) for mode, text in words.items()]
    chosen = tag("select", *options, id="theme", autocomplete="off")
    return tag("label", tag("span", said("page.theme.label"), class_="unseen"), chosen, class_="theme")


def _policy(scripts: Sequence[str]) -> str:
    return (
        f"default-src 'none'; script-src {' '.join(scripts)}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


@cache
def _plotly() -> tuple[str, str]:
    """Plotly's own script, compressed and as text, and the hash that lets it run. Its Python package is not loaded."""
    found = importlib.util.find_spec("plotly")
    assert found is not None and found.origin is not None  # a dependency of the package
    text = (Path(found.origin).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    return base64.b64encode(gzip.compress(text.encode(), 6, mtime=0)).decode(), _hash(text)
