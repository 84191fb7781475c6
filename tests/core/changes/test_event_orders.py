"""Versions of a post fed in any order, twice, or by five tenants with lags of their own: the end is the same."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.core.backtest.replay import Replay
from tests.properties import unhurried

DAY = datetime(2026, 3, 1, tzinfo=UTC)
TENANTS = ("contoso", "fabrikam", "tailspin", "wingtip", "northwind")
BANNERS = (
    "",
    "We have changed the rollout timeline below.",
    "After further review, we have decided not to proceed with this change at this time.",
    "We have paused the rollout and will share a new date when we are ready.",
    "We are not releasing this feature to GCC at this time.",
    "We have completed the rollout to worldwide tenants.",
)
MONTHS = ("early May", "mid-June", "late June", "early September")
NOTES = ("", "Owners are told by mail.", "Owners and members are told by mail.")

version = st.tuples(st.sampled_from(BANNERS), st.sampled_from(MONTHS), st.sampled_from(NOTES), st.booleans())


def post(number, said):
    banner, month, note, major = said
    stamp = DAY + timedelta(days=number)
    lead = f"<p>Updated {stamp:%B} {stamp.day}, {stamp.year}: {banner}</p>" if banner else ""
    when = f"General Availability (Worldwide, GCC): We will begin rolling out {month} 2026."
    return {
        "id": "MC1200001",
        "title": f"{'(Updated) ' if banner else ''}Poll answers: a page for them",
        "category": "planForChange",
        "isMajorChange": major,
        "lastModifiedDateTime": stamp.isoformat(),
        "body": {
            "contentType": "html",
            "content": f"{lead}<p>Answers get a page.</p><p>[When this will happen:]</p><p>{when}</p><p>{note}</p>",
        },
    }


def fed(arrivals):
    world = Replay()
    for number, said, tenant, lag in arrivals:
        world.take(post(number, said), DAY + timedelta(days=number, hours=1 + lag), tenant)
    return world.changes["MC1200001"]


def state(change):
    names = {edition.id: (edition.stamps[0], edition.hash) for edition in change.editions}
    return (
        [(edition.hash, edition.stamps) for edition in change.editions],
        {(names[e.edition], e.type, e.old, e.new, e.slips) for e in change.events},
    )


@unhurried
@given(versions=st.lists(version, min_size=1, max_size=7), data=st.data())
def test_backwards_shuffled_and_twice_end_as_forwards_does(versions, data):
    forwards = [(number, said, "contoso", 0) for number, said in enumerate(versions)]
    expected = state(fed(forwards))

    assert state(fed(forwards[::-1])) == expected
    assert state(fed(data.draw(st.permutations([*forwards, *forwards])))) == expected


@unhurried
@given(
    versions=st.lists(version, min_size=1, max_size=6),
    lags=st.lists(st.integers(0, 24 * 9), min_size=len(TENANTS), max_size=len(TENANTS)),
)
def test_five_tenants_that_lag_make_the_events_of_one(versions, lags):
    alone = fed([(number, said, TENANTS[0], 0) for number, said in enumerate(versions)])
    arrivals = [
        (number, said, tenant, lag)
        for number, said in enumerate(versions)
        for tenant, lag in zip(TENANTS, lags, strict=True)
    ]
    together = fed(sorted(arrivals, key=lambda one: one[0] * 24 + one[3]))

    assert state(together) == state(alone)
    ids = [event.id for event in together.events]
    assert len(ids) == len(set(ids))
