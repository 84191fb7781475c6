"""What an admin looks for, in words."""

from datetime import date

import pytest

from shared.core.posts.particulars import (
    NOTHING_SAID,
    Audience,
    Compliance,
    Control,
    ControlDefault,
    Link,
    Particulars,
    Step,
    WayOut,
)
from shared.core.words.particulars import Line, dated, groups

SAID = Particulars(
    audience=(
        Audience("platform", "Windows", "On Windows only."),
        Audience("role", "Meeting organizers", "Meeting organizers see it."),
        Audience("licence", "Teams Premium", "With Teams Premium."),
    ),
    controls=(
        Control("setting", "Keep answers", "Set Keep answers.", (ControlDefault("off"), ControlDefault("on", "GCC"))),
        Control("cmdlet", "Set-Polls -Keep", "Run Set-Polls -Keep.", (ControlDefault("off"),)),
    ),
    steps=(
        Step("Save old answers.", "Save old answers before 14 December.", date(2026, 12, 14)),
        Step("Tell owners", "x"),
    ),
    way_out=(WayOut("keep_old", "You can keep the old page until June.", date(2026, 6, 30)), WayOut("none", "No way.")),
    compliance=(Compliance("ai", "Does it use AI?", "Yes, to sum up."),),
    links=(Link("Polls", "https://learn.example/polls"),),
)


def test_every_sort_has_its_label_and_steps_come_first():
    assert [group.label for group in groups(SAID)] == [
        "Steps",
        "Ways out",
        "Controls",
        "Roles",
        "Licences and plans",
        "Platforms",
        "Compliance",
    ]


def test_nothing_said_has_no_groups():
    assert groups(NOTHING_SAID) == ()


def test_a_step_says_by_which_day():
    assert [line.text for line in groups(SAID)[0].lines] == ["Save old answers (by 14 December 2026)", "Tell owners"]
    assert groups(SAID)[0].numbered


def test_a_way_out_says_until_when_and_in_which_words():
    assert groups(SAID)[1].lines == (
        Line("Keep the old, until 30 June 2026", "You can keep the old page until June."),
        Line("There is none", "No way."),
    )


def test_a_control_says_how_it_stands_and_where():
    assert [line.text for line in groups(SAID)[2].lines] == [
        "Setting: Keep answers – off by default; on by default (GCC)",
        "Command: Set-Polls -Keep – off by default",
    ]


def test_a_row_of_the_compliance_table_keeps_its_question():
    assert groups(SAID)[-1].lines == (Line("AI: Yes, to sum up.", "Does it use AI?"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Save the answers.", "Save the answers (by 14 December 2026)"),
        ("Save the answers before December 14, 2026", "Save the answers before December 14, 2026"),
        ("Save them before mid-May", "Save them before mid-May"),
        ("Save them by 2026-12-14", "Save them by 2026-12-14"),
        ("Users may march on", "Users may march on (by 14 December 2026)"),
    ],
)
def test_a_step_has_its_day_once(text, words):
    assert dated(text, date(2026, 12, 14)) == words
    assert dated("Save the answers.", None) == "Save the answers."
