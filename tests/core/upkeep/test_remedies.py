"""docs/doctor.md and the table of remedies say the same."""

import re
from pathlib import Path

from shared.core.upkeep.remedies import REMEDIES

DOC = Path(__file__).parents[3] / "docs" / "doctor.md"
WHOLE = ("COMMANDS", "SET-IT", "REMEDY")
"""Words that stand for a whole command or sentence."""
_PLACE = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")


def row(cause: str) -> str:
    """A remedy as the documentation shows it: what the doctor fills in stands in capitals."""
    remedy = REMEDIES[cause]
    text = _PLACE.sub(lambda place: place[1].replace("_", "-").upper(), remedy.text)
    for word in WHOLE:
        text = re.sub(rf"\b{word}\b", f"[{word}](#words-in-capitals)", text)
    return f"| {remedy.fault} | {text.replace('{{', '{').replace('}}', '}')} |"


def test_the_documentation_has_every_remedy_and_no_other():
    rows = [line for line in DOC.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]

    assert sorted(line for line in rows if line != "| what fails | what mends it |") == sorted(map(row, REMEDIES))


def test_every_place_that_the_doctor_fills_in_is_told_at_the_top():
    top = DOC.read_text(encoding="utf-8").partition("#### Words in capitals")[2].partition("\n### ")[0]
    told = set(re.findall(r"^\* (.+?):", top, re.MULTILINE))
    words = {word.strip("*` ") for line in told for word in line.split(",")}
    filled = {
        place[1].replace("_", "-").upper() for remedy in REMEDIES.values() for place in _PLACE.finditer(remedy.text)
    }

    assert filled <= words


def test_the_documentation_is_linked_from_the_readme():
    assert "docs/doctor.md" in (DOC.parents[1] / "README.md").read_text(encoding="utf-8")
