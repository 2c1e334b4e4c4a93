"""The command line: arguments → task, errors → one line each, results → a terminal."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

COMMANDS = {
    "run": "backtest one config, or with -m every combination; ends with a leaderboard",
    "tune": "search better values on the selection folds; the winner is judged once on the test folds",
    "plan": "show folds, series, fits, and an estimate of time and memory; computes nothing",
    "profile": "how good the data is and who its customers are, as one HTML page; fits nothing",
    "compare": "the leaderboard of everything that a study holds so far",
    "register": "fit the best run of a study to all data and register it as a challenger",
    "promote": "make a challenger the champion, if it passes the gate; --dry-run, --force REASON, --rollback",
    "predict": "foretell the periods to come with the champion, from new data or from what was kept",
    "score": "the customers of today with an action, a channel and a budget each, as a list for a CRM",
    "monitor": "hold stored forecasts against what came true since; 6 if something is wrong",
    "report": "the report of a study as one HTML file, for those who decide",
    "reveal": "write a file that has pseudonyms of customers again with their ids: FILE dataset=NAME",
    "list": "the parts of a config group: what each does and its parameters",
    "check": "check a config, its data, your own parts, or whether anything sees the future",
    "ui": "open the MLflow pages of the local store on this machine",
    "sync": "send to MLflow what could not be sent before",
    "completion": 'print a script for bash or zsh, so that Tab completes: eval "$(forecastlab completion bash)"',
    "cache": "show what the cache holds (ls), or make it smaller (prune)",
}

USAGE = f"""forecastlab: experiments in forecasting customer sales

usage: forecastlab COMMAND [group=choice] [key=value] [options]

commands
{chr(10).join(f"  {name:<10} {what}" for name, what in COMMANDS.items())}

examples
  forecastlab run +experiments=quickstart
  forecastlab run dataset=complete_journey segmentation=lifecycle model=arima
  forecastlab run -m model=naive,arima,xgboost backtest.horizon=8
  forecastlab plan model=xgboost
  forecastlab profile dataset=complete_journey segmentation=lifecycle
  forecastlab list model

options
  -m, --multirun     run every combination of the values that are given as a list (a=1,2 or a=range(1,4))
  --cfg job          print the composed config instead of running it
  --info [WHAT]      tell where the config comes from: all, defaults, searchpath or config
  --config-dir DIR   your own configs; they come first and may shadow the packaged ones
  --trust MODULE     parts of your own: a module whose PARTS names them; may be given again
  --export [FILE]    tune: write the found values as an experiment, <study>_best.yaml if no file is named
  --allow-change     go on with a search that was begun with another config, other data or code
  --dry-run          promote: tell what the gate says and change nothing
  --force REASON     promote: whatever the gate says; the reason is kept with the decision
  --rollback         promote: give the place back to the champion before
  --replay           monitor: tell a backtest again, month by month, as if its method had been in use
  --debug            show the traceback of an error
  --help, --version

exit codes: 0 done, 1 a bug, 2 the config is wrong, 3 the data is wrong, 4 partly failed, 5 disk, store or server,
6 monitor: alarm
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0 if words else 2
    if words[0] in ("--version", "-V"):
        from forecastlab import __version__

        print(f"forecastlab {__version__}")
        return 0
    if words[0] == "complete":  # asked by the shell on Tab: not a command for people, and it must be fast
        return _complete(words[1:])
    return _guarded(words)


def _complete(words: list[str]) -> int:
    from forecastlab.cli.complete_words import candidates

    shell, line = (*words, "", "")[:2]
    found = candidates(line, COMMANDS)
    if shell == "bash":  # it takes = : @ for ends of words, and wants only what comes after the last of them
        typed = line.split()[-1] if line.split() and not line[-1:].isspace() else ""
        cut = max(typed.rfind(sign) for sign in "=:@") + 1
        found = [word[cut:] for word in found]
    print("".join(f"{word}\n" for word in found), end="")
    return 0


def _guarded(words: list[str]) -> int:
    from forecastlab.cli.arguments import parse  # pandas comes with it, and --help should not wait for that
    from forecastlab.schema import ForecastlabError
    from forecastlab.task.quiet import quiet

    debug = "--debug" in words
    try:
        arguments = parse(words, COMMANDS)
        if arguments.help:
            print(USAGE, end="")
            return 0
        quiet()
        command = importlib.import_module(f"forecastlab.cli.{arguments.command}_command")
        return int(command.main(arguments))
    except ForecastlabError as error:
        if debug:
            raise
        for fault in error.faults:
            print(f"forecastlab: error {fault}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("forecastlab: stopped; type the same command to go on", file=sys.stderr)
        return 130
    except Exception as error:
        if debug:
            raise
        kind = type(error).__name__
        text = " ".join(str(error).split())
        print(f"forecastlab: error bug: {kind}: {text} Type the command again with --debug.", file=sys.stderr)
        return 1
