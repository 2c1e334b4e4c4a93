"""Pages of the site that are made, not written: every part from its docstring and its YAML, and the repository's own.

Hooks of mkdocs: ``on_config`` spells out the folders of the navigation, ``on_files`` adds the made pages,
``on_page_markdown`` turns links between pages of the repository into links of the site.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from forecastlab import places
from forecastlab.recipe import registry
from forecastlab.task import catalogue

ROOT = Path(__file__).parents[2]
COPIED = {"README.md": "readme.md", "CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security.md"}
COPIED |= {"CHANGELOG.md": "changelog.md"}
"""Pages of the repository that are pages of the site too."""
EXPERIMENTS = "parts/experiments.md"
"""The page that holds every question with its result."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Spell out the folders of the navigation: their pages in order of name, the made ones included."""
    nav: list[Any] = config.nav or []
    config.nav = [{title: _listed(target) for title, target in item.items()} for item in nav]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the made pages."""
    for source, target in COPIED.items():
        files.append(File.generated(config, target, content=(ROOT / source).read_text(encoding="utf-8")))
    for group in catalogue.groups(None):
        files.append(File.generated(config, f"parts/{group.name}.md", content=_group(group.name)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links to files of the repository into links of the site, or into plain words."""
    depth = page.file.src_uri.count("/")
    made = page.file.src_uri == EXPERIMENTS

    def linked(found: re.Match[str]) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        name = re.sub(r"^(\.\./)+", "", target)
        question = re.fullmatch(r"(\w+)\.md" if made else r"experiments/(\w+)\.md", name)
        if question:
            return f"[{words}]({'' if made else '../' * depth + EXPERIMENTS}#{question[1]})"
        if name in COPIED:
            return f"[{words}]({'../' * depth}{COPIED[name]}{anchor})"
        if page.file.src_uri in COPIED.values():
            if name.startswith("docs/") and name.endswith(".md"):
                return f"[{words}]({name.removeprefix('docs/')}{anchor})"
            if "://" not in name and name:
                return words
        return found[0]

    return re.sub(r"\[([^\]]+)\]\(([^)#\s]*)(#[^)\s]*)?\)", linked, markdown)


def _listed(target: str) -> Any:
    if not target.endswith("/"):
        return target
    if target == "parts/":
        return [{group.name: f"parts/{group.name}.md"} for group in catalogue.groups(None)]
    return [f"{target}{path.name}" for path in sorted((ROOT / "docs" / target).glob("*.md"))]


def _group(name: str) -> str:
    """One page for a group: what each choice does, its values and what they mean."""
    lines = [f"# {name}", ""]
    for choice in catalogue.choices(name, None):
        lines += [f"## {choice.name}", "", _docstring(name, choice.name) or choice.summary, ""]
        if choice.parameters:
            lines += ["| key | value | meaning |", "|---|---|---|"]
            lines += [f"| `{p.name}` | `{_cell(p.value)}` | {_cell(p.description)} |" for p in choice.parameters]
            lines.append("")
        lines += [_usage(name, choice.name), "", '??? note "The file"', "", *_indented(_file(name, choice.name)), ""]
    return "\n".join(lines)


def _docstring(group: str, option: str) -> str:
    """The docstring of the part behind a choice, in Markdown."""
    if group == "experiments":
        page = ROOT / "experiments" / f"{option}.md"
        text = page.read_text(encoding="utf-8") if page.is_file() else ""
        return re.sub(r"^#", "##", re.sub(r"\A# .*\n", "", text), flags=re.M)
    part = re.search(r"^part:\s*(\w+)", _file(group, option), flags=re.M)
    found = registry.find(group, part[1]) if part else None
    return (inspect.getdoc(found.kind) or "").replace("``", "`") if found else ""


def _file(group: str, option: str) -> str:
    root = places.experiments() if group == "experiments" else places.conf() / group
    return (root / f"{option}.yaml").read_text(encoding="utf-8")


def _usage(group: str, option: str) -> str:
    if group == "experiments":
        return f"    forecastlab run +experiments={option}"
    if group in ("feature", "combine"):
        return ""
    many = group in ("driver", "metric")
    return f"    forecastlab run '{group}=[{option}]'" if many else f"    forecastlab run {group}={option}"


def _indented(text: str) -> list[str]:
    return ["    ```yaml", *(f"    {line}" for line in text.splitlines()), "    ```"]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
