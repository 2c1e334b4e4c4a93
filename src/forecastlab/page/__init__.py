"""Pages for reviewers: one file each, that works offline, in light and dark, on a phone and on paper, and runs nothing.

Pure functions from plain values to HTML. All words come from the language files; names of others are inert text.
"""

from forecastlab.page.document import Section, document
from forecastlab.page.figure import Choice, figure
from forecastlab.page.markup import Html, inert, name, tag
from forecastlab.page.switch import switch
from forecastlab.page.table import Cell, Column, table
from forecastlab.page.texts import LANGUAGES, Texts, floored, texts
from forecastlab.page.whisker import whisker

__all__ = [
    "LANGUAGES",
    "Cell",
    "Choice",
    "Column",
    "Html",
    "Section",
    "Texts",
    "document",
    "figure",
    "floored",
    "inert",
    "name",
    "switch",
    "table",
    "tag",
    "texts",
    "whisker",
]
