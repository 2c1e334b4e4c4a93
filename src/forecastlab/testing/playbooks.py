"""What every playbook must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import get_args

import numpy as np
import pandas as pd

from forecastlab.schema import ConfigError, Plan, Playbook, Roster, names
from forecastlab.schema.planning import Meaning
from forecastlab.segmentation.lifecycle import SEGMENTS

Check = Callable[[Playbook], None]
CUSTOMERS = 600
NEEDED = (names.SERIES, names.SEGMENT, "tier", "probability", "value", "action", "channel", "budget", "rule", "reason")


def it_acts_on_a_customer_once_and_says_how(playbook: Playbook) -> None:
    """Some customers are acted on, each once and as known: with an action, a channel, a rule and a budget."""
    given, plan = _played(playbook)
    assert set(NEEDED) <= set(plan.table.columns), f"columns are missing: {set(NEEDED) - set(plan.table.columns)}"
    assert len(plan.table) and plan.table[names.SERIES].is_unique, "nobody is acted on, or somebody twice"
    known = given.customers.set_index(names.SERIES).loc[plan.table[names.SERIES]]
    assert (known[[names.SEGMENT, "tier"]].to_numpy() == plan.table[[names.SEGMENT, "tier"]].to_numpy()).all()
    words = plan.table[["action", "channel", "rule"]]
    assert (words.astype(str).apply(lambda column: column.str.len()) > 0).all().all(), "an action has no name"


def it_spends_whole_cents_within_its_budget(playbook: Playbook) -> None:
    """Nobody's budget is negative or has parts of a cent, and together they are not above what there is."""
    _, plan = _played(playbook)
    cents = plan.table["budget"].to_numpy(dtype=float) * 100
    assert (cents >= 0).all() and np.allclose(cents, np.round(cents), atol=1e-6), "a budget is not in whole cents"
    assert cents.sum() <= 100 * getattr(playbook, "budget", np.inf) + 1e-6, "more is spent than there is"


def order_does_not_matter(playbook: Playbook) -> None:
    """The list does not depend on the order of the customers."""
    given, plan = _played(playbook)
    turned = dataclasses.replace(given, customers=given.customers.iloc[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(playbook.play(turned).table, plan.table)


def who_is_not_acted_on_is_told(playbook: Playbook) -> None:
    """The notes say how many customers there are and how many the rules leave out."""
    given, plan = _played(playbook)
    left = len(given.customers) - len(plan.table)
    assert any(f"{left} of {len(given.customers)}" in note for note in plan.notes), "who is left out is not told"


def scores_of_another_meaning_are_refused(playbook: Playbook) -> None:
    """Rules for leaving are not played on buying: the error says what these scores mean."""
    given, _ = _played(playbook)
    for meaning in get_args(Meaning):
        if meaning not in getattr(playbook, "of", get_args(Meaning)):
            try:
                playbook.play(dataclasses.replace(given, meaning=meaning))
            except ConfigError as error:
                assert meaning in str(error), f"it does not say what the scores mean: {error}"
            else:
                raise AssertionError(f"it is played on scores that mean {meaning}")


def stages_that_nobody_has_are_refused(playbook: Playbook) -> None:
    """Where customers have other segments than the rules name, the error says which there are."""
    given = roster(playbook)
    other = dataclasses.replace(
        given, customers=given.customers.assign(**{names.SEGMENT: "elsewhere"}), segments=("elsewhere",)
    )
    try:
        found = playbook.play(other)
    except ConfigError as error:
        assert "elsewhere" in str(error), f"it does not say which segments there are: {error}"
    else:
        assert len(found.table), "rules meet nobody, and it is not said why"


def frames_are_left_as_they_were(playbook: Playbook) -> None:
    """No frame is written into."""
    given = roster(playbook)
    before = given.customers.copy(deep=True)
    playbook.play(given)
    pd.testing.assert_frame_equal(given.customers, before)


def _played(playbook: Playbook) -> tuple[Roster, Plan]:
    given = roster(playbook)
    return given, playbook.play(given)


def roster(playbook: Playbook | None) -> Roster:
    """Customers of all stages and tiers, with scores of the first meaning that the playbook is for."""
    meaning: Meaning = getattr(playbook, "of", ("silence",))[0]
    rng = np.random.default_rng(7)
    low = -1.0 if meaning == "uplift" else 0.0
    score = rng.gamma(1.0, 80.0, CUSTOMERS) if meaning in ("amount", "wait") else rng.uniform(low, 1.0, CUSTOMERS)
    customers = pd.DataFrame(
        {
            names.SERIES: [f"c{i:04d}" for i in range(CUSTOMERS)],
            names.SEGMENT: rng.choice(SEGMENTS, CUSTOMERS),
            "tier": rng.choice(["high", "mid", "low"], CUSTOMERS),
            "score": score,
            "stake": score if meaning == "amount" else score * rng.gamma(1.0, 80.0, CUSTOMERS),
            "drivers": rng.choice(["recency, overdue", ""], CUSTOMERS),
            "reason": "rhythm",
        }
    )
    return Roster(customers, SEGMENTS, meaning)


CHECKS: tuple[Check, ...] = (
    it_acts_on_a_customer_once_and_says_how,
    it_spends_whole_cents_within_its_budget,
    order_does_not_matter,
    who_is_not_acted_on_is_told,
    scores_of_another_meaning_are_refused,
    stages_that_nobody_has_are_refused,
    frames_are_left_as_they_were,
)
