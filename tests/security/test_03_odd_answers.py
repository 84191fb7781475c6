"""Answers that the fuzzing found to break an adapter, each alone: the error is ours, and says what is odd."""

import json
from datetime import UTC, datetime

import pytest

from shared.adapters.clients.answers import Answer
from shared.adapters.clients.http import retry_after, wait_of
from shared.adapters.sources.message_center import MessageCenter
from shared.adapters.tickets.azure_devops.item import moment as of_azure_devops
from shared.adapters.tickets.freshservice.change import moment as of_freshservice
from shared.adapters.tickets.jira.issue import left_alone, lines
from shared.adapters.tickets.jira.issue import moment as of_jira
from shared.adapters.tickets.redmine.issue import moment as of_redmine
from shared.core.errors import PermanentError, TransientError
from tests.adapters.clients.server import graph_of, read, serving, tenant_at
from tests.contracts.proxy import Reply
from tests.contracts.rig import ticket
from tests.contracts.test_channels import CARD, SIGNATURE, open_channel
from tests.security.fuzzing import encoded
from tests.security.test_03_fuzzed_answers import ADDRESS, WORKFLOW, look, rig_of

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
ODD = [
    ("jira", "find", "issues.0", "x", "issues[0]"),
    ("jira", "find", "issues.0.id", "x", "issues[0].id"),
    ("jira", "amend", "fields.comment", "x", "fields.comment"),
    ("jira", "ping", "issueTypes.0", True, "issueTypes[0]"),
    ("jira", "ping", "permissions", ["a"], "permissions"),
    ("jira", "ping", "fields", [[]], "fields[0]"),
    ("azure_devops", "find", "workItems.0", "x", "workItems[0]"),
    ("azure_devops", "amend", "relations", ["x"], "relations[0]"),
    ("azure_devops", "amend", "value.0", 7, "value[0]"),
    ("redmine", "find", "issues.0.status", "x", "issues[0].status"),
    ("redmine", "amend", "issue.custom_fields", [[]], "issue.custom_fields[0]"),
    ("redmine", "amend", "issue.journals", ["x"], "issue.journals[0]"),
    ("redmine", "ping", "role.permissions", [{}], "role.permissions[0]"),
    ("redmine", "ping", "project.trackers.0.id", "4", "project.trackers[0].id"),
    ("servicenow", "open", "result.0", "x", "result[0]"),
]


def put(where, value):
    """Changes each answer that has such a place."""

    def change(reply):
        *path, last = where.split(".")
        try:
            body = json.loads(reply.body)
            inside = body
            for name in path:
                inside = inside[int(name) if name.isdigit() else name]
            inside[int(last) if last.isdigit() else last]  # it has it
            inside[int(last) if last.isdigit() else last] = value
        except (ValueError, LookupError, TypeError):
            return reply
        return Reply(reply.status, reply.headers, encoded(body))

    return change


async def ask(rig, operation):
    """The operation by a worker that has remembered nothing."""
    ref, port = await rig.port.open(ticket()), rig.another()
    if rig.port.searches_late:
        rig.clock.forward(seconds=rig.port.searches_late)

    async def call():
        if operation == "open":
            return await port.open(ticket("MC1200002"))
        return await {
            "find": lambda: port.find(ticket().key),
            "amend": lambda: port.amend(ref, ticket(notes=("2026-09-02: moved",))),
            "ping": port.ping,
        }[operation]()

    return call


@pytest.mark.parametrize(("kind", "operation", "where", "value", "place"), ODD)
async def test_what_has_another_shape_is_named_and_tried_again(kind, operation, where, value, place):
    async with rig_of(kind) as rig:
        call = await ask(rig, operation)
        rig.proxy.change = put(where, value)

        with pytest.raises(TransientError) as raised:
            await call()

    assert f"answered without {place!r}" in str(raised.value)


async def test_a_text_that_stands_beside_what_we_read_may_be_anything():
    async with rig_of("jira") as rig:
        call = await ask(rig, "amend")
        rig.proxy.change = put("fields.description", {"type": "doc", "content": [{"type": {}, "content": [1, "x"]}]})

        look(await call())


def test_a_document_of_any_shape_has_lines():
    paragraph = {"type": "paragraph", "content": [7, {"text": "a", "marks": [1, {"attrs": []}]}, "x"]}
    odd = {"type": "doc", "content": [{"type": {}}, None, paragraph]}
    assert list(lines(odd)) == ["a"]
    assert list(lines({"content": 5})) == []
    assert left_alone({"x": odd}, {}, {"x": {"type": "doc", "content": "x"}}) == ("x",)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("jira", lambda body: {"comments": [{"body": {}}] * 100, "total": 10**30} if "comments" in body else body),
        ("azure_devops", lambda body: {"value": [{}] * 200} if "value" in body else body),
    ],
)
async def test_pages_that_do_not_end_are_read_to_a_bound(kind, change):
    async with rig_of(kind) as rig:
        call = await ask(rig, "amend")
        if kind == "jira":
            page = put("fields.comment", {"comments": [], "total": 10**30})
            rig.proxy.change = lambda reply: page(_bodied(reply, change))
        else:
            rig.proxy.change = lambda reply: _bodied(reply, change)

        look(await call())

    assert len(rig.proxy.asked) < 150


def _bodied(reply, change):
    try:
        return Reply(reply.status, reply.headers, encoded(change(json.loads(reply.body))))
    except ValueError:
        return reply


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), 10**30, -(10**30), "1e400"])
async def test_a_token_is_kept_however_long_it_is_said_to_last(seconds):
    async with rig_of("servicenow") as rig:
        rig.proxy.change = put("expires_in", seconds)

        assert isinstance(await rig.another().ping(), str)


async def test_a_name_that_repeats_our_secret_stands_in_no_error():
    async with rig_of("jira") as rig:
        call = await ask(rig, "ping")
        rig.proxy.change = put("issueTypes.0", {"id": "1", "name": f"Change {rig.secrets[0]}"})
        types = rig.proxy.change
        rig.proxy.change = lambda reply: _only_first_type(types(reply))

        with pytest.raises(PermanentError, match="Change …") as raised:
            await call()

    assert rig.secrets[0] not in str(raised.value)


async def test_a_field_that_repeats_our_secret_stands_in_no_error():
    async with rig_of("freshservice") as rig:
        fault = {"field": f"x {rig.secrets[0]}", "code": "missing_field"}
        rig.proxy.change = put("errors", [fault])

        with pytest.raises(PermanentError, match="requires x …") as raised:
            await rig.another().ping()

    assert rig.secrets[0] not in str(raised.value)


async def test_a_number_that_repeats_our_secret_stands_in_no_error():
    async with rig_of("webhook") as rig:
        rig.proxy.change = lambda reply: Reply(200, {}, encoded({"number": f"x {rig.secrets[0]}"}))
        await rig.port.open(ticket())

        with pytest.raises(PermanentError, match="number x …") as raised:
            await rig.port.open(ticket("MC1200002"))

    assert rig.secrets[0] not in str(raised.value)


async def test_an_item_that_nobody_asked_for_is_left_out():
    async with rig_of("azure_devops") as rig:
        ref = await rig.port.open(ticket())
        rig.proxy.change = put("value.0.id", 10**30)

        assert await rig.port.states([ref.number]) == {}


def _only_first_type(reply):
    return _bodied(reply, lambda body: {**body, "issueTypes": body["issueTypes"][:1]} if "issueTypes" in body else body)


def test_a_wait_that_leads_out_of_the_calendar_is_bounded():
    assert retry_after("Fri, 31 Dec 9999 23:59:59 -1400", NOW) == 86_400.0
    assert wait_of({"x-ratelimit-reset": "9999-12-31T23:59:59-14:00"}, NOW) == 86_400.0
    assert wait_of({"x-ratelimit-reset": "0001-01-01T00:00:00+14:00"}, NOW) == 0.0


@pytest.mark.parametrize("moment", [of_azure_devops, of_freshservice, of_jira, of_redmine])
def test_a_time_at_the_end_of_the_calendar_is_none(moment):
    assert moment("9999-12-31T23:59:59-14:00") is None
    assert moment("0001-01-01T00:00:00+14:00") is None
    assert moment("2026-09-01T09:00:00+00:00") == NOW


def test_an_answer_has_text_whatever_encoding_it_names():
    for charset in ("utf-16", "utf-32", "nonsense", "idna"):
        headers = {"content-type": f"text/plain; charset={charset}"}
        assert Answer(200, headers=headers, content="é".encode()).text


def test_half_of_a_surrogate_pair_in_an_answer_is_replaced():
    answer = Answer(200, content=rb'{"a\ud800": ["\udfffb", "\ud83d\ude00"], "c": {"d": 1}}')
    assert answer.json() == {"a\ufffd": ["\ufffdb", "😀"], "c": {"d": 1}}


@pytest.mark.parametrize("status", [400, 404, 429, 502])
@pytest.mark.parametrize("cut_by", ["them", "us"])
async def test_a_channels_address_that_is_repeated_and_cut_stands_in_no_error(status, cut_by):
    async with serving() as server:
        url = f"{server.url}{ADDRESS}"
        text = url[:-20] if cut_by == "them" else "x" * (280 - len(server.url)) + url
        server.answers = [(status, {}, text.encode())]
        async with open_channel("teams_workflow", url) as channel:
            with pytest.raises((PermanentError, TransientError)) as raised:
                await channel.post(CARD)

    for secret in (SIGNATURE[:8], WORKFLOW, "sig="):
        assert secret not in str(raised.value)


async def test_a_redirect_that_leads_nowhere_is_an_error_of_ours():
    async with serving((302, {"Location": "javascript:x"}, b"")) as server, graph_of() as graph:
        with pytest.raises(TransientError, match="not to be reached"):
            await read(MessageCenter(graph), tenant_at(server))
