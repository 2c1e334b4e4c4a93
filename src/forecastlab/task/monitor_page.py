"""The page of a method in use: what the newest check says, what to do, and how it went so far."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from forecastlab import __version__
from forecastlab.page import Cell, Choice, Column, Html, Section, Texts, document, figure, name, table, tag, texts
from forecastlab.page.markup import joined
from forecastlab.schema.watching import ALL_CUSTOMERS
from forecastlab.stages.watching import LIVE, worst
from forecastlab.task.advice import Advice, Method
from forecastlab.task.report.phrases import translated

TONES = {"alarm": "bad", "warning": "warning", "fine": "good", "early": "quiet"}
VERDICTS = {"alarm": "bad", "warning": "warning", "fine": "good", "early": ""}
"""The tone of the box that says how things stand, by the gravest state."""
LOUD = ("alarm", "warning")


def write_page(
    history: pd.DataFrame, advice: Advice, method: Method, folder: Path, language: str, quiet: int = 100
) -> Path:
    """Write the page of a history into a folder, whole or not at all; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{method.name or method.study}.html"
    part = place.with_name(f".{place.name}.part")
    part.write_text(page_of(history, advice, method, texts(language), quiet), encoding="utf-8")
    part.replace(place)
    return place


def page_of(history: pd.DataFrame, advice: Advice, method: Method, said: Texts, quiet: int) -> str:
    """The page as HTML; ``history`` has the findings of every check with their ``now``."""
    history = history.sort_values("now", kind="stable").assign(of=method.of)
    now = history[history["now"] == history["now"].max()]
    title = said("monitor.title", name=method.name) if method.name else said("monitor.titleless", name=method.study)
    charts = [section for check in LIVE for section in _charted(check, history, said)]
    sections = [
        *charts,
        Section(
            "history", said("monitor.section.history"), said("monitor.section.history_lead"), _calendar(history, said)
        ),
        Section(
            "findings", said("monitor.section.findings"), said("monitor.section.findings_lead"), _findings(now, said)
        ),
    ]
    foot = tag("p", said("monitor.foot", version=__version__, day=said.date(pd.Timestamp.now()), quiet=quiet))
    return document(title, _opening(history, now, advice, said), sections, foot, said)


def _opening(history: pd.DataFrame, now: pd.DataFrame, advice: Advice, said: Texts) -> Html:
    state, loud = worst(now), now[now["state"].isin(LOUD)]
    first, last = (said.date(day) for day in (history["now"].min(), history["now"].max()))
    verdict = said(f"monitor.opening.{state}", day=last, n=said.number(len(loud)), all=said.number(len(now)))
    reasons = [tag("li", _reason(row, said)) for _, row in loud.sort_values(["state", "p_holm"]).head(8).iterrows()]
    parts = [tag("p", tag("strong", verdict), class_=f"verdict {VERDICTS[state]}".rstrip())]
    if reasons:
        parts += [tag("p", said("monitor.opening.reasons")), tag("ul", *reasons)]
    if advice.kind != "nothing":
        kind = said(f"monitor.advice.{advice.kind}")
        parts.append(tag("p", said("monitor.opening.advice", kind=kind, why=said(f"monitor.why.{advice.because}"))))
        parts += [tag("p", said("monitor.opening.command")), tag("pre", tag("code", advice.command), class_="wrap")]
    parts.append(tag("p", said("monitor.opening.checks", n=said.number(history["now"].nunique()), day=first)))
    return joined(*parts)


def _reason(row: pd.Series, said: Texts) -> Html:
    key = f"{_kind(row)}{row['check']}" if row["check"] in LIVE else "drift"
    value, expected = _figures(row, said)
    return said.rich(f"monitor.reason.{key}", what=name(_what(row["what"], said)), value=value, expected=expected)


def _kind(row: pd.Series) -> str:
    """Where the texts of a finding stand: those of customers have their own."""
    return "" if row["of"] == "series" or row["check"] == "coverage" else "customers."


def _figures(row: pd.Series, said: Texts) -> tuple[str, str]:
    """What was seen and what was to be expected, in their own unit: shares, or plain figures of inputs and scores."""
    pair = (float(row["value"]), float(row["expected"]))
    if row["check"] in LIVE and not (row["check"] == "error" and row["of"] != "series"):
        first, second = (said.percent(x, signed=row["check"] == "bias") for x in pair)
        return first, second
    first, second = (said.number(x, 3) if abs(x) < 10 else said.amount(x) for x in pair)
    return first, second


def _charted(check: str, history: pd.DataFrame, said: Texts) -> Sequence[Section]:
    """A figure of one kind of finding over the checks, one series at a time; nothing where there is none."""
    rows = history[(history["check"] == check) & history["value"].notna()]
    if not len(rows):
        return []
    arrays: dict[str, list[object]] = {}
    names = sorted(rows["what"].astype(str).unique(), key=lambda each: (each not in ("total", ALL_CUSTOMERS), each))
    for i, what in enumerate(names):
        part = rows[rows["what"] == what]
        cried = part[part["state"].isin(LOUD)]
        arrays[f"x/{i}"] = [f"{day:%Y-%m-%d}" for day in part["now"]]
        arrays[f"live/{i}"] = part["value"].tolist()
        arrays[f"expected/{i}"] = part["expected"].tolist()
        arrays[f"ax/{i}"] = [f"{day:%Y-%m-%d}" for day in cried["now"]]
        arrays[f"alarm/{i}"] = cried["value"].tolist()
    plain = check == "error" and rows["of"].iloc[0] != "series"
    form, tick = (".3~g", ".3~g") if plain else (".1%", ".0%")
    line = {"type": "scatter", "mode": "lines+markers", "hovertemplate": f"%{{x}}: %{{y:{form}}}<extra></extra>"}
    traces: list[dict[str, Any]] = [
        {**line, "name": said("monitor.series.live"), "x": "x/{s}", "y": "live/{s}", "line": {"color": "@c0"}},
        {**line, "mode": "lines", "name": said("monitor.series.expected"), "x": "x/{s}", "y": "expected/{s}"}
        | {"line": {"color": "@muted", "dash": "dot"}},
        {**line, "mode": "markers", "name": said("monitor.series.alarm"), "x": "ax/{s}", "y": "alarm/{s}"}
        | {"marker": {"color": "@bad", "size": 12, "symbol": "x"}},
    ]
    layout = {
        "yaxis": {"tickformat": tick, "rangemode": "normal" if check == "bias" else "tozero"},
        "showlegend": True,
    }
    choice = Choice("s", said("monitor.choice"), [(str(i), _what(what, said)) for i, what in enumerate(names)])
    title = said(f"monitor.section.{check}")
    drawn = figure(title, traces, layout, choices=[choice], arrays=arrays, height=320)
    return [Section(check, title, said(f"monitor.section.{_kind(rows.iloc[0])}{check}_lead"), drawn)]


def _calendar(history: pd.DataFrame, said: Texts) -> Html:
    """Check by check, the gravest state of each kind of finding."""
    kinds = list(dict.fromkeys(history["check"]))
    rows = []
    for day in sorted(history["now"].unique(), reverse=True):
        part = history[history["now"] == day]
        states = [worst(part[part["check"] == kind]) for kind in kinds]
        rows.append([Cell(said.date(day), str(day)[:10]), *(_state(state, said) for state in states)])
    return table([Column(said("monitor.column.day")), *(Column(_check(kind, said)) for kind in kinds)], rows, said)


def _findings(now: pd.DataFrame, said: Texts) -> Html:
    titles = ("check", "what", "state", "value", "expected", "chance", "looks")
    columns = [Column(said(f"monitor.column.{key}"), "text" if i < 3 else "number") for i, key in enumerate(titles)]
    order = {state: i for i, state in enumerate(("alarm", "warning", "fine", "early"))}
    rows = []
    for _, row in now.assign(rank=now["state"].map(order)).sort_values(["rank", "p_holm"], kind="stable").iterrows():
        value, expected = _figures(row, said)
        rows.append(
            [
                Cell(_check(str(row["check"]), said)),
                Cell(name(_what(row["what"], said)), str(row["what"])),
                _state(str(row["state"]), said),
                Cell(value, float(row["value"])),
                Cell(expected, float(row["expected"])),
                Cell(said.percent(float(row["p_holm"]), 2), float(row["p_holm"])),
                Cell(said.number(float(row["n"])), float(row["n"])),
            ]
        )
    return table(columns, rows, said)


def _state(state: str, said: Texts) -> Cell:
    return Cell(said(f"monitor.state.{state}"), state, TONES[state])


def _check(kind: str, said: Texts) -> str:
    """The kind of a finding in words; a watch of somebody's own is called by its own name."""
    return said.known("monitor.check", kind)


def _what(what: object, said: Texts) -> str:
    """What a finding is of: the total, a segment or an input in words; what the data names, by its own name."""
    word = str(what)
    return translated(said, word) or said.known("report.segment", word)
