"""What stands in the place of a result whose worker was lost."""

from __future__ import annotations

from typing import Literal

Kind = Literal["died", "timeout", "memory"]


class WorkerLost(Exception):  # noqa: N818 (what happened, like KeyboardInterrupt)
    """A job that took its worker with it: it died, took too long, or asked for too much memory.

    ``kind`` says which of the three, ``detail`` the figures. It is a value in the place of a result, like any
    exception of a job.
    """

    def __init__(self, kind: Kind, detail: str) -> None:
        self.kind: Kind = kind
        self.detail = detail
        super().__init__(kind, detail)

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"
