"""``forecastlab cache``: what is kept from earlier runs, and making it smaller."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from forecastlab.cache.store import Store
from forecastlab.cli.arguments import Arguments
from forecastlab.schema import ConfigError, Fault, duration_days

USAGE = "type: forecastlab cache ls, or forecastlab cache prune unused=30days, or forecastlab cache prune mb=500"


def main(arguments: Arguments) -> int:
    """Show the cache by stage, or take away what was not used for long or what makes it too big."""
    words = list(arguments.overrides) or ["ls"]
    settings = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    unknown = [word for word in words[1:] if word.partition("=")[0] not in ("unused", "mb", "root")]
    if words[0] not in ("ls", "prune") or unknown:
        raise ConfigError(Fault("bad-option", "cache", f"found {' '.join(words)}", USAGE))
    store = Store(Path(settings.get("root", "mlruns")) / "cache")
    if words[0] == "ls":
        return _show(store)
    if not {"unused", "mb"} & settings.keys():
        raise ConfigError(Fault("missing-value", "cache prune", "it needs a limit", USAGE))
    unused = duration_days(settings["unused"], "unused") if "unused" in settings else None
    size = _megabytes(settings["mb"]) if "mb" in settings else None
    gone = store.prune(unused, size)
    print(f"{len(gone)} entries, {sum(entry.bytes for entry in gone) / 1e6:.1f} MB taken away")
    return 0


def _show(store: Store) -> int:
    sizes: dict[str, list[int]] = defaultdict(list)
    for entry in store.ls():
        sizes[entry.stage].append(entry.bytes)
    for stage, found in sorted(sizes.items()):
        print(f"{stage:<28} {len(found):>6} entries {sum(found) / 1e6:>10.1f} MB")
    print(f"{'all':<28} {sum(map(len, sizes.values())):>6} entries {sum(map(sum, sizes.values())) / 1e6:>10.1f} MB")
    return 0


def _megabytes(text: str) -> int:
    try:
        return int(float(text) * 1e6)
    except ValueError as error:
        raise ConfigError(Fault("bad-value", "mb", f"found {text!r}, allowed is a number", USAGE)) from error
