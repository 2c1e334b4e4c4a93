"""The lists of customers: what their tenths held, how early the lost were flagged, and what their scores rest on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecastlab.page import Cell, Column, Html, figure, name, table
from forecastlab.page.markup import joined, short
from forecastlab.page.table import heat
from forecastlab.schema.names import YHAT, Y
from forecastlab.stages import customer_list
from forecastlab.stages.customer_curves import TENTHS, held, tenths
from forecastlab.stages.reasons import GROUPS
from forecastlab.stages.rounding import FEWEST
from forecastlab.task.report.study import Study
from forecastlab.task.run_note import FLAGGED


def section(study: Study) -> Html | None:
    """Foretold against came by tenths; what the top of each list held; lead times; reasons; tiers."""
    if not study.of_customers or study.of == "items":  # their lists have a section of their own
        return None
    # Of an uplift scores cannot be held against what came: nobody shows both outcomes.
    beside = [] if study.of == "uplift" else [_tenths(study), _gains(study)]
    found = [part for part in (*beside, _leads(study), _reasons(study), _tiers(study)) if part is not None]
    return joined(*found) if found else None


def _judged(study: Study, method: str) -> pd.DataFrame:
    forecasts = study.outcomes[method].forecasts
    return forecasts[forecasts["role"] == study.judged]


def _tenths(study: Study) -> Html | None:
    said = study.said
    found = {m: tenths(rows) for m in study.shown if len(rows := _judged(study, m)) >= TENTHS * FEWEST}
    if not found:
        return None
    top = max(float(np.max(each)) for pair in found.values() for each in pair)
    traces = [
        {"type": "scatter", "mode": "lines", "name": said("report.people.right"), "x": [0, top], "y": [0, top],
         "line": {"color": "@muted", "dash": "dash", "width": 1}, "hoverinfo": "skip"}
    ]  # fmt: skip
    traces += [
        {"type": "scatter", "mode": "lines+markers", "name": short(method, 40), "x": list(map(float, told)),
         "y": list(map(float, came)), "line": {"color": study.colours[method], "width": 1.6}, "marker": {"size": 6}}
        for method, (told, came) in found.items()
    ]  # fmt: skip
    form = {"tickformat": ".0%"} if study.of == "event" else {}
    axes = {axis: form | {"title": said(f"report.people.{axis}"), "rangemode": "tozero"} for axis in ("told", "came")}
    layout = {"xaxis": axes["told"], "yaxis": axes["came"]}
    caption = said("report.people.tenths", role=said(f"report.roles.{study.judged}"))
    return figure(caption, traces, layout, said("report.people.tenths_note"), 400)


def _gains(study: Study) -> Html | None:
    said = study.said
    if study.of == "wait":  # nobody holds a share of all waits
        return None
    found = {m: held(rows, YHAT) for m in study.shown if _held_by_some(rows := _judged(study, m))}
    if not found:
        return None
    share = [i / 100 for i in range(101)]
    traces = [
        {"type": "scatter", "mode": "lines", "name": said("report.people.chance"), "x": [0, 1], "y": [0, 1],
         "line": {"color": "@muted", "dash": "dash", "width": 1}, "hoverinfo": "skip"}
    ]  # fmt: skip
    traces += [
        {"type": "scatter", "mode": "lines", "name": short(method, 40), "x": share, "y": list(map(float, line)),
         "line": {"color": study.colours[method], "width": 1.8}}
        for method, line in found.items()
    ]  # fmt: skip
    layout = {
        "xaxis": {"title": said("report.people.share"), "tickformat": ".0%"},
        "yaxis": {"title": said(f"report.people.held_{study.of}"), "tickformat": ".0%", "range": [0, 1.02]},
        "hovermode": "x unified",
    }
    return figure(said("report.people.gains"), traces, layout, said("report.people.gains_note"), 400)


def _held_by_some(rows: pd.DataFrame) -> bool:
    """Whether there is enough to draw: figures of fewer customers could tell of one of them."""
    return len(rows) >= TENTHS * FEWEST and int((rows[Y] > 0).sum()) >= FEWEST


def _leads(study: Study) -> Html | None:
    """How early customers who were lost had been flagged; only where the event is that nothing is bought."""
    said = study.said
    if study.best.facts.data.get("event") != "silence":
        return None
    columns = [
        Column(said("report.method")),
        Column(said("report.people.lost"), "number", said("report.people.lost_note")),
        Column(said("report.people.flagged"), "number", said("report.people.flagged_note")),
        Column(said("report.people.early"), "number", said("report.people.early_note")),
        Column(said("report.people.days"), "number", said("report.people.days_note")),
    ]
    rows = []
    for method in study.shown:
        lead = customer_list.lead_times(study.outcomes[method].forecasts, FLAGGED)
        if len(lead) < FEWEST:
            continue
        days = lead["days"].dropna()
        shares = [len(days) / max(len(lead), 1), float((days > 0).sum()) / max(len(lead), 1)]
        mean = float(days.mean()) if len(days) else float("nan")
        rows.append(
            [Cell(name(method)), Cell(said.number(len(lead)), len(lead))]
            + [Cell(said.percent(x, 0), x, heat(x)) for x in shares]
            + [Cell(said.number(mean, 1), mean)]
        )
    return table(columns, rows, said, said("report.people.leads", share=said.percent(FLAGGED, 0))) if rows else None


def _reasons(study: Study) -> Html | None:
    """The share of each group of reasons on the lists of methods that can tell."""
    said = study.said
    lists = {method: study.outcomes[method].effects for method in study.shown}
    found = {method: customer_list.shares(each) for method, each in lists.items() if len(each) >= FEWEST}
    found = {method: shares for method, shares in found.items() if len(shares)}
    if not found:
        return None
    groups = list(GROUPS)
    columns = [Column(said("report.method"))]
    columns += [Column(said(f"report.reasons.{group}"), "number") for group in groups]
    rows = []
    for method, shares in found.items():
        of = [float(shares.get(group, 0.0)) for group in groups]
        rows.append([Cell(name(method)), *(Cell(said.percent(x, 0), x, heat(x)) for x in of)])
    return table(columns, rows, said, said("report.people.reasons"))


def _tiers(study: Study) -> Html | None:
    """What each foretold tier held of the money that came, after the last cutoff."""
    said = study.said
    if study.of != "amount":
        return None
    columns = [Column(said("report.method")), *(Column(study.segment(tier), "number") for tier in customer_list.TIERS)]
    rows = []
    for method in study.shown:
        outcome = study.outcomes[method]
        held_by = customer_list.tier_shares(outcome.effects, outcome.forecasts) if len(outcome.effects) else None
        if held_by is not None and (held_by["customers"] >= FEWEST).all():
            shares = held_by["share"].astype(float)
            rows.append([Cell(name(method)), *(Cell(said.percent(x, 0), x, heat(x)) for x in shares)])
    return table(columns, rows, said, said("report.people.tiers")) if rows else None
