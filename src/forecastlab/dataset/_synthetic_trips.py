"""Who comes to the made-up shop when: purchases of customers, more of them after a campaign, and walk-ins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.dataset._synthetic_days import Days, Floats, stream
from forecastlab.dataset._synthetic_people import Codes, People
from forecastlab.dataset._synthetic_settings import Campaign

WALK_IN = -1
"""The person of a purchase that names no customer."""


@dataclass(frozen=True)
class Trips:
    """Purchases in order of time: who (WALK_IN: nobody) and when, in days since the start."""

    person: Codes
    moment: Floats

    def sorted(self) -> Trips:
        """The same in order of time, ties by person."""
        order = np.lexsort([self.person, self.moment])
        return Trips(self.person[order], self.moment[order])

    def joined(self, other: Trips) -> Trips:
        """These and the others."""
        return Trips(np.append(self.person, other.person), np.append(self.moment, other.moment))


@dataclass(frozen=True)
class Drawn:
    """A campaign as it was held: who was eligible, who got it, and what it did to them.

    ``effect`` is the share of eligible customers who buy in its days if they get it, less the share who do if not:
    both are known here, because the purchases that it causes were drawn for everybody.
    """

    name: str
    campaign: Campaign
    day: int
    eligible: Codes
    targeted: NDArray[np.bool_]
    effect: float


def own_trips(seed: int, days: Days, people: People) -> Trips:
    """The purchases of all customers from their arrival to their death: gaps on the clock are Gamma distributed.

    All customers take one step after the other together, so the work is as long as the busiest life.
    """
    rng = stream(seed, "trips")
    person = np.flatnonzero(people.arrival < days.count)
    clock, end = days.clock(people.arrival[person]), days.clock(people.death[person])
    who, when = [person], [people.arrival[person]]
    while len(person):
        clock = clock + rng.gamma(people.shape[person]) / (people.shape[person] * people.rate[person])
        alive = clock < end
        person, clock, end = person[alive], clock[alive], end[alive]
        who.append(person)
        when.append(days.moment(clock))
    return _awake(Trips(np.concatenate(who), np.concatenate(when)), people)


def run_campaigns(
    seed: int, days: Days, people: People, trips: Trips, campaigns: Mapping[str, Campaign]
) -> tuple[Trips, list[Drawn]]:
    """The purchases with those that campaigns caused, and the campaigns in order of time."""
    drawn = []
    for name, campaign in sorted(campaigns.items(), key=lambda item: (item[1].day, item[0])):
        rng = stream(seed, f"campaign {name}")
        day = days.offset(campaign.day)
        eligible = np.flatnonzero(people.arrival < day)
        targeted = rng.uniform(size=len(eligible)) < campaign.targeted_share
        end = min(day + campaign.days, days.count)
        begins = days.clock(np.minimum(float(day), people.death[eligible]))
        length = days.clock(np.minimum(float(end), people.death[eligible])) - begins
        more = rng.poisson(campaign.uplift * people.rate[eligible] * length)
        place = np.repeat(np.arange(len(eligible)), more)
        clock = begins[place] + rng.uniform(size=len(place)) * length[place]
        caused = _awake(Trips(eligible[place], days.moment(clock)), people)
        without = np.isin(eligible, trips.person[(trips.moment >= day) & (trips.moment < end)])
        with_it = without | np.isin(eligible, caused.person)
        effect = float(np.mean(with_it) - np.mean(without)) if len(eligible) else 0.0
        drawn.append(Drawn(name, campaign, day, eligible, targeted, effect))
        got = np.isin(caused.person, eligible[targeted])
        trips = trips.joined(Trips(caused.person[got], caused.moment[got]))
    return trips, drawn


def walk_ins(seed: int, days: Days, known: int, share: float) -> Trips:
    """Purchases without a customer, so many that they are about that share of all, spread over the days by level."""
    rng = stream(seed, "walk-ins")
    count = rng.poisson(known * share / (1 - share))
    moment = days.moment(rng.uniform(0, days.edges[-1], count))
    return Trips(np.full(count, WALK_IN), moment)


def _awake(trips: Trips, people: People) -> Trips:
    there = ~people.silent(trips.person, trips.moment)
    return Trips(trips.person[there], trips.moment[there])
