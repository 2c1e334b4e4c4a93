"""Who of the targeted is asked, and who converted, worked out by hand."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from forecastlab.customer.mbg_nbd import PART as MBG_NBD
from forecastlab.customer.naive import PART as NAIVE
from forecastlab.schema import ConfigError
from forecastlab.schema.customers import Look
from forecastlab.target.conversion import Conversion
from forecastlab.testing.customers import made_up

LOOK = Look("8 weeks", 2, None, (), ("age",))
TARGET = Conversion("W-SUN", "customers", "campaigns", "4 weeks", "events.redemption", False, LOOK)
NAN = np.nan
KNOWN = pd.DataFrame(
    {
        "campaigns.recency": [NAN, 28, 27, 10, 10, 10, 0],
        "events.redemption.recency": [3, NAN, NAN, 9, 10, 11, 0],
    }
)


def test_when_attributes_are_given_then_the_days_since_both_are_looked_at_too():
    assert TARGET.look.attributes == ("age", "campaigns.recency", "events.redemption.recency")
    assert dataclasses.replace(TARGET, again=True).look == TARGET.look


def test_when_somebody_was_not_targeted_lately_or_has_reacted_then_nothing_is_asked():
    late, done = "not targeted within 4 weeks", "has reacted already"
    # A coupon on the day of the campaign is a reaction to it, one of the day before is not.
    assert list(TARGET.left_out(KNOWN)) == [late, late, "", done, done, "", done]
    assert list(dataclasses.replace(TARGET, again=True).left_out(KNOWN)) == [late, late, "", "", "", "", ""]


def test_when_a_reaction_came_then_the_label_is_one_and_a_purchase_alone_is_none():
    after = pd.DataFrame({"orders": [5, 0, 2], "events.redemption.count": [NAN, 1, 3]})
    assert list(TARGET.label(KNOWN.head(3), after)) == [0.0, 1.0, 1.0]


def test_when_a_model_of_buying_is_asked_for_reactions_then_it_refuses():
    past, _ = made_up("event")
    with pytest.raises(ConfigError, match="type customer=logistic"):
        MBG_NBD().fit(dataclasses.replace(past, event=TARGET.event))


def test_when_the_purchase_is_the_reaction_then_purchases_say_who_is_asked_and_who_reacted():
    target = Conversion("W-SUN", "both", "leads", "4 weeks", "purchase", False, LOOK)
    assert target.look.attributes == ("age", "leads.recency") and target.outcomes == () and target.prospects == "leads"
    known = pd.DataFrame({"leads.recency": [5, 5, 5, 30], "recency": [NAN, 4, 6, NAN], "orders": [0, 2, 1, 0]})
    late, done = "not targeted within 4 weeks", "has reacted already"
    assert list(target.left_out(known)) == ["", done, "", late]
    only = dataclasses.replace(target, who="prospects")
    assert list(only.left_out(known)) == ["", "has bought already", "has bought already", late]
    assert list(target.label(known, pd.DataFrame({"orders": [0, 1, 2, 0]}))) == [0.0, 1.0, 1.0, 0.0]
    assert TARGET.prospects is None


def test_when_nobody_has_bought_then_the_baseline_is_the_share_of_those_who_do():
    past, asked = made_up("event")
    rows = past.rows.assign(recency=np.where(np.arange(len(past.rows)) % 2, np.nan, past.rows["recency"]))
    fitted = NAIVE().fit(dataclasses.replace(past, rows=rows))
    never = rows.loc[rows["recency"].isna(), "label"].mean()
    assert fitted.score(asked.head(4).assign(recency=np.nan)).values == pytest.approx([never] * 4)
