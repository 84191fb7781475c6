"""The sandbox's Azure DevOps over real HTTP: patches, revisions, queries, rules, and what a stranger gets."""

import base64
import json
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from aiohttp.test_utils import TestServer

from sandbox.microsoft365.credential import token_for
from sandbox.ticket_systems.azure_devops.items import Rules
from sandbox.ticket_systems.azure_devops.server import AzureDevOps
from shared.adapters import registry
from tests.contracts.rig import deps_for, ticket
from tests.fakes import FakeClock

BEARER = {"Authorization": f"Bearer {token_for('own', 4_000_000_000)}"}
PATCH = {"Content-Type": "application/json-patch+json"}
WIT = "/contoso/Changes/_apis/wit"
V = {"api-version": "7.1"}


@asynccontextmanager
async def running(**settings):
    clock = FakeClock()
    devops = AzureDevOps(clock, **settings)
    async with TestServer(devops.app()) as server:
        base = str(server.make_url("/")).rstrip("/")
        async with httpx.AsyncClient(base_url=base, headers=BEARER, params=V) as client:
            yield client, devops, clock


def put(name, value):
    return {"op": "add", "path": f"/fields/{name}", "value": value}


async def create(client, *more, title="MC1 <b>x</b>", **params):
    body = json.dumps([put("System.Title", title), *more])
    return await client.post(f"{WIT}/workitems/$User%20Story", content=body, headers=PATCH, params=V | params)


async def patch(client, *operations):
    return await client.patch(f"{WIT}/workitems/1", content=json.dumps(operations), headers=PATCH)


async def test_a_patch_that_names_an_old_revision_changes_nothing():
    async with running() as (client, devops, _):
        await create(client)
        first = await patch(client, {"op": "test", "path": "/rev", "value": 1}, put("System.State", "Active"))
        second = await patch(client, put("System.State", "Closed"), {"op": "test", "path": "/rev", "value": 1})

        assert (first.status_code, first.json()["rev"]) == (200, 2)
        assert second.status_code == 412
        assert second.json()["typeKey"] == "WorkItemRevisionMismatchException"
        assert devops.tickets[0].state == "Active"


@pytest.mark.parametrize(
    ("operation", "status", "said"),
    [
        (put("System.Title", "x" * 256), 400, "TF401320: Rule Error for field Title"),
        (put("System.Title", "𝔘" * 128), 400, "InvalidTooLong"),
        (put("System.Title", " "), 400, "Required, InvalidEmpty"),
        (put("System.State", "Nowhere"), 400, "Rule Error for field State"),
        (put("System.State", "Closed"), 400, "Rule Error for field State"),
        (put("Custom.Nothing", "x"), 400, "TF51535"),
        (put("System.AreaPath", "Elsewhere"), 400, "TF401347"),
        (put("Microsoft.VSTS.Common.Priority", 9), 400, "InvalidListValue"),
        (put("Microsoft.VSTS.Scheduling.DueDate", "soon"), 400, "InvalidDate"),
        (put("System.Description", "\x00"), 400, "InvalidCharacters"),
        (put("System.CreatedDate", "2020-01-01"), 400, "ReadOnly"),
        ({"op": "copy", "path": "/fields/System.Title"}, 400, "not supported"),
        ({"op": "add", "path": "/relations/-", "value": {"rel": "Hyperlink", "url": "javascript:x"}}, 400, "relation"),
    ],
)
async def test_what_a_rule_forbids_is_named_and_nothing_is_made(operation, status, said):
    async with running() as (client, devops, _):
        answer = await create(client, operation)

        assert answer.status_code == status
        assert said in answer.json()["message"]
        assert set(answer.json()) >= {"$id", "innerException", "message", "typeName", "typeKey", "errorCode", "eventId"}
        assert devops.tickets == []


async def test_validating_only_makes_nothing():
    async with running() as (client, devops, _):
        assert (await create(client, validateOnly="true")).status_code == 200
        assert devops.tickets == []


async def test_a_query_finds_whole_tags_without_case_and_says_what_it_does_not_know():
    async with running() as (client, _, _):
        await create(client, put("System.Tags", "b; A-1; a-1"))

        async def query(where):
            text = f"SELECT [System.Id] FROM WorkItems WHERE {where}"
            return await client.post(f"{WIT}/wiql", json={"query": text})

        exact = await query("[System.Tags] CONTAINS 'a-1' AND [System.TeamProject] = @project")
        partly = await query("[System.Tags] CONTAINS 'a-'")
        unknown = await query("[Custom.Nope] = 'x'")

        assert [one["id"] for one in exact.json()["workItems"]] == [1]
        assert partly.json()["workItems"] == []
        assert unknown.json()["message"].startswith("TF51005")
        assert (await client.get(f"{WIT}/workitems/1")).json()["fields"]["System.Tags"] == "A-1; b"


async def test_html_is_cleaned_and_every_revision_is_told():
    async with running() as (client, devops, _):
        await create(client, put("System.Description", "<p onclick='x'>a<script>b</script></p>"))
        await patch(client, put("System.History", "<p>more</p>"), put("System.State", "Active"))
        await client.post(
            f"{WIT}/workitems/1/comments", json={"text": "<p>said</p>"}, params={"api-version": "7.1-preview.4"}
        )

        updates = (await client.get(f"{WIT}/workitems/1/updates")).json()["value"]
        comments = (await client.get(f"{WIT}/workitems/1/comments")).json()["comments"]
        assert devops.tickets[0].fields["System.Description"] == "<p>a</p>"
        assert updates[1]["fields"]["System.State"] == {"oldValue": "New", "newValue": "Active"}
        assert updates[1]["fields"]["System.History"] == {"newValue": "<p>more</p>"}
        assert [one["text"] for one in comments] == ["<p>more</p>", "<p>said</p>"]


async def test_items_that_are_gone_are_left_out_or_said_to_be_missing():
    async with running() as (client, devops, _):
        await create(client)
        devops.delete("1")

        omitted = await client.get(f"{WIT}/workitems", params=V | {"ids": "1,2", "errorPolicy": "omit"})
        missing = await client.get(f"{WIT}/workitems/1")

        assert omitted.json()["value"] == [None, None]
        assert (missing.status_code, missing.json()["message"][:9]) == (404, "TF401232:")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 203),
        ({"Authorization": "Bearer nothing"}, 203),
        ({"Authorization": "Bearer nothing", "X-TFS-FedAuthRedirect": "Suppress"}, 401),
        ({"Authorization": "Basic " + base64.b64encode(b":devops-pat").decode()}, 200),
        ({"Authorization": "Basic " + base64.b64encode(b":another").decode()}, 203),
        ({"Authorization": "Basic §"}, 203),
    ],
)
async def test_a_stranger_gets_a_page_to_sign_in_unless_he_asks_for_an_error(given, status):
    async with running() as (client, _, _):
        given = {name: value.encode() for name, value in given.items()}
        answer = await httpx.AsyncClient(base_url=client.base_url).get(
            "/contoso/_apis/projects/Changes", headers=given, params=V
        )

        assert answer.status_code == status
        assert ("Sign In" in answer.text) == (status == 203)


async def test_what_is_sent_as_something_else_or_without_a_version_is_refused():
    async with running() as (client, _, _):
        wrong = await client.post(f"{WIT}/workitems/$User%20Story", json=[put("System.Title", "x")])
        bare = await httpx.AsyncClient(base_url=client.base_url, headers=BEARER).get(f"{WIT}/workitems/1")

        assert (wrong.status_code, wrong.json()["typeKey"]) == (415, "VssRequestContentTypeNotSupportedException")
        assert (bare.status_code, bare.json()["typeKey"]) == (400, "VssVersionNotSpecifiedException")


async def test_who_asks_too_often_is_held_back_first_and_then_refused():
    async with running(delayed=2, blocked=3) as (client, _, clock):
        answers = [await client.get("/contoso/_apis/connectionData") for _ in range(4)]
        clock.forward(minutes=5)

        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert "Retry-After" not in answers[1].headers
        assert (answers[2].headers["Retry-After"], answers[2].headers["X-RateLimit-Delay"]) == ("1", "0.050")
        assert answers[3].headers["Retry-After"] == "301"
        assert answers[3].json()["message"].startswith("TF400733")
        assert (await client.get("/contoso/_apis/connectionData")).status_code == 200


async def test_people_see_the_tickets_on_a_page_and_texts_are_only_text():
    async with running() as (client, devops, _):
        await create(client)
        devops.move("1", "Active")

        listed, one = await client.get("/"), await client.get("/contoso/Changes/_workitems/edit/1")

        assert 'href="/ticket/1"' in listed.text
        assert "MC1 &lt;b&gt;x&lt;/b&gt;" in one.text
        assert "New to Active by Change board" in one.text


async def test_the_servers_own_settings_are_those_that_its_adapter_takes():
    clock = FakeClock()
    server = AzureDevOps(clock)
    async with TestServer(server.app()) as running_, deps_for(clock, server.secrets) as deps:
        settings = server.settings(str(running_.make_url("/")).rstrip("/"))
        built = registry.build("tickets", "azure_devops", settings, replace(deps, token=our_token))

        assert "states" not in await built.ping()
        opened = await built.open(ticket())

    assert opened.url.startswith("http://127.0.0.1:")


async def our_token(_scope, _host):
    return token_for("own", 4_000_000_000)


def as_format(name, how):
    return {"op": "add", "path": f"/multilineFieldsFormat/{name}", "value": how}


async def test_a_format_is_changed_only_with_the_content_and_a_value_alone_keeps_it():
    name = "System.Description"
    async with running() as (client, devops, _):
        made = await create(client, put(name, "<p>a</p>"))
        alone = await patch(client, as_format(name, "Markdown"))
        same = await patch(client, as_format(name, "Markdown"), put(name, "<p>a</p>"))
        both = await patch(client, put(name, 'It is **"a"** & <b onclick=x>b</b>'), as_format(name, "Markdown"))
        value = await patch(client, put(name, "### b"))

        assert made.json()["multilineFieldsFormat"] == {name: "html"}
        for refused in (alone, same):
            assert refused.status_code == 400
            assert "type changed without a value" in refused.json()["message"]
        assert both.json()["multilineFieldsFormat"] == {name: "markdown"}
        assert both.json()["fields"][name] == "It is **&quot;a&quot;** &amp; <b>b</b>"
        assert (value.json()["multilineFieldsFormat"], value.json()["fields"][name]) == ({name: "markdown"}, "### b")
        assert (await patch(client, as_format("System.Title", "Markdown"))).status_code == 400
        assert len(devops.boards.items[1].updates) == 3


async def test_a_person_turns_a_field_into_markdown():
    async with running() as (client, devops, _):
        html = '<h3>For "whom"</h3><p>All &amp; more<br>now</p><ul><li>a</li><li><a href="https://x.example/">b</a></li></ul>'
        await create(client, put("System.Description", html))
        devops.convert("1", "System.Description")

        answer = (await client.get(f"{WIT}/workitems/1")).json()

        assert answer["multilineFieldsFormat"] == {"System.Description": "markdown"}
        assert answer["fields"]["System.Description"] == (
            "### For &quot;whom&quot;\n\nAll &amp; more  \nnow\n\n\n* a\n* [b](https://x.example/)"
        )


async def test_a_server_of_ones_own_knows_nothing_of_formats():
    async with running(markdown=False) as (client, _, _):
        made = await create(client, put("System.Description", "<p>a</p>"))
        refused = await patch(client, put("System.Description", "b"), as_format("System.Description", "Markdown"))

        assert "multilineFieldsFormat" not in made.json()
        assert (refused.status_code, "not supported" in refused.json()["message"]) == (400, True)


async def test_a_rule_keeps_a_field_or_a_state_and_answers_200():
    rules = Rules(kept=frozenset({"Custom.Services"}), left=frozenset({("New", "Active")}))
    async with running(rules=rules) as (client, devops, _):
        made = await create(client, put("Custom.Services", "Teams"))
        moved = await patch(client, put("System.State", "Active"))
        devops.move("1", "Active")

        assert (made.status_code, "Custom.Services" in made.json()["fields"]) == (200, False)
        assert (moved.status_code, moved.json()["fields"]["System.State"]) == (200, "New")
        assert devops.tickets[0].state == "Active"
