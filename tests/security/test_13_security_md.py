"""SECURITY.md is true: every file and every test that it names is there, and every attack here is named in it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:[\w.-]+/)[\w./-]*(?:::\w+)?|\.\w+|[\w-]+\.(?:txt|json))`", PAGE)))
PATHS = [name for name in NAMED if not name.startswith("/")]


def test_the_page_names_many_files():
    assert len([name for name in PATHS if name.endswith(".py") or "::" in name]) > 50


@pytest.mark.parametrize("name", PATHS)
def test_what_it_names_is_there(name):
    file, _, test = name.partition("::")

    assert (ROOT / file).exists(), f"SECURITY.md names {file}"
    if test:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert test in functions, f"{file} has no {test}"


@pytest.mark.parametrize("file", sorted(Path(__file__).parent.glob("test_*.py")), ids=lambda file: file.stem)
def test_every_attack_is_named(file):
    assert file == Path(__file__) or f"`tests/security/{file.name}" in PAGE


def test_each_row_of_a_defence_says_where_it_is_and_what_shows_it():
    _, _, defences = PAGE.partition("## What is defended")
    defences, _, _ = defences.partition("## What is assumed")
    rows = [line for line in defences.splitlines() if line.startswith("| ") and not line.startswith("| threat ")]

    assert len(rows) > 25
    for row in rows:
        _, _, _, where, shown, _ = row.split("|")
        assert "`" in where, row
        assert "`tests/" in shown, row


def test_links_lead_to_files_and_to_sections_that_exist():
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        if target.startswith("https://"):
            continue
        file, _, section = target.partition("#")
        text = (ROOT / file).read_text(encoding="utf-8") if file else PAGE
        headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not section or section in anchors, target


def test_it_says_how_to_report_and_the_front_page_leads_to_it():
    assert "Report a vulnerability" in PAGE
    assert not re.search(r"[\w.+-]+@[\w-]+\.\w+", PAGE), "an address that nobody reads"
    assert "(SECURITY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
