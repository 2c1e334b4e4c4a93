"""The days of the made-up shop: how strong demand is on each, and what is dear, promoted or sold out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecastlab.dataset._synthetic_settings import Calendar, Goods

Floats = NDArray[np.float64]
YEAR = 365.25
MICROS = 1_000_000
OPENS, OPEN = 8 * 3600, 12 * 3600
"""The second of the day at which the shop opens, and how long it is open."""


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Random numbers for one purpose: what is drawn for another one does not move them."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *purpose.encode()])))


@dataclass(frozen=True)
class Days:
    """The days from ``start`` on; ``level`` of shape (days,) is the factor on every purchase rate.

    Moments are days since the start, as numbers with a fraction. ``clock`` is the level summed up: on it, purchases
    are as frequent on a strong day as on a weak one, so a constant process on the clock becomes a seasonal one in time.
    """

    start: date
    level: Floats

    @property
    def count(self) -> int:
        """How many days there are."""
        return len(self.level)

    @property
    def edges(self) -> Floats:
        """The clock at the beginning of each day, and at the end of the last."""
        return np.concatenate([[0.0], np.cumsum(self.level)])

    def clock(self, moment: Floats) -> Floats:
        """What the clock shows; after the last day it stands still."""
        found: Floats = np.interp(moment, np.arange(self.count + 1.0), self.edges)
        return found

    def moment(self, clock: Floats) -> Floats:
        """When the clock shows that, before the end of the last day."""
        found = np.interp(clock, self.edges, np.arange(self.count + 1.0))
        before: Floats = np.minimum(found, np.nextafter(self.count, 0))
        return before

    def stamp(self, moment: Floats) -> NDArray[np.datetime64]:
        """The date and time of moments, to the second, within opening hours; NaN and infinity: no time."""
        known = np.isfinite(moment)
        whole = np.where(known, moment, 0.0)
        day = np.floor(whole)
        second = day.astype(np.int64) * 86400 + OPENS + ((whole - day) * OPEN).astype(np.int64)
        stamps = np.datetime64(self.start, "us") + (second * MICROS).astype("timedelta64[us]")
        found: NDArray[np.datetime64] = np.where(known, stamps, np.datetime64("NaT", "us"))
        return found

    def offset(self, day: str) -> int:
        """How many days after the start a day is."""
        return (date.fromisoformat(day) - self.start).days


@dataclass(frozen=True)
class Shelves:
    """What each category costs and whether it is promoted or sold out: arrays of shape (days, categories)."""

    names: tuple[str, ...]
    price: Floats
    promoted: NDArray[np.bool_]
    sold_out: NDArray[np.bool_]
    price_effect: Floats
    promotion_effect: Floats


def lay_days(start: date, count: int, calendar: Calendar) -> Days:
    """The days and their level: trend × yearly swing × weekday × break."""
    t = np.arange(count)
    weights = np.array(calendar.weekdays)
    weekday = (start.weekday() + t) % 7
    level = (1 + calendar.trend) ** (t / YEAR) * swing(start, count, calendar.season, calendar.peak)
    level *= (weights / weights.mean())[weekday]
    days = Days(start, level)
    if calendar.break_day is None:
        return days
    return Days(start, level * np.where(t >= days.offset(calendar.break_day), 1 + calendar.break_size, 1.0))


def swing(start: date, count: int, size: float, peak: int) -> Floats:
    """A yearly wave around 1 that is highest on the day ``peak`` of the year."""
    day_of_year = start.timetuple().tm_yday + np.arange(count)
    wave: Floats = 1 + size * np.cos(2 * np.pi * (day_of_year - peak) / YEAR)
    return wave


def stock_shelves(seed: int, count: int, goods: Goods) -> Shelves:
    """Prices, promotions and gaps of every category; the staple is neither promoted nor ever sold out."""
    names = tuple(goods.categories)
    price, promoted, sold_out = [np.empty((count, len(names)), dtype) for dtype in (float, bool, bool)]
    week = np.arange(count) // 7
    for column, (name, category) in enumerate(goods.categories.items()):
        rng = stream(seed, f"shelf {name}")
        swings = rng.uniform(-goods.price_swing, goods.price_swing, week[-1] // goods.price_weeks + 1)
        # Whole cents, so that what is printed on the shelf is what counts.
        price[:, column] = np.round(category.price * (1 + swings[week // goods.price_weeks]), 2)
        staple = name == goods.staple
        promoted[:, column] = (rng.uniform(size=week[-1] + 1) < goods.promoted_share)[week] & (not staple)
        begins = rng.integers(0, count, rng.poisson(goods.stockouts * count / YEAR))
        out = np.zeros(count, dtype=bool)
        for begin in begins:
            out[begin : begin + goods.stockout_days] = True
        sold_out[:, column] = out & (not staple)
    kinds = list(goods.categories.values())
    elasticity, uplift = np.array([k.elasticity for k in kinds]), np.array([k.uplift for k in kinds])
    relative = price / np.array([k.price for k in kinds])
    return Shelves(names, price, promoted, sold_out, relative**elasticity, np.where(promoted, 1 + uplift, 1.0))
