"""What people filled in: which fields are theirs, and what of a write whose answer was lost is ours."""

import pytest

from shared.adapters.ticketing.kept import Attempts, filled_in, fingerprint, written_now

FIRST, SECOND = fingerprint("first"), fingerprint("second")


@pytest.mark.parametrize(
    ("written", "values", "theirs"),
    [
        ({"plan": FIRST}, {"plan": "first"}, set()),
        ({"plan": FIRST}, {"plan": "another"}, {"plan"}),
        ({"plan": FIRST}, {"plan": ""}, {"plan"}),  # an emptied field is an edit, too
        ({"plan": fingerprint("")}, {"plan": "another"}, {"plan"}),
        ({}, {"plan": "another"}, set()),
        ({"plan": FIRST}, {}, set()),  # we may not read it
    ],
)
def test_a_field_is_theirs_that_holds_something_else_than_we_wrote(written, values, theirs):
    assert filled_in(written, values) == theirs


def test_fingerprints_are_of_what_the_fields_hold_and_of_ours_only():
    values = {"plan": "second", "title": "another"}

    assert written_now({"plan": FIRST, "title": FIRST}, values, ["plan", "missing"]) == {"plan": SECOND, "title": FIRST}


def test_what_was_sent_and_is_there_is_ours_although_nobody_recorded_it():
    attempts = Attempts()
    attempts.keep("1", {"plan": "second", "title": "second"})
    attempts.keep("1", {"risk": "second"})

    known = attempts.known("1", {"plan": FIRST, "title": FIRST, "risk": FIRST}, {"plan": "second", "title": "another"})

    assert known == {"plan": SECOND, "title": FIRST, "risk": FIRST}
    assert attempts.known("2", {"plan": FIRST}, {"plan": "second"}) == {"plan": FIRST}


def test_a_field_that_has_no_fingerprint_yet_gets_none_for_an_attempt():
    attempts = Attempts()
    attempts.keep("1", {"plan": "second"})

    assert attempts.known("1", {}, {"plan": "second"}) == {}
