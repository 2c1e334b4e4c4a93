"""From a stranger's file to plain UTF-8 text; what is wrong with its bytes is said before any parsing."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from forecastlab.schema import ConfigError, DataError, EnvironmentFault, Fault, nearest
from forecastlab.schema.packages import content_hash

_CHUNK = 1 << 22
_FOREIGN = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
}
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
OTHER_FILE = "check dataset.path (or a table's path): it counts from the folder in which the command runs"
"""What to type where a path leads to nothing that can be used."""

_COMMON = ("utf-8", "latin-1", "cp1252", "utf-16", "iso-8859-15", "cp850", "mac-roman", "shift-jis", "gb18030")


def plain_text(path: Path, encoding: str, folder: Path) -> Path:
    """The path of the file's text as UTF-8 with one kind of line end: the file itself, or a copy in ``folder``.

    Raises ConfigError for an unknown encoding; DataError for a file that is missing, a folder, empty, truncated, not
    text, of another encoding or with NUL bytes; EnvironmentFault where it may not be read or the copy does not fit.
    """
    _check_encoding(encoding)
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
        zipped = head[:2] == b"\x1f\x8b"
        _check_head(path, head, encoding, zipped)
        with _open(path, zipped) as stream:
            uniform = _scan(stream, path, encoding)
        if uniform and not zipped and codecs.lookup(encoding).name == "utf-8":
            return path
        copy = folder / "plain.csv"
        with _open(path, zipped) as stream:
            _copy(stream, copy, encoding)
        return copy
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        what = "the gzip file is cut off" if isinstance(error, EOFError) else "the gzip file is damaged"
        raise DataError(Fault("bad-gzip", str(path), what, "fetch it again")) from error
    except OSError as error:
        raise unreadable(path, error) from error


def file_hash(paths: Sequence[Path]) -> str:
    """The hash of the content of the files. Raises DataError or EnvironmentFault for one that cannot be read."""
    for path in paths:
        try:
            path.open("rb").close()
        except OSError as error:
            raise unreadable(path, error) from error
    return content_hash(paths)


def _check_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)
    except LookupError as error:
        what = f"found {encoding!r}, common ones are {', '.join(_COMMON)}"
        raise ConfigError(Fault("bad-encoding", "dataset.encoding", what, nearest(encoding, _COMMON))) from error


def _check_head(path: Path, head: bytes, encoding: str, zipped: bool) -> None:
    if not head:
        raise DataError(Fault("empty-file", str(path), "the file is empty", OTHER_FILE))
    for magic, kind in _FOREIGN.items():
        if head.startswith(magic):
            fix = "type dataset=parquet, or save it as CSV" if magic == b"PAR1" else "save it as CSV"
            raise DataError(Fault("not-csv", str(path), f"the file is {kind}, whatever its name", fix))
    marked = next((found for mark, found in _MARKS.items() if head.startswith(mark)), None)
    declared = codecs.lookup(encoding).name
    if marked and not zipped and not declared.startswith(marked):
        raise DataError(
            Fault("bad-encoding", str(path), f"the file starts with the mark of {marked}", f"set encoding: {marked}")
        )


def _scan(stream: BinaryIO, path: Path, encoding: str) -> bool:
    """Read all bytes once. Tells whether all line ends are alike; raises DataError for bytes that are not text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, seen = 1, {"\r\n": 0, "\n": 0, "\r": 0}
    before = ""
    for chunk in _chunks(stream):
        try:
            text = before + decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line += chunk[: error.start].count(b"\n")
            guess = "utf-16" if b"\0" in chunk else "cp1252 or latin-1"
            fix = f"set encoding: {guess}" if codecs.lookup(encoding).name == "utf-8" else "mend the file or encoding"
            what = f"the bytes near line {line} are not {encoding}"
            raise DataError(Fault("bad-encoding", str(path), what, fix)) from error
        before = text[-1:] if chunk and text.endswith("\r") else ""  # the \n of a \r\n may be in the next chunk
        text = text[: len(text) - len(before)]
        if "\0" in text:
            line += text[: text.index("\0")].count("\n")
            what = f"there is a NUL character on line {line}: the file is damaged, or its encoding is UTF-16"
            raise DataError(Fault("nul-byte", str(path), what, "save it as text again, or set encoding: utf-16"))
        both = text.count("\r\n")
        line += text.count("\n")
        seen["\r\n"] += both
        seen["\n"] += text.count("\n") - both
        seen["\r"] += text.count("\r") - both
    return sum(count > 0 for count in seen.values()) <= 1


def _copy(stream: BinaryIO, copy: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    with copy.open("w", encoding="utf-8", newline="") as out:
        before = ""
        for chunk in _chunks(stream):
            text = before + decoder.decode(chunk, final=not chunk)
            before = "\r" if chunk and text.endswith("\r") else ""
            text = text[: len(text) - len(before)]
            out.write(text.replace("\r\n", "\n").replace("\r", "\n"))


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes in pieces, and an empty piece at the end."""
    while chunk := stream.read(_CHUNK):
        yield chunk
    yield b""


def _open(path: Path, zipped: bool) -> BinaryIO:
    return gzip.open(path, "rb") if zipped else path.open("rb")  # type: ignore[return-value]


def unreadable(path: Path, error: OSError) -> DataError | EnvironmentFault:
    """The error to raise for a file that cannot be opened: what is there instead, or what forbids it."""
    if path.is_dir():
        return DataError(Fault("is-a-folder", str(path), "this is a folder", "name one file in it"))
    if isinstance(error, FileNotFoundError) and not path.exists():
        there = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
        what = "there is no such file" if path.parent.is_dir() else f"there is no folder {path.parent}"
        return DataError(Fault("missing-file", str(path), what, nearest(path.name, there) or OTHER_FILE))
    what = f"the file cannot be read: {error.strerror or type(error).__name__}"
    return EnvironmentFault(Fault("unreadable-file", str(path), what, "check permissions and disk"))
