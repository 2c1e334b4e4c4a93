"""Everything about the made-up shop that is not a purchase: the further tables, and the truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.dataset._synthetic_days import Days, Floats, Shelves, stream
from forecastlab.dataset._synthetic_people import Codes, People
from forecastlab.dataset._synthetic_settings import GRUDGES, REASONS, Signals
from forecastlab.dataset._synthetic_trips import Drawn, Trips

Moments = NDArray[np.datetime64]


def events(seed: int, days: Days, people: People, signals: Signals) -> pd.DataFrame:
    """Visits and clicks while a customer lives and is not silent, in proportion to the purchase rate."""
    begins, ends = days.clock(np.minimum(people.arrival, days.count)), days.clock(np.minimum(people.death, days.count))
    found = []
    for kind, per_purchase in (("visit", signals.visits), ("newsletter_click", signals.clicks)):
        rng = stream(seed, f"events {kind}")
        person = np.repeat(np.arange(len(begins)), rng.poisson(per_purchase * people.rate * (ends - begins)))
        moment = days.moment(begins[person] + rng.uniform(size=len(person)) * (ends - begins)[person])
        awake = ~people.silent(person, moment)
        found.append(_rows(days, people, person[awake], moment[awake], np.full(awake.sum(), kind), None))
    return _table(found)


def feedback(seed: int, days: Days, people: People, trips: Trips, signals: Signals) -> pd.DataFrame:
    """Ratings and complaints about baskets, known within a day of them."""
    rng = stream(seed, "feedback")
    trips = Trips(trips.person[trips.person >= 0], trips.moment[trips.person >= 0])
    unhappy = people.grudge[trips.person] >= 0
    moment = trips.moment + rng.uniform(size=len(unhappy))
    opinion = signals.rating - signals.grudge * unhappy + signals.rating_spread * rng.normal(size=len(unhappy))
    rated = (rng.uniform(size=len(unhappy)) < signals.rated_share) & (moment < days.count)
    chance = np.where(unhappy, signals.unhappy_complaint_share, signals.complaint_share)
    angry = (rng.uniform(size=len(unhappy)) < chance) & (moment < days.count)
    stars = np.clip(np.rint(opinion[rated]), 1, 5)
    kinds = [np.full(rated.sum(), "satisfaction"), np.full(angry.sum(), "complaint")]
    return _table(
        [
            _rows(days, people, trips.person[rated], moment[rated], kinds[0], stars),
            _rows(days, people, trips.person[angry], moment[angry], kinds[1], None),
        ]
    )


def complaints(seed: int, people: People, told: pd.DataFrame, signals: Signals) -> pd.DataFrame:
    """What each complaint of the feedback was about: product, service or price, mostly what the customer is unhappy
    with."""
    rows = told[told["kind"] == "complaint"]
    rng = stream(seed, "complaints")
    grudge = pd.Series(people.grudge, index=people.ids).reindex(rows["customer_id"]).to_numpy()
    drawn = rng.integers(0, len(GRUDGES), len(rows))
    own = (grudge >= 0) & (rng.uniform(size=len(rows)) < signals.true_subject_share)
    subjects = np.array(GRUDGES, dtype=object)[np.where(own, grudge, drawn)]
    return _table([rows.assign(kind=subjects)])


def leads(days: Days, people: People, sources: Sequence[str]) -> pd.DataFrame:
    """Every lead when it came in, with its source and, where it is known, its score."""
    person = np.flatnonzero(np.isfinite(people.lead))
    score = np.where(people.scored, np.round(people.score, 4), np.nan)[person]
    kinds = np.array(sources)[people.source[person]]
    return _table([_rows(days, people, person, people.lead[person], kinds, score)])


def campaigns(days: Days, people: People, drawn: Sequence[Drawn]) -> pd.DataFrame:
    """Who got a campaign (1) and who was in its control group (0), on the day on which it went out."""
    found = []
    for each in drawn:
        rows = _rows(days, people, each.eligible, np.zeros(len(each.eligible)), each.name, each.targeted.astype(float))
        found.append(rows.assign(time=_midnight(days, each.day)))
    return _table(found)


def prices(days: Days, shelves: Shelves) -> pd.DataFrame:
    """What stood on the shelves: one row per day and category."""
    count, width = shelves.price.shape
    return pd.DataFrame(
        {
            "day": np.repeat(_midnight(days, 0) + np.arange(count).astype("timedelta64[D]"), width),
            "category": np.tile(np.array(shelves.names, dtype=object), count),
            "price": shelves.price.ravel(),
            "promotion": shelves.promoted.ravel().astype(float),
            "stockout": shelves.sold_out.ravel().astype(float),
        }
    )


def truth_customers(days: Days, people: People) -> pd.DataFrame:
    """One row per person; who never came has neither rate nor reason."""
    came = np.isfinite(people.arrival)
    frame = pd.DataFrame(
        {
            "customer_id": people.ids,
            "lead": days.stamp(people.lead),
            "score": np.round(people.score, 4),
            "converted": people.converted,
            "arrival": days.stamp(people.arrival),
            "death": days.stamp(people.death),
            "churn_reason": np.array(REASONS, dtype=object)[people.reason],
            "unhappy_with": np.array([*GRUDGES, None], dtype=object)[people.grudge],
            "silent_from": days.stamp(people.silent_from),
            "silent_to": days.stamp(people.silent_to),
            "rate": people.rate,
            "rhythm": 1 / people.rate,
            "regularity": people.shape,
            "mean_spend_factor": people.taste,
        }
    )
    frame.loc[~came, "churn_reason"] = None
    frame.loc[~came, ["rate", "rhythm", "regularity", "mean_spend_factor"]] = np.nan
    return frame


def truth_campaigns(days: Days, drawn: Sequence[Drawn]) -> pd.DataFrame:
    """One row per campaign: its size, its uplift of the purchase rate, and its effect on the share of buyers."""
    return pd.DataFrame(
        {
            "campaign": [each.name for each in drawn],
            "day": np.array([_midnight(days, each.day) for each in drawn], dtype="datetime64[us]"),
            "days": np.array([each.campaign.days for each in drawn], dtype=np.int64),
            "eligible": np.array([len(each.eligible) for each in drawn], dtype=np.int64),
            "targeted": np.array([each.targeted.sum() for each in drawn], dtype=np.int64),
            "uplift": np.array([each.campaign.uplift for each in drawn], dtype=float),
            "effect": np.array([each.effect for each in drawn], dtype=float),
        }
    )


def truth_uplift(people: People, drawn: Sequence[Drawn]) -> pd.DataFrame:
    """One row per campaign and eligible customer: who got it, who buys in its days without it, and who with it.

    With and not without are the persuadable; both, the sure things; neither, the lost causes; without and not with it,
    those whom it puts off.
    """
    return pd.DataFrame(
        {
            "campaign": np.array([each.name for each in drawn], dtype=object).repeat([len(e.eligible) for e in drawn]),
            "customer_id": people.ids[np.concatenate([np.empty(0, np.int64), *(each.eligible for each in drawn)])],
            "targeted": np.concatenate([np.empty(0, bool), *(each.targeted for each in drawn)]),
            "without": np.concatenate([np.empty(0, bool), *(each.without for each in drawn)]),
            "with_it": np.concatenate([np.empty(0, bool), *(each.with_it for each in drawn)]),
        }
    )


def _midnight(days: Days, day: int) -> np.datetime64:
    return np.datetime64(days.start, "us") + np.timedelta64(day, "D")


def _rows(
    days: Days, people: People, person: Codes, moment: Floats, kind: NDArray[np.str_] | str, value: Floats | None
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": people.ids[person],
            "time": days.stamp(moment),
            "kind": kind,
            "value": np.full(len(person), np.nan) if value is None else value,
        }
    )


def _table(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """A further table, sorted, as ``SalesLog`` says."""
    columns = ["customer_id", "time", "kind", "value"]
    whole = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    text = whole.astype({"customer_id": object, "time": "datetime64[us]", "kind": object, "value": "float64"})
    return text.sort_values(columns, ignore_index=True)
