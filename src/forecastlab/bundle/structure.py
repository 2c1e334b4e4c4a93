"""What a file of a bundle claims to hold, looked at before it is loaded: no pickle, no bomb, no alias."""

from __future__ import annotations

import json
import math
import zipfile
from pathlib import Path
from typing import Any

ROWS, TEXT, CELLS = 50_000_000, 256 * 2**20, 500_000_000
"""Rows of a table, bytes of a text, and cells of a table that are loaded at most."""


def check_structure(path: Path) -> str:
    """What is wrong with a file, in words; empty where nothing is."""
    try:
        return {".json": _json, ".yaml": _yaml, ".npz": _npz, ".parquet": _parquet}[path.suffix](path)
    except RecursionError:
        return "is nested too deeply"
    except Exception as error:  # a library's own complaint: whatever it is, the file is not loaded
        return f"cannot be read as {path.suffix[1:]} ({type(error).__name__})"


def limited_json(text: bytes) -> Any:
    """JSON without numbers that are none, such as NaN. Raises ValueError, also for what is nested too deeply."""

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is no number")

    try:
        return json.loads(text.decode("utf-8"), parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _json(path: Path) -> str:
    if path.stat().st_size > TEXT:
        return "is larger than any text of a bundle"
    limited_json(path.read_bytes())
    return ""


def _yaml(path: Path) -> str:
    """Plain values only: an alias may stand for a billion others, a tag for something to be called."""
    import yaml

    if path.stat().st_size > 2**20:
        return "is larger than any config"
    for event in yaml.parse(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            return "holds an alias or a tag"
    return ""


def _npz(path: Path) -> str:
    """Arrays as they were written: not compressed, of numbers or text, each as long as it says."""
    import numpy as np

    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len({member.filename for member in members}) < len(members):
            return "holds an array twice"
        for member in members:
            if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
                return "is compressed"
            if "/" in member.filename or "\\" in member.filename or not member.filename.endswith(".npy"):
                return "holds something that is no array"
            with archive.open(member) as file:
                version = np.lib.format.read_magic(file)
                read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
                shape, _, dtype = read(file)
                if dtype.hasobject or dtype.kind not in "biufUM":
                    return "holds objects, not numbers"
                if math.prod(shape) * dtype.itemsize != member.file_size - file.tell():
                    return "holds an array of another length than it says"
    return ""


def _parquet(path: Path) -> str:
    import pyarrow.parquet

    found = pyarrow.parquet.ParquetFile(path)
    rows, columns = found.metadata.num_rows, found.metadata.num_columns
    if rows > ROWS or rows * columns > CELLS:
        return "claims to hold more than any table of a bundle"
    for field in found.schema_arrow:
        if any(key.startswith(b"ARROW:extension") for key in field.metadata or {}):
            return "holds types of somebody's own"
    return ""
