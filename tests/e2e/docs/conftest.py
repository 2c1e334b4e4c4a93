"""Reads the pages of the documentation, and builds the small shop on which their commands are carried out."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from forecastlab.cli import main

ROOT = Path(__file__).parents[3]
OWN_CSV = "docs/how-to/own-csv.md"

CHEAP = ("executor=serial", "tracking=none")
"""Added to every run of a page: no worker has to start, and what MLflow keeps is tested elsewhere."""

_BLOCK = re.compile(
    r"^(?:<!-- not run: (?P<why>[^\n]+) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", flags=re.M | re.S
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, its text, why it is not carried out (if so), and the text before it."""

    language: str
    text: str
    why_not: str | None
    before: str

    @property
    def commands(self) -> list[list[str]]:
        """The words of each line, if these are commands of ours."""
        if not self.text.startswith("forecastlab "):
            return []
        return [shlex.split(line)[1:] for line in self.text.splitlines()]

    @property
    def file(self) -> str:
        """The file that the text before tells to write: the last one it names in backticks."""
        return re.findall(r"`(\w+/[\w/]+\.(?:py|yaml))`", self.before)[-1]


@dataclass(frozen=True)
class Shop:
    """The folder of the how-to, its commands carried out, and what the last one printed."""

    folder: Path
    output: str


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def pages() -> dict[str, str]:
    """The text of every page by its path."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(found)}


@pytest.fixture(scope="session")
def blocks_of(pages: dict[str, str]) -> Callable[[str], Iterator[Block]]:
    """Every fenced block of a page, in order."""

    def blocks(page: str) -> Iterator[Block]:
        text = pages[page]
        for found in _BLOCK.finditer(text):
            yield Block(found["language"], found["text"], found["why"], text[: found.start()])

    return blocks


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, blocks_of: Callable[[str], Iterator[Block]]) -> Shop:
    """The how-to carried out as it stands: it makes the file, writes the YAML, asks."""
    folder = tmp_path_factory.mktemp("shop")
    output = ""
    for block in blocks_of(OWN_CSV):
        if block.language == "python":
            subprocess.run([sys.executable, "-c", block.text], cwd=folder, check=True)
        elif block.language == "yaml":
            target = folder / block.file
            target.parent.mkdir(parents=True)
            target.write_text(block.text, encoding="utf-8")
        for words in block.commands:
            command = [str(Path(sys.executable).parent / "forecastlab"), *words, *CHEAP]
            done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            output = done.stdout
    return Shop(folder, output)


@pytest.fixture(scope="session")
def carried_out(blocks_of) -> Callable[[str, Path, Callable[[list[str], Block], list[str]]], None]:
    """Carries out every block of a page in a folder: Python, files, commands with what ``rest`` adds to each."""

    def carry_out(page: str, folder: Path, rest: Callable[[list[str], Block], list[str]]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            for block in (each for each in blocks_of(page) if each.why_not is None):
                if block.language == "python":
                    subprocess.run([sys.executable, "-c", block.text], check=True)
                elif block.language == "yaml":
                    Path(block.file).parent.mkdir(parents=True)
                    Path(block.file).write_text(block.text, encoding="utf-8")
                for words in block.commands:
                    assert main([*words, *rest(words, block)]) == 0, " ".join(words)

    return carry_out
