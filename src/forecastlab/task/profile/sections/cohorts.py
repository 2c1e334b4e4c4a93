"""Cohorts: which share of those who first bought in a period bought again in each later one."""

from __future__ import annotations

import math

import pandas as pd

from forecastlab.page import Cell, Column, Html, figure, table, tag
from forecastlab.page.markup import joined
from forecastlab.page.table import heat
from forecastlab.stages.profiling.told import Told
from forecastlab.task.profile.scene import Scene


def section(told: Told, scene: Scene) -> Html:
    """The retention of all cohorts together by age, and of each one as a table."""
    said, found = scene.said, told.tables["cohorts"]
    unit = told.words["freq"]
    note = "" if told.words["true"] == "True" else tag("p", said("profile.cohorts.truncated"), class_="note")
    return joined(note, _curve(found, scene, unit), _each(found, scene, unit))


def _curve(found: pd.DataFrame, scene: Scene, unit: str) -> Html:
    """Of all customers whose cohort is that old already, the share that bought at each age."""
    said = scene.said
    sums = found[found["age"] > 0].groupby("age")[["customers", "size"]].sum()
    old = found[found["age"] == 0]
    old = old.assign(oldest=[found.loc[found["ds"] > cohort, "ds"].nunique() for cohort in old["cohort"]])
    ages = range(1, int(found["age"].max()) + 1)
    people = [float(old.loc[old["oldest"] >= age, "size"].sum()) for age in ages]
    shares = [float(sums["customers"].get(age, 0)) / n if n else math.nan for age, n in zip(ages, people, strict=True)]
    trace = {
        "type": "scatter", "mode": "lines+markers", "x": list(ages), "y": shares, "line": {"color": "@c0"},
        "hovertemplate": "%{x}: %{y:.1%}<extra></extra>", "name": said("profile.cohorts.retained"),
    }  # fmt: skip
    layout = {
        "yaxis": {"tickformat": ".0%", "rangemode": "tozero"},
        "xaxis": {"title": said(f"profile.cohorts.age.{unit}"), "dtick": 1 if len(people) <= 24 else None},
        "showlegend": False,
    }
    return figure(said("profile.cohorts.curve"), [trace], layout, height=300)


def _each(found: pd.DataFrame, scene: Scene, unit: str) -> Html:
    said = scene.said
    wide = found[found["age"] > 0].pivot(index="cohort", columns="age", values="share")
    size = found[found["age"] == 0].set_index("cohort")["size"]
    oldest = found["ds"].max()
    wide = wide.reindex(size.index)
    most = float(wide.max().max()) or 1.0
    columns = [Column(said(f"profile.cohorts.first.{unit}")), Column(said("profile.cohorts.size"), "number")]
    columns += [Column(str(age), "number", said(f"profile.cohorts.age.{unit}")) for age in wide.columns]
    rows = []
    for stamp, n, row in zip(pd.DatetimeIndex(wide.index), size, wide.to_numpy(float), strict=True):
        cells = [Cell(_label(stamp, unit, scene), f"{stamp:%Y-%m-%d}"), scene.count(float(n))]
        reach = found.loc[(found["ds"] > stamp) & (found["ds"] <= oldest), "ds"].nunique()
        for age, share in zip(wide.columns, row, strict=True):
            known = int(age) <= reach
            value = 0.0 if known and not math.isfinite(share) else float(share)
            shown = said.percent(value, 0) if known else ""
            cells.append(Cell(shown, value, heat(value / most) if known and value else ""))
        rows.append(cells)
    return table(columns, rows, said, said(f"profile.cohorts.caption.{unit}"))


def _label(stamp: pd.Timestamp, unit: str, scene: Scene) -> str:
    if unit == "M":
        return f"{stamp:%Y-%m}"
    return f"{stamp.year} Q{stamp.quarter}" if unit == "Q" else str(stamp.year)
