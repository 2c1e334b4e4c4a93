"""What is asked of the data and of its profile, as the sections ``quality`` and ``profile`` of a config say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Quality:
    """How good the data has to be, and what counts."""

    require: Annotated[
        Share | None, Field(description="least accuracy of the data; below it a run stops; null: it is not asked")
    ]
    fields: Annotated[
        list[str] | None,
        Field(
            min_length=1,
            description="fields that have to be filled; null: customer_id, time, amount, quantity, basket_id if mapped",
        ),
    ]
    as_of: Annotated[
        str | None, Field(description="'YYYY-MM-DD': the day which the data should reach; null: its own last day")
    ]
    extreme: Annotated[
        float, Field(gt=1, description="an amount of so many times the median amount of a line is beyond belief")
    ]


@dataclass(frozen=True)
class Profile:
    """What ``forecastlab profile`` looks at."""

    items: Annotated[
        str | None, Field(description="the dimension that says what was bought; null: category, department, product …")
    ]
    funnel: Annotated[
        list[str] | None,
        Field(description="steps: <table>, <table>.<kind>, purchase, purchase_later; null: as the tables suggest"),
    ]
    within: Annotated[int, Field(ge=1, description="days from the first step within which all others count")]
    support: Annotated[Share, Field(description="least share of the baskets that a pair of goods lies in together")]
    pairs: Annotated[int, Field(ge=1, le=500, description="pairs of goods that are listed")]
    history: Annotated[
        int, Field(ge=3, description="earlier periods with a purchase that a customer is compared with, at least")
    ]
    jump: Annotated[float, Field(gt=0, description="robust z from which on a period of a customer is suspicious")]
    accounts: Annotated[int, Field(ge=1, le=500, description="suspicious accounts that are listed")]
