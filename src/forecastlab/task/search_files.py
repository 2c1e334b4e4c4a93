"""What a search leaves as files: every trial as a table, what was asked, and the best values to look at and replay."""

from __future__ import annotations

import csv
import io
import json
import secrets
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecastlab.tuning.space import Params, Space, Trial

ASKED, TRIALS, BEST = "search.json", "trials.csv", "best.yaml"


@dataclass(frozen=True)
class SearchFiles:
    """The files of one search, in the folder ``tuning`` of its study, or one below it for each of several searches."""

    folder: Path

    def ask(
        self, overrides: Sequence[str], config_dir: Path | None, objectives: Sequence[str], budget: Mapping[str, Any]
    ) -> None:
        """Keep what was typed: with the values of a trial it makes that trial again; and what a budget came to."""
        own = str(config_dir) if config_dir is not None else None
        asked: dict[str, Any] = {"overrides": list(overrides), "config_dir": own, "objectives": list(objectives)}
        asked |= {"budget": dict(budget)} if budget else {}
        _write(self.folder / ASKED, json.dumps(asked, indent=2, ensure_ascii=False) + "\n")

    def asked(self) -> dict[str, Any] | None:
        """What was typed, or None if there was no search."""
        place = self.folder / ASKED
        return dict(json.loads(place.read_text(encoding="utf-8"))) if place.is_file() else None

    def write(
        self,
        trials: Sequence[Trial],
        space: Space,
        objectives: Sequence[str],
        typed: Callable[[Params], Sequence[str]],
    ) -> None:
        """Write the table of all trials."""
        folds = max((len(trial.losses) for trial in trials), default=0)
        keys = [dimension.key for dimension in space]
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        losses = [f"loss.fold{fold}" for fold in range(1, folds + 1)]
        table.writerow(["trial", "state", *objectives, *keys, *losses, "cpu_seconds", "reason", "overrides"])
        for trial in sorted(trials, key=lambda trial: trial.index):
            values = [*trial.values, *[""] * (len(objectives) - len(trial.values))]
            params = [_cell(trial.params[key]) if key in trial.params else "" for key in keys]
            loss = [*trial.losses, *[""] * (folds - len(trial.losses))]
            lines = shlex.join(typed(trial.params))
            reason = " ".join(trial.reason.split())
            table.writerow([trial.index, trial.state, *values, *params, *loss, f"{trial.seconds:.3f}", reason, lines])
        _write(self.folder / TRIALS, text.getvalue())

    def keep(self, experiment: str) -> Path:
        """Keep the best config as an experiment."""
        _write(self.folder / BEST, experiment)
        return self.folder / BEST

    def rows(self) -> list[dict[str, str]]:
        """The table of all trials as it was written last; empty if it never was."""
        place = self.folder / TRIALS
        if not place.is_file():
            return []
        with place.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def _cell(value: Any) -> Any:
    return value if isinstance(value, (str, int, float)) and not isinstance(value, bool) else json.dumps(value)


def _write(path: Path, text: str) -> None:
    """Write whole or not at all: somebody may be reading."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
