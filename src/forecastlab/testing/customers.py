"""What every method for customers must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd

from forecastlab.schema import Fold, Frequency
from forecastlab.schema.customers import (
    TREATED,
    Additive,
    CustomerModel,
    CustomerPast,
    CustomerScores,
    CustomerTarget,
    Kind,
    Look,
)
from forecastlab.schema.names import SEGMENT, SELECT
from forecastlab.segmentation.none import PART as NO_SEGMENTS
from forecastlab.stages import customers as stage
from forecastlab.stages.customer_scores import scores
from forecastlab.target.churn import Churn
from forecastlab.target.clv import Clv
from forecastlab.target.next_purchase import NextPurchase
from forecastlab.testing.logs import buying_rows, write_log
from forecastlab.testing.stored import stored

Check = Callable[[CustomerModel], None]
SPAN = ("2024-01-01", "2024-06-30")
LEVELS = (0.1, 0.5, 0.9)
LOOK = Look("4 weeks", 2, None, ("shop",), ("shop",))


def it_foretells_something(model: CustomerModel) -> None:
    """It says what it foretells: events, amounts, waits, uplifts."""
    assert model.kinds and set(model.kinds) <= set(get_args(Kind)), f"it foretells {model.kinds}"


def every_customer_is_scored_once(model: CustomerModel) -> None:
    """One finite score per asked row; events are probabilities; quantiles, if any, do not cross."""
    for kind in model.kinds:
        past, asked = made_up(kind)
        told = model.fit(past).score(asked)
        _assert_sane(told, len(asked), kind)


def who_knows_little_is_scored_too(model: CustomerModel) -> None:
    """A customer with one purchase, of whom nearly nothing is known, gets a finite score as well."""
    for kind in model.kinds:
        past, asked = made_up(kind)
        bare = asked.head(3).assign(**dict.fromkeys(past.categories))
        holes = ["rhythm", "rhythm_spread", "overdue"]
        bare = bare.assign(**dict.fromkeys(holes, np.nan), orders=1, repeat_money=0.0, tenure=bare["recency"])
        _assert_sane(model.fit(past).score(bare), 3, kind)


def order_does_not_matter(model: CustomerModel) -> None:
    """A customer's score does not depend on who else is asked, nor in which order."""
    for kind in model.kinds:
        past, asked = made_up(kind)
        fitted = model.fit(past)
        whole = fitted.score(asked).values
        turned = np.random.default_rng(3).permutation(len(asked))[: len(asked) // 2]
        some = fitted.score(asked.iloc[turned].reset_index(drop=True)).values
        np.testing.assert_allclose(some, whole[turned], rtol=1e-6, atol=1e-9, err_msg="asked otherwise, other scores")


def it_is_deterministic(model: CustomerModel) -> None:
    """Fitting and asking again gives the same bits."""
    for kind in model.kinds:
        past, asked = made_up(kind)
        first, again = (model.fit(past).score(asked) for _ in range(2))
        assert first.values.tobytes() == again.values.tobytes(), "fitting twice gives two answers"
        for level, values in first.quantiles.items():
            assert values.tobytes() == again.quantiles[level].tobytes(), "fitting twice gives two quantiles"


def the_past_is_left_as_it_was(model: CustomerModel) -> None:
    """Neither fitting nor asking writes into what it was handed."""
    for kind in model.kinds:
        past, asked = made_up(kind)
        before = [frame.copy(deep=True) for frame in (past.rows, past.known, asked)]
        model.fit(past).score(asked)
        same = [frame.equals(copy) for frame, copy in zip((past.rows, past.known, asked), before, strict=True)]
        assert all(same), "what is known of customers was changed"


def terms_add_up(model: CustomerModel) -> None:
    """Where a score is said to be a sum of terms, two customers' scores differ by what their terms differ."""
    for kind in model.kinds:
        past, asked = made_up(kind)
        fitted = model.fit(past)
        if not isinstance(fitted, Additive):
            continue
        terms = fitted.terms(asked)
        assert set(terms.columns) <= {*past.numbers, *past.categories}, "terms of what is no feature"
        told = fitted.score(asked).values
        sums = terms.to_numpy(dtype=float).sum(axis=1)
        scales = [told, np.log(np.maximum(told, 1e-300))]
        scales += [np.log(np.maximum(told, 1e-300) / np.maximum(1 - told, 1e-300))] if kind == "event" else []
        off = [np.ptp(scale - sums) / max(1.0, float(np.ptp(scale))) for scale in scales]
        assert min(off) < 1e-3, "the terms do not add up to the score"


def the_line_always_has_a_score(model: CustomerModel) -> None:
    """The guarded line ends with one row per asked customer."""
    for kind in model.kinds:
        past, asked = made_up(kind)
        (found,) = scores(model, [(past, asked)], [_fold()])
        assert len(found.frame) == len(asked) and np.isfinite(found.frame["yhat"]).all(), "rows are missing"


def a_state_answers_the_same_bits(model: CustomerModel) -> None:
    """A fitted method written as JSON and arrays, without pickle, and read again answers bit by bit the same."""
    for kind in model.kinds:
        past, asked = made_up(kind)
        fitted = model.fit(past)
        again = model.from_state(stored(fitted.state()))
        told, kept = fitted.score(asked), again.score(asked)
        assert told.values.tobytes() == kept.values.tobytes(), "the stored method answers otherwise"
        assert set(told.quantiles) == set(kept.quantiles), "the stored method has other quantiles"
        for level, values in told.quantiles.items():
            assert values.tobytes() == kept.quantiles[level].tobytes(), "the stored method has other quantiles"
        assert isinstance(fitted, Additive) == isinstance(again, Additive), "the stored method is no sum any more"
        if isinstance(fitted, Additive) and isinstance(again, Additive):
            assert fitted.terms(asked).equals(again.terms(asked)), "the stored method has other terms"
        assert getattr(fitted, "remarks", ()) == getattr(again, "remarks", ()), "the stored method remarks otherwise"


def a_state_holds_nobody(model: CustomerModel) -> None:
    """A state is shared: it holds no id of a customer, and none of their exact sums of money in a text or an array."""
    for kind in model.kinds:
        past, _ = made_up(kind)
        tree, arrays = model.fit(past).state()
        told = json.dumps(tree)
        assert not [each for each in past.known["customer_id"] if json.dumps(each) in told], "ids are in the state"
        spent = past.known["money"].to_numpy(dtype=float)
        spent = spent[(spent > 200) & (spent % 1 > 0)]  # such a sum is no other number by chance
        assert len(spent), "nobody spent enough to tell"
        held = [array for array in arrays.values() if array.dtype.kind == "f"]
        for form in (spent, np.sign(spent) * np.log1p(np.abs(spent))):
            assert not any(np.isin(form, array).any() for array in held), "sums of single customers are in the state"


@cache
def made_up(kind: Kind) -> tuple[CustomerPast, pd.DataFrame]:
    """Customers of a made-up shop as a method sees them: the past, and the rows of those who are asked."""
    freq = Frequency("W-SUN")
    target: CustomerTarget = Churn(freq.code, "horizon", 2.0, None, LOOK)
    target = Clv(freq.code, 1.0, None, LOOK) if kind == "amount" else target
    target = NextPurchase(freq.code, None, LOOK) if kind == "wait" else target
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as place:
        log = write_log(buying_rows(3, 300, 182, SPAN[0]), Path(place, "log.parquet"), *SPAN, True)
        built = stage.build(log, NO_SEGMENTS(), _fold(), target)
    features = built.known.drop(columns=[stage.WHY, SEGMENT])
    rows = built.rows
    if kind == "uplift":  # a third was held out by lot; no contract depends on what that did
        rows = rows.assign(**{TREATED: (np.random.default_rng(9).random(len(rows)) < 2 / 3).astype(float)})
    past = CustomerPast(rows, features, built.numbers, built.categories, kind, target.event, 1.0, 28, 28, LEVELS)
    return past, features


def _fold() -> Fold:
    freq = Frequency("W-SUN")
    return Fold(freq.ends(pd.Timestamp(SPAN[0]), pd.Timestamp(SPAN[1]))[-5], 4, 0, freq, SELECT, 0)


def _assert_sane(told: CustomerScores, n: int, kind: Kind) -> None:
    assert told.values.shape == (n,), f"{told.values.shape} scores for {n} customers"
    assert np.isfinite(told.values).all(), "a score is no number"
    if kind == "event":
        assert ((told.values >= 0) & (told.values <= 1)).all(), "an event's score is no probability"
    if kind == "uplift":
        assert (np.abs(told.values) <= 1).all(), "an uplift is no difference of probabilities"
    stacked = [told.quantiles[level] for level in sorted(told.quantiles)]
    assert all(values.shape == (n,) for values in stacked), "quantiles of another shape"
    assert not len(stacked) or (np.diff(np.array(stacked), axis=0) >= 0).all(), "quantiles cross"


CHECKS: tuple[Check, ...] = (
    it_foretells_something,
    every_customer_is_scored_once,
    who_knows_little_is_scored_too,
    order_does_not_matter,
    it_is_deterministic,
    the_past_is_left_as_it_was,
    terms_add_up,
    the_line_always_has_a_score,
    a_state_answers_the_same_bits,
    a_state_holds_nobody,
)
