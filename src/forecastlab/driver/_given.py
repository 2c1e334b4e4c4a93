"""The parameters that every driver has: where its future comes from, and when its values are published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from forecastlab.schema.parts import CHANGE, Known

Future = Annotated[
    Known, Field(description="where values of asked periods come from: known, last, forecast, scenario or drop")
]
Lag = Annotated[int, Field(ge=0, description="periods after which a value is published; unused while future is known")]
Scenario = Annotated[
    Mapping[str, float | Annotated[str, Field(pattern=CHANGE)]] | None,
    Field(description="with future: scenario, by column: a number, or a change such as '+10%' or '-3'"),
]
