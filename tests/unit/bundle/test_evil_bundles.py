"""Bundles made by somebody who means harm: each is refused before anything of it is parsed or run."""

from __future__ import annotations

import json
import os
import pickle
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from forecastlab.bundle import structure
from forecastlab.bundle.contents import About, Bundle, opened, plain
from forecastlab.bundle.manifest import MANIFEST, hash_of, write_manifest
from forecastlab.cache import identity
from forecastlab.schema import DataError, EnvironmentFault

SLOTS = (
    "bundle.json",
    "recipe.yaml",
    "run.json",
    "data.json",
    "band.parquet",
    "members/000.parquet",
    "panel/past.npz",
    "states/00000.json",
    "states/00000.npz",
)
ABOUT = About(
    "theta", "shop", "theta", "k", "2024-01-07", 2, 0, None, "W-SUN", "EUR", [], [""], "0.1.0", {}, "x86_64", "series"
)


class Harm:
    """What a pickle does when it is loaded."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self):
        return os.mkdir, (str(self.canary),)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle with a file of every kind, whole."""
    folder = tmp_path / "bundle"
    for name in ("panel", "states", "members"):
        (folder / name).mkdir(parents=True)
    about = plain(ABOUT) | {"versions": identity.versions(), "machine": identity.machine()}
    (folder / "bundle.json").write_text(json.dumps(about))
    (folder / "recipe.yaml").write_text("model: {part: theta}\n")
    for name in ("run.json", "data.json", "states/00000.json"):
        (folder / name).write_text('{"a": 1}')
    (folder / "states/fits.json").write_text('[{"member": "", "part": 0, "series": ["total"], "reason": ""}]')
    for name in ("band.parquet", "members/000.parquet"):
        pd.DataFrame({"unique_id": ["total"], "y": [1.5]}).to_parquet(folder / name)
    for name in ("panel/past.npz", "states/00000.npz"):
        np.savez(folder / name, values=np.arange(6.0), ids=np.array(["a", "b"]))
    write_manifest(folder)
    return folder


@pytest.fixture
def canary(tmp_path: Path):
    """A place where nothing must ever appear."""
    yield tmp_path / "harm"
    assert not (tmp_path / "harm").exists(), "something of the bundle was run"


def refused(folder: Path, sha256: str | None) -> str:
    with pytest.raises(DataError) as caught:
        opened(folder, sha256)
    (fault,) = caught.value.faults
    assert fault.code == "bad-bundle" and "nothing of it is used" in fault.what
    return fault.what


def test_when_a_bundle_is_whole_then_it_opens_and_tells_its_hash(bundle: Path) -> None:
    found = opened(bundle, hash_of(bundle))
    assert found.about.model == "theta" and found.recipe == {"model": {"part": "theta"}}
    assert found.fits[""][0][0].state is not None


@pytest.mark.parametrize("slot", SLOTS)
def test_when_a_pickle_takes_a_files_place_then_it_is_refused_with_and_without_the_registry(slot, bundle, canary):
    registered = hash_of(bundle)
    (bundle / slot).write_bytes(pickle.dumps(Harm(canary)))
    assert f"{slot} is not the file" in refused(bundle, registered)
    assert f"{slot} is not the file" in refused(bundle, None)
    write_manifest(bundle)  # who may write the artifact may write its list, too: then the registry's hash tells
    assert "not the one that was registered" in refused(bundle, registered)
    assert f"{slot} cannot be read as" in refused(bundle, None)


def objects(folder: Path, canary: Path) -> None:
    np.savez(folder / "states/00000.npz", values=np.array([Harm(canary)], dtype=object), allow_pickle=True)


def compressed(folder: Path, canary: Path) -> None:
    np.savez_compressed(folder / "states/00000.npz", values=np.zeros(10**7))


def climbing_member(folder: Path, canary: Path) -> None:
    with zipfile.ZipFile(folder / "states/00000.npz", "w") as archive:
        archive.writestr("../evil.npy", b"x")


def member_that_is_no_array(folder: Path, canary: Path) -> None:
    with zipfile.ZipFile(folder / "states/00000.npz", "a") as archive:
        archive.writestr("evil.pkl", pickle.dumps(Harm(canary)))


def lying_shape(folder: Path, canary: Path) -> None:
    with zipfile.ZipFile(folder / "states/00000.npz", "w") as archive, archive.open("values.npy", "w") as file:
        header = {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
        np.lib.format.write_array_header_1_0(file, header)
        file.write(b"\0" * 16)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def array_twice(folder: Path, canary: Path) -> None:
    path = folder / "states/00000.npz"
    with zipfile.ZipFile(path) as archive:
        content = archive.read("values.npy")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("values.npy", content)


def billion_laughs(folder: Path, canary: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 20)]
    (folder / "recipe.yaml").write_text("\n".join(lines))


def python_tag(folder: Path, canary: Path) -> None:
    (folder / "recipe.yaml").write_text(f"model: !!python/object/apply:os.mkdir ['{canary}']\n")


def deep_json(folder: Path, canary: Path) -> None:
    (folder / "states/00000.json").write_text("[" * 10**6 + "]" * 10**6)


def not_a_number(folder: Path, canary: Path) -> None:
    (folder / "data.json").write_text('{"a": NaN}')


def broken_text(folder: Path, canary: Path) -> None:
    (folder / "run.json").write_bytes(b'{"a": "\xff"}')


def own_type(folder: Path, canary: Path) -> None:
    field = pa.field("y", pa.binary(), metadata={b"ARROW:extension:name": b"evil", b"ARROW:extension:metadata": b""})
    pa.parquet.write_table(pa.table({"y": [pickle.dumps(Harm(canary))]}, pa.schema([field])), folder / "band.parquet")


def torn_table(folder: Path, canary: Path) -> None:
    path = folder / "band.parquet"
    path.write_bytes(path.read_bytes()[:-8])


REWRITTEN = (
    objects,
    compressed,
    climbing_member,
    member_that_is_no_array,
    lying_shape,
    array_twice,
    billion_laughs,
    python_tag,
    deep_json,
    not_a_number,
    broken_text,
    own_type,
    torn_table,
)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("harm", REWRITTEN, ids=lambda harm: harm.__name__)
def test_when_a_file_and_the_list_are_rewritten_then_what_it_claims_to_hold_is_refused(
    harm: Callable[[Path, Path], None], bundle: Path, canary: Path
) -> None:
    registered = hash_of(bundle)
    harm(bundle, canary)
    refused(bundle, None)
    write_manifest(bundle)
    assert "not the one that was registered" in refused(bundle, registered)
    assert "is not" not in refused(bundle, None)


def test_when_a_table_claims_more_rows_than_any_has_then_it_is_not_loaded(bundle: Path, monkeypatch) -> None:
    monkeypatch.setattr(structure, "ROWS", 3)
    pd.DataFrame({"y": np.zeros(4)}).to_parquet(bundle / "band.parquet")
    write_manifest(bundle)
    assert "claims to hold more" in refused(bundle, None)


def listed_elsewhere(folder: Path, name: str) -> None:
    listed = json.loads((folder / MANIFEST).read_text())
    listed["files"][name] = listed["files"]["run.json"]
    (folder / MANIFEST).write_text(json.dumps(listed))


@pytest.mark.parametrize(
    "name",
    [
        "../x.json",
        "/etc/passwd",
        "panel/../../x.json",
        "..\\x.json",
        "states/evil.pkl",
        "a/b/c/d/e.json",
        "x\0.json",
        "",
    ],
)
def test_when_the_list_names_a_file_elsewhere_then_it_is_refused(name: str, bundle: Path) -> None:
    listed_elsewhere(bundle, name)
    assert "names in its manifest.json are none that a bundle has" in refused(bundle, None)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"format": 2, "files": {}}', b'{"files": {}}', b"[" * 10**6])
def test_when_the_list_is_no_list_then_it_is_refused(text: bytes, bundle: Path) -> None:
    (bundle / MANIFEST).write_bytes(text)
    refused(bundle, None)


def test_when_files_are_missing_added_torn_or_swapped_then_it_is_refused(bundle: Path, tmp_path: Path) -> None:
    whole = shutil.copytree(bundle, tmp_path / "whole")
    (bundle / "run.json").unlink()
    assert "1 of its files are missing" in refused(bundle, None)
    again = shutil.copytree(whole, tmp_path / "again")
    (again / "states/extra.json").write_text("{}")
    assert "1 files in it are not in its manifest.json" in refused(again, None)
    torn = shutil.copytree(whole, tmp_path / "torn")
    with (torn / "band.parquet").open("r+b") as file:
        file.truncate(20)
    assert "band.parquet is not the file" in refused(torn, None)
    swapped = shutil.copytree(whole, tmp_path / "swapped")
    (swapped / "panel/past.npz").rename(swapped / "kept")
    (swapped / "band.parquet").rename(swapped / "panel/past.npz")
    (swapped / "kept").rename(swapped / "band.parquet")
    refused(swapped, None)


def test_when_something_in_it_is_a_link_or_no_file_then_it_is_refused(bundle: Path, tmp_path: Path) -> None:
    whole = shutil.copytree(bundle, tmp_path / "whole")
    secret = tmp_path / "secret.json"
    secret.write_bytes((bundle / "run.json").read_bytes())
    (bundle / "run.json").unlink()
    (bundle / "run.json").symlink_to(secret)
    assert "a link" in refused(bundle, None)
    folder = shutil.copytree(whole, tmp_path / "folder")
    shutil.move(folder / "states", tmp_path / "states")
    (folder / "states").symlink_to(tmp_path / "states")
    assert "a link" in refused(folder, None)
    pipe = shutil.copytree(whole, tmp_path / "pipe")
    os.mkfifo(pipe / "states/pipe.json")
    assert "no file" in refused(pipe, None)
    (tmp_path / "link").symlink_to(whole)
    assert "link" in refused(tmp_path / "link", None)
    none = shutil.copytree(whole, tmp_path / "none")
    (none / MANIFEST).unlink()
    assert "has no manifest.json" in refused(none, None)


def test_when_any_byte_of_any_file_is_changed_then_it_is_refused(bundle: Path) -> None:
    dice, registered = random.Random(3), hash_of(bundle)
    files = sorted(path for path in bundle.rglob("*") if path.is_file())
    for _ in range(200):
        path = dice.choice(files)
        content = bytearray(path.read_bytes())
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
        before = path.read_bytes()
        path.write_bytes(content)
        refused(bundle, registered)
        path.write_bytes(before)
    assert isinstance(opened(bundle, registered), Bundle)


def test_when_mutants_bring_their_own_list_then_only_our_errors_come_of_them(bundle: Path, canary: Path) -> None:
    dice = random.Random(4)
    files = sorted(path for path in bundle.rglob("*") if path.is_file() and path.name != MANIFEST)
    seen = 0
    for _ in range(150):
        path = dice.choice(files)
        before = path.read_bytes()
        content = bytearray(before)
        for _ in range(dice.choice([1, 3, 20])):
            content[dice.randrange(len(content))] = dice.randrange(256)
        path.write_bytes(content)
        write_manifest(bundle)
        try:
            opened(bundle, None)
        except DataError:
            seen += 1
        path.write_bytes(before)
    assert seen > 50


def test_when_it_was_fitted_with_other_libraries_then_its_states_are_not_read(bundle: Path) -> None:
    about = json.loads((bundle / "bundle.json").read_text())
    (bundle / "bundle.json").write_text(json.dumps(about | {"versions": {"numpy": "1.0.0"}}))
    write_manifest(bundle)
    with pytest.raises(EnvironmentFault, match=r"other-versions.*numpy 1\.0\.0.*mode=refit"):
        opened(bundle, None).fits  # noqa: B018
