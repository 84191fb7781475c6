"""What differs between tenants: services, when each joined, another text."""

from datetime import timedelta

import pytest

from shared.core.backtest.replay import facts_of
from shared.core.changes.change import Change, Copy, Edition
from shared.core.changes.events import derive
from shared.core.changes.tenants import Difference, differences, with_joined, with_scope
from shared.core.posts.post import read_post
from shared.record.codec import change_from_json, change_to_json
from tests.fakes import NOW
from tests.usecases.world import NOVEMBER, post

EDITION = Edition(NOW, NOW, "a" * 32, "contoso", facts=facts_of(post()))
CHANGE = Change("MC1200001", post(), NOW, (EDITION,))


def copy(*services, tenant="contoso", **seen):
    at = NOW + timedelta(**seen)
    return Copy(tenant, services, EDITION.id, at, at, NOW)


def test_a_true_change_of_a_tenants_services_is_one_event_that_wakes_nobody():
    before, after = copy("Exchange Online"), copy("Exchange Online", "Microsoft Teams", hours=1)
    change = with_scope(CHANGE, before, after)

    (event,) = change.events
    assert (event.type, event.old, event.new) == (
        "scope_changed",
        "Exchange Online",
        "Exchange Online, Microsoft Teams",
    )
    assert (event.late, event.tenant, event.at) == (True, "contoso", after.observed)
    assert with_scope(change, copy("Exchange Online", tenant="fabrikam"), after) is change, "once an edition"


@pytest.mark.parametrize("old", [("Yammer",), ("Microsoft Viva Engage",), ("viva engage", "Yammer Enterprise")])
def test_a_rename_is_no_change_of_services(old):
    assert with_scope(CHANGE, copy(*old), copy("Microsoft Viva Engage", hours=1)) is CHANGE


def test_the_first_copy_and_a_copy_that_stays_as_it_is_say_nothing():
    same = copy("Exchange Online")

    assert with_scope(CHANGE, None, same) is CHANGE
    assert with_scope(CHANGE, same, same) is CHANGE


def test_the_event_survives_storage_and_deriving_and_leaves_that_of_the_edition_alone():
    change = with_scope(CHANGE, copy("Exchange Online"), copy("Microsoft Teams", hours=1))
    back = change_from_json(change_to_json(change), change.post)

    assert back.events == change.events
    assert [event.type for event in derive(back)] == ["announced", "scope_changed"]
    assert change.events[0].id != f"{EDITION.id}:scope_changed"


def test_tenants_that_join_later_are_told_by_the_day_and_those_of_the_first_hour_not():
    late = [copy(tenant=f"t{number}", days=1, minutes=number) for number in range(7)]
    change = with_joined(CHANGE, [copy(), copy(tenant="fabrikam", minutes=40), *late, copy(tenant="last", days=3)])

    assert [(event.type, event.new) for event in change.events] == [
        ("tenant_joined", "t0, t1, t2, t3, t4 and 2 more"),
        ("tenant_joined", "last"),
    ]
    assert with_joined(CHANGE, [copy()]) is CHANGE


def test_the_first_sentences_that_differ_are_told():
    ours = read_post(post())

    (difference,) = differences(ours, post(when=NOVEMBER))
    assert "early October 2026" in difference.ours
    assert "early November 2026" in difference.theirs
    assert differences(ours, post(title="Another"))[0] == Difference("Retirement of the old viewer", "Another")
    assert differences(ours, post()) == ()
