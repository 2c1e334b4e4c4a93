"""Whether a query is one SELECT and nothing else: told by its words before a database ever sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from forecastlab.schema import ConfigError, Fault

_WRITES = frozenset(
    """
    alter analyze attach begin call checkpoint cluster comment commit copy create deallocate declare delete deny detach
    discard do drop dumpfile exec execute explain go grant handler import insert install into kill listen load lock
    merge notify optimize outfile pragma prepare reassign refresh reindex release rename reset revoke rollback savepoint
    set shutdown truncate unlisten unlock update upsert use vacuum
    """.split()  # noqa: SIM905 (a list of quoted words would be five times as long)
)
"""Words that no SELECT needs. Some databases need no semicolon between statements, so all are looked for everywhere."""

_FIX = "give one SELECT, or WITH … SELECT"


def check_statements(queries: Mapping[str, str], dialect: str) -> None:
    """Check each query, by the words for it. Raises ConfigError with a fault for each that is not one SELECT."""
    faults: list[Fault] = []
    for where, query in queries.items():
        try:
            _check(query, dialect, where)
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)


def _check(query: str, dialect: str, where: str) -> None:
    """Raise ConfigError unless the query is one SELECT (or WITH … SELECT), with at most one semicolon at its end.

    Comments, texts and quoted names are read past as ``dialect`` (an SQLAlchemy name such as ``postgresql``) reads
    them. What databases read differently, so that something could hide in it, is refused: a backslash before a quote,
    a comment inside a comment, a comment that is run (``/*!``), a lone carriage return.
    """
    odd = _odd(query)
    if odd:
        raise ConfigError(
            Fault("odd-query", where, f"there is {odd}, which databases read differently", "write it otherwise")
        )
    words = list(_words(query, dialect, where))
    if words and words[-1] == ";":
        words.pop()
    if not words:
        raise ConfigError(Fault("no-query", where, "there is no statement in it", _FIX))
    if ";" in words:
        raise ConfigError(Fault("not-one-select", where, "there are several statements", _FIX))
    if words[0] not in ("select", "with"):
        raise ConfigError(Fault("not-one-select", where, f"it begins with {words[0].upper()!r}", _FIX))
    writes = [word.upper() for word in dict.fromkeys(words) if word in _WRITES]
    if writes:
        what = f"it holds {', '.join(writes)}, and a SELECT only reads"
        raise ConfigError(Fault("not-one-select", where, what, "put the name of a column into quotes, or take it out"))


def _odd(query: str) -> str:
    tests = {
        "a backslash before a quote": r"\\['\"`]",
        "a comment that is run": r"/\*M?!",
        "a lone carriage return or a NUL": r"\r(?!\n)|\0",
    }
    return next((what for what, pattern in tests.items() if re.search(pattern, query)), "")


def _words(query: str, dialect: str, where: str) -> Iterator[str]:
    """The bare words, in lower case, and the semicolons. Raises ConfigError for what is not closed."""
    at = 0
    while at < len(query):
        for kind, pattern in _patterns(dialect):
            found = pattern.match(query, at)
            if found is None:
                continue
            if kind == "open":
                raise ConfigError(Fault("bad-query", where, f"what begins with {found[0]!r} is not closed", "close it"))
            if kind == "nested":
                what = "there is a comment inside a comment, which databases read differently"
                raise ConfigError(Fault("odd-query", where, what, "take it out"))
            if kind in ("word", "end"):
                yield found[0].lower()
            at = found.end()
            break
        else:
            at += 1


def _patterns(dialect: str) -> list[tuple[str, re.Pattern[str]]]:
    """What may begin at a place, in the order in which it is tried."""
    mysql = dialect in ("mysql", "mariadb")
    # In MySQL two dashes are a comment only before a blank; elsewhere a # is an operator.
    line = r"(--(?=\s|$)|\#)[^\n]*" if mysql else r"--[^\n]*"
    quotes = [r"'(?:[^']|'')*'", r'"(?:[^"]|"")*"', r"`(?:[^`]|``)*`"]
    if dialect in ("sqlite", "mssql"):
        quotes.append(r"\[[^\]]*\]")
    if dialect == "postgresql":
        quotes.append(r"(?<!\w)\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$")
    if dialect == "oracle":
        quotes.insert(0, r"(?i:n?q)'.")  # q'[…]' ends where its own sign says: nothing of ours can tell
    found = [
        ("nested", r"/\*(?:(?!\*/).)*?/\*"),
        ("skip", r"/\*(?:(?!\*/).)*\*/"),
        ("skip", line),
        *(("open" if quote.startswith("(?i:n?q)") else "skip", quote) for quote in quotes),
        ("open", r"/\*|['\"`]"),
        ("word", r"[^\W\d][\w$]*"),
        ("skip", r"\d[\w.]*"),
        ("end", ";"),
    ]
    return [(kind, re.compile(pattern, re.S)) for kind, pattern in found]
