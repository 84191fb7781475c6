import json

import pytest
from aiohttp import web

from shared.adapters.tasks.planner import Planner
from shared.core.errors import DeclinedError, PermanentError, StaleError, TransientError, UngrantedError
from tests.adapters.clients.server import graph_of, read, serving, tenant_at

DENIED = (403, {"Content-Type": "application/json"}, b"{}")


async def test_the_tasks_of_the_plan_are_read_to_the_end():
    def first(request):
        link = f"http://{request.host}/v1.0/planner/plans/p1/tasks?$skiptoken=x"
        return {"value": [{"id": "a", "@odata.etag": 'W/"1"'}], "@odata.nextLink": link}

    async with serving(first, {"value": [{"id": "b"}]}) as server, graph_of() as graph:
        pages = await read(Planner(graph), tenant_at(server, plan="p1"))

        assert pages == [[{"id": "a", "@odata.etag": 'W/"1"'}], [{"id": "b"}]]
        assert {request.path for request in server.requests} == {"/v1.0/planner/plans/p1/tasks"}


async def test_every_plan_is_read_to_the_end():
    async with serving({"value": [{"id": "a"}]}, {"value": [{"id": "b"}]}) as server, graph_of() as graph:
        assert await read(Planner(graph), tenant_at(server, plan=["p1", "p2"])) == [[{"id": "a"}], [{"id": "b"}]]
        assert [request.path for request in server.requests] == [f"/v1.0/planner/plans/p{n}/tasks" for n in (1, 2)]


async def test_the_details_of_a_task_are_read():
    async with serving({"id": "a", "description": "Message ID: MC1000001"}) as server, graph_of() as graph:
        found = await Planner(graph).details("contoso", tenant_at(server), "a")

        assert found["description"] == "Message ID: MC1000001"
        assert server.requests[0].path == "/v1.0/planner/tasks/a/details"


async def test_a_task_that_is_gone_has_no_details():
    async with serving((404, {}, b"")) as server, graph_of() as graph:
        assert await Planner(graph).details("contoso", tenant_at(server), "a") == {}


async def test_a_task_s_id_chooses_no_other_address():
    async with serving({"id": "x"}) as server, graph_of() as graph:
        await Planner(graph).details("contoso", tenant_at(server), "../../users?$top=1#")

        assert server.requests[0].raw_path == "/v1.0/planner/tasks/..%2F..%2Fusers%3F%24top%3D1%23/details"


async def test_details_that_are_no_object_may_be_one_later():
    async with serving((200, {}, b"[]")) as server, graph_of() as graph:
        with pytest.raises(TransientError, match="no object"):
            await Planner(graph).details("contoso", tenant_at(server), "a")


@pytest.mark.parametrize("what", ["pages", "details"])
async def test_a_missing_role_is_named(what):
    async with serving(DENIED) as server, graph_of() as graph:
        planner, tenant = Planner(graph), tenant_at(server, plan="p1")
        with pytest.raises(PermanentError, match=r"tenant contoso: .*Tasks\.Read\.All"):
            await (read(planner, tenant) if what == "pages" else planner.details("contoso", tenant, "a"))


async def test_a_plan_that_is_not_there_is_told():
    async with serving((404, {}, b"")) as server, graph_of() as graph:
        with pytest.raises(PermanentError, match="404 to the tasks of plan p1"):
            await read(Planner(graph), tenant_at(server, plan="p1"))


async def written(*answers, part="task"):
    async with serving(*answers) as server, graph_of() as graph:
        etag = await Planner(graph).write("contoso", tenant_at(server), "a/b", part, {"dueDateTime": None}, 'W/"1"')
        return etag, server.requests


@pytest.mark.parametrize(("part", "end"), [("task", ""), ("details", "/details")])
async def test_a_part_is_written_over_its_version_and_says_which_one_it_is_then(part, end):
    bodies = []

    async def answer(request):
        bodies.append(await request.json())
        return web.json_response({"@odata.etag": 'W/"2"'})

    etag, (request,) = await written(answer, part=part)

    assert etag == 'W/"2"'
    assert bodies == [{"dueDateTime": None}]
    assert (request.method, request.raw_path) == ("PATCH", f"/v1.0/planner/tasks/a%2Fb{end}")
    assert request.headers["If-Match"] == 'W/"1"'
    assert request.headers["Prefer"] == "return=representation"
    assert request.headers["Content-Type"] == "application/json"


async def test_a_write_without_an_answer_s_body_is_done():
    assert (await written((204, {}, b"")))[0] == ""


def refusal(status, code, **headers):
    body = json.dumps({"error": {"code": code, "message": "No."}}).encode()
    return status, {"Content-Type": "application/json", **headers}, body


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (refusal(409, ""), StaleError, "409"),
        (refusal(412, ""), StaleError, "412"),
        (refusal(404, ""), StaleError, "404"),
        ((412, {"Content-Type": "text/html"}, b"<p>proxy</p>"), StaleError, "412"),
        (refusal(403, "MaximumReferencesOnTask"), DeclinedError, "MaximumReferencesOnTask"),
        (refusal(403, ""), UngrantedError, r"Tasks\.ReadWrite\.All"),
        (refusal(403, "Maximum\n<script>"), UngrantedError, r"Tasks\.ReadWrite\.All"),
        ((403, {"Content-Type": "text/html"}, b"<p>no</p>"), UngrantedError, r"Tasks\.ReadWrite\.All"),
        (refusal(400, "badRequest"), DeclinedError, "400"),
        (refusal(429, "TooManyRequests", **{"Retry-After": "7"}), TransientError, "429"),
        (refusal(503, ""), TransientError, "503"),
    ],
)
async def test_each_refusal_of_a_write_is_told_by_its_kind(answer, error, words):
    with pytest.raises(error, match=words) as caught:
        await written(answer)
    assert type(caught.value) is error
    assert getattr(caught.value, "retry_after", None) == (7 if answer[0] == 429 else None)


async def test_a_write_with_a_token_that_ran_out_is_tried_once_more():
    etag, requests = await written((401, {}, b""), {"@odata.etag": "E2"})
    assert (etag, len(requests)) == ("E2", 2)
