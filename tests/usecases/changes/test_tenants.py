"""One change in several tenants: services that differ, a text of its own, who joins later."""

from datetime import timedelta

from shared.usecases.pages import change
from shared.usecases.posts.deduplicate import deduplicate
from tests.fakes import NOW
from tests.usecases.world import NOVEMBER, World, batch, post

MORE = ["Exchange Online", "Microsoft Teams"]


async def see(world, *, tenant="contoso", hours, **over):
    """The post as a tenant's feed shows it some hours later, and all that follows."""
    await deduplicate(world.deps, batch(post(**over), tenant=tenant, observed=NOW + timedelta(hours=hours)))
    sent = len(world.queues.sent)
    await world.drain()
    return sent


async def events(world):
    return [(event.type, event.tenant) for event in (await world.change()).events]


async def test_services_that_truly_change_are_one_event_shown_and_told_to_nobody(world):
    await see(world, hours=0)
    await see(world, tenant="fabrikam", hours=0)
    cards = len(world.inbox.cards)

    assert await see(world, hours=1, services=MORE) == 0, "nobody is sent for"
    assert await see(world, tenant="fabrikam", hours=1, services=MORE) == 0

    assert await events(world) == [("announced", ""), ("scope_changed", "contoso")]
    assert (await world.change()).revision == 1
    assert len(world.inbox.cards) == cards


async def test_the_event_costs_one_transaction_and_a_rename_touches_the_tenants_row_only():
    world = World()
    await see(world, hours=0, services=["Yammer"])
    etag = (await world.held()).row.etag

    await see(world, hours=1, services=["Viva Engage"])
    assert (await world.held()).row.etag == etag
    before = world.tables.calls
    await deduplicate(world.deps, batch(post(services=MORE), observed=NOW + timedelta(hours=2)))

    assert world.tables.calls - before == 3, "two reads and one transaction"
    assert (await world.held()).row.etag != etag


async def test_services_that_change_with_an_edit_leave_the_edits_own_events_their_effects(world):
    await see(world, hours=0)
    await see(world, hours=1, services=MORE, when=NOVEMBER, modified="2026-09-01T09:30:00Z")

    found = (await world.change()).events
    assert {(event.type, event.late) for event in found} == {
        ("announced", False),
        ("scope_changed", True),
        ("dates_moved", False),
    }
    assert len(world.inbox.cards) == 4, "the edit is told in both channels"


async def test_a_text_of_its_own_is_kept_with_the_tenants_copy_and_shown_with_what_differs(world):
    await see(world, hours=0)
    await see(world, tenant="fabrikam", hours=0, when=NOVEMBER)

    view = await change.change(world.deps, "MC1200001")

    assert view.change.revision == 1
    assert list(view.variants) == ["fabrikam"]
    (difference,) = view.variants["fabrikam"]
    assert ("October" in difference.ours, "November" in difference.theirs) == (True, True)


async def test_a_text_of_its_own_outlives_the_posts_going_and_ends_when_the_tenant_shows_what_the_others_show(world):
    await see(world, hours=0)
    await see(world, tenant="fabrikam", hours=0, when=NOVEMBER)
    gone = batch(tenant="fabrikam", observed=NOW + timedelta(hours=1), gone=["MC1200001"])
    await deduplicate(world.deps, gone)
    assert list((await change.change(world.deps, "MC1200001")).variants) == ["fabrikam"]

    await see(world, tenant="fabrikam", hours=2)

    view = await change.change(world.deps, "MC1200001")
    assert not view.variants
    assert {copy.variant for copy in view.copies} == {""}


async def test_a_tenant_that_joins_later_stands_in_the_timeline_and_not_in_the_changes_row(world):
    await see(world, hours=0)
    etag = (await world.held()).row.etag
    await see(world, tenant="fabrikam", hours=30)

    view = await change.change(world.deps, "MC1200001")

    assert [(event.type, event.new) for event in view.change.events][-1] == ("tenant_joined", "fabrikam")
    assert (await world.held()).row.etag == etag
    assert (await world.change()).revision == 1
