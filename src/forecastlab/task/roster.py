"""The customers of a prediction, ready for a playbook."""

from __future__ import annotations

import pandas as pd

from forecastlab.flow.experiment import CustomerExperiment
from forecastlab.schema import ConfigError, Fault, Roster, names
from forecastlab.schema.planning import Meaning

UNIT = "customer"
"""What a prediction says of its unit where that is a customer."""


def roster(customers: pd.DataFrame, experiment: CustomerExperiment) -> Roster:
    """The list of a prediction, the segments that customers can have, and what a score means.

    Raises ConfigError for a method that foretells lists of products.
    """
    target = experiment.target
    if target.kind == "items":
        raise other_unit("a campaign list", "lists of products", "name a model that gives each customer one score")
    meaning: Meaning = target.event if target.kind == "event" else target.kind
    segments = dict.fromkeys([*experiment.segmenter.segments, *sorted(customers[names.SEGMENT].unique())])
    return Roster(customers, tuple(map(str, segments)), meaning)


def other_unit(preset: str, foretold: str, fix: str) -> ConfigError:
    """A plan of series asked of a method for customers, or the other way round."""
    wanted, found = ("series", "customers") if foretold == UNIT else ("customers", foretold)
    what = f"{preset} is made from forecasts of {wanted}, the registered method foretells {found}"
    return ConfigError(Fault("other-unit", "preset", what, fix))
