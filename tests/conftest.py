"""What tests of every kind may ask for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from debian import without
from postgres import Cluster, UnavailableError, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server. Without one the test is skipped, which FORECASTLAB_CI turns into a failure."""
    try:
        with running() as cluster:
            yield cluster
    except UnavailableError as reason:
        without(str(reason))
