"""A registered method for customers as MLflow serves it: rows of what is known of customers in, their scores out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecastlab.bundle.contents import Bundle
from forecastlab.flow.customer_jobs import TableFacts
from forecastlab.schema import ConfigError, DataError, Fault, nearest, quantile_column
from forecastlab.schema.customers import FittedCustomers, bounds
from forecastlab.schema.names import CUSTOMER, SERIES
from forecastlab.stages.customer_list import driven
from forecastlab.stages.customer_scores import strongest


@dataclass(frozen=True)
class ServedCustomers:
    """A registered method that scores whoever is described to it."""

    bundle: Bundle
    fitted: FittedCustomers

    def predict(self, model_input: Any, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The scores of the described customers in their order: ``unique_id, score, q…, drivers, reason``.

        ``model_input`` has ``customer_id`` and every feature that the method was fitted with (``Bundle.table``), as
        known now; what is not known of a customer is left empty. Raises ConfigError for parameters, DataError for
        columns that are missing or strange.
        """
        if params:
            what = f"found {', '.join(params)}; it takes no parameters"
            raise ConfigError(Fault("bad-params", "params", what, 'take "params" out'))
        frame = model_input if isinstance(model_input, pd.DataFrame) else pd.DataFrame(model_input)
        rows = described(frame, self.bundle.table)
        told = self.fitted.score(rows)
        values = np.clip(told.values, *bounds(self.bundle.table.kind, self.bundle.table.days))
        found = pd.DataFrame({SERIES: rows[CUSTOMER], "score": values})
        found = found.assign(**{quantile_column(level): told.quantiles[level] for level in sorted(told.quantiles)})
        return driven(found, strongest(self.fitted, rows))


def described(frame: pd.DataFrame, table: TableFacts) -> pd.DataFrame:
    """The rows with their columns as the method knows them. Raises DataError for missing or strange columns."""
    wanted = [CUSTOMER, *table.numbers, *table.categories]
    there = [str(name) for name in frame.columns]
    strange, missing = [name for name in there if name not in wanted], [name for name in wanted if name not in there]
    if strange or missing:
        word = f"there is no {', '.join(missing)}" if missing else f"found {', '.join(strange)}"
        what = f"{word}; it takes {', '.join(wanted)}"
        raise DataError(Fault("unknown-input", "customers", what, nearest((strange or missing)[0], wanted)))
    if frame[CUSTOMER].isna().any() or frame[CUSTOMER].duplicated().any():
        what = "a customer_id is empty or there twice"
        raise DataError(Fault("unknown-input", "customers", what, "send each customer once, with an id"))
    numbers = {name: frame[name].astype(float) for name in table.numbers}
    texts = {name: frame[name].astype(object).where(frame[name].notna(), None) for name in table.categories}
    return frame[[CUSTOMER]].astype(str).assign(**numbers, **texts).reset_index(drop=True)
