"""What can be set of the made-up shop: its calendar, its people, its goods and what it does to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from forecastlab.schema import ConfigError, Fault, nearest

if TYPE_CHECKING:
    from forecastlab.dataset.synthetic import Synthetic

SHORTEST = 28
"""Days that must be seen, at least."""
DAY = r"^\d{4}-\d{2}-\d{2}$"
Share = Annotated[float, Field(ge=0, lt=1)]

AGES = ("18-29", "30-44", "45-64", "65+")

REASONS = ("product", "service", "price", "competition", "rhythm")
"""Why customers leave; of the first three they may be unhappy, and say so."""
GRUDGES = REASONS[:3]


@dataclass(frozen=True)
class Calendar:
    """How demand moves with the days, the same for all customers: a factor on every purchase rate."""

    trend: Annotated[float, Field(description="growth of the level in a year, 0.05 is 5 %", gt=-0.9, le=5)]
    season: Annotated[float, Field(description="yearly swing, as a share of the level", ge=0, lt=1)]
    peak: Annotated[int, Field(description="day of the year on which the yearly swing is highest", ge=1, le=366)]
    weekdays: Annotated[
        tuple[Annotated[float, Field(gt=0)], ...],
        Field(description="weights of Monday to Sunday; only their proportions count", min_length=7, max_length=7),
    ]
    break_day: Annotated[str | None, Field(description="'YYYY-MM-DD': the level breaks on it; null: none", pattern=DAY)]
    break_size: Annotated[float, Field(description="change of the level from then on, -0.3 is 30 % less", gt=-1, le=5)]


@dataclass(frozen=True)
class Life:
    """How customers come, buy and go: Pareto/NBD, in days, with reasons, silences and regular shoppers on top."""

    arrival_days: Annotated[int | None, Field(ge=1, description="customers arrive in these first days; null: in all")]
    arrival_season: Annotated[
        float, Field(ge=0, lt=1, description="yearly swing of the arrivals; peak of the calendar")
    ]
    r: Annotated[float, Field(gt=0, description="shape of the Gamma distribution of purchase rates")]
    alpha: Annotated[float, Field(gt=0, description="its rate in days: the mean rate is r / alpha purchases per day")]
    s: Annotated[float, Field(gt=0, description="shape of the Gamma distribution of dropout rates")]
    beta: Annotated[float, Field(gt=0, description="its rate in days: the mean dropout rate is s / beta per day")]
    regular_share: Annotated[Share, Field(description="share of customers who buy in a rhythm, not at random")]
    regularity: Annotated[float, Field(ge=1, description="Gamma shape of their gaps; 1 is random, 10 a clockwork")]
    silent_share: Annotated[Share, Field(description="share of customers who fall silent once, and return")]
    silent_days: Annotated[int, Field(ge=1, description="length of that silence; it does not count towards dropout")]
    reasons: Annotated[
        Mapping[str, Annotated[float, Field(ge=0)]],
        Field(description="weights of the reasons to leave: product, service, price, competition, rhythm"),
    ]
    unhappy_share: Annotated[Share, Field(description="share of customers unhappy with product, service or price")]
    unhappy_factor: Annotated[float, Field(ge=1, description="by how much that reason weighs more for them")]


@dataclass(frozen=True)
class Spend:
    """How dearly customers buy: a factor on prices, Gamma-Gamma with mean 1, independent of how often they buy."""

    p: Annotated[float, Field(gt=0, description="Gamma shape of a basket's factor around its customer's mean")]
    q: Annotated[float, Field(gt=1, description="Gamma shape of the customers' means; larger: more alike")]


@dataclass(frozen=True)
class Category:
    """What is sold under one heading, and how demand for it answers to price and promotion."""

    price: Annotated[float, Field(gt=0, description="regular price of its mean product")]
    products: Annotated[int, Field(ge=1, le=99, description="products; their prices spread around the mean")]
    units: Annotated[float, Field(ge=0, description="mean units in a basket at regular price without promotion")]
    elasticity: Annotated[float, Field(le=0, description="per cent of units per per cent of price")]
    uplift: Annotated[float, Field(ge=0, description="more units in a promoted week, 0.5 is 50 %")]


@dataclass(frozen=True)
class Goods:
    """What the shop sells and how it sets prices, promotes and runs out."""

    staple: Annotated[str, Field(description="category of which every basket holds one unit more; always there")]
    categories: Annotated[Mapping[str, Category], Field(description="by name", min_length=1)]
    price_weeks: Annotated[int, Field(ge=1, description="weeks for which a price stands")]
    price_swing: Annotated[float, Field(ge=0, lt=1, description="prices vary by as much up and down, as a share")]
    promoted_share: Annotated[Share, Field(description="share of weeks in which a category is promoted")]
    stockouts: Annotated[float, Field(ge=0, description="times per year that a category runs out")]
    stockout_days: Annotated[int, Field(ge=1, description="days for which it is out")]
    returned_share: Annotated[Share, Field(description="share of lines that are brought back")]
    return_days: Annotated[float, Field(gt=0, description="mean days until they are")]
    online_share: Annotated[Share, Field(description="share of baskets bought online")]
    anonymous_share: Annotated[Share, Field(description="share of baskets bought without a customer card")]


@dataclass(frozen=True)
class Leads:
    """People who are known before they buy; some will."""

    people: Annotated[int, Field(ge=0, description="leads beside the customers")]
    sources: Annotated[
        Mapping[str, Annotated[float, Field(ge=0)]], Field(description="kinds of leads and their weights", min_length=1)
    ]
    scored_share: Annotated[float, Field(ge=0, le=1, description="share of leads whose score is known")]
    chance_low: Annotated[float, Field(ge=0, le=1, description="chance to become a customer with a score of 0")]
    chance_high: Annotated[float, Field(ge=0, le=1, description="chance with a score of 1; in between on a line")]
    delay_days: Annotated[float, Field(gt=0, description="mean days from the lead to the first purchase")]


@dataclass(frozen=True)
class Campaign:
    """An offer to a part of all customers, drawn by lot; the others are the control group."""

    day: Annotated[str, Field(description="'YYYY-MM-DD': the day on which it goes out", pattern=DAY)]
    days: Annotated[int, Field(ge=1, description="days for which it works")]
    targeted_share: Annotated[float, Field(gt=0, lt=1, description="share of customers who get it")]
    uplift: Annotated[float, Field(ge=0, description="more purchases of those who got it, 0.5 is 50 %")]
    appeal: Annotated[
        Mapping[str, float],
        Field(description="factor on uplift by age group, such as {65+: -0.5}: below 0 it puts off; {}: all alike"),
    ]


@dataclass(frozen=True)
class Signals:
    """What customers leave behind beside purchases."""

    visits: Annotated[float, Field(ge=0, description="visits without a purchase, per purchase expected")]
    clicks: Annotated[float, Field(ge=0, description="clicks in newsletters, per purchase expected")]
    rated_share: Annotated[Share, Field(description="share of baskets that are rated from 1 to 5")]
    rating: Annotated[float, Field(ge=1, le=5, description="mean rating of happy customers")]
    grudge: Annotated[float, Field(ge=0, description="how much lower that of unhappy customers is")]
    rating_spread: Annotated[float, Field(ge=0, description="standard deviation of ratings before rounding")]
    complaint_share: Annotated[Share, Field(description="share of baskets of happy customers with a complaint")]
    unhappy_complaint_share: Annotated[Share, Field(description="the same share of unhappy customers")]
    true_subject_share: Annotated[
        float, Field(ge=0, le=1, description="share of unhappy customers' complaints about what they are unhappy with")
    ]


def first_day(part: Synthetic) -> date:
    """The first day of the shop. Raises ConfigError with all that the types do not forbid and that makes no sense."""
    others = {f"dataset.campaigns.{name}.day": campaign.day for name, campaign in part.campaigns.items()}
    if part.calendar.break_day is not None:
        others["dataset.calendar.break_day"] = part.calendar.break_day
    faults = list(_no_dates({"dataset.start": part.start, **others}))
    if not faults:
        begin = date.fromisoformat(part.start)
        end = begin + timedelta(days=part.days - 1)
        faults += [
            Fault("outside-span", key, f"found {day}, allowed is {begin} to {end}", "move it, or lengthen dataset.days")
            for key, day in others.items()
            if not begin <= date.fromisoformat(day) <= end
        ]
    faults += _no_sense(part)
    if faults:
        raise ConfigError(faults)
    return date.fromisoformat(part.start)


def _no_dates(found: Mapping[str, str]) -> Iterator[Fault]:
    for key, day in found.items():
        try:
            date.fromisoformat(day)
        except ValueError:
            yield Fault("no-date", key, f"found {day!r}, which is no day", "write it like 2024-03-01")


def _no_sense(part: Synthetic) -> Iterator[Fault]:
    goods, reasons = part.goods, part.life.reasons
    if goods.staple not in goods.categories:
        what = f"found {goods.staple!r}, there is {', '.join(goods.categories)}"
        fix = nearest(goods.staple, list(goods.categories))
        yield Fault("unknown-category", "dataset.goods.staple", what, fix)
    for campaign, age in ((name, age) for name, each in part.campaigns.items() for age in each.appeal):
        if age not in AGES:
            what = f"found {age!r}, allowed are {', '.join(AGES)}"
            yield Fault("unknown-age", f"dataset.campaigns.{campaign}.appeal", what, nearest(age, AGES))
    for name in reasons:
        if name not in REASONS:
            what = f"found {name!r}, allowed are {', '.join(REASONS)}"
            yield Fault("unknown-reason", "dataset.life.reasons", what, nearest(name, REASONS))
    if not sum(reasons.values()):
        yield Fault("no-weight", "dataset.life.reasons", "all weights are zero", "give one of them a weight")
    if not sum(part.leads.sources.values()):
        yield Fault("no-weight", "dataset.leads.sources", "all weights are zero", "give one of them a weight")
    if part.history == "midlife" and part.hidden_days > part.days - SHORTEST:
        what = f"found {part.hidden_days} of {part.days} days, at least {SHORTEST} must be seen"
        yield Fault("all-hidden", "dataset.hidden_days", what, "lengthen dataset.days")
