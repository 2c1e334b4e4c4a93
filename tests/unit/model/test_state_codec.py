"""What goes into a state comes out bit by bit the same."""

import json

import numpy as np
import pytest

from forecastlab.schema.state import pack, unpack


def through_json(value):
    tree, arrays = pack(value)
    return unpack((json.loads(json.dumps(tree, allow_nan=False)), arrays))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -3,
        0.1 + 0.2,
        "text",
        [],
        [1, [2.5, None]],
        (1, ("a",)),
        {},
        {"float": 1.0, "dict": {"tuple": []}},
    ],
    ids=repr,
)
def test_when_plain_then_equal_and_of_the_same_type(value):
    found = through_json(value)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_when_not_finite_then_kept(value):
    np.testing.assert_equal(through_json([value]), [value])


@pytest.mark.parametrize("value", [np.float64(0.1), np.float64("nan"), np.int64(7), np.bool_(True), np.float32(0.1)])
def test_when_a_numpy_scalar_then_of_the_same_type(value):
    found = through_json({"x": value})["x"]
    assert type(found) is type(value)
    np.testing.assert_equal(found, value)


@pytest.mark.parametrize(
    "value",
    [
        np.array([0.1, np.nan, np.inf]),
        np.zeros((0,)),
        np.zeros((2, 0, 3)),
        np.array(5.0),
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array([True, False]),
        np.array([1, 2], dtype=np.uint8),
        np.array(["a", "bcd"]),
    ],
    ids=lambda value: f"{value.dtype}{value.shape}",
)
def test_when_an_array_then_values_type_shape_and_order_are_kept(value):
    found = through_json([value, value])[1]
    assert found.dtype == value.dtype
    assert found.flags.f_contiguous == value.flags.f_contiguous
    np.testing.assert_array_equal(found, value)


def test_when_many_arrays_then_one_flat_array_per_type():
    tree, arrays = pack([np.ones(2), np.zeros((3, 3)), np.arange(4)])
    assert {name: array.shape for name, array in arrays.items()} == {"float64": (11,), "int64": (4,)}
    assert "array" in json.dumps(tree)


@pytest.mark.parametrize(
    "value", [object(), {1: "x"}, np.array([object()]), {"a": {2, 3}}], ids=lambda v: type(v).__name__
)
def test_when_it_cannot_be_kept_then_an_error(value):
    with pytest.raises(TypeError, match="a state cannot hold"):
        pack(value)
