"""What pages show."""

from datetime import timedelta

import pytest

from shared.core.errors import PermanentError, TransientError
from shared.usecases.delivery.park import park
from shared.usecases.pages import change
from shared.usecases.pages.health import health, lists_state
from shared.usecases.pages.metrics import metrics
from shared.usecases.pages.register import register, ticket
from shared.usecases.review.decide import settle_fields
from shared.usecases.upkeep.lists import index
from tests.fakes import NOW
from tests.usecases.world import NOVEMBER, World, done, post


async def test_a_change_with_everything_that_stands_beside_it(world):
    await world.arrive(post())
    await world.arrive(post(), tenant="fabrikam")
    await world.bring(done())

    view = await change.change(world.deps, " mc1200001")

    assert view.change.id == "MC1200001"
    assert [copy.tenant for copy in view.copies] == ["contoso", "fabrikam"]
    assert (len(view.effects), len(view.tasks)) == (3, 1)


async def test_a_change_shows_what_people_decided_for_one_call_more_within_its_nine():
    world = World()
    await world.arrive(post())
    calls = world.tables.calls
    before = await change.change(world.deps, "MC1200001")
    plain = world.tables.calls - calls

    await settle_fields(world.deps, "MC1200001", {"kind": "security"}, "ana")
    calls = world.tables.calls
    view = await change.change(world.deps, "MC1200001")

    assert before.acts == ()
    assert [(act.who, act.fields) for act in view.acts] == [("ana", (("kind", "retirement", "security", False),))]
    assert world.tables.calls - calls == plain + 1 <= 6, "the policy, the roadmap and the cloud are three more"


async def test_a_change_that_is_not_there_is_none_and_what_is_no_id_is_said():
    world = World()

    assert await change.change(world.deps, "MC1200001") is None
    with pytest.raises(PermanentError, match="no Message Center id"):
        await change.change(world.deps, "../etc")


async def test_metrics_hold_what_is_open_and_what_was_closed_in_twelve_months(world):
    await world.arrive(post(startDateTime="2026-05-01T00:00:00Z"), post("MC1200002"))
    await world.bring(done(at="2026-08-10T12:00:00Z"))

    now = await metrics(world.deps)
    world.clock.forward(days=500)
    later = await metrics(world.deps)

    assert now != later


async def test_tickets_of_the_register_the_newest_change_first(world):
    await world.arrive(post(), post("MC1200002"))

    view = await register(world.deps, privacy=False)
    assert [each.number for each in view.tickets] == ["CHG1200002", "CHG1200001"]
    assert (await ticket(world.deps, "CHG1200001", privacy=False)).change_id == "MC1200001"
    for odd in ("CHG9999999", "CHG²", "", "CHG" + "9" * 9000, "\ud800"):
        assert await ticket(world.deps, odd, privacy=False) is None


async def test_health_is_ok_degraded_by_a_stale_tenant_by_what_is_parked_and_by_a_policy_that_is_wrong():
    world = World()
    assert (await health(world.deps))["status"] == "degraded", "nothing was ever fetched"
    world.posts.held = {"contoso": [post()], "fabrikam": [post(when=NOVEMBER, modified="2026-08-31T00:00:00Z")]}
    await world.fetch()
    await index(world.deps)

    assert (await health(world.deps))["status"] == "ok"
    world.policy.failure = "line 3: no"
    wrong = await health(world.deps)
    assert (wrong["status"], wrong["policy"]) == ("degraded", "line 3: no")
    world.policy.failure = ""
    world.clock.forward(hours=3)
    stale = await health(world.deps)
    assert [tenant["ok"] for tenant in stale["tenants"]] == [False] * 3
    assert "`index` has not run since 2026-09-01 08:58" in stale["lists"]["failure"]
    world.clock.now -= timedelta(hours=3)
    await park(world.deps, "posts", {"posts": []}, NOW, "no good")
    assert (await health(world.deps))["parked"] == 1


async def test_health_says_how_old_the_lists_are_for_one_call_and_what_to_do_where_they_are_missing(monkeypatch):
    world = World()
    await world.arrive(post())
    missing = (await health(world.deps))["lists"]
    assert (missing["mark"], missing["ok"]) == (None, False)
    assert "they are not built yet" in missing["failure"]
    await index(world.deps)
    before = world.blobs.calls
    roadmap = (await lists_state(world.deps), world.blobs.calls - before)
    assert roadmap == ({"mark": "2026-09-01T08:58:00+00:00", "failure": "", "ok": True}, 1)

    async def read(*_):
        raise TransientError("reading container lists: not allowed")

    monkeypatch.setattr(world.blobs, "read", read)
    assert (await lists_state(world.deps))["failure"] == "reading container lists: not allowed"
