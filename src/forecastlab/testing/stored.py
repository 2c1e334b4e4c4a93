"""A state as it comes back when it has been on disk."""

from __future__ import annotations

import io
import json

import numpy as np

from forecastlab.schema.parts import State


def stored(state: State) -> State:
    """What is read again after it was written as JSON and arrays, without pickle."""
    tree, arrays = state
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    file.seek(0)
    with np.load(file, allow_pickle=False) as found:
        return json.loads(json.dumps(tree, allow_nan=False)), {name: found[name] for name in found.files}
