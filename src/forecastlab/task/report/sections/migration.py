"""Where customers went: from segment to segment."""

from __future__ import annotations

from forecastlab.page import Html, switch
from forecastlab.page.markup import short
from forecastlab.task.report.study import Study
from forecastlab.task.segment_pages import moves


def section(study: Study) -> Html | None:
    """A matrix for each segmentation: shares of a row, and customers when pointed at."""
    panels, said = [], study.said
    for scheme, methods in study.segmentations.items():
        told = moves(study.outcomes[methods[0]].migration, said, said("report.migration.caption"))
        if told is not None:
            panels.append((short(scheme), told))
    return switch(said("report.segments.segmentation"), panels) if panels else None
