"""The people of the made-up shop: who they are, when they come, how often they buy, and why they go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.dataset._synthetic_days import YEAR, Days, Floats, stream, swing
from forecastlab.dataset._synthetic_settings import AGES, GRUDGES, REASONS, Calendar, Leads, Life, Spend

REGIONS = ("north", "east", "south", "west")
STORES = tuple(f"{region} {i}" for region in REGIONS for i in (1, 2, 3))
LONGEST = 100 * YEAR
"""No life is longer, so that its end is a date that can be written."""

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class People:
    """One entry per person, customers and leads in one order that tells nothing; moments are days since the start.

    ``lead`` is when a person became a lead (NaN: never), ``score`` is NaN where there is no lead. Who never buys has an
    infinite ``arrival``. ``rate`` counts purchases per day at level 1, ``shape`` is the Gamma shape of the gaps between
    them, ``taste`` the mean factor on prices. ``grudge`` is a place in GRUDGES or -1, ``reason`` one in REASONS.
    """

    lead: Floats
    score: Floats
    scored: NDArray[np.bool_]
    source: Codes
    converted: NDArray[np.bool_]
    arrival: Floats
    death: Floats
    silent_from: Floats
    silent_to: Floats
    rate: Floats
    shape: Floats
    taste: Floats
    grudge: Codes
    reason: Codes
    store: Codes
    age: Codes

    @property
    def ids(self) -> NDArray[np.str_]:
        """The customer ids."""
        return np.array([f"c{i:07d}" for i in range(len(self.arrival))])

    def silent(self, person: Codes, moment: Floats) -> NDArray[np.bool_]:
        """Whether persons were silent at these moments."""
        return (moment >= self.silent_from[person]) & (moment < self.silent_to[person])


def settle_people(
    seed: int, customers: int, days: Days, calendar: Calendar, life: Life, spend: Spend, leads: Leads
) -> People:
    """All people, drawn from the distributions of the settings."""
    count = customers + leads.people
    rng = stream(seed, "people")
    is_lead = rng.permutation(count) >= customers
    lead = np.where(is_lead, rng.uniform(0, days.count, count), np.nan)
    score = np.where(is_lead, rng.uniform(size=count), np.nan)
    scored = is_lead & (rng.uniform(size=count) < leads.scored_share)
    weights = np.array(list(leads.sources.values()), dtype=float)
    source = np.where(is_lead, rng.choice(len(weights), count, p=weights / weights.sum()), -1)
    chance = leads.chance_low + (leads.chance_high - leads.chance_low) * score
    converted = is_lead & (rng.uniform(size=count) < chance)
    delay = rng.exponential(leads.delay_days, count)
    came = np.where(is_lead, np.where(converted, lead + delay, np.inf), _arrivals(seed, count, days, calendar, life))

    rate = rng.gamma(life.r, 1 / life.alpha, count)
    regular = rng.uniform(size=count) < life.regular_share
    grudge = np.where(rng.uniform(size=count) < life.unhappy_share, rng.integers(0, len(GRUDGES), count), -1)
    lifetime, reason = _lives(seed, grudge, life)
    quiet = rng.uniform(size=count) < life.silent_share
    silent_from = np.where(quiet, came + rng.uniform(size=count) * lifetime, np.inf)
    pause = np.where(quiet, float(life.silent_days), 0.0)
    return People(
        lead=lead,
        score=score,
        scored=scored,
        source=source,
        converted=converted,
        arrival=came,
        death=came + np.minimum(lifetime + pause, LONGEST),
        silent_from=silent_from,
        silent_to=silent_from + pause,
        rate=rate,
        shape=np.where(regular, life.regularity, 1.0),
        # Means of a Gamma-Gamma: p v / Gamma(q), with v such that they average 1 over all customers.
        taste=(spend.q - 1) / rng.gamma(spend.q, 1.0, count),
        grudge=grudge,
        reason=reason,
        store=rng.integers(0, len(STORES), count),
        age=rng.integers(0, len(AGES), count),
    )


def _arrivals(seed: int, count: int, days: Days, calendar: Calendar, life: Life) -> Floats:
    """Moments spread over the first days, more of them in season."""
    rng = stream(seed, "arrivals")
    window = min(life.arrival_days or days.count, days.count)
    weight = swing(days.start, window, life.arrival_season, calendar.peak)
    edges = np.concatenate([[0.0], np.cumsum(weight)])
    moments: Floats = np.interp(rng.uniform(0, edges[-1], count), edges, np.arange(window + 1.0))
    return moments


def _lives(seed: int, grudge: Codes, life: Life) -> tuple[Floats, Codes]:
    """How long customers stay, and the reason that ends it: the first of competing exponential risks.

    Without unhappy customers the risks add up to the dropout rate, so lifetimes are those of Pareto/NBD.
    """
    rng = stream(seed, "lives")
    weights = np.array([life.reasons.get(name, 0.0) for name in REASONS])
    risks = np.tile(weights / weights.sum(), (len(grudge), 1))
    unhappy = np.flatnonzero(grudge >= 0)
    risks[unhappy, grudge[unhappy]] *= life.unhappy_factor
    whole = risks.sum(axis=1)
    dropout = rng.gamma(life.s, 1 / life.beta, len(grudge))
    lifetime = np.minimum(rng.exponential(1.0, len(grudge)) / np.maximum(dropout * whole, 1e-300), LONGEST)
    bounds = np.cumsum(risks, axis=1) / whole[:, None]
    reason = (rng.uniform(size=len(grudge))[:, None] >= bounds[:, :-1]).sum(axis=1)
    return lifetime, reason
