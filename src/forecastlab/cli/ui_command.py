"""``forecastlab ui``: the MLflow pages, opened on a study; of the local store on this machine only."""

from __future__ import annotations

import os
import signal
import sys

from forecastlab.cli.arguments import Arguments
from forecastlab.schema import ConfigError, Fault, nearest

KNOWN = {
    "root": "mlruns",
    "study": "",
    "tracking.uri": "",
    "host": "127.0.0.1",
    "port": "5000",
    "open": "true",
    "expose": "false",
    "allowed_hosts": "",
}
READY = 120


def main(arguments: Arguments) -> int:
    """Print the address of the study's page, open it where there is a screen, and serve until Ctrl-C."""
    from forecastlab.tracking.addresses import page_of

    told = _settings(arguments)
    uri = told["tracking.uri"] or None
    study, page = page_of(told["root"], uri, told["study"] or None)
    if uri is not None and uri.startswith(("http://", "https://")):
        return _show(study, f"{uri.rstrip('/')}{page}", told["open"] == "true")
    return _serve(told, uri, study, page, chosen="port" in _words(arguments))


def _serve(told: dict[str, str], uri: str | None, study: str, page: str, chosen: bool) -> int:
    from forecastlab.tracking.server import check_host, free_port, serve, stop, wait_until_ready

    host, exposed = told["host"], told["expose"] == "true"
    check_host(host, exposed)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # else the server would outlive us
    port = free_port(host, int(told["port"]), or_next=not chosen)
    server = serve(told["root"], host, port, exposed, told["allowed_hosts"], uri)
    try:
        wait_until_ready(server, host, port, READY)
        shown = f"[{host}]" if ":" in host else host
        _show(study, f"http://{shown}:{port}{page}", told["open"] == "true")
        print("Ctrl-C ends it", flush=True)
        server.wait()
    finally:
        stop(server)
    return 0


def _show(study: str, address: str, wanted: bool) -> int:
    """Say where the study is, and open it if there is a screen: a browser in the terminal would take that away."""
    print(f"{study or 'nothing was recorded yet'}: {address}", flush=True)
    if wanted and (sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        import webbrowser

        webbrowser.open(address)
    return 0


def _words(arguments: Arguments) -> dict[str, str]:
    return dict(word.split("=", 1) for word in arguments.overrides if "=" in word)


def _settings(arguments: Arguments) -> dict[str, str]:
    given = _words(arguments)
    for word in arguments.overrides:
        key = word.partition("=")[0]
        if key not in KNOWN or "=" not in word:
            what = f"found {word}, allowed are {', '.join(f'{name}=…' for name in KNOWN)}"
            raise ConfigError(Fault("bad-option", arguments.command, what, nearest(key, list(KNOWN))))
    told = KNOWN | given
    if not told["port"].isdigit() or not 0 <= int(told["port"]) < 65536:
        raise ConfigError(Fault("bad-option", "port", f"found {told['port']}, allowed is 0 to 65535"))
    for flag in ("open", "expose"):
        if told[flag] not in ("true", "false"):
            raise ConfigError(Fault("bad-option", flag, f"found {told[flag]}, allowed are true, false"))
    return told
