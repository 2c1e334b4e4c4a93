"""Where every row and all the money went: used, dropped and why, noted, and where the panel begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forecastlab.page import Cell, Column, Html, table, tag
from forecastlab.page.markup import joined
from forecastlab.task.report.phrases import phrase
from forecastlab.task.report.study import Study


def section(study: Study) -> Html | None:
    """The account of the source, and of the rows before the last cutoff."""
    data, said = study.best.facts.data, study.said
    if not data:
        return None
    whole = [data["rows_in"], data["cents_in"]]
    lines = [
        _line(study, tag("b", said("report.data.read")), whole, whole, ""),
        *(_line(study, phrase(study, why), amount, whole, "bad") for why, amount in data["dropped"].items()),
        _line(study, tag("b", said("report.data.used")), [data["rows_used"], data["cents_used"]], whole, ""),
        *(_line(study, phrase(study, why), amount, whole, "quiet") for why, amount in data["noted"].items()),
        *(_line(study, said(f"report.data.place.{place}"), what, whole, "") for place, what in _places(study).items()),
    ]
    kinds = ["read", *("dropped" for _ in data["dropped"]), "used", *("noted" for _ in data["noted"])]
    kinds += ["place" for _ in _places(study)]
    rows = [[line[0], said(f"report.data.kind.{kind}"), *line[1:]] for kind, line in zip(kinds, lines, strict=True)]
    columns = [
        Column(said("report.data.what")),
        Column(said("report.data.became")),
        Column(said("report.data.rows"), "number"),
        Column(said("report.data.rows_share"), "number"),
    ]
    if data["cents_in"]:
        columns += [
            Column(said("report.data.money", unit=study.unit).rstrip(), "number"),
            Column(said("report.data.money_share"), "number"),
        ]
    words = [tag("p", each) for each in _words(study)]
    return joined(*words, table(columns, rows, said), _customers(study), _aside(study))


def _places(study: Study) -> Mapping[str, Sequence[int]]:
    return {
        place: what for place, what in study.best.facts.account.items() if study.said.has(f"report.data.place.{place}")
    }


def _line(study: Study, what: str, amount: Sequence[int], whole: Sequence[int], tone: str) -> list[Cell | str]:
    said = study.said
    rows, cents = amount
    share = rows / whole[0] if whole[0] else 0.0
    found: list[Cell | str] = [
        Cell(what),
        Cell(said.number(rows), float(rows)),
        Cell(said.percent(share, 2), share, tone),
    ]
    if whole[1]:
        money = cents / whole[1]
        found += [Cell(said.number(cents / 100, 2), float(cents)), Cell(said.percent(money, 2), money, tone)]
    return found


def _words(study: Study) -> list[str]:
    """What the data is, and what its start hides."""
    data, said = study.best.facts.data, study.said
    first, last = said.date(data["first_period"]), said.date(data["last_period"])
    found = [said("report.data.panel", n=said.number(data["periods"]), freq=data["freq"], first=first, last=last)]
    if "quality" in data:  # a run that was refused for it has no report
        gate = data["quality"]
        found.append(
            said("report.data.gate", accuracy=said.quality(gate["accuracy"]), required=said.quality(gate["required"]))
        )
    if not data["dropped"]:
        found.append(said("report.data.nothing_dropped"))
    if data["kind"] == "log" and not data["firsts_are_true"]:
        found.append(said("report.data.truncated"))
        if data["warmup_days"]:
            found.append(said("report.data.warmup", n=said.number(data["warmup_days"])))
    return found


def _customers(study: Study) -> Html:
    """What became of the customers that were known at the last cutoff, where they are what is scored."""
    said = study.said
    if not study.of_customers:
        return Html("")
    rows: list[list[Cell | str]] = [
        [phrase(study, why), Cell(said.number(n), float(n)), Cell(said.number(cents / 100, 2), float(cents))]
        for why, (n, cents) in study.best.facts.account.items()
    ]
    columns = [
        Column(said("report.data.became")),
        Column(said("report.data.customers"), "number"),
        Column(said("report.data.money", unit=study.unit).rstrip(), "number"),
    ]
    return table(columns, rows, said, said("report.data.customers_caption"))


def _aside(study: Study) -> Html:
    """Series that were set aside before any fit."""
    said, aside = study.said, study.best.facts.aside
    if not aside:
        return Html("")
    reasons: dict[str, int] = {}
    for why in aside.values():
        reasons[why] = reasons.get(why, 0) + 1
    rows: list[list[Cell | str]] = [[phrase(study, why), Cell(said.number(n), float(n))] for why, n in reasons.items()]
    columns = [Column(said("report.failures.reason")), Column(said("report.failures.series"), "number")]
    return table(columns, rows, said, said("report.data.aside"))
