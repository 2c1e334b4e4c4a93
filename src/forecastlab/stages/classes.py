"""Classes of series: a segmentation that looks at series, not customers, gives each its segment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import ConfigError, Fault, SeriesSegmenter
from forecastlab.schema.names import LEVEL, SEGMENT, SERIES, TOTAL, UNKNOWN
from forecastlab.stages.fold_panel import FoldPanel


def classified(panel: FoldPanel, segmenter: SeriesSegmenter) -> FoldPanel:
    """The panel with the class of every series that is forecast in ``segment``, from its past alone.

    Series are compared with those of their own level. The total, and what only adds series up, has no class. Raises
    ConfigError if the part gives a name it does not declare.
    """
    history = panel.history
    segment = history.static[SEGMENT].to_numpy(dtype=object).copy()
    level = history.static[LEVEL].to_numpy(dtype=str)
    for name in np.unique(level[level != TOTAL]):
        rows = np.flatnonzero(level == name)
        segment[rows] = _checked(segmenter, segmenter.classify(history.grid.take(rows), history.season), len(rows))
    static = history.static.assign(**{SEGMENT: segment})
    levels = panel.levels.copy()
    levels.loc[static.index, SEGMENT] = segment
    return replace(panel, history=replace(history, static=static), levels=levels)


def labelled(truth: pd.DataFrame, panel: FoldPanel) -> pd.DataFrame:
    """What came true, by the classes of the past; a series of a classified level without a past is ``unknown``."""
    known = truth[SERIES].map(panel.history.static[SEGMENT])
    classed = truth[LEVEL].isin({*panel.history.static[LEVEL]} - {TOTAL})
    return truth.assign(**{SEGMENT: known.fillna(classed.map({True: UNKNOWN, False: ""}))})


def _checked(segmenter: SeriesSegmenter, found: NDArray[np.str_], n: int) -> list[str]:
    names = [str(name) for name in found]
    strange = sorted({*names} - {*segmenter.segments})
    if strange or len(names) != n:
        what = ", ".join(map(repr, strange)) or f"{len(names)} classes for {n} series"
        declared = ", ".join(segmenter.segments)
        raise ConfigError(Fault("bad-segment", "segmentation", f"the part gave {what}, declared are {declared}"))
    return names
