"""Names that a store, a file system and a web page can bear, made so that different names stay different."""

from __future__ import annotations

import hashlib
import posixpath
import re
import unicodedata

KEY_LENGTH = 250
NAME_LENGTH = 200
FILE_BYTES = 200


def legal_key(text: str) -> str:
    """The name of a metric, parameter or tag as the store accepts it.

    Letters, digits and ``_ - . / :`` and blanks stay. Any other character becomes ``_xHEX_`` (``@`` → ``_x40_``), and
    so does an underscore that would be read as the start of one, so ``plain_key`` gives the original back. A path
    that is not in its shortest form (``../a``, ``a//b``, ``/a``) has its dots and slashes written that way too. More
    than 250 characters are cut, with a hash at the end (which cannot be undone).
    """
    coded = re.sub(r"_(?=x[0-9A-F]+_)|[^\w\-. /:]", _code, text)
    normal = posixpath.normpath(coded) if coded else "."
    if normal != coded or normal.startswith((".", "/")):
        coded = re.sub(r"[./]", _code, coded)
    coded = coded or "_x_"
    return coded if len(coded) <= KEY_LENGTH else f"{coded[: KEY_LENGTH - 9]}-{_hash(text)}"


def plain_key(key: str) -> str:
    """The name that ``legal_key`` was given."""
    return re.sub(r"_x([0-9A-F]+)_", lambda found: chr(int(found[1], 16)), key) if key != "_x_" else ""


def legal_name(text: str) -> str:
    """The name of a run or study: one line, no path, no control characters, 200 characters.

    A name that had to be changed ends in ``~`` and a hash of what it was, so that two names never become one.
    """
    plain = unicodedata.normalize("NFC", text)
    plain = "".join(
        "_" if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else letter for letter in plain
    )
    plain = re.sub(r"[/\\]", "-", plain).strip().lstrip(".") or "unnamed"
    if plain == text and len(plain) <= NAME_LENGTH:
        return plain
    return f"{plain[: NAME_LENGTH - 9]}~{_hash(text)}"


def legal_file(text: str) -> str:
    """A file or folder name: letters, digits, ``_ - .`` and blanks, no dot in front; others as in ``legal_key``."""
    coded = re.sub(r"^[. ]+|[^\w\-. ]", _code, text) or "unnamed"
    return coded if len(coded.encode()) <= FILE_BYTES else f"{coded[:40]}-{_hash(text)}"


def legal_text(text: str) -> str:
    """A value that every store can keep: what is not text (lone surrogates, NUL) is written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def slug(text: str) -> str:
    """A folder name for a study: plain letters and a hash, so that any two studies have two folders."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:60]
    return f"{plain or 'study'}-{_hash(text)}"


def _code(found: re.Match[str]) -> str:
    return "".join(f"_x{ord(letter):X}_" for letter in found[0])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
