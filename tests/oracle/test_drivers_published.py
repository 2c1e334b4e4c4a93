"""Drivers from the panel to their coefficients, against a regression that is published.

Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 2nd edition, section 5.2: consumption of the United
States explained by income, production, unemployment and savings, quarterly changes, 1970 to the third quarter of 2016.
"""

from dataclasses import replace

import pandas as pd
import pytest
from scipy.stats import norm

from forecastlab.driver.column import Column
from forecastlab.schema import Fold, Frequency, Grid, History, SalesLog
from forecastlab.stages.drivers import DriverTable, lay
from forecastlab.testing.parts import build_parts

PUBLISHED = {
    "income": (0.71449, 0.04219),
    "production": (0.04589, 0.02588),
    "unemployment": (-0.20477, 0.10550),
    "savings": (-0.04527, 0.00278),
}
"""Estimate and standard error."""


@pytest.fixture
def effects(tmp_path):
    parts = build_parts([("dataset", "us_change"), ("model", "sarimax")], None, {}, tmp_path)
    facts = parts["dataset", "us_change"].load(tmp_path / "data.parquet")
    log, freq = SalesLog(tmp_path / "data.parquet", facts), Frequency("Q")
    ends = freq.ends(*log.span)
    part = Column(tuple(PUBLISHED), "last", 0, None)
    part.load(log, freq, ends).to_parquet(tmp_path / "driver.parquet")
    table = DriverTable("column", tmp_path / "driver.parquet", part.by, part.future, part.lag, part.scenario)
    grid = Grid.from_long(pd.read_parquet(log.path)[["unique_id", "ds", "y"]], ends)
    history = History(grid, freq, 1, pd.DataFrame(index=pd.Index(grid.ids, name="unique_id")))
    drivers = lay((table,), history, Fold(ends[-1], 1, 0, freq, "test", 0), False)
    model = replace(parts["model", "sarimax"], order=[0, 0, 0], seasonal_order=[0, 0, 0], trend="c")
    found = model.fit(replace(history, grid=replace(grid, drivers=drivers.past))).effects()
    return found.set_index("driver")


@pytest.mark.parametrize("name", PUBLISHED)
def test_when_consumption_is_explained_then_as_in_the_book(effects, name):
    estimate, error = PUBLISHED[name]
    row = effects.loc[f"column.{name}"]
    assert row["coefficient"] == pytest.approx(estimate, abs=2e-5)
    # The book divides by n - 5, maximum likelihood by n = 187: errors are smaller by the root of 182 / 187.
    margin = norm.ppf(0.975) * error * (182 / 187) ** 0.5
    assert (row["high"] - row["low"]) / 2 == pytest.approx(margin, rel=0.02)
