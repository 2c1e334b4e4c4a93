"""One job, run so that it cannot take the others with it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

J = TypeVar("J")
R = TypeVar("R")


def call(fn: Callable[[J], R], job: J) -> R | Exception:
    """The result of a job, or the exception that it raised, with the traceback's text as a note.

    The traceback itself is let go: it holds on to every frame, and so to all the data that the job had loaded, and it
    could not travel between processes.
    """
    try:
        return fn(job)
    except SystemExit as error:
        return _told(RuntimeError(f"the job called sys.exit({error.code!r})"), error)
    except Exception as error:
        return _told(error, error)


def _told(value: Exception, raised: BaseException) -> Exception:
    value.add_note("".join(traceback.format_exception(raised)).rstrip())
    value.__cause__ = value.__context__ = None
    return value.with_traceback(None)
