"""Lists of products: how often they hit by cutoff, the strongest rules, and what a few customers are offered."""

from __future__ import annotations

from typing import Any

import pandas as pd

from forecastlab.page import Cell, Column, Html, name, switch, table, tag
from forecastlab.page.markup import joined, short
from forecastlab.schema import names
from forecastlab.task import product_lists
from forecastlab.task.report.cells import records
from forecastlab.task.report.study import Study

RULES = 30
"""Rules of a method that are shown, the first ones."""

CUSTOMERS = 12
"""Customers whose lists are shown, the first ones by pseudonym."""

FIRST = 5
"""Items of a list that are shown."""


def section(study: Study) -> Html | None:
    """Hit rates by cutoff, then by method the rules and an excerpt of the lists."""
    methods = [each for each in study.methods if product_lists.has_lists(study.outcomes[each])]
    if not methods:
        return None
    said = study.said
    shown = methods[: study.settings.methods]
    rules = [(short(each), told) for each in shown if (told := _rules(study, each)) is not None]
    parts = [_hits(study, shown), tag("p", said("report.lists.note"), class_="note")]
    if rules:
        parts += [tag("h3", said("report.lists.rules")), switch(said("report.method"), rules)]
    parts += [tag("h3", said("report.lists.excerpt")), switch(said("report.method"), _excerpts(study, shown))]
    return joined(*parts)


def _hits(study: Study, methods: list[str]) -> Html:
    """A row per cutoff: the hit rate of what is most popular, and of each method."""
    said = study.said
    usual = _rates(study.outcomes[methods[0]].forecasts, "popular")
    rates = {method: _rates(study.outcomes[method].forecasts, names.Y) for method in methods}
    columns = [
        Column(said("report.lists.cutoff")),
        Column(said("report.lists.popular"), "number", said("report.lists.popular_note")),
        *(Column(short(method), "number") for method in methods),
    ]
    rows = [
        [
            Cell(said.date(cutoff), i),
            _rate(study, rate, rate),
            *(_rate(study, rates[method].get(cutoff, float("nan")), rate) for method in methods),
        ]
        for i, (cutoff, rate) in enumerate(zip(pd.DatetimeIndex(usual.index), usual, strict=True))
    ]
    return table(columns, rows, said, said("report.lists.caption", n=FIRST))


def _rates(forecasts: pd.DataFrame, hit: str) -> pd.Series[float]:
    """The share of customers with a hit among the first items, by cutoff."""
    first = forecasts[forecasts["rank"] <= FIRST]
    return first.groupby([names.CUTOFF, names.SERIES])[hit].max().groupby(level=0).mean()


def _rate(study: Study, rate: float, usual: float) -> Cell:
    tone = "good" if rate > usual else "bad" if rate < usual else ""
    return Cell(study.said.percent(rate, 1) if pd.notna(rate) else "", rate, tone)


def _rules(study: Study, method: str) -> Html | None:
    """The first rules of a method."""
    said, rules = study.said, study.outcomes[method].effects
    if not len(rules):
        return None
    columns = [
        Column(said("report.lists.antecedent")),
        Column(said("report.lists.consequent")),
        Column(said("report.lists.support"), "number", said("report.lists.support_note")),
        Column(said("report.lists.confidence"), "number", said("report.lists.confidence_note")),
        Column(said("report.lists.lift"), "number", said("report.lists.lift_note")),
        Column(said("report.lists.leverage"), "number", said("report.lists.leverage_note")),
    ]
    strongest = rules.sort_values(["lift", "antecedent", "consequent"], ascending=[False, True, True])
    told = table(columns, [_rule(study, row) for row in records(strongest.head(RULES))], said, rows_shown=10)
    left = tag("p", said("report.lists.all_rules", n=said.number(len(rules))), class_="note")
    return joined(told, left)


def _rule(study: Study, row: dict[str, Any]) -> list[Cell | Html | str]:
    said = study.said
    return [
        Cell(name(row["antecedent"])),
        Cell(name(row["consequent"])),
        Cell(said.percent(row["support"], 1), row["support"]),
        Cell(said.percent(row["confidence"], 1), row["confidence"]),
        Cell(said.number(row["lift"], 2), row["lift"]),
        Cell(said.number(row["leverage"], 4), row["leverage"]),
    ]


def _excerpts(study: Study, methods: list[str]) -> list[tuple[str, Html]]:
    """The first items of the lists of a few customers at the last cutoff."""
    said = study.said
    columns = [Column(said("report.lists.customer")), Column(said("report.lists.segment"))]
    columns += [Column(said("report.lists.rank", n=rank)) for rank in range(1, FIRST + 1)]
    found = []
    for method in methods:
        lists = product_lists.next_best(study.outcomes[method])
        some = lists[lists[names.SERIES].isin(lists[names.SERIES].unique()[:CUSTOMERS]) & (lists["rank"] <= FIRST)]
        rows = [_list(study, customer, own) for customer, own in some.groupby(names.SERIES, sort=True)]
        found.append((short(method), table(columns, rows, said, rows_shown=CUSTOMERS)))
    return found


def _list(study: Study, customer: Any, own: pd.DataFrame) -> list[Cell | Html | str]:
    items = [
        Cell(tag("span", name(row["item"]), title=study.said("report.lists.because", item=row["because"])))
        if row["because"]
        else Cell(name(row["item"]))
        for row in records(own)
    ]
    blank = [Cell("")] * (FIRST - len(items))
    return [Cell(name(customer)), Cell(study.segment(str(own[names.SEGMENT].iloc[0]))), *items, *blank]
