"""The scalars of conf/config.yaml: how a study is named, compared and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from forecastlab.schema.parts import CHANGE
from forecastlab.stages.profiling.asked import Profile, Quality

Change = float | Annotated[str, Field(pattern=CHANGE)]
"""A number that stands in a driver's place, or a change of it."""

PRINTED = r"^[^\p{Cc}]*$"
"""No control characters: a name goes to terminals and pages."""

Level = Annotated[float, Field(gt=0, lt=1)]


@dataclass(frozen=True)
class Compare:
    """How methods are compared."""

    baseline: Annotated[str, Field(description="the method that differences are taken to; usual: that of the target")]
    level: Annotated[
        str, Field(description="the level that ranks: total, or another all methods share; usual: that of the target")
    ]
    metric: Annotated[
        Literal[
            "usual",
            "wape",
            "mase",
            "brier",
            "log_loss",
            "auc",
            "average_precision",
            "rmse",
            "mae",
            "gini",
            "spearman",
            "concordance",
            "qini",
            "auuc",
            "hit_rate5",
            "precision_at5",
            "recall_at5",
        ],
        Field(description="what ranks; usual: that of the target; mase where series have different units"),
    ]
    alpha: Annotated[float, Field(gt=0, lt=0.5, description="error rate of the tests; intervals cover 1 - alpha")]


Share = Annotated[float, Field(ge=0, le=1)]


Ratio = Annotated[float, Field(gt=0)]


@dataclass(frozen=True)
class OfCustomers:
    """What of the gate is other where customers are scored: there ``margin, ceiling`` and ``worse`` do not fit."""

    margin: Annotated[float, Field(ge=0, description="with fewer origins: how much worse than the champion, relative")]
    skill: Annotated[Share, Field(description="least share of the squared error of one mean for all that it takes off")]
    worse: Annotated[float, Field(ge=0, description="how much worse than by the champion a segment may be, relative")]
    calibration: Annotated[
        tuple[Ratio, Ratio], Field(description="least and most that is foretold in all, per unit that happens")
    ]


@dataclass(frozen=True)
class Promote:
    """What a challenger must show to become the champion."""

    folds: Annotated[
        Literal["test", "all"], Field(description="folds that count; all: those that chose it too, which flatters it")
    ]
    origins: Annotated[int, Field(ge=2, description="origins from which on it must be clearly better")]
    margin: Annotated[float, Field(ge=0, description="with fewer: how much worse may still be called as good")]
    ceiling: Annotated[float, Field(gt=0, description="most error of the level that ranks, weighted by money")]
    share: Annotated[Share, Field(description="share of the money from which on a segment counts for itself")]
    worse: Annotated[float, Field(ge=0, description="how much worse than by the champion none of them may be served")]
    coverage: Annotated[tuple[Share, Share], Field(description="least and most share of truths in 80 % intervals")]
    dropped: Annotated[Share, Field(description="most rows of the source that may have been left out")]
    fallback: Annotated[Share, Field(description="most forecasts that may have fallen back to seasonal naive")]
    looks: Annotated[int | None, Field(ge=1, description="most looks at the test folds; null: they are only told")]
    customers: OfCustomers


@dataclass(frozen=True)
class Report:
    """How the report of a study is written, and how much of it."""

    language: Annotated[Literal["en", "zh"], Field(description="language of the report: English or Chinese")]
    within: Annotated[float, Field(gt=0, lt=1, description="how far off a forecast may be to be good enough")]
    methods: Annotated[int, Field(ge=1, le=40, description="methods that figures show; tables have all")]
    series: Annotated[int, Field(ge=1, le=500, description="series that can be chosen; the largest ones")]


@dataclass(frozen=True)
class Tuned:
    """Which search found the values of a config: a tuned method is never shown as if it were not."""

    study: Annotated[str, Field(description="the study whose search it was")]
    trials: Annotated[int, Field(ge=1, description="how many trials there were")]
    trial: Annotated[int, Field(ge=0, description="the number of the trial that these values are from")]

    def __str__(self) -> str:
        return f"trial {self.trial} of {self.trials} of the search of study {self.study}"


@dataclass(frozen=True)
class Settings:
    """Everything in the config that is not a part."""

    study: Annotated[
        str | None,
        Field(max_length=120, pattern=PRINTED, description="name of the study; null: the experiment's or the data's"),
    ]
    question: Annotated[str, Field(description="the question in words, shown to reviewers")]
    levels: Annotated[list[Level], Field(min_length=1, description="quantile levels that are foretold")]
    compare: Compare
    promote: Promote
    report: Report
    quality: Quality
    profile: Profile
    oracle: Annotated[
        bool, Field(description="whether methods see what the drivers came to be; such a score is no forecast's")
    ]
    cold: Annotated[
        Literal["zero", "profile"],
        Field(description="what stands for a series of a ready-made panel that has no past: zero, or as its kind"),
    ]
    what_if: Annotated[
        dict[str, dict[str, Change]],
        Field(description="forecasts under other assumptions: name → driver column → 5, '+10%' or '-3'"),
    ]
    privacy: Annotated[
        Literal["pseudonym", "clear"],
        Field(description="how customers are called in all that leaves: tracking, reports, exports"),
    ]
    root: Annotated[str, Field(min_length=1, description="folder of results, cache and the tracking store")]
    tuned: Annotated[Tuned | None, Field(description="which search found these values; null: none did")]
    sweep: Annotated[dict[str, Any], Field(description="what a study varies, as after -m: {model: 'naive,arima'}")]
    studies: Annotated[list[str], Field(description="other experiments that run does instead, one after the other")]
