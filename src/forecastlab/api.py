"""``import forecastlab as fl``: the same questions as on the command line, with frames for answers."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from forecastlab.flow.outcome import Outcome
from forecastlab.recipe import trust as trusted
from forecastlab.schema import ConfigError, DataError, EnvironmentFault, Fault, ForecastlabError
from forecastlab.task import compare as comparing
from forecastlab.task import predict as predicting
from forecastlab.task import promote as promoting
from forecastlab.task import register as registering
from forecastlab.task import run as running
from forecastlab.task import score as scoring
from forecastlab.task.board import Board
from forecastlab.task.pictures import Pictures
from forecastlab.task.profile import make as profiling
from forecastlab.task.quiet import quiet
from forecastlab.task.studies import existing

__all__ = [
    "ConfigError",
    "DataError",
    "EnvironmentFault",
    "ForecastlabError",
    "Study",
    "compare",
    "predict",
    "profile",
    "promote",
    "register",
    "run",
]

FAILURES = ["method", "unique_id", "cutoff", "kind", "reason", "fallback", "model"]


@dataclass(frozen=True, repr=False)
class Study:
    """The answer to a question: who is best and how sure that is, and everything behind it, one row per thing.

    ``leaderboard`` has one row per method, best first; ``comparison`` one per two methods. ``scores``, ``forecasts``
    and ``failures`` are those of all runs, with the run's name in ``method``; the columns are those of the files in
    ``folder``. A failure of kind ``fold`` or ``run`` is of a whole fold or run and has no ``unique_id``. ``verdict`` is
    the result in one sentence.
    """

    study: str
    leaderboard: pd.DataFrame
    scores: pd.DataFrame
    forecasts: pd.DataFrame
    comparison: pd.DataFrame
    failures: pd.DataFrame
    verdict: str
    folder: Path

    @property
    def plot(self) -> Pictures:
        """Pictures: ``study.plot.leaderboard()``, ``study.plot.forecasts(segment="active")``."""
        return Pictures(self.leaderboard, self.forecasts, self.scores)

    def _repr_html_(self) -> str:
        """The verdict and the leaderboard, as a notebook shows them."""
        board = self._shown()
        figures = [name for name in map(str, board) if "." in name]
        forms = {name: "{:.1%}" if name.startswith("wape.") else "{:.3g}" for name in figures}
        shown = board.assign(**{name: board[name].map(forms[name].format) for name in figures})
        told = f"<p><b>{html.escape(self.study)}</b>: {html.escape(self.verdict)}</p>"
        return told + (shown.to_html(index=False, border=0) if len(shown) else "")

    def __repr__(self) -> str:
        """The verdict, and the leaderboard without its fine print."""
        table = self._shown().to_string(index=False) if len(self.leaderboard) else "no run has a forecast"
        return f"{self.study}: {self.verdict}\n{table}"

    def _shown(self) -> pd.DataFrame:
        """The leaderboard without its fine print."""
        columns = [str(name) for name in self.leaderboard]
        return self.leaderboard[
            [name for name in columns if name in ("rank", "method", "evidence") or name.endswith((".select", ".test"))]
        ]


def run(
    *overrides: str,
    config_dir: str | Path | None = None,
    trust: str | Sequence[str] = (),
    progress: bool = False,
) -> Study:
    """Backtest what the overrides ask for, and compare: ``run("model=naive,theta", "dataset=cdnow")``.

    The words are those of the command line; several values of a key are all tried, as after ``-m``. What was finished
    before is not computed again. ``config_dir`` is a folder of your own configs, ``trust`` names modules of your own
    parts; ``progress`` shows a bar. Raises ConfigError, DataError or EnvironmentFault with all that is wrong. Where
    some of several runs fail, the rest is kept, and the failures tell.
    """
    quiet()
    _check_words(overrides)
    folder = _folder(config_dir)
    runs = running.recipes(overrides, folder, True, trusted(_listed(trust)))
    outcomes: dict[str, Outcome] = {}
    broken: dict[str, str] = {}
    ended: running.StudyEnds | None = None
    with closing(running.run_study(runs)) as events:  # type: ignore[type-var]
        for event in _shown(events, progress):
            match event:
                case running.RunEnds(name, None, _, reason):
                    broken[name] = reason
                case running.RunEnds(name, outcome) if outcome is not None:
                    outcomes[name] = outcome
                case running.StudyEnds():
                    ended = event
    assert ended is not None
    return _study(ended.study, ended.board, outcomes, broken, ended.folder)


def compare(
    study: str,
    *overrides: str,
    root: str | Path = "mlruns",
    config_dir: str | Path | None = None,
    trust: str | Sequence[str] = (),
) -> Study:
    """Everything that a study holds so far, compared: ``compare("cdnow", "compare.level=segment")``.

    Nothing is computed. ``root`` is the folder of results. Raises ConfigError for a study that is not there.
    """
    _check_words((study, *overrides))
    folder = _folder(config_dir)
    words = [*overrides, f"study={_quoted(study)}", f"root={_quoted(str(root))}"]
    name, board, path = comparing.compare(words, folder, trusted(_listed(trust)))
    found = existing(Path(root), name)
    outcomes = found.outcomes()
    return _study(name, board, dict(zip(found.names(outcomes), outcomes, strict=True)), {}, path)


def register(
    study: str,
    *overrides: str,
    root: str | Path = "mlruns",
    config_dir: str | Path | None = None,
    trust: str | Sequence[str] = (),
) -> registering.Registered:
    """Fit the best run of a study to all data and register it: ``register("cdnow", "run=theta", "name=planning")``.

    The answer has the ``version`` (name, number, aliases, description) and its ``bundle``. Raises ConfigError for a
    study or a run that is not there or not as it was, EnvironmentFault where the registry is out of reach.
    """
    quiet()
    _check_words((study, *overrides))
    words = [f"study={_quoted(study)}", f"root={_quoted(str(root))}", *overrides]
    return registering.register(words, _folder(config_dir), trusted(_listed(trust)))


def promote(
    model: str = "challenger",
    *overrides: str,
    dry_run: bool = False,
    force: str = "",
    root: str | Path = "mlruns",
    config_dir: str | Path | None = None,
    trust: str | Sequence[str] = (),
) -> promoting.Decision:
    """Hold a challenger against the gate and make it the champion if it passes: ``promote("cdnow", dry_run=True)``.

    ``force`` is a reason to promote it whatever the gate says. The answer has the ``findings`` and what was decided.
    """
    quiet()
    _check_words((model, *overrides))
    words = [f"model={model}", f"root={_quoted(str(root))}", *overrides]
    return promoting.promote(words, _folder(config_dir), dry_run, force, trusted(_listed(trust)))


def predict(
    model: str = "champion",
    *overrides: str,
    root: str | Path = "mlruns",
    config_dir: str | Path | None = None,
    trust: str | Sequence[str] = (),
) -> predicting.Prediction:
    """Foretell the periods to come: ``predict("cdnow@champion", "horizon=8", "mode=stored")``.

    The words are those of the command line. The answer has the ``frame`` (``unique_id, level, segment, ds, cutoff,
    step, yhat, q…``; of a method for customers the list of them, under pseudonyms), ``what_if``, and in ``about`` what
    it is of. Raises ConfigError, DataError, EnvironmentFault.
    """
    quiet()
    _check_words((model, *overrides))
    words = [f"model={model}", f"root={_quoted(str(root))}", *overrides]
    return predicting.predict(words, _folder(config_dir), trusted(_listed(trust)))


def score(
    model: str = "champion",
    *overrides: str,
    root: str | Path = "mlruns",
    config_dir: str | Path | None = None,
    trust: str | Sequence[str] = (),
) -> scoring.Scored:
    """The customers of today with an action, a channel and a budget each: ``score("leaving", "playbook=retention")``.

    The words are those of the command line. The answer has the ``table``, ``notes`` and the files. Raises ConfigError,
    DataError, EnvironmentFault.
    """
    quiet()
    _check_words((model, *overrides))
    words = [f"model={model}", f"root={_quoted(str(root))}", *overrides]
    return scoring.score(words, _folder(config_dir), trusted(_listed(trust)))


def profile(
    *overrides: str,
    config_dir: str | Path | None = None,
    trust: str | Sequence[str] = (),
) -> profiling.Profile:
    """How good data is and who its customers are: ``profile("dataset=cdnow", "report.language=zh")``.

    The words are those of the command line. The answer has the ``shares`` of quality, all ``tables``, the ``verdict``
    where ``quality.require`` was given, and the ``page``. Raises ConfigError, DataError, EnvironmentFault.
    """
    quiet()
    _check_words(overrides)
    return profiling.profile(overrides, _folder(config_dir), trusted(_listed(trust)))


def _folder(config_dir: str | Path | None) -> Path | None:
    return Path(config_dir) if config_dir is not None else None


def _check_words(words: Sequence[object]) -> None:
    """Raise ConfigError for words that are no text, such as a list of overrides in place of several."""
    strange = [word for word in words if not isinstance(word, str)]
    if strange:
        fix = "give each as a text of its own: run('model=naive', 'dataset=cdnow')"
        raise ConfigError(Fault("bad-override", "override", f"found {type(strange[0]).__name__}, allowed is text", fix))


def _study(
    study: str, board: Board | None, outcomes: Mapping[str, Outcome], broken: Mapping[str, str], folder: Path
) -> Study:
    failures = [outcome.failures.assign(method=name) for name, outcome in outcomes.items()]
    rows = [
        {"method": name, "unique_id": "", "cutoff": pd.Timestamp(cutoff), "kind": "fold", "reason": reason}
        for name, outcome in outcomes.items()
        for cutoff, reason in outcome.facts.failed.items()
    ]
    rows += [
        {"method": name, "unique_id": "", "cutoff": pd.NaT, "kind": "run", "reason": reason}
        for name, reason in broken.items()
    ]
    return Study(
        study,
        board.table if board is not None else pd.DataFrame(),
        _joined({name: outcome.scores for name, outcome in outcomes.items()}),
        _joined({name: outcome.forecasts for name, outcome in outcomes.items()}),
        board.pairs if board is not None else pd.DataFrame(),
        _stacked([*failures, pd.DataFrame(rows)]).reindex(columns=FAILURES),
        board.verdict() if board is not None else "no run has a forecast",
        folder,
    )


def _joined(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The frames of all runs as one, with the run's name in the first column."""
    named = {name: frame.copy(deep=False) for name, frame in frames.items() if len(frame)}
    for name, frame in named.items():
        frame.insert(0, "method", name)
    return _stacked(list(named.values()))


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    full = [frame for frame in frames if len(frame)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame()


def _shown(events: Iterable[running.Event], progress: bool) -> Iterable[running.Event]:
    """The same events, with a bar beside them if it is wanted."""
    from rich.progress import Progress

    with Progress(transient=True, disable=not progress) as bar:
        line = bar.add_task("loading the data", total=None)
        for event in events:
            match event:
                case running.RunBegins(name, folds):
                    bar.update(line, description=name, total=folds, completed=0)
                case running.FoldEnds():
                    bar.advance(line)
            yield event


def _listed(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _quoted(text: str) -> str:
    """A value in Hydra's grammar that stands for exactly this text."""
    return "'" + text.replace("'", "\\'") + "'"
