"""Makes small shops whose truth is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from forecastlab.dataset.synthetic import Synthetic, truth
from forecastlab.recipe import build, compose
from forecastlab.schema import SalesLog

PLAIN: dict[str, Any] = {
    "calendar": {"trend": 0.0, "season": 0.0, "weekdays": (1.0,) * 7},
    "life": {"arrival_season": 0.0, "regular_share": 0.0, "silent_share": 0.0, "unhappy_share": 0.0},
    "goods": {"anonymous_share": 0.0, "returned_share": 0.0, "stockouts": 0.0},
    "leads": {"people": 0},
    "campaigns": {},
}
"""Nothing but Pareto/NBD, prices and promotions."""


@dataclass(frozen=True)
class Made:
    """A shop that was made, and what it was made of."""

    part: Synthetic
    log: SalesLog

    @property
    def lines(self) -> pd.DataFrame:
        return pd.read_parquet(self.log.path)

    @property
    def purchases(self) -> pd.DataFrame:
        """One row per basket with a customer that is not a return, with ``at`` in days since the start."""
        lines = self.lines
        baskets = (
            lines[lines["amount"] > 0]
            .groupby("basket_id")
            .agg(
                customer_id=("customer_id", "first"),
                time=("time", "first"),
                cents=("amount", "sum"),
                units=("quantity", "sum"),
            )
        )
        return baskets.dropna(subset="customer_id").assign(at=lambda frame: self.at(frame["time"]))

    def at(self, time: pd.Series) -> pd.Series:
        """Days since the start, a day being its twelve opening hours."""
        midnight = time.dt.normalize()
        inside = (time - midnight - pd.Timedelta(hours=8)) / pd.Timedelta(hours=12)
        return (midnight - pd.Timestamp(self.part.start)) / pd.Timedelta(days=1) + inside

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.log.table(name))

    def truth(self, name: str) -> pd.DataFrame:
        return truth(self.log, name)


@pytest.fixture(scope="session")
def packaged() -> Synthetic:
    found = build(compose(["dataset=synthetic"])).experiment.dataset
    assert isinstance(found, Synthetic)
    return found


@pytest.fixture
def plain() -> dict[str, Any]:
    return PLAIN


@pytest.fixture
def make(packaged: Synthetic, tmp_path: Path) -> Callable[..., Made]:
    """Load the packaged shop with changes: a mapping changes fields of a record, anything else replaces a value."""
    made: list[Made] = []

    def go(*changes: dict[str, Any], **more: Any) -> Made:
        part = packaged
        for change in (*changes, more):
            values = {
                name: dataclasses.replace(getattr(part, name), **value)
                if dataclasses.is_dataclass(getattr(part, name)) and isinstance(value, dict)
                else value
                for name, value in change.items()
            }
            part = dataclasses.replace(part, **values)
        path = tmp_path / f"shop-{len(made)}" / "data.parquet"
        made.append(Made(part, SalesLog(path, part.load(path))))
        return made[-1]

    return go
