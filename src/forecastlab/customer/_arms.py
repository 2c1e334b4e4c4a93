"""The two arms of earlier campaigns, each as a question of its own: does a customer react?"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from forecastlab.schema import DataError, Fault
from forecastlab.schema.customers import TREATED, CustomerPast


def arm(past: CustomerPast, treated: bool) -> CustomerPast:
    """What is learned of the customers who were approached, or of those who were held out: an event."""
    return of_rows(past, pd.DataFrame(past.rows[past.treated == float(treated)]))


def of_rows(past: CustomerPast, rows: pd.DataFrame) -> CustomerPast:
    """The same question of other rows: an event. Raises DataError where there are none."""
    if not len(rows):
        what = "of the customers learned from all were approached, or all were held out"
        raise DataError(Fault("no-control-group", "target", what, "let the target ask more customers, or look further"))
    return replace(past, rows=rows.drop(columns=TREATED).reset_index(drop=True), kind="event")
