"""What is in the baskets of the made-up shop, what is brought back, and what could not be bought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.dataset._synthetic_days import Days, Floats, Shelves, stream
from forecastlab.dataset._synthetic_people import STORES, Codes, People
from forecastlab.dataset._synthetic_settings import Category, Goods, Spend
from forecastlab.dataset._synthetic_trips import Trips

CHANNELS = ("store", "online")


@dataclass(frozen=True)
class Lines:
    """Purchase lines as numbers: places in the lists of names, moments, whole cents. ``person`` -1 is nobody."""

    person: Codes
    moment: Floats
    basket: Codes
    category: Codes
    product: Codes
    store: Codes
    channel: Codes
    quantity: Codes
    cents: Codes

    def taken(self, rows: NDArray[np.bool_]) -> Lines:
        """Some of the lines."""
        return Lines(**{name: values[rows] for name, values in vars(self).items()})

    def joined(self, *others: Lines) -> Lines:
        """These lines and the others after them."""
        parts = [vars(each) for each in (self, *others)]
        return Lines(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def fill_baskets(
    seed: int, days: Days, people: People, trips: Trips, shelves: Shelves, goods: Goods, spend: Spend
) -> tuple[Lines, pd.DataFrame]:
    """The lines of all purchases without returns, and the truth about demand by day and category.

    The units of a category in a basket are Poisson around ``units`` × price effect × promotion effect; of the staple
    there is one more, so that no basket is empty. On days on which a category is sold out they are drawn and lost.
    """
    rng = stream(seed, "baskets")
    count = len(trips.moment)
    day = trips.moment.astype(np.int64)
    known = trips.person >= 0
    home = rng.integers(0, len(STORES), count)
    home[known] = people.store[trips.person[known]]
    channel = (rng.uniform(size=count) < goods.online_share).astype(np.int64)
    mean_factor = np.where(known, people.taste[trips.person], 1.0)
    factor = mean_factor * rng.gamma(spend.p, 1 / spend.p, count)
    visits = np.bincount(day, minlength=days.count)

    lines, demand, before = [], [], 0
    for place, (name, category) in enumerate(goods.categories.items()):
        own = stream(seed, f"basket {name}")
        mean = category.units * shelves.price_effect[:, place] * shelves.promotion_effect[:, place]
        staple = int(name == goods.staple)
        wanted = own.poisson(mean[day]) + staple
        asked = np.flatnonzero(wanted)
        product, relative = _products(own, category, len(asked))
        price = shelves.price[day[asked], place] * relative
        line = Lines(
            person=trips.person[asked],
            moment=trips.moment[asked],
            basket=asked,
            category=np.full(len(asked), place),
            product=product + before,
            store=home[asked],
            channel=channel[asked],
            quantity=wanted[asked],
            cents=np.maximum(np.rint(100 * price * factor[asked] * wanted[asked]), 1).astype(np.int64),
        )
        before += category.products
        gone = shelves.sold_out[day[asked], place]
        lines.append(line.taken(~gone))
        demand.append(_demand(days, name, place, shelves, visits, mean + staple, day[asked], wanted[asked], gone))
    return lines[0].joined(*lines[1:]), pd.concat(demand, ignore_index=True)


def bring_back(seed: int, days: Days, lines: Lines, baskets: int, goods: Goods) -> Lines:
    """The returns: a share of the lines again, later, with money and quantity the other way round."""
    rng = stream(seed, "returns")
    chosen = rng.uniform(size=len(lines.person)) < goods.returned_share
    back = lines.taken(chosen)
    moment = back.moment + rng.exponential(goods.return_days, len(back.person))
    values = vars(back) | {"moment": moment, "quantity": -back.quantity, "cents": -back.cents}
    values["basket"] = baskets + np.arange(len(back.person))
    return Lines(**values).taken(moment < days.count)


def product_names(goods: Goods) -> list[str]:
    """All products, category by category."""
    return [f"{name} {i:02d}" for name, category in goods.categories.items() for i in range(1, category.products + 1)]


def _products(rng: np.random.Generator, category: Category, count: int) -> tuple[Codes, Floats]:
    """The product of each line, cheap and dear ones equally likely, and its price as a multiple of the mean one."""
    spread = np.linspace(0.6, 1.4, category.products) if category.products > 1 else np.ones(1)
    product = rng.integers(0, category.products, count)
    return product, spread[product]


def _demand(
    days: Days,
    name: str,
    place: int,
    shelves: Shelves,
    visits: Codes,
    mean: Floats,
    day: Codes,
    wanted: Codes,
    gone: NDArray[np.bool_],
) -> pd.DataFrame:
    lift = shelves.promotion_effect[:, place]
    return pd.DataFrame(
        {
            "day": np.datetime64(days.start, "us") + np.arange(days.count).astype("timedelta64[D]"),
            "category": name,
            "level": days.level,
            "baskets": visits,
            "expected": visits * mean,
            "promotion_effect": visits * mean * (1 - 1 / lift),
            "price_effect": shelves.price_effect[:, place],
            "wanted": np.bincount(day, wanted, days.count).astype(np.int64),
            "lost": np.bincount(day[gone], wanted[gone], days.count).astype(np.int64),
        }
    )
