"""Every file under broken/ is named for its fault; the lines `#= ...` at its end are what is said about it, exactly.

TICKET-SYSTEMS and CHANNEL-KINDS stand for the kinds that there are, so that a new adapter changes no file here.
"""

import re
from pathlib import Path

import pytest

from shared.adapters.policy.file import check_text, faults, load
from shared.adapters.registry import kinds
from shared.core.errors import PermanentError

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
MARK = "#= "


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_every_fault_is_told_at_once_with_its_path(file: Path):
    text = file.read_text()
    said = [line.removeprefix(MARK) for line in text.splitlines() if line.startswith(MARK)]
    known = {"TICKET-SYSTEMS": ", ".join(kinds("tickets")), "CHANNEL-KINDS": ", ".join(kinds("channels"))}
    expected = [re.sub("|".join(known), lambda word: known[word[0]], line) for line in said]

    assert expected, "the file says what is wrong with it"
    assert faults(text, file.name) == expected


OBJECTED = [file for file in BROKEN if not check_text(file.read_text("utf-8"), file.name).faults]
"""Refused when they are checked or pushed, and taken where they are in force."""


@pytest.mark.parametrize("file", OBJECTED, ids=lambda file: file.stem)
def test_what_only_a_new_policy_may_not_be_is_loaded(file: Path):
    assert load(file.read_text("utf-8"), file.name).tenants


@pytest.mark.parametrize("file", [file for file in BROKEN if file not in OBJECTED], ids=lambda file: file.stem)
def test_a_broken_file_is_never_loaded_and_the_error_names_it(file: Path):
    with pytest.raises(PermanentError, match=file.stem):
        load(file.read_text(), file.name)


def test_there_are_many_broken_files():
    assert len(BROKEN) >= 40
