"""``data=``: another file of the same form for a registered method, or a table of a database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from forecastlab import places
from forecastlab.schema import ConfigError, Fault

KINDS = {
    ".csv": ("csv", "panel_csv"),
    ".gz": ("csv", "panel_csv"),
    ".parquet": ("parquet", "panel_parquet"),
    ".sqlite": ("sql", ""),
    ".db": ("sql", ""),
}
"""By the end of a file's name: the part that reads it as a log, and as a ready-made panel."""

VARIABLE = "env:"
"""``data=env:NAME`` is the database whose address stands in that environment variable."""


def other_source(recipe: Mapping[str, Any], data: str, table: str) -> dict[str, Any]:
    """The config with ``data`` for its source; columns keep the meaning that they have in the config.

    Raises ConfigError for a source that cannot be read, and for a config whose data has no file.
    """
    values = dict(recipe)
    if not data:
        return values
    own = dict(values["dataset"])
    panel = str(own["part"]).startswith("panel_")
    if own["part"] not in {part for pair in KINDS.values() for part in pair if part}:
        what = f"the method was made for dataset {own['part']}, which reads no file of yours"
        raise ConfigError(Fault("bad-source", "data", what, "type dataset=NAME with a dataset of your own"))
    variable = data.startswith(VARIABLE)
    kinds = ("sql", "") if variable else KINDS.get(Path(data).suffix, ("", ""))
    part = kinds[panel]
    if not part:
        what = f"found {data}, allowed is a file that ends in {', '.join(KINDS)}, or {VARIABLE}NAME"
        raise ConfigError(Fault("bad-source", "data", what, "type data=sales.csv"))
    if part != own["part"]:
        own = _as(part, own)
    place = {"path": None, "connection": data.removeprefix(VARIABLE)} if variable else {"path": data}
    if part == "sql":
        place |= {"connection": place.get("connection"), **_query(own, table)}
    values["dataset"] = own | place
    return values


def _as(part: str, own: Mapping[str, Any]) -> dict[str, Any]:
    """The packaged values of another part, with those that both have as they were."""
    text = (places.conf() / "dataset" / f"{part}.yaml").read_text(encoding="utf-8")
    packaged: dict[str, Any] = yaml.safe_load(text)
    return {key: own.get(key, value) if key != "part" else part for key, value in packaged.items()}


def _query(own: Mapping[str, Any], table: str) -> dict[str, str]:
    if table:
        quoted = ".".join('"' + word.replace('"', '""') + '"' for word in table.split("."))
        return {"query": f"SELECT * FROM {quoted}"}
    if own.get("query") in (None, "???"):
        raise ConfigError(Fault("bad-source", "table", "a database has many tables", "type table=NAME"))
    return {}
