"""All pictures of a run as PNG files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from forecastlab.schema import names, quantile_columns
from forecastlab.stages.customers import OWN
from forecastlab.stages.plots import _page
from forecastlab.stages.plots._text import plain
from forecastlab.stages.plots.against_actual import forecast_against_actual
from forecastlab.stages.plots.coverage import calibration
from forecastlab.stages.plots.customers import deciles, gains
from forecastlab.stages.plots.errors import error_by_horizon, error_by_segment, levels
from forecastlab.stages.plots.lists import hit_rates
from forecastlab.stages.plots.migration import migration_matrix
from forecastlab.stages.plots.shares import segment_shares
from forecastlab.stages.plots.uplift import qini, tenths

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Picture = tuple[str, Callable[[], "Figure"]]


def save_all(
    folder: Path,
    forecasts: pd.DataFrame,
    scores: pd.DataFrame,
    composition: pd.DataFrame,
    migration: pd.DataFrame,
    title: str,
    unit: str = "",
    share: tuple[int, int] = (0, 1),
    of: str = "",
) -> list[Path]:
    """Write the pictures of a run into a folder, each marked with the run's ``title``; the paths, in reading order.

    A picture for which there is no data (segments in a run that has none) is left out. ``unit`` is that of the values.
    ``share`` (i, n) draws every n-th picture from the i-th on, for n processes that draw side by side.
    ``of`` says what is foretold of customers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    pictures = list(enumerate(_pictures(forecasts, scores, composition, migration, unit, of), start=1))
    for i, (name, draw) in pictures[share[0] :: share[1]]:
        figure = draw()
        _page.stamp(figure, plain(title, 60))
        paths.append(save(figure, folder / f"{i}_{name}.png"))
    return paths


def save(figure: Figure, path: Path) -> Path:
    """Write one picture as PNG of 1200 × 700 pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure).print_png(  # type: ignore[no-untyped-call]
        path, metadata={"Software": None}, pil_kwargs={"compress_level": 3}
    )
    return path


def _pictures(
    forecasts: pd.DataFrame,
    scores: pd.DataFrame,
    composition: pd.DataFrame,
    migration: pd.DataFrame,
    unit: str,
    of: str,
) -> Iterator[Picture]:
    if len(forecasts) and of == "uplift":
        yield "qini", lambda: qini(forecasts)
        yield "uplift_by_tenths", lambda: tenths(forecasts)
        return
    if len(forecasts) and of == "items":
        yield "hit_rates", lambda: hit_rates(forecasts)
        return
    if len(forecasts) and (forecasts[names.LEVEL] == OWN).all():
        yield "deciles", lambda: deciles(forecasts, "days" if of == "wait" else unit, of)
        if of != "wait":  # nobody holds a share of all waits
            yield "gains", lambda: gains(forecasts)
        return
    found = levels(forecasts) if len(forecasts) else []
    for level in found[:2]:
        name = "".join(c if c.isalnum() else "_" for c in level)
        yield f"forecast_{name}", lambda level=level: forecast_against_actual(forecasts, None, level, unit)  # type: ignore[misc]
    if len(scores):
        yield "error_by_horizon", lambda: error_by_horizon(scores)
    if names.SEGMENT in found:
        yield "error_by_segment", lambda: error_by_segment(scores, forecasts)
    if len(forecasts) and any(forecasts[name].notna().any() for name in quantile_columns(forecasts).values()):
        yield "calibration", lambda: calibration(forecasts)
    if len(composition) and composition[names.SEGMENT].nunique() > 1:
        yield "segment_shares", lambda: segment_shares(composition)
    if len(migration):
        yield "migration", lambda: migration_matrix(migration)
