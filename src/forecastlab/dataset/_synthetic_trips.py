"""Who comes to the made-up shop when: purchases of customers, more of them after a campaign, and walk-ins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecastlab.dataset._synthetic_days import Days, Floats, stream
from forecastlab.dataset._synthetic_people import Codes, People
from forecastlab.dataset._synthetic_settings import AGES, Campaign

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

    ``without`` says which of the eligible buy in its days if they do not get it, ``with_it`` which if they do: both are
    known here, because the purchases that it causes or puts off were drawn for everybody.
    """

    name: str
    campaign: Campaign
    day: int
    eligible: Codes
    targeted: NDArray[np.bool_]
    without: NDArray[np.bool_]
    with_it: NDArray[np.bool_]

    @property
    def effect(self) -> float:
        """The share of the eligible who buy with it, less the share who do without."""
        return float(np.mean(self.with_it) - np.mean(self.without)) if len(self.eligible) else 0.0


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
    """The purchases with those that campaigns caused and without those they put off; the campaigns in order of time."""
    drawn = []
    for name, campaign in sorted(campaigns.items(), key=lambda item: (item[1].day, item[0])):
        rng = stream(seed, f"campaign {name}")
        day = days.offset(campaign.day)
        eligible = np.flatnonzero(people.arrival < day)
        targeted = rng.uniform(size=len(eligible)) < campaign.targeted_share
        end = min(day + campaign.days, days.count)
        begins = days.clock(np.minimum(float(day), people.death[eligible]))
        length = days.clock(np.minimum(float(end), people.death[eligible])) - begins
        strength = _strength(people, campaign)
        more = rng.poisson(np.maximum(strength[eligible], 0) * people.rate[eligible] * length)
        place = np.repeat(np.arange(len(eligible)), more)
        clock = begins[place] + rng.uniform(size=len(place)) * length[place]
        caused = _awake(Trips(eligible[place], days.moment(clock)), people)
        within = (trips.moment >= day) & (trips.moment < end)
        put_off = within & (
            stream(seed, f"campaign {name} puts off").uniform(size=len(within)) < -strength[trips.person]
        )
        without = np.isin(eligible, trips.person[within])
        with_it = np.isin(eligible, trips.person[within & ~put_off]) | np.isin(eligible, caused.person)
        drawn.append(Drawn(name, campaign, day, eligible, targeted, without, with_it))
        reached = eligible[targeted]
        stay, got = ~(put_off & np.isin(trips.person, reached)), np.isin(caused.person, reached)
        trips = Trips(trips.person[stay], trips.moment[stay]).joined(Trips(caused.person[got], caused.moment[got]))
    return trips, drawn


def _strength(people: People, campaign: Campaign) -> Floats:
    """How many more purchases each person makes who gets it, as a share of the usual ones; below 0: fewer."""
    appeal = np.array([campaign.appeal.get(age, 1.0) for age in AGES])
    found: Floats = campaign.uplift * appeal[people.age]
    return found


def walk_ins(seed: int, days: Days, known: int, share: float) -> Trips:
    """Purchases without a customer, so many that they are about that share of all, spread over the days by level."""
    rng = stream(seed, "walk-ins")
    count = rng.poisson(known * share / (1 - share))
    moment = days.moment(rng.uniform(0, days.edges[-1], count))
    return Trips(np.full(count, WALK_IN), moment)


def _awake(trips: Trips, people: People) -> Trips:
    there = ~people.silent(trips.person, trips.moment)
    return Trips(trips.person[there], trips.moment[there])
