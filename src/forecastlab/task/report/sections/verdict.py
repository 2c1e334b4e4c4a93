"""The first lines: what was asked, what the answer is, how sure it is, and of what data."""

from __future__ import annotations

import math

import pandas as pd

from forecastlab.page import Html, name, tag
from forecastlab.page.markup import joined
from forecastlab.schema.names import CUTOFF, SEGMENT, SELECT, TEST, TOTAL, YHAT
from forecastlab.stages import compare
from forecastlab.task.losses import segment_level
from forecastlab.task.report.cells import pooled, records
from forecastlab.task.report.study import Study


def opening(study: Study) -> Html:
    """The question, the verdict in plain words, and the data in a few figures."""
    asked = tag("p", study.question, class_="question") if study.question else Html("")
    lines = [_answer(study), _figures(study), _baseline(study), _bar(study), _cheapest(study)]
    said = tag("div", *(tag("p", line) for line in lines if line), class_="verdict")
    return joined(asked, said, _facts(study))


def _answer(study: Study) -> Html:
    """Who is first, and whether that is sure."""
    table, said = study.board.table, study.said
    best, rest = name(study.methods[0]), table.iloc[1:]
    tied = [str(method) for method in rest.loc[rest["tied_with_best"], "method"]]
    failed = int((rest["n_failed"] > 0).sum())
    if study.board.unjudged:
        return said.rich("report.verdict.unjudged", metric=study.measure)
    if not len(rest):
        return said.rich("report.verdict.alone", best=best)
    if not (table["n_origins"] + table["n_failed"]).any():
        return said.rich("report.verdict.no_folds")
    if int(table["n_failed"].iloc[0]):
        return said.rich("report.verdict.all_failed")
    if tied:
        return said.rich("report.verdict.tied", best=best, others=_names(study, tied))
    if failed == len(rest):
        return said.rich("report.verdict.only", best=best)
    if failed:
        return said.rich("report.verdict.clear_but", best=best, n=said.number(failed))
    return said.rich("report.verdict.clear", best=best)


def _names(study: Study, methods: list[str]) -> Html:
    return Html(study.said.listed([str(name(method)) for method in methods]))


def _figures(study: Study) -> Html:
    """The first method's figures on both kinds of folds."""
    row, said = study.board.table.iloc[0], study.said
    folds = study.best.facts.folds
    select, test = (float(row[f"{study.board.metric}.{role}"]) for role in (SELECT, TEST))
    given = {
        "metric": study.measure,
        "level": study.of_level,
        "select": study.figure(select),
        "test": study.figure(test),
        "folds": said.count("report.folds", folds.get(SELECT, [0, 0])[1]),
        "later": said.count("report.folds", folds.get(TEST, [0, 0])[1]),
    }
    if math.isnan(test):
        return said.rich("report.verdict.figures_select", **given)
    return said.rich("report.verdict.figures_test" if math.isnan(select) else "report.verdict.figures", **given)


def _baseline(study: Study) -> Html:
    """The first method beside the baseline."""
    board, said = study.board, study.said
    row, base = board.table.iloc[0], board.baseline
    if str(row["method"]) == base or math.isnan(row["diff"]):
        return Html("")
    low, middle, high = study.gap(row["lo"], row["diff"], row["hi"])
    sure = "clear" if row["evidence"] == compare.CLEAR else "few" if row["evidence"] == compare.FEW else "unclear"
    reach = {"low": study.difference(low), "high": study.difference(high)}
    return said.rich(
        f"report.verdict.baseline_{sure}",
        baseline=name(base),
        difference=study.difference(middle),
        between=Html("") if math.isnan(low) else joined(Html(" "), said.rich("report.between", **reach)),
        unit=f" {said('report.points')}" if board.metric == "wape" else "",
    )


def _bar(study: Study) -> Html:
    """Whether the first method is good enough for business, and where."""
    if not study.adds_up:
        return Html("")
    said, level = study.said, segment_level([study.outcomes[m] for m in study.methods])
    own = study.cells[(study.cells["method"] == study.methods[0]) & (study.cells["role"] == study.judged)]
    whole = pooled(own[own["level"] == study.board.level], ["level"])
    if not len(whole) or math.isnan(whole["wape"].iloc[0]):
        return Html("")
    wape = float(whole["wape"].iloc[0])
    met = "met" if wape <= study.settings.within else "missed"
    line = said.rich(
        f"report.verdict.bar_{met}",
        bar=said.percent(study.settings.within, 0),
        level=study.the_level,
        wape=said.percent(wape),
    )
    segments = pooled(own[(own["level"] == level) & (own[SEGMENT] != "")], [SEGMENT]).dropna(subset=["wape"])
    if len(segments) < 2:
        return line
    good = segments[segments["wape"] <= study.settings.within]
    share = float(good["weight"].sum() / segments["weight"].sum())
    told = {"good": said.number(len(good)), "n": said.number(len(segments)), "share": said.percent(share, 0)}
    return joined(line, said("report.space"), said.rich("report.verdict.bar_segments", **told))


def _cheapest(study: Study) -> Html:
    """Of those that cannot be told apart, the one that costs least; none where too few origins could tell."""
    table = study.board.table
    tied = table[table["tied_with_best"] & (table["n_failed"] == 0)]
    if len(tied) < 2:
        return Html("")
    if (tied["evidence"] == compare.FEW).any():
        return study.said.rich("report.verdict.more_origins")
    cheap = records(tied.sort_values("seconds", kind="stable"))[0]
    told = {"method": name(cheap["method"]), "seconds": study.said.number(cheap["seconds"], 1)}
    alike = study.of_customers and _orders_nobody(study.outcomes[str(cheap["method"])].forecasts)
    return study.said.rich(f"report.verdict.{'cheapest_alike' if alike else 'cheapest'}", **told)


def _orders_nobody(forecasts: pd.DataFrame) -> bool:
    """Whether all customers of a fold have the same score, in every fold."""
    return not (forecasts.groupby(CUTOFF)[YHAT].nunique() > 1).any()


def _facts(study: Study) -> Html:
    """The data and the backtest as a row of figures."""
    facts, said = study.best.facts, study.said
    data = facts.data
    n = [facts.folds.get(role, [0, 0])[1] for role in (SELECT, TEST)]
    first, last = study.dates
    tiles: list[tuple[str, str, str]] = [
        (said("report.facts.data"), name(facts.choices.get("dataset", "")), _span(study))
    ]
    if data.get("cents_used"):
        money = study.money(data["cents_used"] / 100)
        tiles.append((said("report.facts.money"), money, said("report.facts.rows", n=said.number(data["rows_used"]))))
    tiles += [
        (said("report.facts.horizon"), _horizon(study), _series(study)),
        (
            said("report.facts.folds"),
            f"{said.number(n[0])} + {said.number(n[1])}",
            said("report.facts.span", first=said.date(first), last=said.date(last)),
        ),
        (said("report.facts.methods"), said.number(len(study.methods)), _segmentations(study)),
    ]
    return tag("dl", *(_tile(*tile) for tile in tiles), class_="facts")


def _tile(title: str, figure: str, small: str) -> Html:
    return tag("div", tag("dt", title), tag("dd", figure, tag("small", small) if small else ""))


def _span(study: Study) -> str:
    data, said = study.best.facts.data, study.said
    if not data:
        return ""
    return said("report.facts.span", first=said.date(data["first_day"]), last=said.date(data["last_day"]))


def _horizon(study: Study) -> str:
    """How far ahead it is foretold: so many periods, or for customers so many days."""
    forecasts = study.best.forecasts
    if study.of_customers:
        days = int((forecasts["ds"] - forecasts["cutoff"]).dt.days.max())
        return study.said.count("report.periods.D", days)
    return study.said.count(f"report.periods.{_period(study)}", int(forecasts["step"].nunique()))


def _period(study: Study) -> str:
    """The kind of period, as the texts know it."""
    code = str(study.best.facts.data.get("freq", ""))[:1]
    return code if study.said.has(f"report.periods.{code}.one") else "other"


def _series(study: Study) -> str:
    n = study.best.forecasts["unique_id"].nunique()
    if study.of_customers:
        return study.said.count("report.customers", int(n))
    return "" if n == 1 and study.board.level == TOTAL else study.said.count("report.series", int(n))


def _segmentations(study: Study) -> Html:
    found = [str(name(each)) for each in study.segmentations if each and each != "none"]
    return study.said.rich("report.facts.by", cuts=Html(study.said.listed(found))) if found else Html("")
