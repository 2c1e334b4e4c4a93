"""Laws of keys: equal content gives equal keys in whatever order, and any change changes the key."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastlab.cache.identity import digest

LAW = settings(deadline=None, max_examples=60)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = st.text(max_size=5) | st.integers(-9, 9)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@dataclass(frozen=True)
class One:
    first: Any
    second: Any


@dataclass(frozen=True)
class Other:
    first: Any
    second: Any


def told(value: Any) -> str:
    """A text that differs when two values differ in content or type: what the digest must tell apart."""
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f"{told(k)}:{told(v)}" for k, v in value.items())) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(told, value)) + "]"
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    return f"{type(value).__name__}={value!r}"


def turned(value: Any) -> Any:
    """The same with every mapping written backwards and every list as a tuple."""
    if isinstance(value, dict):
        return {key: turned(inner) for key, inner in reversed(value.items())}
    if isinstance(value, list):
        return tuple(map(turned, value))
    return value


@LAW
@given(VALUES)
def test_when_only_the_order_of_keys_differs_then_the_key_is_the_same(value: Any) -> None:
    assert digest(turned(value)) == digest(value)


@LAW
@given(VALUES, VALUES)
def test_when_two_values_differ_then_their_keys_differ(one: Any, other: Any) -> None:
    assert (digest(one) == digest(other)) == (told(one) == told(other))


@LAW
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), st.data())
def test_when_one_value_deep_inside_is_changed_then_the_key_changes(
    config: dict[Any, Any], data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(list(config)))
    new = data.draw(VALUES.filter(lambda value: told(value) != told(config[key])))
    assert digest({"model": {**config, key: new}}) != digest({"model": config})


@LAW
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), st.data())
def test_when_a_setting_is_taken_away_then_the_key_changes(config: dict[Any, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(list(config)))
    assert digest({k: v for k, v in config.items() if k != key}) != digest(config)


@LAW
@given(VALUES, VALUES)
def test_when_parts_of_other_classes_have_the_same_fields_then_their_keys_differ(first: Any, second: Any) -> None:
    keys = {
        digest(One(first, second)),
        digest(Other(first, second)),
        digest({"first": first, "second": second}),
        digest([first, second]),
        digest(digest(One(first, second))),
    }
    assert len(keys) == 5
    assert digest(One(first, second)) == digest(One(first, second))


@LAW
@given(st.floats(), st.integers(-(2**63), 2**63 - 1), st.booleans())
def test_when_numbers_come_from_numpy_then_the_key_is_that_of_the_plain_number(f: float, i: int, b: bool) -> None:
    assert digest([np.float64(f), np.int64(i), np.bool_(b)]) == digest([f, i, b])


@LAW
@given(st.datetimes(min_value=pd.Timestamp(1700, 1, 1), max_value=pd.Timestamp(2200, 1, 1)))
def test_when_a_time_is_stored_in_another_unit_then_the_key_is_the_same(time: Any) -> None:
    stamp = pd.Timestamp(time)
    assert digest(stamp.as_unit("us")) == digest(stamp.as_unit("ns"))
    assert digest(stamp) != digest(stamp.isoformat())
    assert digest(stamp) != digest(stamp + pd.Timedelta(1, "us"))
