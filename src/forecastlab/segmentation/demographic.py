"""Who the customers are: groups of one attribute, such as age."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

import pandas as pd
from pandas.api.types import is_numeric_dtype
from pydantic import Field

from forecastlab.schema import ConfigError, Fault
from forecastlab.schema.names import ANONYMOUS, FUTURE, NEW, PROSPECT, UNKNOWN

OTHER = "other"
"""The segment of values that no group names."""

UNSTATED = "unstated"
"""The segment of customers of whom no value is known."""

RESERVED = (OTHER, UNSTATED, NEW, UNKNOWN, ANONYMOUS, PROSPECT, FUTURE)


@dataclass(frozen=True)
class DemographicAssigner:
    """The attribute, and the group of each of its values."""

    attribute: str
    groups: Mapping[str, str]

    def assign(self, profiles: pd.DataFrame) -> pd.Series[str]:
        """The group of each customer's value. Raises ConfigError if the attribute is a number."""
        values = profiles[self.attribute]
        if len(values) and is_numeric_dtype(values) and values.notna().any():
            what = f"{self.attribute} is a number, groups are made of the values of a dimension"
            raise ConfigError(Fault("not-a-dimension", "segmentation.attribute", what, "type segmentation=kmeans"))
        named = values.map(self.groups).fillna(OTHER).mask(values.isna(), UNSTATED)
        return named.astype(object)


@dataclass(frozen=True)
class Demographic:
    """Who the customers are: groups of the values of one attribute, such as age or region.

    The value is the last one that was known of the customer at the date. A value that no group names is ``other``, a
    customer of whom none is known ``unstated``.
    """

    attribute: Annotated[str, Field(min_length=1, description="the dimension of the log whose values are grouped")]
    groups: Annotated[
        dict[str, tuple[str, ...]], Field(min_length=1, description="name: [values]; all other values are other")
    ]

    @property
    def window(self) -> str | None:
        """Nothing within a window is looked at."""
        return None

    @property
    def segments(self) -> tuple[str, ...]:
        """The groups in their order, then ``other`` and ``unstated``."""
        return (*self.groups, OTHER, UNSTATED)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The one attribute."""
        return (self.attribute,)

    def fit(self, profiles: pd.DataFrame) -> DemographicAssigner:
        """Learn nothing. Raises ConfigError for a value in two groups or a group with a name that has a meaning."""
        faults = list(self._faults())
        if faults:
            raise ConfigError(faults)
        return DemographicAssigner(
            self.attribute, {value: group for group, values in self.groups.items() for value in values}
        )

    def _faults(self) -> Iterator[Fault]:
        for group in self.groups:
            if group in RESERVED:
                what = f"{group} has a meaning of its own, as have {', '.join(name for name in RESERVED)}"
                yield Fault("reserved-name", f"segmentation.groups.{group}", what, "give the group another name")
        counts = Counter(value for values in self.groups.values() for value in values)
        for value, count in counts.items():
            if count > 1:
                yield Fault("in-two-groups", "segmentation.groups", f"{value!r} is named {count} times", "name it once")


PART = Demographic
