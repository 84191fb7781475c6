"""No part of a card contradicts another: status, dates, events, what is asked, in tables of cases."""

import re
from dataclasses import replace
from datetime import date
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.cards.card import change_card
from shared.core.changes.change import Copy, Event
from shared.core.policy.model import Calendar, Freeze, Policy, Route, Team, Tenant
from shared.core.posts.classification import POSTPONED, UNSURE_BELOW, Halt, Why, Window
from shared.core.posts.particulars import Step
from shared.core.terms import Action, EventType, Kind, Status
from tests.adapters.cards.changes import (
    PARTICULARS,
    PUBLIC,
    SECOND,
    a_change,
    a_policy,
    a_state,
    an_effect,
    at,
    classified,
    span,
)  # fmt: skip
from tests.properties import unhurried

BEFORE, AFTER = date(2026, 5, 5), date(2027, 1, 10)
"""Everything of the sample lies ahead; everything is over."""
FELL = ("cancelled", "withdrawn", "superseded")


def card(found=None, events=("dates_moved", "act_by_moved"), as_of=BEFORE, policy=None, copies=(), **facts):
    change = a_change(found or classified(), events)
    newest = replace(change.current, facts=replace(change.current.facts, **facts))
    change = replace(change, editions=(change.editions[0], newest))
    return change_card(change, a_state(an_effect(events)), policy or a_policy(), PUBLIC, None, copies, as_of=as_of)


@pytest.mark.parametrize(("status", "kind", "action"), list(product(FELL, get_args(Kind), get_args(Action))))
def test_of_what_fell_nothing_is_asked_and_nothing_comes(status, kind, action):
    told = card(classified(status=status, kind=kind, action=action), ("text_changed",))

    assert (told.to_do, told.steps, told.people, told.freezes, told.moved) == ("", (), (), (), ())
    assert (told.admin_impact, told.user_impact, told.arrives) == ("", "", "")
    assert told.was_planned
    assert told.tone == "quiet"
    assert all("was planned" in line for line in told.when[1:])


def test_what_probably_fell_is_told_as_probable():
    unsure = {"status": Why("", UNSURE_BELOW - 0.01)}
    told = card(classified(status="cancelled", why=unsure), ("text_changed",))

    assert told.headline == "Text changed · probably cancelled"
    assert told.to_do == ""
    assert not told.was_planned
    assert told.steps == ()


@pytest.mark.parametrize(
    ("events", "status", "headline"),
    [
        (("announced",), "cancelled", "New · cancelled"),
        (("text_changed",), "on_hold", "Text changed · on hold"),
        (("gone",), "withdrawn", "Gone from Message Center · withdrawn"),
        (("dates_moved",), "cancelled", "Cancelled"),
        (("resumed",), "on_hold", "On hold"),
        (("cancelled",), "scheduled", "Changed"),
        (("cancelled", "text_changed"), "scheduled", "Text changed"),
        (("paused", "dates_moved"), "scheduled", "Dates moved"),
        (("superseded",), "superseded", "Superseded"),
    ],
)
def test_the_headline_fits_what_the_change_is_now(events, status, headline):
    assert card(classified(status=status), events).headline == headline


def test_a_part_that_fell_is_named_with_whose_cloud_it_is_and_has_no_dates():
    halts = (Halt("cancelled", "only GCC and GCC High", ("gcc", "gcch")), Halt("paused", "only Teams for Mac"))
    policy = Policy(
        tenants={"contoso": Tenant(), "northwind": Tenant(cloud="gcc")},
        teams={"workplace": Team(owner="ana@contoso.example")},
        routes=Route(team="workplace"),
    )

    told = card(halts=halts, policy=policy)

    assert told.parts == (
        "Cancelled for GCC and GCC High only (the cloud of northwind)",
        "On hold for a part only: Teams for Mac",
    )
    assert not any("GCC" in line for line in told.when)
    assert told.steps
    assert card(halts=halts).parts[0] == "Cancelled for GCC and GCC High only (none of our clouds)"
    assert card(halts=(Halt("cancelled", "only DoD", ("dod",)),)).parts == ("Cancelled for DoD only (not our cloud)",)
    assert card(halts=(Halt("paused", POSTPONED),)).parts == ("Postponed to other dates",)
    assert card(classified(status="cancelled"), halts=halts).parts == ()


def test_a_card_of_a_part_that_fell_says_so_in_its_headline():
    change = a_change(events=())
    part = Event("cancelled", SECOND.id, SECOND.observed, new="only DoD", part="only DoD")
    state = a_state(replace(an_effect(()), events=(part.id,)))
    told = change_card(replace(change, events=(*change.events, part)), state, a_policy(), PUBLIC, as_of=BEFORE)

    assert told.headline == "Partly cancelled"


def test_our_dates_come_first_also_of_those_that_moved():
    policy = Policy(
        tenants={"northwind": Tenant(cloud="gcc")},
        teams={"workplace": Team(owner="ana@contoso.example")},
        routes=Route(team="workplace"),
    )

    told = card(policy=policy)

    assert [line.split(":")[0] for line in told.when] == [
        "General availability, GCC and GCC High",
        "Retirement, worldwide, GCC and GCC High",
        "Rollout, worldwide",
    ]
    assert told.moved[0].what == "General availability, GCC and GCC High"


def test_what_is_over_is_told_as_over():
    told = card(as_of=AFTER)

    assert all(re.search(r"rolled out|which is past", line) for line in told.when)
    assert told.to_do == "Action was required by 14 December 2026"
    assert told.steps == ("Tell meeting organizers where answers stand from now on",)
    assert told.too_late


def test_above_steps_it_is_not_said_that_there_is_nothing_to_do():
    nothing = classified(action="none", act_by=None, why={})

    assert card(nothing).to_do == "No action is required; the post recommends some steps"
    assert card(nothing, particulars=replace(PARTICULARS, steps=())).to_do == "No admin action is required"


def test_steps_are_at_most_five_and_the_others_are_counted():
    steps = (*(Step(f"Do {n}", "") for n in range(8)), Step("Too late", "", date(2026, 1, 1)))

    told = card(particulars=replace(PARTICULARS, steps=steps))

    assert told.steps == tuple(f"Do {n}" for n in range(5))
    assert told.more_steps == 3


def test_dates_that_moved_and_are_unsure_say_so():
    unsure = {name: Why("", UNSURE_BELOW - 0.01) for name in ("rollouts", "act_by")}

    assert all(move.new.endswith(" (not sure)") for move in card(classified(why=unsure)).moved)


def test_a_freeze_and_what_differs_between_tenants_are_told():
    policy = Policy(
        tenants={"contoso": Tenant(), "northwind": Tenant(cloud="gcc")},
        teams={"workplace": Team(owner="ana@contoso.example")},
        routes=Route(team="workplace"),
        calendar=Calendar(
            freezes=(Freeze.model_validate({"name": "Autumn", "from": "2026-09-25", "until": "2026-10-15"}),)
        ),
    )
    copies = [Copy(name, ("Microsoft Teams",), SECOND.id, at(5, 1), at(5, 1), at(5, 1)) for name in policy.tenants]

    told = card(policy=policy, copies=copies)

    assert told.freezes == (
        "The rollout (early to mid-October 2026) begins in our freeze “Autumn” (25 September to 15 October 2026)",
    )
    assert [line.split(":")[0] for line in told.tenants] == ["contoso", "northwind (GCC)"]
    only = card(policy=policy, copies=[copies[0], replace(copies[1], gone=at(5, 2))])
    assert only.tenants == ("northwind (GCC): no longer shows the post",)
    assert [line.split(":")[0] for line in only.when][-1] == "General availability, GCC and GCC High"


WINDOWS = st.lists(
    st.builds(
        lambda month, day, end: Window(
            "ga", ("worldwide",), span(f"2026-{month:02d}-{day:02d}"), span("2026-12-28") if end else None
        ),
        st.integers(1, 12),
        st.integers(1, 27),
        st.booleans(),
    ),
    max_size=3,
).map(tuple)


@unhurried
@given(
    st.sampled_from(get_args(Status)),
    st.lists(st.sampled_from(get_args(EventType)), max_size=3, unique=True).map(tuple),
    WINDOWS,
    st.sampled_from(get_args(Action)),
    st.dates(date(2026, 1, 1), date(2027, 3, 1)),
    st.sets(st.sampled_from(["rollouts", "status", "action", "act_by"])),
)
def test_no_card_contradicts_itself(status, events, windows, action, as_of, unsure):
    why = {name: Why("", UNSURE_BELOW - 0.01) for name in unsure}
    told = card(classified(status=status, windows=windows, action=action, why=why), events, as_of)

    stands = status in {"scheduled", "no_schedule"}
    assert stands == (not re.search(r"(?i)cancelled|on hold|superseded|withdrawn", told.headline))
    assert stands or not (told.steps or told.moved or told.freezes)
    assert stands or not re.search(r"required by|Review by|Deadline", told.to_do)
    by = classified().act_by
    assert by >= as_of or not re.search(r"required by|required, by|Review by|Deadline|deadline \d", _ahead(told.to_do))
    assert not ("action" in unsure and "Nothing to do" in told.to_do)


def _ahead(words):
    return "" if re.search(r"\bwas\b", words) else words
