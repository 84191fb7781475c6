"""What is special about Jira: documents, workflows, labels, a search that lags, approvals, and what ping misses."""

import json
import traceback
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sandbox.ticket_systems.jira import rules
from sandbox.ticket_systems.jira.issues import Rules
from sandbox.ticket_systems.jira.projects import CHANGES, PEOPLE, SIMPLE, Field, Transition
from sandbox.ticket_systems.jira.server import Jira
from shared.adapters.ticketing.document import utf16
from shared.adapters.tickets.jira import Settings
from shared.adapters.tickets.jira import issue as issues
from shared.adapters.tickets.jira.moves import choose
from shared.core.errors import PermanentError
from shared.core.tickets.ticket import PlanStep
from tests.contracts.jira import SECRETS, SETTINGS, over
from tests.contracts.proxy import Fault
from tests.contracts.rig import ticket
from tests.fakes import FakeClock

PLAIN = {name: value for name, value in SETTINGS.items() if name != "fields"}
HOSTILE = "<b>x</b> [~accountid:1] {color:red} \x00\x07\u202e 𝔘 \ud800 \r\nh1. *b* @all"


@asynccontextmanager
async def running(*, settings=None, **server):
    """The adapter's builder, the proxy before it, the server and its clock."""
    clock = FakeClock()
    jira = Jira(clock, **server)
    async with over(jira, clock, settings or PLAIN) as (build, proxy):
        yield build, proxy, jira, clock


def writes(proxy, since=0):
    """What was written: a search and a bulk fetch are POSTs that only read."""
    return [one for one in proxy.asked[since:] if one[0] != "GET" and not one[1].endswith(("/jql", "/bulkfetch"))]


# What people fill in.


def rewritten(node, at=0):
    """A document as Jira's editor keeps it: with ids of its own, and an empty paragraph at its end."""
    if isinstance(node, list):
        return [rewritten(each, at + n) for n, each in enumerate(node)]
    inside = {name: rewritten(each, at + 10) for name, each in node.items() if name == "content"}
    attrs = {"attrs": {**node.get("attrs", {}), "localId": f"id-{at}"}} if node["type"] == "paragraph" else {}
    return {**node, **inside, **attrs}


async def test_jiras_own_way_of_writing_is_no_persons_edit():
    async with running(settings=SETTINGS) as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket())
        there = jira._existing(opened.number).fields
        document = rewritten(there["description"])
        document["content"].append({"type": "paragraph", "content": []})
        jira.fill_in(opened.number, "description", document)
        jira.fill_in(opened.number, "customfield_10052", "2026-10-01T02:00:00.000+0200")
        jira.fill_in(opened.number, "customfield_10050", {"value": "High", "self": "https://x.example/1"})

        moved = ticket(what="It goes later.", planned_start=date(2026, 11, 2), risk="low")
        await port.amend(opened, moved)

        after = jira._existing(opened.number).record().fields
        assert after["description"][0] == "It goes later."
        assert after["customfield_10052"] == "2026-11-02T00:00:00.000+0000"
        assert after["customfield_10050"] == {"value": "Low"}


@pytest.mark.parametrize(
    "added",
    [
        {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "1", "type": "file"}}]},
        {"type": "paragraph", "content": [{"type": "text", "text": "Ours."}]},
        {"type": "paragraph", "content": [{"type": "mention", "attrs": {"id": "5b10", "text": "@Ana"}}]},
    ],
)
async def test_whatever_somebody_adds_to_the_description_survives_moved_dates(added):
    async with running(settings=SETTINGS) as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket())
        document = jira._existing(opened.number).fields["description"]
        jira.fill_in(opened.number, "description", {**document, "content": [*document["content"], added]})

        for n in (2, 3):
            moved = ticket(what=f"It goes later: {n}.", planned_start=date(2026, 11, n))
            opened = await port.amend(opened, moved)
            opened = await port.amend(
                opened, ticket()
            )  # what we want again is what stands there, but for what was added

        after = jira._existing(opened.number).fields
        assert after["description"]["content"][-1] == added
        await port.amend(opened, moved)
        after = jira._existing(opened.number).fields
        assert after["customfield_10052"] == "2026-11-03T00:00:00.000+0000"
        assert after["description"]["content"][-1] == added


async def test_a_field_that_somebody_set_to_what_we_want_is_ours_again():
    async with running(settings=SETTINGS) as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket())
        jira.fill_in(opened.number, "customfield_10050", {"value": "Medium"})
        kept = await port.amend(opened, ticket(risk="low"))
        assert jira._existing(opened.number).fields["customfield_10050"] == {"value": "Medium"}

        again = await port.amend(kept, ticket(risk="medium"))
        await port.amend(again, ticket(risk="low"))

        assert jira._existing(opened.number).fields["customfield_10050"] == {"value": "Low"}


async def test_what_we_wrote_is_known_after_a_ticket_that_ended_was_only_told():
    async with running(settings=SETTINGS) as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket())
        jira.move(opened.number, "Completed")

        told = await port.amend(opened, ticket(what="Later.", notes=("news",)))

        assert told.written == opened.written != {}


# Who is assigned, and who asks.

ANA, SAM = (next(number for number, address in PEOPLE.items() if address.startswith(who)) for who in ("ana@", "sam@"))
UNKNOWN = "Nobody with the address bob@contoso.example is known here, so nobody is assigned yet"
OURS = "sam@contoso.example could not be set as who requests this, so our account stands there"


def without_field(name, project=CHANGES):
    return replace(project, fields=tuple(field for field in project.fields if field.id != name))


async def test_people_are_set_when_the_issue_is_made_and_never_again():
    async with running() as (build, proxy, jira, _):
        port = build()
        opened = await port.open(ticket())
        fields = jira._existing(opened.number).fields
        assert (fields["assignee"], fields["reporter"]) == ({"id": ANA}, {"id": SAM})

        jira.fill_in(opened.number, "assignee", {"id": SAM})
        await port.amend(opened, ticket(what="Later.", requested_by="ana@contoso.example"))
        await port.open(ticket("MC1200002"))

        assert fields["assignee"] == {"id": SAM}
        assert fields["reporter"] == {"id": SAM}
        searches = [one for one in proxy.asked if "/user/search" in one[1]]
        assert len(searches) == 2  # one for each person


@pytest.mark.parametrize(
    ("over", "browse", "held", "lines"),
    [
        ({"assigned_to": "bob@contoso.example"}, True, {"reporter"}, [UNKNOWN]),
        ({"assigned_to": "an"}, True, {"reporter"}, [UNKNOWN.replace("bob@contoso.example", "an")]),  # only begins so
        ({"assigned_to": "bob@contoso.example"}, False, set(), [UNKNOWN, OURS]),
        ({"assigned_to": "", "requested_by": ""}, True, set(), []),
    ],
)
async def test_who_is_not_known_or_not_shown_is_said_on_the_issue_which_is_made_all_the_same(over, browse, held, lines):
    async with running() as (build, _, jira, _):
        if not browse:
            jira.permissions.remove("USER_PICKER")

        opened = await build().open(ticket(**over, notes=()))

        issue = jira._existing(opened.number)
        assert {"assignee", "reporter"} & issue.fields.keys() == held
        assert issue.history == lines
        assert opened.not_taken == ()


async def test_a_token_without_the_scope_for_people_files_without_them():
    async with running() as (build, proxy, jira, _):
        refusal = Fault(401, body='{"code": 401, "message": "Unauthorized; scope does not match"}')
        proxy.fail_next(refusal, refusal, only=lambda _, path: path.endswith("/user/search"))

        await build().open(ticket(notes=()))

        (issue,) = jira.store.issues()
        assert len(issue.history) == 2
        assert not issue.fields.keys() & {"assignee", "reporter"}


async def test_somebody_who_hides_the_address_is_assigned_where_only_one_is_called_so(monkeypatch):
    hidden = {"accountId": ANA, "active": True, "displayName": "Ana"}
    async with running() as (build, _, jira, _):
        monkeypatch.setattr("sandbox.ticket_systems.jira.site.person_json", lambda _number: hidden)

        opened = await build().open(ticket(requested_by=""))

        assert jira._existing(opened.number).fields["assignee"] == {"id": ANA}


@pytest.mark.parametrize("off", [["reporter"], ["assignee"], ["assignee", "reporter"]])
async def test_people_that_the_screen_does_not_take_fail_no_filing_and_are_said(off):
    project = CHANGES
    for name in off:
        project = without_field(name, project)
    async with running(projects=(project,)) as (build, _, jira, _):
        opened = await build().open(ticket(notes=()))

        (issue,) = jira.store.issues()
        assert issue.fields.keys() & {"assignee", "reporter"} == {"assignee", "reporter"} - {*off}
        assert len(issue.history) == len(off)
        assert all("It is not on the appropriate screen" in line for line in issue.history)
        assert opened.number == issue.key


async def test_what_is_wrong_besides_people_fails_as_ever():
    async with running(projects=(without_field("reporter"),), settings=PLAIN | {"fields": {"x": "y"}}) as (build, *_):
        with pytest.raises(PermanentError, match="x: Field 'x' cannot be set"):
            await build().open(ticket())


async def test_the_policys_own_people_go_first():
    fields = {"assignee": {"id": SAM}, "reporter": {"id": ANA}}
    async with running(settings=PLAIN | {"fields": fields}) as (build, proxy, jira, _):
        opened = await build().open(ticket())

        made = jira._existing(opened.number).fields
        assert (made["assignee"], made["reporter"]) == ({"id": SAM}, {"id": ANA})
        assert not [one for one in proxy.asked if "/user/search" in one[1]]


# Sub-tasks.


async def test_a_sub_task_has_its_day_its_owner_and_a_label_that_is_not_the_tickets():
    async with running(settings=SETTINGS) as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket(has_tasks=True))

        first, second = jira._existing(opened.number).subtasks
        key = ticket().key
        assert first.fields["labels"] == [f"{key}-a1b2c3d4e5f6"]
        assert (first.fields["duedate"], first.fields["assignee"]) == ("2026-09-01", {"id": ANA})
        assert "duedate" not in second.fields
        shown = port.preview(ticket(has_tasks=True)).fields
        assert shown["subtasks"] == ["Tell the users", "Install the new viewer"]
        assert shown["assignee"] == "ana@contoso.example"


async def test_a_sub_task_is_never_taken_for_the_ticket_and_one_that_is_closed_closes_nothing():
    async with running(settings=SETTINGS, late=0.0) as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket(has_tasks=True))
        for each in jira._existing(opened.number).subtasks:
            jira.move(each.key, "Completed")

        seen = (await port.states([opened.number]))[opened.number]
        assert (seen.state, seen.closed_at) == ("new", None)
        assert (await build().find(ticket().key)).number == opened.number
        jira.delete(opened.number)
        assert await build().find(ticket().key) is None


@pytest.mark.parametrize("off", ["assignee", "duedate"])
async def test_a_sub_task_goes_without_what_its_screen_does_not_have(off):
    async with running(projects=(without_field(off),)) as (build, _, jira, _):
        opened = await build().open(ticket(has_tasks=True))

        first, _ = jira._existing(opened.number).subtasks
        assert off not in first.fields
        assert opened.not_taken == ()


async def test_a_project_without_sub_tasks_keeps_the_ticket_and_asks_people():
    async with running(projects=(replace(CHANGES, subtask=None),)) as (build, _, _, _):
        opened = await build().open(ticket(has_tasks=True))

    assert opened.tasks == ()
    (line,) = opened.not_taken
    assert line.startswith("Jira did not take the tasks of the plan: please add them by hand")
    assert line.endswith("or give project CRB a sub-task type that we may create")


async def test_what_jira_says_against_a_sub_task_is_handed_back():
    async with running() as (build, proxy, jira, _):
        port = build()
        opened = await port.open(ticket())
        refusal = Fault(403, body='{"errorMessages": ["No sub-tasks."]}')
        proxy.fail_next(refusal, only=lambda method, path: method == "POST" and path.endswith("/issue"))

        after = await port.amend(opened, ticket(has_tasks=True))

        assert after.tasks == ()
        assert after.not_taken[-1].endswith("(No sub-tasks.)")
        assert len((await port.amend(after, ticket(has_tasks=True))).tasks) == 2
        assert len(jira.store.issues()) == 3


async def test_no_ticket_gets_more_than_twenty_tasks():
    steps = [PlanStep(f"{n:012x}", f"Step {n}") for n in range(25)]
    async with running() as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket(has_tasks=True, steps=tuple(steps[:15])))
        after = await port.amend(opened, ticket(has_tasks=True, steps=tuple(steps[5:])))

        assert len(jira._existing(opened.number).subtasks) == len(after.tasks) == 20
        jira.move(opened.number, "Completed")
        assert (await port.amend(after, ticket(has_tasks=True, steps=()))).tasks == after.tasks


# What the policy may say.


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"site": ""}, "site"),
        ({"site": "-x"}, "before .atlassian.net"),
        ({"site": "evil.example/@"}, "before .atlassian.net"),
        ({"url": "http://jira.example"}, "https://"),
        ({"url": "https://user:pw@jira.example"}, "https://"),
        ({"email": ""}, "cloud_id"),
        ({"project": "crb"}, "project"),
        ({"issue_type": ""}, "issue_type"),
        ({"token": ""}, "token"),
        ({"field": {}}, "field"),
        ({"fields": {"customfield_1": "{{ nothing }}"}}, "customfield_1"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_the_reason(over, said):
    with pytest.raises(ValidationError, match=said):
        Settings(**(PLAIN | over))


@pytest.mark.parametrize(
    ("over", "api", "page"),
    [
        ({}, "https://contoso.atlassian.net", "https://contoso.atlassian.net/browse/CRB-1"),
        ({"site": "https://tickets.contoso.com/"}, "https://tickets.contoso.com", "https://tickets.contoso.com/browse/CRB-1"),
        ({"email": "", "cloud_id": "11-aa"}, "https://api.atlassian.com/ex/jira/11-aa", "https://contoso.atlassian.net/browse/CRB-1"),
        ({"site": "", "url": "http://127.0.0.1:7/"}, "http://127.0.0.1:7", "http://127.0.0.1:7/browse/CRB-1"),
    ],
)  # fmt: skip
def test_where_the_api_is_and_where_people_look(over, api, page):
    settings = Settings(**(PLAIN | over))

    assert (settings.api, settings.page("CRB-1")) == (api, page)


# What is sent.


def test_a_new_issue_holds_what_every_project_takes_and_what_the_policy_adds():
    settings = Settings(**(PLAIN | {"values": {"risk": {"high": "Highest"}, "group": {"Messaging": "Mail"}}}))

    fields = issues.created(settings, ticket())

    assert fields["project"] == {"key": "CRB"}
    assert fields["issuetype"] == {"name": "[System] Change"}
    assert fields["labels"] == ["foresignal-test-MC1200001"]
    assert fields["priority"] == {"name": "Highest"}
    assert fields["components"] == [{"name": "Mail"}]
    assert set(fields) == {"project", "issuetype", "summary", "description", "labels", "priority", "components"}
    assert issues.created(Settings(**(PLAIN | {"issue_type": "10011"})), ticket())["issuetype"] == {"id": "10011"}


@pytest.mark.parametrize("text", ["x" * 300, "𝔘" * 300, "é" * 300, HOSTILE * 9], ids=["x", "astral", "é", "hostile"])
def test_a_summary_is_one_line_that_jira_takes_and_says_that_it_was_cut(text):
    summary = issues.wanted_fields(Settings(**PLAIN), ticket(title=text))["summary"]

    assert utf16(summary) <= 255
    assert "\n" not in summary
    assert summary.endswith("…")


def test_a_description_that_is_too_long_is_cut_to_what_jira_takes_and_says_so():
    document = issues.wanted_fields(Settings(**PLAIN), ticket(what="𝔘ß\n\n" * 40_000))["description"]

    assert rules.document_fault(document) == ""
    assert 25_000 < utf16(json.dumps(document, ensure_ascii=False)) <= 32_767
    assert "shortened" in json.dumps(document)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=400))
def test_whatever_a_post_says_makes_documents_that_jira_takes(text):
    fields = issues.created(Settings(**PLAIN), ticket(title=text, what=text, audience=text, why=(text,)))

    assert rules.faults(CHANGES, fields, whole=True) == {}
    for document in issues.comments(line for line in [issues.line_of(text)] if line):
        assert rules.document_fault(document) == ""
        assert [issues.folded(line) for line in issues.lines(document)] == [issues.folded(issues.line_of(text))]


def test_many_notes_make_few_comments_that_all_fit():
    lines = [f"{n} " + 'ß"\\' * 1_000 for n in range(30)]

    made = list(issues.comments(lines))

    assert 3 <= len(made) <= 10
    assert all(rules.document_fault(document) == "" for document in made)
    assert [line for document in made for line in issues.lines(document)] == lines


# What a status means.


@pytest.mark.parametrize(
    ("name", "category", "resolution", "ours"),
    [
        ("To Do", "new", "", "new"),
        ("Our own beginning", "new", "", "new"),
        ("Awaiting CAB approval", "indeterminate", "", "authorize"),
        ("In Progress", "indeterminate", "", "implement"),
        ("Waiting for the vendor", "indeterminate", "", None),
        ("Done", "done", "Done", "closed"),
        ("Our own end", "done", "", "closed"),
        ("Done", "done", "Won’t Do", "cancelled"),
        ("Canceled", "done", "Done", "cancelled"),
        ("Cancelled", "indeterminate", "", None),  # it says that it has not ended
        ("In Progress", "done", "", "closed"),
        ("Board", "indeterminate", "", "assess"),
        ("", "", "", None),
    ],
)
def test_a_status_means_what_its_name_and_category_say_and_nothing_is_guessed(name, category, resolution, ours):
    settings = Settings(**(PLAIN | {"states": {"board": "assess"}}))

    assert issues.state_of(settings, {"name": name, "statusCategory": {"key": category}}, resolution) == ours


def way(number, to, category, **fields):
    return {"id": number, "to": {"name": to, "statusCategory": {"key": category}}, "fields": fields}


NEEDED = {"required": True, "hasDefaultValue": False, "allowedValues": [{"name": "Done"}, {"name": "Won't Do"}]}
OPTIONAL = NEEDED | {"required": False}


@pytest.mark.parametrize(
    ("how", "offered", "chosen"),
    [
        ("cancel", [way("5", "Done", "done"), way("7", "Canceled", "done")], {"transition": {"id": "7"}}),
        (
            "cancel",
            [way("7", "Canceled", "done", resolution=NEEDED)],
            {"transition": {"id": "7"}, "fields": {"resolution": {"name": "Won't Do"}}},
        ),
        (
            "cancel",
            [way("5", "Done", "done", resolution=OPTIONAL)],
            {"transition": {"id": "5"}, "fields": {"resolution": {"name": "Won't Do"}}},
        ),
        ("cancel", [way("5", "Done", "done")], None),
        ("cancel", [way("7", "Canceled", "done", customfield_9={"required": True})], None),
        ("cancel", [], None),
        ("reopen", [way("1", "Somewhere", "indeterminate"), way("2", "To Do", "new")], {"transition": {"id": "2"}}),
        ("reopen", [way("2", "To Do", "new"), way("3", "Under review", "indeterminate")], {"transition": {"id": "3"}}),
        ("reopen", [way("4", "Closed", "done")], None),
    ],
)
def test_a_way_is_chosen_by_where_it_leads_and_with_what_its_screen_requires(how, offered, chosen):
    assert choose(Settings(**PLAIN), offered, how) == chosen


# What happens to an issue.


async def test_another_worker_finds_a_new_issue_late_and_this_one_at_once():
    async with running(late=30.0) as (build, _, jira, clock):
        first, second = build(), build()
        opened = await first.open(ticket())

        assert (await first.find(ticket().key)).number == opened.number
        assert await second.find(ticket().key) is None
        clock.forward(seconds=30)
        assert (await second.find(ticket().key)).number == opened.number
        assert len(jira.tickets) == 1


async def test_of_two_issues_with_the_key_the_older_one_counts():
    async with running() as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket())
        original = jira.store.find(opened.number)
        jira.store.add(CHANGES, original.kind, original.fields, [])  # cloned by hand

        assert (await port.find(ticket().key)).number == opened.number


async def test_a_label_taken_away_comes_back_and_those_of_others_stay():
    async with running() as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket())
        jira.store.find(opened.number).fields["labels"] = ["board"]

        await port.amend(opened, ticket())

        assert jira.store.find(opened.number).fields["labels"] == ["board", ticket().key]


async def test_nothing_is_written_where_nothing_differs():
    async with running(settings=SETTINGS) as (build, proxy, _, _):
        port = build()
        opened = await port.open(ticket())
        since = len(proxy.asked)

        await port.amend(opened, ticket())

        assert writes(proxy, since) == []


async def test_what_has_ended_is_told_more_and_not_rewritten():
    async with running() as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket())
        jira.move(opened.number, "Completed")

        await port.amend(opened, ticket(title="MC1200001 Another title", notes=("more",)))

        (there,) = jira.tickets
        assert there.title == ticket().title
        assert "more" in there.history


async def test_a_workflow_that_cancels_nothing_is_asked_for_it_by_hand_and_only_once():
    async with running(settings=PLAIN | {"project": "OPS", "issue_type": "Task"}) as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket())

        for _ in range(2):
            after = await port.amend(opened, ticket(cancelled=True))

        asked = [line for line in jira.tickets[0].history if "by hand" in line]
        assert len(asked) == 1
        assert "Microsoft will not make this change: please cancel this ticket by hand" in asked[0]
        assert after.state == "new"


async def test_a_move_that_jira_refuses_becomes_a_line_that_says_why():
    async with running() as (build, proxy, jira, _):
        port = build()
        opened = await port.open(ticket())
        refusal = Fault(400, {}, json.dumps({"errorMessages": ["A validator objects."], "errors": {}}))
        proxy.fail_next(refusal, only=lambda method, path: method == "POST" and path.endswith("/transitions"))

        after = await port.amend(opened, ticket(cancelled=True))

        assert after.state == "new"
        assert any("A validator objects." in line and "by hand" in line for line in jira.tickets[0].history)


# What Jira does not take, and how it writes what it takes.


def document(*blocks):
    return {"type": "doc", "version": 1, "content": list(blocks)}


def paragraph(*texts, **attributes):
    return {"type": "paragraph", **attributes, "content": [{"type": "text", "text": text} for text in texts]}


ITS_OWN = document(paragraph("It ", "goes. ", attrs={"localId": "1"}), {"type": "paragraph", "content": []})


@pytest.mark.parametrize(
    ("sent", "before", "after", "is_taken"),
    [
        ("Retirement", None, "Retirement", True),
        (" Retirement  of it", None, "Retirement of it", True),
        ("one\ntwo", None, "one\r\ntwo\n", True),
        ("high", "low", "High", True),
        ("new", "old", "old", False),
        ("new", None, None, False),
        (document(paragraph("It goes.")), None, ITS_OWN, True),
        (
            document(paragraph("It goes.")),
            document(paragraph("old")),
            document(paragraph("It goes, says a rule")),
            True,
        ),
        (document(paragraph("It goes.")), document(paragraph("old")), document(paragraph("old")), False),
        (document(paragraph("It goes.")), None, None, False),
        (document(paragraph("It goes.")), None, document(), False),
        ({"value": "High"}, None, {"self": "http://x", "id": "3", "value": "High"}, True),
        ({"value": "High"}, {"value": "Low"}, {"id": "1", "value": "Low"}, False),
        ([{"name": "a"}, {"name": "b"}], None, [{"id": "2", "name": "b"}, {"id": "1", "name": "a"}], True),
        ([{"name": "a"}], None, [{"name": "b"}], False),
        ("2026-10-01T00:00:00.000+0000", None, "2026-10-01T02:00:00.000+0200", True),
        ("2026-10-01T00:00:00.000+0000", None, "2026-10-02T00:00:00.000+0000", False),
        ({"id": "5b1"}, None, {"accountId": "5b1", "displayName": "Ana"}, True),
        ({"accountId": "5b1"}, None, {"accountId": "5b2", "displayName": "Bo"}, False),
        ({"accountId": "-1"}, None, None, True),  # whom the project's rules choose, or nobody
        ("10", None, {"requestType": {"id": "10"}}, True),
        ("10", None, None, False),
        (5, [{"id": 5}], [{"id": 5, "name": "Sprint 1"}], True),
        (["a"], None, [{"id": 1, "value": "a"}], True),
        (["a"], None, [], False),
        (["a"], None, ["b"], False),
        (3, None, 3.0, True),
        ("3", None, 3.0, True),
        (None, "old", None, True),
        (None, document(paragraph("old")), document({"type": "paragraph", "content": []}), True),
        (None, "old", "old", False),
    ],
)
def test_what_differs_only_in_how_it_is_written_is_taken(sent, before, after, is_taken):
    left = issues.left_alone({"customfield_1": sent}, {"customfield_1": before}, {"customfield_1": after})

    assert left == (() if is_taken else ("customfield_1",))


def test_labels_are_taken_in_any_order_and_what_is_not_shown_is_not_doubted():
    sent = {"labels": ["ours", "m365"], "customfield_1": "x"}

    assert issues.left_alone(sent, {}, {"labels": ["board", "M365", "ours"]}) == ()
    assert issues.left_alone(sent, {}, {"labels": ["board", "ours"]}) == ("labels",)


async def test_a_field_that_jira_leaves_is_named_as_people_know_it():
    rules = Rules(kept=frozenset({"customfield_10051", "duedate"}))
    async with running(settings=SETTINGS, rules=rules) as (build, _, jira, _):
        opened = await build().open(ticket())

        line = "Jira did not take Due date, Implementation plan: please set that by hand, or let us (a rule there "
        line += "keeps it)."
        assert opened.not_taken == (line,)
        assert jira.tickets[0].history.count(line) == 1


async def test_a_group_that_a_rule_does_not_take_is_said_on_the_new_ticket_and_left_to_the_board():
    settings = PLAIN | {"values": {"group": {"Messaging": "Mail"}}}
    projects = (replace(CHANGES, fields=(*CHANGES.fields, Field("components", "Components", "components"))),)
    rules = Rules(kept=frozenset({"components"}))
    async with running(settings=settings, rules=rules, projects=projects) as (build, proxy, _, _):
        port = build()
        opened = await port.open(ticket())
        since = len(proxy.asked)

        after = await port.amend(opened, ticket())

        assert [line.partition(":")[0] for line in opened.not_taken] == ["Jira did not take Components"]
        assert after.not_taken == ()
        assert writes(proxy, since) == []


async def test_a_reopening_that_does_not_stick_leaves_the_fields_as_the_board_left_them_and_is_asked_of_people_once():
    async with running(rules=Rules(left=frozenset({("Completed", "Planning")}))) as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket())
        jira.move(opened.number, "Completed")

        for _ in range(3):
            after = await port.amend(opened, ticket(title="MC1200001 Another", reopen=True, notes=("it resumed",)))

        (line,) = after.not_taken
        assert (after.state, jira.tickets[0].title) == ("closed", ticket().title)
        assert line.startswith("The ticket has ended, and we may not open it again: please open it again")
        history = jira.tickets[0].history
        assert [sum("by hand" in told for told in history), history.count("it resumed")] == [1, 1]


async def test_a_move_that_jira_refuses_is_handed_back_with_what_it_says():
    async with running() as (build, proxy, _, _):
        port = build()
        opened = await port.open(ticket())
        refusal = Fault(400, {}, json.dumps({"errorMessages": ["A validator objects."], "errors": {}}))
        proxy.fail_next(refusal, only=lambda method, path: method == "POST" and path.endswith("/transitions"))

        (line,) = (await port.amend(opened, ticket(cancelled=True))).not_taken

        assert line.startswith("Microsoft will not make this change. We may not cancel the ticket: please do (")
        assert "A validator objects." in line


@pytest.mark.parametrize("shown", [True, False], ids=["with the issue", "apart"])
async def test_a_long_history_is_read_to_its_end(shown, monkeypatch):
    async with running() as (build, _, jira, clock):
        port = build()
        opened = await port.open(ticket())
        for n in range(230):
            jira.store.find(opened.number).comment(issues.note(f"line {n}"), clock(), "Ana")
        if not shown:
            monkeypatch.setattr(port, "_issue", without_comments(port._issue))

        await port.amend(opened, ticket(notes=("line 229", "line 230")))

        history = jira.tickets[0].history
        assert [history.count("line 229"), history.count("line 230")] == [1, 1]


def without_comments(read):
    async def reading(number):
        issue = await read(number)
        del issue["fields"]["comment"]
        return issue

    return reading


async def test_a_deployments_name_with_a_space_makes_a_label_all_the_same():
    async with running() as (build, _, _, _):
        port = build()
        opened = await port.open(ticket(key="foresignal-our own-MC1"))

        assert (await build().find("foresignal-our own-MC1")).number == opened.number
        assert await port.find("foresignal-our") is None


@pytest.mark.parametrize("decision", ["approved", "rejected"])
async def test_the_boards_decision_is_read_with_who_and_when(decision):
    async with running() as (build, _, jira, clock):
        port = build()
        opened = await port.open(ticket())
        assert opened.decision == ""
        clock.forward(days=2)
        (jira.approve if decision == "approved" else jira.reject)(opened.number, "Ana Board")

        seen = (await port.states([opened.number]))[opened.number]

        assert (seen.decision, seen.decided_by) == (decision, "Ana Board")
        assert seen.decided_at == datetime(2026, 9, 3, 9, tzinfo=UTC)
        assert seen.state == ("scheduled" if decision == "approved" else "cancelled")


async def test_approvals_that_we_may_not_read_are_no_failure():
    async with running() as (build, proxy, jira, _):
        port = build()
        opened = await port.open(ticket())
        jira.approve(opened.number, "Ana Board")
        proxy.fail_next(Fault(403), only=lambda _, path: path.endswith("/approval"))

        assert (await port.states([opened.number]))[opened.number].decision == ""


async def test_an_issue_that_we_only_lost_sight_of_is_not_made_twice():
    async with running() as (build, _, jira, _):
        port = build()
        opened = await port.open(ticket())
        jira.permissions.discard("BROWSE_PROJECTS")

        with pytest.raises(PermanentError, match="may not see"):
            await port.amend(opened, ticket())

        assert len(jira.tickets) == 1


async def test_a_hundred_and_fifty_states_cost_two_calls():
    async with running(settings=PLAIN | {"project": "OPS", "issue_type": "Task"}) as (build, proxy, jira, _):
        port = build()
        for n in range(150):
            jira.store.add(SIMPLE, SIMPLE.types[0], {"summary": f"{n}"}, [])
        since = len(proxy.asked)

        assert len(await port.states([f"OPS-{n}" for n in range(1, 151)])) == 150
        assert len(proxy.asked) - since == 2


async def test_the_policys_own_texts_become_documents_where_the_field_holds_documents():
    async with running(settings=SETTINGS) as (build, _, jira, _):
        await build().open(ticket(test_plan="First.\nThen."))

        fields = jira.store.find("CRB-1").fields
        assert fields["customfield_10051"]["type"] == "doc"
        assert fields["customfield_10054"] == "Exchange Online"


@pytest.mark.parametrize("settings", [{}, {"email": "", "token": "JIRA_BEARER"}], ids=["api token", "bearer"])
async def test_both_ways_to_sign_in_work(settings):
    async with running(settings=PLAIN | settings) as (build, _, jira, _):
        await build().open(ticket())

        assert len(jira.tickets) == 1


@pytest.mark.parametrize("odd", ["to\nken", "tökén", "to ken", ""])
async def test_a_secret_that_holds_no_token_is_said_to_and_never_shown(odd, monkeypatch):
    monkeypatch.setitem(SECRETS, "ODD", odd)
    async with running(settings=PLAIN | {"token": "ODD"}) as (build, _, _, _):
        with pytest.raises(PermanentError, match="ODD") as failed:
            await build().open(ticket())

    assert not odd or odd not in "".join(traceback.format_exception(failed.value))


# What is missing.


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("CREATE_ISSUES", "lacks in project CRB: Create issues"),
        ("EDIT_ISSUES", "Edit issues"),
        ("TRANSITION_ISSUES", "Transition issues"),
        ("ADD_COMMENTS", "Add comments"),
        ("BROWSE_PROJECTS", "Browse projects"),
    ],
)
async def test_ping_says_which_permission_is_missing_and_changes_nothing(missing, said):
    async with running() as (build, proxy, jira, _):
        jira.permissions.discard(missing)

        with pytest.raises(PermanentError, match=said):
            await build().ping()

        assert writes(proxy) == []
        assert jira.tickets == []


_NEEDS = replace(CHANGES, fields=(*CHANGES.fields, Field("customfield_10099", "Reason", "string", required=True)))


@pytest.mark.parametrize(
    ("over", "projects", "said"),
    [
        ({"project": "NONE"}, (CHANGES,), "no project NONE"),
        ({"issue_type": "Change"}, (CHANGES,), r"no issue type 'Change' \(it has: \[System\] Change, Task\)"),
        ({"fields": {"customfield_1": "x"}}, (CHANGES,), "not on the screen.*customfield_1"),
        ({}, (_NEEDS,), r"requires of a new .*customfield_10099 \(Reason\).*`fields`"),
        ({"email": "somebody@else.example"}, (CHANGES,), "JIRA_TOKEN is no valid token of somebody@else.example"),
        ({"email": "", "token": "JIRA_TOKEN"}, (CHANGES,), "JIRA_TOKEN is no valid token, or"),
    ],
)
async def test_ping_says_what_in_the_settings_does_not_fit(over, projects, said):
    async with running(settings=PLAIN | over, projects=projects) as (build, _, _, _):
        with pytest.raises(PermanentError, match=said) as failed:
            await build().ping()

        assert not any(secret in str(failed.value) for secret in SECRETS.values())


async def test_ping_names_the_statuses_whose_meaning_nobody_has_said():
    async with running() as (build, _, _, _):
        said = await build().ping()
    async with running(settings=PLAIN | {"states": {"Waiting for the vendor": "implement"}}) as (build, _, _, _):
        told = await build().ping()

    assert "as Foresignal: project CRB, issue type [System] Change; say under `states`" in said
    assert said.endswith("mean: Waiting for the vendor")
    assert "states" not in told


def test_every_transition_of_the_sandbox_leads_somewhere():
    assert all(project.status(one.to) for project in (CHANGES, SIMPLE) for one in project.transitions)
    assert isinstance(CHANGES.transitions[0], Transition)
