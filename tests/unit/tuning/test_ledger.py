"""Where trials are kept, who may write there, and what is said when it cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from postgres import PASSWORD, Cluster

from forecastlab.schema import ConfigError, EnvironmentFault
from forecastlab.tuning import ledger
from forecastlab.tuning._lease import DatabaseLease
from forecastlab.tuning._storage import url_of
from forecastlab.tuning.space import Dimension, Proposal, Trial

VARIABLE = "FORECASTLAB_TEST_TRIALS"
SPACE = (Dimension("model.ridge", low=0.0, high=1.0),)


def trial(index: int, *values: float) -> Trial:
    return Trial(index, Proposal({"model.ridge": index / 10}, {}), "done", (0.5, 0.25), values or (0.25,), 1.0)


@pytest.mark.parametrize("storage", ["journal", "sqlite"])
def test_when_a_search_is_opened_again_then_it_has_its_trials(tmp_path: Path, storage: str) -> None:
    for index in range(3):
        with ledger.opened(storage, tmp_path, "hunt", SPACE, 1) as kept:
            assert kept.trials() == [trial(i) for i in range(index)]
            kept.add(trial(index))


def test_when_there_are_two_objectives_then_both_are_kept(tmp_path: Path) -> None:
    with ledger.opened("journal", tmp_path, "hunt", SPACE, 2) as kept:
        kept.add(trial(0, 0.25, 3.0))
    with ledger.opened("journal", tmp_path, "hunt", SPACE, 2) as kept:
        assert kept.trials()[0].values == (0.25, 3.0)


@pytest.mark.parametrize("left", [b'{"op_code": 4, "wor', b"\x00\x00\x00", b"{"])
def test_when_the_last_line_is_half_written_then_it_is_dropped_and_the_journal_goes_on(
    tmp_path: Path, left: bytes
) -> None:
    with ledger.opened("journal", tmp_path, "hunt", SPACE, 1) as kept:
        kept.add(trial(0))
    with (tmp_path / "trials.journal").open("ab") as file:
        file.write(left)
    for index in (1, 2):
        with ledger.opened("journal", tmp_path, "hunt", SPACE, 1) as kept:
            assert [one.index for one in kept.trials()] == list(range(index))
            kept.add(trial(index))


def test_when_a_line_in_the_middle_is_damaged_then_it_is_said(tmp_path: Path) -> None:
    with ledger.opened("journal", tmp_path, "hunt", SPACE, 1) as kept:
        kept.add(trial(0))
    path = tmp_path / "trials.journal"
    first, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([first, b"#" + rest[0][1:], *rest[1:]]))
    with (
        pytest.raises(EnvironmentFault, match="a line of the journal is damaged"),
        ledger.opened("journal", tmp_path, "hunt", SPACE, 1),
    ):
        pass


def test_when_optunas_own_lock_is_left_over_then_nobody_waits_for_it(tmp_path: Path) -> None:
    path = tmp_path / "trials.journal"
    path.with_name("trials.journal.lock").symlink_to(path)
    start = time.monotonic()
    with ledger.opened("journal", tmp_path, "hunt", SPACE, 1) as kept:
        kept.add(trial(0))
    assert time.monotonic() - start < 15  # its own grace is 30 s


def test_when_an_sqlite_store_was_half_made_then_it_is_made_whole(tmp_path: Path) -> None:
    import sqlite3

    with ledger.opened("sqlite", tmp_path, "hunt", SPACE, 1) as kept:
        kept.add(trial(0))
    with sqlite3.connect(tmp_path / "trials.db") as con:
        con.execute("PRAGMA journal_mode=WAL")
        con.execute("DELETE FROM alembic_version")
        con.execute("DROP TABLE trial_heartbeats")
    con.close()
    with ledger.opened("sqlite", tmp_path, "hunt", SPACE, 1) as kept:
        assert kept.trials() == [trial(0)]


def test_when_the_folder_cannot_be_written_then_one_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault) as caught, ledger.opened("journal", tmp_path / "file", "hunt", SPACE, 1):
        pass
    assert "cannot be written" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "nor a variable that is set"),
        (f"postgresql://lab:{PASSWORD}:port@[", "does not hold a URL"),
        (f"mysql://lab:{PASSWORD}@host/db", "of the kind mysql"),
        (f"postgresql+psycopg2://lab:{PASSWORD}@host/db", "of the kind postgresql"),
    ],
)
def test_when_the_variable_is_wrong_then_its_value_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, value: str | None, said: str
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(ConfigError) as caught:
        url_of(VARIABLE)
    assert said in str(caught.value)
    assert "canary" not in str(caught.value) and caught.value.__cause__ is None


def test_when_the_url_itself_is_given_then_it_is_not_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        url_of(f"postgresql://lab:{PASSWORD}@host/db")
    assert "canary" not in str(caught.value)


@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("password", "does not accept this user and password"),
        ("database", "does not know this database"),
        ("port", "does not answer"),
    ],
)
def test_when_postgresql_cannot_be_used_then_one_line_says_why_without_the_password(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, said: str
) -> None:
    url = postgres.url("no_such" if wrong == "database" else "postgres")
    if wrong == "password":
        url = postgres.url("postgres", "Zf9@canary-wrong")
    if wrong == "port":
        url = Cluster(1).url("postgres")
    monkeypatch.setenv(VARIABLE, url)
    with pytest.raises(EnvironmentFault) as caught, ledger.opened(VARIABLE, tmp_path, "hunt", SPACE, 1):
        pass
    assert said in str(caught.value) and "\n" not in str(caught.value)
    assert "canary" not in str(caught.value) and caught.value.__cause__ is None


@pytest.mark.xdist_group("postgres")
def test_when_trials_are_in_postgresql_then_another_machine_waits_for_its_turn(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, postgres.fresh())
    seen: list[int] = []

    def other_machine() -> None:  # its folder is another one: only the database knows of both
        with ledger.opened(VARIABLE, tmp_path / "other", "hunt", SPACE, 1) as kept:
            seen.append(len(kept.trials()))

    with ledger.opened(VARIABLE, tmp_path / "one", "hunt", SPACE, 1) as kept:
        thread = threading.Thread(target=other_machine)
        thread.start()
        time.sleep(1.5)
        assert not seen
        kept.add(trial(0))
    thread.join(60)
    assert seen == [1]


@pytest.mark.xdist_group("postgres")
def test_when_the_holder_of_the_lease_is_killed_then_the_next_has_it_at_once(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, postgres.fresh())
    program = (
        "import sys, time, pathlib\n"
        "from forecastlab.tuning import ledger\n"
        "with ledger.opened(sys.argv[1], pathlib.Path(sys.argv[2]), 'hunt', (), 1):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(600)\n"
    )
    command = [sys.executable, "-c", program, VARIABLE, str(tmp_path / "one")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        holder.kill()
    start = time.monotonic()
    with ledger.opened(VARIABLE, tmp_path / "two", "hunt", SPACE, 1):
        assert time.monotonic() - start < 15


@pytest.mark.xdist_group("postgres")
def test_when_the_lease_was_lost_then_nothing_is_added(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.fresh()
    monkeypatch.setenv(VARIABLE, url)
    with ledger.opened(VARIABLE, tmp_path, "hunt", SPACE, 1) as kept:
        assert isinstance(kept.check.__self__, DatabaseLease)  # type: ignore[attr-defined]
        ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        assert postgres.execute(url, ended) == [(True,)]
        with pytest.raises(EnvironmentFault, match="lease of search hunt was lost"):
            kept.add(trial(0))
        assert kept.trials() == []
