"""``forecastlab ui``: the MLflow pages of the local store, on this machine only."""

from __future__ import annotations

from forecastlab.cli.arguments import Arguments
from forecastlab.schema import ConfigError, Fault

HOST = "127.0.0.1"


def main(arguments: Arguments) -> int:
    """Serve until Ctrl-C."""
    from forecastlab.tracking.server import serve, stop, wait_until_ready

    settings = _settings(arguments, {"root": "mlruns", "port": "5000"})
    port = int(settings["port"])
    server = serve(settings["root"], HOST, port)
    try:
        wait_until_ready(server, HOST, port, 60)
        print(f"http://{HOST}:{port}  (Ctrl-C ends it)")
        server.wait()
    finally:
        stop(server)
    return 0


def _settings(arguments: Arguments, defaults: dict[str, str]) -> dict[str, str]:
    found = dict(word.split("=", 1) for word in arguments.overrides if "=" in word)
    unknown = [word for word in arguments.overrides if word.partition("=")[0] not in defaults]
    if unknown or not found.get("port", "0").isdigit():
        what = f"found {' '.join(arguments.overrides)}, allowed are {', '.join(f'{key}=…' for key in defaults)}"
        raise ConfigError(Fault("bad-option", arguments.command, what))
    return defaults | found
