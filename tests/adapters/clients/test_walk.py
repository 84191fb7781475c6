"""A bad hour of Graph, through the use case: nothing is lost, and who failed is named."""

from shared.adapters.sources.message_center import MessageCenter
from shared.record.tenants import tenant_states
from shared.usecases.posts.fetch import fan_out, fetch_tenant
from tests.adapters.clients.server import SignIn, graph_of, serving, tenant_at
from tests.fakes import FakeBlobs, FakeClock, FakePolicy, FakeQueues, FakeTables, a_policy, deps_of


def busy(status, **headers):
    return (status, headers, b"")


def posts(request, first, count, skip):
    link = f"http://{request.host}/v1.0/admin/serviceAnnouncement/messages?$skip={skip}"
    return {"value": [{"id": f"MC{first + n}", "title": "T"} for n in range(count)]} | (
        {"@odata.nextLink": link} if skip else {}
    )


def hour():
    return [
        busy(429, **{"Retry-After": "2.5"}),
        busy(429, **{"Retry-After": "400"}),
        busy(503),
        lambda request: posts(request, 1_000_000, 1000, 1000),
        lambda request: posts(request, 0, 0, 1000.5),
        busy(401),
        lambda request: posts(request, 1_000_999, 200, 0),  # the pages shifted: one post comes twice
    ]


async def test_a_bad_hour_of_graph_loses_nothing_and_names_who_failed(caplog):
    clock, queues, tables = FakeClock(), FakeQueues(), FakeTables()
    sign_in = SignIn("expiring", "expiring too", "fresh")
    async with serving(*hour()) as ours, serving(*[busy(403)] * 9) as theirs, graph_of(sign_in) as graph:
        policy = FakePolicy(a_policy(tenants={"contoso": tenant_at(ours), "fabrikam": tenant_at(theirs)}))
        feeds = {"messages": MessageCenter(graph)}
        deps = deps_of(tables=tables, queues=queues, blobs=FakeBlobs(), policy=policy, clock=clock, feeds=feeds)
        outcomes = {"contoso": [], "fabrikam": []}
        for _ in range(5):
            await fan_out(deps, "messages", clock())
            for envelope in queues.take("fetches"):
                result = await fetch_tenant(deps, envelope)
                outcomes[result.tenant].append(result.outcome)
            clock.forward(minutes=5)

        assert outcomes["contoso"] == ["failed", "failed", "waiting", "failed", "done"]
        assert "done" not in outcomes["fabrikam"]
        sent = [raw["id"] for body in queues.bodies("posts") for raw in body["posts"]]
        assert sorted(sent) == sorted(f"MC{1_000_000 + n}" for n in range(1199))
        states = {
            state.name: state
            for state in await tenant_states(deps.storage.tables, (await deps.here.policy.current()).tenants)
        }
        assert (states["contoso"].posts, states["contoso"].failure) == (1199, "")
        assert "ServiceMessage.Read.All" in states["fabrikam"].failure
        assert states["fabrikam"].fetched is None
        assert "tenant fabrikam" in caplog.text
