"""Whether intervals hold as much of the truth as they promise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from forecastlab.page import Cell, Choice, Column, Html, figure, name, table
from forecastlab.page.markup import joined, short
from forecastlab.schema.forecast import quantile_columns
from forecastlab.schema.names import LEVEL, SELECT, TEST, Y
from forecastlab.task.report.study import Study

OFF = 0.05
"""How far the share that was held may be from the promised one to count as right."""


def section(study: Study) -> Html | None:
    """A line per method: promised against held share, by level and folds; below it the figures of two bands."""
    said = study.said
    held = {method: _held(study.outcomes[method].forecasts, study.levels) for method in study.shown}
    found = {method: part for method, part in held.items() if len(part)}
    if not found:
        return None
    arrays: dict[str, Any] = {}
    for m, method in enumerate(study.shown):
        for (role, level), part in found.get(method, pd.DataFrame(columns=_KEYS)).groupby(["role", LEVEL]):
            key = f"{role}/{study.levels.index(str(level))}/{m}"
            arrays |= {f"x/{key}": list(part["promised"]), f"y/{key}": list(part["held"])}
    line = {"type": "scatter", "mode": "lines", "name": said("report.calibration.right"), "x": [0, 1], "y": [0, 1],
            "line": {"color": "@muted", "dash": "dash", "width": 1}, "hoverinfo": "skip"}  # fmt: skip
    traces = [line] + [
        {"type": "scatter", "mode": "lines+markers", "name": short(method, 40), "x": f"x/{{role}}/{{level}}/{m}",
         "y": f"y/{{role}}/{{level}}/{m}", "line": {"color": study.colours[method], "width": 2.6 if m == 0 else 1.6},
         "marker": {"size": 5}, "hovertemplate": "%{x:.0%} → %{y:.1%}"}
        for m, method in enumerate(study.shown) if method in found
    ]  # fmt: skip
    axis = {"tickformat": ".0%", "range": [0, 1.02]}
    layout = {
        "xaxis": axis | {"title": said("report.calibration.promised")},
        "yaxis": axis | {"title": said("report.calibration.held")},
    }
    roles = {str(role) for part in found.values() for role in part["role"]}
    role = said("report.horizon.folds")
    present = [each for each in dict.fromkeys((study.judged, SELECT, TEST)) if each in roles]
    choices = [
        Choice("level", said("report.horizon.what"), [(str(i), study.level(e)) for i, e in enumerate(study.levels)]),
        Choice("role", role, [(each, said(f"report.roles.{each}")) for each in present]),
    ]
    drawn = figure(
        said("report.calibration.caption"), traces, layout, said("report.calibration.note"), 420, choices, arrays
    )
    return joined(drawn, _figures(study, found))


_KEYS = ["role", LEVEL, "promised", "held", "n"]


def _held(forecasts: pd.DataFrame, levels: list[str]) -> pd.DataFrame:
    """``role, level, promised, held, n``: the share of rows whose truth lies in each central band."""
    columns = quantile_columns(forecasts)
    bands = [(low, round(1 - low, 6)) for low in columns if low < 0.5 and round(1 - low, 6) in columns]
    rows = forecasts[forecasts[LEVEL].isin(levels)]
    rows = rows[rows[Y].notna()].dropna(subset=[columns[each] for band in bands for each in band])
    if not bands or not len(rows):
        return pd.DataFrame(columns=_KEYS)
    y = rows[Y].to_numpy(float)
    inside = {
        round(high - low, 6): (rows[columns[low]].to_numpy(float) <= y) & (y <= rows[columns[high]].to_numpy(float))
        for low, high in sorted(bands, reverse=True)
    }
    table = rows[["role", LEVEL]].assign(**{str(promised): hit for promised, hit in inside.items()})
    grouped = table.groupby(["role", LEVEL], observed=True)
    long = grouped[[str(p) for p in inside]].mean().melt(var_name="promised", value_name="held", ignore_index=False)
    long = long.reset_index().merge(grouped.size().rename("n").reset_index(), on=["role", LEVEL])
    return long.assign(promised=long["promised"].astype(float)).sort_values("promised", kind="stable")[_KEYS]


def _figures(study: Study, found: dict[str, pd.DataFrame]) -> Html:
    """How much the bands nearest to 80 % and 95 % held, at the ranked level, over both kinds of folds."""
    said = study.said
    promised = next(iter(found.values()))["promised"].unique()
    bands = list(dict.fromkeys(float(promised[np.argmin(np.abs(promised - wanted))]) for wanted in (0.8, 0.95)))
    roles = [role for role in (SELECT, TEST) if any((part["role"] == role).any() for part in found.values())]
    columns = [Column(said("report.method"))] + [
        Column(said("report.calibration.band", p=said.percent(p, 0), role=said(f"report.{role}")), "number")
        for p in bands
        for role in roles
    ]
    rows = []
    for method, part in found.items():
        own = part[part[LEVEL] == study.board.level].set_index(["promised", "role"])["held"]
        rows.append(
            [Cell(name(method)), *(_cell(study, own.get((p, role), np.nan), p) for p in bands for role in roles)]
        )
    return table(columns, rows, said, said("report.calibration.table", level=study.level(study.board.level)))


def _cell(study: Study, held: float, promised: float) -> Cell:
    tone = "" if np.isnan(held) else "good" if abs(held - promised) <= OFF else "bad" if held < promised else "quiet"
    return Cell(study.said.percent(held, 0), float(held), tone)
