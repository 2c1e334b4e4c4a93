"""What a user's config files must not hold, found by reading those that were chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from forecastlab.schema import Fault

_REACHES = re.compile(r"^hydra\s*:|@package\s+hydra|(override\s+|-\s*)/?hydra/|/?@hydra\b", flags=re.M)
_ODD = re.compile(r"(?:[:\[,-]\s+|\[)(?P<number>[-+]?(?:0\d+|\d+(?::[0-5]?\d)+))\s*(?=$|[#,\]}])")
"""A bare 010, which YAML reads as 8, or 1:30, which it reads as 90."""


def faults_in(folder: Path, choices: Mapping[str, str]) -> Iterator[Fault]:
    """Faults of the chosen files: Hydra's own settings, and numbers that YAML reads as others."""
    for group, choice in [*choices.items(), ("", "config")]:
        option, _, package = group.partition("@")
        path = folder / option / f"{choice}.yaml"
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        if _REACHES.search(text) or package.partition(".")[0] == "hydra":
            yield Fault("forbidden-key", str(path), "Hydra's own settings cannot be set by a config", "take them out")
        for number, line in enumerate(text.splitlines(), 1):
            bare = re.sub(r"\"[^\"]*\"|'[^']*'", '""', line)
            for found in _ODD.finditer(bare):
                what = f"{found['number']} without quotes is read as another number"
                plain = found["number"].lstrip("0") or "0"
                fix = "put it into quotes" if ":" in plain else f"write {plain}, or put it into quotes"
                yield Fault("odd-number", f"{path} line {number}", what, fix)


def not_text(folder: Path | None) -> list[Fault]:
    """A fault for every config file of the folder that is not UTF-8."""
    faults = []
    for path in sorted(folder.rglob("*.yaml")) if folder is not None else []:
        try:
            path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            faults.append(Fault("bad-yaml", str(path), "the text is not UTF-8", "save it as UTF-8"))
    return faults
