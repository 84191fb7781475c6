"""Every word of ours has its German one, with the same braces."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.core.cards import digest
from shared.core.life.measures import measures
from shared.core.life.periods import month_of
from shared.core.life.reports import key_figures
from shared.core.posts.classification import Interval, Window
from shared.core.terms import MATERIAL
from shared.core.words import answers, dates, doubt, freezes, labels, outcomes, people, plan, reasons, tenants
from shared.core.words.german import GERMAN
from shared.core.words.language import say, speaking

ROOT = Path(__file__).parents[3]
IN_TEMPLATES = re.compile(r"\"([^\"]+)\"(?:\)? \| say)|\"([^\"]+)\" if [^|]*? else \"([^\"]+)\"\)? \| say")
TABLES = (
    labels.HEADLINES, labels.KINDS, labels.IMPACTS, labels.STATUSES, labels.ARRIVALS, dates.PHASES, dates.CLOUDS,
    plan.UNDATED, plan._PROBABLY_UNDATED, plan._NOT_ASKED, plan._ON_HOLD, plan._DONE, plan._DOING,
    doubt._PROBABLE_KINDS, answers.DISPOSITIONS, outcomes.LOAD_WORDS,
    freezes._FALLS, freezes._WHAT, reasons._CONDITIONS, reasons.REMINDED, dates._THIRDS, digest._WHY,
)  # fmt: skip
"""Words that stand in tables, and are said where they are taken out."""
_NOTHING = measures([], month_of(date(2026, 5, 1)), datetime(2026, 6, 1, tzinfo=UTC))
FIGURES = key_figures(_NOTHING, _NOTHING)
ASKED = (*plan._ACTIONS.values(), *plan._LIKELY.values(), plan._UNKNOWN)
MORE = (
    *(f"{date(2026, month, 1):%B}" for month in range(1, 13)),
    *(type_.replace("_", " ") for type_ in MATERIAL),
    *(word for pair in people._LABELS.values() for word in pair),
    digest.NO_WORKLOAD, tenants.GONE, "users", "admins", "start", "end", "Approved", "Rejected", "Decided",
    *(word for each in FIGURES for word in (each.name, each.unit)),
)  # fmt: skip
NAMES = {"GCC", "GCC High", "DoD", "%"}
"""Names that are the same in every language."""


def literals(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(str() as text):
            yield text
        case ast.IfExp():
            yield from literals(node.body)
            yield from literals(node.orelse)


def said_in_code() -> set[str]:
    texts: set[str] = set()
    for path in (ROOT / "shared").rglob("*.py"):
        names: dict[str, list[str]] = {}
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                names.setdefault(node.targets[0].id, []).extend(literals(node.value))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and node.args:
                for each in ast.walk(node.args[0]):
                    if isinstance(each, ast.Name) and each.id in names:
                        texts.update(names[each.id])
                texts.update(literals(node.args[0]))
                if isinstance(node.args[0], ast.Call) and len(node.args[0].args) > 1:  # a table's default
                    texts.update(literals(node.args[0].args[1]))
    return {text for text in texts if len(text) > 2}


def said_in_templates() -> set[str]:
    folder = ROOT / "shared" / "adapters" / "cards" / "templates"
    text = "\n".join(path.read_text("utf-8") for path in folder.glob("*.j2"))
    return {part for match in IN_TEMPLATES.finditer(text) for part in match.groups() if part}


def labels_of_rows() -> set[str]:
    text = (ROOT / "shared" / "adapters" / "cards" / "adaptive.py").read_text("utf-8")
    return set(re.findall(r'^        \("([A-Z][A-Za-z ]+)", ', text, re.MULTILINE))


def every_word() -> set[str]:
    tables = {text for table in TABLES for text in table.values() if text}
    asked = {text for each in ASKED for text in (each.plain, each.ahead, each.over)}
    return (said_in_code() | said_in_templates() | labels_of_rows() | tables | asked | set(MORE)) - NAMES


def test_the_words_are_found_where_they_stand():
    words = every_word()
    assert {"See the change", "How to prepare", "To do", "Act by {}: {} days left", "Action required by {}"} <= words
    assert len(words) > 150


def test_every_word_has_its_german_one():
    assert sorted(every_word() - GERMAN.keys()) == []


def test_no_german_word_is_left_over():
    assert sorted(GERMAN.keys() - every_word()) == []


@pytest.mark.parametrize("english", sorted(GERMAN))
def test_braces_are_the_same(english):
    braces = re.compile(r"\{\w*\}")
    assert sorted(braces.findall(english)) == sorted(braces.findall(GERMAN[english]))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-10-01", "2026-10-01", "1. Oktober 2026"),
        ("2026-10-01", "2026-10-10", "Anfang Oktober 2026"),
        ("2026-10-06", "2026-10-09", "6. bis 9. Oktober 2026"),
        ("2026-09-29", "2026-10-02", "29. September bis 2. Oktober 2026"),
        ("2026-12-30", "2027-01-02", "30. Dezember 2026 bis 2. Januar 2027"),
        ("2026-03-01", "2026-04-30", "März bis April 2026"),
        ("2026-01-01", "2026-06-30", "erstes Halbjahr 2026"),
        ("2026-10-05", "2026-10-11", "Woche vom 5. Oktober 2026"),
    ],
)
def test_days_are_told_as_germans_write_them(first, last, words):
    with speaking("de"):
        assert dates.interval(Interval(date.fromisoformat(first), date.fromisoformat(last))) == words


def test_two_parts_of_one_month_are_joined_in_german_too():
    early, late = Interval(date(2026, 10, 1), date(2026, 10, 10)), Interval(date(2026, 10, 21), date(2026, 10, 31))
    with speaking("de"):
        assert dates.window(Window("ga", ("worldwide",), early, late)) == "Anfang bis Ende Oktober 2026"


def test_what_is_said_outside_is_english_again():
    with speaking("de"):
        assert say("To do") == "Zu tun"
    assert say("To do") == "To do"
