"""A real PostgreSQL for tests: Debian's own programs, a cluster in a temporary folder, on this machine only."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from debian import install

USER = "lab"
PASSWORD = "pa$$ w/rd:Zf9@canary"
"""With signs that a URL has to escape, so that its escaped form is looked for in messages, too."""


class UnavailableError(Exception):
    """There is no PostgreSQL here and none can be installed; the text says why."""


@dataclass(frozen=True)
class Cluster:
    """A running server with one superuser, who has a password."""

    port: int
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str, password: str = PASSWORD, user: str = USER) -> str:
        """The SQLAlchemy URL of a database."""
        import sqlalchemy

        made = sqlalchemy.URL.create("postgresql+psycopg", user, password, "127.0.0.1", self.port, database)
        return made.render_as_string(hide_password=False)

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        name = f"db{next(self.numbers)}"
        self.execute(self.url("postgres"), f"CREATE DATABASE {name}")
        return self.url(name)

    def execute(self, url: str, *statements: str) -> list[tuple[object, ...]]:
        """Run statements, each committed, and answer the rows of the last one that has any."""
        import sqlalchemy

        engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.pool.NullPool)
        rows: list[tuple[object, ...]] = []
        with engine.connect().execution_options(no_parameters=True) as con:
            for statement in statements:
                result = con.exec_driver_sql(statement)
                rows = [tuple(row) for row in result] if result.returns_rows else rows
        engine.dispose()
        return rows


@contextlib.contextmanager
def running() -> Iterator[Cluster]:
    """Make a cluster, start it, and take all of it away in the end. Raises UnavailableError."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="forecastlab-postgres-"))  # pytest's own folders are closed to other users
    try:
        prefix = _other_user(folder)
        secret = folder / "secret"
        secret.write_text(PASSWORD + "\n", encoding="utf-8")
        if prefix:
            shutil.chown(secret, prefix[1].partition("=")[2])
        words = ["-D", str(folder / "data"), "-U", USER, "-A", "scram-sha-256", f"--pwfile={secret}"]
        words += ["--encoding=UTF8", "--locale=C", "--no-sync"]
        _call([*prefix, str(programs / "initdb"), *words])
        with _server([*prefix, str(programs / "postgres")], folder) as port:
            yield Cluster(port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _server(command: list[str], folder: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    values = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off"}
    settings = [word for key, value in values.items() for word in ("-c", f"{key}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "-D", str(folder / "data"), *settings], stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/"
        )
    try:
        _wait(Cluster(port), server, folder / "log")
        yield port
    finally:
        server.send_signal(signal.SIGINT)  # "fast": it does not wait for those who are connected
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    import sqlalchemy

    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            cluster.execute(cluster.url("postgres"), "SELECT 1")
            return
        except sqlalchemy.exc.OperationalError:
            time.sleep(0.1)
    raise UnavailableError(f"the server did not start: {log.read_text('utf-8', 'replace')[-500:]}")


def _programs() -> Path:
    """The folder with ``initdb`` and ``postgres``, installed from Debian's archive where that can be done."""
    found = _found()
    if found is None:
        install("postgresql")
        found = _found()
    if found is None:
        raise UnavailableError("PostgreSQL is not installed: as root, type apt-get install postgresql")
    return found


def _found() -> Path | None:
    folders = sorted(path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return folders[-1] if folders else Path(on_path).resolve().parent if on_path else None


def _other_user(folder: Path) -> list[str]:
    """The words before a command that is to run as somebody else: the server refuses to be root."""
    if os.geteuid() != 0:
        return []
    known = {user.pw_name for user in pwd.getpwall()}
    name = next((one for one in ("postgres", "nobody") if one in known), None)
    if name is None or not shutil.which("setpriv"):
        raise UnavailableError("root may not run PostgreSQL, and there is no setpriv or no other user")
    shutil.chown(folder, name)
    group = pwd.getpwnam(name).pw_gid
    return ["setpriv", f"--reuid={name}", f"--regid={group}", "--clear-groups"]


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd="/")
    if done.returncode:
        raise UnavailableError(f"initdb failed: {done.stderr[-500:]}")
