"""The report as a file: the sections that have something to say, in the order in which a reviewer asks."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from forecastlab import __version__
from forecastlab.flow.outcome import Outcome
from forecastlab.page import Html, Section, document, tag, texts
from forecastlab.recipe.settings import Settings
from forecastlab.task.board import Board
from forecastlab.task.privacy import veiled
from forecastlab.task.report.sections import (
    bar,
    calibration,
    data,
    drivers,
    failures,
    forecasts,
    horizon,
    leaderboard,
    lists,
    migration,
    notes,
    oracle,
    over_time,
    people,
    recipe,
    search,
    segments,
    uplift,
    verdict,
)
from forecastlab.task.report.study import Study
from forecastlab.task.studies import REPORT, StudyFolder

SECTIONS: tuple[tuple[str, Callable[[Study], Html | None]], ...] = (
    ("leaderboard", leaderboard.section),
    ("over_time", over_time.section),
    ("people", people.section),
    ("bar", bar.section),
    ("segments", segments.section),
    ("forecasts", forecasts.section),
    ("horizon", horizon.section),
    ("uplift", uplift.section),
    ("lists", lists.section),
    ("calibration", calibration.section),
    ("drivers", drivers.section),
    ("migration", migration.section),
    ("oracle", oracle.section),
    ("search", search.section),
    ("data", data.section),
    ("failures", failures.section),
    ("notes", notes.section),
    ("recipe", recipe.section),
)
"""Each tells something of a study, or None where the study has nothing of the kind."""


def page(study: Study) -> str:
    """The report as HTML."""
    said = study.said
    found = [(key, told) for key, section in SECTIONS if (told := _told(section, study)) is not None]
    sections = [Section(key, said(f"report.{key}.title"), said(f"report.{key}.lead"), told) for key, told in found]
    foot = tag("p", said("report.foot", version=__version__))
    return document(study.name, verdict.opening(study), sections, foot, said)


def _told(section: Callable[[Study], Html | None], study: Study) -> Html | None:
    """What a section says; if it breaks, that: results of hours are not given up for a page about them."""
    try:
        return section(study)
    except Exception as error:
        return tag("p", study.said("report.broken", error=f"{type(error).__name__}: {error}"), class_="broken")


def write_report(
    folder: StudyFolder, name: str, settings: Settings, board: Board, outcomes: Mapping[str, Outcome]
) -> Path:
    """Write the report of a study beside its leaderboard, whole or not at all."""
    outcomes = {method: veiled(outcome, Path(settings.root)) for method, outcome in outcomes.items()}
    searches = {method: found for method, o in outcomes.items() if (found := folder.search_of(o.facts.key)) is not None}
    study = Study(
        name,
        settings.question,
        board,
        outcomes,
        searches,
        folder.recipe_text(outcomes[str(board.table["method"].iloc[0])]),
        settings.report,
        texts(settings.report.language),
    )
    path = folder.path / REPORT
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    part.write_text(page(study), encoding="utf-8")
    part.replace(path)
    return path
