"""What every feature must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from forecastlab.schema import Feature, Grid
from forecastlab.testing.synthetic import history

Check = Callable[[Feature], None]
CODES = (("D", 7), ("W-SAT", 52), ("M", 12), ("Q", 4), ("Y", 1))


def columns_have_the_asked_shape(feature: Feature) -> None:
    """Every column is named and has one number per series and asked position; the set of columns does not change."""
    for code, season in CODES:
        grid = _grid(code, season)
        for at in (np.arange(30), np.array([29]), np.array([0, 7, 7])):
            found = feature.build(grid, at)
            assert all(found), f"a column without a name ({code})"
            assert all(np.shape(column) == (4, len(at)) for column in found.values()), f"another shape ({code})"
            assert list(found) == list(feature.build(grid, np.array([3]))), f"columns come and go ({code})"


def the_present_and_the_future_do_not_matter(feature: Feature) -> None:
    """Whatever happens to sales in a period or after it, and to drivers after it, its features stay."""
    for code, season in CODES:
        honest = _grid(code, season)
        for t in (0, 1, 13, 29):
            for poison in (np.nan, np.inf, 1e12, 0.0):
                values = np.where(np.arange(30) >= t, poison, honest.values)
                later = {name: np.where(np.arange(30) > t, poison, column) for name, column in honest.drivers.items()}
                tampered = Grid(honest.ids, honest.ds, values, later)
                at = np.arange(t + 1)
                expected, found = feature.build(honest, at), feature.build(tampered, at)
                for name, column in expected.items():
                    np.testing.assert_array_equal(column, found[name], f"{name} sees period {t} or later ({code})")


def later_periods_may_be_absent(feature: Feature) -> None:
    """A calendar that ends with the asked period gives the same features as one that goes on."""
    grid = _grid("W-SAT", 52)
    drivers = {name: column[:, :20] for name, column in grid.drivers.items()}
    short = Grid(grid.ids, grid.ds[:20], grid.values[:, :20], drivers)
    expected, found = feature.build(grid, np.array([19])), feature.build(short, np.array([19]))
    for name, column in expected.items():
        np.testing.assert_array_equal(column, found[name], f"{name} knows how long the calendar is")


def series_are_looked_at_alone(feature: Feature) -> None:
    """A series' features do not depend on the others."""
    grid = _grid("M", 12)
    at = np.arange(30)
    whole, some = feature.build(grid, at), feature.build(grid.take([2]), at)
    for name, column in whole.items():
        np.testing.assert_array_equal(column[2], some[name][0], f"{name} mixes series")


def the_grid_is_left_as_it_was(feature: Feature) -> None:
    """Building writes nothing into the series."""
    grid = _grid("M", 12)
    for values in (grid.values, *grid.drivers.values()):
        values.setflags(write=False)
    feature.build(grid, np.arange(30))


def _grid(code: str, season: int) -> Grid:
    grid = history(8, 4, 30, code, season).grid
    grid.values[3, :11] = np.nan
    draw = np.random.default_rng(9)
    return replace(grid, drivers={name: draw.normal(size=grid.values.shape) for name in ("shop.price", "sun.hours")})


CHECKS: tuple[Check, ...] = (
    columns_have_the_asked_shape,
    the_present_and_the_future_do_not_matter,
    later_periods_may_be_absent,
    series_are_looked_at_alone,
    the_grid_is_left_as_it_was,
)
