"""Settings that libraries read when they are first imported: no telemetry, one thread per task, no banners."""

from __future__ import annotations

import os


def quiet() -> None:
    """Set them, where nobody has set them otherwise. Call it before anything heavy is imported."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
