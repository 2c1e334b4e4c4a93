"""``forecastlab reveal FILE [TARGET] dataset=…``: the real ids beside pseudonyms."""

from __future__ import annotations

from pathlib import Path

from forecastlab.cli.arguments import Arguments
from forecastlab.recipe import build, compose, trust
from forecastlab.schema import ConfigError, Fault


def main(arguments: Arguments) -> int:
    """Write a file with the ids of the customers beside their pseudonyms."""
    from forecastlab.task.reveal import reveal

    files = [Path(word) for word in arguments.overrides if "=" not in word]
    if not files or len(files) > 2:
        what = f"found {len(files)} files, wanted is the one with pseudonyms and, if you like, the one to write"
        raise ConfigError(Fault("missing-value", "reveal", what, "type forecastlab reveal customers.csv dataset=NAME"))
    source = files[0]
    target = files[1] if len(files) > 1 else source.with_name(f"{source.stem}-revealed{source.suffix}")
    _fit(source, target)
    overrides = [word for word in arguments.overrides if "=" in word]
    recipe = build(compose(overrides, arguments.folder, trust(arguments.trust)))
    print(f"{target}: {reveal(source, target, recipe):,} customers with their ids; keep it to yourself")
    return 0


def _fit(source: Path, target: Path) -> None:
    """Refuse a target that is the source, or of another form than CSV and Parquet, before anything is done."""
    own = source.with_name(f"{source.stem}-revealed.csv")
    if target.resolve() == source.resolve() or (target.exists() and source.exists() and target.samefile(source)):
        what = f"{target} is the file with the pseudonyms, which would be lost"
        raise ConfigError(Fault("bad-out", "reveal", what, f"name another file to write, such as {own}"))
    if target.suffix not in (".csv", ".parquet"):
        what = f"found {target.name}, allowed are files that end in .csv or .parquet"
        raise ConfigError(Fault("bad-out", "reveal", what, f"name {own}"))
