"""The list of a bundle's files with their hashes: nothing in a bundle is read before all of it was held against it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from forecastlab.bundle.structure import check_structure, limited_json
from forecastlab.schema import DataError, Fault

MANIFEST = "manifest.json"
FORMAT = 1
"""The form of a bundle; one that is read by other rules has another number."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}){0,2}\.(json|yaml|npz|parquet)")
FILES, BYTES, LIST = 200_000, 8 * 2**30, 64 * 2**20
"""More files, more bytes in all, and a longer list are not looked at."""


def write_manifest(folder: Path) -> str:
    """Write the list of all files in a bundle; the hash of the list, which stands for the whole bundle."""
    files = {
        name: {"sha256": _hash(folder / name), "bytes": size}
        for name, size in sorted(_files(folder))
        if name != MANIFEST
    }
    text = json.dumps({"format": FORMAT, "files": files}, indent=1, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return hash_of(folder)


def hash_of(folder: Path) -> str:
    """The hash of a bundle's list of files. Raises DataError where it has none."""
    return hashlib.sha256(_list(folder)).hexdigest()


def verify(folder: Path, sha256: str | None) -> None:
    """Hold a folder against its list of files, and the list against ``sha256`` where that is known.

    First the hash of the list, then which files there are, then the hash of each: only what passed is parsed. Then
    what a file claims to hold is looked at before it is loaded. Raises DataError with the first thing that is wrong.
    """
    there = dict(_files(folder))
    listed = _list(folder)
    if sha256 is not None and hashlib.sha256(listed).hexdigest() != sha256:
        raise _refused(folder, f"its {MANIFEST} is not the one that was registered")
    files = _read(folder, listed)
    missing, extra = sorted(files.keys() - there.keys()), sorted(there.keys() - files.keys() - {MANIFEST})
    if missing:
        raise _refused(folder, f"{len(missing)} of its files are missing, the first is {missing[0]}")
    if extra:
        raise _refused(folder, f"{len(extra)} files in it are not in its {MANIFEST}")
    for name, (expected, size) in files.items():
        if there[name] != size or _hash(folder / name) != expected:
            raise _refused(folder, f"{name} is not the file that was written")
    for name in files:
        wrong = check_structure(folder / name)
        if wrong:
            raise _refused(folder, f"{name} {wrong}")


def _read(folder: Path, listed: bytes) -> Mapping[str, tuple[str, int]]:
    try:
        found = limited_json(listed)
        if found["format"] != FORMAT:
            raise _refused(folder, f"it has format {found['format']!r}, this version reads {FORMAT}")
        files = {str(name): (str(each["sha256"]), int(each["bytes"])) for name, each in found["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _refused(folder, f"its {MANIFEST} cannot be read") from error
    odd = [name for name in files if not NAME.fullmatch(name) or name == MANIFEST]
    if odd:
        raise _refused(folder, f"{len(odd)} names in its {MANIFEST} are none that a bundle has")
    return files


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    """Every file below a folder with its size. Raises DataError for anything that is neither file nor folder."""
    try:
        for number, (name, found) in enumerate(_walk(folder, "")):
            if number >= FILES:
                raise _refused(folder, f"it holds more than {FILES} files")
            yield name, found
    except OSError as error:
        raise _refused(folder, f"it cannot be read ({error.strerror})") from error


def _walk(folder: Path, before: str) -> Iterator[tuple[str, int]]:
    if folder.is_symlink():
        raise _refused(folder, "it is a link to another place")
    with os.scandir(folder) as entries:
        for entry in entries:
            mode = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(mode.st_mode) and before.count("/") < 3:
                yield from _walk(Path(entry.path), f"{before}{entry.name}/")
            elif stat.S_ISREG(mode.st_mode):
                yield f"{before}{entry.name}", mode.st_size
            else:
                raise _refused(folder, "it holds a link or something else that is no file")


def _list(folder: Path) -> bytes:
    path = folder / MANIFEST
    try:
        if path.is_symlink() or path.stat().st_size > LIST:
            raise _refused(folder, f"its {MANIFEST} is no plain file of a fit size")
        return path.read_bytes()
    except OSError as error:
        raise _refused(folder, f"it has no {MANIFEST}") from error


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refused(folder: Path, what: str) -> DataError:
    fix = "register the run again, or fetch the bundle from the registry"
    return DataError(Fault("bad-bundle", f"bundle {folder.name}", f"{what}; nothing of it is used", fix))
