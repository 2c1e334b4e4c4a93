"""Rules: who of the customers gets which action, through which channel, with how much of the budget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.playbook import _faults
from forecastlab.playbook._budget import dealt, exact, pots
from forecastlab.schema import ConfigError, Fault, Plan, names
from forecastlab.schema.planning import Meaning, Roster

Probability = Annotated[float, Field(ge=-1, le=1)]


@dataclass(frozen=True)
class Rule:
    """Whom it meets, and what is done about them."""

    stage: Annotated[tuple[str, ...] | None, Field(description="segments that it meets; null: all")]
    tier: Annotated[
        tuple[Literal["high", "mid", "low"], ...] | None, Field(description="tiers of value that it meets; null: all")
    ]
    at_least: Annotated[Probability | None, Field(description="probabilities from this one on; null: no lower bound")]
    below: Annotated[Probability | None, Field(description="probabilities under this one; null: no upper bound")]
    action: Annotated[str, Field(min_length=1, description="what is done, in words that the CRM knows")]
    channel: Annotated[str, Field(min_length=1, description="through which channel")]
    share: Annotated[float, Field(ge=0, le=1, description="share of the budget for all whom it meets together")]
    saved: Annotated[float, Field(ge=0, le=1, description="share of the value at stake that the action brings")]
    most: Annotated[float | None, Field(gt=0, description="money for one customer at most; null: no bound")]

    def meets(self, customers: pd.DataFrame) -> NDArray[np.bool_]:
        """Which of the customers it meets."""
        score = customers["score"].to_numpy(dtype=float)
        found = np.ones(len(customers), dtype=bool)
        for column, wanted in ((names.SEGMENT, self.stage), ("tier", self.tier)):
            found &= customers[column].isin(wanted).to_numpy() if wanted is not None else True
        found &= score >= self.at_least if self.at_least is not None else True
        found &= score < self.below if self.below is not None else True
        return found


@dataclass(frozen=True)
class Rules:
    """From stage, tier and probability to an action, a channel and a budget: readable rules that do not overlap.

    A rule has ``share`` of the budget. It is dealt among the customers it meets in proportion to the expected value of
    acting: probability × value × ``saved``, where probability × value is what is at stake. Cents are exact: those of a
    rule sum to its pot, and the pots to the budget where shares sum to 1 (largest remainder).
    """

    of: Annotated[
        tuple[Meaning, ...],
        Field(min_length=1, description="what scores may mean: silence, purchase, other, uplift, amount, wait"),
    ]
    budget: Annotated[float, Field(ge=0, description="money for all customers together, in currency units")]
    rules: Annotated[Mapping[str, Rule], Field(min_length=1, description="by name; no two may meet the same customer")]

    def mistakes(self) -> Iterator[Fault]:
        """Shares above 1, rules that meet nobody, rules that meet the same, parts of a cent."""
        for key, money in {"budget": self.budget, **{f"rules.{k}.most": r.most for k, r in self.rules.items()}}.items():
            if money is not None and (exact(money) * 100).denominator != 1:
                yield Fault("finer-than-cents", key, f"found {money}, allowed are whole cents", "round it")
        yield from _faults.of_shares(self.rules)
        broken = list(_faults.of_reach(self.rules))
        yield from broken or _faults.of_overlap(self.rules)

    def play(self, roster: Roster) -> Plan:
        """One row per customer, the most expected value first, and what is to be known of it.

        Columns: ``unique_id, segment, tier, probability`` (NaN where the score is none), ``value`` (at stake),
        ``action, channel, budget, rule, reason``; whom no rule meets is left out, counted and told. Raises ConfigError
        where the rules ask for what these scores are not.
        """
        self._fitting(roster)
        customers = roster.customers.reset_index(drop=True)
        whole = int(exact(self.budget) * 100)
        shares = pots(whole, [rule.share for rule in self.rules.values()])
        given = dict(zip(self.rules, shares, strict=True))
        told = {
            name: _acted(customers[rule.meets(customers)], name, rule, given[name]) for name, rule in self.rules.items()
        }
        table = pd.concat(told.values())
        table = table.sort_values(["expected", names.SERIES], ascending=[False, True], ignore_index=True)
        table["budget"] = table["cents"] / 100
        table["probability"] = np.nan if roster.meaning in PLAIN else table["probability"]
        return Plan(table[list(COLUMNS)], tuple(_notes(told, given, whole, len(customers))))

    def _fitting(self, roster: Roster) -> None:
        faults = list(_faults.of_stages(self.rules, roster.segments))
        if roster.meaning not in self.of:
            what = f"the rules are for {', '.join(self.of)}, the scores of this method mean {roster.meaning}"
            faults.append(Fault("wrong-playbook", "playbook.of", what, "choose another one: forecastlab list playbook"))
        if roster.meaning in PLAIN:
            faults += [
                Fault(
                    "no-probability", f"playbook.rules.{name}", "such scores are no probabilities", "bound it by tier"
                )
                for name, rule in self.rules.items()
                if (rule.at_least, rule.below) != (None, None)
            ]
        if faults:
            raise ConfigError(faults)


PLAIN = ("amount", "wait")
"""Meanings of scores that are no probability."""

COLUMNS: Sequence[str] = (
    names.SERIES,
    names.SEGMENT,
    "tier",
    "probability",
    "value",
    "action",
    "channel",
    "budget",
    "rule",
    "reason",
)


def _acted(customers: pd.DataFrame, name: str, rule: Rule, pot: int) -> pd.DataFrame:
    """What is done about those whom a rule meets, with ``cents`` and ``expected`` value."""
    ordered = customers.sort_values(["stake", names.SERIES], ascending=[False, True])
    expected = rule.saved * ordered["stake"].clip(lower=0).to_numpy(dtype=float)
    most = None if rule.most is None else int(exact(rule.most) * 100)
    return pd.DataFrame(
        {
            names.SERIES: ordered[names.SERIES],
            names.SEGMENT: ordered[names.SEGMENT],
            "tier": ordered["tier"],
            "probability": ordered["score"].astype(float),
            "value": ordered["stake"].astype(float),
            "action": rule.action,
            "channel": rule.channel,
            "cents": dealt(pot, expected, most),
            "rule": name,
            "reason": _reasons(ordered),
            "expected": expected,
        }
    )


def _notes(told: Mapping[str, pd.DataFrame], given: Mapping[str, int], whole: int, customers: int) -> Iterator[str]:
    """What each rule met and spent, which spends too much, what is left, and who is left out."""
    for name, rows in told.items():
        spent, expected = _money(int(rows["cents"].sum())), f"{rows['expected'].sum():,.2f}"
        met = f"rule {name} meets {len(rows)} of the customers"
        yield f"{met}: {spent} of {_money(given[name])} given away, expected value {expected}"
    yield from (
        f"rule {name} gives away more than it is expected to bring" for name, rows in told.items() if _dear(rows)
    )
    spent_in_all = sum(int(rows["cents"].sum()) for rows in told.values())
    met_in_all = sum(len(rows) for rows in told.values())  # no two rules meet the same customer
    yield f"budget {_money(whole)}: {_money(spent_in_all)} given away, {_money(whole - spent_in_all)} left"
    left = f"{customers - met_in_all} of {customers}"
    yield f"customers whom no rule meets: {left}; nothing is done about them"
    yield "order and budget go by expected value: the column value × the share that the action saves"


def _dear(told: pd.DataFrame) -> bool:
    """Whether more is spent than is expected to come of it."""
    return float(told["cents"].sum()) > 100 * float(told["expected"].sum())


def _reasons(customers: pd.DataFrame) -> list[str]:
    """Why the score is what it is, where the method can tell: the group of drivers, and the drivers."""
    pairs = zip(customers["reason"].astype(str), customers["drivers"].astype(str), strict=True)
    return [": ".join(word for word in pair if word) for pair in pairs]


def _money(cents: int) -> str:
    return f"{cents / 100:,.2f}"


PART = Rules
