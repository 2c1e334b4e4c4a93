"""The executor parts: where jobs run."""

from forecastlab.executor._lost import WorkerLost

__all__ = ["WorkerLost"]
