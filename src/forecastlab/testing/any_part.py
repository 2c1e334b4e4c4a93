"""What every part must do, whatever its kind: be a value. Each check raises AssertionError with the reason."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

Check = Callable[[Any], None]


def it_is_a_frozen_dataclass(part: Any) -> None:
    """A part is its parameters, and nobody changes them."""
    assert dataclasses.is_dataclass(part), "it is not a dataclass"
    assert getattr(type(part), "__dataclass_params__").frozen, "it is not frozen"  # noqa: B009


def values_live_in_yaml_only(part: Any) -> None:
    """No parameter has a default in code."""
    fields = dataclasses.fields(part)
    own = [field.name for field in fields if field.default is not dataclasses.MISSING]
    own += [field.name for field in fields if field.default_factory is not dataclasses.MISSING]
    assert not own, f"defaults in code: {', '.join(own)}"


def equal_parameters_make_equal_parts(part: Any) -> None:
    """The same parameters give the same part: there is nothing else in it."""
    fields = {field.name: getattr(part, field.name) for field in dataclasses.fields(part)}
    assert type(part)(**fields) == part, "another part of the same parameters is not equal"


def it_survives_the_trip_to_a_worker(part: Any) -> None:
    """It pickles, and comes back equal."""
    assert pickle.loads(pickle.dumps(part)) == part, "what comes back from pickling is not equal"


CHECKS: tuple[Check, ...] = (
    it_is_a_frozen_dataclass,
    values_live_in_yaml_only,
    equal_parameters_make_equal_parts,
    it_survives_the_trip_to_a_worker,
)
