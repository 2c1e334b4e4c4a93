"""Forecast against what came true, with intervals: any of the largest series, any fold, any two methods."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.page import Choice, Html, figure, tag
from forecastlab.page.markup import joined, short
from forecastlab.schema import written
from forecastlab.schema.forecast import quantile_columns
from forecastlab.schema.names import CUTOFF, DS, LEVEL, SEGMENT, SERIES, TOTAL, YHAT, Y
from forecastlab.task.report.study import Study

POINTS = 40_000
"""Forecasts in the page at most (method × series × fold × step): about two megabytes."""

FOLDS = 40
"""Folds that can be chosen, the last ones."""


def section(study: Study) -> Html | None:
    """One figure with lists: the series, the fold, the method, and another one beside it."""
    if study.of_customers:
        return None
    chosen = _series(study)
    folds = _folds(study)
    methods = study.shown
    rows = sum(len(days) for _, _, days in folds)
    fits = max(POINTS // max(len(methods) * rows, 1), 1)
    kept = chosen.iloc[:fits]
    if not len(kept) or not folds:
        return None
    arrays: dict[str, list[Any]] = {}
    for f, (_, _, days) in enumerate(folds):
        words = [written(day) for day in days]
        arrays |= {f"x/{f}": words, f"b/{f}": words + words[::-1]}
    for m, method in enumerate(methods):
        arrays |= _of(m, study.outcomes[method].forecasts, kept, folds)
    drawn = figure(
        study.said("report.forecasts.caption", unit=study.unit or study.said("report.forecasts.units")),
        _traces(study),
        {"hovermode": "x unified"},
        height=430,
        choices=_choices(study, kept, folds),
        arrays=arrays,
    )
    return joined(drawn, _left_out(study, len(kept)))


def _series(study: Study) -> pd.DataFrame:
    """The series that can be chosen, ``level, unique_id, segment``: the total, then the largest of each other level."""
    forecasts = study.best.forecasts
    rows = forecasts[forecasts[LEVEL].isin(study.levels)]
    money = (
        rows.assign(money=rows[Y].abs()).groupby([LEVEL, SERIES, SEGMENT], observed=True)["money"].sum().reset_index()
    )
    money = money.sort_values("money", ascending=False, kind="stable")
    others = [level for level in study.levels if level != TOTAL]
    room = study.settings.series - (TOTAL in study.levels)
    parts = [money[money[LEVEL] == TOTAL].head(1)]
    for i, level in enumerate(others):
        parts.append(money[money[LEVEL] == level].head(max(room // (len(others) - i), 0)))
        room -= len(parts[-1])
    return pd.concat(parts, ignore_index=True)


def _folds(study: Study) -> list[tuple[pd.Timestamp, str, list[pd.Timestamp]]]:
    """The last folds in order of time: cutoff, role and asked periods."""
    rows = study.best.forecasts[[CUTOFF, "role", DS]].drop_duplicates()
    found = [
        (pd.Timestamp(str(cutoff)), str(part["role"].iloc[0]), [pd.Timestamp(day) for day in sorted(part[DS].unique())])
        for cutoff, part in rows.groupby(CUTOFF, sort=True)
    ]
    return found[-FOLDS:]


def _of(m: int, forecasts: pd.DataFrame, kept: pd.DataFrame, folds: list[Any]) -> dict[str, list[Any]]:
    """The arrays of one method by series and fold: forecast, truth, the edges of two bands; NaN where there is none."""
    asked = pd.MultiIndex.from_tuples(
        [(level, series, cutoff, day) for level, series in zip(kept[LEVEL], kept[SERIES], strict=True)
         for cutoff, _, days in folds for day in days], names=[LEVEL, SERIES, CUTOFF, DS],
    )  # fmt: skip
    columns = {"f": [YHAT], "t": [Y], **{f"i{p}": list(edges) for p, edges in _bands(forecasts).items()}}
    wanted = [each for group in columns.values() for each in group]
    own = forecasts[forecasts[SERIES].isin(set(kept[SERIES]))].set_index([LEVEL, SERIES, CUTOFF, DS])[wanted]
    table = own[~own.index.duplicated()].reindex(asked)
    found: dict[str, list[Any]] = {}
    sizes = [len(days) for _, _, days in folds]
    starts = np.concatenate([[0], np.cumsum(sizes * len(kept))])
    for kind, group in columns.items():
        values: list[NDArray[np.float64]] = [table[each].to_numpy(float) for each in group]
        for place, start in enumerate(starts[:-1]):
            s, f = divmod(place, len(folds))
            cut = [part[start : starts[place + 1]] for part in values]
            if not np.isfinite(cut[0]).any():
                continue
            whole = cut[0] if len(cut) == 1 else np.concatenate([cut[1], cut[0][::-1]])
            found[f"{kind}/{m}/{s}/{f}"] = whole.tolist()
    return found


def _bands(forecasts: pd.DataFrame) -> dict[int, tuple[str, str]]:
    """The columns of the bands nearest to 80 % and 95 %, by that number; none where there are no quantiles."""
    columns = quantile_columns(forecasts)
    bands = {round(100 * (1 - 2 * low)): (columns[low], columns[round(1 - low, 6)]) for low in columns
             if low < 0.5 and round(1 - low, 6) in columns}  # fmt: skip
    found = {wanted: bands[min(bands, key=lambda p: abs(p - wanted))] for wanted in (95, 80)} if bands else {}
    return {wanted: edges for wanted, edges in found.items() if forecasts[edges[0]].notna().any()}


def _traces(study: Study) -> list[dict[str, Any]]:
    said = study.said
    where = "{method}/{series}/{fold}"
    bands = [
        {"type": "scatter", "mode": "lines", "fill": "toself", "name": said("report.forecasts.band", p=p),
         "x": "b/{fold}", "y": f"i{p}/{where}", "line": {"width": 0}, "fillcolor": f"@c0/{opacity}",
         "hoverinfo": "skip"}
        for p, opacity in ((95, 13), (80, 22))
    ]  # fmt: skip
    lines = [
        (
            "report.forecasts.beside",
            "f/{other}/{series}/{fold}",
            {"color": "@c1", "width": 1.8, "dash": "dot"},
            "lines",
        ),
        ("report.forecasts.forecast", f"f/{where}", {"color": "@c0", "width": 2.2}, "lines+markers"),
        ("report.forecasts.actual", f"t/{where}", {"color": "@ink", "width": 1.8}, "lines+markers"),
    ]
    return bands + [
        {"type": "scatter", "mode": mode, "name": said(key), "x": "x/{fold}", "y": y, "line": line,
         "marker": {"size": 5, "color": line["color"]}, "hovertemplate": "%{y:,.4~s}"}
        for key, y, line, mode in lines
    ]  # fmt: skip


def _choices(study: Study, kept: pd.DataFrame, folds: list[Any]) -> list[Choice]:
    said = study.said
    methods = [(str(m), short(method, 60)) for m, method in enumerate(study.shown)]
    words = [
        study.cell(level, segment) if level in (TOTAL, SEGMENT) else study.level(TOTAL) if series == TOTAL else series
        for level, series, segment in zip(kept[LEVEL], kept[SERIES], kept[SEGMENT], strict=True)
    ]
    series = [(str(s), short(word, 60)) for s, word in enumerate(words)]
    cutoffs = [
        (str(f), said("report.forecasts.cutoff", day=said.date(cutoff), role=said(f"report.{role}")))
        for f, (cutoff, role, _) in enumerate(folds)
    ]
    return [
        Choice("series", said("report.forecasts.series"), series, [study.level(level) for level in kept[LEVEL]]),
        Choice("fold", said("report.forecasts.fold"), [("*", said("report.forecasts.every_fold")), *cutoffs[::-1]]),
        Choice("method", said("report.method"), methods),
        Choice("other", said("report.forecasts.and"), [("none", said("report.forecasts.nothing")), *methods]),
    ]


def _left_out(study: Study, kept: int) -> Html:
    """What is not in the page, so that it stays small."""
    said = study.said
    forecasts = study.best.forecasts
    n = len(forecasts[forecasts[LEVEL].isin(study.levels)][[LEVEL, SERIES]].drop_duplicates())
    parts = []
    if kept < n:
        parts.append(said("report.forecasts.left_series", kept=said.number(kept), n=said.number(n)))
    if len(study.shown) < len(study.methods):
        parts.append(
            said("report.forecasts.left_methods", kept=said.number(len(study.shown)), n=said.number(len(study.methods)))
        )
    return tag("p", said("report.space").join(parts), class_="note") if parts else Html("")
