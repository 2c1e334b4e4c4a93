"""Customers as a list: who is at risk, how much money that is, what drives it, and how early it was known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecastlab.schema.customers import CustomerPast
from forecastlab.schema.names import CUSTOMER, CUTOFF, SEGMENT, SERIES, YHAT, Y
from forecastlab.stages.reasons import reasons

STRONGEST = 5
"""Terms of each customer that are told in words: the largest ones."""

TIERS = ("high", "mid", "low")
"""Customers by the money they brought so far: the fifth with the most, the next three tenths, the rest."""


def tiers(money: pd.Series[float]) -> pd.Series[str]:
    """The tier of each customer by money, best first; equal money is never torn apart, without any the tier is low."""
    rank = money.rank(ascending=False, method="min", pct=True)
    some = money > 0
    found = np.select([some & (rank <= 0.2), some & (rank <= 0.5)], list(TIERS[:2]), TIERS[2])
    return pd.Series(found, index=money.index)


def customer_list(scores: pd.DataFrame, past: CustomerPast, terms: pd.DataFrame) -> pd.DataFrame:
    """One row per scored customer, the money at stake most first: the warning list, or the list of values.

    Columns: ``unique_id, segment, tier, score``; ``rhythm``, the mean gap in days (NaN with one purchase);
    ``historic``, all money so far, ``contribution``, what of it was earned (times the margin), and ``stake``: of an
    amount the score itself, the potential value; of an event the money of a horizon at the better of the last two
    windows, times the probability that it is lost (silence) or won, or the share of it that will be waited; of an
    uplift the money of a basket, times the uplift. ``drivers`` are the features that raise the score most and
    ``reason`` the group that stands for them, both empty where the method cannot tell. The tier is that of the score of
    an amount, else of the historic money.
    """
    features = past.known.set_index(CUSTOMER).loc[scores[SERIES]]
    score, money = scores[YHAT].to_numpy(dtype=float), features["money"].to_numpy(dtype=float)
    recent = features[["money_recent", "money_before"]].max(axis=1).clip(lower=0).to_numpy(dtype=float)
    horizon = recent * past.days / past.window
    basket = features["basket"].to_numpy(dtype=float)
    worth = {"amount": 1.0, "event": horizon, "wait": horizon / past.days, "uplift": basket}
    stake = score * worth[past.kind]
    found = pd.DataFrame(
        {
            SERIES: scores[SERIES].to_numpy(),
            SEGMENT: scores[SEGMENT].to_numpy(),
            "tier": tiers(pd.Series(score if past.kind == "amount" else money)).to_numpy(),
            "score": score,
            "rhythm": features["rhythm"].to_numpy(dtype=float),
            "historic": money,
            "contribution": past.margin * money,
            "stake": stake,
        }
    )
    return driven(found, terms).sort_values(
        ["stake", "score", SERIES], ascending=[False, False, True], ignore_index=True
    )


def driven(found: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """The customers with ``drivers``, the features that raise the score most, and ``reason``; empty where unknown."""
    told = found.merge(_driven(terms), on=SERIES, how="left")
    told[["drivers", "reason"]] = told[["drivers", "reason"]].fillna("")
    return told


def _driven(terms: pd.DataFrame) -> pd.DataFrame:
    """What raises each score: the strongest drivers in words, and the reason (see ``reasons``)."""
    up = terms[terms["term"] > 0] if len(terms) else terms
    if not len(up):
        return pd.DataFrame(columns=[SERIES, "drivers", "reason"])
    strong = up[up["rank"] <= STRONGEST].sort_values([SERIES, "rank"])
    words = strong.groupby(SERIES)["driver"].agg(", ".join).rename("drivers")
    return pd.concat([words, reasons(terms).rename("reason")], axis=1).reset_index()


def shares(found: pd.DataFrame) -> pd.Series[float]:
    """The share of each reason on the list, weighted by the score; empty where the method cannot tell."""
    told = found[found["reason"] != ""] if "reason" in found else found.head(0).assign(reason="", score=0.0)
    sums = told.groupby("reason")["score"].sum()
    return (sums / sums.sum()).sort_values(ascending=False) if len(sums) else pd.Series(dtype=float)


def lead_times(forecasts: pd.DataFrame, share: float) -> pd.DataFrame:
    """How early customers who were lost had been flagged, one row each: ``unique_id, lost, flagged, days``.

    Flagged is, at each cutoff, the ``share`` with the highest scores. A customer is lost at the first cutoff after
    which nothing was bought (``y`` is 1). The last chance is that cutoff: ``days`` is how long before it the unbroken
    row of flags up to it began, 0 if it is the first one, NaN if the customer was not flagged there.
    """
    rows = forecasts.sort_values([SERIES, CUTOFF])
    rank = rows.groupby(CUTOFF)[YHAT].rank(ascending=False, method="first", pct=True)
    rows = rows.assign(flag=rank <= share)
    lost = rows[rows[Y] == 1].groupby(SERIES)[CUTOFF].min().rename("lost")
    before = rows.merge(lost, on=SERIES)
    before = before[before[CUTOFF] <= before["lost"]]
    missed = before[~before["flag"]].groupby(SERIES)[CUTOFF].max()
    told = before[before["flag"] & (before[CUTOFF] > before[SERIES].map(missed).fillna(pd.Timestamp.min))]
    flagged = told.groupby(SERIES)[CUTOFF].min().rename("flagged")
    found = pd.concat([lost, flagged], axis=1).reset_index()
    return found.assign(days=(found["lost"] - found["flagged"]).dt.days.astype(float))


def tier_shares(list_: pd.DataFrame, forecasts: pd.DataFrame) -> pd.DataFrame:
    """What each foretold tier held of the money that came: ``tier, customers, share`` over the last fold."""
    came = forecasts[forecasts[CUTOFF] == forecasts[CUTOFF].max()].set_index(SERIES)[Y]
    money = list_.assign(money=came.reindex(list_[SERIES]).clip(lower=0).to_numpy())
    sums = money.groupby("tier").agg(customers=("money", "size"), share=("money", "sum")).reindex(TIERS).fillna(0)
    total = float(sums["share"].sum())
    return sums.assign(share=sums["share"] / total if total else 0.0).reset_index()
