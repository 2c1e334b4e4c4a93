"""What every executor must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

Check = Callable[[Any], None]


def results_come_in_the_order_of_the_jobs(executor: Any) -> None:
    """One result per job, in order; a job that raises leaves its exception in its place, and the others go on."""
    try:
        found = list(executor.map(math.sqrt, [9.0, -1.0, 16.0, 0.25]))
        assert list(executor.map(math.sqrt, [])) == [], "results without jobs"
    finally:
        executor.close()
    assert found[0] == 3.0 and found[2:] == [4.0, 0.5], f"found {found}"
    assert isinstance(found[1], ValueError), f"the job that raised left {found[1]!r}"


def it_can_be_used_again_after_it_was_closed(executor: Any) -> None:
    """Closing ends what runs; a later map starts anew, and stopping early does no harm."""
    try:
        executor.close()
        results = executor.map(math.sqrt, [4.0, 9.0, 16.0])
        assert next(results) == 2.0, "no result after closing"
        results.close()
        assert list(executor.map(math.sqrt, [1.0])) == [1.0], "no result after stopping early"
    finally:
        executor.close()


CHECKS: tuple[Check, ...] = (results_come_in_the_order_of_the_jobs, it_can_be_used_again_after_it_was_closed)
