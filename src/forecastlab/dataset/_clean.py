"""What is done with what is missing or strange in a ready-made panel, as it may be declared."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

Gaps = Annotated[
    Literal["refuse", "zero", "carry", "interpolate"], Field(description="periods without a value inside a series")
]
Outliers = Annotated[
    Literal["keep", "clip"], Field(description="values of the past that are far from their neighbours")
]
