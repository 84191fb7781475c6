import asyncio
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from shared.adapters.clients.credentials import GRAPH_HOSTS
from shared.adapters.clients.graph import Graph
from shared.adapters.clients.reach import Reach
from shared.adapters.sources.message_center import MessageCenter
from shared.core.errors import PermanentError, TransientError
from shared.core.policy.model import Tenant
from tests.adapters.clients.server import SignIn, graph_of, read, serving, tenant_at

MESSAGES = "/v1.0/admin/serviceAnnouncement/messages"


def page(*numbers, link=None):
    return {"value": [{"id": f"MC{number}"} for number in numbers]} | ({"@odata.nextLink": link} if link else {})


def refused(status, body=b'{"error": {"code": "x", "message": "y"}}', **headers):
    return (status, {"Content-Type": "application/json", **headers}, body)


def next_page(skip, *numbers):
    """A page whose nextLink is on the server that was asked."""
    return lambda request: page(*numbers, link=f"http://{request.host}{MESSAGES}?$skip={skip}")


async def test_every_page_is_read_also_behind_an_empty_one():
    async with serving(next_page(2, 1, 2), next_page(3), page(3)) as server, graph_of() as graph:
        pages = await read(MessageCenter(graph), tenant_at(server))

        assert [[raw["id"] for raw in held] for held in pages] == [["MC1", "MC2"], [], ["MC3"]]
        assert [request.path for request in server.requests] == [MESSAGES] * 3
        assert [request.query.get("$skip") for request in server.requests] == [None, "2", "3"]
        assert {request.headers["Prefer"] for request in server.requests} == {"odata.maxpagesize=1000"}
        assert graph.calls == {"graph": 3}


async def test_what_graph_does_not_promise_is_passed_on_as_it_is():
    odd = {"value": [{"id": "MC1", "category": "brandNew", "unknown": {"a": [1]}}, "no object", {"id": "MC1"}]}
    async with serving(odd) as server, graph_of() as graph:
        assert await read(MessageCenter(graph), tenant_at(server)) == [odd["value"]]


async def test_a_graph_behind_a_path_is_asked_there():
    async with serving(page(1)) as server, graph_of() as graph:
        await read(MessageCenter(graph), tenant_at(server, "/contoso/"))

        assert server.requests[0].path == f"/contoso{MESSAGES}"


@pytest.mark.parametrize(("advice", "seconds"), [("2.5", 2.5), ("400", 400.0), ("0", 0.0)])
@pytest.mark.parametrize("status", [429, 503, 504, 500])
async def test_a_busy_graph_is_asked_once_and_its_advice_is_passed_on(status, advice, seconds):
    async with serving(refused(status, **{"Retry-After": advice})) as server, graph_of() as graph:
        with pytest.raises(TransientError, match=f"tenant contoso: Graph answered {status}") as caught:
            await read(MessageCenter(graph), tenant_at(server))

        assert caught.value.retry_after == seconds
        assert len(server.requests) == 1
        assert graph.calls["graph"] == 1


async def test_advice_can_be_a_date():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    async with serving(refused(503, **{"Retry-After": later})) as server, graph_of() as graph:
        with pytest.raises(TransientError) as caught:
            await read(MessageCenter(graph), tenant_at(server))

        assert 290 < caught.value.retry_after <= 300


async def test_without_advice_there_is_none():
    async with serving(refused(503, b"<html>gateway</html>")) as server, graph_of() as graph:
        with pytest.raises(TransientError) as caught:
            await read(MessageCenter(graph), tenant_at(server))

        assert caught.value.retry_after is None


async def test_a_failure_on_a_later_page_fails_the_pull():
    async with serving(next_page(1, 1), refused(429)) as server, graph_of() as graph:
        with pytest.raises(TransientError, match="429"):
            await read(MessageCenter(graph), tenant_at(server))


async def test_an_expired_token_is_replaced_once_and_the_same_page_is_asked_again():
    sign_in = SignIn("expired", "fresh")
    async with serving(next_page(1, 1), refused(401), page(2)) as server, graph_of(sign_in) as graph:
        pages = await read(MessageCenter(graph), tenant_at(server))

        assert [[raw["id"] for raw in held] for held in pages] == [["MC1"], ["MC2"]]
        assert server.tokens == ["expired", "expired", "fresh"]
        assert [request.query.get("$skip") for request in server.requests] == [None, "1", "1"]
        assert [held.closed for held in sign_in.made] == [True, False]


async def test_a_fresh_token_that_is_refused_says_what_to_grant():
    async with serving(refused(401), refused(401)) as server, graph_of() as graph:
        with pytest.raises(PermanentError, match=r"tenant contoso: .*401.*tenant_id.*ServiceMessage\.Read\.All"):
            await read(MessageCenter(graph), tenant_at(server))

        assert len(server.requests) == 2


async def test_one_tenant_of_two_with_403_leaves_the_other_alone():
    async with serving(refused(403)) as theirs, serving(page(1)) as ours, graph_of() as graph:
        source = MessageCenter(graph)

        with pytest.raises(PermanentError, match=r"tenant fabrikam: .*403.*ServiceMessage\.Read\.All"):
            await read(source, tenant_at(theirs), "fabrikam")
        assert await read(source, tenant_at(ours)) == [[{"id": "MC1"}]]


async def test_an_unknown_path_is_no_reason_to_wait():
    async with serving(refused(404, **{"request-id": "abc"})) as server, graph_of() as graph:
        with pytest.raises(PermanentError, match=r"tenant contoso: Graph answered 404 .*request-id abc"):
            await read(MessageCenter(graph), tenant_at(server))


@pytest.mark.parametrize(
    "link",
    [
        "{other}/v1.0/steal?$skip=1",
        "{other_host}@{ours_host}",
        "//{other_host}/v1.0",
        "/v1.0/admin",
        "https://{ours_host}/v1.0",
        "ftp://x",
        "http://[",
        "http://user:secret@{ours_host}/v1.0",
        "http://127.0.0.1.example.org/",
    ],
)
async def test_a_next_page_elsewhere_never_gets_our_token(link):
    async with serving() as other, serving() as ours, graph_of() as graph:
        places = {"other": other.url, "other_host": other.url[7:], "ours_host": ours.url[7:]}
        ours.answers = [page(1, link=link.format(**places))]

        with pytest.raises(PermanentError, match=r"tenant contoso: the next page is said to be on .*not followed"):
            await read(MessageCenter(graph), tenant_at(ours))

        assert other.requests == []
        assert len(ours.requests) == 1


async def test_a_redirect_elsewhere_is_not_followed():
    async with serving() as other, serving() as ours, graph_of() as graph:
        ours.answers = [refused(302, b"", Location=f"{other.url}/v1.0/steal")]

        with pytest.raises(TransientError, match="no JSON"):
            await read(MessageCenter(graph), tenant_at(ours))

        assert other.requests == []


async def test_pages_that_go_round_are_stopped():
    async with serving(next_page(1, 1), next_page(2, 2), next_page(1, 1)) as server, graph_of() as graph:
        with pytest.raises(TransientError, match="do not end"):
            await read(MessageCenter(graph), tenant_at(server))

        assert len(server.requests) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>sign in to the guest network</html>",
        b"\xff\xfe",
        b"[1, 2]",
        b'{"value": {}}',
        b"null",
        b"[" * 100_000,
    ],
)
async def test_garbage_is_no_feed(body):
    async with serving((200, {"Content-Type": "application/json"}, body)) as server, graph_of() as graph:
        with pytest.raises(TransientError, match=r"tenant contoso: .*answer about its Message Center posts is no"):
            await read(MessageCenter(graph), tenant_at(server))


async def test_a_next_link_that_is_no_text_is_no_feed():
    async with serving({"value": [], "@odata.nextLink": 7}) as server, graph_of() as graph:
        with pytest.raises(TransientError, match="no page"):
            await read(MessageCenter(graph), tenant_at(server))


async def test_a_slow_answer_is_given_up():
    async with serving(600.0) as server, graph_of(timeout=0.2) as graph:
        with pytest.raises(TransientError, match=r"tenant contoso: no answer .*0\.2 s"):
            await read(MessageCenter(graph), tenant_at(server))


async def test_an_answer_that_drips_is_given_up_too():
    async with serving(drip) as server, graph_of(timeout=0.5) as graph:
        with pytest.raises(TransientError, match="no answer"):
            await read(MessageCenter(graph), tenant_at(server))


async def drip(request):
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.05)


async def test_a_graph_that_is_not_there_may_be_there_later():
    async with serving() as server:
        gone = tenant_at(server)
    async with graph_of() as graph:
        with pytest.raises(TransientError, match="tenant contoso: Graph is not to be reached"):
            await read(MessageCenter(graph), gone)


async def test_a_failed_sign_in_tells_the_code_and_nothing_that_was_sent():
    secret = "client_secret=hunter2"
    failed = ClientAuthenticationError(message=f"Authentication failed: AADSTS7000215: Invalid secret. {secret}")
    async with serving() as server, graph_of(SignIn(failed)) as graph:
        with pytest.raises(PermanentError, match=r"tenant contoso: signing in failed \(AADSTS7000215\)") as caught:
            await read(MessageCenter(graph), tenant_at(server))

        assert "hunter2" not in str(caught.value)
        assert caught.value.__suppress_context__
        assert server.requests == []


async def test_a_sign_in_that_is_not_reached_may_work_later():
    async with serving() as server, graph_of(SignIn(ServiceRequestError("no route"))) as graph:
        with pytest.raises(TransientError, match=r"signing in .*ServiceRequestError"):
            await read(MessageCenter(graph), tenant_at(server))


async def test_what_a_credential_says_of_itself_is_passed_on():
    async with serving() as server, graph_of(SignIn(PermanentError("secret X is not set"))) as graph:
        with pytest.raises(PermanentError, match="secret X is not set"):
            await read(MessageCenter(graph), tenant_at(server))


async def test_each_tenant_has_its_own_token_and_one_client():
    sign_in = SignIn("one", "two")
    async with serving() as server, graph_of(sign_in) as graph:
        source = MessageCenter(graph)
        for name in ("contoso", "fabrikam", "contoso"):
            await read(source, tenant_at(server), name)

        assert server.tokens == ["one", "two", "one"]
        assert len(sign_in.made) == 2


async def test_a_tenant_that_the_policy_changed_signs_in_anew():
    sign_in = SignIn("one", "two")
    async with serving() as server, graph_of(sign_in) as graph:
        await read(MessageCenter(graph), tenant_at(server))
        await read(MessageCenter(graph), tenant_at(server, tenant_id="other"))

        assert server.tokens == ["one", "two"]
        assert sign_in.made[0].closed


async def test_on_this_machine_the_token_is_for_the_real_graph():
    sign_in = SignIn()
    async with serving() as server, graph_of(sign_in) as graph:
        await read(MessageCenter(graph), tenant_at(server))

        assert sign_in.made[0].scopes == ["https://graph.microsoft.com/.default"]


@pytest.mark.parametrize(("cloud", "host"), GRAPH_HOSTS.items())
async def test_each_cloud_has_its_host_and_its_scope(cloud, host):
    sign_in = SignIn(PermanentError("far enough"))
    async with graph_of(sign_in) as graph:
        with pytest.raises(PermanentError, match="far enough"):
            await read(MessageCenter(graph), Tenant(cloud=cloud))
        client = await graph._client("contoso", Tenant(cloud=cloud))

        assert sign_in.made[0].scopes == [f"https://{host}/.default"]
        assert client.service.request_adapter.base_url == f"https://{host}/v1.0"


@pytest.mark.parametrize(
    "url", ["http://graph.example.org", "ftp://127.0.0.1", "graph", "https://a:b@graph.example.org"]
)
async def test_a_token_never_travels_in_the_clear(url):
    async with graph_of() as graph:
        with pytest.raises(PermanentError, match=r"tenants\.contoso\.graph_url: https"):
            await read(MessageCenter(graph), Tenant(graph_url=url))


async def test_closing_closes_every_credential():
    sign_in = SignIn()
    async with serving() as server:
        graph = Graph(sign_in, Counter(), reach=Reach(loopback=True))
        await read(MessageCenter(graph), tenant_at(server))
        await graph.close()

    assert all(held.closed for held in sign_in.made)


def test_importing_the_sources_loads_no_sdk():
    program = (
        "import sys, shared.adapters.sources.message_center, shared.adapters.tasks.planner\n"
        "import shared.adapters.clients.credentials\n"
        "print([name for name in ('msgraph', 'msgraph_core', 'kiota_http', 'azure.identity', 'azure.core')"
        " if name in sys.modules])"
    )

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
