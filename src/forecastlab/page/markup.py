"""Markup that is safe by construction: whatever is not markup already is escaped when it is put into a tag."""

from __future__ import annotations

import html
import re

LONG = 80
"""Characters of a name that are shown."""

_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""Control characters (a terminal's colours among them), and those that turn the direction of what follows."""

_EMPTY = {"br", "meta", "col", "line", "circle", "rect", "path"}


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def inert(text: object) -> str:
    """A text of others as it may be shown: without control characters, and never longer than a paragraph."""
    return _UNSEEN.sub("\ufffd", str(text))[:2000]


def markup(text: object) -> Html:
    """Markup as it is; anything else escaped."""
    return text if isinstance(text, Html) else Html(html.escape(inert(text)))


def tag(element: str, *children: object, **attributes: object) -> Html:
    """An element with its children, escaped unless they are markup. An attribute that is None is left out.

    ``class_`` and ``for_`` are written without the underscore, other underscores as hyphens; True has no value.
    """
    given = {
        key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value not in (None, False)
    }
    words = "".join(
        f" {key}" if value is True else f' {key}="{html.escape(inert(value))}"' for key, value in given.items()
    )
    if element in _EMPTY and not children:
        return Html(f"<{element}{words}>" if element in ("br", "meta", "col") else f"<{element}{words}/>")
    return Html(f"<{element}{words}>{joined(*children)}</{element}>")


def joined(*children: object) -> Html:
    """Several pieces after each other, escaped unless they are markup."""
    return Html("".join(markup(child) for child in children))


def short(text: object, most: int = LONG) -> str:
    """A name of others on one line; a long one loses its middle, since many differ at the end only."""
    line = " ".join(inert(text).split())
    end = most // 3
    return line if len(line) <= most else f"{line[: most - 1 - end].rstrip()}…{line[-end:].lstrip()}"


def name(text: object) -> Html:
    """A name of others (segment, series, method): on one line, its direction kept to itself."""
    line = short(text)
    pieces = Html("_<wbr>").join(markup(piece) for piece in line.split("_"))  # a long name may break where words end
    return tag("bdi", Html(pieces), class_="name", title=inert(text) if line != str(text) else None)
