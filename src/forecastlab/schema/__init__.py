"""The words everything else is written in: names, errors, periods, folds, frames and the protocols of the parts."""

from forecastlab.schema.customer_base import CustomerBase
from forecastlab.schema.errors import (
    ConfigError,
    DataError,
    EnvironmentFault,
    Fault,
    ForecastlabError,
    PartialError,
    nearest,
)
from forecastlab.schema.fold import Fold, Split
from forecastlab.schema.forecast import Forecast, Future, quantile_column, quantile_columns
from forecastlab.schema.members import Members, Past
from forecastlab.schema.panel import Grid, History
from forecastlab.schema.parts import (
    Assigner,
    Calibrator,
    Checked,
    Chooses,
    Combiner,
    Composite,
    Dataset,
    Driver,
    Executor,
    Explained,
    Feature,
    Fitted,
    Forecaster,
    Metric,
    ReadsBase,
    Reconciler,
    Router,
    Segmenter,
    SeriesSegmenter,
    Splitter,
)
from forecastlab.schema.periods import Frequency, duration_days, written
from forecastlab.schema.planning import Outlook, Plan, Playbook, Preset, Roster
from forecastlab.schema.sales import Facts, Ledger, SalesLog
from forecastlab.schema.scored import Scored
from forecastlab.schema.watching import Evidence, Finding, Watch

__all__ = [
    "Assigner",
    "Calibrator",
    "Checked",
    "Chooses",
    "Combiner",
    "Composite",
    "ConfigError",
    "CustomerBase",
    "DataError",
    "Dataset",
    "Driver",
    "EnvironmentFault",
    "Evidence",
    "Executor",
    "Explained",
    "Facts",
    "Fault",
    "Feature",
    "Finding",
    "Fitted",
    "Fold",
    "Forecast",
    "Forecaster",
    "ForecastlabError",
    "Frequency",
    "Future",
    "Grid",
    "History",
    "Ledger",
    "Members",
    "Metric",
    "Outlook",
    "PartialError",
    "Past",
    "Plan",
    "Playbook",
    "Preset",
    "ReadsBase",
    "Reconciler",
    "Roster",
    "Router",
    "SalesLog",
    "Scored",
    "Segmenter",
    "SeriesSegmenter",
    "Split",
    "Splitter",
    "Watch",
    "duration_days",
    "nearest",
    "quantile_column",
    "quantile_columns",
    "written",
]
