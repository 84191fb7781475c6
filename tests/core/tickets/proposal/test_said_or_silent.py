"""Over every kind of case: no day that is past is told as if it lay ahead, and nothing contradicts the plan."""

import re
from dataclasses import fields
from datetime import datetime
from itertools import product

import pytest

from shared.core.posts.particulars import Particulars, Step, WayOut
from shared.core.tickets.proposal.proposal import propose
from tests.core.tickets.proposal.cases import BEFORE, DAY, LATER, STAGES, case

KINDS = ("new_feature", "feature_change", "retirement", "security", "info")
STATUSES = ("scheduled", "no_schedule", "cancelled", "superseded", "on_hold")
ACTIONS = ("required", "optional", "none")
DEFAULTS = ("on", "off", "removed", "n/a")
PEOPLE = (("high", "low"), ("low", "high"))
DOUBTS = (
    (),
    ("kind", "default", "action", "training", "user_impact", "admin_impact"),
    ("rollouts", "act_by", "status"),
)
EVERYTHING = Particulars(
    steps=(Step("Move the files", "Move them.", BEFORE), Step("Tell the owners", "Tell them.", LATER)),
    way_out=(WayOut("opt_out", "You can opt out.", BEFORE), WayOut("turn_off", "Turn it off.", LATER)),
)
_DAY = re.compile(r"\b\d{1,2} [A-Z][a-z]+ 20\d\d\b")
_TELLS_THE_PAST = re.compile(r"\b(?:was open until)\b")
_ASKS = re.compile(
    r"\b(?:Before|Turn it on|Check|Find who|Move|Remind|Brief|Microsoft asks for action|arrives|is taken)\b"
)


def every_case():
    choices = product(STAGES, KINDS, STATUSES, ACTIONS, DEFAULTS, PEOPLE, DOUBTS)
    for stage, kind, status, action, default, (user, admin), unsure in choices:
        yield case(
            stage, kind=kind, status=status, action=action, default=default, user_impact=user, admin_impact=admin,
            training=user == "high", act_by=BEFORE if stage == "past" else LATER, unsure=unsure,
            particulars=EVERYTHING, crb=True,
        )  # fmt: skip


def sentences(one):
    proposal = propose(one, "ana@contoso.example")
    for each in fields(proposal):
        if each.name != "steps":
            for part in getattr(proposal, each.name):
                yield each.name, part


@pytest.fixture(scope="module")
def everything():
    return [(one, list(sentences(one))) for one in every_case()]


def test_the_cases_are_many_and_say_something(everything):
    assert len(everything) == 10_800
    assert sum(bool(parts) for _, parts in everything) > 5_000


def test_no_sentence_names_a_day_before_the_filing_as_if_it_lay_ahead(everything):
    for one, parts in everything:
        for name, part in parts:
            for text in _DAY.findall(part.text):
                day = datetime.strptime(text, "%d %B %Y").date()  # noqa: DTZ007 - a day has no zone
                assert day >= DAY or _TELLS_THE_PAST.search(part.text), (name, part.text, one.stage)


def test_every_sentence_names_its_source(everything):
    assert all(part.text and part.source for _, parts in everything for _, part in parts)


def test_nothing_is_asked_for_what_does_not_come(everything):
    for one, parts in everything:
        if not one.stands:
            for name, part in parts:
                assert not _ASKS.search(part.text), (name, part.text, one.classification.status)
            assert propose(one).steps == ()


def test_nothing_is_told_flatly_that_is_in_doubt(everything):
    for one, parts in everything:
        if not one.sure("rollouts"):
            assert not any("arrives by itself, from" in part.text or "Before " in part.text for _, part in parts)
        if not one.sure("user_impact"):
            assert not any(part.text.startswith(("Users ", "Tell the users")) for _, part in parts)


def test_nobody_is_told_from_doubt_that_nothing_has_to_be_done(everything):
    for _, parts in everything:
        for name, part in parts:
            assert "no message" not in part.text.lower(), (name, part.text)
            assert "nothing to do" not in part.text.lower(), (name, part.text)
