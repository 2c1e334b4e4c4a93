from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from forecastlab.schema import ConfigError, EnvironmentFault
from forecastlab.tracking._owner import fate, owner_of, this_process
from forecastlab.tracking._place import place, without_password
from forecastlab.tracking._spool import Spool, read


def test_when_events_are_written_then_they_are_read_back_in_order(tmp_path: Path) -> None:
    spool = Spool(tmp_path, {"study": "s"})
    spool.append("metrics", {"values": {"m": 0.1 + 0.2}, "step": 3})
    record = read(spool.path)
    assert [(event.n, event.kind) for event in record.events] == [(0, "start"), (1, "metrics")]
    assert record.events[1].data["values"]["m"] == 0.1 + 0.2
    assert record.damaged == 0


def test_when_the_last_line_is_torn_then_it_is_counted_and_the_rest_kept(tmp_path: Path) -> None:
    spool = Spool(tmp_path, {})
    spool.append("tags", {"values": {"a": "b"}})
    spool.append("tags", {"values": {"c": "d"}})
    whole = spool.path.read_bytes()
    spool.path.write_bytes(whole[:-20])
    record = read(spool.path)
    assert [event.n for event in record.events] == [0, 1]
    assert record.damaged == 1


@pytest.mark.parametrize("change", ["altered", "missing"])
def test_when_a_line_in_the_middle_is_wrong_then_it_is_counted(tmp_path: Path, change: str) -> None:
    spool = Spool(tmp_path, {})
    spool.append("metrics", {"values": {"m": 1.0}, "step": 0})
    spool.append("finish", {"status": "FINISHED"})
    first, second, third = spool.path.read_text().splitlines()
    lines = [first, second.replace("1.0", "2.0"), third] if change == "altered" else [first, third]
    spool.path.write_text("\n".join(lines) + "\n")
    record = read(spool.path)
    assert [event.kind for event in record.events] == ["start", "finish"]
    assert record.damaged == 1


def test_when_a_file_is_kept_then_later_changes_do_not_reach_the_copy(tmp_path: Path) -> None:
    source = tmp_path / "plot.svg"
    source.write_text("before")
    spool = Spool(tmp_path / "spool", {})
    assert spool.keep(source, "plots/plot.svg") == 6
    source.write_text("after")
    assert (spool.files / "plots/plot.svg").read_text() == "before"
    assert [path.name for path in spool.files.rglob("*") if path.is_file()] == ["plot.svg"]


def test_when_a_file_cannot_be_kept_then_nothing_of_it_is_left(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", {})
    with pytest.raises(EnvironmentFault, match="cannot-record"):
        spool.keep(tmp_path / "missing", "a.txt")
    assert not list(spool.files.rglob("*.*"))


def test_when_the_run_has_ended_then_nothing_more_is_taken(tmp_path: Path) -> None:
    spool = Spool(tmp_path, {})
    spool.close()
    with pytest.raises(ValueError, match="ended"):
        spool.append("tags", {"values": {}})


def test_when_the_record_has_vanished_then_it_is_not_begun_anew(tmp_path: Path) -> None:
    spool = Spool(tmp_path, {})
    spool.path.unlink()
    with pytest.raises(EnvironmentFault, match="cannot-record"):
        spool.append("tags", {"values": {}})
    assert not spool.path.exists()


def test_when_events_come_within_a_millisecond_then_their_times_still_differ(tmp_path: Path) -> None:
    spool = Spool(tmp_path, {})
    for value in range(50):
        spool.append("metrics", {"values": {"m": -value}, "step": 0})
    times = [event.at for event in read(spool.path).events]
    assert times == sorted(set(times))


def test_when_the_folder_cannot_be_written_then_the_fault_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault, match=r"tracking\.root"):
        Spool(tmp_path / "file" / "spool", {})


def test_when_spools_are_made_one_after_the_other_then_their_ids_sort_by_time(tmp_path: Path) -> None:
    ids = [Spool(tmp_path, {}).id for _ in range(20)]
    assert ids == sorted(set(ids))


def test_when_the_process_lives_then_its_owner_is_alive() -> None:
    assert fate(this_process()) == "alive"
    assert owner_of(this_process().tags()) == this_process()


def test_when_the_process_has_died_then_its_owner_is_dead() -> None:
    code = "import json, dataclasses; from forecastlab.tracking._owner import *;"
    code += "print(json.dumps(dataclasses.asdict(this_process())))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert fate(replace(this_process(), **json.loads(done.stdout))) == "dead"


def test_when_the_number_is_used_again_then_the_owner_is_dead() -> None:
    assert fate(replace(this_process(), start="1")) == "dead"
    assert fate(replace(this_process(), boot="another")) == "dead"


def test_when_the_owner_ran_on_another_machine_then_nothing_is_said() -> None:
    assert fate(replace(this_process(), host="elsewhere.example")) == "elsewhere"


def test_when_a_process_is_a_zombie_then_it_is_dead() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert fate(replace(this_process(), pid=str(child))) == "dead"
    os.waitpid(child, 0)


@pytest.mark.parametrize("uri", ["mlruns", "file:///tmp/x", "databricks", "sqlite://", "http://", "sqlite:///a?b", ""])
def test_when_an_address_cannot_be_used_then_it_is_refused(tmp_path: Path, uri: str) -> None:
    with pytest.raises(ConfigError, match="bad-uri"):
        place(tmp_path, uri)


def test_when_an_address_holds_a_password_then_it_is_not_shown(tmp_path: Path) -> None:
    here = place(tmp_path, "https://me:secret@tracking.example:5000")
    assert here.url == "https://me:secret@tracking.example:5000"
    assert here.name == "https://***@tracking.example:5000"
    assert without_password("no //a:b@c and //d@e") == "no //***@c and //***@e"
