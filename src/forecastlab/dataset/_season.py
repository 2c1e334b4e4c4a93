"""The season of a stranger's data, as it may be declared."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

_Periods = Annotated[int, Field(ge=1)]

Season = Annotated[
    _Periods | Annotated[list[_Periods], Field(min_length=1)] | Literal["detect"] | None,
    Field(
        description="null (those usual for freq), a number of periods from 1, a list such as [24,168], or detect (the"
        " past tells)"
    ),
]
