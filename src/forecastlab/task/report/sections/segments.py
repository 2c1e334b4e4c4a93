"""Segments: their size, their money, how well they are foretold, and which method does it best."""

from __future__ import annotations

import math

import pandas as pd

from forecastlab.page import Cell, Column, Html, name, switch, table, tag
from forecastlab.page.markup import joined, short
from forecastlab.page.table import heat
from forecastlab.schema.names import ANONYMOUS, DS, LEVEL, SEGMENT, SELECT
from forecastlab.stages.compare import ranked
from forecastlab.stages.losses import of_role
from forecastlab.task.losses import losses, segment_level
from forecastlab.task.report.cells import cells, pooled, records
from forecastlab.task.report.study import Study
from forecastlab.task.segment_pages import over_time

METHODS = 10
"""Methods side by side in the table of errors."""


def section(study: Study) -> Html | None:
    """For each segmentation: a table of its segments, which method wins where, and its shares over time."""
    panels = []
    for scheme, methods in study.segmentations.items():
        told = _one(study, methods)
        if told is not None:
            panels.append((short(scheme), told))
    return switch(study.said("report.segments.segmentation"), panels) if panels else None


def _one(study: Study, methods: list[str]) -> Html | None:
    outcomes = {method: study.outcomes[method] for method in methods}
    level = segment_level(list(outcomes.values()))
    if level is None:
        return None
    if not study.adds_up:
        return _measures(study, methods, level)
    found = losses(outcomes, level, study.board.metric, [SEGMENT])
    found = found[found[SEGMENT] != ""]
    if found[SEGMENT].nunique() < 2:
        return None
    parts = [_sizes(study, methods[0], level, found), _wins(study, methods, level)]
    return joined(*parts, over_time(study.outcomes[methods[0]].composition, study.said))


def _measures(study: Study, methods: list[str], level: str) -> Html | None:
    """The ranking measure of each method in each segment, where it is none that adds up."""
    said, metric = study.said, study.board.metric
    shown = [method for method in study.shown if method in methods][:METHODS] or methods[:1]
    found: dict[str, pd.Series[float]] = {}
    for method in shown:
        scores = study.outcomes[method].scores
        own = scores[(scores[LEVEL] == level) & (scores["metric"] == metric) & (scores["role"] == study.judged)]
        own = own[(own[SEGMENT] != "") & (own["step"] == 0) & own["cutoff"].isna()].set_index(SEGMENT)
        found |= {"": own["rows"].astype(float)} if "" not in found else {}
        found[method] = own["value"].astype(float)
    if len(found[""]) < 2:
        return None
    wide = pd.DataFrame(found).sort_values("", ascending=False, kind="stable")
    columns = [Column(said("report.segments.segment")), Column(said("report.segments.forecasts"), "number")]
    columns += [Column(short(method, 30), "number") for method in shown]
    rows = []
    for segment, row in ((str(key), line.astype(float)) for key, line in wide.iterrows()):
        cells = [Cell(tag("bdi", study.segment(short(segment)))), Cell(said.number(row[""]), row[""])]
        rows.append([*cells, *(Cell(study.figure(row[method]), row[method]) for method in shown)])
    caption = said("report.segments.measure", metric=study.metric, role=said(f"report.roles.{study.judged}"))
    composition = study.outcomes[methods[0]].composition
    return joined(table(columns, rows, said, caption), over_time(composition, said))


def _sizes(study: Study, method: str, level: str, found: pd.DataFrame) -> Html:
    """A row per segment: customers, buyers, money, errors of the first method, and who is best there."""
    said, outcome = study.said, study.outcomes[method]
    own = cells(outcome.forecasts[outcome.forecasts[LEVEL] == level], study.settings.within)
    by_role = {str(role): pooled(part, [SEGMENT]).set_index(SEGMENT) for role, part in own.groupby("role")}
    money = pooled(own, [SEGMENT]).set_index(SEGMENT)["weight"]
    money = money[money.index != ""].sort_values(ascending=False, kind="stable")
    people = _last(outcome.composition)
    best = _best(study, found)
    counted = len(people) > 0
    columns = [
        Column(said("report.segments.segment")),
        *(
            [Column(said("report.segments.customers"), "number", said("report.segments.customers_note"))]
            if counted
            else []
        ),
        *([Column(said("report.segments.buyers"), "number", said("report.segments.buyers_note"))] if counted else []),
        Column(said("report.segments.money"), "number", said("report.segments.money_note")),
        Column(said("report.segments.share"), "number"),
        *(
            Column(said(f"report.segments.error_{role}"), "number", said("report.segments.of_method", method=method))
            for role in by_role
        ),
        Column(said("report.segments.best")),
        Column(said("report.segments.best_figure"), "number", said("report.select_note")),
    ]
    rows = []
    for segment, weight in ((str(key), float(value)) for key, value in money.items()):
        row = [Cell(tag("bdi", study.segment(short(segment))))]
        if counted:
            row += [Cell(said.number(x), x) for x in _counted(people, segment)]
        share = float(weight / (money.sum() or math.nan))
        row += [Cell(study.money(weight), weight), Cell(said.percent(share), share, heat(share))]
        for part in by_role.values():
            wape = float(part["wape"].get(segment, math.nan))
            good = "good" if wape <= study.settings.within else ""
            row.append(Cell(said.percent(wape), wape, good))
        winner, value = best.get(segment, ("", math.nan))
        rows.append([*row, Cell(name(winner) if winner else ""), Cell(study.figure(value), value)])
    caption = said("report.segments.caption", method=short(method))
    return table(columns, rows, said, caption)


def _best(study: Study, found: pd.DataFrame) -> dict[str, tuple[str, float]]:
    """The best method of each segment over the selection folds and its figure, from the leaderboard if it is there."""
    told = study.board.segments
    if len(told):
        return {str(row[SEGMENT]): (str(row["best"]), float(row["wape"])) for row in records(told)}
    best = {}
    for segment, part in found[found["role"] == SELECT].groupby(SEGMENT, observed=True):
        select = of_role(part, SELECT)
        first = ranked(select)[0]
        best[str(segment)] = first, float(select.wape(first))
    return best


def _last(composition: pd.DataFrame) -> pd.DataFrame:
    """Customers and buyers of each segment in the last period in which they were counted."""
    if not len(composition):
        return pd.DataFrame()
    known = composition[composition["customers"].notna()]
    last = known[known[DS] == known[DS].max()]
    sums: pd.DataFrame = last.groupby(SEGMENT, observed=True)[["customers", "buyers"]].sum()
    return sums


def _counted(people: pd.DataFrame, segment: str) -> list[float]:
    """Customers and buyers of a segment; nobody can count those who have no customer id."""
    unknown = segment == ANONYMOUS
    return [math.nan if unknown else float(x) for x in people.reindex([segment]).iloc[0]]


def _wins(study: Study, methods: list[str], level: str) -> Html:
    """Every method's error in every segment, the best of each marked."""
    said = study.said
    shown = [method for method in study.shown if method in methods] or methods[:1]
    if len(shown) < 2:
        return Html("")
    shown = shown[:METHODS]
    part = study.cells[(study.cells[LEVEL] == level) & (study.cells[SEGMENT] != "") & (study.cells["role"] == SELECT)]
    if not len(part):
        return Html("")
    wide = pooled(part[part["method"].isin(shown)], [SEGMENT, "method"])
    money = wide.groupby(SEGMENT, observed=True)["weight"].max().sort_values(ascending=False, kind="stable")
    wape = wide.pivot(index=SEGMENT, columns="method", values="wape").reindex(index=money.index, columns=shown)
    columns = [Column(said("report.segments.segment")), *(Column(short(method, 30), "number") for method in shown)]
    rows = [
        [
            Cell(tag("bdi", study.segment(short(segment)))),
            *(Cell(said.percent(v), float(v), "best" if v == row.min() else "") for v in row),
        ]
        for segment, row in wape.iterrows()
    ]
    return joined(
        tag("h3", said("report.segments.wins")), table(columns, rows, said, said("report.segments.wins_caption"))
    )
