"""Pictures for reviewers: tidy frames in, figures of 1200 × 700 pixels out, without any global state."""

from forecastlab.stages.plots.against_actual import forecast_against_actual
from forecastlab.stages.plots.coverage import calibration
from forecastlab.stages.plots.errors import error_by_horizon, error_by_segment
from forecastlab.stages.plots.leaderboard import leaderboard_plot
from forecastlab.stages.plots.migration import migration_matrix
from forecastlab.stages.plots.save import save, save_all
from forecastlab.stages.plots.shares import segment_shares

__all__ = [
    "calibration",
    "error_by_horizon",
    "error_by_segment",
    "forecast_against_actual",
    "leaderboard_plot",
    "migration_matrix",
    "save",
    "save_all",
    "segment_shares",
]
