"""Saved views: which columns, which order and which charts the MLflow pages show of a study, so that nobody has to
arrange them. A view is one tag of the study, in the form in which the pages themselves save one (MLflow 3.17)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from forecastlab.tracking._names import legal_key

TAG = "mlflow.sharedViewState."
"""What a view's tag begins with; its id follows."""

Kind = Literal["metrics", "params", "tags"]
MOST_RUNS = 20
"""Runs of which one chart shows the lines or bars."""


@dataclass(frozen=True)
class Column:
    """A column of the table of runs."""

    kind: Kind
    name: str
    width: int = 110

    @property
    def id(self) -> str:
        """The column as the pages name it."""
        return f"{self.kind}.`{legal_key(self.name)}`"


@dataclass(frozen=True)
class Section:
    """Charts below one heading: bars for a metric with one value, lines for one with a value per step.

    ``parallel`` draws one more picture, of these parameters and metrics side by side.
    """

    heading: str
    bars: Sequence[str] = ()
    lines: Sequence[str] = ()
    parallel: tuple[Sequence[str], Sequence[str]] | None = None

    @property
    def wide(self) -> bool:
        """Whether its one picture takes the whole width."""
        return self.parallel is not None and not (self.bars or self.lines)


@dataclass(frozen=True)
class View:
    """A view with a name for people: ``order`` is the column by which runs are sorted, ``wanted`` filters them."""

    id: str
    name: str
    columns: Sequence[Column]
    order: Column
    ascending: bool
    wanted: str
    sections: Sequence[Section]

    def tag(self, at: int) -> tuple[str, str]:
        """The tag that holds the view; ``at`` is when it was made, in milliseconds since 1970."""
        state = json.dumps(self._state(), ensure_ascii=False)
        return f"{TAG}{self.id}", json.dumps({"name": self.name, "createdAt": at, "updatedAt": at, "state": state})

    def _state(self) -> dict[str, Any]:
        ids = [column.id for column in self.columns]
        charts = [chart for n, section in enumerate(self.sections) for chart in _charts(section, f"section-{n}")]
        sections = [
            _section(f"section-{n}", section.heading, True) | ({"columns": 1} if section.wide else {})
            for n, section in enumerate(self.sections)
        ]
        return {
            "searchFilter": self.wanted,
            "orderByKey": self.order.id,
            "orderByAsc": self.ascending,
            "startTime": "ALL",
            "lifecycleFilter": "Active",
            "datasetsFilter": [],
            "modelVersionFilter": "All Runs",
            "selectedColumns": ids,
            "columnOrder": [RUN_NAME, *ids],
            "columnWidths": {RUN_NAME: 230} | {column.id: column.width for column in self.columns},
            "runsHiddenMode": "FIRST_20_RUNS",
            "globalLineChartConfig": {"xAxisKey": "step", "lineSmoothness": 0, "selectedXAxisMetricKey": ""},
            "isAccordionReordered": True,
            "hideEmptyCharts": True,
            "compareRunSections": [*sections, _section("section-rest", "Model metrics", False)],
            "compareRunCharts": charts,
        }


RUN_NAME = "attributes.`Run Name`"


def _section(uuid: str, name: str, open_: bool) -> dict[str, Any]:
    return {"uuid": uuid, "name": name, "display": open_, "isReordered": True, "deleted": False, "isGenerated": False}


def _line(name: str) -> dict[str, Any]:
    """Lines over steps as they are: smoothed, a fold would be shown better or worse than it was."""
    return {"selectedMetricKeys": [name], "xAxisKey": "step", "lineSmoothness": 0, "useGlobalLineSmoothing": False}


def _charts(section: Section, uuid: str) -> list[dict[str, Any]]:
    def card(kind: str, name: str, **more: Any) -> dict[str, Any]:
        return {
            "uuid": f"{uuid}-{kind}-{name}",
            "type": kind,
            "runsCountToCompare": MOST_RUNS,
            "metricSectionId": uuid,
            "deleted": False,
            "isGenerated": False,
            **more,
        }

    bars = [card("BAR", name, metricKey=legal_key(name)) for name in section.bars]
    lines = [card("LINE", name, metricKey=legal_key(name), **_line(legal_key(name))) for name in section.lines]
    if section.parallel is None:
        return bars + lines
    params, metrics = ([legal_key(name) for name in names] for names in section.parallel)
    return [*bars, *lines, card("PARALLEL", "all", selectedParams=params, selectedMetrics=metrics, showAllRuns=True)]
