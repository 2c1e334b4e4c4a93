"""Where runs are kept: a local record first, MLflow as soon as it answers."""

from forecastlab.tracking.server import serve, stop, wait_until_ready
from forecastlab.tracking.sync import sync
from forecastlab.tracking.tracker import FoundRun, Run, Status, Study, SyncReport, Tracker

__all__ = [
    "FoundRun",
    "Run",
    "Status",
    "Study",
    "SyncReport",
    "Tracker",
    "serve",
    "stop",
    "sync",
    "wait_until_ready",
]
