"""Merging copies of posts into changes: editions, not arrivals."""

from datetime import UTC, datetime, timedelta
from itertools import groupby, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.changes.merge import Arrival, all_gone, gone_everywhere, merge, went
from shared.core.errors import PermanentError
from tests.properties import unhurried

DAY = datetime(2026, 9, 1, tzinfo=UTC)


def at(day):
    return DAY + timedelta(days=day)


def arrival(content, stamp, observed=None, tenant="contoso", **over):
    raw = {
        "id": "MC1200001",
        "title": content,
        "lastModifiedDateTime": at(stamp).isoformat(),
        "body": {"content": f"text {content}"},
        **over,
    }
    return Arrival.of(tenant, at(stamp if observed is None else observed), raw)


class Store:
    """A change and its copies, as arrivals leave them."""

    def __init__(self, *arrivals):
        self.change, self.copies, self.outcomes = None, {}, []
        for one in arrivals:
            self.take(one)

    def take(self, one):
        merged = merge(self.change, self.copies.get(one.tenant), one)
        if not merged.change_differs:
            assert merged.change is self.change
        self.change = merged.change
        self.copies[one.tenant] = merged.copy
        self.outcomes.append(merged.outcome)
        return merged

    @property
    def history(self):
        return "".join(LETTERS[edition.hash] for edition in self.change.editions)


LETTERS = {arrival(letter, 0).hash: letter for letter in "ABCDE"}


def test_the_first_copy_makes_the_change():
    merged = merge(None, None, arrival("A", 1, observed=2))

    assert merged.outcome == "new"
    assert merged.change.stage == "classify"
    assert merged.change.first_seen == at(2)
    assert merged.copy.edition == merged.change.current.id == merged.edition.id
    assert (merged.change_differs, merged.copy_differs) == (True, True)


def test_the_same_arrival_again_changes_nothing():
    store = Store(arrival("A", 1), arrival("B", 2))

    again = store.take(arrival("B", 2))

    assert (again.outcome, again.change_differs, again.copy_differs) == ("known", False, False)


def test_another_tenants_copy_of_a_known_edition_writes_its_own_row_only():
    merged = Store(arrival("A", 1)).take(arrival("A", 1, observed=3, tenant="fabrikam"))

    assert (merged.outcome, merged.change_differs, merged.copy_differs) == ("known", False, True)


def test_a_touch_of_the_stamp_is_no_revision():
    store = Store(arrival("A", 1), arrival("A", 2))

    assert store.change.revision == 1
    assert store.outcomes == ["new", "known"]


def test_a_touch_that_another_tenant_has_told_already_leaves_the_change_alone():
    store = Store(arrival("A", 1), arrival("A", 2))

    assert not store.take(arrival("A", 2, observed=3, tenant="fabrikam")).change_differs


def test_a_return_to_an_older_content_is_a_new_edition():
    assert Store(arrival("A", 1), arrival("B", 2), arrival("A", 3)).history == "ABA"


def test_an_older_edition_never_becomes_the_current_one():
    store = Store(arrival("B", 2), arrival("A", 1, tenant="fabrikam"))

    assert store.history == "AB"
    assert store.change.post["title"] == "B"


def test_what_was_shown_before_a_touch_is_older_than_what_the_touch_confirmed():
    # A, for a day B, and A again: a message about B that is late must not bring B back.
    store = Store(arrival("A", 1), arrival("A", 3), arrival("B", 2))

    assert store.history == "ABA"
    assert store.change.post["title"] == "A"


def test_an_edition_that_comes_before_anything_was_decided_is_not_late():
    store = Store(arrival("B", 2), arrival("A", 1, tenant="fabrikam"))

    assert [edition.late for edition in store.change.editions] == [False, False]


@pytest.mark.parametrize("order", list(permutations([("A", 1), ("B", 2), ("A", 3), ("A", 4), ("C", 5)])))
def test_every_order_of_arrival_gives_the_same_editions(order):
    store = Store(*(arrival(content, stamp) for content, stamp in order))

    assert store.history == "ABAC"
    assert store.change.post["title"] == "C"


@unhurried
@given(
    contents=st.text("ABC", min_size=1, max_size=7),
    data=st.data(),
)
def test_editions_are_the_same_whatever_the_order_the_tenants_their_lags_and_repeats(contents, data):
    seen = [(c, stamp, tenant) for stamp, c in enumerate(contents) for tenant in ("contoso", "fabrikam", "adatum")]
    kept = data.draw(st.lists(st.sampled_from(seen), min_size=1, max_size=18))
    lags = {"contoso": 0, "fabrikam": 3, "adatum": 9}

    store = Store(*(arrival(c, stamp, stamp + lags[tenant], tenant) for c, stamp, tenant in kept))

    known = sorted({(stamp, c) for c, stamp, _ in kept})
    assert store.history == "".join(c for c, _ in groupby(c for _, c in known))
    assert store.change.post["title"] == known[-1][1]
    assert len({edition.id for edition in store.change.editions}) == store.change.revision
    for tenant, copy in store.copies.items():
        newest = max((stamp, c) for c, stamp, of in kept if of == tenant)
        assert (copy.modified, copy.observed) == (at(newest[0]), at(newest[0] + lags[tenant]))


def test_an_edit_without_a_newer_stamp_counts_from_a_tenant_that_held_the_current_edition():
    store = Store(arrival("A", 1), arrival("B", 1, observed=2))

    assert store.history == "AB"
    assert store.outcomes[-1] == "edition"


def test_an_edit_without_a_newer_stamp_counts_after_a_touch_too():
    store = Store(arrival("A", 1), arrival("A", 2), arrival("B", 2, observed=3))

    assert store.history == "AB"


@pytest.mark.parametrize("stamp", [1, 2])
def test_another_content_under_a_known_stamp_from_a_tenant_that_held_nothing_is_its_variant(stamp):
    store = Store(arrival("A", 1), arrival("A", 2), arrival("B", stamp, observed=3, tenant="fabrikam"))

    assert store.history == "A"
    assert store.outcomes[-1] == "variant"
    assert store.copies["fabrikam"].variant == arrival("B", stamp).hash
    assert store.copies["fabrikam"].edition == store.change.current.id


def test_a_tenant_that_shows_a_variant_cannot_make_an_edit_without_a_stamp():
    variant = arrival("B", 1, observed=3, tenant="fabrikam")
    store = Store(arrival("A", 1), variant, arrival("C", 1, observed=4, tenant="fabrikam"))

    assert store.history == "A"


def test_a_variant_ends_when_the_tenant_shows_the_edition():
    variant = arrival("B", 1, observed=3, tenant="fabrikam")
    store = Store(arrival("A", 1), variant, arrival("A", 1, observed=4, tenant="fabrikam"))

    assert not store.copies["fabrikam"].variant


def test_the_other_tenant_follows_an_edit_without_a_stamp_without_making_another():
    store = Store(
        arrival("A", 1),
        arrival("A", 1, observed=2, tenant="fabrikam"),
        arrival("B", 1, observed=3),
        arrival("B", 1, observed=4, tenant="fabrikam"),
    )

    assert store.history == "AB"
    assert store.copies["fabrikam"].edition == store.change.current.id


def test_two_messages_about_an_edit_without_a_stamp_may_come_in_the_wrong_order():
    store = Store(arrival("B", 1, observed=3), arrival("A", 1, observed=2))

    assert store.history == "AB"
    assert store.copies["contoso"].observed == at(3)


def test_an_older_observation_never_changes_the_tenants_row():
    store = Store(arrival("B", 2, observed=5))
    before = store.copies["contoso"]

    store.take(arrival("A", 1, observed=4))

    assert store.copies["contoso"] is before


def test_services_are_kept_under_their_canonical_names():
    copy = merge(None, None, arrival("A", 1, services=["Yammer", " Exchange  Online"])).copy

    assert copy.services == ("Exchange Online", "Microsoft Viva Engage")


def test_gone_is_noted_on_the_tenants_row_and_only_by_a_newer_observation():
    copy = Store(arrival("A", 1)).copies["contoso"]

    assert went(copy, at(0)) is None
    assert went(copy, copy.observed) is None
    lost = went(copy, at(2))
    assert lost.gone == at(2)
    assert went(lost, at(3)) is None


def test_gone_everywhere_is_said_once():
    change = gone_everywhere(Store(arrival("A", 1)).change, at(2))

    assert [event.type for event in change.events] == ["gone"]
    assert gone_everywhere(change, at(3)) is change


@pytest.mark.parametrize("tenant", ["contoso", "fabrikam"])
def test_it_returned_when_any_tenant_shows_it_again(tenant):
    store = Store(arrival("A", 1))
    store.copies["contoso"] = went(store.copies["contoso"], at(2))
    store.change = gone_everywhere(store.change, at(2))

    store.take(arrival("A", 1, observed=3, tenant=tenant))

    assert [event.type for event in store.change.events] == ["gone", "returned"]
    assert not all_gone(store.change)
    assert not store.copies[tenant].gone


def test_a_copy_that_comes_back_writes_the_change_so_that_marking_it_gone_meets_a_conflict():
    store = Store(arrival("A", 1))
    store.copies["contoso"] = went(store.copies["contoso"], at(2))

    merged = merge(store.change, store.copies["contoso"], arrival("A", 1, observed=3))

    assert merged.change_differs


def test_something_without_an_id_is_refused():
    with pytest.raises(PermanentError, match="id"):
        Arrival.of("contoso", at(1), {"title": "nothing"})
