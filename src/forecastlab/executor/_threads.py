"""One thread per job: sums in another order are other sums, and cores are given to jobs, not to libraries."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

# Read by the libraries when they are loaded, so they must be set before. A passive wait keeps idle OpenMP threads from
# spinning on a core that another job needs.
PINNED = {
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "BLIS_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
}


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold libraries that are loaded to one thread, and those that get loaded meanwhile for as long as they live."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    before = {name: os.environ.get(name) for name in PINNED}
    os.environ.update(PINNED)
    try:
        with threadpool_limits(limits=1):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
