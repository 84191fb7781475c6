"""What one person's answer makes of the assessment, and what the others are told."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.core.changes.answer_lines import answer_lines
from shared.core.changes.settled import Assessment, Handover, TeamWord, with_names
from shared.core.review.answers import DECISIONS, Standing, answered

NOW = datetime(2026, 5, 3, 10, 42, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize("what", DECISIONS)
def test_an_answer_counts_once_and_the_same_again_changes_nothing(what):
    first = answered(Assessment(), what, "messaging", "ana", NOW, "workplace" if what == "wrong_team" else "")
    again = answered(first.assessment, what, "messaging", "ana", LATER, "workplace" if what == "wrong_team" else "")

    assert (first.kind, first.before, first.assessment.seq) == ("counts", None, 1)
    assert again.kind == "again"
    assert again.assessment is first.assessment
    assert (again.before.what, again.before.by, again.before.at) == (what, "ana", NOW)


@pytest.mark.parametrize("what", DECISIONS)
def test_another_person_is_told_who_decided_and_may_take_over(what):
    to = "workplace" if what == "wrong_team" else ""
    first = answered(Assessment(), what, "messaging", "ana", NOW, to).assessment

    told = answered(first, what, "messaging", "ben", LATER, to)
    over = answered(first, what, "messaging", "ben", LATER, to, over=True)

    assert (told.kind, told.assessment) == ("other", first)
    assert told.before == Standing(what, "ana", NOW, to)
    assert (over.kind, over.before.by, over.assessment.seq) == ("counts", "ana", 2)
    assert over.assessment.people == {"ben"}


def test_who_said_otherwise_before_may_change_their_mind():
    first = answered(Assessment(), "no_impact", "messaging", "ana", NOW).assessment

    after = answered(first, "board", "messaging", "ana", LATER)

    assert after.kind == "counts"
    assert after.assessment.teams["messaging"].disposition == "board"


def test_no_impact_on_one_team_says_nothing_of_another_and_nothing_of_who_owns_it():
    first = answered(Assessment(), "no_impact", "messaging", "ana", NOW).assessment

    owned = answered(first, "own", "messaging", "ben", LATER)
    other = answered(owned.assessment, "no_impact", "workplace", "cy", LATER)

    assert (owned.kind, other.kind) == ("counts", "counts")
    assert other.assessment.teams == {
        "messaging": TeamWord("ben", LATER, "no_impact", "ana", NOW),
        "workplace": TeamWord("", None, "no_impact", "cy", LATER),
    }


def test_a_change_that_is_handed_back_is_theirs_again():
    first = answered(Assessment(), "wrong_team", "messaging", "ana", NOW, "workplace").assessment
    assert first.team_of("messaging") == "workplace"

    back = answered(first, "wrong_team", "workplace", "ben", LATER, "messaging").assessment

    assert back.moved == {"workplace": Handover("messaging", "ben", LATER)}
    assert back.team_of("messaging") == "messaging"


def test_a_circle_of_teams_ends():
    moved = {a: Handover(b, "ana", NOW) for a, b in (("a", "b"), ("b", "c"), ("c", "a"))}

    assert Assessment(3, moved=moved).team_of("a") == "c"


def test_the_lines_say_who_and_when_with_names_in_place_of_ids():
    assessment = Assessment(
        3,
        teams={
            "workplace": TeamWord("0f8e", NOW),
            "messaging": TeamWord("0f8e", NOW, "no_impact", "7c", LATER),
            "nobody": TeamWord(),
        },
        moved={"other": Handover("messaging", "7c", NOW)},
    )

    assert answer_lines(with_names(assessment, {"0f8e": "Ana Torres"})) == (
        "messaging: owned by Ana Torres (3 May), no impact (7c, 3 May)",
        "workplace: owned by Ana Torres (3 May)",
        "not for other, but for messaging (7c, 3 May)",
    )
